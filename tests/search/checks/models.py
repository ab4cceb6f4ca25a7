"""The second model, on all that it knows."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from independent_model import World, differences, summarise

import efssim
from efssim import Result, Scenario
from search.checks.check import Case, Check, SkippedError
from search.checks.outcome import few, statuses, unequal
from search.maker import Json

OTHERS = ("compliance", "uncertain")
"""Parts of the summary of a replication that are of no run, or follow from those that are."""


def _second(case: Case) -> list[str]:
    reason = unknown(case.data)
    if reason:
        raise SkippedError(reason)
    run = _with_every_write(case)
    if sum(part["writes"]["count"] for part in run.summary["replications"].values()) > MOST_WRITES:
        raise SkippedError("too many writes for it")
    world = World(run.scenario).run()
    if world.agenda.near_ties:
        raise SkippedError("times that differ by rounding alone")
    theirs = {
        name: {key: value for key, value in part.items() if key not in OTHERS}
        for name, part in run.summary["replications"].items()
    }
    ours = summarise(world)
    for name, part in theirs.items():
        if part["source_throughput"]["hours_above"] and name in ours:
            # It does not know what an unthrottled source may take.
            ours[name]["source_throughput"] |= {
                key: part["source_throughput"][key] for key in LIMITS
            }
    told = few(differences(ours, theirs))
    return told or few(unequal(_statuses(world), _without_causes(statuses(run))))


MOST_WRITES = 3000
"""Above, the second model, which looks at every write at every instant, takes too long."""


def _with_every_write(case: Case) -> Result:
    """Return a run in which every write is drawn: the second model knows no cells."""
    if not _is_in_cells(case.data):
        return case.run
    data = copy.deepcopy(case.data)
    data.setdefault("defaults", {})["drawn"] = "each"
    for stream in _streams(data):
        stream.pop("drawn", None)
    return efssim.run(Scenario.model_validate(data), verify=True)


def _is_in_cells(data: Json) -> bool:
    """Return whether some stream may be drawn in cells."""
    given = [data.get("defaults", {}), *_streams(data)]
    return any(part.get("drawn", "auto") != "each" for part in given if "drawn" in part)


LIMITS = ("hours_above", "limit_bytes_per_s", "first_above")


def unknown(data: Json) -> str:
    """Return a part of a scenario that the second model does not know, or nothing."""
    return next((what for what, has in UNKNOWN.items() if has(data)), "")


def _has(section: str, *keys: str) -> Callable[[Json], bool]:
    """Return whether some entry of a section has one of some keys."""
    return lambda data: any(key in part for part in data.get(section, {}).values() for key in keys)


def _off_lattice(data: Json) -> bool:
    """Return whether some time is off the lattice, so that both may round it otherwise."""
    return any(part in repr(data) for part in ("e-06", "000001", "999999", "33333"))


def _streams(data: Json) -> list[Json]:
    systems = data["file_systems"].values()
    return [stream for system in systems for stream in system.get("writes", {}).values()]


def _other_trace(data: Json) -> bool:
    known = {"file", "period", "writes_per_row", "align", "repeat", "length"}
    return any(set(stream.get("trace", {})) - known for stream in _streams(data))


def _zones_of_calls(data: Json) -> bool:
    return any("AvailabilityZoneName" in str(event.get("with")) for event in data.get("events", []))


def _zones(data: Json) -> bool:
    """Return whether a file system of one zone throttles, which has a limit of its own."""
    parts = [*data["file_systems"].values()]
    parts += [part["destination"] for part in data["replications"].values()]
    is_throttled = any(part.get("throttle") for part in parts)
    return is_throttled and any("availability_zone" in part for part in parts)


def _other_calls(data: Json) -> bool:
    made = {event["call"] for event in data.get("events", []) if "call" in event}
    return bool(made - CALLS) or any("expect" in event for event in data.get("events", []))


CALLS = {
    "CreateReplicationConfiguration",
    "DeleteReplicationConfiguration",
    "UpdateFileSystemProtection",
    "UpdateFileSystem",
}
UNKNOWN: dict[str, Callable[[Json], bool]] = {
    "times off the lattice": _off_lattice,
    "batches of a time zone": lambda data: any(
        "timezone" in stream.get("arrivals", {}).get("batch", {}) for stream in _streams(data)
    ),
    "traces as other tools write them": _other_trace,
    "other calls": _other_calls,
    "zones of new destinations": _zones_of_calls,
    "throttled One Zone file systems": _zones,
    "undocumented choices": lambda data: "undocumented" in data.get("defaults", {}),
    "quotas": _has("regions", "quotas"),
    "Regions not opted in": _has("regions", "opted_in"),
}
"""What it leaves out, each with how a scenario shows it."""


def _statuses(world: Any) -> dict[str, list[Any]]:
    return {
        name: [(round(float(at_s), 6), status) for at_s, status in replication.statuses]
        for name, replication in world.replications.items()
    }


def _without_causes(found: dict[str, list[Any]]) -> dict[str, list[Any]]:
    return {
        name: [(round(float(at_s), 6), after) for at_s, _, after, _ in rows]
        for name, rows in found.items()
    }


SECOND = Check("second model", _second)

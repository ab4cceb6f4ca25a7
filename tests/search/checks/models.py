"""The second model, on all that it knows."""

from __future__ import annotations

import copy
import math
from bisect import bisect_left
from collections.abc import Callable, Iterable
from typing import Any

from independent_model import World, differences, summarise
from independent_model.agenda import CLOSE_S
from independent_model.streams import UnknownError

import efssim
from efssim import Result, Scenario
from search.checks.check import Case, Check, SkippedError
from search.checks.outcome import few, statuses
from search.maker import Json

OTHERS = ("uncertain",)
"""Parts of the summary of a replication that are of no run, or follow from those that are."""


def _second(case: Case) -> list[str]:
    reason = unknown(case.data)
    if reason:
        raise SkippedError(reason)
    run = _with_every_write(case)
    if sum(part["writes"]["count"] for part in run.summary["replications"].values()) > MOST_WRITES:
        raise SkippedError("too many writes for it")
    try:
        world = World(run.scenario).run()
    except UnknownError as error:
        raise SkippedError(str(error)) from None
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
    told = told or few(differences(_statuses(world), _without_causes(statuses(run))))
    if told and _rounding_decides(world, run):
        raise SkippedError("times that differ by rounding alone")
    return told


def _rounding_decides(world: World, run: Result) -> bool:
    """Return whether a sync is cut or completes with something else in one of both models alone.

    A share of a link is rounded: 512 / 14 bytes per second, halved, end at 34.99999999999994 s.
    """
    writes = [write.time_s for system in world.file_systems.values() for write in system.writes]
    for name, each in world.replications.items():
        cuts = [s.cut_s for r in world.replications.values() if r is not each for s in r.syncs]
        syncs = run.outcomes[name].syncs
        ours = [(s.completed_s for s in each.syncs), (s.cut_s for s in each.syncs)]
        theirs = [syncs.floats("completed_s"), syncs.floats("cut_s")]
        for times, known, others in zip(ours, theirs, (writes + cuts, writes), strict=True):
            if _is_near_alone(times, sorted(known.tolist()), sorted(others)):
                return True
    return False


def _is_near_alone(times: Iterable[float], theirs: list[float], others: list[float]) -> bool:
    """Return whether a time differs by rounding from theirs, and something else is there, too."""
    return any(
        0 < abs(_nearest(theirs, t) - t) < CLOSE_S > abs(_nearest(others, t) - t) for t in times
    )


def _nearest(times: list[float], time_s: float) -> float:
    """Return the nearest of some rising times; infinity without any."""
    at = bisect_left(times, time_s)
    return min(times[max(0, at - 1) : at + 1], key=lambda t: abs(t - time_s), default=math.inf)


MOST_WRITES = 3000
"""Above, the second model, which looks at every write at every instant, takes too long."""


def _with_every_write(case: Case) -> Result:
    """Return a run in which every write is drawn: the second model knows no cells."""
    if not is_in_cells(case.data):
        return case.run
    data = copy.deepcopy(case.data)
    data.setdefault("defaults", {})["drawn"] = "each"
    for stream in _streams(data):
        stream.pop("drawn", None)
    return efssim.run(Scenario.model_validate(data), verify=True)


def is_in_cells(data: Json) -> bool:
    """Return whether some stream may be drawn in cells: `auto` may do so, too."""
    usual = data.get("defaults", {}).get("drawn", "auto")
    return any(
        {"poisson", "on_off", "profile"} & set(stream.get("arrivals", {}))
        and stream.get("drawn", usual) != "each"
        for stream in _streams(data)
    )


LIMITS = ("hours_above", "limit_bytes_per_s", "first_above")


def unknown(data: Json) -> str:
    """Return a part of a scenario that the second model does not know, or nothing."""
    return next((what for what, has in UNKNOWN.items() if has(data)), "")


def _has(section: str, *keys: str) -> Callable[[Json], bool]:
    """Return whether some entry of a section has one of some keys."""
    return lambda data: any(key in part for part in data.get(section, {}).values() for key in keys)


def _streams(data: Json) -> list[Json]:
    systems = data["file_systems"].values()
    return [stream for system in systems for stream in system.get("writes", {}).values()]


def _other_calls(data: Json) -> bool:
    return any(event.get("call") in CALLS for event in data.get("events", []))


CALLS = ("CreateFileSystem", "DeleteFileSystem")
UNKNOWN: dict[str, Callable[[Json], bool]] = {
    "file systems that calls make or delete": _other_calls,
}
"""What it leaves out, each with how a scenario shows it."""


def _statuses(world: Any) -> dict[str, Any]:
    """Return time and status of each change, by its ordinal."""
    return {name: _rows(each.statuses) for name, each in world.replications.items()}


def _without_causes(found: dict[str, list[Any]]) -> dict[str, Any]:
    return {
        name: _rows([(at_s, after) for at_s, _, after, _ in rows]) for name, rows in found.items()
    }


def _rows(changes: list[Any]) -> Json:
    return {f"{k}": {"at_s": float(at_s), "status": to} for k, (at_s, to) in enumerate(changes)}


SECOND = Check("second model", _second)

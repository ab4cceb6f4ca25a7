"""Disturbed runs as data: what happens, and every cut, completion and status that follows from it.

1,000 B are overwritten in us-east-1 every second and replicated to us-west-2. A sync sets up for
5 s and sends 2,000 B/s, so that of n seconds' writes takes 5 + n/2 s; cuts are 60 s apart. Left
alone, syncs run from 60 to 95 s, 120 to 155, 180 to 215 and 240 to 275, and the next cut is at
300 s. Where the replication is `created` in the run, it is ENABLED at 100 s and the initial sync
of 100,000 B takes 5 + 50 s; left alone, syncs run from 100 to 155 s, 160 to 195 and 220 to 255.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import combinations_with_replacement
from typing import Any

import pytest

from efssim import Result, Scenario
from helpers.worlds import overwriting, scenario, simulate

SOURCE, DESTINATION = "us-east-1", "us-west-2"
LINK = f"{SOURCE} -> {DESTINATION}"
SYNC = {"interval": 60, "setup": 5, "throughput": 2000}
CONTROL = {"preset": "none", "enabling": 100, "pausing": 30, "resuming": 0, "deleting": 90}

Event = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """What happens in a run, and what is expected of it, complete up to its end."""

    events: list[Event]
    syncs: list[tuple[float, float]]
    """Cut and completion of every completed sync."""
    statuses: list[tuple[float, str | None]] = field(default_factory=list)
    """Time and status of every change after the first status; None: the configuration is gone."""
    abandoned: list[tuple[float, float]] = field(default_factory=list)
    """Cut of every abandoned sync and when it was abandoned."""
    in_flight: float | None = None
    """Cut of the sync that runs at the end."""
    dropped: dict[str, int] | int = field(default_factory=dict)
    """Writes that were not made, by cause or altogether."""
    until: float = 300
    created: bool = False
    """Whether the replication is created at the start of the run; it is established otherwise."""
    streams: dict[str, Any] = field(default_factory=lambda: {"w": overwriting()})
    sync: dict[str, Any] = field(default_factory=dict)
    control: dict[str, Any] = field(default_factory=dict)
    replication: dict[str, Any] = field(default_factory=dict)
    regions: dict[str, Any] = field(default_factory=dict)
    links: dict[str, Any] | None = None
    """Default: the run is tried without a link and with one that just does not bind."""
    top: dict[str, Any] = field(default_factory=dict)
    """What else the scenario has."""


def worlds_of(case: Case) -> list[Scenario]:
    """Return the scenarios of which a case is expected.

    The order in which events are written down does not matter: what happens at one instant has
    its own.
    """
    orders = [case.events, case.events[::-1]] if len(case.events) > 1 else [case.events]
    return [_world(case, links, events) for links in _links_of(case) for events in orders]


def _links_of(case: Case) -> list[dict[str, Any]]:
    fits = {LINK: {"capacity": "2000 B/s"}}
    if case.links is not None:
        return [case.links]
    if any("link_degraded" in event for event in case.events):
        return [fits]
    return [{}, fits]


def _world(case: Case, links: dict[str, Any], events: list[Event]) -> Scenario:
    optional = {
        name: {"default": False, **case.regions.get(name, {})} for name in (SOURCE, DESTINATION)
    }
    return scenario(
        case.streams,
        {**SYNC, **case.sync},
        case.until,
        replication={
            "established": not case.created,
            "control": {**CONTROL, **case.control},
            **case.replication,
        },
        **{"file_system": {"size": 100_000}, "regions": optional, "links": links, **case.top},
        events=events,
    )


def run(case: Case) -> Result:
    """Run a case in its first world."""
    return simulate(worlds_of(case)[0])


def check(case: Case) -> None:
    """Run a case in each of its worlds and compare everything that it expects."""
    for world in worlds_of(case):
        found = trace(simulate(world))
        if isinstance(case.dropped, int):
            found["dropped"] = sum(found["dropped"].values())
        expected = _expected(case)
        wrong = {key: (found[key], expected[key]) for key in found if found[key] != expected[key]}
        assert not wrong, "; ".join(f"{key}: {a}, not {b}" for key, (a, b) in wrong.items())


def _expected(case: Case) -> dict[str, Any]:
    return {
        "replications": ["dr"],
        "syncs": case.syncs,
        "abandoned": case.abandoned,
        "in flight": case.in_flight,
        "statuses": [(0, "ENABLING" if case.created else "ENABLED"), *case.statuses],
        "dropped": case.dropped,
    }


def trace(result: Result) -> dict[str, Any]:
    """Return what happened to the replication `dr`, times to the microsecond."""
    outcome = result.outcomes["dr"]
    columns = (outcome.syncs.floats(key).tolist() for key in ("cut_s", "completed_s"))
    dropped = outcome.summary.writes.dropped_bytes
    still = outcome.open_sync
    return {
        "replications": list(result.outcomes),
        "syncs": [(round(cut, 6), round(done, 6)) for cut, done in zip(*columns, strict=True)],
        "abandoned": [(round(s.cut_s, 6), round(s.abandoned_s, 6)) for s in outcome.abandoned],
        "in flight": None if still is None else round(still.cut_s, 6),
        "statuses": [(round(s.time_s, 6), s.after) for s in outcome.statuses],
        "dropped": {cause: size / 1000 for cause, size in dropped.items()},
    }


# --- tests from cases ---------------------------------------------------------------------------


def each(cases: dict[str, Any]) -> pytest.MarkDecorator:
    """Return what runs a test on each case, under its name."""
    return pytest.mark.parametrize("case", cases.values(), ids=cases.keys())


KINDS = ("create", "pause", "resume", "fail", "delete", "outage", "degraded")

Pair = tuple[str, str]


def pairs_of(*firsts: str) -> set[Pair]:
    """Return every two kinds, also a kind and itself, the first of which is one of these."""
    return {pair for pair in combinations_with_replacement(KINDS, 2) if pair[0] in firsts}


def pair_params(pairs: dict[Pair, dict[str, Case]]) -> list[Any]:
    """Return the parameters of a test: each case, and the same with the destination down."""
    found = []
    for (first, second), cases in pairs.items():
        for name, case in cases.items():
            name_of = f"{first} and {second}: {name}"
            found.append(pytest.param(case, id=name_of))
            if any("link_outage" in event for event in case.events):
                found.append(pytest.param(_of_destination(case), id=f"{name_of}, destination"))
    return found


def _of_destination(case: Case) -> Case:
    """Return a case with outages of the destination's Region for those of the link."""
    events = [
        destination_down(event["at"], event["at"] + event["for"])
        if "link_outage" in event
        else event
        for event in case.events
    ]
    return replace(case, events=events)


# --- events: from `begin` to `end`, or at a time ------------------------------------------------


def _lasting(kind: str, target: str, begin: float, end: float | None, **more: Any) -> Event:
    lasts = {} if end is None else {"for": end - begin}
    return {"at": begin, kind: target, **lasts, **more}


def opt_out(begin: float, end: float | None = None, region: str = DESTINATION) -> Event:
    return _lasting("opt_out", region, begin, end)


def kms(begin: float, end: float | None = None) -> Event:
    return _lasting("kms_key_disabled", "dr", begin, end)


def permission(begin: float, end: float | None = None) -> Event:
    return _lasting("permission_lost", "dr", begin, end)


def link_down(begin: float, end: float | None = None, link: str = LINK) -> Event:
    return _lasting("link_outage", link, begin, end)


def source_down(begin: float, end: float | None = None) -> Event:
    return _lasting("region_outage", SOURCE, begin, end)


def destination_down(begin: float, end: float | None = None) -> Event:
    return _lasting("region_outage", DESTINATION, begin, end)


def degraded(
    begin: float, end: float | None = None, factor: float = 0.5, link: str = LINK
) -> Event:
    return _lasting("link_degraded", link, begin, end, factor=factor)


def fail(at: float, name: str = "fs") -> Event:
    return {"at": at, "fail": name}


def fail_destination(at: float) -> Event:
    return fail(at, "dr.destination")


def delete(at: float, **more: Any) -> Event:
    parameters = {"SourceFileSystemId": "fs"}
    return {"at": at, "call": "DeleteReplicationConfiguration", "with": parameters, **more}


def create(at: float, source: str = "fs", region: str = DESTINATION) -> Event:
    parameters = {"SourceFileSystemId": source, "Destinations": [{"Region": region}]}
    return {"at": at, "call": "CreateReplicationConfiguration", "with": parameters}

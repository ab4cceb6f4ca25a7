"""Worlds in which two things happen at one instant, a minute after the start, and how they end.

Each kind of thing changes the base world so that it happens at that instant. The base: 8 B are
written at 10 s and 2 B at 70 s, a sync is cut every 40 s and takes 10 s, the run lasts 100 s.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import efssim
from efssim import Scenario
from efssim.model.kernel.clock import Turn
from efssim.model.sync.stretch import LONG
from efssim.model.world.world import World

Json = dict[str, Any]

SOURCE, DESTINATION, ELSEWHERE = "us-east-1", "us-west-2", "eu-west-1"
LINK = f"{SOURCE} -> {DESTINATION}"
LAST_MONTH = "2025-12-02T00:01:00Z"
"""A month of growth that begins then ends at the instant."""


def job(second: int, size: int, **keys: Any) -> Json:
    """Return a stream of one write."""
    at = f"00:{second // 60:02}:{second % 60:02}"
    batch = {"at": at, "every": "1 day", "writes": 1, "over": 0}
    return {"arrivals": {"batch": batch}, "size": size, **keys}


def _dates(begin_s: int, end_s: int) -> Json:
    def text(second: int) -> str:
        return f"2026-01-01T00:{second // 60:02}:{second % 60:02}"

    return {"begin": text(begin_s), "end": text(end_s)}


def _call(operation: str, **parameters: Any) -> Json:
    return {"call": operation, "with": {"SourceFileSystemId": "a", **parameters}}


DELETE = _call("DeleteReplicationConfiguration")
CREATE = _call("CreateReplicationConfiguration", Destinations=[{"Region": DESTINATION}])


def base() -> Json:
    """Return the base world, to be changed."""
    return {
        "name": "instant",
        "duration": 100,
        "regions": {SOURCE: {"default": False}, DESTINATION: {"default": False}},
        "links": {LINK: {}},
        "file_systems": {
            "a": {"region": SOURCE, "writes": {"early": job(10, 8), "late": job(70, 2)}},
            "z": {"region": ELSEWHERE},
        },
        "replications": {"dr": _replication("a", 40, 10)},
        "events": [],
        "defaults": {"sync": {}, "control": {"preset": "none", "enabling": 5, "deleting": 15}},
    }


def _replication(source: str, interval: int, setup: int) -> Json:
    return {
        "source": source,
        "destination": {"region": DESTINATION},
        "established": True,
        "sync": {"preset": "none", "interval": interval, "setup": setup},
        "control": {"preset": "none", "enabling": 60, "pausing": 15, "deleting": 15},
    }


@dataclass
class Changes:
    """What a row says besides the two kinds, where these do not fit together as they are."""

    sync: Json | None = None
    """`sync` of the replication, in place of that of the kinds."""
    sync2: Json | None = None
    """The same of the other replication."""
    events: list[Json] | None = None
    blackouts: list[tuple[int, int]] | None = None
    early: int = 8
    """Bytes of the first write."""
    other: Callable[[Json], None] | None = None


# --- the kinds -----------------------------------------------------------------------------------


def _sync(world: Json, **keys: Any) -> None:
    world["replications"]["dr"]["sync"] |= keys


def _event(world: Json, at: int, what: Json, **keys: Any) -> None:
    world["events"].append({"at": at, **what, **keys})


def _streams(world: Json) -> Json:
    found: Json = world["file_systems"]["a"]["writes"]
    return found


def _bar(world: Json, begin_s: int, end_s: int) -> None:
    dr = world["replications"]["dr"]
    dr.setdefault("blackouts", {"windows": []})["windows"].append(_dates(begin_s, end_s))


def _beside(world: Json, name: str, source: str, interval: int, setup: int, size: int) -> None:
    """Add another replication on the same link."""
    writes = {"early": job(10, size)} if size else {}
    world["file_systems"][source] = {"region": SOURCE, "writes": writes}
    world["replications"][name] = _replication(source, interval, setup)


def _write(world: Json) -> None:
    _streams(world)["w"] = job(60, 1)


def _sync_ends(world: Json) -> None:
    _sync(world, setup=20)


def _retry(world: Json) -> None:
    _sync(world, setup=0, failure_probability=0.9999, backoff=20, backoff_max=20)


def _stall_ends(world: Json) -> None:
    _event(world, 45, {"link_outage": LINK}, **{"for": 15})


def _pause_ends(world: Json) -> None:
    _event(world, 43, {"kms_key_disabled": "dr"}, **{"for": 17})


def _bar_ends(world: Json) -> None:
    _bar(world, 15, 60)


def _enabled(world: Json) -> None:
    world["replications"]["dr"]["established"] = False


def _paused(world: Json) -> None:
    _event(world, 45, {"kms_key_disabled": "dr"})


def _gone(world: Json) -> None:
    _event(world, 45, DELETE)


def _pause(world: Json) -> None:
    _event(world, 60, {"permission_lost": "dr"})


def _stall(world: Json) -> None:
    _event(world, 60, {"link_outage": LINK}, **{"for": 25})


def _outage(world: Json) -> None:
    _event(world, 60, {"region_outage": SOURCE}, **{"for": 25})


def _fail(world: Json) -> None:
    _event(world, 60, {"fail": "a"})


def _bar_begins(world: Json) -> None:
    _bar(world, 60, 85)


def _slower(world: Json) -> None:
    world["links"][LINK]["capacity"] = 0.4
    _event(world, 60, {"link_degraded": LINK, "factor": 0.5})


def _fence(world: Json) -> None:
    _event(world, 60, {"fence": "a"})


def _move(world: Json) -> None:
    _event(world, 60, {"move_writes": "a", "to": "z"})


def _stream_ends(world: Json) -> None:
    _streams(world)["late"]["to"] = 60


def _delete(world: Json) -> None:
    _event(world, 60, DELETE)


def _create(world: Json) -> None:
    _event(world, 20, DELETE)
    _event(world, 60, CREATE)


def _slot(world: Json) -> None:
    world["links"][LINK]["concurrency"] = 1
    _beside(world, "dr2", "b", 35, 25, 0)


def _cut(world: Json) -> None:
    _sync(world, interval=60)


def _instant(world: Json) -> None:
    _sync(world, interval=60, setup=0)


def _share(world: Json) -> None:
    world["links"][LINK]["capacity"] = 0.4
    _beside(world, "dr2", "b", 50, 10, 100)


def _window(world: Json) -> None:
    world["warm_up"] = 60


def _end(world: Json) -> None:
    world["duration"] = 60
    world["events"] = [event for event in world["events"] if event["at"] <= 60]


def _month(world: Json) -> None:
    growth = {"per": "month", "factor": 2, "since": LAST_MONTH}
    world["file_systems"]["a"]["growth"] = growth


KINDS: dict[str, tuple[Turn | None, str, Callable[[Json], None]]] = {
    "write": (Turn.WRITE, "a write is made", _write),
    "sync ends": (Turn.COMPLETION, "a sync completes", _sync_ends),
    "retry": (Turn.COMPLETION, "an attempt of one is over", _retry),
    "stall ends": (Turn.DISTURBANCE_END, "a disturbance ends", _stall_ends),
    "pause ends": (Turn.DISTURBANCE_END, "a disturbance ends", _pause_ends),
    "bar ends": (Turn.DISTURBANCE_END, "a window of a calendar ends", _bar_ends),
    "enabled": (Turn.STATUS, "ENABLING", _enabled),
    "paused": (Turn.STATUS, "PAUSING", _paused),
    "gone": (Turn.STATUS, "DELETING", _gone),
    "pause": (Turn.DISTURBANCE_BEGIN, "a disturbance begins", _pause),
    "stall": (Turn.DISTURBANCE_BEGIN, "a disturbance begins", _stall),
    "outage": (Turn.DISTURBANCE_BEGIN, "a disturbance begins", _outage),
    "fail": (Turn.DISTURBANCE_BEGIN, "a file system fails", _fail),
    "bar": (Turn.DISTURBANCE_BEGIN, "a window of a calendar begins", _bar_begins),
    "slower": (Turn.DISTURBANCE_BEGIN, "a disturbance begins", _slower),
    "fence": (Turn.DISTURBANCE_BEGIN, "fenced", _fence),
    "move": (Turn.DISTURBANCE_BEGIN, "writes are moved", _move),
    "stream ends": (Turn.DISTURBANCE_BEGIN, "a stream begins or ends", _stream_ends),
    "delete": (Turn.CALL, "an API call", _delete),
    "create": (Turn.CALL, "an API call", _create),
    "slot": (Turn.SLOT, "slots are granted", _slot),
    "cut": (Turn.CUT, "a sync is cut", _cut),
    "instant": (Turn.CUT, "takes no time", _instant),
    "share": (Turn.DIVISION, "a shared link is divided", _share),
    "window": (None, "warm_up ends", _window),
    "end": (None, "the run ends", _end),
    "month": (None, "a month of growth begins", _month),
}
"""By name: the turn, the words of the table in docs/model.md, and the change of the base world."""


def world_with(first: str, second: str | None, changes: Changes) -> Scenario:
    """Return the scenario in which one or two kinds of thing happen at the instant."""
    made = base()
    for kind in (first, second):
        if kind is not None and not (kind == first == second and kind in _TWICE):
            KINDS[kind][2](made)
    if first == second and first in _TWICE:
        _TWICE[first](made)
    _change(made, changes)
    made["defaults"]["sync"] = deepcopy(made["replications"]["dr"]["sync"])
    return Scenario.model_validate(made)


def _change(made: Json, changes: Changes) -> None:
    if changes.sync is not None:
        made["replications"]["dr"]["sync"] = {"preset": "none", **changes.sync}
    if changes.sync2 is not None:
        made["replications"]["dr2"]["sync"] = {"preset": "none", **changes.sync2}
    if changes.events is not None:
        made["events"] = changes.events
    if changes.blackouts is not None:
        windows = [_dates(*span) for span in changes.blackouts]
        made["replications"]["dr"]["blackouts"] = {"windows": windows}
    _streams(made)["early"]["size"] = changes.early
    if changes.other is not None:
        changes.other(made)
    made["events"] = [event for event in made["events"] if event["at"] <= made["duration"]]


def _two_writes(world: Json) -> None:
    _write(world)
    _streams(world)["w2"] = job(60, 1)


def _two_stalls_end(world: Json) -> None:
    _stall_ends(world)
    _event(world, 50, {"region_outage": DESTINATION}, **{"for": 10})


def _two_pauses_end(world: Json) -> None:
    _pause_ends(world)
    _event(world, 50, {"permission_lost": "dr"}, **{"for": 10})


def _two_pauses(world: Json) -> None:
    _pause(world)
    _event(world, 60, {"kms_key_disabled": "dr"})


def _two_fail(world: Json) -> None:
    _fail(world)
    _event(world, 60, {"fail": "dr.destination"})


def _two_creates(world: Json) -> None:
    _create(world)
    _event(world, 60, CREATE)


def _two_slots(world: Json) -> None:
    _slot(world)
    _beside(world, "dq", "c", 40, 10, 0)


def _two_shares(world: Json) -> None:
    _share(world)
    _beside(world, "dr3", "c", 50, 10, 100)


def _two_months(world: Json) -> None:
    _month(world)
    _streams(world)["late"]["growth"] = {"per": "month", "factor": 2, "since": LAST_MONTH}


_TWICE: dict[str, Callable[[Json], None]] = {
    "write": _two_writes,
    "stall ends": _two_stalls_end,
    "pause ends": _two_pauses_end,
    "pause": _two_pauses,
    "fail": _two_fail,
    "create": _two_creates,
    "slot": _two_slots,
    "share": _two_shares,
    "month": _two_months,
}
"""What happens twice at the instant, where that is not the same change made twice."""


# --- how it ends ---------------------------------------------------------------------------------

LETTERS = {
    "ENABLING": "N",
    "ENABLED": "E",
    "PAUSING": "P",
    "PAUSED": "p",
    "ERROR": "X",
    "DELETING": "D",
    None: ".",
}


def outcome(
    scenario: Scenario, *, longest: int = LONG, steps: int = 1, until_s: float | None = None
) -> str:
    """Return how the replication of `a` went: its statuses, its syncs, and what is left.

    At most `longest` syncs are planned at once, and the run is made in so many steps; neither may
    change anything. It is looked at after `until_s`, by default at its end.
    """
    until_s = scenario.duration if until_s is None else until_s
    world = World(scenario, 1, longest=longest)
    for step in range(1, steps + 1):
        world.advance_to(until_s * step / steps)
    name = "a-replication-1" if "a-replication-1" in world.names else "dr"
    records, snapshot = world.records(name), world.snapshot(name)
    found = [f"{LETTERS[change.after]}{_s(change.time_s)}" for change in records.statuses]
    syncs = [records.syncs[key].tolist() for key in ("cut_s", "completed_s", "bytes")]
    rows = [(cut, f"{_s(cut)}-{_s(done)}:{size}") for cut, done, size in zip(*syncs, strict=True)]
    rows += [(a.cut_s, f"{_s(a.cut_s)}!{_s(a.abandoned_s)}:{a.bytes}") for a in records.abandoned]
    found += [text for _, text in sorted(rows)]
    still = dict(world.open_syncs()).get(name)
    if still is not None:
        failed = f"x{still.failed_attempts}" if still.failed_attempts else ""
        found.append(f"{_s(still.cut_s)}?:{still.bytes}{failed}")
    lost, open_writes = records.lost, snapshot.open_writes
    left = sum(part.amount.bytes for part in open_writes) if lost is None else lost.bytes
    found += [f"left={left}"] if left else []
    dropped: dict[str, int] = {}
    for by, amount in records.dropped.items():
        dropped[by.kind] = dropped.get(by.kind, 0) + amount.bytes
    return " ".join([*found, *(f"{kind}={size}" for kind, size in dropped.items() if size)])


def in_window(scenario: Scenario) -> str:
    """Return what the summary counts in its window: bytes written, and completed syncs."""
    replications = efssim.run(scenario).summary["replications"]
    numbers = replications.get("a-replication-1", replications["dr"])
    return f"made={numbers['writes']['bytes']} done={numbers['syncs']['completed']}"


def _s(time_s: float) -> str:
    return f"{round(time_s, 6):g}"

"""The engine against the naive model of `naive.py`, on the engine's own writes and draws."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from helpers.naive import Disturbed, Naive
from helpers.worlds import scenario

from efssim import Scenario, Simulation
from efssim.model.kernel.draws import Draws
from efssim.records.lifetimes import Lifetimes
from efssim.runs.outcome import Outcome
from efssim.scenario.schema import Event

SOURCE, DESTINATION = "us-east-1", "us-west-2"
LINK = f"{SOURCE} -> {DESTINATION}"


def _picker(rng: np.random.Generator) -> Callable[..., Any]:
    return lambda *options: options[rng.integers(len(options))]


def _random_parts(seed: int) -> tuple[dict[str, Any], dict[str, Any], int]:
    """Return random streams of every arrival process and size, sync parameters, and files."""
    rng = np.random.default_rng(seed)
    pick = _picker(rng)

    def arrivals() -> dict[str, Any]:
        rate = f"{rng.uniform(0.05, 2):.3f} per s"
        batch = {"at": "00:05", "every": "20 min", "writes": 40, "over": pick("0 s", "3 min")}
        return pick(
            {"constant": {"rate": rate}},
            {"poisson": {"rate": rate}},
            {
                "on_off": {
                    "on": "2 min",
                    "off": {"uniform": {"low": "1 min", "high": "9 min"}},
                    "rate": rate,
                }
            },
            {"profile": {"rate": rate, "hours": [1, 5] * 12, "timezone": "Asia/Kolkata"}},
            {"batch": batch},
        )

    def size() -> Any:
        return pick(
            "4 KiB",
            {"lognormal": {"median": "64 KiB", "sigma": 1.5}},
            {"pareto": {"min": "1 KiB", "alpha": 1.1, "max": "1 GiB"}},
            {"empirical": {"values": ["1 KiB", "1 MiB"]}},
        )

    streams = {
        f"s{k}": {"arrivals": arrivals(), "size": size(), "files": int(rng.integers(1, 4))}
        for k in range(rng.integers(1, 4))
    }
    new_files = pick(0, "100 %")
    streams = {name: stream | {"new_files": new_files} for name, stream in streams.items()}
    sync = {
        "interval": pick(0, 60, 37.5),
        "gap": pick(1, 7.25, {"exponential": {"mean": "20 s"}}),
        "setup": pick(5, {"gamma": {"mean": "5 s", "cv": 0.6}}),
        "throughput": pick("none", "300 kB/s", "2 MB/s"),
        "file_rate": pick("none", "3 per s"),
        "scan_rate": pick("none", "100 per s"),
        "failure_probability": pick(0, 0.3),
        "backoff": pick("5 s", {"exponential": {"mean": "5 s"}}),
        "backoff_max": "15 s",
    }
    return streams, sync, int(rng.integers(0, 900))


def _run(world: Scenario) -> tuple[Simulation, Outcome]:
    simulation = Simulation(world, verify=True)
    simulation.advance_to_end()
    return simulation, simulation.result().outcomes["dr"]


def _naive(world: Scenario, count: int) -> Naive:
    """Return the naive model of a scenario with the draws of its first `count` syncs."""
    replication, source = world.replications["dr"], world.file_systems["fs"]
    sync, control = replication.sync, replication.control
    link = world.links.get(LINK)
    draws, many = Draws(world.seed), range(40)

    def series(key: str, attempt: int) -> list[float]:
        drawn = draws.series(f"replications.dr.sync.{key}.{attempt}", sync.draw(key).sample)
        return [drawn[k] for k in range(count)]

    def chances(attempt: int) -> list[float]:
        name = f"replications.dr.sync.failure.{attempt}"
        drawn = draws.series(name, lambda generator, n: generator.random(n))
        return [drawn[k] for k in range(count)]

    def delays(key: str) -> list[float]:
        drawn = draws.series(f"replications.dr.control.{key}", control.draw(key).sample)
        return [drawn[k] for k in range(20)]

    gaps = draws.series("replications.dr.sync.gap", sync.draw("gap").sample)
    probability = sync.number("failure_probability")
    hot = source.writes["s0"].hot_set
    return Naive(
        end_s=world.duration,
        interval_s=sync.number("interval"),
        gaps_s=[gaps[k] for k in range(count)],
        setups_s=[series("setup", attempt) for attempt in many],
        chances=[chances(attempt) for attempt in many] if probability else [],
        backoffs_s=[series("backoff", attempt) for attempt in many],
        files=source.files,
        scan_rate=sync.number("scan_rate"),
        throughput=sync.number("throughput"),
        file_rate=sync.number("file_rate"),
        failure_probability=probability,
        backoff_max_s=sync.number("backoff_max"),
        latency_s=link.latency if link else 0.0,
        capacity=link.capacity if link else math.inf,
        size=source.size,
        new_files=source.writes["s0"].new_files == 1,
        hot=None if hot is None else (hot.block, hot.size // hot.block),
        disturbed=Disturbed(
            holds=list(_spans(world, "opt_out", "kms_key_disabled", "permission_lost")),
            stalls=list(_spans(world, "link_outage", "region_outage")),
            degraded=[
                (event.at, _end(world, event), event.factor)
                for event in world.events
                if event.factor is not None
            ],
            failed_s=_first(world, "fail"),
            deleted_s=_first(world, "call"),
            enabling_s=None if replication.established else delays("enabling")[0],
            pausings_s=delays("pausing"),
            resumings_s=delays("resuming"),
            deleting_s=delays("deleting")[0],
        ),
    )


def _end(world: Scenario, event: Event) -> float:
    """Return the end of an event; opting in takes its time."""
    if event.lasts is None:
        return math.inf
    opting_in = world.regions[event.target].opting_in if event.kind == "opt_out" else 0.0
    return event.at + event.lasts + opting_in


def _spans(world: Scenario, *kinds: str) -> Iterator[tuple[float, float]]:
    return ((e.at, _end(world, e)) for e in world.events if e.kind in kinds)


def _first(world: Scenario, kind: str) -> float:
    return min((event.at for event in world.events if event.kind == kind), default=math.inf)


def _compare(simulation: Simulation, outcome: Outcome) -> None:
    """Replay the writes that a run made, and compare every sync and the writes it published."""
    syncs, writes = outcome.syncs, simulation.lifetimes("dr")
    columns = (column.tolist() for column in (writes.time_s, writes.bytes, writes.files))
    model = _naive(simulation.scenario, len(syncs) + len(outcome.abandoned) + 2)
    naive = model.run(list(zip(*columns, strict=True)))

    assert len(naive) == len(syncs)
    assert [sync.bytes for sync in naive] == syncs["bytes"].tolist()
    assert [len(sync.writes) for sync in naive] == syncs["writes"].tolist()
    assert [sync.attempts for sync in naive] == syncs["attempts"].tolist()
    assert _times(model.syncs, "cut_s") == _close(syncs["cut_s"].tolist())
    assert _times(model.syncs, "completed_s") == _close(syncs["completed_s"].tolist())
    for sync, completed_s in zip(naive, syncs["completed_s"].tolist(), strict=True):
        assert (writes.published_s[sync.writes] == completed_s).all()
    assert (writes.published_s < math.inf).sum() == sum(len(sync.writes) for sync in naive)

    for key in ("cut_s", "abandoned_s"):
        assert _times(model.abandoned, key) == _close(_times(outcome.abandoned, key))
    for key in ("bytes", "attempts"):
        assert _times(model.abandoned, key) == _times(outcome.abandoned, key)

    # Those that fall behind the end of the run have not happened.
    statuses = [status for status in model.statuses if status[0] <= simulation.scenario.duration]
    assert [name for _, name in statuses] == [change.after for change in outcome.statuses]
    assert [t for t, _ in statuses] == _close(_times(outcome.statuses, "time_s"))


def _times(rows: Any, key: str) -> list[Any]:
    return [getattr(row, key) for row in rows]


def _close(values: list[float]) -> Any:
    # The only tolerance: the two add the same terms, not always in the same order.
    return pytest.approx(values, rel=1e-9, abs=0)


@pytest.mark.parametrize("seed", range(20))
def test_same_syncs_and_same_assignment_of_writes(seed: int) -> None:
    streams, sync, files = _random_parts(seed)
    simulation, outcome = _run(scenario(streams, sync, "2 h", files=files, seed=seed))
    assert len(outcome.syncs) > 0
    _compare(simulation, outcome)


# --- disturbances that hit syncs in flight ------------------------------------------------------

LASTING = [
    {"link_outage": LINK},
    {"region_outage": SOURCE},
    {"region_outage": DESTINATION},
    {"opt_out": SOURCE},
    {"opt_out": DESTINATION},
    {"kms_key_disabled": "dr"},
    {"permission_lost": "dr"},
]
FINAL = [
    {"fail": "fs"},
    {"fail": "dr.destination"},
    {"call": "DeleteReplicationConfiguration", "with": {"SourceFileSystemId": "fs"}},
]


def _disturbed(seed: int) -> tuple[Scenario, dict[str, Any]]:
    """Return a random scenario, and the last event that was added to it.

    The last event is aimed at a sync in flight of a run with the events before it, and hits it,
    since it changes nothing before its own time. Half of the others are aimed as well, though later
    ones may make them miss; half happen at any time, also between two syncs.
    """
    rng = np.random.default_rng([seed, 1])
    pick = _picker(rng)
    streams, sync, files = _random_parts(1000 + seed)
    if seed % 5 == 0:  # the naive model knows one stream with a hot set
        hot = {"block": "64 KiB", "size": pick("4 MiB", "640 MiB")}
        streams = {"s0": {**streams["s0"], "hot_set": hot}}
    optional = {"default": False, "opting_in": pick(0, "45 s")}
    capacity = pick("none", "250 kB/s")
    parts: dict[str, Any] = {
        "files": files,
        "file_system": {"size": "40 MB"},
        "replication": {
            "established": pick(True, True, False),
            "control": {
                "enabling": pick("40 s", {"exponential": {"mean": "2 min"}}),
                "pausing": pick("5 s", "30 s", {"exponential": {"mean": "1 min"}}),
                "resuming": pick(0, 0, "100 s"),
                "deleting": pick("5 min", {"exponential": {"mean": "5 min"}}),
            },
        },
        "regions": {SOURCE: optional, DESTINATION: optional},
        "links": {LINK: {"capacity": capacity, "latency": pick(0, "0.5 s")}},
        "seed": seed,
    }
    kinds = LASTING if capacity == "none" else [*LASTING, {"link_degraded": LINK, "factor": 0.3}]
    chosen = [pick(*kinds) for _ in range(rng.integers(1, 5))]
    chosen.append((LASTING + FINAL)[seed % len(LASTING + FINAL)])

    events: list[dict[str, Any]] = []
    for kind in chosen[:-1]:
        so_far = scenario(streams, sync, "2 h", events=events, **parts)
        lasts = {"for": pick(1.0, float(5 + rng.exponential(60)))}
        at_random = {**kind, "at": float(rng.uniform(0, 7200)), **lasts}
        events.append(pick(at_random, _aimed(kind, so_far, rng)))
    so_far = scenario(streams, sync, "2 h", events=events, **parts)
    events.append(_aimed(chosen[-1], so_far, rng))
    return scenario(streams, sync, "2 h", events=events, **parts), events[-1]


def _aimed(kind: dict[str, Any], world: Scenario, rng: np.random.Generator) -> dict[str, Any]:
    """Return an event of a kind that begins while a sync is in flight, the likelier the longer."""
    spans = _flights(_run(world)[1], world.duration)
    lengths = spans[:, 1] - spans[:, 0]
    while True:
        begin_s, end_s = rng.choice(spans, p=lengths / lengths.sum())
        event = {**kind, "at": float(rng.uniform(begin_s, end_s))}
        if kind in LASTING or "factor" in kind:
            return {**event, "for": float(5 + rng.exponential(240))}
        if "fail" in kind:
            return event
        # A call takes a Region that answers.
        closed = {
            part.target
            for part in world.events
            if part.kind in ("region_outage", "opt_out")
            and part.at <= event["at"] < _end(world, part)
        }
        answering = [region for region in (SOURCE, DESTINATION) if region not in closed]
        if answering:
            return {**event, "region": str(rng.choice(answering)), "expect": "ok"}


def _flights(outcome: Outcome, end_s: float) -> np.ndarray:
    """Return begin and end of every time in which a sync was in flight, shape (syncs, 2)."""
    columns = (outcome.syncs.floats(key).tolist() for key in ("cut_s", "completed_s"))
    spans = list(zip(*columns, strict=True))
    spans += [(sync.cut_s, sync.abandoned_s) for sync in outcome.abandoned]
    if outcome.open_sync is not None:
        spans.append((outcome.open_sync.cut_s, end_s))
    return np.array(spans)


HITTING = range(50)
"""Seeds of disturbed scenarios whose last event hits a sync in flight."""


def _hits(world: Scenario, outcome: Outcome) -> list[Any]:
    """Return the events that found a sync in flight."""
    spans = _flights(outcome, world.duration)
    return [
        event
        for event in world.events
        if ((spans[:, 0] < event.at) & (event.at <= spans[:, 1])).any()
    ]


@pytest.mark.parametrize("seed", HITTING)
def test_disturbances_that_hit_syncs_in_flight(seed: int) -> None:
    world, last = _disturbed(seed)
    simulation, outcome = _run(world)
    hits = _hits(world, outcome)
    assert last["at"] in [event.at for event in hits]
    _compare(simulation, outcome)
    _compare_drops(simulation)
    # Those that pause, fail and delete abandon what they hit, the others stall or slow it.
    stopping = {event.at for event in hits if event.kind not in ("link_degraded", "link_outage")}
    stopping -= {event.at for event in hits if event.kind == "region_outage"}
    assert {sync.abandoned_s for sync in outcome.abandoned} <= stopping


def test_every_kind_hit_a_sync_in_flight() -> None:
    """Counted here, as other tests may run in other processes."""
    found: Counter[str] = Counter()
    for seed in HITTING:
        world, _ = _disturbed(seed)
        found.update(event.call or event.kind for event in _hits(world, _run(world)[1]))
    print(dict(found))
    assert set(found) == {
        "link_outage",
        "link_degraded",
        "region_outage",
        "opt_out",
        "kms_key_disabled",
        "permission_lost",
        "fail",
        "DeleteReplicationConfiguration",
    }


def _compare_drops(simulation: Simulation) -> None:
    """Compare made and dropped writes with those of the same scenario left alone."""
    world = simulation.scenario
    alone = _run(world.model_copy(update={"events": ()}))[0].lifetimes("dr")
    gone_s = min((s.time_s for s in _statuses(simulation) if s.after is None), default=math.inf)
    stops = sorted(
        (event.at, _end(world, event), event.kind)
        for event in world.events
        if (event.kind, event.target) in (("region_outage", SOURCE), ("fail", "fs"))
    )
    expected: dict[str, list[int]] = {}
    made: list[tuple[float, int]] = []
    for time_s, size in _pairs(alone):
        # Writes come first in an instant: at the begin of an outage, but not at its end.
        causes = [kind for begin, end, kind in stops if begin < time_s <= end]
        if time_s > gone_s:
            break
        if causes:
            count, total = expected.get(causes[0], (0, 0))
            expected[causes[0]] = [count + 1, total + size]
        else:
            made.append((time_s, size))
    dropped = simulation._world.records("dr").dropped_by_kind()
    assert {cause: list(pair) for cause, pair in dropped.items()} == expected
    assert _pairs(simulation.lifetimes("dr")) == made


def _statuses(simulation: Simulation) -> Any:
    return simulation._world.records("dr").statuses


def _pairs(writes: Lifetimes) -> list[tuple[float, int]]:
    return list(zip(writes.time_s.tolist(), writes.bytes.tolist(), strict=True))

"""Trials whose syncs wait for one another run side by side: each has the bits that it has alone."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pytest
from helpers.worlds import constant, poisson, scenario
from hypothesis import given, settings
from hypothesis import strategies as st

import efssim
from efssim import Scenario, TrialError
from efssim.lag.kinds.asked import OF_TRIALS
from efssim.model.kernel.clock import Clock, Turn
from efssim.model.sync import lock_step
from efssim.model.sync.lone_loop import LoneLoop
from efssim.model.world.world import World
from efssim.runs.together import pays_together
from efssim.study.planning.evaluation import READS
from efssim.study.run import batch
from efssim.study.trial.outcome import Done, run_trial, run_trials_together

LINK = "us-east-1 -> us-west-2"
STREAMS: list[dict[str, Any]] = [
    poisson("2 per s", {"exponential": {"mean": 300}}),
    poisson("1 per 9 s", {"lognormal": {"median": 2000, "sigma": 1}}),
    {**poisson("1 per min", 400), "files": 3},
    {**poisson("1 per 20 s", 200), "in_file": {"size": 60_000}},
    {**poisson("3 per s", 200), "hot_set": {"size": 5000, "block": 100, "share": 0.7}},
    constant("1 per 3 s", "777 B"),
    {
        "arrivals": {"batch": {"at": "00:01", "every": 300, "writes": 900, "over": 70}},
        "size": 90,
    },
]
FAULTS: dict[str, dict[str, Any]] = {
    "wan": {"link_outage": LINK, "every": {"exponential": {"mean": "30 min"}}, "for": 200.5},
    "slow": {
        "link_degraded": LINK,
        "factor": 0.3,
        "every": {"exponential": {"mean": "20 min"}},
        "for": 300,
    },
    "home": {"region_outage": "us-east-1", "every": {"exponential": {"mean": "1 h"}}, "for": 30},
}
syncs = st.fixed_dictionaries(
    {
        "interval": st.sampled_from([0, 0, 0, 20]),
        "gap": st.sampled_from([1, 7.3, {"exponential": {"mean": 20}}]),
        "setup": st.sampled_from([0, 5, {"gamma": {"mean": 9, "cv": 0.8}}]),
        "throughput": st.sampled_from(["none", 300, 5000]),
        "file_rate": st.sampled_from(["none", 4]),
        "scan_rate": st.sampled_from(["none", 50]),
        "diff_rate": st.sampled_from(["none", 9000]),
        "failure_probability": st.sampled_from([0, 0, 0, 0.2]),
    }
)
SHARED = {"source": "other", "destination": {"region": "us-west-2"}, "established": True}
PLAIN = scenario({"app": STREAMS[0]}, {"gap": 5, "setup": 5, "throughput": 5000}, "6 h")


def world(
    streams: list[dict[str, Any]], many: list[dict[str, Any]], faults: dict[str, Any]
) -> Scenario:
    """Return a scenario with a replication for each of some sync terms, of one source each."""
    first, *rest = many
    writes = {f"app-{k}": stream for k, stream in enumerate(streams)}
    made = scenario(writes, first, duration="1 h", files=100, faults=faults, warm_up="5 min")
    if not rest:
        return made
    base = made.model_dump(by_alias=True, exclude_unset=True, mode="json")
    base["file_systems"]["other"] = base["file_systems"]["fs"]
    base["replications"]["second"] = {**SHARED, "sync": {"preset": "none", **rest[0]}}
    return Scenario.model_validate(base)


def alone(of: Scenario, count: int, asked: Any = OF_TRIALS, *, verify: bool = True) -> list[Done]:
    return [run_trial(of, 7, number, verify, asked) for number in range(count)]


@settings(max_examples=25)
@given(
    streams=st.lists(st.sampled_from(STREAMS), min_size=1, max_size=2),
    many=st.lists(syncs, min_size=1, max_size=2),
    faults=st.sets(st.sampled_from(sorted(FAULTS))),
    rows=st.sampled_from([1, 7, 512]),
)
def test_trials_side_by_side_are_those_alone(
    streams: list[dict[str, Any]], many: list[dict[str, Any]], faults: set[str], rows: int
) -> None:
    of = world(streams, many, {name: FAULTS[name] for name in sorted(faults)})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lock_step, "LEAST", 2)
        patch.setattr(lock_step, "_ROWS", rows)
        patch.setattr(lock_step, "_CHECK", min(rows, 4))
        found = run_trials_together(of, 7, range(3), True, OF_TRIALS)
    assert found == alone(of, 3)


@pytest.mark.parametrize("count", [12, 33])
def test_the_number_of_lanes_does_not_show(count: int) -> None:
    found = run_trials_together(PLAIN, 7, range(count), False, READS)
    assert found == alone(PLAIN, count, READS, verify=False)


def test_most_syncs_are_planned_together(monkeypatch: pytest.MonkeyPatch) -> None:
    planned = {"together": 0, "alone": 0}
    whole, take = LoneLoop.run, LoneLoop.take
    inside: list[LoneLoop] = []

    def run(self: LoneLoop) -> None:
        inside.append(self)
        whole(self)
        inside.pop()

    def taken(self: LoneLoop, cuts_s: Any, *rest: Any, **more: Any) -> None:
        planned["alone" if inside else "together"] += len(cuts_s)
        take(self, cuts_s, *rest, **more)

    monkeypatch.setattr(LoneLoop, "run", run)
    monkeypatch.setattr(LoneLoop, "take", taken)
    run_trials_together(PLAIN, 7, range(16), False, READS)
    assert planned["together"] > 10 * planned["alone"]


def test_one_stretch_holds_times_too_far_apart_for_their_keys() -> None:
    """A write in the first microsecond, and hours later: lanes are then planned alone."""
    early = {
        "arrivals": {"batch": {"at": "00:00", "every": "3 h", "writes": 3, "over": 1e-6}},
        "size": 9,
    }
    of = scenario({"app": early}, {"gap": 900}, "8 h")
    found = run_trials_together(of, 7, range(12), False, OF_TRIALS)
    assert found == alone(of, 12, verify=False)


@pytest.mark.parametrize("workers", [1, 2])
def test_a_study_is_the_same_side_by_side(workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    found = efssim.run_trials(PLAIN, trials=40, workers=workers)
    monkeypatch.setattr(batch, "pays_together", lambda _: False)
    expected = efssim.run_trials(PLAIN, trials=40, workers=1)
    assert found.summary == expected.summary
    assert found.table.equals(expected.table)


def test_only_syncs_without_an_interval_are_worth_it() -> None:
    assert pays_together(PLAIN)
    assert not pays_together(scenario({"app": STREAMS[0]}, {"interval": 60}))


def test_the_first_of_the_trials_that_fail_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = World.advancing_to

    def failing(self: World, time_s: float) -> Iterator[None]:
        yield from whole(self, time_s / 2)
        if self._draws.trial in (3, 9):
            raise ValueError("no")
        yield from whole(self, time_s)

    monkeypatch.setattr(World, "advancing_to", failing)
    with pytest.raises(TrialError, match=r"^trial 3 of seed 7 failed: ValueError: no; to repeat"):
        run_trials_together(PLAIN, 7, range(12), False, READS)


def test_a_clock_goes_on_where_it_paused() -> None:
    clock, seen = Clock(), []

    def waits() -> Iterator[Any]:
        yield clock.at(5.0, Turn.COMPLETION)
        yield clock.pause()
        seen.append(("went on", clock.now))

    clock.process(waits())  # type: ignore[arg-type]  # a generator of events
    clock.step()  # it begins
    clock.call_at(5.0, Turn.COMPLETION, lambda: seen.append(("other", clock.now)))
    while clock.paused is None:
        clock.step()
    clock.go_on()
    while clock.peek() < math.inf:
        clock.step()
    assert seen == [("went on", 5.0), ("other", 5.0)]

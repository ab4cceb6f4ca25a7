"""Costs of random valid scenarios of a day, counted: none takes much more than what happens in it.

Counted are random numbers, calls of functions, and elements of arrays that are planned or copied.
What happens is writes, syncs and their attempts, changes of on and off, and disturbances.
"""

from __future__ import annotations

import cProfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.costly import DAY_S, costly_scenario
from helpers.worlds import scenario

from efssim import Scenario
from efssim.model.kernel.draws import Draws, DrawSeries
from efssim.model.sync.stretch import Planner
from efssim.model.sync.sync_times import SyncTimes
from efssim.model.writes.blocks import DrawnWrites, TraceWrites
from efssim.model.writes.curves.each import Curve
from efssim.runs.measured import MeasuredWorld
from efssim.runs.run import Run
from efssim.scenario.grammar.distributions import Distribution
from efssim.scenario.grammar.types import Size
from efssim.scenario.workload.growth import GrowthSteps
from efssim.scenario.workload.processes.on_off import OnOffTimes
from efssim.scenario.workload.processes.times import PoissonTimes
from efssim.scenario.workload.streams import TraceFile

SCENARIOS, GROUPS = 500, 10


class CountingGenerator(np.random.Generator):
    """A generator that counts the numbers that it is asked for."""

    counts: Counter[str]


def _counted(name: str) -> Callable[..., Any]:
    drawn = getattr(np.random.Generator, name)

    def draw(self: CountingGenerator, *args: Any, **kwargs: Any) -> Any:
        values = drawn(self, *args, **kwargs)
        self.counts["draws"] += int(np.size(values))
        return values

    return draw


for _name in ("random", "standard_exponential", "standard_normal", "standard_gamma", "integers"):
    setattr(CountingGenerator, _name, _counted(_name))


class Counting:
    """Counts of what the runs do, while the functions that do it are replaced."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.counts: Counter[str] = Counter()
        counts = self.counts

        class Generator(CountingGenerator):
            pass

        Generator.counts = counts
        named, plan, append = Draws.generator, Planner.plan, Curve._append
        durations, extend = SyncTimes.durations, OnOffTimes._extend

        def generator(draws: Draws, name: str) -> np.random.Generator:
            return Generator(named(draws, name).bit_generator)

        def planned(planner: Planner, cut_s: float, ordinal: int) -> Any:
            stretch = plan(planner, cut_s, ordinal)
            counts["elements"] += len(stretch)
            return stretch

        def vector(times: SyncTimes, work: Any, ordinal: int) -> Any:
            counts["elements"] += len(work.cut_s)
            return durations(times, work, ordinal)

        def appended(curve: Curve, times: Any, amounts: Any) -> None:
            room = curve._room
            append(curve, times, amounts)
            counts["elements"] += len(times) if curve._room is room else len(curve._times)

        def extended(times: OnOffTimes) -> None:
            known = len(times._on_ends)
            extend(times)
            counts["elements"] += len(times._on_ends)
            begins = times._on_ends[known:] + times._off_before[known:-1]
            counts["periods"] += int((begins <= DAY_S).sum())

        patch.setattr(Draws, "generator", generator)
        patch.setattr(Planner, "plan", planned)
        patch.setattr(SyncTimes, "durations", vector)
        patch.setattr(Curve, "_append", appended)
        patch.setattr(OnOffTimes, "_extend", extended)

    def over_budget(self, scenario: Scenario) -> dict[str, tuple[int, float]]:
        """Run a scenario; return the counts above their budgets, with the budgets."""
        self.counts.clear()
        with cProfile.Profile(builtins=False) as profile:
            world = MeasuredWorld(scenario, 0)
            world.advance_to_end()
            run = world.so_far()
        counted = self.counts
        counted["calls"] = sum(entry.callcount for entry in profile.getstats())
        happened = _happened(run, world) + Counter(periods=counted["periods"])
        budgets = _budgets(happened, len(scenario.faults))
        return {
            name: (counted[name], most) for name, most in budgets.items() if counted[name] > most
        }


def _happened(run: Run, world: MeasuredWorld) -> Counter[str]:
    """Return what happened, by the records of a run that is over."""
    happened: Counter[str] = Counter()
    for system in world._world.account.file_systems.values():
        happened["streams"] += len(system.journal.curves)
        for curve in system.journal.curves:
            happened["writes"] += curve.written(run.now_s).writes
    for outcome in run.outcomes.values():
        happened["replications"] += 1
        happened["syncs"] += outcome.summary.syncs.completed
        happened["failed"] += outcome.summary.syncs.failed_attempts
    happened["disturbances"] = len(run.timeline)
    return happened


def _budgets(happened: Counter[str], faults: int) -> dict[str, float]:
    """Return the most that may be counted: ten times what happened costs, and a constant.

    By the table of costs a disturbance is worth 300 calls of functions, numbers or elements; a
    write is three numbers at most, and few calls are made for a sync that is late. The constants
    are the blocks that are drawn ahead, the building and the results.
    """
    syncs, failed = happened["syncs"], happened["failed"]
    writes, periods, disturbances = (happened[key] for key in ("writes", "periods", "disturbances"))
    blocks = 512 * happened["streams"] + 1024 * (happened["replications"] + faults)
    return {
        "draws": 10 * (3 * writes + 2 * periods + 2 * syncs + 3 * failed + 300 * disturbances)
        + 4 * blocks
        + 3 * 16 * failed,  # each attempt of a sync begins series of its own
        "calls": 10 * (5 * syncs + 25 * failed + 300 * disturbances) + 30_000,
        "elements": 10 * (writes + periods + syncs + 300 * disturbances) + 4 * blocks,
    }


@pytest.mark.parametrize("group", range(GROUPS))
def test_no_scenario_of_a_day_costs_ten_times_what_happens(
    group: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting = Counting(monkeypatch)
    for seed in range(group, SCENARIOS, GROUPS):
        scenario = Scenario.model_validate(costly_scenario(seed, tmp_path))
        over = counting.over_budget(scenario)
        if "calls" in over:  # a second time, for what was imported on first use
            over = counting.over_budget(scenario)
        assert not over, seed


def _counts(world: Scenario, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Return what a run of a scenario counts."""
    counting = Counting(monkeypatch)
    counting.over_budget(world)
    return counting.counts


def test_periods_are_copied_a_few_times_each(monkeypatch: pytest.MonkeyPatch) -> None:
    on_off = {"on": {"constant": 1}, "off": {"constant": 1}, "rate": "1 per h"}
    stream = {"arrivals": {"on_off": on_off}, "size": 1}
    counts = _counts(scenario({"s": stream}, {"interval": 60}, "1 day"), monkeypatch)
    assert counts["periods"] == 43_200
    assert counts["elements"] < 5 * 43_200


def test_attempts_after_the_end_are_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    # One attempt an hour; a sync takes 10,000 of them.
    sync = {"interval": 60, "setup": 59, "failure_probability": 0.9999, "backoff": "1 h"}
    counts = _counts(scenario({}, {**sync, "backoff_max": "1 h"}, "1 day"), monkeypatch)
    assert counts["draws"] < 3000


def test_syncs_beyond_a_late_one_are_hardly_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    # One in fifty is late, and without streams the journal reaches to the end.
    setups = {"empirical": {"values": [1] * 49 + [61]}}
    counts = _counts(scenario({}, {"interval": 60, "setup": setups}, "60 days"), monkeypatch)
    assert counts["elements"] < 10 * 60 * 1440


def test_a_backlog_is_not_copied_for_each_stop(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = {"arrivals": {"poisson": {"rate": "10 per s"}}, "size": 1}
    world = scenario(
        {"s": stream},
        {"interval": 60},
        "3 h",
        events=[{"at": "1 min", "permission_lost": "dr"}],
        faults={"f": {"region_outage": "us-east-1", "every": 60, "for": 1}},
    )
    assert _counts(world, monkeypatch)["elements"] < 30 * 108_000


def test_a_crowd_of_rows_is_sorted_a_few_times(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # All rows have the same time, so no write is ready before the last of them is read.
    rows = "\n".join(["timestamp,value", *["0,60"] * 2000, "86400,60"])
    (tmp_path / "trace.csv").write_text(rows + "\n")
    asked: list[int] = []
    spread = TraceWrites._spread

    def spread_counted(writes: TraceWrites, rows: int) -> Any:
        asked.append(rows)
        return spread(writes, rows)

    monkeypatch.setattr(TraceWrites, "_spread", spread_counted)
    spec = TraceFile(file=tmp_path / "trace.csv", period=60, missing="zero").spec()
    world = scenario({}, {"interval": 60}, "1 day")
    times, _ = TraceWrites(spec, GrowthSteps(), world, np.random.default_rng(0)).take(512)
    assert len(times) == 2000 * 60
    assert len(asked) < 15


@pytest.mark.parametrize(
    "size",
    [
        {"exponential": {"mean": 5}},
        {"lognormal": {"median": 9, "sigma": 2}},
        {"gamma": {"mean": 9, "cv": 3}},
        {"pareto": {"min": 1, "alpha": 1.2, "max": 1000}},
        {"empirical": {"values": [1, 2, 5]}},
    ],
)
def test_the_numbers_are_those_of_whole_blocks(size: dict[str, Any]) -> None:
    form: Distribution[float] = Distribution[Size].model_validate(size)
    asked = DrawSeries(Draws(3), "x", form.sample)
    parts = [asked[0], *asked.take(1, 20), asked[21], *asked.take(22, 2000)]
    whole = DrawSeries(Draws(3), "x", form.sample).take(0, 2048)
    assert np.array_equal(parts, whole[: len(parts)])


def test_writes_do_not_depend_on_how_many_are_drawn_at_once() -> None:
    def writes() -> DrawnWrites:
        form = Distribution[Size].model_validate({"lognormal": {"median": 9, "sigma": 2}})
        draws = Draws(3)
        times = PoissonTimes(1.0, draws.generator("times"))
        return DrawnWrites(times, form, GrowthSteps(), draws.generator("sizes"))

    at_once, one_by_one = writes().take(40_000), writes()
    parts = [one_by_one.take(n) for n in (1, 16_383, 16_385, 7231)]
    for column, pieces in zip(at_once, zip(*parts, strict=True), strict=True):
        assert np.array_equal(column, np.concatenate(pieces))

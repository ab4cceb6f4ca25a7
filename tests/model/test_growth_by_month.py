"""Loads that grow by month: writes and bytes of each month, by hand and against their means."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.worlds import constant, poisson, scenario, simulate

from efssim import Scenario
from efssim.closed_forms.estimate import estimates
from efssim.model.kernel.draws import Draws
from efssim.model.kernel.strata import strata_of
from efssim.model.writes.streams import build_streams
from efssim.scenario.amounts.volume import expected_volume
from efssim.scenario.workload.growth import GrowthSteps, MonthlyGrowth, growth_steps
from efssim.scenario.workload.processes.poisson import Poisson, PoissonArrivals
from efssim.scenario.workload.processes.process import ArrivalProcess
from efssim.scenario.workload.processes.times import PoissonTimes, RunSpan
from efssim.study.trial.spans import division
from efssim.text.quantities import Rate

START = datetime(2026, 1, 1, tzinfo=UTC)
MONTH_S = 30 * 86_400.0
DOUBLED = {"per": "month", "factor": 2}


def drawn(stream: Mapping[str, Any], months: float = 3.0, **keys: Any) -> tuple[Any, Any]:
    """Return times and bytes of all writes of a stream, drawn one by one."""
    world = scenario({"w": dict(stream)}, {"interval": 60}, months * MONTH_S, **keys)
    system = world.file_systems["fs"]
    (made,) = build_streams(system.writes["w"], system.growth, world, Draws(1), "w", 0.0)
    times, sizes = [np.zeros(0)], [np.zeros(0, dtype=np.int64)]
    while not len(times[-1]) or times[-1][-1] <= months * MONTH_S:
        block = made.writes.take(4096)
        if not len(block[0]):
            break
        times.append(block[0])
        sizes.append(block[1])
    all_times, all_sizes = np.concatenate(times), np.concatenate(sizes)
    inside = all_times <= months * MONTH_S
    return all_times[inside], all_sizes[inside]


def by_month(times: Any, sizes: Any) -> tuple[list[int], list[int]]:
    """Return writes and bytes of each month."""
    month = (times // MONTH_S).astype(int)
    counts = np.bincount(month, minlength=3)
    totals = np.bincount(month, weights=sizes, minlength=3)
    return counts.tolist()[:3], totals.astype(int).tolist()[:3]


def test_constant_writes_come_closer_with_every_month() -> None:
    times, _ = drawn({**constant("1 per day"), "growth": DOUBLED})
    days = [*range(1, 31), *np.arange(30.5, 60.25, 0.5), *np.arange(60.25, 90.1, 0.25)]
    np.testing.assert_array_equal(times, np.array(days) * 86_400.0)


def test_growth_of_the_file_system_multiplies_that_of_the_stream() -> None:
    stream = {**constant("1 per day"), "growth": DOUBLED}
    both = {"growth": {"per": "month", "factor": 1.5}}
    times, _ = drawn(stream, file_system=both)
    assert [int(((times > a) & (times <= a + MONTH_S)).sum()) for a in (0, MONTH_S)] == [30, 90]
    numbered, _ = drawn(stream, file_system={"growth": 3})
    assert len(numbered) == 3 * (30 + 60 + 120)


def test_months_count_from_since_on() -> None:
    stream = {**constant("1 per day"), "growth": {**DOUBLED, "since": "2025-11-17"}}
    times, _ = drawn(stream)  # month 1 at the start, month 2 after 15 days
    assert int((times <= 15 * 86_400).sum()) == 30
    assert int((times <= 45 * 86_400).sum()) == 30 + 120


@pytest.mark.parametrize(
    "stream",
    [
        poisson("2 per min", "1 KiB"),
        {"arrivals": {"profile": {"rate": "2 per min", "hours": [1, 3] * 12}}, "size": 1},
        {"arrivals": {"on_off": {"on": "1 h", "off": "3 h", "rate": "8 per min"}}, "size": 1},
    ],
)
def test_drawn_writes_grow_and_the_first_month_stays(stream: dict[str, Any]) -> None:
    plain, _ = drawn({**stream, "drawn": "each"})
    grown, _ = drawn({**stream, "drawn": "each", "growth": DOUBLED})
    first = plain[plain < MONTH_S]
    np.testing.assert_allclose(grown[: len(first)], first, rtol=1e-12)
    assert grown[len(first)] >= MONTH_S
    counts, _ = by_month(grown, np.ones(len(grown)))
    before, _ = by_month(plain, np.ones(len(plain)))
    # On and off periods are the same, so the counts are of Poisson numbers with known means.
    for month in (1, 2):
        factor = 2**month
        spread = (factor + factor**2) * before[month]
        assert abs(counts[month] - factor * before[month]) < 5 * spread**0.5
    assert (np.diff(grown) >= 0).all()


@pytest.mark.parametrize(
    "arrivals",
    [
        {"poisson": {"rate": "4 per s"}},
        {"profile": {"rate": "4 per s", "hours": [1, 3] * 12}},
        {"on_off": {"on": "1 h", "off": "1 h", "rate": "8 per s"}},
    ],
)
def test_cells_grow(arrivals: dict[str, Any]) -> None:
    """A stretch of each month has as many writes as the same one without growth, times so much."""
    world = scenario(
        {"w": {"arrivals": arrivals, "size": 1, "drawn": "cells"}},
        {"interval": "6 h"},
        3 * MONTH_S,
    )
    counts = []
    for growth in (1.0, DOUBLED):
        made = simulate(world.with_({"file_systems.fs.writes.w.growth": growth}))
        syncs = made.outcomes["dr"].syncs
        month = (syncs.floats("cut_s") // (MONTH_S + 1)).astype(int)
        counts.append(np.bincount(month, weights=syncs.ints("writes"))[:3])
    plain, grown = counts
    for month, factor in enumerate((1, 2, 4)):
        spread = 5 * ((factor + factor**2) * plain[month]) ** 0.5
        # The rate changes inside a cell of the time that it is on, of 480 writes.
        allowed = spread if month else 480 * ("on_off" in arrivals)
        assert abs(grown[month] - factor * plain[month]) <= allowed


def test_jobs_and_traces_grow_by_their_bytes(tmp_path: Path) -> None:
    batch = {"at": "02:00", "every": "1 day", "writes": 10, "over": "20 min"}
    stream = {"arrivals": {"batch": batch}, "size": 1000, "growth": DOUBLED}
    counts, totals = by_month(*drawn(stream))
    assert counts == [300, 300, 300]
    assert totals == [300_000, 600_000, 1_200_000]
    file = tmp_path / "t.csv"
    file.write_text("timestamp,value\n0,86400\n")
    trace = {"file": str(file), "period": "1 day", "repeat": True, "writes_per_row": 4}
    counts, totals = by_month(*drawn({"trace": trace, "growth": DOUBLED}))
    # The last write of a day is made at its end, so that of day 30 is of the next month.
    assert counts == [119, 120, 120]
    assert totals == [119 * 21_600, 120 * 43_200, 120 * 86_400]


def test_within_a_month_it_is_as_good_as_its_factor() -> None:
    for growth, same in ((DOUBLED, 1), ({**DOUBLED, "since": "2025-12-02"}, 2)):
        worlds = [
            scenario({"w": {**poisson("1 per s", "1 KiB"), "growth": each}}, {"interval": 60})
            for each in (growth, same)
        ]
        digests = [simulate(world).digest for world in worlds]
        assert digests[0] == digests[1]


class _Odd(PoissonArrivals):
    """A process that knows nothing of steps."""

    stepped_times = ArrivalProcess.stepped_times


def test_any_process_is_thinned_to_its_growth() -> None:
    steps = GrowthSteps((1.0, 3.0, 0.5), (1e5, 2e5))
    spec = Poisson(rate=Rate(1.0, 1.0))
    run = RunSpan(START, 3e5)
    times = _Odd().grown_times(spec, steps, run, Draws(1), "w").take(2_000_000)
    counts = np.histogram(times, [0, 1e5, 2e5, 3e5])[0]
    for count, expected in zip(counts, (1e5, 3e5, 5e4), strict=True):
        assert abs(count - expected) < 5 * expected**0.5
    steady = _Odd().grown_times(spec, GrowthSteps((2.0,)), run, Draws(1), "w")
    assert isinstance(steady, PoissonTimes)


def test_volume_estimate_and_evidence_know_of_it() -> None:
    def world(months: float) -> Scenario:
        stream = {**constant("1 per min"), "growth": DOUBLED}
        return scenario({"w": stream}, {"interval": 60}, months * MONTH_S)

    assert expected_volume(world(3)).writes == (1 + 2 + 4) * 43_200
    (reason,) = estimates(world(3), 3600.0)["dr"].rpo_reasons
    assert "grows within the run" in reason
    assert estimates(world(1), 3600.0)["dr"].rpo_met is True
    divided = [division(world(n), strata_of(world(n)), 0) for n in (1, 3)]
    assert divided[0] is not None
    assert divided[1] is None


def test_steps_are_the_product_of_all() -> None:
    parts = (1.5, MonthlyGrowth(per="month", factor=2), MonthlyGrowth(per="month", factor=0.5))
    found = growth_steps(parts, START, 2.5 * MONTH_S)
    assert found.factors == (1.5, 1.5, 1.5)
    assert found.edges_s == (MONTH_S, 2 * MONTH_S)
    assert found.mean(2.5 * MONTH_S) == 1.5
    assert growth_steps((2.0, 3.0), START, MONTH_S) == GrowthSteps((6.0,))

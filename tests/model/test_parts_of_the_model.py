"""Parts of the model alone: draws, arrivals, whole bytes, traces, the journal."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.worlds import constant, numbers, scenario, simulate
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson

from efssim import Scenario
from efssim.model.kernel.draws import Draws
from efssim.model.writes.blocks import WholeBytes
from efssim.model.writes.streams import build_streams
from efssim.scenario.schema import Arrivals
from efssim.scenario.workload.arrivals import chosen_process
from efssim.scenario.workload.processes.times import RunSpan, Times


def arrival_times(spec: Arrivals, growth: float, world: Scenario, draws: Draws, name: str) -> Times:
    process, said = chosen_process(spec)
    return process.times(said, growth, RunSpan(world.start, world.duration), draws, name)


def test_draws_belong_to_a_name() -> None:
    draws = Draws(seed=7)
    assert draws.generator("a").random() == Draws(7).generator("a").random()
    assert draws.generator("a").random() != draws.generator("b").random()
    assert draws.generator("a").random() != Draws(8).generator("a").random()
    assert draws.generator("a").random() != Draws(7, trial=1).generator("a").random()


def test_a_series_is_addressed_and_not_consumed() -> None:
    series = Draws(1).series("x", lambda generator, n: generator.random(n))
    forward = [series[k] for k in range(3000)]
    again = Draws(1).series("x", lambda generator, n: generator.random(n))
    assert [again[k] for k in reversed(range(3000))] == forward[::-1]
    assert len(set(forward)) == 3000


SYNC = {"interval": 60}

ARRIVALS: list[dict[str, Any]] = [
    {"constant": {"rate": "1 per min"}},
    {"poisson": {"rate": "3 per s"}},
    {"on_off": {"on": "2 min", "off": {"uniform": {"low": 1, "high": 60}}, "rate": "2 per s"}},
    {"profile": {"rate": "1 per s", "weekdays": [1, 0, 1, 1, 1, 1, 2]}},
    {"batch": {"at": "01:00", "every": "2 h", "writes": 700, "over": "20 min"}},
]


@pytest.mark.parametrize("form", ARRIVALS, ids=lambda form: next(iter(form)))
def test_blocks_do_not_show(form: dict[str, Any]) -> None:
    world = scenario(
        {"w": {"arrivals": form, "size": {"lognormal": {"median": 9, "sigma": 2}}}},
        SYNC,
        "3 days",
    )
    source = world.file_systems["fs"]

    def drawn(*blocks: int) -> tuple[np.ndarray, np.ndarray]:
        (stream,) = build_streams(source.writes["w"], 1.0, world, Draws(1), "w", 0.0)
        writes = stream.writes
        parts = [writes.take(n) for n in blocks]
        return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])

    whole, pieces = drawn(4000), drawn(1, 2, 3, 994, 512, 1024, 1464)
    assert (whole[0] == pieces[0]).all()
    assert (whole[1] == pieces[1]).all()
    assert (np.diff(whole[0]) >= 0).all()


def test_rare_writes_draw_periods_up_to_the_end_only() -> None:
    spec = {"on_off": {"on": 44, "off": 641, "rate": "1 per 3 days"}}
    world = scenario({"w": {"arrivals": spec, "size": 1}}, SYNC, "1000 days")
    arrivals = world.file_systems["fs"].writes["w"].arrivals
    assert arrivals is not None
    times = arrival_times(arrivals, 1.0, world, Draws(1), "w")
    found = times.take(10_000)  # the on-clock of 30,000 days
    assert not len(times.take(10))
    # All that were due: writes come on a clock that runs 44 s in 685.
    end_s, mean = 1000 * 86_400.0, 1000 / 3 * 44 / 685
    within = np.count_nonzero(found <= end_s)
    assert len(found) - within <= 2
    assert poisson.cdf(within, mean) > 1e-4
    assert poisson.sf(within - 1, mean) > 1e-4
    # A longer run has the same writes, and more.
    longer = arrival_times(
        arrivals, 1.0, world.model_copy(update={"duration": 2 * end_s}), Draws(1), "w"
    ).take(10_000)
    assert (longer[:within] == found[:within]).all()
    assert np.count_nonzero(longer > end_s) > within // 2


def test_constant_arrivals_fall_on_the_minute() -> None:
    world = scenario({"w": constant("1 per min")}, SYNC)
    spec = world.file_systems["fs"].writes["w"].arrivals
    assert spec is not None
    times = arrival_times(spec, 1.0, world, Draws(1), "w").take(600_000)
    assert (times == np.arange(1, 600_001) * 60.0).all()


def test_a_profile_follows_local_hours() -> None:
    hours = [0.0] * 9 + [1.0] + [0.0] * 14  # 09:00 to 10:00 in New York
    form = {"profile": {"rate": "1 per s", "hours": hours, "timezone": "America/New_York"}}
    # The week in which daylight saving starts (8 March 2026).
    world = scenario({"w": {"arrivals": form, "size": 1}}, SYNC, "7 days", start="2026-03-05")
    spec = world.file_systems["fs"].writes["w"].arrivals
    assert spec is not None
    times = arrival_times(spec, 1.0, world, Draws(1), "w").take(10**6)
    utc_hours = {
        (day, datetime.fromtimestamp(world.start.timestamp() + t, UTC).hour)
        for t in times
        for day in [datetime.fromtimestamp(world.start.timestamp() + t, UTC).day]
    }
    expected = {(day, 14 if day < 8 else 13) for day in range(5, 12)}
    assert utc_hours == expected
    assert len(times) == pytest.approx(7 * 86_400, abs=5 * math.sqrt(7 * 86_400))


def test_growth_multiplies_rates_but_the_bytes_of_batches() -> None:
    form = {"batch": {"at": "00:10", "every": "1 h", "writes": 10, "over": 60}}
    batch = {"arrivals": form, "size": 1000, "growth": 1.5}
    summary = numbers(simulate(scenario({"w": batch}, {"interval": 60})))
    assert (summary["writes"]["count"], summary["writes"]["bytes"]) == (10, 15_000)
    grown = {**constant(), "growth": 1.5}
    summary = numbers(simulate(scenario({"w": grown}, {"interval": 60})))
    assert (summary["writes"]["count"], summary["writes"]["bytes"]) == (5400, 5_400_000)


@given(st.lists(st.floats(0, 1e12), max_size=50), st.lists(st.integers(0, 50), max_size=5))
def test_whole_bytes_round_the_running_total(sizes: list[float], cuts: list[int]) -> None:
    values = np.array(sizes)
    whole = WholeBytes()
    parts = [
        whole.round(part) for part in np.split(values, sorted(c for c in cuts if c <= len(sizes)))
    ]
    drawn = np.concatenate([np.zeros(0, dtype=np.int64), *parts])
    assert (drawn == WholeBytes().round(values)).all()
    assert (drawn >= 0).all()
    exact = [math.fsum(sizes[: k + 1]) for k in range(len(sizes))]
    assert (np.abs(drawn.cumsum() - exact) <= 0.5 + 1e-3).all()


def _trace(tmp_path: Path, rows: str, duration: Any, **trace: Any) -> Scenario:
    file = tmp_path / "writes.csv"
    file.write_text("timestamp,value\n" + rows, encoding="utf-8")
    return scenario({"w": {"trace": {"file": str(file), **trace}}}, {"interval": 10}, duration)


def test_single_writes_of_a_trace(tmp_path: Path) -> None:
    summary = numbers(simulate(_trace(tmp_path, "5,100\n12,7.6\n12,7.6\n50,1\n", 40)))
    # The write at 50 s falls after the run; 15.2 B round to 15.
    assert (summary["writes"]["count"], summary["writes"]["bytes"]) == (3, 115)
    assert summary["write_lag_s"]["max"] == 8


def test_totals_are_spread_over_their_period(tmp_path: Path) -> None:
    # One row in three hundred is off the grid, which is no reason to refuse the file.
    rest = "".join(f"{time},0\n" for time in range(300, 30_000, 100))
    rows = "0,1000\n100,60\n100,40\n150,12\n200,8\n" + rest
    world = _trace(tmp_path, rows, 30_000, period=100, writes_per_row=4)
    result = simulate(world)
    syncs = result.outcomes["dr"].syncs
    assert syncs["bytes"].sum() == 1120
    # Rows at 100 s twice: both in pieces at 125, 150, 175 and 200; the row at 150 s overlaps them.
    by_cut = dict(zip(syncs["cut_s"].tolist(), syncs["writes"].tolist(), strict=True))
    assert (by_cut[30.0], by_cut[130.0], by_cut[180.0], by_cut[200.0], by_cut[250.0]) == (
        1,
        2,
        3,
        3,
        2,
    )


def test_repeated_traces(tmp_path: Path) -> None:
    world = _trace(tmp_path, "0,10\n100,30\n", 1000, period=100, writes_per_row=1, repeat=True)
    summary = numbers(simulate(world))
    assert (summary["writes"]["count"], summary["writes"]["bytes"]) == (10, 200)
    singles = _trace(tmp_path, "10,10\n", 1000, repeat=True, length=100)
    assert numbers(simulate(singles))["writes"]["count"] == 10


def test_a_dense_trace_of_one_instant(tmp_path: Path) -> None:
    """More writes of one instant than a block holds: they belong to one change set."""
    summary = numbers(simulate(_trace(tmp_path, "20,1\n" * 3000, 40)))
    assert summary["writes"]["count"] == 3000
    assert summary["write_lag_s"]["max"] == 0

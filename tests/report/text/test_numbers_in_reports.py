"""Numbers inside the lines of reports, each worked out by hand."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from helpers.worlds import constant, scenario, simulate

import efssim
from efssim.report.text import (
    comparison as compare_text,
)
from efssim.report.text import (
    plan as plan_text,
)
from efssim.report.text import (
    run as text,
)
from efssim.report.text import (
    sweep as sweep_text,
)
from efssim.study.varying.paired import MeasureDifference
from efssim.study.varying.points import PointMean

AGE = "time_since_last_sync_s.mean"


@pytest.mark.parametrize(
    ("first", "change", "low", "high", "line"),
    [
        (50.0, 5.0, 2.0, 9.0, "+10 % [+4, +18]"),
        (50.0, -5.0, -9.0, 2.0, "-10 % [-18, +4]"),
        (50.0, 5.0, None, None, "+10 %"),
        (50.0, 0.0, -1.0, 1.0, "none"),
        (0.0, 90.0, 60.0, 120.0, "+90 s"),
    ],
)
def test_a_change_has_its_bounds_in_order(
    first: float, change: float, low: float | None, high: float | None, line: str
) -> None:
    row = MeasureDifference("dr", AGE, first, first + change, change, low, high, None, 9)
    assert numbers_in(compare_text.change_text(row)) == numbers_in(line)


def numbers_in(text: str) -> list[float]:
    """Return the numbers of a text in their order, however many digits each has."""
    return [float(number) for number in re.findall(r"[-+]?\d+(?:\.\d+)?", text)]


def sweep(row: PointMean) -> Any:
    """Return the attributes of a sweep that its text reads: parameters, and a row of means."""
    path = "replications.dr.sync.interval"
    vary = SimpleNamespace(path=path, segments=path.split("."), text=lambda value: f"{value} s")
    point = SimpleNamespace(trials=SimpleNamespace(cost=None))
    return SimpleNamespace(
        parameters=[vary], one_at_a_time=False, points=[point], point_means=lambda *_: (row,)
    )


def test_a_row_of_a_sweep_has_its_mean_between_its_bounds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sweep_text, "kinds", lambda *_: ["met"])
    mean = PointMean({"replications.dr.sync.interval": 60}, 35.0, 30.0, 45.0)
    _, row = sweep_text.grid_rows(sweep(mean), AGE, "dr")
    assert [numbers_in(cell) for cell in row] == [[60], [35], [30, 45], []]


def test_a_plan_shows_minutes_a_month() -> None:
    """1,800 s a month above the target are 30 min."""
    text_of = SimpleNamespace(text=lambda value: f"{value} MiB/s")
    plan: Any = SimpleNamespace(direction="smallest", parameter=text_of)
    row: Any = SimpleNamespace(
        attainment=0.999,
        value=20,
        confirmed=False,
        violations_per_month=40.0,
        above_s_per_month=1800.0,
        peak_s=900.0,
        diverging=False,
    )
    line = plan_text._what_if_row(plan, row)
    assert numbers_in(line) == [99.9, 20, 40, 30, 15]
    assert line.count("min") == 2


def test_a_plan_of_periodic_syncs_has_the_violations_of_a_month() -> None:
    """Cuts 100 s apart and 5 s of setup: of every 100 s the age is above 85 s for 20 s.

    So in 30 days for 6 days, or 8,640 min, in 25,920 violations.
    """
    world = scenario({}, {"interval": 100, "setup": 5}, "1 day", warm_up=1000, rpo={"target": 85})
    plan = efssim.plan(
        world, vary="replications.dr.sync.interval", between=("1 s", "200 s"), attainment=0.8
    )
    rows = {row.attainment: row for row in plan.what_if}
    assert plan.answer is not None
    row = rows[0.8]
    assert row.value == pytest.approx(100, rel=0.02)
    assert row.above_s_per_month == pytest.approx(0.2 * 30 * 86_400, rel=0.05)
    assert row.violations_per_month == pytest.approx(30 * 864, rel=0.05)


def test_the_slope_of_a_diverging_run_is_that_of_its_window() -> None:
    """2,000 B/s are written, 1,000 B/s sent: 10 s of writes take 20 s, those of 20 s take 40 s …

    Syncs are cut at 10, 30, 70 and 150 s. Before 40 s, the end of the warm-up, the writes of 11 to
    39 s are pending, 58,000 B; at 140 s those of 31 to 140 s, 220,000 B. The 162,000 B more in
    100 s are 5,832,000 B an hour, 5.562 MiB. 101 writes arrive in the window, 202 s of work.
    """
    world = scenario(
        {"w": constant("1 per s", "2000 B")},
        {"interval": 10, "throughput": 1000},
        140,
        warm_up=40,
    )
    result = simulate(world)
    assert result.outcomes["dr"].pending_growth_bytes == 162_000
    report = " ".join(text.text_report(result, "efssim run").split())
    assert "(utilisation 202 %). Pending bytes grow by 5.56" in report

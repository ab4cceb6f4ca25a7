"""Profiles of measurements: by hand, against brute force, and where chance decides, its share."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from efssim.traces.metric import MetricSeries, WriteRecords
from efssim.traces.profile.busiest import busiest_of_grid, busiest_of_records
from efssim.traces.profile.dispersion import dispersions, growth_of
from efssim.traces.profile.grid import ProfileError, grid_of_records, grid_of_series
from efssim.traces.profile.hot_set import OFF_MAX, fitted_hot_set
from efssim.traces.profile.hours import clock_profile
from efssim.traces.profile.lags import profile_of_lag
from efssim.traces.profile.unique import UniqueBytes, unique_bytes
from efssim.traces.profile.writes import profile_of_records, profile_of_series

MONDAY_S = datetime(2026, 3, 2, tzinfo=UTC).timestamp()
KIB4 = 4096


def series(values: Any, period_s: float = 60.0, begin_s: float = MONDAY_S, **changes: Any) -> Any:
    """Return a series of totals; NaN stands for a missing period."""
    value = np.array(values, dtype=np.float64)
    time_s = begin_s + np.arange(len(value)) * period_s
    kept = ~np.isnan(value)
    names: dict[str, Any] = {"metric": "DataWriteIOBytes", "statistic": "Sum", **changes}
    return MetricSeries(time_s=time_s[kept], value=value[kept], period_s=period_s, **names)


def records(time_s: Any, size: Any, offset: Any = None, volume: Any = None) -> WriteRecords:
    times = np.array(time_s, dtype=np.float64)
    sizes = np.broadcast_to(np.array(size, dtype=np.int64), times.shape).copy()
    places = None if offset is None else np.array(offset, dtype=np.int64)
    volumes = None if volume is None else np.array(volume, dtype=np.int64)
    return WriteRecords(times, sizes, places, volumes, ("a", "b") if volume is not None else ())


# ---- coverage -----------------------------------------------------------------------------------


def test_gaps_are_counted() -> None:
    nan = math.nan
    found = grid_of_series(series([5, nan, 1, nan, nan, nan, 2, 3])).coverage
    assert (found.periods, found.missing, found.missing_share) == (8, 4, 0.5)
    assert (found.longest_gap_s, found.longest_gap_begin_s) == (180.0, MONDAY_S + 180)
    assert (found.begin_s, found.end_s, found.span_s) == (MONDAY_S, MONDAY_S + 480, 480.0)
    whole = grid_of_series(series([5, 1])).coverage
    assert (whole.missing, whole.longest_gap_s, whole.longest_gap_begin_s) == (0, 0.0, None)


def test_samples_off_the_grid_are_counted_and_kept() -> None:
    one = series([1, 2, 3, 4])
    late = MetricSeries("m", "Sum", one.time_s + np.array([0, 0, 7, 0]), one.value, 60.0)
    grid = grid_of_series(late)
    assert (grid.coverage.off_grid, grid.bytes.tolist()) == (1, [1, 2, 3, 4])


def test_a_year_of_seconds_is_no_profile_of_a_minute() -> None:
    sparse = MetricSeries("m", "Sum", np.array([0.0, 1.0, 1e9]), np.ones(3), 1.0)
    with pytest.raises(ProfileError, match="is its period the right one"):
        grid_of_series(sparse)
    with pytest.raises(ProfileError, match="single sample"):
        grid_of_series(MetricSeries("m", "Sum", np.array([0.0]), np.ones(1), None))


def test_periods_without_a_sample_may_be_said_to_be_zero() -> None:
    nan = math.nan
    one = series([60, nan, nan, 120])
    grid = grid_of_series(one, missing_is_zero=True)
    assert (grid.coverage.missing, grid.coverage.missing_is_zero) == (2, True)
    assert grid.present.all()
    assert profile_of_series(one, missing_is_zero=True).profile.mean_bytes_per_s == 180 / 240
    assert profile_of_series(one).profile.mean_bytes_per_s == 180 / 120


def test_minutes_and_five_minutes_in_one_series_are_noticed() -> None:
    values = [1.0 if k >= 1000 or k % 5 == 0 else math.nan for k in range(3000)]
    assert grid_of_series(series(values)).coverage.mixed_period_s == 300
    rng = np.random.default_rng(8)
    holes = np.where(rng.uniform(size=3000) < 0.1, math.nan, 1.0)
    holes[0] = 1.0
    gaps = grid_of_series(series(holes)).coverage
    assert gaps.missing_share > 0.05
    # Single holes at random are mostly two periods apart: that is no mix.
    assert gaps.mixed_period_s is None


# ---- busiest ------------------------------------------------------------------------------------


def test_busiest_windows_by_hand() -> None:
    """Minute 70 has 100; the busiest quarter is that of minutes 100 to 114, which have 20 each."""
    value = np.ones(200)
    value[70], value[100:115] = 100, 20
    minute, quarter, hour, day = busiest_of_grid(grid_of_series(series(value)))
    assert (minute.bytes, minute.after_s) == (100, 70 * 60)
    # A minute that begins in minute 69 or 70 touches one more of them.
    assert minute.at_most_bytes == 101
    assert (quarter.bytes, quarter.begin_s) == (300, MONDAY_S + 6000)
    assert quarter.at_most_bytes == 301
    assert (hour.bytes, hour.after_s) == (100 + 300 + 44, 55 * 60)
    assert (day.bytes, day.reason) == (None, "the trace is shorter")


def test_five_minutes_know_no_busiest_minute() -> None:
    minute, quarter, *_ = busiest_of_grid(grid_of_series(series(np.arange(12), 300.0)))
    assert minute.bytes is None
    assert minute.reason == "periods are longer (300 s)"
    assert quarter.bytes == 9 + 10 + 11
    (_, odd, *_) = busiest_of_grid(grid_of_series(series(np.arange(12), 420.0)))
    assert odd.reason == "is no whole number of periods of 420 s"


def test_no_window_has_more_than_the_bound() -> None:
    """Writes anywhere in their minutes; windows of 15 minutes that begin anywhere."""
    rng = np.random.default_rng(1)
    time_s = np.sort(rng.uniform(0, 6 * 3600, 500))
    sizes = rng.integers(1, 1000, 500)
    of_minutes = np.bincount((time_s // 60).astype(int), weights=sizes, minlength=360)
    quarter = busiest_of_grid(grid_of_series(series(of_minutes)))[1]
    exact = busiest_of_records(records(time_s, sizes))[1]
    assert quarter.bytes is not None
    assert exact.bytes is not None
    assert quarter.at_most_bytes is not None
    brute = max(sizes[(time_s >= t) & (time_s < t + 900)].sum() for t in time_s)
    assert exact.bytes == exact.at_most_bytes == brute
    assert quarter.bytes <= brute <= quarter.at_most_bytes


# ---- dispersion ---------------------------------------------------------------------------------


def test_index_of_dispersion_by_hand() -> None:
    """1 and 3 in turn: mean 2, unbiased variance n / (n - 1); none between windows of two."""
    found = dispersions(grid_of_series(series([1, 3] * 16)))
    assert [(one.window_s, one.windows) for one in found] == [
        (60, 32),
        (120, 16),
        (240, 8),
        (480, 4),
    ]
    assert found[0].bytes == pytest.approx(32 / 31 / 2)
    assert [one.bytes for one in found[1:]] == [0.0, 0.0, 0.0]
    assert found[0].writes is None


def test_windows_with_a_missing_period_are_left_out() -> None:
    values = [1.0, 3.0] * 16
    values[5] = math.nan
    found = dispersions(grid_of_series(series(values)))
    assert [one.windows for one in found] == [31, 15, 7]
    assert found[1].bytes == 0.0


def test_poisson_writes_have_an_index_of_one() -> None:
    rng = np.random.default_rng(3)
    time_s = np.cumsum(rng.exponential(0.5, 40_000))
    found = dispersions(grid_of_records(records(time_s, 1000)))
    for one in found:
        error = math.sqrt(2 / (one.windows - 1))
        assert one.writes == pytest.approx(1, abs=4 * error)
        assert one.bytes == pytest.approx(1000 * one.writes)
    assert growth_of(found).verdict == "level"


def test_growth_is_rarely_seen_in_independent_periods_and_mostly_in_dependent_ones() -> None:
    """Of 300 traces without memory less than 5 % are taken for growing."""
    rng = np.random.default_rng(4)

    def share(values: Any) -> float:
        told = [growth_of(dispersions(grid_of_series(series(v)))).verdict for v in values]
        return told.count("grows") / len(told)

    assert share(rng.exponential(1, (300, 4096))) <= 0.05
    level = np.repeat(rng.exponential(1, (100, 4096 // 256)), 256, axis=1)
    assert share(level * rng.exponential(1, level.shape)) >= 0.9


def test_growth_of_a_short_trace_is_unknown() -> None:
    found = growth_of(dispersions(grid_of_series(series(np.arange(100.0)))))
    assert (found.verdict, found.factor) == ("unknown", None)
    assert dispersions(grid_of_series(series([1, 2, 3]))) == ()


# ---- hours --------------------------------------------------------------------------------------


def test_hours_of_the_day_and_of_the_week() -> None:
    """Two weeks of hours; the hour from 3 to 4 on Tuesdays has 3600 bytes, or 1 per second."""
    values = [3600.0 if k % 168 == 24 + 3 else 0.0 for k in range(14 * 24)]
    found = clock_profile(grid_of_series(series(values, 3600.0)), "UTC")
    assert found.weekly_bytes_per_s[1][3] == 1.0
    assert sum(sum(day) for day in found.weekly_bytes_per_s if None not in day) == 1.0  # type: ignore[arg-type]  # no None
    assert found.daily_bytes_per_s[3] == pytest.approx(1 / 7)
    assert (
        clock_profile(grid_of_series(series(values, 3600.0)), "Europe/Rome").weekly_bytes_per_s[1][
            4
        ]
        == 1.0
    )


def test_hours_follow_the_clock_through_its_change() -> None:
    """At 09:00 in Rome every day, which is 08:00 UTC in winter and 07:00 in summer."""
    begin_s = datetime(2026, 3, 20, 23, tzinfo=UTC).timestamp()
    change = 24 * 8 + 2  # from 01:00 UTC on the 29th the clock is an hour ahead
    values = [60.0 if (k + (k >= change)) % 24 == 9 else 0.0 for k in range(24 * 20)]
    found = clock_profile(grid_of_series(series(values, 3600.0, begin_s)), "Europe/Rome")
    assert [k for k, mean in enumerate(found.daily_bytes_per_s) if mean] == [9]


def test_reasons_for_no_profile() -> None:
    short = clock_profile(grid_of_series(series(np.ones(1439))), "UTC")
    assert (short.daily_bytes_per_s, short.daily_reason) == ((), "less than a day is covered")
    days = clock_profile(grid_of_series(series(np.ones(1440 * 6))), "UTC")
    assert len(days.daily_bytes_per_s) == 24
    assert (days.weekly_bytes_per_s, days.weekly_reason) == ((), "less than 7 days are covered")
    coarse = clock_profile(grid_of_series(series(np.ones(100), 7200.0)), "UTC")
    assert "longer than an hour" in str(coarse.daily_reason)


def test_missing_hours_are_not_quiet_ones() -> None:
    values = [10.0 * 3600 if k % 24 != 5 else math.nan for k in range(240)]
    found = clock_profile(grid_of_series(series(values, 3600.0)), "UTC")
    assert found.daily_bytes_per_s[5] is None
    assert set(found.daily_bytes_per_s) == {10.0, None}


# ---- unique bytes -------------------------------------------------------------------------------


def test_unique_bytes_by_hand() -> None:
    """Blocks 0, 0, 1, 0 at 0, 0.5, 1.2 and 4.5 s: two windows of a second have 1 block each."""
    found = unique_bytes(records([0, 0.5, 1.2, 4.5], KIB4, [0, 0, KIB4, 0]), KIB4)
    assert isinstance(found, UniqueBytes)
    (one,) = found.windows
    assert (found.blocks, one.window_s, one.windows) == (2, 1.0, 4)
    assert (one.written_bytes, one.unique_bytes) == (3 * KIB4 / 4, 2 * KIB4 / 4)


def test_unique_bytes_are_those_of_brute_force() -> None:
    rng = np.random.default_rng(5)
    time_s = np.sort(rng.uniform(0, 300, 3000))
    offset, size = rng.integers(0, 400 * KIB4, 3000), rng.integers(0, 5 * KIB4, 3000)
    volume = rng.integers(0, 2, 3000)
    found = unique_bytes(records(time_s, size, offset, volume), KIB4)
    assert isinstance(found, UniqueBytes)
    since = time_s - time_s[0]
    for one in found.windows:
        seen = set()
        for at, where, length, disk in zip(since, offset, size, volume, strict=True):
            if at < one.windows * one.window_s and length:
                blocks = range(where // KIB4, (where + length - 1) // KIB4 + 1)
                seen |= {(int(at // one.window_s), int(disk), block) for block in blocks}
        assert one.unique_bytes == len(seen) * KIB4 / one.windows
    assert [one.window_s for one in found.windows] == [1, 3, 10, 30, 60]


def test_no_unique_bytes_without_places() -> None:
    assert unique_bytes(records([0, 9], 1), KIB4) == "offsets are not known"
    assert unique_bytes(records([0, 9], 0, [0, 0]), KIB4) == "nothing is written"
    many = unique_bytes(records([0, 9], 2**40, [0, 0]), KIB4)
    assert "larger blocks" in str(many)


def of_hot_set(blocks: int, share: float, writes: int = 60_000, span_s: float = 40_000) -> Any:
    """Return writes of a hot set and others that never hit a place twice, of a block each."""
    rng = np.random.default_rng(6)
    time_s = np.sort(rng.uniform(0, span_s, writes))
    cold = (1_000_000 + np.arange(writes)) * KIB4
    hot = rng.integers(0, blocks, writes) * KIB4
    return records(time_s, KIB4, np.where(rng.uniform(size=writes) < share, hot, cold))


@pytest.mark.parametrize(("blocks", "share"), [(50, 0.8), (2000, 0.5), (300, 1.0)])
def test_a_hot_set_is_found_again(blocks: int, share: float) -> None:
    trace = of_hot_set(blocks, share)
    found = unique_bytes(trace, KIB4)
    assert isinstance(found, UniqueBytes)
    fit = fitted_hot_set(trace, found)
    assert fit.is_offered
    assert fit.largest_error < 0.03
    assert fit.size_bytes == pytest.approx(blocks * KIB4, rel=0.1)
    assert fit.share == pytest.approx(share, abs=0.02)
    for fitted, one in zip(fit.fitted_bytes, found.windows, strict=True):
        assert fitted == pytest.approx(one.unique_bytes, rel=fit.largest_error + 1e-9)


def test_no_hot_set_where_nothing_is_overwritten_or_the_fit_is_off() -> None:
    trace = of_hot_set(10, 0.0)
    found = unique_bytes(trace, KIB4)
    assert isinstance(found, UniqueBytes)
    fit = fitted_hot_set(trace, found)
    assert (fit.is_offered, fit.reason) == (
        False,
        "hardly anything is overwritten in these windows",
    )
    # A place is written twice within a second, and then never again: no hot set does that.
    time_s = np.repeat(np.arange(20_000.0), 4) + np.tile([0, 0.1, 0.2, 0.3], 20_000)
    trace = records(time_s, KIB4, np.repeat(np.arange(20_000), 4) * KIB4)
    found = unique_bytes(trace, KIB4)
    assert isinstance(found, UniqueBytes)
    fit = fitted_hot_set(trace, found)
    assert not fit.is_offered
    assert fit.largest_error > OFF_MAX
    assert "% off, more than 10 %" in str(fit.reason)


# ---- whole profiles -----------------------------------------------------------------------------


def test_the_profile_of_a_series() -> None:
    nan = math.nan
    found = profile_of_series(series([60, nan, 120]), series([1, nan, 3])).profile
    assert (found.bytes, found.writes, found.mean_bytes_per_s) == (180, 4, 1.5)
    assert found.name == "DataWriteIOBytes"
    assert (found.unique, found.unique_reason) == (None, "offsets are not known")
    without = profile_of_series(series([60, 60]), series([1, nan])).profile
    assert without.writes is None
    with pytest.raises(ValueError, match="unknown time zone"):
        profile_of_series(series([60, 120]), timezone="Mars")


def test_the_profile_of_single_writes() -> None:
    found = profile_of_records(of_hot_set(50, 0.8)).profile
    assert found.hot_set is not None
    assert (found.writes, found.bytes) == (60_000, 60_000 * KIB4)
    assert found.coverage.period_s is None
    assert found.mean_bytes_per_s == pytest.approx(60_000 * KIB4 / 40_000, rel=1e-3)
    relative = WriteRecords(np.array([0.0, 9.0]), np.array([1, 1]), None, None, (), True)
    found = profile_of_records(relative).profile
    assert (found.coverage.begin_s, found.clock.daily_reason) == (None, "times are no dates")
    with pytest.raises(ProfileError, match="fewer than two"):
        profile_of_records(records([1], 1))


def test_the_profile_of_a_lag() -> None:
    found = profile_of_lag(
        series(np.arange(1, 101), metric="TimeSinceLastSync", statistic="Maximum")
    )
    assert (found.p50_s, found.p90_s, found.p95_s, found.p99_s, found.max_s) == (
        50,
        90,
        95,
        99,
        100,
    )
    assert found.max_at_s == MONDAY_S + 99 * 60
    assert found.samples == 100


def test_fifty_years_are_not_counted_in_seconds() -> None:
    found = unique_bytes(records([0, 1, 2, 1.6e9], KIB4, [0, 0, KIB4, 0]), KIB4)
    assert isinstance(found, UniqueBytes)
    assert found.windows[0].window_s == 60

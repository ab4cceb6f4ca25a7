"""Timing that is known, fitted to exact samples of its lag."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from helpers.exported_lag import START_S, by_five, minutes, replicated, sampled, samples

from efssim.calibration.data import Identified, LagSamples, LeftOutKind, SetupFamily, WriteTotals
from efssim.calibration.fit import fit

MB = 1e6
COUNT = 5000
THROUGHPUT = 2 * MB


def uneven(count: int = COUNT) -> WriteTotals:
    """Return minutes of 6 to 54 MB, over six hours up and down."""
    at = np.arange(count)
    return minutes(30 * MB + 24 * MB * np.sin(at * 2 * np.pi / 360))


def with_bursts(count: int = COUNT) -> WriteTotals:
    """Return the same with ten minutes of 600 MB a minute in each 500 minutes."""
    calm = uneven(count)
    return replace(calm, bytes=calm.bytes + 600 * MB * (np.arange(count) % 500 < 10))


def lag_of(writes: WriteTotals, phase: float = 17.3, **timing: float) -> LagSamples:
    timing = {"interval": 907.0, "setup": 21.0, "throughput": THROUGHPUT, **timing}
    cut_s, completed_s = replicated(writes, **timing)
    return sampled(cut_s, completed_s, phase=phase, count=len(writes.bytes))


def test_uneven_writes_tell_interval_fixed_time_and_throughput():
    writes = uneven()
    found = fit(lag_of(writes), writes)
    assert found.is_fitted
    interval, gap, setup, throughput = found.parameters
    assert interval.value == pytest.approx(907.0, abs=1e-3)
    assert interval.low <= 907.0 <= interval.high
    assert interval.identified is Identified.YES
    assert throughput.low <= THROUGHPUT <= throughput.high
    assert throughput.value == pytest.approx(THROUGHPUT, rel=0.05)
    assert throughput.identified is Identified.YES
    assert setup.low <= 21.0 <= setup.high
    assert setup.value == pytest.approx(21.0, abs=2.0)
    assert found.noise.family is SetupFamily.CONSTANT
    assert found.noise.sigma_s == 0
    # No sync is late: the longest takes some 21 + 15.1 * 54 / 2 s, and was seen within a minute.
    assert gap.identified is Identified.NO
    assert (gap.value, gap.low) == (None, 0)
    assert 907 - 21 - 15.2 * 27 <= gap.high <= 907 - 21 - 15.0 * 27 + 61
    assert "no sync is late" in gap.reason


def test_late_syncs_tell_the_gap():
    writes = with_bursts()
    found = fit(lag_of(writes, gap=33.0), writes)
    gap = found.parameter("gap")
    assert found.late >= 10
    assert gap.low <= 33.0 <= gap.high
    assert gap.identified is Identified.YES
    assert gap.value == pytest.approx(33.0, abs=3.0)


def test_every_sync_late_bounds_the_interval():
    writes = uneven()
    found = fit(lag_of(writes, interval=0.0, gap=60.0, setup=200.0), writes)
    interval, gap, setup, throughput = found.parameters
    assert interval.identified is Identified.NO
    assert interval.value is None
    assert interval.low == 0
    assert "every sync is late" in interval.reason
    assert interval.high == pytest.approx(interval.stand_in)
    assert gap.low <= 60.0 <= gap.high
    assert setup.low <= 200.0 <= setup.high
    assert throughput.low <= THROUGHPUT <= throughput.high
    assert throughput.identified is Identified.YES


def test_even_writes_do_not_tell_a_fixed_time_from_a_rate():
    writes = minutes(np.full(COUNT, 30 * MB))
    found = fit(lag_of(writes), writes)
    _, _, setup, throughput = found.parameters
    assert setup.identified is throughput.identified is Identified.NO
    assert "writes are too even" in setup.reason
    # 21 s, and 907 s of 0.5 MB/s at 2 MB/s: all of it may be fixed time, and all may be transfer.
    longest_s = 21 + 907 * 0.5 / 2
    assert setup.low < 0.1 * longest_s
    assert setup.high == pytest.approx(longest_s, rel=0.06)  # it is widened by 4 %
    assert throughput.low == pytest.approx(907 * 0.5 * MB / longest_s, rel=0.05)
    assert throughput.high is None or throughput.high > 10 * throughput.low
    assert setup.low <= 21 <= setup.high


def test_one_catch_up_tells_the_throughput_of_even_writes():
    writes = minutes(np.full(COUNT, 30 * MB))
    cut_s, completed_s = replicated(
        writes, interval=907.0, setup=21.0, throughput=THROUGHPUT, stalls=[(100_000, 121_600)]
    )
    found = fit(sampled(cut_s, completed_s, phase=17.3, count=COUNT), writes)
    throughput = found.parameter("throughput")
    assert throughput.identified is Identified.YES
    assert throughput.low <= THROUGHPUT <= throughput.high
    (disturbed,) = (one for one in found.left_out if one.kind is LeftOutKind.DISTURBED)
    assert 98_000 <= disturbed.begin_s - START_S <= 101_000
    assert disturbed.end_s - START_S == pytest.approx(121_600 - 17.3, abs=1.0)


def test_a_pause_alone_tells_no_gap():
    """The wait of a single late sync may be all pause: a green here would be a wrong one."""
    writes = uneven()
    cut_s, completed_s = replicated(
        writes, interval=907.0, setup=21.0, throughput=THROUGHPUT, stalls=[(100_100, 101_000)]
    )
    found = fit(sampled(cut_s, completed_s, phase=17.3, count=COUNT), writes)
    gap = found.parameter("gap")
    assert gap.identified is Identified.NO
    assert gap.low == 0


def test_random_fixed_times_have_a_mean_and_a_spread():
    writes = uneven()
    draws = np.random.default_rng(5).gamma(9.0, 90.0 / 9.0, size=400)
    cut_s, completed_s = replicated(
        writes, interval=907.0, setup=0, throughput=THROUGHPUT, setup_of=lambda k: float(draws[k])
    )
    found = fit(sampled(cut_s, completed_s, phase=17.3, count=COUNT), writes)
    setup = found.parameter("setup")
    assert setup.low <= 90.0 <= setup.high
    assert found.noise.family is not SetupFamily.CONSTANT
    assert found.noise.sigma_s == pytest.approx(30.0, rel=0.3)


def test_without_writes_the_fixed_time_has_an_upper_bound():
    writes = uneven()
    found = fit(lag_of(writes))
    interval, _, setup, throughput = found.parameters
    assert interval.value == pytest.approx(907.0, abs=1e-3)
    assert (setup.low, setup.identified) == (0.0, Identified.NO)
    assert "without the writes" in setup.reason
    assert throughput.value is None
    assert throughput.identified is Identified.NO


def test_whole_seconds_are_read_as_such():
    writes = uneven()
    cut_s, completed_s = replicated(writes, interval=907.4, setup=21.0, throughput=THROUGHPUT)
    found = fit(sampled(cut_s, completed_s, phase=17.3, count=COUNT, whole_seconds=True), writes)
    assert found.resolution_s == 1.0
    interval, _, setup, throughput = found.parameters
    assert interval.low <= 907.4 <= interval.high
    assert interval.high - interval.low < 0.1  # by many intervals in a row, not by one
    assert setup.low <= 21.0 <= setup.high
    assert throughput.low <= THROUGHPUT <= throughput.high


def test_intervals_below_a_minute_are_a_lattice():
    writes = uneven()
    found = fit(lag_of(writes, interval=37.3, setup=4.0), writes)
    interval = found.parameter("interval")
    assert interval.value == pytest.approx(37.3, abs=1e-3)
    assert interval.identified is Identified.YES
    assert found.parameter("setup").low <= 4.0 <= found.parameter("setup").high


@pytest.mark.parametrize("interval", [20.0, 30.0, 60.0])
def test_locked_samples_are_refused(interval):
    """Cuts every 60 s may be those of 60 s, of 30 s or of 20 s."""
    writes = uneven()
    found = fit(lag_of(writes, interval=interval, setup=1.0, throughput=1e9), writes)
    assert "locked" in found.refusal
    assert {one.identified for one in found.parameters} == {Identified.NO}
    assert all(one.value is None for one in found.parameters)


def test_five_minutes_tell_as_much_as_they_decode():
    writes = with_bursts()
    lag = lag_of(writes, gap=33.0)
    found = fit(by_five(lag), writes)
    interval, gap, setup, throughput = found.parameters
    assert interval.value == pytest.approx(907.0, abs=1e-3)
    assert gap.low <= 33.0 <= gap.high
    assert setup.low <= 21.0 <= setup.high
    assert throughput.low <= THROUGHPUT <= throughput.high
    assert throughput.identified is Identified.YES


def test_missing_samples_are_named_and_cost_little():
    writes = uneven()
    lag = lag_of(writes)
    kept = np.ones(len(lag.time_s), dtype=bool)
    kept[1000:1200] = False
    kept[::7] = False
    found = fit(
        LagSamples(*(c[kept] for c in (lag.time_s, lag.least, lag.mean, lag.largest)), 60.0), writes
    )
    interval, _, setup, throughput = found.parameters
    assert interval.value == pytest.approx(907.0, abs=1e-3)
    assert setup.low <= 21.0 <= setup.high
    assert throughput.low <= THROUGHPUT <= throughput.high
    missing = [one for one in found.left_out if one.kind is LeftOutKind.MISSING_LAG]
    assert max(one.end_s - one.begin_s for one in missing) >= 200 * 60


def test_writes_of_a_part_leave_the_rest_out():
    writes = uneven()
    lag = lag_of(writes)
    half = WriteTotals(writes.begin_s[:2500], writes.bytes[:2500], None, 60.0)
    found = fit(lag, half)
    assert found.parameter("throughput").low <= THROUGHPUT <= found.parameter("throughput").high
    (left,) = (one for one in found.left_out if one.kind is LeftOutKind.MISSING_WRITES)
    assert left.begin_s >= START_S


def test_a_cut_that_moves_back_begins_anew():
    writes = uneven()
    lag = lag_of(writes)
    age_s = lag.mean.copy()
    age_s[2000:] += 7000.0  # made anew from an older state: one jump, and then as before
    found = fit(samples(lag.time_s, age_s), writes)
    assert [one.kind for one in found.left_out].count(LeftOutKind.STEPPED_BACK) == 1


def test_times_that_are_no_whole_minutes_are_those_of_the_samples():
    writes = uneven()
    lag = lag_of(writes)
    found = fit(replace(lag, time_s=lag.time_s + 17.3), writes)
    assert (found.phase.low_s, found.phase.high_s) == (0.0, 0.0)
    assert found.parameter("setup").low <= 21.0 <= found.parameter("setup").high
    throughput = found.parameter("throughput")
    assert throughput.low <= THROUGHPUT <= throughput.high
    assert throughput.identified is Identified.YES


def test_writes_of_five_minutes_tell_less_and_nothing_wrong():
    writes = uneven()
    five = writes.bytes.reshape(-1, 5).sum(axis=1)
    found = fit(lag_of(writes), WriteTotals(writes.begin_s[::5], five, None, 300.0))
    assert found.parameter("setup").low <= 21.0 <= found.parameter("setup").high
    throughput = found.parameter("throughput")
    assert throughput.low <= THROUGHPUT <= throughput.high


def test_times_may_be_shifted():
    writes = uneven(2000)
    lag = lag_of(writes)
    later = WriteTotals(writes.begin_s + 86_400.0, writes.bytes, None, 60.0)
    here = fit(lag, writes)
    there = fit(replace(lag, time_s=lag.time_s + 86_400.0), later)
    for one, other in zip(here.parameters, there.parameters, strict=True):
        assert (one.value is None) == (other.value is None)
        assert other.stand_in == pytest.approx(one.stand_in, rel=1e-6)
        assert other.low == pytest.approx(one.low, rel=1e-6, abs=1e-9)
        assert other.high == pytest.approx(one.high, rel=1e-6)


def test_bytes_scale_the_throughput():
    writes = uneven(2000)
    lag = lag_of(writes)
    here = fit(lag, writes)
    there = fit(lag, replace(writes, bytes=writes.bytes * 1000))
    assert there.parameter("setup").value == pytest.approx(here.parameter("setup").value, rel=1e-6)
    scaled, plain = there.parameter("throughput"), here.parameter("throughput")
    for one, other in ((scaled.value, plain.value), (scaled.low, plain.low)):
        assert one == pytest.approx(1000 * other, rel=1e-6)


def test_fits_repeat():
    writes = uneven(2000)
    assert fit(lag_of(writes), writes).parameters == fit(lag_of(writes), writes).parameters

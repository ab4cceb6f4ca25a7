"""Tests of the exact distribution over time: closed forms, fine sampling, definitions."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from efssim.lag.weighted.time_weighted import Ramps

PERCENTILES = np.array([0.001, 0.07, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0])


def ramps_of(*segments, zero_s=0.0):
    """Return the ramps of (low, high) pairs in seconds."""
    ends = np.array(segments, dtype=np.float64).reshape(-1, 2)
    return Ramps(ends[:, 0], ends[:, 1], zero_s)


# Quarter seconds: the knots coincide often, and every sum below is exact.
quarters = st.integers(0, 800).map(lambda number: number / 4)
segments = st.lists(st.tuples(quarters, quarters).map(sorted), max_size=12)
any_ramps = st.builds(lambda pairs, zero_s: ramps_of(*pairs, zero_s=zero_s), segments, quarters)
shares = st.floats(1e-6, 1.0)


def sampled(ramps, per_second=64):
    """Return the values in the middle of short equal steps of time, sorted."""
    parts = [np.zeros(round(ramps.zero_s * per_second))]
    for low, high in zip(ramps.low, ramps.high, strict=True):
        parts.append(low + (np.arange(round((high - low) * per_second)) + 0.5) / per_second)
    return np.sort(np.concatenate(parts))


def test_one_sawtooth_repeated_is_uniform():
    ramps = ramps_of(*[(65.0, 125.0)] * 10_000)
    assert ramps.total_s == 600_000.0
    assert ramps.mean() == 95.0
    assert ramps.max() == 125.0
    # Rounding of the sums only.
    np.testing.assert_allclose(ramps.quantile(PERCENTILES), 65 + 60 * PERCENTILES, rtol=1e-9)
    assert ramps.quantile(1.0) == 125.0
    assert ramps.share_at_most(80.0) == pytest.approx(0.25, rel=1e-12)


def test_repetition_in_inexact_seconds_keeps_the_quantiles():
    low = np.arange(10_000) * 1e-12 + 65.1
    ramps = Ramps(low, low + 60.0)
    assert ramps.quantile(0.5) == pytest.approx(95.1, rel=1e-9)
    assert ramps.quantile(1.0) == ramps.max()


@pytest.mark.parametrize(
    ("x", "share"),
    [(-1.0, 0.0), (0.0, 0.3), (1.9, 0.3), (2.0, 0.3), (3.0, 0.4), (4.0, 0.5), (5.0, 0.5),
     (8.0, 0.5), (10.5, 0.75), (13.0, 1.0), (99.0, 1.0)],
)  # fmt: skip
def test_share_of_a_mixture(x, share):
    assert ramps_of((2, 4), (8, 13), zero_s=3.0).share_at_most(x) == pytest.approx(share)


@pytest.mark.parametrize(
    ("p", "x"),
    [(0.1, 0.0), (0.3, 0.0), (0.4, 3.0), (0.5, 4.0), (0.6, 9.0), (0.75, 10.5), (1.0, 13.0)],
)
def test_quantiles_of_a_mixture(p, x):
    assert ramps_of((2, 4), (8, 13), zero_s=3.0).quantile(p) == pytest.approx(x)


def test_overlapping_segments_add_up():
    ramps = ramps_of((0, 4), (2, 4), (3, 9))
    # Below 2 one passes, to 3 two, to 4 three, then one: 2, 2, 3 and 5 seconds.
    np.testing.assert_allclose(
        ramps.quantile([1 / 12, 2 / 12, 3 / 12, 4 / 12, 5.5 / 12, 7 / 12, 9.5 / 12]),
        [1.0, 2.0, 2.5, 3.0, 3.5, 4.0, 6.5],
    )


def test_a_share_met_on_paper_is_met_before_a_jump():
    # In floats 0.07 * 100 is above 7, and the next value is 50.
    assert ramps_of((50, 143), zero_s=7.0).quantile(0.07) == 0.0
    assert ramps_of((1, 8), (50, 143)).quantile(0.07) == 8.0


@pytest.mark.parametrize("pairs", [[], [(3.0, 3.0)], [(0.0, 0.0), (7.0, 7.0)]])
def test_without_time_nothing_is_defined(pairs):
    ramps = ramps_of(*pairs)
    assert ramps.total_s == 0.0
    assert ramps.mean() is None
    assert ramps.max() is None
    assert ramps.share_at_most(5.0) is None
    assert np.isnan(ramps.quantile([0.5, 1.0])).all()
    assert [len(part) for part in ramps.exceedance(5)] == [0, 0]


@pytest.mark.parametrize("pairs", [[], [(3.0, 3.0)]])
def test_all_time_at_zero(pairs):
    ramps = ramps_of(*pairs, zero_s=5.0)
    assert (ramps.mean(), ramps.max(), ramps.share_at_most(0.0)) == (0.0, 0.0, 1.0)
    assert ramps.share_at_most(-1e-9) == 0.0
    assert ramps.quantile([0.5, 1.0]).tolist() == [0.0, 0.0]
    assert ramps.exceedance(3)[1].tolist() == [0.0, 0.0, 0.0]


def test_segments_without_length_count_for_nothing():
    plain, more = ramps_of((5, 9)), ramps_of((1, 1), (5, 9), (5, 5), (7, 7), (9, 9), (20, 20))
    assert more.max() == 9.0
    np.testing.assert_array_equal(more.quantile(PERCENTILES), plain.quantile(PERCENTILES))


@pytest.mark.parametrize("p", [0.0, -0.1, 1.1, math.nan, [0.5, 0.0]])
def test_shares_outside_are_refused(p):
    with pytest.raises(AssertionError):
        ramps_of((1, 2)).quantile(p)


@pytest.mark.parametrize("pair", [(2, 1), (-1, 1), (math.nan, 1), (1, math.nan), (1, math.inf)])
def test_impossible_segments_are_refused(pair):
    with pytest.raises(AssertionError):
        ramps_of(pair)


@pytest.mark.parametrize("zero_s", [-1.0, math.nan, math.inf])
def test_impossible_time_at_zero_is_refused(zero_s):
    with pytest.raises(AssertionError):
        ramps_of((1, 2), zero_s=zero_s)


def test_the_shape_of_the_shares_is_kept():
    ramps = ramps_of((0, 10))
    assert ramps.quantile(0.5).shape == ()
    assert ramps.quantile([0.5]).shape == (1,)
    assert ramps.quantile([[0.1, 0.2], [0.3, 0.4]]).shape == (2, 2)
    assert ramps.quantile([]).shape == (0,)


def test_exceedance_is_the_share_above():
    ramps = ramps_of((2, 4), (8, 13), zero_s=3.0)
    x, share = ramps.exceedance(14)
    np.testing.assert_array_equal(x, np.arange(14.0))
    expected = [1.0 - ramps.share_at_most(value) for value in x]
    np.testing.assert_allclose(share, expected, atol=1e-15)  # rounding of 1 - share


@given(any_ramps)
def test_fine_sampling_agrees(ramps):
    values = sampled(ramps)
    if not len(values):
        assert ramps.mean() is None
        return
    assert ramps.mean() == pytest.approx(values.mean(), rel=1e-12, abs=1e-12)
    # A sample stands for 1/64 s, and lies half of that from the ends of its step.
    assert ramps.max() == pytest.approx(values[-1], abs=1 / 128)
    for x in np.unique(np.concatenate((ramps.low, ramps.high, [0.0, 17.25]))):
        assert ramps.share_at_most(x) == pytest.approx((values <= x).mean(), abs=1e-12)


@given(any_ramps, shares)
def test_sampled_quantiles_agree(ramps, p):
    values = sampled(ramps)
    if len(values):
        rank = min(max(math.ceil(p * len(values) - 1e-6), 1), len(values))
        near = values[max(rank - 2, 0) : rank + 1]  # a share at a jump may fall on either side
        found = float(ramps.quantile(p))
        assert np.abs(near - found).min() <= 1 / 64


@given(any_ramps, st.lists(shares, min_size=1, max_size=5))
def test_quantile_is_the_smallest_value_that_reaches_the_share(ramps, ps):
    if not ramps.total_s:
        return
    for p, x in zip(ps, ramps.quantile(ps), strict=True):
        # 1e-12 is the documented rounding at jumps; a little more for that of x itself.
        assert ramps.share_at_most(x) >= p - 2e-12
        if x > 0.0:
            assert ramps.share_at_most(x - 1e-6) < p
        assert 0.0 <= x <= ramps.max()


@given(any_ramps, st.randoms(use_true_random=False))
def test_the_order_of_the_segments_means_nothing(ramps, random):
    order = np.array(random.sample(range(len(ramps.low)), len(ramps.low)), dtype=int)
    other = Ramps(ramps.low[order], ramps.high[order], ramps.zero_s)
    assert (other.mean(), other.max()) == (ramps.mean(), ramps.max())
    np.testing.assert_array_equal(other.quantile(PERCENTILES), ramps.quantile(PERCENTILES))


@given(st.lists(st.tuples(st.floats(0, 9), st.floats(0, 9)).map(sorted), min_size=1), quarters)
def test_runs_of_equal_segments_do_not_show(pairs, zero_s):
    low, high = np.array(pairs).T
    in_runs = Ramps(low.repeat(40), high.repeat(40), zero_s)
    in_turn = Ramps(np.tile(low, 40), np.tile(high, 40), zero_s)
    np.testing.assert_array_equal(in_runs.quantile(PERCENTILES), in_turn.quantile(PERCENTILES))


def test_a_million_segments():
    rng = np.random.default_rng(1)
    low = rng.uniform(0.0, 100.0, 1_000_000)
    ramps = Ramps(low, low + rng.uniform(0.0, 60.0, len(low)), 1.0)
    found = ramps.quantile([0.5, 0.9, 0.95, 0.99, 0.999])
    reached = [ramps.share_at_most(x) for x in found]
    np.testing.assert_allclose(reached, [0.5, 0.9, 0.95, 0.99, 0.999], rtol=1e-11)

"""Tests of the logarithmic histogram: brute force, merging, error bound, definitions."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from efssim.lag.weighted.exceedance import of_histogram
from efssim.lag.weighted.histogram import LogHistogram

SHARES = [0.001, 0.07, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0]
LIMITS = [0, 3, 1000]  # always in bins, changing over, always exact

lags = st.one_of(st.just(0.0), st.floats(1e-12, 1e12), st.integers(0, 9).map(float))
pairs = st.lists(st.tuples(lags, st.integers(0, 2**40)), max_size=30)
shares = st.one_of(st.sampled_from(SHARES), st.floats(1e-9, 1.0))


def arrays(items):
    """Return values and weights of (value, weight) pairs."""
    values = np.array([value for value, _ in items], dtype=np.float64)
    return values, np.array([weight for _, weight in items], dtype=np.int64)


def histogram_of(items, limit=100_000):
    """Return a histogram to which all pairs were added at once."""
    histogram = LogHistogram(limit)
    histogram.add(*arrays(items))
    return histogram


def state(histogram):
    """Return all that a histogram holds, in a form that can be compared."""
    summary = (histogram.count, histogram.minimum, histogram.maximum)
    raw = sorted(
        pair
        for values, weights in histogram._raw
        for pair in zip(
            values.tolist(), [1] * len(values) if weights is None else weights.tolist(), strict=True
        )
    )
    cells = histogram._cells
    used = None if cells is None else [part.tolist() for part in cells.used()]
    return summary, raw, used


def brute_quantile(items, p):
    """Return the smallest value with at least the share p of the weight at or below it."""
    kept = sorted(item for item in items if item[1])
    needed = Fraction(repr(p)) * sum(weight for _, weight in kept)
    reached = itertools.accumulate(weight for _, weight in kept)
    return next((item[0] for item, at in zip(kept, reached, strict=True) if at >= needed), None)


@pytest.mark.parametrize("limit", LIMITS)
def test_empty(limit):
    histogram = LogHistogram(limit)
    histogram.add(np.empty(0))
    histogram.add(np.array([3.0]), np.array([0]))
    assert state(histogram) == ((0, None, None), [], None)
    assert histogram.quantile(0.5) is None
    assert histogram.share_at_most(1.0) is None


@pytest.mark.parametrize(
    ("p", "expected"), [(0.001, 1.0), (0.07, 7.0), (0.28, 28.0), (0.281, 29.0), (1.0, 100.0)]
)
def test_quantile_takes_the_share_as_a_decimal(p, expected):
    # In floats 0.07 * 100 and 0.28 * 100 are above 7 and 28.
    histogram = LogHistogram()
    histogram.add(np.arange(1.0, 101.0))
    assert histogram.quantile(p) == expected
    assert histogram.quantile(np.float64(p)) == expected


@pytest.mark.parametrize(("x", "share"), [(-1, 0), (0, 0.2), (0.9, 0.2), (1, 0.5), (5, 1), (9, 1)])
def test_share_at_most(x, share):
    assert histogram_of([(5.0, 5), (0.0, 2), (1.0, 3)]).share_at_most(x) == share


@pytest.mark.parametrize("limit", LIMITS)
def test_zero_has_its_own_bin(limit):
    histogram = histogram_of([(0.0, 5), (-0.0, 1), (1e-300, 4), (2.0, 1)], limit)
    assert histogram.minimum == 0.0
    assert histogram.quantile(6 / 11 - 1e-9) == 0.0
    assert histogram.share_at_most(0.0) == 6 / 11
    assert histogram.quantile(0.6) == pytest.approx(1e-300, rel=0.004)


@pytest.mark.parametrize("limit", LIMITS)
@pytest.mark.parametrize("value", [-1.0, -1e-300, math.nan, math.inf])
def test_impossible_values_are_refused(value, limit):
    histogram = histogram_of([(1.0, 1)] * 3, limit)
    before = state(histogram)
    with pytest.raises(AssertionError):
        histogram.add(np.array([1.0, value, 2.0]))
    assert state(histogram) == before


def test_impossible_weights_are_refused():
    with pytest.raises(AssertionError):
        histogram_of([(1.0, -1)])
    with pytest.raises(AssertionError):
        LogHistogram().add(np.ones(3), np.ones(2, dtype=np.int64))


@pytest.mark.parametrize("p", [0.0, -0.1, 1.1, math.nan])
def test_shares_outside_are_refused(p):
    with pytest.raises(AssertionError):
        histogram_of([(1.0, 1)]).quantile(p)


@pytest.mark.parametrize("limit", LIMITS)
def test_large_weights_stay_exact(limit):
    # A float holds neither 2^53 + 1 nor the sum.
    heavy = 2**53 + 1
    histogram = histogram_of([(1.0, heavy), (1.0, heavy), (1.0, 1), (3.0, heavy)], limit)
    assert histogram.count == 3 * heavy + 1
    assert histogram_of([(1.0, 2**62), (1.0, 3), (3.0, 2**61 + 1)], limit).count == 3 * 2**61 + 4
    if histogram._cells is not None:
        assert histogram._cells.used()[1].max() == 2 * heavy + 1
    with pytest.raises(AssertionError):
        histogram.add(np.array([1.0, 1.0]), np.array([2**62, 2**62]))
    assert histogram.count == 3 * heavy + 1


def test_the_caller_may_reuse_its_arrays():
    values, weights = arrays([(1.0, 2), (4.0, 3)])
    histogram = LogHistogram()
    histogram.add(values, weights)
    values[:], weights[:] = 9.0, 9
    assert state(histogram) == ((5, 1.0, 4.0), [(1.0, 2), (4.0, 3)], None)


def test_a_strided_view_is_taken():
    histogram = LogHistogram(0)
    histogram.add(np.arange(10.0)[::3])
    assert state(histogram) == state(histogram_of([(0.0, 1), (3.0, 1), (6.0, 1), (9.0, 1)], 0))


def test_bins_begin_with_the_first_value_above_the_limit():
    histogram = LogHistogram(4)
    histogram.add(np.arange(4.0))
    assert histogram._cells is None
    histogram.add(np.array([1.0]))
    assert state(histogram)[1:] == state(histogram_of([(v, 1) for v in (0, 1, 2, 3, 1)], 0))[1:]


def test_relative_error_over_many_magnitudes():
    rng = np.random.default_rng(7)
    values = 10.0 ** rng.uniform(-300.0, 300.0, 50_000)
    for value in np.concatenate((values[:2000], [2.0**-40, 2.0**40, np.finfo(float).tiny])):
        # Weights that keep the value in the middle, away from the minimum and the maximum.
        histogram = histogram_of([(value, 1), (0.0, 1), (1.7e308, 1)], 0)
        assert histogram.quantile(0.5) == pytest.approx(value, rel=0.004)
    histogram = histogram_of([(value, 1) for value in values], 0)
    values.sort()
    for p in np.linspace(0.001, 0.999, 500):
        exact = values[math.ceil(Fraction(repr(float(p))) * len(values)) - 1]
        assert histogram.quantile(p) == pytest.approx(exact, rel=0.004)


@given(pairs, shares)
def test_exact_quantile_against_brute_force(items, p):
    assert histogram_of(items).quantile(p) == brute_quantile(items, p)


@given(pairs, shares, st.sampled_from(LIMITS))
def test_any_quantile_is_within_half_a_percent(items, p, limit):
    expected = brute_quantile(items, p)
    found = histogram_of(items, limit).quantile(p)
    assert (found is None) == (expected is None)
    if found is not None:
        assert abs(found - expected) <= 0.004 * expected


@given(pairs, lags)
def test_exact_share_against_brute_force(items, x):
    values, weights = arrays(items)
    if weights.sum():
        expected = int(weights[values <= x].sum()) / int(weights.sum())
        assert histogram_of(items).share_at_most(x) == expected


@given(pairs, shares, st.sampled_from(LIMITS))
def test_quantile_is_the_smallest_value_that_reaches_the_share(items, p, limit):
    histogram = histogram_of(items, limit)
    x = histogram.quantile(p)
    if x is None:
        return
    assert histogram.share_at_most(x) >= p - 1e-12  # rounding of the share
    # In bins the maximum alone is not a midpoint: all its bin may lie below it.
    if x > 0.0 and (histogram._cells is None or x < histogram.maximum):
        below = histogram.share_at_most(math.nextafter(x, 0.0))
        # Strictly less, in integers; shares of 2^45 may round to the same float.
        assert below < p or below == pytest.approx(p, rel=1e-15)


@given(pairs, st.sampled_from(LIMITS), st.data())
def test_grouping_and_order_leave_the_same_state(items, limit, data):
    shuffled = data.draw(st.permutations(items))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(items)), max_size=4)))
    groups = [shuffled[a:b] for a, b in itertools.pairwise([0, *cuts, len(items)])]
    added, merged = LogHistogram(limit), LogHistogram(limit)
    for group in groups:
        added.add(*arrays(group))
        merged.merge(histogram_of(group, limit))
    whole = histogram_of(items, limit)
    assert state(added) == state(whole)
    assert state(merged) == state(whole)


@given(pairs, pairs, st.sampled_from(LIMITS))
def test_merging_leaves_the_other_alone(left, right, limit):
    one, other = histogram_of(left, limit), histogram_of(right, limit)
    before = state(other)
    one.merge(other)
    one.add(np.array([1.0, 2.0]))
    assert state(other) == before


@given(pairs, st.sampled_from(LIMITS))
def test_merging_with_itself_doubles(items, limit):
    histogram = histogram_of(items, limit)
    histogram.merge(histogram)
    assert state(histogram) == state(histogram_of(items + items, limit))


def test_merging_different_limits_is_refused():
    with pytest.raises(AssertionError):
        LogHistogram(5).merge(LogHistogram(6))


@given(st.lists(lags, max_size=20), st.sampled_from(LIMITS))
def test_the_default_weight_is_one(values, limit):
    histogram = LogHistogram(limit)
    histogram.add(np.array(values, dtype=np.float64))
    assert state(histogram) == state(histogram_of([(value, 1) for value in values], limit))


def test_the_curve_is_the_share_above_each_value():
    curve = of_histogram(histogram_of([(2.0, 3), (9.0, 2), (5.0, 3)]))
    assert (curve.value_s.tolist(), curve.share.tolist()) == ([2, 5, 9], [0.625, 0.25, 0])


def test_the_curve_of_nothing_has_no_points():
    curve = of_histogram(LogHistogram())
    assert (curve.value_s.tolist(), curve.share.tolist()) == ([], [])

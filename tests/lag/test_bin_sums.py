"""Tests of sums by bin against sums of a dict."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from efssim.lag.weighted.bin_sums import BinSums
from efssim.lag.weighted.bins import BINS, bin_numbers

# Often few apart, so that they share octaves, and often anywhere.
bins = st.integers(0, BINS - 1) | st.integers(0, 300) | st.integers(65_000, 66_000)
additions = st.lists(st.tuples(bins, st.integers(1, 2**40), st.integers(0, 2**40)), max_size=20)
DAY_S = 86_400.0


def of(parts):
    """Return the sums after adding each part at once, and those of a dict."""
    made, first, second = BinSums(kinds=2), Counter(), Counter()
    for part in parts:
        at, some, more = np.array(part, dtype=np.int64).reshape(-1, 3).T
        made.add(at, some, more)
        for each, amount, other in part:
            first[each] += amount
            second[each] += other
    return made, first, second


def lists(made):
    """Return the bins in use and their sums as lists."""
    used, sums = made.used()
    return used.tolist(), sums.tolist()


@given(st.lists(additions, max_size=5))
def test_they_are_those_of_a_dict(parts):
    made, first, second = of(parts)
    used = sorted(first)
    assert lists(made) == (used, [[kind[each] for each in used] for kind in (first, second)])


@given(st.lists(additions, max_size=3), bins, st.integers(0, 2_000))
def test_a_range_of_bins_has_zeros_between(parts, begin, length):
    made, *expected = of(parts)
    end = min(BINS, begin + length)
    found = made.between(begin, end)
    assert found.tolist() == [[kind[each] for each in range(begin, end)] for kind in expected]


@given(additions, additions)
def test_a_copy_is_independent(before, after):
    made, *_ = of([before])
    other = made.copy()
    for each, amount, more in after:
        other.add(np.array([each]), amount, more)
    assert lists(made) == lists(of([before])[0])
    assert lists(other) == lists(of([before, after])[0])


def test_one_amount_counts_for_every_value():
    made = BinSums()
    made.add(np.array([7, 7, 0, 7, BINS - 1]), 2)
    assert lists(made) == ([0, 7, BINS - 1], [[2, 6, 2]])


def test_lags_from_a_microsecond_to_ten_years_take_little_memory():
    made = BinSums()
    values = np.array([0.0, 1e-6, 1.0, 3_650 * DAY_S])
    made.add(bin_numbers(values), 1)
    octaves = math.log2(values[-1] / values[1]) + 2
    assert made._sums.nbytes <= octaves * 128 * 8 < 65_536

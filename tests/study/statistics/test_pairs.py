"""Differences of means of trials that are no pairs."""

from __future__ import annotations

import math

import pytest

from efssim.study.statistics.intervals import Interval
from efssim.study.statistics.pairs import apart


def test_the_interval_of_a_difference_of_independent_means():
    """Half widths 2 and 1.5 make 2.5: errors of independent means add up in squares."""
    found = apart((10.0, Interval(8.0, 12.0)), (13.0, Interval(11.5, 14.5)))
    assert found == (10.0, 13.0, 3.0, 0.5, 5.5, None)


@pytest.mark.parametrize("missing", [0, 1])
def test_a_mean_without_an_interval_leaves_none(missing):
    means = [(10.0, Interval(8.0, 12.0)), (13.0, Interval(11.5, 14.5))]
    means[missing] = (means[missing][0], None)
    found = apart(*means)
    assert (found.difference, found.low, found.high) == (3.0, None, None)
    assert math.isfinite(found.difference)

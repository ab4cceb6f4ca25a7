"""Distances of distributions and errors of quantiles, by hand and beside scipy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from efssim.calibration.backtest.comparing import (
    ks_distance,
    quantiles,
    relative_error,
    unlike_share,
)


def test_quantiles_are_the_smallest_with_that_share_at_or_below():
    found = quantiles(np.arange(100.0, 0.0, -1.0))
    assert (found.p50, found.p95, found.p99, found.max) == (50, 95, 99, 100)
    one = quantiles(np.array([7.0]))
    assert (one.p50, one.p95, one.p99, one.max) == (7, 7, 7, 7)


def test_errors_are_shares_of_the_measured_age():
    assert relative_error(11.0, 10.0) == pytest.approx(0.1)
    assert relative_error(9.0, 10.0) == pytest.approx(-0.1)
    assert relative_error(0.0, 0.0) == 0
    assert relative_error(0.5, 0.0) == 0.5  # of a second, as there is no share of nothing


def test_ks_is_that_of_scipy():
    generator = np.random.default_rng(1)
    for _ in range(20):
        first, second = generator.gamma(2.0, 50.0, 300), generator.gamma(2.5, 50.0, 200)
        assert ks_distance(first, second) == pytest.approx(stats.ks_2samp(first, second).statistic)
    assert ks_distance(np.array([1.0, 2.0]), np.array([3.0])) == 1
    assert ks_distance(np.array([1.0]), np.array([1.0 + 1e-9])) == 0


def test_the_share_beyond_a_tolerance():
    ages = np.linspace(10.0, 100.0, 1000)
    assert unlike_share(ages, 1.04 * ages, 0.05) == 0
    assert unlike_share(ages, 1.07 * ages, 0.05) > 0.01
    assert unlike_share(1.07 * ages, ages, 0.05) > 0.01
    # A tenth of the ages far longer.
    longer = ages.copy()
    longer[900:] = 1000.0
    assert unlike_share(ages, longer, 0.05) == pytest.approx(0.1, abs=0.01)
    # One value each, a little apart: the distance of Kolmogorov and Smirnov would be 1.
    assert unlike_share(np.full(50, 60.0), np.full(50, 61.0), 0.05) == 0

"""Tests of samples of losses: their mean over strata by hand, also where some have no trial."""

from __future__ import annotations

import pytest

from efssim.study.statistics.bounds import Units
from efssim.study.statistics.sample import sample_of_losses
from efssim.study.statistics.weighing import Design

THREE = Design(("a", "b"), (0.9, 0.08, 0.02), ((), ("a",), ("b",)), (False, False, False))


def test_strata_weigh_as_likely_as_they_are():
    sample = sample_of_losses([0.0, 0.1, 0.5, 1.0], [0, 0, 1, 2], THREE)
    assert sample.count == 4
    assert sample.mean() == pytest.approx(0.9 * 0.05 + 0.08 * 0.5 + 0.02)


def test_strata_without_a_trial_are_left_out_of_the_mean():
    assert sample_of_losses([0.1, 0.5], [0, 1], THREE).mean() == pytest.approx(0.13 / 0.98)
    none = sample_of_losses([], [], THREE)
    assert (none.count, none.mean(), none.low(0.05), none.high(0.05)) == (0, 0.0, 0.0, 1.0)


def test_the_error_is_shared_by_the_strata_of_which_a_bound_is_needed():
    """The calm stratum is exact: its one trial is the truth, and each other has half of 5 %."""
    exact = Design(THREE.names, THREE.probabilities, THREE.faults, (True, False, False))
    sample = sample_of_losses([0.1, 0.2, 0.2, 0.3, 0.4], [0, 1, 1, 2, 2], exact)
    assert sample.uncertain == 2
    first, second = Units([0.2, 0.2]), Units([0.3, 0.4])
    low = 0.09 + 0.08 * first.low(0.025) + 0.02 * second.low(0.025)
    high = 0.09 + 0.08 * first.high(0.025) + 0.02 * second.high(0.025)
    assert (sample.low(0.05), sample.high(0.05)) == pytest.approx((low, high))
    assert sample_of_losses([], [], THREE).uncertain == 3

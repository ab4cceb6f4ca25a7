"""Tests of samples of losses: their mean over strata by hand, also where some have no trial."""

from __future__ import annotations

import pytest

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

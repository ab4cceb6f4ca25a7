"""The interval of the first missed month: by hand, and how often it has the true month."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.evaluations import evaluation

from benchmarks.runway import ASKED, case, covers, intervals
from efssim.study.run.shared import runner
from efssim.study.runway.first_missed import MonthInterval, first, is_missed, month_interval


def test_equal_trials_have_one_month() -> None:
    months = [evaluation(*[loss] * 20) for loss in (0.0, 0.0, 0.2, 0.4)]
    assert month_interval([months], 0.9, 0.95, 1) == MonthInterval(2, 2)
    assert month_interval([months], 0.5, 0.95, 1) == MonthInterval(None, None)
    assert first([is_missed(each, 0.9) for each in months]) == 2
    assert first([False]) is None
    single = [evaluation(0.0), evaluation(0.2)]
    assert month_interval([single], 0.9, 0.95, 1) == MonthInterval(1, 1)


def test_a_mean_below_the_objective_by_rounding_misses_nothing() -> None:
    assert not is_missed(evaluation(0.1 + 1e-13), 0.9)
    assert is_missed(evaluation(0.1 + 1e-11), 0.9)
    assert is_missed(evaluation(1e-13), 1)


def test_trials_that_scatter_widen_it_on_both_sides() -> None:
    generator = np.random.default_rng(3)
    noise = generator.exponential(1.0, 30)
    months = [evaluation(*(level * noise).tolist()) for level in (0.01, 0.07, 0.1, 0.14, 0.6)]
    at = first([is_missed(each, 0.9) for each in months])
    low, high = month_interval([months], 0.9, 0.95, 1)
    assert at is not None
    assert low is not None
    assert high is not None
    assert (low, at, high) == (2, 3, 4)
    narrow = month_interval([months], 0.9, 0.2, 1)
    assert narrow == MonthInterval(3, 3)
    # So sure an interval leaves out no resample, so it is wider.
    assert month_interval([months], 0.9, 0.9999, 1) == MonthInterval(1, 4)


def test_what_a_sample_may_lack_makes_it_earlier() -> None:
    """No trial of month 1 loses anything, and in month 2 it is by far too much."""
    months = [evaluation(*[0.0] * 30), evaluation(*[0.0] * 30), evaluation(*[0.3] * 30)]
    assert month_interval([months], 0.99, 0.95, 1) == MonthInterval(1, 2)


def test_strata_count_by_their_probabilities() -> None:
    strata = (0,) * 10 + (1,) * 10
    rare = (0.0,) * 10 + (0.5,) * 10
    months = [evaluation(*rare, strata=strata)] * 2
    # 0.1 times 0.5 is lost, in any resample.
    assert month_interval([months], 0.96, 0.95, 1) == MonthInterval(0, 0)
    assert month_interval([months], 0.94, 0.95, 1) == MonthInterval(None, None)


@pytest.mark.slow
def test_intervals_have_the_true_month_in_most_studies() -> None:
    covered = count = 0
    with runner(None, 1) as made:
        for number in range(5):
            one = case(number, 240, made)
            found = [covers(each, one.truth) for each in intervals(one, 60)]
            covered, count = covered + sum(found), count + len(found)
    assert count >= 200
    assert covered >= ASKED * count

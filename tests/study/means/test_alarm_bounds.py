"""Tests of the interval of false alarms over trials: by hand, of equal and of unequal counts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from helpers.alarming import MINUTE, alarming
from scipy import stats

import efssim
from efssim.study.means.alarms import alarms_of_trials
from efssim.study.statistics.intervals import Interval

PER_MONTH = 180
"""Runs of 4 h in 30 days."""


@pytest.fixture(scope="module")
def four():
    """Return four trials of 4 h with an alarm, without a false one."""
    return efssim.run_trials(alarming({"a": MINUTE}), 4, workers=1)


def false_per_month(four, counts: list[int]) -> Interval:
    """Return the interval of false alarms in 30 days, of trials with so many."""
    trials = []
    for trial, count in zip(four.trials, counts, strict=True):
        alarm = replace(
            trial.summary.alarms["a"],
            false_alarms=count,
            false_alarms_per_month=float(count * PER_MONTH),
        )
        trials.append(replace(trial, summary=replace(trial.summary, alarms={"a": alarm})))
    found = alarms_of_trials(trials, four.weighing)["a"].pooled.false_per_month_ci95
    assert found is not None
    return found


def test_equal_counts_are_as_uncertain_as_those_of_independent_alarms(four):
    exact = [stats.chi2.ppf(0.025, 40) / 2, stats.chi2.ppf(0.975, 42) / 2]  # of a count of 20
    assert false_per_month(four, [5] * 4) == pytest.approx([end * 45 for end in exact], rel=1e-9)


def test_alarms_that_come_together_have_the_interval_of_the_mean(four):
    # A mean of 3 with the standard error 3, and t(3); a count of 12 alone has 21 at most, so 5.24.
    high = 3 + stats.t.ppf(0.975, 3) * 3
    assert false_per_month(four, [0, 0, 0, 12]) == pytest.approx([0, high * PER_MONTH], rel=1e-9)
    # And at its low end: of 100, 100, 100 and 140 the count alone has 398.
    low = 110 - stats.t.ppf(0.975, 3) * 10
    assert false_per_month(four, [100, 100, 100, 140]).low == pytest.approx(low * PER_MONTH)

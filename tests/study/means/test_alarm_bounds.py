"""Tests of alarms over trials: intervals by hand, of equal and unequal counts and of strata."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from helpers.alarming import MINUTE, alarming
from scipy import stats

import efssim
from efssim.study.means.alarms import alarms_of_trials
from efssim.study.statistics.intervals import Interval
from efssim.study.statistics.weighing import Design

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


def test_an_alarm_watches_unless_it_cannot_see_or_fire(four):
    found = alarms_of_trials(four.trials, four.weighing)["a"]
    assert found.watches
    assert not replace(found, blind=("no data",)).watches
    assert not replace(found, never=("too high",)).watches
    assert not replace(found, not_evaluated="no metric").watches


def test_the_share_over_strata_has_the_interval_of_a_ratio(four):
    """Ten calm trials of 2 violations each and ten with faults of 10: by formulas of arrays."""
    decided = np.repeat([2, 10], 10)
    detected = np.array([2, 1, 2, 2, 1, 2, 2, 2, 2, 2, 9, 7, 8, 10, 9, 6, 9, 8, 10, 9])
    strata = np.repeat([0, 1], 10)
    first = four.trials[0]
    trials = []
    for k, (n, found, at) in enumerate(zip(decided, detected, strata, strict=True)):
        seen = {"detected": int(found), "missed": int(n - found)}
        alarm = replace(first.summary.alarms["a"], **seen)
        summary = replace(first.summary, alarms={"a": alarm})
        trials.append(replace(first, number=k, stratum=int(at), summary=summary))
    design = Design(("f",), (0.9, 0.1), ((), ("f",)), (False, False))
    pooled = alarms_of_trials(trials, design.weighing(strata.tolist()))["a"].pooled

    weights = np.where(strata, 0.1, 0.9) / 10
    share = weights @ detected / (weights @ decided)
    residuals = ((detected - share * decided) / (weights @ decided)).reshape(2, 10)
    parts = np.array([0.9, 0.1]) ** 2 * residuals.var(axis=1, ddof=1) / 10
    degrees = parts.sum() ** 2 / (parts**2 / 9).sum()
    half = stats.t.ppf(0.975, degrees) * math.sqrt(parts.sum())
    assert (pooled.violations, pooled.detected) == (120, 103)
    assert pooled.share == pytest.approx(share)
    assert pooled.share_ci95 == pytest.approx((share - half, share + half), rel=1e-9)

"""Tests of the statistics of trials: against scipy, published values and brute force."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from itertools import product

import numpy as np
import pytest
from helpers.worlds import constant, scenario, simulate
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from efssim.lag.summary import AGE
from efssim.study.statistics.evidence import evidence
from efssim.study.statistics.intervals import (
    mean_interval,
    mean_of,
    poisson_interval,
    quantile_interval,
    quantile_of,
    student_t,
    t_interval,
    windows_needed,
)
from efssim.study.statistics.precision import LEAST, Precision, mean_ages, stein_intervals
from efssim.study.statistics.weighing import Design
from efssim.study.trial.outcome import Trial

# Means


@pytest.mark.parametrize(("degrees", "published"), [(1, 12.706), (9, 2.262), (29, 2.045)])
def test_student_t_against_published_values(degrees, published):
    assert student_t(0.95, degrees) == pytest.approx(published, abs=5e-4)


@given(st.lists(st.integers(0, 10**9), min_size=2, max_size=30).filter(lambda x: max(x) > min(x)))
def test_mean_interval_is_that_of_scipy(values):
    scale = stats.sem(values)
    low, high = stats.t.interval(0.95, len(values) - 1, np.mean(values), scale)
    found = mean_interval(values)
    # The deviation of nearly equal values is rounding alone.
    slack = 1e-9 * max(values)
    assert found.low == pytest.approx(low, rel=1e-9, abs=slack)
    assert found.high == pytest.approx(high, rel=1e-9, abs=slack)


@pytest.mark.parametrize("value", [0.999, 0.1, 1e300, 0.0])
def test_equal_values_have_their_own_mean_and_no_width(value):
    assert mean_of([value] * 30) == value
    assert mean_interval([value] * 30) == (value, value)


@pytest.mark.parametrize("count", [0, 1, 5, 40])
def test_a_poisson_interval_leaves_half_of_the_error_beyond_each_end(count):
    low, high = poisson_interval(count)
    assert stats.poisson.cdf(count, high) == pytest.approx(0.025, rel=1e-9)
    assert low == 0 if not count else stats.poisson.sf(count - 1, low) == pytest.approx(0.025)


def test_a_single_value_has_no_interval():
    assert mean_interval([1.0]) is None
    assert mean_interval([]) is None


def test_the_interval_may_take_its_variance_from_the_first_values():
    first, all_of_them = [1.0, 2.0, 3.0], [1.0, 2.0, 3.0, 9.0, 9.0]
    half = stats.t.ppf(0.975, 2) * 1.0 / math.sqrt(5)
    assert t_interval(first, all_of_them) == pytest.approx((4.8 - half, 4.8 + half))


# Quantiles


@pytest.mark.parametrize("n", [6, 9, 12])
@pytest.mark.parametrize("p", [0.3, 0.5, 0.6])
def test_quantile_interval_against_all_outcomes(n, p):
    """Each value is below the p-quantile with probability p: add up all 2^n ways."""
    ranks = [float(k) for k in range(n)]
    found = quantile_interval(ranks, p)
    too_high = too_low = 0.0
    for below in product([True, False], repeat=n):
        count = sum(below)
        chance = p**count * (1 - p) ** (n - count)
        # In order, the first `count` values are below the quantile.
        if found is not None:
            too_high += chance * (found.low >= count)
            too_low += chance * (found.high < count)
    if found is None:  # not even the extremes are rarely enough on the wrong side
        assert max(p**n, (1 - p) ** n) > 0.025
        return
    assert max(too_high, too_low) <= 0.025
    # One rank further inside would leave out too much.
    narrower = stats.binom.cdf(found.low + 1, n, p), stats.binom.cdf(found.high - 1, n, p)
    assert narrower[0] > 0.025
    assert narrower[1] < 0.975


def test_too_few_values_enclose_no_quantile():
    assert quantile_interval([1.0, 2.0, 3.0, 4.0, 5.0], 0.5) is None  # 2 / 2^5 is above 5 %
    assert quantile_interval([1.0, 2.0, 3.0, 4.0, 5.0, 6.0], 0.5) == (1.0, 6.0)
    assert quantile_interval([float(k) for k in range(30)], 0.999) is None
    assert quantile_interval([], 0.5) is None


def test_quantile_interval_does_not_mind_the_order_of_the_values():
    values = list(np.random.default_rng(1).normal(size=40))
    assert quantile_interval(values, 0.5) == quantile_interval(sorted(values), 0.5)


@pytest.mark.parametrize(("p", "expected"), [(0.07, 6), (0.071, 7), (0.5, 49), (0.99, 98)])
def test_quantile_is_the_smallest_value_with_its_share(p, expected):
    assert quantile_of([float(k) for k in range(99, -1, -1)], p) == expected


@pytest.mark.parametrize("p", [0, 1, -0.1, math.nan])
def test_no_quantile_of_such_a_share(p):
    with pytest.raises(ValueError, match="between 0 and 1"):
        quantile_of([1.0], p)


# Windows


@pytest.mark.parametrize(("share", "needed"), [(0.999, 2995), (0.99, 299), (0.95, 59), (0.5, 5)])
def test_windows_against_published_values(share, needed):
    assert windows_needed(share) == needed
    assert share**needed <= 0.05 < share ** (needed - 1)


@pytest.mark.parametrize("share", [0, 1, 1.5])
def test_no_number_of_windows_shows_such_a_share(share):
    with pytest.raises(ValueError, match="between 0 and 1"):
        windows_needed(share)


# Evidence


def trials_of(shares, objective=0.999, days=1.0, undefined_days=0.0, ages=None):
    """Return trials of one replication with these attainments."""
    return tuple(
        Trial(
            number,
            summary_of(
                share,
                objective,
                1.0 if ages is None else ages[number],
                undefined_s=undefined_days * 86_400,
                seconds=days * 86_400,
            ),
        )
        for number, share in enumerate(shares)
    )


@cache
def any_summary():
    return simulate(scenario({"app": constant()}, {"interval": "60 s"}, "5 min")).run_summary


def summary_of(attainment, objective, age_s, *, undefined_s, seconds):
    """Return a summary of one replication with these numbers."""
    whole = any_summary()
    part = whole.replications["dr"]
    lags = {**part.lags, AGE: replace(part.age, mean=age_s, undefined_s=undefined_s)}
    rpo = replace(part.rpo, attainment=attainment, objective=objective)
    return replace(
        whole,
        window=replace(whole.window, seconds=seconds),
        replications={"dr": replace(part, lags=lags, rpo=rpo)},
    )


def design(*, by_chance=True):
    return Design((), (1.0,), ((),), (not by_chance,))


def counts(found):
    return found.met, found.windows, found.windows_needed, found.more_trials


def judged(shares, *, by_chance=True, **how):
    return evidence(trials_of(shares, **how), "dr", design(by_chance=by_chance))


def test_no_violation_in_too_few_trials_decides_nothing():
    found = judged([1.0] * 30)
    assert counts(found) == (None, 30, 3203, 3203 - 30)
    assert found.unit == "trial"
    # As many more as it says do decide.
    assert judged([1.0] * 3203).met is True
    assert judged([1.0] * 3202).met is None


def test_a_long_trial_is_one_unit_as_its_days_may_share_a_fault():
    assert judged([1.0] * 30, days=365).windows == 30
    assert judged([1.0] * 30, days=365).met is None
    assert judged([1.0] * 29 + [None], days=2).windows == 29


def test_bounds_below_the_objective_are_a_miss():
    found = judged([0.9, 0.91, 0.92] * 5)
    assert (found.met, found.more_trials) == (False, 0)
    assert found.high < 0.999


@pytest.mark.parametrize("shares", [[0.9985, 0.9999] * 10, [0.998, 0.9985, 1.0] * 2])
def test_with_as_many_more_as_it_says_it_is_decided(shares):
    found = judged(shares)
    assert found.met is None
    n = len(shares) + found.more_trials
    decided = mean_of(shares) >= 0.999
    assert judged(shares * (n // len(shares) + 1)).met is decided


def test_a_single_trial_shows_no_objective_by_chance_and_any_without():
    assert counts(judged([1.0])) == (None, 1, 3203, 3202)
    # But a loss of 0.8 has a probability of at most 0.001 / 0.8 (Markov) if 99.9 % is met.
    assert judged([0.2]).met is False
    assert counts(judged([1.0], by_chance=False)) == (True, 1, 1, 0)
    assert judged([0.2], by_chance=False).met is False
    assert judged([0.999], by_chance=False).met is True


def test_an_objective_of_all_time_is_missed_or_open():
    assert counts(judged([1.0] * 5000, objective=1.0)) == (None, 5000, None, None)
    # One that loses anything is enough.
    assert judged([1.0] * 50 + [0.5], objective=1.0).met is False


def test_an_objective_of_no_time_is_met():
    assert judged([0.5, 0.6], objective=0.0).met is True


def test_no_defined_age_decides_nothing():
    assert counts(judged([None, None])) == (None, 0, 3203, None)
    assert judged([None, None], by_chance=False).met is None


def test_time_without_a_defined_age_is_never_evidence_for_an_objective():
    assert judged([1.0] * 3500 + [None] * 50).met is None


# Precision


def ages(values):
    return trials_of([1.0] * len(values), ages=values)


def test_trials_needed_follow_stein():
    values = [9.0, 11.0] * 5
    # t(9) s / (2 % of 10), with s^2 = 10 / 9
    expected = math.ceil((stats.t.ppf(0.975, 9) * math.sqrt(10 / 9) / 0.2) ** 2)
    assert Precision(0.02).trials_needed(ages(values)) == expected == 143


def test_the_precision_is_reached_by_the_trials_that_it_needs():
    values = list(np.random.default_rng(5).normal(10, 1, 2000))
    needed = Precision(0.02).trials_needed(ages(values[:LEAST]))
    interval = stein_intervals(ages(values[:needed]))["dr"]
    assert LEAST < needed < 2000
    assert interval.high - interval.low <= 2 * 0.02 * np.mean(values[:LEAST])


@pytest.mark.parametrize(
    ("values", "needed"),
    [
        ([5.0] * 10, 10),  # nothing varies
        ([0.0] * 10, 10),  # a share of nothing
        ([None] * 10, 10),  # nothing is defined
        ([None] * 9 + [5.0], 10),  # nor is a variance
        ([1e-320] * 9 + [1.0], 6_000_000),  # a mean near zero beside its deviation
    ],
)
def test_precision_where_there_is_little_to_tell(values, needed):
    found = Precision(0.002).trials_needed(ages(values))
    assert found == needed if needed == 10 else found > needed


def test_trials_without_a_value_do_not_count():
    some = [9.0, 11.0, None, None] * 5
    all_of_them = [9.0, 11.0] * 5
    twice = Precision(0.02).trials_needed(ages(some))
    assert twice == pytest.approx(2 * Precision(0.02).trials_needed(ages(all_of_them)), abs=2)
    assert len(mean_ages(ages(some))["dr"]) == 10


@pytest.mark.parametrize(
    ("share", "budget"), [(0, 100), (-1, 100), (math.nan, 100), (math.inf, 9), (0.1, 9)]
)
def test_no_such_precision(share, budget):
    with pytest.raises(ValueError, match="precision"):
        Precision(share, budget)

"""Intervals of means of skewed numbers, by hand and against formulas written otherwise."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from efssim.study.statistics.intervals import mean_interval
from efssim.study.statistics.skewness import error_and_skewness, widened
from efssim.study.statistics.weighing import Design

PLAIN = Design((), (1.0,), (None,), (False,))
TWO = Design(("f",), (0.9, 0.1), ((), ("f",)), (False, False))


def hall(mean, error, skewness):
    """Return Hall's transform of a standardised mean, as he writes it."""
    t = mean / error
    return t + skewness * t**2 / 3 + skewness**2 * t**3 / 27 + skewness / 6


def test_error_and_skewness_are_those_of_the_sample():
    values = np.random.default_rng(1).exponential(size=25)
    error, skewness = error_and_skewness(values.tolist(), [0] * 25, PLAIN.weighing([0] * 25))
    assert error == pytest.approx(values.std(ddof=1) / 5)
    k3 = stats.kstat(values, 3)
    assert skewness == pytest.approx(k3 / values.std(ddof=1) ** 3 / 5)


def test_three_numbers_have_a_skewness_and_two_have_none():
    """0, 0, 3: mean 1, variance 3, third moment 9; of the mean 3/3 and 9/9."""
    values = [0.0, 0.0, 3.0]
    found = error_and_skewness(values, [0] * 3, PLAIN.weighing([0] * 3))
    assert found == pytest.approx((1.0, 1.0))
    assert error_and_skewness([0.0, 2.0], [0] * 2, PLAIN.weighing([0] * 2)) == (1.0, 0.0)


def test_strata_add_up():
    parts = [np.random.default_rng(k).exponential(size=n) for k, n in ((1, 20), (2, 10))]
    strata = [0] * 20 + [1] * 10
    values = np.concatenate(parts).tolist()
    error, skewness = error_and_skewness(values, strata, TWO.weighing(strata))
    shares = zip((0.9, 0.1), parts, strict=True)
    terms = [(p, len(part), part.var(ddof=1), stats.kstat(part, 3)) for p, part in shares]
    variance = sum(p**2 * v / n for p, n, v, _ in terms)
    assert error == pytest.approx(math.sqrt(variance))
    assert skewness == pytest.approx(sum(p**3 * k / n**2 for p, n, _, k in terms) / variance**1.5)


@pytest.mark.parametrize("sign", [1, -1])
def test_both_ends_are_where_the_transform_is_the_quantile(sign):
    values = (sign * np.random.default_rng(3).lognormal(0, 1, 30)).tolist()
    student = mean_interval(values)
    assert student is not None
    weighing = PLAIN.weighing([0] * 30)
    error, skewness = error_and_skewness(values, [0] * 30, weighing)
    assert sign * skewness > 0.1
    wide, quantile = widened(student, values, [0] * 30, weighing), stats.t.ppf(0.975, 29)
    mean = math.fsum(values) / 30
    # One end is Hall's, the other Student's: the tail is on one side.
    end, same = (wide.high, wide.low) if sign > 0 else (wide.low, wide.high)
    assert hall(mean - end, error, skewness) == pytest.approx(-sign * quantile)
    assert same == (student.low if sign > 0 else student.high)


def test_without_skewness_or_spread_it_is_students():
    weighing = PLAIN.weighing([0] * 4)
    even = [-1.0, 1.0, -1.0, 1.0]
    student = mean_interval(even)
    assert student is not None
    found = widened(student, even, [0] * 4, weighing)
    assert found == pytest.approx(student)
    flat = mean_interval([2.0] * 4)
    assert flat is not None
    assert widened(flat, [2.0] * 4, [0] * 4, weighing) == flat

"""Intervals of a mean of skewed numbers: Student's, and Hall's beside it.

Student's interval of 30 differences with a skewness of -3 lies above the true mean in one case of
twelve, and not in one of forty. Hall's transformation (On the Removal of Skewness by
Transformation, 1992) takes most of that away: both together hold in all but one case of twenty of
such lags (`tests/study/baseline/test_baseline_macro_runs.py`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from efssim.study.statistics.intervals import Interval
from efssim.study.statistics.weighing import Weighing

_NO_SKEW = 1e-6
"""Skewness of a mean below which both intervals are the same but for rounding."""


def widened(
    student: Interval, values: Sequence[float], strata: Sequence[int], weighing: Weighing
) -> Interval:
    """Return Student's interval of a mean, as wide as to hold Hall's as well."""
    error, skewness = error_and_skewness(values, strata, weighing)
    if not error:
        return student
    mean, quantile = weighing.mean(values, strata), (student.high - student.low) / 2 / error
    low = mean - error * _standardised(quantile, skewness)
    high = mean - error * _standardised(-quantile, skewness)
    return Interval(min(low, student.low), max(high, student.high))


def error_and_skewness(
    values: Sequence[float], strata: Sequence[int], weighing: Weighing
) -> tuple[float, float]:
    """Return the standard error of a mean over all trials of a study, and the mean's skewness."""
    variance = third = 0.0
    for stratum, weight in enumerate(weighing.each):
        part = [value for value, at in zip(values, strata, strict=True) if at == stratum]
        of_part = _moments(part)
        variance += weight**2 * len(part) * of_part[0]
        third += weight**3 * len(part) * of_part[1]
    if variance <= 0:
        return 0.0, 0.0
    return math.sqrt(variance), third / variance**1.5


def _moments(values: Sequence[float]) -> tuple[float, float]:
    """Return the unbiased estimates of the second and the third central moment."""
    n = len(values)
    if n < 2:
        return 0.0, 0.0
    mean = math.fsum(values) / n
    squares = math.fsum((value - mean) ** 2 for value in values) / (n - 1)
    if n < 3:
        return squares, 0.0
    return squares, math.fsum((v - mean) ** 3 for v in values) * n / ((n - 1) * (n - 2))


def _standardised(quantile: float, skewness: float) -> float:
    """Return the standardised mean whose transform by Hall is a quantile: its inverse."""
    if abs(skewness) < _NO_SKEW:
        return quantile
    inside = 1.0 + skewness * (quantile - skewness / 6)
    return 3.0 / skewness * (math.cbrt(inside) - 1.0)

"""Confidence intervals of means and quantiles, and sample sizes for the claim of a share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from efssim.errors import ArgumentError

CONFIDENCE = 0.95


class Interval(NamedTuple):
    """An interval of values, ends included."""

    low: float
    high: float


class IntervalEstimate(NamedTuple):
    """A value with its 95 % interval; None where the data do not give one."""

    value: float | None
    interval: Interval | None


def mean_of(values: Sequence[float]) -> float:
    """Return the mean of values; exactly the value if they are all the same."""
    if min(values) == max(values):
        return values[0]
    return math.fsum(values) / len(values)


def mean_interval(values: Sequence[float], confidence: float = CONFIDENCE) -> Interval | None:
    """Return Student's t interval for the mean of independent values; None for fewer than two."""
    return t_interval(values, values, confidence)


def t_interval(
    spread: Sequence[float], values: Sequence[float], confidence: float = CONFIDENCE
) -> Interval | None:
    """Return the interval of the mean of `values`, with the variance of `spread`.

    With n values of which m give the variance s^2 it is mean ± t(m - 1) s / sqrt(n). None where m
    is below two.
    """
    if len(spread) < 2:
        return None
    half = student_t(confidence, len(spread) - 1) * deviation(spread) / math.sqrt(len(values))
    mean = mean_of(values)
    return Interval(mean - half, mean + half)


def deviation(values: Sequence[float]) -> float:
    """Return the standard deviation of a sample; exactly 0 if its values are all the same."""
    return float(np.std(values, ddof=1)) if min(values) < max(values) else 0.0


def student_t(confidence: float, degrees: float) -> float:
    """Return the two-sided quantile of Student's t: 2.262 for 95 % and 9 degrees of freedom."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, 0.5 + confidence / 2))


def poisson_interval(count: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Return the exact interval of the mean of a Poisson count: 0 to 3.689 for none and 95 %."""
    from scipy.special import gammaincinv

    tail = (1 - confidence) / 2
    low = float(gammaincinv(count, tail)) if count else 0.0
    return low, float(gammaincinv(count + 1, 1 - tail))


def quantile_of(values: Sequence[float], p: float) -> float | None:
    """Return the smallest value with at least the share p of all at or below it; None of none.

    Raise ValueError unless 0 < p < 1.
    """
    if not 0 < p < 1:
        raise ArgumentError(f"a quantile is of a share between 0 and 1, not {p:g}")
    # A share counts as the decimal that it prints as: 0.07 of 100 is 7 and not a rounding above.
    rank = math.ceil(Fraction(repr(float(p))) * len(values))
    return sorted(values)[rank - 1] if values else None


def quantile_interval(
    values: Sequence[float], p: float, confidence: float = CONFIDENCE
) -> Interval | None:
    """Return an interval for the p-quantile from order statistics, for any distribution.

    Each end leaves at most half of 1 - confidence outside (David and Nagaraja, Order Statistics,
    section 7.1). None where so few values cannot enclose it.
    """
    from scipy.special import bdtr

    ordered, outside = sorted(values), (1 - confidence) / 2
    n = len(ordered)
    # The number of values below the quantile is binomial: value k, counted from 0, is above the
    # quantile if at most k are below it, and below the quantile if more than k are.
    at_most = bdtr(np.arange(n), n, p) if n else np.zeros(0)
    lows, highs = np.flatnonzero(at_most <= outside), np.flatnonzero(at_most >= 1 - outside)
    if not len(lows) or not len(highs):
        return None
    return Interval(ordered[lows[-1]], ordered[highs[0]])


def windows_needed(share: float, confidence: float = CONFIDENCE) -> int:
    """Return how many independent windows without a violation it takes to claim a share.

    ln(1 - confidence) / ln(share): 2,995 for 99.9 % at 95 %. Raise ValueError for a share of 1,
    which no number of windows shows, and for one that needs none.
    """
    if not 0 < share < 1:
        raise ArgumentError(f"a share between 0 and 1 can be claimed, not {share:g}")
    return math.ceil(math.log(1 - confidence) / math.log(share))

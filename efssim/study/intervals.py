"""Confidence intervals: of means, of quantiles, and what it takes to claim a share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

CONFIDENCE = 0.95


class Interval(NamedTuple):
    """An interval of values, ends included."""

    low: float
    high: float


def mean_interval(values: Sequence[float], confidence: float = CONFIDENCE) -> Interval | None:
    """Return Student's t interval for the mean of independent values; None for fewer than two."""
    n = len(values)
    if n < 2:
        return None
    mean, deviation = math.fsum(values) / n, float(np.std(values, ddof=1))
    half = student_t(confidence, n - 1) * deviation / math.sqrt(n)
    return Interval(mean - half, mean + half)


def student_t(confidence: float, degrees: int) -> float:
    """Return the two-sided quantile of Student's t: 2.262 for 95 % and 9 degrees of freedom."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, 0.5 + confidence / 2))


def quantile_interval(
    values: Sequence[float], p: float, confidence: float = CONFIDENCE
) -> Interval | None:
    """Return an interval for the p-quantile from order statistics, whatever the distribution.

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

    ln(1 - confidence) / ln(share): 2,995 for 99.9 % at 95 %. For a share of 1 no number does.
    """
    if not 0 < share < 1:
        raise ValueError(f"a share between 0 and 1 can be claimed, not {share:g}")
    return math.ceil(math.log(1 - confidence) / math.log(share))

"""Pairs of trials: two scenarios share the draws of a trial number, so differences are sharp."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from efssim.study.statistics.intervals import CONFIDENCE, Interval, student_t
from efssim.study.statistics.weighing import Weighing


class Difference(NamedTuple):
    """The difference of two means, second minus first, with its interval from pairs of trials."""

    first: float
    """Mean of the first."""
    second: float
    """Mean of the second."""
    difference: float
    low: float | None
    """95 % interval of the difference; None for fewer than two pairs."""
    high: float | None
    variance_saved: float | None
    """Share of the variance of the difference that pairing saved: 1 - Var(b - a) / (Var a + Var b).

    Near 1: it takes that much fewer trials than with independent draws. Negative: pairing harms.
    None where nothing varies.
    """

    def as_floats(self) -> Difference:
        """Return the same where means of equal whole numbers are no integers."""
        return self._replace(
            first=float(self.first), second=float(self.second), difference=float(self.difference)
        )


def apart(
    first: tuple[float, Interval | None], second: tuple[float, Interval | None]
) -> Difference:
    """Return the difference of two means of unpaired trials, as their strata differ.

    Of independent means with these 95 % intervals; None without one.
    """
    (a, of_a), (b, of_b) = first, second
    if of_a is None or of_b is None:
        return Difference(a, b, b - a, None, None, None)
    half = math.hypot(of_a.high - of_a.low, of_b.high - of_b.low) / 2
    return Difference(a, b, b - a, b - a - half, b - a + half, None)


def weighted_difference(
    first: Sequence[float], second: Sequence[float], strata: Sequence[int], weighing: Weighing
) -> Difference:
    """Return the difference over pairs of trials of strata that both scenarios share."""
    if weighing.is_plain:
        return difference(first, second)
    gaps = [b - a for a, b in zip(first, second, strict=True)]
    interval = weighing.interval(gaps, strata)
    low, high = interval or (None, None)
    means = weighing.mean(first, strata), weighing.mean(second, strata)
    widths = [weighing.interval(values, strata) for values in (first, second)]
    alone = math.fsum((each.high - each.low) ** 2 for each in widths if each is not None)
    saved = None
    if interval is not None and alone:
        saved = 1 - (interval.high - interval.low) ** 2 / alone
    return Difference(*means, weighing.mean(gaps, strata), low, high, saved)


def difference(first: Sequence[float], second: Sequence[float]) -> Difference:
    """Return Student's t interval for the mean of b - a over pairs of trials."""
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    n, gaps = len(a), b - a
    mean = math.fsum(gaps) / n
    means = math.fsum(a) / n, math.fsum(b) / n
    if n < 2:
        return Difference(*means, mean, None, None, None)
    half = student_t(CONFIDENCE, n - 1) * float(gaps.std(ddof=1)) / math.sqrt(n)
    alone = float(a.var(ddof=1) + b.var(ddof=1))
    saved = 1 - float(gaps.var(ddof=1)) / alone if alone else None
    return Difference(*means, mean, mean - half, mean + half, saved)

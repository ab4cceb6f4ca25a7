"""Quantiles over the trials of strata, with intervals that hold for any distribution."""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from efssim.errors import ArgumentError
from efssim.study.statistics.bounds import Units
from efssim.study.statistics.intervals import CONFIDENCE, Interval, IntervalEstimate
from efssim.study.statistics.weighing import Weighing


def weighted_quantile(
    values: Sequence[float], strata: Sequence[int], weighing: Weighing, p: float
) -> IntervalEstimate:
    """Return the p-quantile of numbers that trials of these strata have, with its 95 % interval.

    An end of the interval is where the bound of the share at or below it passes p: shares are
    means of zeros and ones. Raise ValueError unless 0 < p < 1.
    """
    if not 0 < p < 1:
        raise ArgumentError(f"a quantile is of a share between 0 and 1, not {p:g}")
    if not values:
        return IntervalEstimate(None, None)
    pairs = sorted(zip(values, strata, strict=True))
    ordered = [value for value, _ in pairs]
    total = weighing.share([at for _, at in pairs])
    below, reached = 0.0, len(pairs) - 1
    for rank, (_, at) in enumerate(pairs):
        below += weighing.each[at] / total
        if below >= float(Fraction(repr(float(p)))) - 1e-12:  # sums of floats
            reached = rank
            break
    return IntervalEstimate(ordered[reached], _interval(pairs, weighing, p))


def _interval(pairs: list[tuple[float, int]], weighing: Weighing, p: float) -> Interval | None:
    alpha = (1 - CONFIDENCE) / 2 / len(weighing.counts)
    known = sorted({value for value, _ in pairs})

    def share(x: float, *, high: bool) -> float:
        """Return a lower bound of the share of trials at or below x, or an upper one (`high`)."""
        parts = []
        for k, probability in enumerate(weighing.design.probabilities):
            found = Units([float(value <= x) for value, at in pairs if at == k])
            parts.append(probability * (found.high(alpha) if high else found.low(alpha)))
        return math.fsum(parts)

    low = _last([share_at < p for share_at in (share(x, high=True) for x in known)])
    high = _last([share_at < p for share_at in (share(x, high=False) for x in known)]) + 1
    if low < 0 or high == len(known):
        return None
    return Interval(known[low], known[high])


def _last(flags: list[bool]) -> int:
    """Return the ordinal of the last of the flags that are set, which come first; -1 for none."""
    return flags.index(False) - 1 if False in flags else len(flags) - 1

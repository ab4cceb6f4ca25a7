"""The distribution over time of a quantity that rises one second per second along segments.

The age of a replica is such a quantity: a sawtooth. The time spent at or below x is a piecewise
linear function of x whose knots are the ends of the segments, so everything here follows from the
segments alone; nothing is sampled.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

# Where the value jumps, a share that equals p on paper may miss it by the rounding of the sums:
# about 1e-16 times the root of the number of segments. This is above it for 10 million segments.
SHARE_ROUNDING = 1e-12

_RUN = 8
"""Mean length of runs of equal values from which it pays to sort runs and not values."""


class TimeWeighted(ABC):
    """A distribution over time: how long a value is at or below each x, in seconds."""

    zero_s: float
    """Time spent at exactly 0, besides the rising segments."""

    @property
    @abstractmethod
    def total_s(self) -> float:
        """Time in which the value is defined, in seconds."""

    @abstractmethod
    def mean(self) -> float | None:
        """Return the mean over time, in seconds; None without time."""

    @abstractmethod
    def max(self) -> float | None:
        """Return the largest value that any time is spent below or at; None without time."""

    @abstractmethod
    def share_at_most(self, x: float) -> float | None:
        """Return the share of time with a value of at most `x` seconds; None without time."""

    @cached_property
    @abstractmethod
    def _cumulative(self) -> tuple[Floats, Floats, NDArray[np.int64 | np.float64]]:
        """Knots, the time at or below each, and the slope after each; equal shapes.

        Empty where nothing rises.
        """

    def time_at_most(self, x: float) -> float:
        """Return the seconds with a value of at most `x` seconds, up to the rounding of sums."""
        knots, time_s, _ = self._cumulative
        if not len(knots):
            return self.zero_s if x >= 0.0 else 0.0
        return float(np.interp(x, knots, time_s, left=self.zero_s if x >= 0.0 else 0.0))

    def quantile(self, p: ArrayLike) -> Floats:
        """Return the smallest x, in seconds, with at least the share p of time at or below it.

        `p` has any shape, and the result has the same; NaN without time. AssertionError unless
        0 < p <= 1.
        """
        shares = np.asarray(p, dtype=np.float64)
        assert bool(np.all((shares > 0.0) & (shares <= 1.0)))
        largest = self.max()
        if largest is None:
            return np.full(shares.shape, np.nan)
        found = self._inverse(shares) if len(self._cumulative[0]) else np.zeros(shares.shape)
        # The sums may lose the last sliver of time, so the maximum is not left to them.
        return np.where(shares == 1.0, largest, np.minimum(found, largest))

    def exceedance(self, points: int) -> tuple[Floats, Floats]:
        """Return values from 0 to the maximum and the share of time above each.

        Both have shape (points,), or (0,) without time.
        """
        largest = self.max()
        if largest is None:
            return np.empty(0), np.empty(0)
        x = np.linspace(0.0, largest, points)
        knots, time_s, _ = self._cumulative
        if not len(knots):
            return x, np.zeros(points)
        return x, 1.0 - np.interp(x, knots, time_s) / time_s[-1]

    def _inverse(self, shares: Floats) -> Floats:
        knots, time_s, slope = self._cumulative
        target = shares * time_s[-1]
        after = time_s.searchsorted(target - SHARE_ROUNDING * time_s[-1], "left")
        before = np.maximum(after - 1, 0)
        # Time passes between the two knots, so the slope is positive unless they are the same.
        divisor = np.where(slope[before] > 0, slope[before], 1)
        rise = np.maximum(target - time_s[before], 0.0) / divisor
        x = np.minimum(knots[before] + rise, knots[after])
        # At or before the first knot, all the time is the time at 0.
        return np.where(after > 0, x, 0.0)


@dataclass(frozen=True)
class Ramps(TimeWeighted):
    """Segments on which a value rises from low to high in high - low seconds; else it is 0.

    `low` and `high` are in seconds, each of shape (segments,), finite, with 0 <= low <= high, or
    AssertionError. Their order means nothing, and segments without length count for nothing.
    """

    low: Floats
    high: Floats
    zero_s: float = 0.0

    def __post_init__(self) -> None:
        assert self.low.ndim == 1
        assert self.low.shape == self.high.shape
        # Each comparison is false for NaN as well, which min and max pass on.
        assert self.low.min(initial=0.0) >= 0.0
        assert self.high.max(initial=0.0) < math.inf
        assert self._lengths.min(initial=0.0) >= 0.0
        assert 0.0 <= self.zero_s < math.inf

    @cached_property
    def _lengths(self) -> Floats:
        return self.high - self.low

    @cached_property
    def total_s(self) -> float:
        return self._total(self._lengths)

    def mean(self) -> float | None:
        if not self.total_s:
            return None
        areas = self.high + self.low
        areas /= 2
        areas *= self._lengths
        return float(areas.sum()) / self.total_s

    def max(self) -> float | None:
        return self._largest

    @cached_property
    def _largest(self) -> float | None:
        lengths = self._lengths
        rising = self.high if lengths.all() else self.high[lengths > 0.0]
        if len(rising):
            return float(rising.max())
        return 0.0 if self.zero_s else None

    def share_at_most(self, x: float) -> float | None:
        total_s = self.total_s
        if not total_s:
            return None
        if x < 0.0:
            return 0.0
        # Clipped to the very lengths that make up the total: from the maximum on it is exactly 1.
        return self._total((x - self.low).clip(0.0, self._lengths)) / total_s

    def _total(self, lengths: Floats) -> float:
        return self.zero_s + float(lengths.sum())

    @cached_property
    def _cumulative(self) -> tuple[Floats, Floats, NDArray[np.int64 | np.float64]]:
        knots, slope = _ends(self.low, self.high)
        time_s = np.empty(len(knots))
        time_s[:1] = self.zero_s
        np.subtract(knots[1:], knots[:-1], out=time_s[1:])
        time_s[1:] *= slope[:-1]
        # Every term is at least 0, so nothing cancels in this sum.
        time_s.cumsum(out=time_s)
        return knots, time_s, slope


def _ends(low: Floats, high: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Return begins and ends of segments in order, and how many of them go on after each.

    Of several at one value, which take no time in between, some may be left out but for the last.
    """
    begins, ends = _runs(low), _runs(high)
    if len(begins) + len(ends) > len(low) // _RUN:
        return _sorted_ends(low, high)
    knots = np.concatenate((low[begins], high[ends]))
    knots += 0.0  # -0.0 becomes 0.0
    steps = np.concatenate((np.diff(begins, append=len(low)), -np.diff(ends, append=len(high))))
    order = knots.argsort(kind="stable")
    return knots[order], steps[order].cumsum()


def _runs(values: Floats) -> NDArray[np.intp]:
    """Return where each run of equal values begins: a calm replication repeats its syncs."""
    begins = np.flatnonzero(values[1:] != values[:-1])
    begins += 1
    return np.concatenate(([0], begins))


def _sorted_ends(low: Floats, high: Floats) -> tuple[Floats, NDArray[np.int64]]:
    # The bits of floats that are not negative are ordered as they are; a bit more tells begins
    # from ends, so that a plain sort does, which is many times faster than one of indices.
    keys = np.concatenate((low, high))
    keys += 0.0  # -0.0 becomes 0.0
    ends = keys.view(np.uint64)
    ends <<= np.uint64(1)
    ends[len(low) :] |= np.uint64(1)
    ends.sort()
    slope = (ends & np.uint64(1)).view(np.int64)
    slope *= -2
    slope += 1
    slope.cumsum(out=slope)
    ends >>= np.uint64(1)
    return ends.view(np.float64), slope

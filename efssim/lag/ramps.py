"""The distribution over time of a quantity that rises one second per second along segments.

The age of a replica is such a quantity: a sawtooth. The time spent at or below x is a piecewise
linear function of x whose knots are the ends of the segments, so everything here follows from the
segments alone; nothing is sampled.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

# Where the value jumps, a share that equals p on paper may miss it by the rounding of the sums:
# about 1e-16 times the root of the number of segments. This is above it for 10 million segments.
SHARE_ROUNDING = 1e-12


@dataclass(frozen=True)
class Ramps:
    """Segments on which a value rises from low to high in high - low seconds; else it is 0.

    `low` and `high` are in seconds, each of shape (segments,), finite, with 0 <= low <= high, or
    AssertionError. Their order means nothing, and segments without length count for nothing.
    """

    low: Floats
    high: Floats
    zero_s: float = 0.0
    """Time spent at exactly 0, besides the segments."""

    def __post_init__(self) -> None:
        assert self.low.ndim == 1
        assert self.low.shape == self.high.shape
        # Each comparison is false for NaN as well.
        assert bool(np.all((self.low >= 0.0) & (self.low <= self.high) & (self.high < np.inf)))
        assert 0.0 <= self.zero_s < math.inf

    @property
    def total_s(self) -> float:
        """Time in which the value is defined, in seconds."""
        return self._total(self.high - self.low)

    def mean(self) -> float | None:
        """Return the mean over time, in seconds; None without time."""
        total_s = self.total_s
        if not total_s:
            return None
        return float(((self.high - self.low) * ((self.high + self.low) / 2)).sum()) / total_s

    def max(self) -> float | None:
        """Return the largest value that any time is spent below or at; None without time."""
        rising = self.high[self.high > self.low]
        if len(rising):
            return float(rising.max())
        return 0.0 if self.zero_s else None

    def share_at_most(self, x: float) -> float | None:
        """Return the share of time with a value of at most `x` seconds; None without time."""
        total_s = self.total_s
        if not total_s:
            return None
        if x < 0.0:
            return 0.0
        # Clipped to the very lengths that make up the total: from the maximum on it is exactly 1.
        return self._total((x - self.low).clip(0.0, self.high - self.low)) / total_s

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
        found = self._inverse(shares) if len(self.low) else np.zeros(shares.shape)
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
        if not len(self.low):
            return x, np.zeros(points)
        knots, time_s, _ = self._cumulative
        return x, 1.0 - np.interp(x, knots, time_s) / time_s[-1]

    def _total(self, lengths: Floats) -> float:
        return self.zero_s + float(lengths.sum())

    @cached_property
    def _cumulative(self) -> tuple[Floats, Floats, NDArray[np.int64]]:
        """Return the knots, the time at or below each, and the slope after each.

        Each of shape (2 * segments,); the slope is the number of segments that pass there.
        """
        ends = np.concatenate((self.low, self.high))
        order = ends.argsort()
        knots = ends[order]
        slope = np.where(order < len(self.low), 1, -1).cumsum()
        # Every term is at least 0, so nothing cancels in this sum.
        steps = np.concatenate(([self.zero_s], slope[:-1] * np.diff(knots)))
        return knots, steps.cumsum(), slope

    def _inverse(self, shares: Floats) -> Floats:
        knots, time_s, slope = self._cumulative
        target = shares * time_s[-1]
        after = time_s.searchsorted(target - SHARE_ROUNDING * time_s[-1], "left")
        before = np.maximum(after - 1, 0)
        # Time passes between the two knots, so the slope is positive unless they are the same.
        rise = np.maximum(target - time_s[before], 0.0) / np.maximum(slope[before], 1)
        x = np.minimum(knots[before] + rise, knots[after])
        # At or before the first knot, all the time is the time at 0.
        return np.where(after > 0, x, 0.0)

"""Weights that are evenly spread over spans of values, in logarithmic bins.

The weight at or below the edge of a bin is exact but for rounding; inside a bin it is as even as a
histogram's. Terms are added in order, so the division into blocks does not show.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from efssim.lag.weighted.histogram import BINS, LogHistogram, bin_edges, bins_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class SpreadWeights:
    """Spans of values, each with a weight that is evenly spread over it."""

    def __init__(self) -> None:
        self.weight = 0
        """Sum of the weights."""
        self.minimum, self.maximum = math.inf, 0.0
        # Weight per second that begins and ends in each bin, and the same times the share of the
        # bin that lies before.
        self._begun, self._ended = np.zeros(BINS), np.zeros(BINS)
        self._late, self._early = np.zeros(BINS), np.zeros(BINS)

    def add(self, low: Floats, high: Floats, weights: Ints, largest: Floats) -> None:
        """Add spans from low to high, in seconds, with whole weights; each of shape (spans,).

        `largest` is the largest value that each really has.
        """
        some = (weights > 0) & (high > low)
        if not some.all():
            low, high, weights, largest = low[some], high[some], weights[some], largest[some]
        if not len(low):
            return
        assert low.min() >= 0.0
        self.weight += int(weights.sum())
        self.minimum = min(self.minimum, float(low.min()))
        self.maximum = max(self.maximum, float(largest.max()))
        density = weights / (high - low)
        for values, begun, inside in (
            (low, self._begun, self._late),
            (high, self._ended, self._early),
        ):
            bins, share = bins_of(values + 0.0)  # -0.0 becomes 0.0
            np.add.at(begun, bins, density)
            np.add.at(inside, bins, density * share)

    def bins(self) -> tuple[Ints, Ints]:
        """Return the bins in use, rising, and the whole weight in each; their sum is exact."""
        used = np.flatnonzero(self._begun + self._ended)
        if not len(used):
            return used, used
        part = slice(used[0], used[-1] + 1)
        before = (self._begun[part] - self._ended[part]).cumsum()
        # All that have begun by the next edge pass the whole bin, but for the parts in which they
        # begin late and end early.
        passing = before - self._late[part] + self._early[part]
        widths = np.diff(bin_edges(part.start, part.stop))
        up_to = (passing * widths).clip(min=0.0).cumsum()
        whole = np.rint(up_to * (self.weight / up_to.item(-1))).astype(np.int64)
        whole[-1] = self.weight
        weights = np.diff(whole.clip(max=self.weight), prepend=0)
        found = np.flatnonzero(weights)
        return found + part.start, weights[found]


def with_spread(histogram: LogHistogram, spread: list[SpreadWeights]) -> LogHistogram:
    """Return a histogram with spread weights besides; itself where there are none."""
    spread = [each for each in spread if each.weight]
    if not spread:
        return histogram
    both = LogHistogram()
    both.merge(histogram)
    for each in spread:
        both.add_bins(*each.bins(), each.minimum, each.maximum)
    return both

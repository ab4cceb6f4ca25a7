"""Weights that are evenly spread over spans of values, in logarithmic bins.

The weight at or below the edge of a bin is exact but for rounding; inside a bin it is as even as a
histogram's. Terms are added in order, so the division into blocks does not show.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from efssim.lag.weighted.bin_sums import BinSums
from efssim.lag.weighted.bins import BINS, bin_edges, bins_of
from efssim.lag.weighted.histogram import LogHistogram

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ValueSpans:
    """Spans of values from low to high, where they begin and end among the bins; (spans,) each."""

    low: Floats
    high: Floats
    largest: Floats
    """The largest value that each really has."""
    low_bins: Ints
    low_shares: Floats
    """Which part of its bin lies before the low end."""
    high_bins: Ints
    high_shares: Floats

    @staticmethod
    def of(low: Floats, high: Floats, largest: Floats) -> ValueSpans:
        """Return spans with their bins; 0 <= low <= high, in seconds."""
        assert low.min(initial=0.0) >= 0.0
        # -0.0 becomes 0.0
        return ValueSpans(low, high, largest, *bins_of(low + 0.0), *bins_of(high + 0.0))

    def part(self, which: NDArray[np.bool_]) -> ValueSpans:
        """Return some of them."""
        return ValueSpans(
            self.low[which],
            self.high[which],
            self.largest[which],
            self.low_bins[which],
            self.low_shares[which],
            self.high_bins[which],
            self.high_shares[which],
        )


class SpreadWeights:
    """Spans of values, each with a weight that is evenly spread over it."""

    def __init__(self) -> None:
        self.weight = 0
        """Sum of the weights."""
        self.minimum, self.maximum = math.inf, 0.0
        self._bins = BINS, 0  # the first in use, and the one after the last
        # Weight per second that begins and ends in each bin, and, as imaginary part, the same times
        # the share of the bin that lies before: so both are added in one pass.
        self._begun, self._ended = BinSums(dtype=np.complex128), BinSums(dtype=np.complex128)

    def add(self, spans: ValueSpans, weights: Ints) -> None:
        """Add spans with whole weights, shape (spans,)."""
        some = (weights > 0) & (spans.high > spans.low)
        if not some.all():
            spans, weights = spans.part(some), weights[some]
        if not len(weights):
            return
        self.weight += int(weights.sum())
        self.minimum = min(self.minimum, float(spans.low.min()))
        self.maximum = max(self.maximum, float(spans.largest.max()))
        first, end = self._bins
        self._bins = (
            min(first, int(spans.low_bins.min())),
            max(end, int(spans.high_bins.max()) + 1),
        )
        density = weights / (spans.high - spans.low)
        both = np.empty(len(density), dtype=np.complex128)
        both.real = density
        both.imag = density * spans.low_shares
        self._begun.add(spans.low_bins, both)
        both.imag = density * spans.high_shares
        self._ended.add(spans.high_bins, both)

    def bins(self) -> tuple[Ints, Ints]:
        """Return the bins in use, rising, and the whole weight in each; their sum is exact."""
        if not self.weight:
            none = np.zeros(0, dtype=np.int64)
            return none, none
        first, end = self._bins
        (begun,), (ended,) = self._begun.between(first, end), self._ended.between(first, end)
        before = (begun.real - ended.real).cumsum()
        # All that have begun by the next edge pass the whole bin, but for the parts in which they
        # begin late and end early.
        passing = before - begun.imag + ended.imag
        widths = np.diff(bin_edges(first, end))
        up_to = (passing * widths).clip(min=0.0).cumsum()
        whole = np.rint(up_to * (self.weight / up_to.item(-1))).astype(np.int64)
        whole[-1] = self.weight
        weights = np.diff(whole.clip(max=self.weight), prepend=0)
        found = np.flatnonzero(weights)
        return found + first, weights[found]


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

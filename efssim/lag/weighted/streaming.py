"""A distribution over time of segments that come in pieces, in bounded memory.

Up to a number of segments it keeps them and is exact. From there on it counts their ends in
logarithmic bins: at the edges of the bins it is as exact as before, between two edges it is taken
as linear, so that a quantile is within a bin, 0.8 % wide, of the exact one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from efssim.lag.weighted.binned import BinnedEnds, BinnedRamps, state_of_ends
from efssim.lag.weighted.block_sums import BlockSums
from efssim.lag.weighted.states import RampsState
from efssim.lag.weighted.time_weighted import Ramps, TimeWeighted

Floats = NDArray[np.float64]

EXACT = 1 << 20
"""Segments that are kept: syncs of one a minute for two years."""


class StreamedRamps:
    """Segments on which a value rises one second per second, added piece by piece."""

    def __init__(self, exact: int = EXACT) -> None:
        """Keep the segments themselves while they are at most `exact`."""
        self._exact = exact
        self._pieces: list[tuple[Floats, Floats]] = []
        self._segments = 0
        self._bins: tuple[BinnedEnds, BinnedEnds] | None = None
        self._lengths, self._areas = BlockSums(), BlockSums()
        self._max_s = 0.0

    def add(self, low: Floats, high: Floats) -> None:
        """Take in segments, 0 <= low <= high; both of shape (segments,), in seconds."""
        if not len(low):
            return
        lengths = high - low
        assert low.min() >= 0.0
        shortest_s = lengths.min()
        assert shortest_s >= 0.0
        if shortest_s == 0.0:  # counts for nothing
            rising = lengths > 0.0
            low, high, lengths = low[rising], high[rising], lengths[rising]
        self._lengths.add(lengths)
        self._areas.add(lengths * ((high + low) / 2))
        self._max_s = max(self._max_s, float(high.max(initial=0.0)))
        self._segments += len(low)
        self._pieces.append((low, high))
        if self._segments > self._exact:
            self._binned()

    def _binned(self) -> tuple[BinnedEnds, BinnedEnds]:
        """Return the ends in bins, after moving the segments kept so far into them."""
        if self._bins is None:
            self._bins = BinnedEnds(), BinnedEnds()
        for piece in self._pieces:
            for ends, values in zip(self._bins, piece, strict=True):
                ends.add(values)
        self._pieces = []
        return self._bins

    @property
    def total_s(self) -> float:
        """Time in which the value is defined, in seconds."""
        return self._lengths.total()

    def over_time(self, zero_s: float = 0.0) -> TimeWeighted:
        """Return the distribution; `zero_s` is time spent at 0 besides."""
        if self._bins is None:
            return Ramps(*self._ends(), zero_s)
        sums = self._lengths.total(), self._areas.total()
        return BinnedRamps(*self._bins, *sums, self._max_s, zero_s)

    def _ends(self) -> tuple[Floats, Floats]:
        """Return both ends of the segments kept so far."""
        none = np.zeros(0)
        low = np.concatenate([none, *(low for low, _ in self._pieces)])
        return low, np.concatenate([none, *(high for _, high in self._pieces)])

    def state(self, zero_s: float) -> RampsState:
        """Return the distribution in bins, which a pool takes in; `zero_s` is time at 0 besides."""
        if self._bins is None:
            low, high = (state_of_ends(ends) for ends in self._ends())
        else:
            low, high = (bins.state() for bins in self.copy()._binned())
        return RampsState(
            low=low,
            high=high,
            length_s=self._lengths.total(),
            area=self._areas.total(),
            max_s=self._max_s,
            zero_s=zero_s,
        )

    def copy(self) -> StreamedRamps:
        """Return an independent copy of the segments so far."""
        other = StreamedRamps(self._exact)
        other._pieces, other._segments = list(self._pieces), self._segments
        if self._bins is not None:
            other._bins = self._bins[0].copy(), self._bins[1].copy()
        other._lengths, other._areas = self._lengths.copy(), self._areas.copy()
        other._max_s = self._max_s
        return other

"""A distribution over time from counts of segments' ends in logarithmic bins."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from efssim.lag.weighted.bin_sums import BinSums, Sums
from efssim.lag.weighted.bins import bin_edges, bins_of, sums_by_bin
from efssim.lag.weighted.states import EndsState
from efssim.lag.weighted.time_weighted import TimeWeighted

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_UNITS = 2**30
"""Where in its bin an end lies is counted in this many parts of the bin's width: the sums are exact
integers, in any order, and 2^33 ends do not overflow them."""
_FEW = 1 << 16
"""Ends that are sorted sooner than all bins are looked through."""


class BinnedEnds:
    """Counts of the ends of segments by bin, and the sums of their positions in it."""

    def __init__(self) -> None:
        self._sums = BinSums(kinds=2)  # the counts, and the sums of the positions

    def add(self, values: Floats) -> None:
        """Count ends, in seconds, none negative."""
        bins, parts = _placed(values)
        self._sums.add(bins, 1, parts)

    def state(self) -> EndsState:
        """Return the bins in use, which `add_state` takes in."""
        used, (counts, parts) = self._sums.used()
        return _plain(used, counts, parts)

    def add_state(self, state: EndsState) -> None:
        """Add the state of another one."""
        rows = [state.bins, state.counts, state.parts]
        self._sums.add(*np.array(rows, dtype=np.int64))

    @classmethod
    def weighted(cls, terms: Sequence[tuple[float, BinnedEnds]]) -> BinnedEnds:
        """Return the weighted sum of several; floats, whose begins and ends cancel but nearly."""
        made = cls()
        made._sums = BinSums(kinds=2, dtype=np.float64)
        for times, each in terms:
            bins, sums = each._sums.used()
            made._sums.add(bins, *(times * sums))
        return made

    def used(self) -> Ints:
        """Return the bins with ends, rising."""
        return self._sums.used()[0]

    def between(self, first: int, last: int) -> Sums:
        """Return counts and sums of positions of the bins from `first` to before `last`."""
        return self._sums.between(first, last)

    def copy(self) -> BinnedEnds:
        """Return the counts so far."""
        other = BinnedEnds()
        other._sums = self._sums.copy()
        return other


def state_of_ends(values: Floats) -> EndsState:
    """Return the state that BinnedEnds would have of some ends, sooner if they are few."""
    if len(values) > _FEW:
        ends = BinnedEnds()
        ends.add(values)
        return ends.state()
    bins, parts = _placed(values)
    used, (counts, sums) = sums_by_bin(bins, np.ones_like(bins), parts)
    return _plain(used, counts, sums)


def _placed(values: Floats) -> tuple[Ints, Ints]:
    """Return the bins of ends, and where in them they lie, in parts of a bin."""
    bins, share = bins_of(values + 0.0)  # -0.0 becomes 0.0
    return bins, (share * _UNITS).astype(np.int64)


def _plain(bins: Ints, counts: Ints, parts: Ints) -> EndsState:
    return EndsState(bins.tolist(), counts.tolist(), parts.tolist())


class BinnedRamps(TimeWeighted):
    """The distribution of segments of which the ends are counted.

    The time at or below the edge of a bin is exact; between two edges it is taken as linear.
    """

    def __init__(
        self,
        low: BinnedEnds,
        high: BinnedEnds,
        length_s: float,
        area: float,
        max_s: float,
        zero_s: float,
    ) -> None:
        """Take the sum of the lengths, that of length times middle (`area`) and the largest end."""
        self._low, self._high, self._max_s, self.zero_s = low, high, max_s, zero_s
        self._length_s, self._area = length_s, area

    @property
    def total_s(self) -> float:
        return self.zero_s + self._length_s

    def mean(self) -> float | None:
        return self._area / self.total_s if self.total_s else None

    def max(self) -> float | None:
        return self._max_s if self.total_s else None

    def share_at_most(self, x: float) -> float | None:
        if not self.total_s:
            return None
        if x < 0.0 or x >= self._max_s:
            return float(x >= 0.0)
        knots, time_s, _ = self._cumulative
        return float(np.interp(x, knots, time_s, left=self.zero_s)) / time_s.item(-1)

    @cached_property
    def _cumulative(self) -> tuple[Floats, Floats, NDArray[np.int64 | np.float64]]:
        used = np.union1d(self._low.used(), self._high.used()).tolist()
        first, last = (used[0], used[-1] + 1) if used else (0, 0)
        knots = bin_edges(first, last)
        lows, late = self._low.between(first, last)
        highs, early = self._high.between(first, last)
        begun, ended = lows.cumsum(), highs.cumsum()
        # All that have begun by the next edge pass the whole bin, but for the parts in which they
        # begin late and end early.
        slope = (begun - ended) + (early - late) / _UNITS
        slope = np.append(slope.clip(min=0.0), 0.0)
        time_s = np.concatenate(([self.zero_s], slope[:-1] * np.diff(knots))).cumsum()
        return knots, time_s, slope

"""Sums by bin, which take memory only from the least value above 0 to the largest."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import DTypeLike, NDArray

from efssim.lag.weighted.bins import BINS, OCTAVE_BITS

Ints = NDArray[np.int64]
Sums: TypeAlias = "NDArray[Any]"

_OCTAVE = 1 << OCTAVE_BITS
"""Bins of an octave: room is made by whole ones, so seldom."""


class BinSums:
    """Sums of amounts by bin, of one or several kinds of amounts.

    Arrays of all bins would be 2 MiB each, and a study keeps several for each of its scenarios.
    """

    def __init__(self, kinds: int = 1, dtype: DTypeLike = np.int64) -> None:
        """Begin with sums of 0, as many `kinds` of them in each bin."""
        # Cell 0 is that of the bin of 0, and cell 1 that of the first of those that have room.
        self._sums: Sums = np.zeros((kinds, 1), dtype=dtype)
        self._first = BINS

    def add(self, bins: Ints, *amounts: Sums | int) -> None:
        """Add an amount of each kind to bins, shape (values,); a bin may be there many times."""
        if not len(bins):
            return
        cells = self._cells_of(bins)
        for sums, amount in zip(self._sums, amounts, strict=True):
            # Not bincount: with weights it counts in floats, exact to 2^53 only, and no faster.
            np.add.at(sums, cells, amount)

    def _cells_of(self, bins: Ints) -> Ints:
        """Return where the sums of bins are, after making room for them."""
        least, most = int(bins.min()), int(bins.max())
        if least > 0:
            self._make_room(least, most)
            return bins - (self._first - 1)
        if most > 0:
            self._make_room(int(bins.min(where=bins > 0, initial=most)), most)
        return (bins - (self._first - 1)).clip(min=0)

    def _make_room(self, least: int, most: int) -> None:
        """Have a cell for each bin from `least` to `most`, both above 0."""
        kinds, cells = self._sums.shape
        first, last = self._first, self._first + cells - 1
        if first <= least and most < last:
            return
        begin = min(first, max(1, least - least % _OCTAVE))
        end = max(last if cells > 1 else 0, most - most % _OCTAVE + _OCTAVE)
        wider = np.zeros((kinds, 1 + end - begin), dtype=self._sums.dtype)
        wider[:, 0] = self._sums[:, 0]
        if cells > 1:
            wider[:, 1 + first - begin : 1 + last - begin] = self._sums[:, 1:]
        self._sums, self._first = wider, begin

    def used(self) -> tuple[Ints, Sums]:
        """Return the bins whose first sum is not 0, rising, and their sums, shape (kinds, bins)."""
        cells = np.flatnonzero(self._sums[0])
        bins = np.where(cells > 0, cells + (self._first - 1), 0)
        return bins, self._sums[:, cells]

    def between(self, first: int, last: int) -> Sums:
        """Return the sums of all bins from `first` to before `last`, shape (kinds, bins)."""
        bins, sums = self.used()
        inside = (first <= bins) & (bins < last)
        found = np.zeros((len(sums), last - first), dtype=sums.dtype)
        found[:, bins[inside] - first] = sums[:, inside]
        return found

    def copy(self) -> BinSums:
        """Return an independent copy."""
        other = BinSums()
        other._sums, other._first = self._sums.copy(), self._first
        return other

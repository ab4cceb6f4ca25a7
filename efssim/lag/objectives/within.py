"""Writes and bytes within a target: those published with a lag of at most the target.

What is open at the end, or left behind with the configuration, is missed if its age by then is
above the target; younger writes may yet be either, and are left out.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from efssim.lag.weighted.block_sums import BlockSums
from efssim.records.columns import Floats
from efssim.records.pieces import OpenPieces, Pieces, PublishedPieces
from efssim.records.run_records import OpenWrites, Publications

Weights = NDArray[np.float64] | NDArray[np.int64]


class Tally(NamedTuple):
    """Writes, and bytes."""

    writes: float = 0.0
    bytes: float = 0.0

    def plus(self, other: Tally) -> Tally:
        """Return both together."""
        return Tally(self.writes + other.writes, self.bytes + other.bytes)

    def less(self, part: Tally) -> Tally:
        """Return the tally without a part of it."""
        return Tally(self.writes - part.writes, self.bytes - part.bytes)


class _Sums:
    """Writes and bytes of pieces: all of them, and those within the target.

    The sums do not depend on the blocks in which pieces come: those of one stream are in order, and
    numbers of single writes are whole, so that their sums are exact.
    """

    def __init__(self) -> None:
        self._sums = [BlockSums() for _ in range(4)]

    def add(self, shares: Floats, writes: Weights, sizes: Weights) -> None:
        """Take in the next pieces, and the share of each that is within the target."""
        terms = (writes.astype(np.float64), sizes.astype(np.float64))
        for sums, values in zip(self._sums, (*terms, *(shares * n for n in terms)), strict=True):
            sums.add(values)

    def totals(self) -> tuple[Tally, Tally]:
        """Return the sums of all, and of what is within the target."""
        found = [sums.total() for sums in self._sums]
        return Tally(*found[:2]), Tally(*found[2:])


class OfWrites(NamedTuple):
    """The writes made in the window by a time, as they meet a target."""

    within: Tally
    missed: Tally
    left_out: Tally


class WithinTarget:
    """Counts the published writes that were made at or after `begin_s`."""

    def __init__(self, begin_s: float, target_s: float) -> None:
        self._begin_s, self._target_s = begin_s, target_s
        self._singles, self._pieces = _Sums(), defaultdict[int, _Sums](_Sums)

    def add(self, published: Publications | PublishedPieces) -> None:
        """Take in a block of published writes."""
        if isinstance(published, PublishedPieces):
            completed_s = np.repeat(published.completed_s, published.each)
            found = _shares(published.pieces, completed_s, self._target_s, self._begin_s)
            self._pieces[published.stream].add(*found)
            return
        first = int(published.time_s.searchsorted(self._begin_s, "left"))
        lags_s = np.repeat(published.completed_s, published.writes)[first:]
        lags_s = lags_s - published.time_s[first:]
        ones = np.ones(len(lags_s))
        within = (lags_s <= self._target_s).astype(np.float64)
        self._singles.add(within, ones, published.bytes[first:])

    def until(self, open_writes: Iterable[OpenWrites | OpenPieces], now_s: float) -> OfWrites:
        """Return the writes up to now, or up to the time at which the configuration was gone."""
        totals = [sums.totals() for sums in (self._singles, *self._pieces.values())]
        whole, within = (_together(parts) for parts in zip(*totals, strict=True))
        missed, left_out = whole.less(within), Tally()
        for part in open_writes:
            old, young = self._open(part, now_s)
            missed, left_out = missed.plus(old), left_out.plus(young)
        return OfWrites(within, missed, left_out)

    def _open(self, part: OpenWrites | OpenPieces, now_s: float) -> tuple[Tally, Tally]:
        """Return the open writes that are older than the target, and the others."""
        if isinstance(part, OpenPieces):
            ends_s = np.full(len(part.pieces.begin_s), now_s)
            young, writes, sizes = _shares(part.pieces, ends_s, self._target_s, self._begin_s)
        else:
            first = int(part.time_s.searchsorted(self._begin_s, "left"))
            young = (now_s - part.time_s[first:] <= self._target_s).astype(np.float64)
            writes, sizes = np.ones(len(young)), part.bytes[first:]
        left_out = Tally(float(young @ writes), float(young @ sizes))
        whole = Tally(float(writes.sum()), float(sizes.sum()))
        return whole.less(left_out), left_out


def _together(parts: Iterable[Tally]) -> Tally:
    """Return the sums of parts, rounded once, whatever their order."""
    writes, sizes = zip(*parts, strict=True)
    return Tally(math.fsum(writes), math.fsum(sizes))


def _shares(
    pieces: Pieces, end_s: Floats, target_s: float, begin_s: float
) -> tuple[Floats, Weights, Weights]:
    """Return the share of each piece with a lag of at most the target, its writes and bytes.

    The writes of a piece are evenly spread; no piece is partly before `begin_s`.
    """
    counted = pieces.begin_s >= begin_s
    begins_s, ends_s, end_s = pieces.begin_s[counted], pieces.end_s[counted], end_s[counted]
    length_s = ends_s - begins_s
    late_s = (ends_s - np.maximum(begins_s, end_s - target_s)).clip(0.0, length_s)
    is_point = np.where(end_s - ends_s <= target_s, 1.0, 0.0)
    shares = np.divide(late_s, length_s, out=is_point, where=length_s > 0)
    return shares, pieces.writes[counted], pieces.bytes[counted]

"""Writes and bytes within a target: those published with a lag of at most the target.

What is open at the end, or left behind with the configuration, is missed if its age by then is
above the target; younger writes may yet be either, and are left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

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


class OfWrites(NamedTuple):
    """The writes made in the window by a time, as they meet a target."""

    within: Tally
    missed: Tally
    left_out: Tally


class WithinTarget:
    """Counts the published writes that were made at or after `begin_s`."""

    def __init__(self, begin_s: float, target_s: float) -> None:
        self._begin_s, self._target_s = begin_s, target_s
        self._within = self._missed = Tally()

    def add(self, published: Publications | PublishedPieces) -> None:
        """Take in a block of published writes."""
        if isinstance(published, PublishedPieces):
            completed_s = np.repeat(published.completed_s, published.each)
            self._count(*_shares(published.pieces, completed_s, self._target_s, self._begin_s))
            return
        first = int(published.time_s.searchsorted(self._begin_s, "left"))
        lags_s = np.repeat(published.completed_s, published.writes)[first:]
        lags_s = lags_s - published.time_s[first:]
        ones = np.ones(len(lags_s))
        self._count((lags_s <= self._target_s).astype(np.float64), ones, published.bytes[first:])

    def _count(self, shares: Floats, writes: Weights, sizes: Weights) -> None:
        within = Tally(float(shares @ writes), float(shares @ sizes))
        self._within = self._within.plus(within)
        whole = Tally(float(writes.sum()), float(sizes.sum()))
        missed = Tally(whole.writes - within.writes, whole.bytes - within.bytes)
        self._missed = self._missed.plus(missed)

    def until(self, open_writes: Iterable[OpenWrites | OpenPieces], now_s: float) -> OfWrites:
        """Return the writes up to now, or up to the time at which the configuration was gone."""
        missed, left_out = self._missed, Tally()
        for part in open_writes:
            old, young = self._open(part, now_s)
            missed, left_out = missed.plus(old), left_out.plus(young)
        return OfWrites(self._within, missed, left_out)

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
        return Tally(whole.writes - left_out.writes, whole.bytes - left_out.bytes), left_out


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

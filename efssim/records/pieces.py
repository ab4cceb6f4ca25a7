"""Writes that are not known one by one: how many of them, and their bytes, lie in a span of time.

Inside a piece they are evenly spread. So a lag is spread evenly, too, over the length of the piece,
and means are exact given counts and bytes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from efssim.records.columns import Floats, Ints
from efssim.records.states import Amount


@dataclass(frozen=True, slots=True)
class Pieces:
    """Spans of time, in order, and the writes in them; each of shape (pieces,)."""

    begin_s: Floats
    """The writes are after this time."""
    end_s: Floats
    """And at or before this one."""
    writes: Ints
    bytes: Ints

    def since(self, time_s: float) -> Amount:
        """Return the writes at or after a time, which must not lie inside a piece."""
        late = self.begin_s >= time_s
        return Amount(int(self.writes[late].sum()), int(self.bytes[late].sum()))

    def overlap_s(self, begin_s: float, end_s: Floats | float) -> Floats:
        """Return the mean time from each write, but not before `begin_s`, to an end.

        The ends are at or after the pieces, or at or before `begin_s`.
        """
        begins, ends = self.begin_s, self.end_s
        middle = (begins + ends) / 2
        if begin_s > -math.inf and (begins < begin_s).any():
            # Writes before `begin_s` count from there; the others from their own time on.
            low = np.maximum(begins, begin_s)
            high = np.maximum(ends, begin_s)
            length_s = ends - begins
            late = np.divide(high - low, length_s, out=np.ones_like(length_s), where=length_s > 0)
            middle = begin_s + late * ((low + high) / 2 - begin_s)
        return np.asarray((end_s - middle).clip(min=0.0))


@dataclass(frozen=True, slots=True)
class PublishedPieces:
    """Pieces of one stream that consecutive syncs published."""

    pieces: Pieces
    first_s: Floats
    """When the first write of each piece was made, or where the piece begins; shape (pieces,)."""
    each: Ints
    """How many pieces each sync published, shape (syncs,)."""
    sync_first_s: Floats
    """When the first write of each sync was made; NaN without one; shape (syncs,)."""
    completed_s: Floats
    """When each sync completed, shape (syncs,)."""
    files_per_write: int
    stream: int = 0
    """Which stream of the file system they are of, counted from 0."""
    is_by_minutes: bool = True
    """Whether cells end at whole minutes."""


@dataclass(frozen=True, slots=True)
class DroppedPieces:
    """Pieces of one stream that could not be made, and why."""

    pieces: Pieces
    cause: str
    cause_ordinal: int

    @property
    def amount(self) -> Amount:
        """All of them."""
        return self.pieces.since(-math.inf)

    def since(self, time_s: float) -> Amount:
        """Return those that would have been made at or after a time."""
        return self.pieces.since(time_s)


@dataclass(frozen=True, slots=True)
class OpenPieces:
    """Pieces of one stream that no completed sync has published."""

    pieces: Pieces
    first_s: float
    """Time of the first write; infinity without one."""
    files_per_write: int
    stream: int = 0
    is_by_minutes: bool = True

    @property
    def amount(self) -> Amount:
        """All of them."""
        return self.pieces.since(-math.inf)

    def since(self, time_s: float) -> Amount:
        """Return the writes made at or after a time at which measures begin."""
        return self.pieces.since(time_s)

    def byte_seconds(self, begin_s: float, end_s: float) -> float:
        """Return the sum over bytes of the time since they were written, within two times."""
        if begin_s >= end_s:
            return 0.0
        return float((self.pieces.overlap_s(begin_s, end_s) * self.pieces.bytes).sum())

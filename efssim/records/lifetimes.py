"""All writes of a run and when each was published, for the checkers of the laws.

Writes that are not known one by one stand in pieces. A single write is a piece without length.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from efssim.records.columns import Floats, Ints
from efssim.records.pieces import OpenPieces, PublishedPieces
from efssim.records.run_records import OpenWrites, Publications, Snapshot, needs_each

Bools = NDArray[np.bool_]
Part: TypeAlias = Publications | PublishedPieces | OpenWrites | OpenPieces


@dataclass(frozen=True, slots=True)
class WritesOfParts:
    """Writes of some parts, in pieces; each of shape (pieces,)."""

    begin_s: Floats
    """The writes of a piece are after this time; of a single write its own."""
    time_s: Floats
    """And at or before this one."""
    writes: Ints
    bytes: Ints
    cold_bytes: Ints
    """Bytes that did not go into a hot set."""

    @classmethod
    def of(cls, parts: Sequence[Part]) -> WritesOfParts:
        """Return the writes of some parts, one part after the other."""
        found = [_columns(part) for part in parts]
        floats, ints = np.zeros(0), np.zeros(0, dtype=np.int64)
        empty = (floats, floats, ints, ints, ints)
        return cls(*map(np.concatenate, zip(empty, *found, strict=True)))


def _columns(part: Part) -> tuple[Floats, Floats, Ints, Ints, Ints]:
    if isinstance(part, PublishedPieces | OpenPieces):
        pieces = part.pieces
        return pieces.begin_s, pieces.end_s, pieces.writes, pieces.bytes, pieces.bytes
    cold = part.bytes if part.hot_bytes is None else part.bytes - part.hot_bytes
    return part.time_s, part.time_s, np.ones(len(cold), dtype=np.int64), part.bytes, cold


@dataclass(frozen=True)
class Lifetimes:
    """Every write of a run: time, bytes, files, and when it was published (infinity: open)."""

    time_s: Floats
    bytes: Ints
    files: Ints
    published_s: Floats


@dataclass(frozen=True, slots=True)
class PiecesOfRun:
    """All writes of a run, in order of the ends of their pieces; each of shape (pieces,)."""

    begin_s: Floats
    time_s: Floats
    writes: Ints
    bytes: Ints
    files: Ints
    published_s: Floats
    """Infinity: by no completed sync."""
    stream: Ints
    """Which stream of the file system they are of, counted from 0."""
    is_by_minutes: Bools
    """Whether cells end at whole minutes, where they are pieces."""
    is_in_cells: bool
    """Whether any stream is, although none of its pieces may have a write."""

    @property
    def is_piece(self) -> Bools:
        """Which are not single writes."""
        return np.asarray(self.begin_s < self.time_s)

    def bytes_by(self, times_s: Floats, which: Bools) -> Ints:
        """Return the bytes of some of them that end by some times."""
        totals = np.concatenate(([0], self.bytes[which].cumsum()))
        return totals[self.time_s[which].searchsorted(times_s, "right")]


class WriteLog:
    """A sink of publications that keeps every write, for the checkers."""

    def __init__(self) -> None:
        self.parts: list[Publications | PublishedPieces] = []

    def add(self, publications: Publications | PublishedPieces) -> None:
        """Keep a block of published writes."""
        self.parts.append(publications)

    def pieces(self, snapshot: Snapshot) -> PiecesOfRun:
        """Return all writes up to now."""
        parts: list[Part] = [*self.parts, *snapshot.open_writes]
        made = WritesOfParts.of(parts)
        lengths = [len(_columns(part)[0]) for part in parts]
        published = [_published_s(part) for part in self.parts]
        published.append(np.full(sum(lengths[len(self.parts) :]), np.inf))
        files = np.repeat(_ints([part.files_per_write for part in parts]), lengths)
        order = made.time_s.argsort(kind="stable")
        return PiecesOfRun(
            made.begin_s[order],
            made.time_s[order],
            made.writes[order],
            made.bytes[order],
            (made.writes * files)[order],
            np.concatenate(published)[order],
            np.repeat(_ints([part.stream for part in parts]), lengths)[order],
            np.repeat(_ints([_is_by_minutes(part) for part in parts]), lengths)[order] > 0,
            any(isinstance(part, PublishedPieces | OpenPieces) for part in parts),
        )

    def lifetimes(self, snapshot: Snapshot) -> Lifetimes:
        """Return all writes up to now, in order of time; UsageError where they are in pieces."""
        found = self.pieces(snapshot)
        if found.is_piece.any():
            raise needs_each("`lifetimes`")
        return Lifetimes(found.time_s, found.bytes, found.files, found.published_s)


def _published_s(part: Publications | PublishedPieces) -> Floats:
    each = part.each if isinstance(part, PublishedPieces) else part.writes
    return np.asarray(np.repeat(part.completed_s, each))


def _is_by_minutes(part: Part) -> bool:
    return part.is_by_minutes if isinstance(part, PublishedPieces | OpenPieces) else True


def _ints(values: list[int]) -> Ints:
    return np.array(values, dtype=np.int64)

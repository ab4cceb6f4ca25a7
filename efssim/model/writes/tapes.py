"""Draws of a stream that many worlds read: made by the one that comes first, and kept.

Each world reads them from the first one on, at its own pace. Where they take more room than there
is, they are forgotten, and each world makes its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from efssim.model.kernel.shared_draws import SharedDraws
from efssim.model.writes.cells.law import SmallWrites

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

Drawn = tuple[NDArray[Any], Ints]
"""Times and amounts of writes, or counts and bytes of cells: the last axis is their order."""
Take = Callable[[int], Drawn]
"""Returns about so many more; empty arrays say that there are none."""


class Running(NamedTuple):
    """Writes and their running totals."""

    times_s: Floats
    sizes: Ints
    """Bytes of each."""
    totals: Ints
    """Amounts before each and after all, shape (rows, writes + 1)."""


class KnownOrdinals:
    """Numbers of writes up to rising times, looked up by one world: others ask for the same."""

    def __init__(self, room: SharedDraws) -> None:
        self._room = room
        self._times_s, self._ordinals = np.zeros(0), np.zeros(0, dtype=np.int64)

    def find(self, times_s: Floats) -> Ints | None:
        """Return the ordinals at rising times, shape (times,); None where they are not known."""
        begin = int(self._times_s.searchsorted(times_s.item(0)))
        part = slice(begin, begin + len(times_s))
        return self._ordinals[part] if np.array_equal(self._times_s[part], times_s) else None

    def add(self, times_s: Floats, ordinals: Ints) -> None:
        """Keep ordinals at rising times, if they come after those that are known."""
        known_s = self._times_s
        is_next = not len(known_s) or times_s.item(0) > known_s.item(-1)
        if is_next and self._room.keep(times_s.nbytes + ordinals.nbytes):
            self._times_s = np.concatenate((known_s, times_s))
            self._ordinals = np.concatenate((self._ordinals, ordinals))
            self._ordinals.flags.writeable = False  # others read them, too


class Tape:
    """The draws of one source in order, as far as any reader has asked for them."""

    def __init__(self, make: Callable[[], Take], room: SharedDraws) -> None:
        """Draw from what `make` returns, which begins anew each time."""
        self._make, self._room = make, room
        self._source: Take | None = make()
        self._blocks: list[Drawn] = []
        self._running: Running | None = None
        self._size_bytes = 0
        self.is_kept = True
        """Whether there was room for all so far."""
        self.count = 0
        """How many it has."""
        self.known = KnownOrdinals(room)

    def at(self, first: int, n: int) -> Drawn:
        """Return the draws from an ordinal on: all that there are, or else about n more."""
        if first < self.count:
            times, amounts = self._joined()
            return times[first:], amounts[..., first:]
        assert self._source is not None
        block = self._source(n)
        size_bytes = block[0].nbytes + 2 * block[1].nbytes  # running totals, too
        if self._room.keep(size_bytes):
            self._add(block, size_bytes)
        else:
            self._forget()
        return block

    def _add(self, block: Drawn, size_bytes: int) -> None:
        for part in block:
            part.flags.writeable = False  # others read it, too
        self._blocks.append(block)
        self._running = None
        self._size_bytes += size_bytes
        self.count += len(block[0])

    def _forget(self) -> None:
        self._room.give_back(self._size_bytes)
        self._blocks, self._running, self.is_kept = [], None, False

    def _joined(self) -> Drawn:
        if len(self._blocks) > 1:
            firsts, seconds = zip(*self._blocks, strict=True)
            self._blocks = [(np.concatenate(firsts), np.concatenate(seconds, axis=-1))]
        return self._blocks[0]

    def running(self) -> Running:
        """Return all writes that there are, with their running totals."""
        if self._running is None:
            times, amounts = self._joined()
            totals = np.zeros((len(amounts), len(times) + 1), dtype=np.int64)
            amounts.cumsum(axis=1, out=totals[:, 1:])
            assert totals.min() >= 0, "more bytes than 64 bits count"
            for part in (times, amounts, totals):
                part.flags.writeable = False
            self._running = Running(times, amounts[0], totals)
        return self._running

    def fresh(self) -> Take:
        """Return a source that begins anew."""
        return self._make()

    def hand_over(self) -> Take:
        """Return the source to the reader that met the end of the room: it stands where that is."""
        assert self._source is not None
        source, self._source = self._source, None
        return source


def _from(source: Take, first: int) -> Take:
    """Return a source without the draws before an ordinal."""
    rest: list[Drawn] = []
    while first > 0:
        block = source(first)
        if len(block[0]) > first:
            rest = [(block[0][first:], block[1][..., first:])]
        first -= len(block[0])
    return lambda n: rest.pop() if rest else source(n)


class TapeReader:
    """One reader of a tape: a source that begins anew."""

    def __init__(self, tape: Tape) -> None:
        self._tape, self._at = tape, 0
        self._own: Take | None = None

    def take(self, n: int) -> Drawn:
        """Return the next draws: all that others have read before, or else about n."""
        if self._own is None and not self._tape.is_kept:
            self._own = _from(self._tape.fresh(), self._at)
        if self._own is not None:
            return self._own(n)
        block = self._tape.at(self._at, n)
        self._at += len(block[0])
        if not self._tape.is_kept:
            self._own = self._tape.hand_over()
        return block

    def whole(self) -> Running | None:
        """Return all writes that others have read; None without any."""
        return self._tape.running() if self._tape.is_kept and self._tape.count else None

    @property
    def known(self) -> KnownOrdinals:
        """Ordinals that a world has looked up, which others may ask for as well."""
        return self._tape.known

    def go_on(self, ordinal: int) -> None:
        """Go on at an ordinal."""
        self._at = ordinal


class SharedCells(SmallWrites):
    """The small writes of a stream in cells that many worlds read."""

    def __init__(self, writes: SmallWrites, reader: TapeReader) -> None:
        self.law, self.key, self.new_clock = writes.law, writes.key, writes.new_clock
        self._reader = reader

    def take(self, n: int) -> tuple[Ints, Ints]:
        """Return counts and bytes of the next cells, at least n."""
        parts: list[Drawn] = []
        while n > 0:
            parts.append(self._reader.take(n))
            n -= len(parts[-1][0])
        if len(parts) == 1:
            return parts[0]
        counts, sizes = zip(*parts, strict=True)
        return np.concatenate(counts), np.concatenate(sizes)

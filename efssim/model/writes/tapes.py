"""Draws of a stream that many worlds read: made by the one that comes first, and kept.

Each world reads them from the first one on, at its own pace. Where they take more room than there
is, they are forgotten, and each world makes its own.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from efssim.model.kernel.shared_draws import SharedDraws
from efssim.model.writes.cells.law import SmallWrites
from efssim.model.writes.change_sets import Work

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_HOUR_S = 3600.0

_FIRST, _MOST = 512, 32_768
"""Fewest and most writes that are drawn in one call; no result depends on it."""

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
    by_hour: Ints
    """How many there are up to each whole hour from 0 on, until the last write."""


class KnownSyncs:
    """Change sets of syncs whose cuts one world has looked up: others cut at the same times."""

    def __init__(self, room: SharedDraws) -> None:
        self._room = room
        self._begins_s: list[float] = []  # the first cut of each stretch
        self._stretches: list[Work] = []
        self._published: list[int] = []  # ordinal of the first write of each

    def ends(self, cuts_s: Floats) -> Ints | None:
        """Return where syncs with these cuts end, shape (syncs, 1); None if that is not known."""
        found = self._find(cuts_s)
        return None if found is None else found[0].ends[found[1]]

    def work(self, cuts_s: Floats, published: int) -> Work | None:
        """Return the change sets of syncs, the first from an ordinal on; None if not known."""
        found = self._find(cuts_s)
        if found is None:
            return None
        stretch, part, first = found
        before = stretch.ends.item(part.start - 1) if part.start else first
        return stretch.part(part) if before == published else None

    def _find(self, cuts_s: Floats) -> tuple[Work, slice, int] | None:
        """Return a stretch, the part of it that has these cuts, and the ordinal that it begins at.

        None where the cuts are not those of a single stretch.
        """
        ordinal = bisect_right(self._begins_s, cuts_s.item(0)) - 1
        if ordinal < 0:
            return None
        stretch = self._stretches[ordinal]
        begin = int(stretch.cut_s.searchsorted(cuts_s.item(0)))
        part = slice(begin, begin + len(cuts_s))
        if not np.array_equal(stretch.cut_s[part], cuts_s):
            return None
        return stretch, part, self._published[ordinal]

    def add(self, work: Work, published: int) -> None:
        """Keep a stretch if it is the first, or goes on with the last one after the same step."""
        first_s, step_s = work.cut_s.item(0), work.cut_s.item(1) - work.cut_s.item(0)
        if self._stretches:
            last = self._stretches[-1]
            if published != last.ends.item(-1) or first_s != last.cut_s.item(-1) + step_s:
                return
        if self._room.keep(sum(column.nbytes for column in work)):
            for column in work:
                column.flags.writeable = False  # others read them, too
            self._begins_s.append(work.cut_s.item(0))
            self._stretches.append(work)
            self._published.append(published)


class _Buffers:
    """Arrays of a growing number of draws; those that were handed out stay as they are."""

    def __init__(self) -> None:
        self.count = 0
        self._times: NDArray[Any] = np.zeros(0)
        self._amounts: Ints = np.zeros(0, dtype=np.int64)
        self._totals: Ints = np.zeros(1, dtype=np.int64)

    def reserve(self, count: int, like: Drawn) -> None:
        """Make room for so many in all; memory that is not written to costs nothing."""
        times, amounts = like
        rows = amounts.shape[:-1]
        old = self._times, self._amounts, self._totals
        self._times = np.empty(count, dtype=times.dtype)
        self._amounts = np.empty((*rows, count), dtype=np.int64)
        self._totals = np.empty((*rows, count + 1), dtype=np.int64)
        self._totals[..., 0] = 0
        if self.count:
            self._times[: self.count] = old[0][: self.count]
            self._amounts[..., : self.count] = old[1][..., : self.count]
            self._totals[..., : self.count + 1] = old[2][..., : self.count + 1]

    def append(self, block: Drawn) -> None:
        """Add a block, and the running totals of its amounts."""
        times, amounts = block
        begin, end = self.count, self.count + len(times)
        if end > len(self._times) or not begin:  # the first says how many rows there are
            self.reserve(max(2 * len(self._times), end), block)
        self._times[begin:end] = times
        self._amounts[..., begin:end] = amounts
        totals = amounts.cumsum(axis=-1, out=self._totals[..., begin + 1 : end + 1])
        totals += self._totals[..., begin : begin + 1]
        assert totals.min(initial=0) >= 0, "more bytes than 64 bits count"
        self.count = end

    def parts(self, first: int = 0) -> tuple[NDArray[Any], Ints, Ints]:
        """Return times, amounts and running totals from an ordinal on; nobody may change them."""
        found = (
            self._times[first : self.count],
            self._amounts[..., first : self.count],
            self._totals[..., first : self.count + 1],
        )
        for part in found:
            part.flags.writeable = False
        return found


class Tape:
    """The draws of one source in order, as far as any reader has asked for them."""

    def __init__(self, make: Callable[[], Take], room: SharedDraws) -> None:
        """Draw from what `make` returns, which begins anew each time."""
        self._make, self._room = make, room
        self._source: Take | None = make()
        self._drawn = _Buffers()
        self._running: Running | None = None
        self._size_bytes = 0
        self.is_kept = True
        """Whether there was room for all so far."""
        self.known = KnownSyncs(room)

    @property
    def count(self) -> int:
        """How many it has."""
        return self._drawn.count

    def at(self, first: int, n: int) -> Drawn:
        """Return the draws from an ordinal on: all that there are, or else about n more."""
        if first == self.count:
            return self._more(n)
        times, amounts, _ = self._drawn.parts(first)
        return times, amounts

    def _more(self, n: int) -> Drawn:
        """Draw about n more and keep them if there is room."""
        assert self._source is not None
        block = self._source(n)
        size_bytes = block[0].nbytes + 2 * block[1].nbytes
        if self._room.keep(size_bytes):
            self._size_bytes += size_bytes
            self._drawn.append(block)
            self._running = None
        else:
            self._forget()
        return block

    def _forget(self) -> None:
        self._room.give_back(self._size_bytes)
        self._drawn, self._running, self.is_kept = _Buffers(), None, False

    def draw_until(self, end_s: float) -> None:
        """Draw all writes of a run at once, unless others have, or there seems to be no room.

        So the first world need not put them together block by block, either.
        """
        n = 0 if self.count else _FIRST
        while n and self.is_kept:
            block = self._more(n)
            last_s = block[0].item(-1) if len(block[0]) else math.inf
            if last_s > end_s:
                return
            if n < _MOST:
                n = min(2 * n, _MOST)
                if n == _MOST and last_s > 0:
                    self._expect(end_s / last_s, block)

    def _expect(self, times: float, like: Drawn) -> None:
        """Make room for so many times as many as there are; forget them if there is none."""
        if self._size_bytes * (times - 1) > self._room.left_bytes:
            self._forget()
        elif self.is_kept:
            self._drawn.reserve(int(self.count * times * 1.02) + _MOST, like)

    def running(self) -> Running:
        """Return all writes that there are, with their running totals."""
        if self._running is None:
            times, amounts, totals = self._drawn.parts()
            hours = np.arange(max(0, math.ceil(times.item(-1) / _HOUR_S)))
            by_hour = times.searchsorted(hours * _HOUR_S, "right")
            self._running = Running(times, amounts[0], totals, by_hour)
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
    def known(self) -> KnownSyncs:
        """Change sets that a world has looked up, which others may ask for as well."""
        return self._tape.known

    def go_on(self, ordinal: int) -> None:
        """Go on at an ordinal."""
        self._at = ordinal


class SharedCells(SmallWrites):
    """The small writes of a stream in cells that many worlds read."""

    def __init__(self, writes: SmallWrites, reader: TapeReader) -> None:
        """Take all from `writes` but the counts and bytes."""
        vars(self).update(vars(writes))
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

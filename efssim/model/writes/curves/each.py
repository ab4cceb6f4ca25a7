"""The curve of one write stream: times and cumulative totals, drawn ahead of the clock.

Writes are open-loop. While its file system may not be written, a stream's writes are drawn all the
same but held: those that fall into that time are dropped, later ones are made once it is over.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from efssim.model.kernel.causes import Cause
from efssim.model.kernel.memory import check_memory
from efssim.model.writes.cells.law import SmallWrites
from efssim.model.writes.change_sets import Work
from efssim.model.writes.hot_set import HotBlocks
from efssim.model.writes.stream import BYTES, HOT_BYTES, HOUR_S, Stream
from efssim.model.writes.tapes import Drawn, KnownSyncs, Running, Take, TapeReader
from efssim.records.run_records import DroppedWrites, OpenWrites, Publications
from efssim.records.states import Amount

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_WINDOW, _WINDOW_MAX = 32_768, 262_144
"""Writes of other worlds that are taken on at once, first and at most; no result depends on it."""
_MANY = 64
"""Cuts that it is worth to look up among those of other worlds."""


@dataclass
class _Held:
    """Writes drawn while the file system may not be written, one after the other."""

    times: Floats = field(default_factory=lambda: np.zeros(0))
    amounts: Ints = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int64))

    def split(self, time_s: float) -> tuple[Floats, Ints]:
        """Remove and return the writes at or before a time."""
        count = int(self.times.searchsorted(time_s, "right"))
        early = self.times[:count], self.amounts[:, :count]
        self.times, self.amounts = self.times[count:], self.amounts[:, count:]
        return early


def each_write(stream: Stream) -> Take:
    """Return a source of the times and amounts of a stream's writes, shapes (n,) and (rows, n)."""
    writes, hot = stream.writes, stream.hot
    if isinstance(writes, TapeReader):
        return writes.take
    assert not isinstance(writes, SmallWrites)

    def take(n: int) -> Drawn:
        times, sizes = writes.take(n)
        return times, sizes[None, :] if hot is None else hot.amounts(sizes)

    return take


def _of_others(stream: Stream) -> Running | None:
    """Return the writes that other worlds have drawn; None: not those of this stream."""
    found = stream.writes.whole() if isinstance(stream.writes, TapeReader) else None
    if found is None or found.times_s.item(0) <= stream.after_s:
        return None
    return found


class Curve:
    """Times and cumulative totals of one stream, from the oldest write that is still needed on."""

    columns = 1
    """Columns of an end: the ordinal of a write."""

    def __init__(self, stream: Stream) -> None:
        assert not isinstance(stream.writes, SmallWrites)
        self.is_away = False
        """Whether its writes are not made here, and not counted, whatever else there is."""
        self.stream, self._take = stream, each_write(stream)
        self._others, self._window = _of_others(stream), _WINDOW
        self.horizon_s = 0.0
        """Every write before this time is drawn."""
        self.published = 0
        """Ordinal of the first write that no completed sync has published."""
        self._recorded = 0  # ordinal of the first write that is not in the records
        self._first = 0  # ordinal of the oldest write kept
        self._forgotten_s = -math.inf  # time of the write before that one
        self._times: Floats = np.zeros(0)
        rows = 1 if stream.hot is None else 3
        # Before each write, and after all: shape (rows, writes + 1).
        self._totals: Ints = np.zeros((rows, 1), dtype=np.int64)
        # The two are parts of these, from an index on: behind them is room.
        self._room: tuple[Floats, Ints] = self._times, self._totals
        self._begin = 0
        self._held: _Held | None = None
        self._hourly: list[tuple[Ints, Ints]] = []
        self._hours_noted = 0

    def note_hours(self, now_s: float) -> None:
        """Keep the cumulative totals at the whole hours up to now, before writes are forgotten."""
        first, last = self._hours_noted, math.floor(now_s / HOUR_S)
        # Writes of the horizon itself may still have to be drawn.
        last = min(last, math.ceil(self.horizon_s / HOUR_S) - 1) if self.horizon_s < 1e300 else last
        if last >= first:
            totals = self._totals_at_hours(first, last)
            self._hourly.append((totals[BYTES], self.stream.added_bytes(totals)))
            self._hours_noted = last + 1

    def _totals_at_hours(self, first: int, last: int) -> Ints:
        """Return cumulative totals at some whole hours before the horizon, shape (rows, hours)."""
        others = self._others
        if others is not None and last < len(others.by_hour):
            return others.totals[:, others.by_hour[first : last + 1]]
        edges_s = np.arange(first, last + 1) * HOUR_S
        return self._totals[:, self._times.searchsorted(edges_s, "right")]

    def hourly(self, now_s: float) -> tuple[Ints, Ints]:
        """Return the bytes written and those added by each whole hour up to now, from 0 on."""
        self.note_hours(now_s)
        written, added = zip(*self._hourly, strict=True)
        return np.concatenate(written), np.concatenate(added)

    def extend(self, n: int) -> int:
        """Draw about n more writes and return how many came; forget the published ones."""
        if self._others is not None:
            taken = self._take_on(self._others)
            if taken:
                return taken
            self._part()
        times, amounts = self._take(n)
        drawn = len(times)
        self.horizon_s = float(times[-1]) if drawn else math.inf
        early = int(times.searchsorted(self.stream.after_s, "right"))
        times, amounts = times[early:], amounts[:, early:]
        self._forget()
        if self._held is None:
            self._append(times, amounts)
        else:
            self._held.times = np.concatenate((self._held.times, times))
            self._held.amounts = np.concatenate((self._held.amounts, amounts), axis=1)
        return drawn

    def _take_on(self, others: Running) -> int:
        """Take on more of the writes that other worlds have drawn; return how many."""
        self._forget()
        end = self._first + len(self._times)
        until = min(end + self._window, len(others.times_s))
        self._window = min(2 * self._window, _WINDOW_MAX)
        if until > end:
            self._times = others.times_s[self._first : until]
            self._totals = others.totals[:, self._first : until + 1]
            self.horizon_s = self._times.item(-1)
        return until - end

    @property
    def has_all(self) -> bool:
        """Whether its writes are those of other worlds: they are there, forgotten or not."""
        return self._others is not None

    def _part(self) -> None:
        """Go on without the others: their writes are at an end, or not those that are made."""
        assert isinstance(self.stream.writes, TapeReader)
        self.stream.writes.go_on(self._first + len(self._times))
        self._others = None

    def _forget(self) -> None:
        done = self._recorded - self._first
        if done:
            self._forgotten_s = self._times.item(done - 1)
        self._times, self._totals = self._times[done:], self._totals[:, done:]
        self._first = self._recorded
        self._begin += done

    def _append(self, times: Floats, amounts: Ints) -> None:
        """Add writes; those that were held find their room where they were before, if they fit."""
        kept = len(self._times)
        every = kept + len(times)
        if self._begin + every > len(self._room[0]):
            # New arrays: a view would keep all that was forgotten alive.
            need_bytes = (kept + every) * 8 * (1 + len(self._totals))
            check_memory(need_bytes, f"{every:,} writes that no sync has published")
            room = np.empty(every), np.empty((len(self._totals), every + 1), dtype=np.int64)
            room[0][:kept], room[1][:, : kept + 1] = self._times, self._totals
            self._room, self._begin = room, 0
        begin = self._begin
        self._times = self._room[0][begin : begin + every]
        self._totals = self._room[1][:, begin : begin + every + 1]
        self._times[kept:] = times
        cumulative = amounts.cumsum(axis=1, out=self._totals[:, kept + 1 :])
        cumulative += self._totals[:, kept : kept + 1]
        assert cumulative.min(initial=0) >= 0, "more bytes than 64 bits count"

    def divide(self, time_s: float) -> None:
        """Divide nothing: single writes are before or after a time."""

    def hold(self, time_s: float) -> None:
        """Make no write after a time."""
        if self._others is not None:
            self._part()
        kept = int(self._times.searchsorted(time_s, "right"))
        later = self._times[kept:].copy(), np.diff(self._totals[:, kept:], axis=1)
        self._times, self._totals = self._times[:kept], self._totals[:, : kept + 1]
        self._held = _Held(*later)

    def drop(self, time_s: float, cause: Cause) -> DroppedWrites | None:
        """Drop the held writes at or before a time; return them, if there are any."""
        assert self._held is not None
        times, amounts = self._held.split(time_s)
        if not len(times):
            return None
        return DroppedWrites(times.copy(), amounts[BYTES].copy(), cause.kind, cause.ordinal)

    def leave_out(self, time_s: float) -> None:
        """Forget the held writes at or before a time, which are not those of this file system."""
        assert self._held is not None
        self._held.split(time_s)

    def release(self) -> None:
        """Make the writes that are still held."""
        assert self._held is not None
        held, self._held = self._held, None
        self._append(held.times, held.amounts)

    @property
    def backlog(self) -> int:
        """How many drawn writes no completed sync has published."""
        return self._first + len(self._times) - self.published

    def ordinal(self, time_s: float) -> int:
        """Return how many writes fall at or before a time, which must be before the horizon."""
        assert time_s < self.horizon_s, "the journal was asked beyond its horizon"
        return self._first + int(self._times.searchsorted(time_s, "right"))

    def ends(self, times_s: Floats) -> Ints:
        """Return how many writes fall at or before each of some rising times, shape (times, 1).

        All must be before the horizon, and none before a write that was sent.
        """
        assert times_s.item(-1) < self.horizon_s, "the journal was asked beyond its horizon"
        known = self._known(times_s)
        found = None if known is None else known.ends(times_s)
        return self._ordinals(times_s, self.published)[:, None] if found is None else found

    def _known(self, cuts_s: Floats) -> KnownSyncs | None:
        """Return the syncs of other worlds, if it is worth to look among them for these cuts."""
        if self._others is None or len(cuts_s) < _MANY:
            return None
        assert isinstance(self.stream.writes, TapeReader)
        return self.stream.writes.known

    def _ordinals(self, times_s: Floats, least: int) -> Ints:
        """Return how many writes fall at or before each of some rising times, at least `least`."""
        # To look only where they are takes fewer steps for each.
        begin, end = least - self._first, self._times.searchsorted(times_s.item(-1), "right")
        ordinals: Ints = self._times[begin:end].searchsorted(times_s, "right")
        ordinals += least
        return ordinals

    @property
    def _bytes(self) -> Ints:
        """Bytes of all writes before each, and of all."""
        totals: Ints = self._totals[BYTES]
        return totals

    def total(self, ordinal: int) -> int:
        """Return the bytes of all writes before an ordinal."""
        return self._totals.item(BYTES, ordinal - self._first)

    def totals(self, times_s: Floats, cuts_s: Floats, ends: Ints | None) -> Ints:  # noqa: ARG002
        """Return the bytes of all writes at or before each of some rising times.

        None may be before a write that is in the records.
        """
        ordinals = self._ordinals(times_s, self._recorded)
        ordinals -= self._first
        return self._bytes.take(ordinals)

    def written(self, time_s: float) -> Amount:
        """Return the amount of all writes up to a time."""
        ordinal = self.ordinal(time_s)
        return Amount(ordinal, self.total(ordinal))

    def published_amount(self) -> Amount:
        """Return the amount of all writes that completed syncs have published."""
        return Amount(self.published, self.total(self.published))

    def added(self, time_s: float) -> tuple[int, int]:
        """Return the bytes and files that the writes up to a time have added."""
        ordinal = self.ordinal(time_s)
        index = ordinal - self._first
        totals = self._totals[:, index : index + 1]
        return self.stream.added_bytes(totals).item(0), self.stream.added_files(ordinal)

    def work(self, cuts_s: Floats, ends: Ints) -> Work:
        """Return the change sets of consecutive syncs that end at the given ordinals."""
        known = self._known(cuts_s)
        if known is None:
            return self._work(cuts_s, ends[:, 0])
        found = known.work(cuts_s, self.published)
        if found is None:
            found = self._work(cuts_s, ends[:, 0])
            known.add(found, self.published)
        return found

    def _work(self, cuts_s: Floats, ends: Ints) -> Work:
        edges = np.empty(len(ends) + 1, dtype=np.int64)
        edges[0], edges[1:] = self.published, ends
        edges -= self._first
        stream, totals, counts = self.stream, self._bytes[edges], edges[1:] - edges[:-1]
        sizes = totals[1:] - totals[:-1]
        sent = sizes if stream.hot is None else sizes - self._saved(stream.hot, edges)
        large = np.zeros(len(ends), dtype=np.int64)
        if stream.large_file_bytes:
            large[counts > 0] = stream.large_file_bytes
            files = (counts > 0).astype(np.int64)
        elif stream.files_per_write == 1:
            files = counts
        else:
            files = counts * stream.files_per_write
        first_s = self._first_times(edges, counts)
        added = totals[1:] if stream.adds_all else stream.added_bytes(self._totals[:, edges[1:]])
        new_files = stream.added_files_many(ends)
        return Work(
            cuts_s, sent, sizes, files, large, counts, first_s, ends[:, None], added, new_files
        )

    def _first_times(self, edges: Ints, counts: Ints) -> Floats:
        """Return the times of the first writes of change sets; NaN for empty ones."""
        if not len(self._times):
            return np.full(len(counts), math.nan)
        # Beyond the last write there is none: any index will do.
        first_s = self._times.take(edges[:-1], mode="clip")
        first_s[counts == 0] = math.nan
        return first_s

    def _saved(self, hot: HotBlocks, edges: Ints) -> Ints:
        """Return the bytes that each change set need not send: overwritten.

        `edges` count from the first kept. Negative where writes are smaller than the blocks that
        they dirty.
        """
        rewritten, dirtied = np.diff(self._totals[HOT_BYTES:, edges])
        sent = [hot.sent_bytes(blocks) if blocks else 0 for blocks in dirtied.tolist()]
        return np.asarray(rewritten - np.array(sent, dtype=np.int64))

    def unpublished(self) -> tuple[Floats, Ints]:
        """Return times of the unpublished writes, and the rows of totals before each and after."""
        self._window = _WINDOW  # who asks copies them
        begin = self.published - self._first
        return self._times[begin:], self._totals[:, begin:]

    def time(self, ordinal: int) -> float:
        """Return the time of a write."""
        return self._times.item(ordinal - self._first)

    def publish(self, ends: Ints, completed_s: Floats, ordinal: int) -> Publications:
        """Take the writes before some ordinals, all published, as recorded; return them."""
        counts = ends[:, 0].copy()
        counts[0] -= self._recorded
        counts[1:] -= ends[:-1, 0]
        begin, self._recorded = self._recorded, ends.item(-1)
        times, sizes = self.writes(begin, self._recorded)
        hot = self.hot_bytes(begin, self._recorded)
        files = self.stream.publishes_files
        return Publications(times, sizes, counts, completed_s, files, ordinal, hot)

    def take_as_published(self, end: list[int]) -> None:
        """Mark the writes before an ordinal as published by completed syncs."""
        (self.published,) = end

    def writes(self, begin: int, end: int) -> tuple[Floats, Ints]:
        """Return the times and bytes of the writes [begin, end), which nobody changes."""
        if self._others is not None:  # which are kept anyway
            return self._others.times_s[begin:end], self._others.sizes[begin:end]
        begin, end = begin - self._first, end - self._first
        totals = self._bytes[begin : end + 1]
        return self._times[begin:end].copy(), totals[1:] - totals[:-1]

    def hot_bytes(self, begin: int, end: int) -> Ints | None:
        """Return the hot bytes of the writes [begin, end); None where there is no hot set."""
        if self.stream.hot is None:
            return None
        totals = self._totals[HOT_BYTES, begin - self._first : end + 1 - self._first]
        return totals[1:] - totals[:-1]

    def last_s(self, time_s: float) -> float:
        """Return the time of the last write up to a time; minus infinity without one."""
        ordinal = self.ordinal(time_s)
        return self.time(ordinal - 1) if ordinal > self._first else self._forgotten_s

    def skip(self, time_s: float, ordinal: int) -> OpenWrites | None:
        """Skip the writes up to a time, which no sync will send; return them, if there are any."""
        if self.horizon_s <= time_s:
            return None
        begin, self.published = self._recorded, max(self.published, self.ordinal(time_s))
        self._recorded = self.published
        return self._open(begin, self.published, ordinal) if begin < self.published else None

    def open(self, time_s: float, ordinal: int) -> OpenWrites:
        """Return the writes up to a time that no completed sync has published."""
        return self._open(self.published, self.ordinal(time_s), ordinal)

    def _open(self, begin: int, end: int, ordinal: int) -> OpenWrites:
        """Return copies of the writes [begin, end)."""
        times, sizes = self.writes(begin, end)
        files = self.stream.publishes_files
        return OpenWrites(times, sizes, files, ordinal, self.hot_bytes(begin, end))

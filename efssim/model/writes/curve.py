"""The curve of one write stream: times and cumulative totals, drawn ahead of the clock.

Writes are open-loop. While its file system may not be written, a stream's writes are drawn all the
same but held: those that fall into that time are dropped, later ones are made once it is over.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from efssim.model.writes.blocks import Writes
from efssim.model.writes.change_sets import Work
from efssim.model.writes.hot_set import HotBlocks

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BYTES, HOT_BYTES, BLOCKS = 0, 1, 2
"""Rows of the amounts: bytes written, those of hot writes, and the blocks that these dirtied."""


HOUR_S = 3600.0


@dataclass(frozen=True)
class Stream:
    """A stream: the source of its writes, and the work that they are for a sync."""

    writes: Writes
    files_per_write: int = 1
    hot: HotBlocks | None = None
    large_file_bytes: int = 0
    """Size of the one large file that all writes go into; 0: each write has its own files."""
    after_s: float = 0.0
    """Writes at or before this time are not the stream's."""
    new_bytes: float = 1.0
    """Share of the bytes of its writes, the hot ones left out, that add to the size."""
    new_files: float = 0.0
    """Share of the files that its writes change that are new."""

    @property
    def adds_all(self) -> bool:
        """Whether every byte that it writes adds to the size."""
        return self.hot is None and self.new_bytes == 1

    @property
    def publishes_files(self) -> int:
        """Files that each write adds to a sync; 0 where all go into one."""
        return 0 if self.large_file_bytes else self.files_per_write

    def files(self, writes: int) -> int:
        """Return the files that a sync of some writes changes."""
        return 1 if self.large_file_bytes else writes * self.files_per_write

    def added_bytes(self, totals: Ints) -> Ints:
        """Return the growth of the size: a share of cumulative totals, rounded as a whole.

        `totals` are rows of amounts: bytes and, of a stream with a hot set, hot bytes.
        """
        if not self.new_bytes:
            return np.zeros(totals.shape[1], dtype=np.int64)
        fresh = totals[BYTES] if self.hot is None else totals[BYTES] - totals[HOT_BYTES]
        return fresh if self.new_bytes == 1 else _share(fresh, self.new_bytes)

    def added_files(self, writes: int) -> int:
        """Return how many new files some writes from the first one on have made."""
        return round(self.new_files * float(writes * self.files_per_write))


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


class Curve:
    """Times and cumulative totals of one stream, from the oldest write that is still needed on."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
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
        self._held: _Held | None = None
        self._hourly: list[tuple[Ints, Ints]] = []
        self._hours_noted = 0

    def note_hours(self, now_s: float) -> None:
        """Keep the cumulative totals at the whole hours up to now, before writes are forgotten."""
        first, last = self._hours_noted, math.floor(now_s / HOUR_S)
        # Writes of the horizon itself may still have to be drawn.
        last = min(last, math.ceil(self.horizon_s / HOUR_S) - 1) if self.horizon_s < 1e300 else last
        if last >= first:
            edges_s = np.arange(first, last + 1) * HOUR_S
            at = self._times.searchsorted(edges_s, "right")
            totals = self._totals[:, at]
            self._hourly.append((totals[BYTES], self.stream.added_bytes(totals)))
            self._hours_noted = last + 1

    def hourly(self, now_s: float) -> tuple[Ints, Ints]:
        """Return the bytes written and those added by each whole hour up to now, from 0 on."""
        self.note_hours(now_s)
        written, added = zip(*self._hourly, strict=True)
        return np.concatenate(written), np.concatenate(added)

    def extend(self, n: int) -> int:
        """Draw about n more writes and return how many came; forget the published ones."""
        times, sizes = self.stream.writes.take(n)
        drawn = len(times)
        self.horizon_s = float(times[-1]) if drawn else math.inf
        hot = self.stream.hot
        amounts = sizes[None, :] if hot is None else hot.amounts(sizes)
        early = int(times.searchsorted(self.stream.after_s, "right"))
        times, amounts = times[early:], amounts[:, early:]
        self._forget()
        if self._held is None:
            self._append(times, amounts)
        else:
            self._held.times = np.concatenate((self._held.times, times))
            self._held.amounts = np.concatenate((self._held.amounts, amounts), axis=1)
        return drawn

    def _forget(self) -> None:
        done = self._recorded - self._first
        if done:
            self._forgotten_s = self._times.item(done - 1)
        self._times, self._totals = self._times[done:], self._totals[:, done:]
        self._first = self._recorded

    def _append(self, times: Floats, amounts: Ints) -> None:
        # New arrays: a view would keep all that was forgotten alive.
        self._times = np.concatenate((self._times, times))
        rows, kept = self._totals.shape
        totals = np.empty((rows, kept + len(times)), dtype=np.int64)
        totals[:, :kept] = self._totals
        cumulative = amounts.cumsum(axis=1, out=totals[:, kept:])
        cumulative += self._totals[:, -1:]
        assert cumulative.min(initial=0) >= 0, "more bytes than 64 bits count"
        self._totals = totals

    def hold(self, time_s: float) -> None:
        """Make no write after a time."""
        kept = int(self._times.searchsorted(time_s, "right"))
        later = self._times[kept:], np.diff(self._totals[:, kept:], axis=1)
        self._times, self._totals = self._times[:kept], self._totals[:, : kept + 1]
        self._held = _Held(*later)

    def drop(self, time_s: float) -> tuple[Floats, Ints]:
        """Drop the held writes at or before a time; return their times and bytes."""
        assert self._held is not None
        times, amounts = self._held.split(time_s)
        return times, amounts[BYTES]

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

    def ordinals(self, times_s: Floats) -> Ints:
        """Return how many writes fall at or before each of some rising times.

        All must be before the horizon, and none before a write that was sent.
        """
        assert times_s.item(-1) < self.horizon_s, "the journal was asked beyond its horizon"
        return self._ordinals(times_s, self.published)

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

    def totals(self, times_s: Floats) -> Ints:
        """Return the bytes of all writes at or before each of some rising times.

        None may be before a write that is in the records.
        """
        ordinals = self._ordinals(times_s, self._recorded)
        ordinals -= self._first
        return self._bytes.take(ordinals)

    def added(self, ordinal: int) -> tuple[int, int]:
        """Return the bytes and files that the writes before an ordinal have added."""
        index = ordinal - self._first
        totals = self._totals[:, index : index + 1]
        return self.stream.added_bytes(totals).item(0), self.stream.added_files(ordinal)

    def _added_files(self, ordinals: Ints) -> Ints:
        """Return how many files the writes before each of some ordinals have added."""
        if not self.stream.new_files:
            return np.zeros(len(ordinals), dtype=np.int64)
        return _share(ordinals * self.stream.files_per_write, self.stream.new_files)

    def work(self, cuts_s: Floats, ends: Ints) -> Work:
        """Return the change sets of consecutive syncs that end at the given ordinals."""
        edges = np.empty(len(ends) + 1, dtype=np.int64)
        edges[0], edges[1:] = self.published, ends
        edges -= self._first
        stream, totals, counts = self.stream, self._bytes[edges], edges[1:] - edges[:-1]
        sizes = totals[1:] - totals[:-1]
        sent = sizes if stream.hot is None else sizes - self._saved(edges)
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
        new_files = self._added_files(ends)
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

    def _saved(self, edges: Ints) -> Ints:
        """Return the bytes saved by each change set; `edges` count from the first kept."""
        ordinals = (edges + self._first).tolist()
        return np.array([self.saved(*pair) for pair in pairwise(ordinals)], dtype=np.int64)

    def unpublished(self) -> tuple[Floats, Ints]:
        """Return times of the unpublished writes, and the bytes before each and after all."""
        begin = self.published - self._first
        return self._times[begin:], self._bytes[begin:]

    def saved(self, begin: int, end: int) -> int:
        """Return the bytes of the writes [begin, end) that a sync need not send: overwritten.

        Negative where writes are smaller than the blocks that they dirty.
        """
        hot = self.stream.hot
        if hot is None:
            return 0
        first, last = self._totals[:, begin - self._first], self._totals[:, end - self._first]
        amounts = (last - first).tolist()
        return int(amounts[HOT_BYTES]) - hot.sent_bytes(amounts[BLOCKS])

    def time(self, ordinal: int) -> float:
        """Return the time of a write."""
        return self._times.item(ordinal - self._first)

    def record(self, ends: Ints) -> tuple[Floats, Ints, Ints, Ints | None]:
        """Take the writes of syncs that end at the given ordinals, all published, as recorded.

        Return copies of the times and bytes of these writes, how many each sync has, and hot bytes.
        """
        counts = ends.copy()
        counts[0] -= self._recorded
        counts[1:] -= ends[:-1]
        begin, self._recorded = self._recorded, ends.item(-1)
        return *self.writes(begin, self._recorded), counts, self.hot_bytes(begin, self._recorded)

    def writes(self, begin: int, end: int) -> tuple[Floats, Ints]:
        """Return copies of the times and bytes of the writes [begin, end)."""
        begin, end = begin - self._first, end - self._first
        totals = self._bytes[begin : end + 1]
        return self._times[begin:end].copy(), totals[1:] - totals[:-1]

    def hot_bytes(self, begin: int, end: int) -> Ints | None:
        """Return the hot bytes of the writes [begin, end); None where there is no hot set."""
        if self.stream.hot is None:
            return None
        totals = self._totals[HOT_BYTES, begin - self._first : end + 1 - self._first]
        return totals[1:] - totals[:-1]

    def last_s(self, ordinal: int) -> float:
        """Return the time of the last write before an ordinal; minus infinity without one."""
        return self.time(ordinal - 1) if ordinal > self._first else self._forgotten_s

    def skip(self, time_s: float) -> tuple[int, int]:
        """Skip the writes at or before a time, which no sync will send; return their ordinals."""
        begin, self.published = self._recorded, max(self.published, self.ordinal(time_s))
        self._recorded = self.published
        return begin, self.published


def _share(totals: Ints, share: float) -> Ints:
    """Return a share of cumulative totals, rounded; to the same bits as for a single number."""
    shares: Ints = np.rint(totals * share).astype(np.int64)
    return shares

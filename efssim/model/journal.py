"""The journal of a file system: the curve of what its streams wrote, drawn ahead of the clock.

A stream is a long-lived SimPy process that draws a block of writes whenever the clock reaches the
end of the last but one, so there is no event per write. The journal answers how many writes and
bytes fall up to a time, and which writes a sync published; published writes leave it in blocks.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from typing import NamedTuple

import numpy as np
import simpy
from numpy.typing import NDArray

from efssim.model.writes import Writes
from efssim.records import OpenWrites, Publications, ReplicationRecords

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_BLOCK_FIRST = 512
_BLOCK_MAX = 32_768
_SYNCS_MAX = 4096  # held back, where few writes give few occasions to hand them out


class ChangeSet(NamedTuple):
    """What a sync sends: everything written after the last replicated cut and up to `cut_s`."""

    cut_s: float
    bytes: int
    files: int
    writes: int
    first_write_s: float
    """Time of its first write; NaN where it is empty."""
    ends: tuple[int, ...]
    """Ordinal of the first write that is not in it, for each stream."""


class Curve:
    """Times and running total of one stream, from the oldest write that is still needed on."""

    def __init__(self, writes: Writes, files_per_write: int) -> None:
        self.files_per_write = files_per_write
        self.horizon_s = 0.0
        """Every write before this time is drawn."""
        self.sent = 0
        """Ordinal of the first write that no completed sync has published."""
        self.handed_out = 0
        """Ordinal of the first write that was not handed to the records."""
        self._writes = writes
        self._first = 0  # ordinal of the oldest write kept
        self._times: Floats = np.zeros(0)
        self._totals: Ints = np.zeros(1, dtype=np.int64)  # bytes before each write, and after all

    def extend(self, n: int) -> int:
        """Draw about n more writes and return how many came; forget the published ones."""
        times, sizes = self._writes.take(n)
        self.horizon_s = float(times[-1]) if len(times) else math.inf
        before_start = int(times.searchsorted(0.0, "right"))
        times, sizes = times[before_start:], sizes[before_start:]
        done = self.sent - self._first
        totals = sizes.cumsum()
        totals += self._totals[-1]
        assert totals.min(initial=0) >= 0, "more bytes than 64 bits count"
        self._times = np.concatenate((self._times[done:], times))
        self._totals = np.concatenate((self._totals[done:], totals))
        self._first = self.sent
        return len(times) + before_start

    @property
    def backlog(self) -> int:
        """How many drawn writes no completed sync has published."""
        return self._first + len(self._times) - self.sent

    def ordinal(self, time_s: float) -> int:
        """Return how many writes fall at or before a time, which must be before the horizon."""
        assert time_s < self.horizon_s, "the journal was asked beyond its horizon"
        return self._first + int(self._times.searchsorted(time_s, "right"))

    def total(self, ordinal: int) -> int:
        """Return the bytes of all writes before an ordinal."""
        return self._totals.item(ordinal - self._first)

    def totals(self, times_s: Floats) -> Ints:
        """Return the bytes of all writes at or before each time."""
        return self._totals[self._times.searchsorted(times_s, "right")]

    def time(self, ordinal: int) -> float:
        """Return the time of a write."""
        return self._times.item(ordinal - self._first)

    def writes(self, begin: int, end: int) -> tuple[Floats, Ints]:
        """Return copies of the times and bytes of the writes [begin, end)."""
        begin, end = begin - self._first, end - self._first
        return self._times[begin:end].copy(), np.diff(self._totals[begin : end + 1])


class Journal:
    """All streams of one file system that is the source of a replication."""

    def __init__(self, env: simpy.Environment, records: ReplicationRecords, end_s: float) -> None:
        self._env, self._records, self._end_s = env, records, end_s
        self._curves: list[Curve] = []
        self._completed_s: list[float] = []  # of the syncs whose writes were not handed out yet
        self._ends: list[tuple[int, ...]] = []

    def add(self, writes: Writes, files_per_write: int) -> None:
        """Add a stream and start its process."""
        curve = Curve(writes, files_per_write)
        self._curves.append(curve)
        self._env.process(self._write(curve))

    def _write(self, curve: Curve) -> Generator[simpy.Event, None, None]:
        """Keep one block ahead of the clock until the run is drawn to its end."""
        block = _BLOCK_FIRST
        while curve.horizon_s <= self._end_s:
            wake_s = curve.horizon_s
            # Writes of one instant may fill a block; a horizon at the wake time is not ahead.
            while curve.horizon_s <= max(wake_s, self._env.now):
                block = self._draw(curve, block)
            if wake_s > self._env.now:
                yield self._env.timeout(wake_s - self._env.now)

    def _draw(self, curve: Curve, block: int) -> int:
        """Draw one block and return the size of the next."""
        begin_s = curve.horizon_s
        self.publish()
        # In proportion to a backlog, so that copying it costs a constant per write.
        drawn = curve.extend(max(block, curve.backlog // 4))
        elapsed_s = curve.horizon_s - begin_s
        if not 0 < elapsed_s < math.inf:
            return min(2 * block, _BLOCK_MAX)
        # Not much more than the rest of the run is expected to need.
        rest = drawn / elapsed_s * (self._end_s - curve.horizon_s)
        return max(16, int(min(2 * block, _BLOCK_MAX, 1.05 * rest + 64)))

    def cut(self, time_s: float) -> ChangeSet:
        """Return everything unpublished that was written at or before a time."""
        size = files = writes = 0
        first_s = math.inf
        ends = []
        for curve in self._curves:
            end = curve.ordinal(time_s)
            ends.append(end)
            if end > curve.sent:
                size += curve.total(end) - curve.total(curve.sent)
                writes += end - curve.sent
                files += (end - curve.sent) * curve.files_per_write
                first_s = min(first_s, curve.time(curve.sent))
        return ChangeSet(time_s, size, files, writes, first_s if writes else math.nan, tuple(ends))

    def sent(self, change_set: ChangeSet, completed_s: float) -> None:
        """Mark a change set as published at a time."""
        for curve, end in zip(self._curves, change_set.ends, strict=True):
            curve.sent = end
        self._completed_s.append(completed_s)
        self._ends.append(change_set.ends)
        if len(self._completed_s) >= _SYNCS_MAX:
            self.publish()

    def publish(self) -> None:
        """Hand the writes of completed syncs to the records: whole syncs, all streams at once."""
        if not self._completed_s:
            return
        completed = np.array(self._completed_s)
        written = sum(curve.totals(completed) for curve in self._curves)
        self._records.written_bytes.extend(np.broadcast_to(written, completed.shape).tolist())
        for curve, ends in zip(self._curves, np.array(self._ends, dtype=np.int64).T, strict=True):
            times, sizes = curve.writes(curve.handed_out, int(ends[-1]))
            writes = np.diff(ends, prepend=curve.handed_out)
            files = curve.files_per_write
            self._records.publish(Publications(times, sizes, writes, completed, files))
            curve.handed_out = int(ends[-1])
        self._completed_s, self._ends = [], []

    def written(self, time_s: float) -> tuple[int, int]:
        """Return the count and the bytes of all writes at or before a time."""
        ordinals = [curve.ordinal(time_s) for curve in self._curves]
        totals = [c.total(k) for c, k in zip(self._curves, ordinals, strict=True)]
        return sum(ordinals), sum(totals)

    def open_writes(self, time_s: float) -> tuple[OpenWrites, ...]:
        """Return the unpublished writes at or before a time, a part for each stream."""
        return tuple(
            OpenWrites(*curve.writes(curve.sent, curve.ordinal(time_s)), curve.files_per_write)
            for curve in self._curves
        )

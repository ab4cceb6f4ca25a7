"""The journal of a file system: the curves of what its streams wrote, drawn ahead of the clock.

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

from efssim.model.causes import Cause, Causes
from efssim.model.clock import Clock
from efssim.model.curve import Curve, Stream
from efssim.records import DroppedWrites, OpenWrites, Publications, ReplicationRecords

_BLOCK_FIRST = 512
_BLOCK_MAX = 32_768
_SYNCS_MAX = 4096  # held back, where few writes give few occasions to hand them out


class ChangeSet(NamedTuple):
    """What a sync sends: everything written after the last replicated cut and up to `cut_s`."""

    cut_s: float
    bytes: int
    """Bytes as sent: blocks that were overwritten count once."""
    written_bytes: int
    """Bytes as written."""
    files: int
    """Files changed."""
    large_file_bytes: int
    """Sizes of the large files touched."""
    writes: int
    first_write_s: float
    """Time of its first write; NaN where it is empty."""
    ends: tuple[int, ...]
    """Ordinal of the first write that is not in it, for each stream."""


class Journal:
    """All streams of one file system."""

    def __init__(self, clock: Clock, end_s: float) -> None:
        self._clock, self._end_s = clock, end_s
        self._curves: list[Curve] = []
        self._stopped = Causes()
        self._records: ReplicationRecords | None = None  # of the replication that it feeds
        self._witness: ReplicationRecords | None = None  # of the replication that counts its drops
        self._before: tuple[int, int] = (0, 0)  # count and bytes written before it fed one
        self._completed_s: list[float] = []  # of the syncs whose writes were not handed out yet
        self._ends: list[tuple[int, ...]] = []

    def add(self, stream: Stream) -> None:
        """Add a stream and start its process."""
        curve = Curve(stream)
        if self._stopped:
            curve.hold(self._clock.now)
        block = _BLOCK_FIRST
        while curve.horizon_s <= self._clock.now:
            block = self._draw(curve, block)
        self.publish()
        self._curves.append(curve)
        self._clock.process(self._write(curve, block))

    # --- drawing ----------------------------------------------------------------------------

    def _write(self, curve: Curve, block: int) -> Generator[simpy.Event, None, None]:
        """Keep one block ahead of the clock until the run is drawn to its end."""
        while curve.horizon_s <= self._end_s:
            wake_s = curve.horizon_s
            # Writes of one instant may fill a block; a horizon at the wake time is not ahead.
            while curve.horizon_s <= max(wake_s, self._clock.now):
                block = self._draw(curve, block)
            if wake_s > self._clock.now:
                yield self._clock.timeout(wake_s - self._clock.now)

    def _draw(self, curve: Curve, block: int) -> int:
        """Draw one block and return the size of the next."""
        begin_s = curve.horizon_s
        self._let_go()
        # In proportion to a backlog, so that copying it costs a constant per write.
        drawn = curve.extend(max(block, curve.backlog // 4))
        elapsed_s = curve.horizon_s - begin_s
        if not 0 < elapsed_s < math.inf:
            return min(2 * block, _BLOCK_MAX)
        # Not much more than the rest of the run is expected to need.
        rest = drawn / elapsed_s * (self._end_s - curve.horizon_s)
        return max(16, int(min(2 * block, _BLOCK_MAX, 1.05 * rest + 64)))

    def _let_go(self) -> None:
        """Hand out what can be handed out, so that it can be forgotten."""
        self.publish()
        self.account_for_drops()
        if self._records is None:
            for curve in self._curves:
                if curve.horizon_s > self._clock.now:
                    curve.skip(self._clock.now)

    # --- writing and not writing ------------------------------------------------------------

    def stop(self, cause: Cause) -> None:
        """Drop the writes after now for as long as this or another cause is left."""
        self.account_for_drops()
        if self._stopped.add(cause):
            for curve in self._curves:
                curve.hold(self._clock.now)

    def resume(self, cause: Cause) -> None:
        """Remove a cause; make the writes after now if it was the last."""
        self.account_for_drops()
        if self._stopped.remove(cause):
            for curve in self._curves:
                curve.release()

    def account_for_drops(self) -> None:
        """Record the writes that were dropped up to now, under the cause that began first."""
        if not self._stopped:
            return
        for curve in self._curves:
            times, sizes = curve.drop(self._clock.now)
            if self._witness is not None and len(times):
                kind = self._stopped.first.kind
                self._witness.drop(DroppedWrites(times.copy(), sizes.copy(), kind))

    # --- feeding a replication --------------------------------------------------------------

    def witness(self, records: ReplicationRecords | None) -> None:
        """From now on, tell these records what is dropped."""
        self.account_for_drops()
        self._witness = records

    def feed(self, records: ReplicationRecords) -> None:
        """From now on, keep what is written until syncs have published it."""
        assert self._records is None
        self._before = self._written(self._clock.now)
        for curve in self._curves:
            curve.skip(self._clock.now)
        self._records = records

    def stop_feeding(self) -> None:
        """Forget what no sync has published."""
        self.publish()
        self._records = None

    def cut(self, time_s: float) -> ChangeSet:
        """Return everything unpublished that was written at or before a time."""
        sent = written = files = large = writes = 0
        first_s = math.inf
        ends = []
        for curve in self._curves:
            end = curve.ordinal(time_s)
            ends.append(end)
            if end > curve.sent:
                size = curve.total(end) - curve.total(curve.sent)
                written += size
                sent += size - curve.saved(curve.sent, end)
                files += curve.stream.files(end - curve.sent)
                large += curve.stream.large_file_bytes
                writes += end - curve.sent
                first_s = min(first_s, curve.time(curve.sent))
        first_s = first_s if writes else math.nan
        return ChangeSet(time_s, sent, written, files, large, writes, first_s, tuple(ends))

    def sent(self, change_set: ChangeSet, completed_s: float) -> None:
        """Mark a change set as published at a time."""
        assert self._records is not None
        ends = change_set.ends
        if len(ends) < len(self._curves):  # a stream was added after the cut
            ends += tuple(curve.sent for curve in self._curves[len(ends) :])
        for curve, end in zip(self._curves, ends, strict=True):
            curve.sent = end
        self._completed_s.append(completed_s)
        self._ends.append(ends)
        if len(self._completed_s) >= _SYNCS_MAX:
            self.publish()

    def publish(self) -> None:
        """Hand the writes of completed syncs to the records: whole syncs, all streams at once."""
        if not self._completed_s:
            return
        assert self._records is not None
        completed = np.array(self._completed_s)
        written = sum(curve.totals(completed) for curve in self._curves) - self._before[1]
        self._records.written_bytes.extend(np.broadcast_to(written, completed.shape).tolist())
        for curve, ends in zip(self._curves, np.array(self._ends, dtype=np.int64).T, strict=True):
            times, sizes = curve.writes(curve.handed_out, int(ends[-1]))
            writes = np.diff(ends, prepend=curve.handed_out)
            files = curve.stream.publishes_files
            self._records.publish(Publications(times, sizes, writes, completed, files))
            curve.handed_out = int(ends[-1])
        self._completed_s, self._ends = [], []

    # --- looking ----------------------------------------------------------------------------

    def _written(self, time_s: float) -> tuple[int, int]:
        ordinals = [curve.ordinal(time_s) for curve in self._curves]
        totals = [c.total(k) for c, k in zip(self._curves, ordinals, strict=True)]
        return sum(ordinals), sum(totals)

    def written_bytes(self) -> int:
        """Return the bytes of all writes since the start of the run and up to now."""
        return self._written(self._clock.now)[1]

    def written(self) -> tuple[int, int]:
        """Return the count and the bytes of all writes since it feeds a replication."""
        count, size = self._written(self._clock.now)
        return count - self._before[0], size - self._before[1]

    def open_writes(self) -> tuple[OpenWrites, ...]:
        """Return the unpublished writes at or before now, a part for each stream."""
        now = self._clock.now
        return tuple(
            OpenWrites(*curve.writes(curve.sent, curve.ordinal(now)), curve.stream.publishes_files)
            for curve in self._curves
        )

"""The journal of a file system: the curves of what its streams wrote, drawn ahead of the clock.

A stream is a long-lived SimPy process that draws a block of writes whenever the clock reaches the
end of the last but one, so there is no event per write. The journal answers how many writes and
bytes fall up to a time, and which writes a sync published; published writes leave it in blocks.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterable
from functools import reduce

import numpy as np
import simpy
from numpy.typing import NDArray

from efssim.model.causes import Cause, Causes
from efssim.model.clock import Clock, Turn
from efssim.model.curve import Curve, Stream
from efssim.model.work import ChangeSet, Work, no_work
from efssim.records import DroppedWrites, OpenWrites, Publications, ReplicationRecords

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_BLOCK_FIRST = 512
_BLOCK_MAX = 32_768


class Journal:
    """All streams of one file system."""

    def __init__(self, clock: Clock, end_s: float) -> None:
        self._clock, self._end_s = clock, end_s
        self.curves: list[Curve] = []
        self.horizon_s = math.inf
        """Every write before this time is drawn."""
        self._stopped = Causes()
        self._records: ReplicationRecords | None = None  # of the replication that it feeds
        self._witness: ReplicationRecords | None = None  # of the replication that counts its drops
        self._before: tuple[int, int] = (0, 0)  # count and bytes written before it fed one
        self.settle: Callable[[], None] = lambda: None
        """Called before something is forgotten: publishes what syncs have completed by now."""
        self.changed: Callable[[], None] = lambda: None
        """Called when writes that were drawn ahead are no longer what will be written."""

    def add(self, stream: Stream) -> None:
        """Add a stream and start its process."""
        curve = Curve(stream)
        if self._stopped:
            curve.hold(self._clock.now)
        block = _BLOCK_FIRST
        while curve.horizon_s <= self._clock.now:
            block = self._draw(curve, block)
        self.curves.append(curve)
        self._reach()
        self._clock.process(self._write(curve, block))
        self.changed()

    # --- drawing ----------------------------------------------------------------------------

    def _write(self, curve: Curve, block: int) -> Generator[simpy.Event, None, None]:
        """Draw on whenever the clock reaches the horizon, until the run is drawn to its end."""
        while curve.horizon_s <= self._end_s:
            yield self._clock.at(curve.horizon_s, Turn.WRITE)
            # Writes of one instant may fill a block; a horizon at the present is not ahead.
            while curve.horizon_s <= self._clock.now:
                block = self._draw(curve, block)
            self._reach()

    def _reach(self) -> None:
        self.horizon_s = min(curve.horizon_s for curve in self.curves)

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
        """Publish what is completed, so that it can be forgotten."""
        self.settle()
        self.account_for_drops()
        if self._records is None:
            for curve in self.curves:
                if curve.horizon_s > self._clock.now:
                    curve.skip(self._clock.now)

    # --- writing and not writing ------------------------------------------------------------

    def stop(self, cause: Cause) -> None:
        """Drop the writes after now for as long as this or another cause is left."""
        self.account_for_drops()
        if self._stopped.add(cause):
            for curve in self.curves:
                curve.hold(self._clock.now)
            self.changed()

    def resume(self, cause: Cause) -> None:
        """Remove a cause; make the writes after now if it was the last."""
        self.account_for_drops()
        if self._stopped.remove(cause):
            for curve in self.curves:
                curve.release()
            self.changed()

    def account_for_drops(self) -> None:
        """Record the writes that were dropped up to now, under the cause that began first."""
        if not self._stopped:
            return
        for curve in self.curves:
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
        for curve in self.curves:
            curve.skip(self._clock.now)
        self._records = records

    def stop_feeding(self) -> None:
        """Forget what no sync has published."""
        self._records = None
        self.settle = self.changed = lambda: None

    def cut(self, time_s: float) -> ChangeSet:
        """Return everything unpublished that was written at or before a time."""
        return self.work(np.array([time_s])).change_set(0)

    def work(self, cuts_s: Floats) -> Work:
        """Return the change sets of consecutive syncs with the given cuts."""
        return self.work_between(cuts_s, [curve.ordinals(cuts_s) for curve in self.curves])

    def work_between(self, cuts_s: Floats, ends: list[Ints]) -> Work:
        """Return the change sets that end at the given ordinals, for each stream shape (syncs,)."""
        if not self.curves:
            return no_work(cuts_s)
        shares = [c.work(cuts_s, column) for c, column in zip(self.curves, ends, strict=True)]
        return reduce(Work.with_stream, shares)

    def written_at(self, times_s: Floats) -> Ints:
        """Return the bytes written since it feeds a replication and up to each time."""
        written = np.full(len(times_s), -self._before[1], dtype=np.int64)
        for curve in self.curves:
            written += curve.totals(times_s)
        return written

    def sent(self, ends: Iterable[int]) -> None:
        """Take the writes before an ordinal of each stream as published by completed syncs."""
        # A stream that was added after the cuts has nothing in these syncs.
        for curve, end in zip(self.curves, ends, strict=False):
            curve.sent = end

    def publish(self, ends: Ints, completed_s: Floats) -> None:
        """Hand the writes of completed syncs to the records: whole syncs, all streams at once.

        `ends` of shape (syncs, streams) are ordinals, `completed_s` of shape (syncs,) times.
        """
        assert self._records is not None
        for ordinal, (curve, last) in enumerate(zip(self.curves, ends.T, strict=False)):
            times, sizes, counts = curve.publish(last)
            files = curve.stream.publishes_files
            self._records.publish(Publications(times, sizes, counts, completed_s, files, ordinal))

    # --- looking ----------------------------------------------------------------------------

    @property
    def now_s(self) -> float:
        """The simulated time."""
        return self._clock.now

    def _written(self, time_s: float) -> tuple[int, int]:
        ordinals = [curve.ordinal(time_s) for curve in self.curves]
        totals = [c.total(k) for c, k in zip(self.curves, ordinals, strict=True)]
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
            for curve in self.curves
        )

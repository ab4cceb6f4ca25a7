"""The journal of a file system: the curves of its streams' writes, drawn ahead of the clock.

A stream is a long-lived SimPy process that draws a block of writes whenever the clock reaches the
end of the last but one, so there is no event per write. The journal answers how many writes and
bytes fall up to a time, and which writes a sync published; published writes leave it in blocks.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from functools import reduce

import numpy as np
import simpy
from numpy.typing import NDArray

from efssim.model.kernel.causes import Cause, Causes
from efssim.model.kernel.clock import Clock, Turn
from efssim.model.kernel.listener import NO_SYNCS, SyncListener
from efssim.model.writes.cells.law import SmallWrites
from efssim.model.writes.change_sets import ChangeSet, Work, no_work
from efssim.model.writes.curves.cells import CellCurve
from efssim.model.writes.curves.each import Curve
from efssim.model.writes.joint import by_stream, joined
from efssim.model.writes.stream import HOUR_S, Stream
from efssim.model.writes.throttle.curve import ThrottledCurve
from efssim.model.writes.throttle.throttle import Throttle
from efssim.records.pieces import DroppedPieces, OpenPieces, PublishedPieces
from efssim.records.run_records import (
    DroppedWrites,
    OpenWrites,
    Publications,
    ReplicationRecords,
)
from efssim.records.states import NOTHING, Amount, Discarded, States
from efssim.records.stored import (
    FileSystemRecords,
    HourlyTotals,
    StreamFacts,
    Throttled,
    ThrottledMinutes,
)
from efssim.scenario.workload.throttling import Throttling

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_BLOCK_FIRST = 512
_BLOCK_MAX = 131_072
_FEW = 8_192
"""Writes of a whole run that are drawn at its start, where nothing will stop them."""
_BLOCK_STOPPED = 32_768
"""Most writes of a block, and once writes have been stopped: a stop copies those drawn ahead."""


class Journal:
    """All streams of one file system."""

    def __init__(
        self,
        clock: Clock,
        end_s: float,
        kept: FileSystemRecords | None = None,
        *,
        is_calm: bool = False,
    ) -> None:
        """Begin with the size in `kept`, the records of the file system.

        `is_calm`: draw few writes all at once, as nothing will stop them; it changes no result.
        """
        self._clock, self._end_s, self._is_calm = clock, end_s, is_calm
        self.kept = FileSystemRecords() if kept is None else kept
        self._size_bytes, self._files = self.kept.size_bytes, self.kept.files  # but for the writes
        self._sizes = [(0.0, self._size_bytes)]  # and since when
        self.curves: list[Curve | CellCurve] = []
        self.horizon_s = math.inf
        """Every write before this time is drawn."""
        self._stopped = Causes()
        self._block_max = _BLOCK_MAX
        self._records: ReplicationRecords | None = None  # of the replication that it feeds
        self._witness: ReplicationRecords | None = None  # of the replication that counts its drops
        self._before = NOTHING  # the writes before it fed one
        self._published = self._discarded = NOTHING  # by replications that are gone, or come to be
        self._carried = NOTHING  # unreplicated when it began to feed, until published
        self._oldest_s: float | None = None  # of the writes that left unpublished and undiscarded
        self._syncs: SyncListener = NO_SYNCS  # that publish the writes
        self._throttle: Throttle | None = None

    def add(self, stream: Stream, name: str, *, is_away: bool = False) -> Curve | CellCurve:
        """Add a stream and start its process; return its curve, to send it away and call it back.

        While it is away it makes no write here, and none is counted. The name tells streams apart
        whose writes wait for each other.
        """
        self._syncs.before_cuts()  # what is complete knows nothing of the new stream
        made: Curve | CellCurve
        if self._throttle is not None:
            made = ThrottledCurve(stream, name)
            with self._changing():
                self._follow(made, is_away=is_away)
                self._throttle.add(made)
            return made
        if isinstance(stream.writes, SmallWrites):
            made = CellCurve(stream, self.kept.divided_at_s)
            self._follow(made, is_away=is_away)
        else:
            made, block = Curve(stream), _BLOCK_FIRST
            self._follow(made, is_away=is_away)
            if is_away and self._clock.now >= self._end_s:
                made.horizon_s = math.inf  # it has no more writes
            while made.horizon_s <= self._clock.now:
                block = self._draw(made, block)
            while self._is_calm and self._is_nearly_drawn(made):
                block = self._draw(made, block)
            if made.horizon_s <= self._end_s:
                self._clock.process(self._write(made, block))
        self._reach()
        self._syncs.writes_change()
        return made

    def _follow(self, curve: Curve | CellCurve, *, is_away: bool) -> None:
        """Take a curve on; it makes no write while the file system may not be written."""
        self._syncs.before_writes()  # those that are complete know nothing of it
        stream = curve.stream
        curve.is_away = is_away
        if is_away or self._stopped:
            curve.hold(self._clock.now)
        self.curves.append(curve)
        facts = StreamFacts(stream.new_bytes, stream.new_files, stream.publishes_files)
        self.kept.streams.append(facts)

    # --- drawing ----------------------------------------------------------------------------

    def _write(self, curve: Curve, block: int) -> Generator[simpy.Event, None, None]:
        """Draw on whenever the clock reaches the horizon, until the run is drawn to its end."""
        while curve.horizon_s <= self._end_s:
            yield self._clock.at(curve.horizon_s, Turn.WRITE)
            # Writes of one instant may fill a block; a horizon at the present is not ahead.
            while curve.horizon_s <= self._clock.now:
                block = self._draw(curve, block)
            self._reach()

    def _is_nearly_drawn(self, curve: Curve) -> bool:
        """Return whether a curve lacks the rest of the run, and that is few writes."""
        drawn, horizon_s = curve.backlog, curve.horizon_s
        return horizon_s <= self._end_s and drawn * self._end_s <= _FEW * horizon_s

    def finish(self) -> None:
        """Draw no more: all streams are away for good, and nothing is written any more."""
        assert all(curve.is_away for curve in self.curves)
        if self._throttle is not None:
            self._throttle.finish()
            return
        for curve in self.curves:
            if isinstance(curve, Curve):
                curve.horizon_s = math.inf
        self._reach()

    def _reach(self) -> None:
        self.horizon_s = min((curve.horizon_s for curve in self.curves), default=math.inf)

    def _draw(self, curve: Curve, block: int) -> int:
        """Draw one block and return the size of the next."""
        begin_s = curve.horizon_s
        curve.note_hours(self._clock.now)
        if not curve.has_all or self._records is None:
            self._let_go()
        # In proportion to a backlog, so that copying it costs a constant per write.
        drawn = curve.extend(max(block, curve.backlog // 4))
        elapsed_s = curve.horizon_s - begin_s
        most = min(2 * block, self._block_max)
        if not 0 < elapsed_s < math.inf:
            return most
        # Not much more than the rest of the run is expected to need.
        rest = drawn / elapsed_s * (self._end_s - curve.horizon_s)
        return max(16, int(min(most, 1.05 * rest + 64)))

    def _let_go(self) -> None:
        """Publish the writes of completed syncs, so that they can be forgotten."""
        self._syncs.before_writes()
        self.account_for_drops()
        if self._records is None:
            self._skip()

    def _skip(self) -> None:
        """Release the writes that no sync will publish."""
        for ordinal, curve in enumerate(self.curves):
            skipped = curve.skip(self._clock.now, ordinal)
            if skipped is not None:
                self._unpublished(skipped)

    def _unpublished(self, writes: OpenWrites | OpenPieces) -> None:
        if self._oldest_s is None or writes.first_s < self._oldest_s:
            self._oldest_s = writes.first_s
        for sink in self.kept.sinks:
            sink(writes)

    # --- throttling -------------------------------------------------------------------------

    def throttle(self, terms: Throttling, until_s: float, size: Callable[[], int]) -> None:
        """Let the writes wait from now on; it has no stream yet.

        `until_s` is the end of the run; `size` returns the size of the file system, also while it
        is a destination.
        """
        assert not self.curves
        self._throttle = Throttle(terms, self.kept, self._clock.now, self._size_bytes)
        self._clock.process(self._serve(self._throttle, until_s, size))

    @property
    def is_throttled(self) -> bool:
        """Whether writes wait for the throughput of the file system."""
        return self._throttle is not None

    def throttled(self) -> Throttled | None:
        """Return how writes wait now; None where they do not."""
        return None if self._throttle is None else self._throttle.at(self._clock.now)

    def throttled_minutes(self) -> list[ThrottledMinutes]:
        """Return burst credits at whole minutes up to now, where they are kept."""
        return [] if self._throttle is None else self._throttle.minutes(self._clock.now)

    def throughput_changes(self) -> None:
        """Make writes as the throughput mode permits that the records have last."""
        if self._throttle is not None:
            with self._changing():
                self._throttle.change_mode()

    def _serve(
        self, throttle: Throttle, until_s: float, size: Callable[[], int]
    ) -> Generator[simpy.Event, None, None]:
        """Let the throttle run ahead of the clock, and read the size at whole hours."""
        while throttle.horizon_s <= until_s:
            now_s = throttle.horizon_s
            yield self._clock.at(now_s, Turn.WRITE)
            self._let_go()
            added = [c.added_by_all() for c in self.curves if isinstance(c, ThrottledCurve)]
            throttle.go_on(self._size_bytes + sum(added))
            self._reach()
            if now_s % HOUR_S == 0:
                # A destination, which is not written to, has what has come by the end of it.
                yield self._clock.at(now_s, Turn.DIVISION)
                if size() != throttle.size_bytes:
                    with self._changing():
                        throttle.resize(size())

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Let something change that decides which writes are made after now."""
        if self._throttle is not None:
            self._throttle.rewind(self._clock.now)
        yield
        if self._throttle is not None:
            self._throttle.run_on()
            self._reach()
        self._syncs.writes_change()

    # --- writing and not writing ------------------------------------------------------------

    def stop(self, cause: Cause) -> None:
        """Drop the writes after now, and those that wait, for as long as a cause is left."""
        self.account_for_drops()
        self._block_max = _BLOCK_STOPPED
        if self._stopped.add(cause):
            with self._changing():
                for curve in self.curves:
                    if not curve.is_away:
                        curve.hold(self._clock.now)
                for dropped in [] if self._throttle is None else self._throttle.drop(cause):
                    self._drop(dropped)

    def resume(self, cause: Cause) -> None:
        """Remove a cause; make the writes after now if it was the last."""
        self.account_for_drops()
        if self._stopped.remove(cause):
            with self._changing():
                for curve in self.curves:
                    if not curve.is_away:
                        curve.release()

    def send_away(self, curve: Curve | CellCurve) -> None:
        """Make no write of a stream after now, and count none, until it is called back."""
        if curve.is_away:
            return
        self.account_for_drops()
        self._block_max = _BLOCK_STOPPED
        curve.is_away = True
        if not self._stopped:
            with self._changing():
                curve.hold(self._clock.now)

    def call_back(self, curve: Curve | CellCurve) -> None:
        """Make the writes of a stream after now, as far as the file system may be written."""
        if not curve.is_away:
            return
        self.account_for_drops()
        curve.is_away = False
        if not self._stopped:
            with self._changing():
                curve.release()

    def account_for_drops(self) -> None:
        """Record the writes that were dropped up to now, under the cause that began first."""
        for curve in self.curves:
            if curve.is_away:
                curve.leave_out(self._clock.now)
        if not self._stopped:
            return
        for curve in self.curves:
            if curve.is_away:
                continue
            dropped = curve.drop(self._clock.now, self._stopped.first)
            if dropped is not None:
                self._drop(dropped)

    def _drop(self, dropped: DroppedWrites | DroppedPieces) -> None:
        if self._witness is not None:
            self._witness.drop(dropped)

    # --- feeding a replication --------------------------------------------------------------

    def witness(self, records: ReplicationRecords | None) -> None:
        """Report dropped writes to these records from now on."""
        self.account_for_drops()
        self._witness = records

    def feed(self, records: ReplicationRecords, syncs: SyncListener) -> None:
        """Keep writes until syncs have published them, from now on."""
        assert self._records is None
        self._skip()
        self._before = self._written(self._clock.now)
        self._carried = self._unaccounted()
        self._records, self._syncs = records, syncs

    def stop_feeding(self) -> Amount:
        """Make the writes that no sync has published unreplicated again; return their amount."""
        left = self._unaccounted()
        for curve in self.curves:
            curve.divide(self._clock.now)
        self._published = self._published_now()
        if self._records is not None and self._records.defined_s is not None:
            self._oldest_s = None
        self._records, self._carried, self._syncs = None, NOTHING, NO_SYNCS
        return left

    # --- states of the writes -----------------------------------------------------------------

    def _unaccounted(self) -> Amount:
        """Return the writes up to now that are neither published nor discarded."""
        return self._written(self._clock.now).less(self._published_now()).less(self._discarded)

    def _published_now(self) -> Amount:
        """Return the writes that syncs have published, those of replications that are gone, too."""
        if self._records is None:
            return self._published
        synced = _sum([curve.published_amount() for curve in self.curves])
        is_synced = self._records.defined_s is not None
        found = self._carried if is_synced else NOTHING  # its initial sync published these, too
        return self._published.plus(found).plus(synced).less(self._before)

    def states(self) -> States:
        """Return the writes up to now by their state."""
        left, feeds = self._unaccounted(), self._records is not None
        return States(
            unreplicated=NOTHING if feeds else left,
            pending=left if feeds else NOTHING,
            published=self._published_now(),
            discarded=self._discarded,
        )

    def discard(self) -> Discarded:
        """Discard all unreplicated writes, which are overwritten; return them."""
        assert self._records is None
        self._skip()
        now, amount = self._clock.now, self._unaccounted()
        self._discarded = self._discarded.plus(amount)
        first_s, self._oldest_s = self._oldest_s, None
        if not amount.writes:
            return Discarded()
        last_s = max(curve.last_s(now) for curve in self.curves)
        return Discarded(amount, first_s, last_s)

    def carried(self) -> Amount:
        """Return the writes made before its replication was created that are pending in it."""
        is_synced = self._records is not None and self._records.defined_s is not None
        return NOTHING if is_synced else self._carried

    def stored(self) -> tuple[int, int]:
        """Return size and files now: those at the begin and the growth up to now."""
        now, size, files = self._clock.now, self._size_bytes, self._files
        for curve in self.curves:
            added_bytes, added_files = curve.added(now)
            size, files = size + added_bytes, files + added_files
        return size, files

    @property
    def files_at_start(self) -> int:
        """Files before all writes of its streams, which add to them."""
        return self._files

    def restore(self, size_bytes: int, files: int) -> None:
        """Give the file system another size and number of files, from now on; writes add to it."""
        size, count = self.stored()
        self._size_bytes += size_bytes - size
        self._files += files - count
        self._sizes.append((self._clock.now, self._size_bytes))

    def hours(self) -> HourlyTotals:
        """Return the bytes written by each whole hour up to now and by now, and the sizes then."""
        now = self._clock.now
        edges_s = np.arange(math.floor(now / HOUR_S) + 1) * HOUR_S
        since_s, before = zip(*self._sizes, strict=True)
        bases = np.array(before, dtype=np.int64)[np.searchsorted(since_s, edges_s, "right") - 1]
        written, size = np.zeros(len(edges_s), dtype=np.int64), bases
        for curve in self.curves:
            by_hour = curve.hourly(now)
            written, size = written + by_hour[0], size + by_hour[1]
        return HourlyTotals(
            np.append(written, self._written(now).bytes), np.append(size, self.stored()[0])
        )

    def cut(self, time_s: float) -> ChangeSet:
        """Return everything unpublished that was written at or before a time."""
        return self.work(np.array([time_s])).change_set(0)

    def work(self, cuts_s: Floats) -> Work:
        """Return the change sets of consecutive syncs with the given cuts."""
        return self.work_between(cuts_s, [curve.ends(cuts_s) for curve in self.curves])

    def work_between(self, cuts_s: Floats, ends: list[Ints]) -> Work:
        """Return the change sets with the given ends, for each stream of shape (syncs, columns)."""
        if not self.curves:
            return no_work(cuts_s).on_top_of(self._size_bytes, self._files)
        shares = [c.work(cuts_s, column) for c, column in zip(self.curves, ends, strict=True)]
        if any(curve.stream.part_of is not None for curve in self.curves):
            pairs = zip(shares, (curve.stream for curve in self.curves), strict=True)
            parts = by_stream(pairs, lambda pair: pair[1])
            shares = [joined(*map(list, zip(*part, strict=True))) for part in parts]
        return reduce(Work.with_stream, shares).on_top_of(self._size_bytes, self._files)

    def written_at(self, times_s: Floats, cuts_s: Floats, ends: Ints) -> Ints:
        """Return the bytes written since it feeds a replication and up to some completions.

        `cuts_s` and `ends`, of shape (syncs, columns), are those of the syncs that complete.
        """
        written = np.full(len(times_s), -self._before.bytes, dtype=np.int64)
        for curve, part in zip(self.curves, self._parts(ends), strict=True):
            written += curve.totals(times_s, cuts_s, part)
        return written

    def _parts(self, ends: Ints) -> list[Ints | None]:
        """Return the ends of each stream; None for those that were added after the cuts."""
        parts: list[Ints | None] = []
        begin = 0
        for curve in self.curves:
            end = begin + curve.columns
            parts.append(ends[:, begin:end] if end <= ends.shape[1] else None)
            begin = end
        return parts

    def take_as_published(self, ends: Ints) -> None:
        """Mark the writes up to ends as published by completed syncs; shape (1, columns)."""
        # A stream that was added after the cuts has nothing in these syncs.
        for curve, part in zip(self.curves, self._parts(ends), strict=True):
            if part is not None:
                curve.take_as_published(part[0].tolist())

    def publish(self, ends: Ints, completed_s: Floats) -> list[Publications | PublishedPieces]:
        """Return the writes of completed syncs, by stream: whole syncs, all streams at once.

        `ends` of shape (syncs, columns) are those of their cuts, `completed_s` of shape (syncs,)
        times.
        """
        parts = enumerate(zip(self.curves, self._parts(ends), strict=True))
        return [
            curve.publish(part, completed_s, ordinal)
            for ordinal, (curve, part) in parts
            if part is not None
        ]

    # --- looking ----------------------------------------------------------------------------

    @property
    def now_s(self) -> float:
        """The simulated time."""
        return self._clock.now

    def _written(self, time_s: float) -> Amount:
        return _sum([curve.written(time_s) for curve in self.curves])

    def written_bytes(self) -> int:
        """Return the bytes of all writes since the start of the run and up to now."""
        return self.made().bytes

    def made(self) -> Amount:
        """Return the count and the bytes of all writes since the start of the run and up to now."""
        return self._written(self._clock.now)

    def written(self) -> Amount:
        """Return the count and the bytes of all writes since it feeds a replication."""
        return self._written(self._clock.now).less(self._before)

    def still_open(self) -> tuple[OpenWrites | OpenPieces, ...]:
        """Return the writes up to now that neither records nor sinks have received."""
        self._syncs.before_writes()
        return self.open_writes()

    def open_writes(self) -> tuple[OpenWrites | OpenPieces, ...]:
        """Return the unpublished writes at or before now, a part for each stream."""
        now = self._clock.now
        return tuple(curve.open(now, ordinal) for ordinal, curve in enumerate(self.curves))


def _sum(amounts: Iterable[Amount]) -> Amount:
    return reduce(Amount.plus, amounts, NOTHING)

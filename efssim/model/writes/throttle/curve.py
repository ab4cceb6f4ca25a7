"""The curve of a stream whose writes may wait: made writes, and those that are wanted."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from efssim.model.kernel.causes import Cause
from efssim.model.writes.curves.each import Curve
from efssim.model.writes.stream import BYTES, Stream
from efssim.records.run_records import DroppedWrites

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_BLOCK_FIRST, _BLOCK_MAX = 512, 131_072
"""Writes that are drawn at once, first and at most; no result depends on it."""


class Wanted:
    """Writes in the order in which they are wanted."""

    def __init__(self, rows: int) -> None:
        self.times_s: Floats = np.zeros(0)
        self.amounts: Ints = np.zeros((rows, 0), dtype=np.int64)

    def __len__(self) -> int:
        return len(self.times_s)

    def add(self, times_s: Floats, amounts: Ints, *, first: bool = False) -> None:
        """Add writes behind the others, or before them."""
        parts = [(self.times_s, self.amounts), (times_s, amounts)]
        times, all_amounts = zip(*(parts[::-1] if first else parts), strict=True)
        self.times_s = np.concatenate(times)
        self.amounts = np.concatenate(all_amounts, axis=1)

    def take(self, count: int) -> tuple[Floats, Ints]:
        """Remove and return the first writes."""
        taken = self.times_s[:count], self.amounts[:, :count]
        self.times_s, self.amounts = self.times_s[count:], self.amounts[:, count:]
        return taken

    def until(self, time_s: float) -> int:
        """Return how many are wanted at or before a time."""
        return int(self.times_s.searchsorted(time_s, "right"))


class ThrottledCurve(Curve):
    """One stream of a throttled file system, drawn as wanted; the throttle says when each is made.

    A write belongs to the file system on which it is wanted: once in its queue it stays there,
    wherever the stream goes.
    """

    def __init__(self, stream: Stream, name: str) -> None:
        """Draw from a stream; of writes that are wanted at one time the first name comes first."""
        super().__init__(stream)
        assert not self.has_all, "draws of other worlds are not in the order in which writes wait"
        self.name = name
        rows = 1 if stream.hot is None else 3
        self.queued = Wanted(rows)
        """In the queue: wanted by the end of what is known, and not made by its begin."""
        self._coming = Wanted(rows)
        self._drawn_s = 0.0
        self._block = _BLOCK_FIRST
        self._is_held = False

    # --- for the throttle -------------------------------------------------------------------

    def want(self, until_s: float) -> Wanted:
        """Queue the writes that are wanted by a time, unless it is held; return them."""
        while self._drawn_s <= until_s:
            times, amounts = self._take(self._block)
            self._block = min(2 * self._block, _BLOCK_MAX)
            self._drawn_s = float(times[-1]) if len(times) else math.inf
            early = int(times.searchsorted(self.stream.after_s, "right"))
            self._coming.add(times[early:], amounts[:, early:])
        more = Wanted(len(self._coming.amounts))
        if not self._is_held:
            more.add(*self._coming.take(self._coming.until(until_s)))
            self.queued.add(more.times_s, more.amounts)
        return more

    def make(self, times_s: Floats, now_s: float, until_s: float) -> None:
        """Make the first queued writes, which stay there, at times up to one; all is known now."""
        self.note_hours(now_s)
        self._forget()
        self._append(times_s, self.queued.amounts[:, : len(times_s)])
        self.horizon_s = until_s

    def unmake(self, time_s: float) -> None:
        """Take back the writes that were to be made after a time."""
        kept = int(self._times.searchsorted(time_s, "right"))
        self._times, self._totals = self._times[:kept], self._totals[:, : kept + 1]

    def unwant(self, time_s: float) -> None:
        """Take the writes that are wanted after a time out of the queue."""
        early = self.queued.take(self.queued.until(time_s))
        self._coming.add(self.queued.times_s, self.queued.amounts, first=True)
        self.queued = Wanted(len(self._coming.amounts))
        self.queued.add(*early)

    def drop_queued(self, time_s: float, cause: Cause) -> DroppedWrites | None:
        """Drop all queued writes at a time; return them, if there are any."""
        count = len(self.queued)
        _, amounts = self.queued.take(count)
        if not count:
            return None
        times = np.full(count, time_s)
        return DroppedWrites(times, amounts[BYTES].copy(), cause.kind, cause.ordinal)

    def finish(self) -> None:
        """Want nothing more."""
        self._drawn_s, self._coming = math.inf, Wanted(len(self._coming.amounts))

    def added_by_all(self) -> int:
        """Return the bytes that all writes that are made have added."""
        return int(self.stream.added_bytes(self._totals[:, -1:]).item(0))

    # --- while its writes are not made ------------------------------------------------------

    def hold(self, time_s: float) -> None:  # noqa: ARG002
        """Want no write after now; the throttle has taken back what it had made."""
        self._is_held = True

    def drop(self, time_s: float, cause: Cause) -> DroppedWrites | None:
        """Drop the writes wanted at or before a time; return them, if there are any."""
        times, amounts = self._coming.take(self._coming.until(time_s))
        if not len(times):
            return None
        return DroppedWrites(times.copy(), amounts[BYTES].copy(), cause.kind, cause.ordinal)

    def leave_out(self, time_s: float) -> None:
        """Forget the writes wanted at or before a time, which are not those of this file system."""
        self._coming.take(self._coming.until(time_s))

    def release(self) -> None:
        """Want the writes again that are still to come."""
        self._is_held = False

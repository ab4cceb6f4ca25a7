"""Syncs one after the other in a tight loop, where each cut waits for the completion before it.

The same operations in the same order as `SyncTimes` has for arrays, on plain numbers.
"""

from __future__ import annotations

import numpy as np

from efssim.model.curve import Curve
from efssim.model.journal import Journal
from efssim.model.sync_times import SyncTimes
from efssim.model.work import ChangeSet, Ints

ON_TIME = 32
"""On-time syncs in a row after which arrays can take over."""


class _Stream:
    """The unpublished writes of one stream.

    Lists and `bisect` would be faster in the loop, but making them takes longer than they save,
    from about four writes per sync on.
    """

    def __init__(self, curve: Curve) -> None:
        self.curve, self.first = curve, curve.sent
        self.ends: list[int] = []
        """Where each sync ends, counted from `first`."""
        self._times, self._totals = curve.unpublished()
        self._begin, self._written = 0, self._totals.item(0)

    def take(self, cut_s: float) -> tuple[int, int]:
        """Return count and bytes of the next sync's writes: those up to its cut."""
        end = int(self._times.searchsorted(cut_s, "right"))
        written = self._totals.item(end)
        count, size = end - self._begin, written - self._written
        self._begin, self._written = end, written
        self.ends.append(end)
        return count, size

    def saved(self, count: int) -> int:
        """Return the bytes among the last `count` writes taken that need not be sent."""
        end = self.first + self._begin
        return self.curve.saved(end - count, end)


class Loop:
    """One run of the loop and the columns that it leaves."""

    def __init__(self, journal: Journal, times: SyncTimes, ordinal: int, length: int) -> None:
        self.cuts_s: list[float] = []
        self.completed_s: list[float] = []
        self.attempts: list[int] = []
        self.on_time = 0
        """On-time syncs in a row at the end of the run."""
        self._times, self._ordinal = times, ordinal
        self._formula = times.formula  # nothing changes while syncs are planned
        self._streams = [_Stream(curve) for curve in journal.curves]
        self._reach_s = journal.horizon_s
        self._setups = times.setup.take(ordinal, length).tolist()
        self._gaps = times.gap.take(ordinal + 1, length).tolist()
        self._failing = set(times.failing(ordinal, length))  # asked only, never iterated

    def run(self, cut_s: float, end_s: float) -> float:
        """Plan syncs until the journal or the run ends or they are on time; return the next cut."""
        interval_s = self._times.interval_s
        for index, setup_s in enumerate(self._setups):
            completed_s = self._complete(cut_s, setup_s, index)
            ready_s = completed_s + self._gaps[index]
            planned_s = cut_s + interval_s
            self.on_time = self.on_time + 1 if ready_s <= planned_s else 0
            cut_s = max(planned_s, ready_s)
            if cut_s >= self._reach_s or cut_s > end_s or (interval_s and self.on_time >= ON_TIME):
                break
        return cut_s

    def _complete(self, cut_s: float, setup_s: float, index: int) -> float:
        """Add one sync and return when it completes."""
        latency_s, inventory_s, diff_rate, throughput, file_rate = self._formula
        writes = sent = files = large = 0
        for stream in self._streams:
            count, size = stream.take(cut_s)
            if count:
                spec = stream.curve.stream
                sent += size if spec.hot is None else size - stream.saved(count)
                files += spec.files(count)
                large += spec.large_file_bytes
                writes += count
        self.cuts_s.append(cut_s)
        if index in self._failing:
            return self._retried(cut_s, sent, files, large, writes, index)
        fixed_s = setup_s + latency_s
        if writes:
            fixed_s = fixed_s + inventory_s + large / diff_rate
        completed_s = cut_s + (fixed_s + max(sent / throughput, files / file_rate))
        self.completed_s.append(completed_s)
        self.attempts.append(1)
        return completed_s

    def _retried(
        self, cut_s: float, sent: int, files: int, large: int, writes: int, index: int
    ) -> float:
        """Add a sync whose first attempt fails and return when it completes."""
        change_set = ChangeSet(cut_s, sent, 0, files, large, writes, cut_s, ())
        flying = self._times.at(change_set, self._ordinal + index, np.inf)
        self.completed_s.append(flying.ends_s)
        self.attempts.append(flying.failed + 1)
        return flying.ends_s

    def columns(self) -> list[Ints]:
        """Return the ordinals at which the change sets end, for each stream."""
        return [np.array(stream.ends, dtype=np.int64) + stream.first for stream in self._streams]

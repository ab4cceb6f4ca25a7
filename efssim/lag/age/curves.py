"""Time since last sync (age) and age of the oldest pending write: exact sawtooth curves.

Both rise one second per second between the completions of syncs, so their distribution over time
follows from the completed syncs alone; nothing is sampled. Completed syncs are added a block at a
time, and their division into blocks does not show.
"""

from __future__ import annotations

import copy
import math

import numpy as np
from numpy.typing import NDArray

from efssim.lag.age.rpo import Violations
from efssim.lag.age.sawtooth import Teeth, age_teeth
from efssim.lag.weighted.block_sums import BlockSums
from efssim.lag.weighted.streaming import StreamedRamps
from efssim.records.columns import Block
from efssim.records.run_records import ReplicationRecords, Snapshot

Floats = NDArray[np.float64]

_ROUNDING = 1e-9
"""Largest difference of two sums of the same time, relative to it."""


class Age:
    """Time since last sync from `begin_s` on, wherever it is defined.

    It is from the start, or from the completion of the initial sync, until now, or until the
    configuration is gone.
    """

    def __init__(self, begin_s: float, target_s: float, records: ReplicationRecords) -> None:
        self._begin_s, self._records = begin_s, records
        self.ramps = StreamedRamps()
        self.violations = Violations(target_s)
        self._since: tuple[float, float] | None = None  # the last completion and its cut
        self._within = BlockSums()  # seconds at or below the target
        self._idle, self._idle_within = BlockSums(), BlockSums()  # while nothing can be written
        self._peaks = BlockSums()
        self._peak_count = 0

    def add(self, block: Block) -> None:
        """Take in completed syncs, in order."""
        completed_s, cut_s = block["completed_s"], block["cut_s"]
        teeth = age_teeth(completed_s, cut_s, self._before)
        self._since = completed_s.item(-1), cut_s.item(-1)
        peaks = teeth.high[teeth.end_s >= self._begin_s]
        self._peaks.add(peaks)
        self._peak_count += len(peaks)
        self._take(teeth)

    @property
    def _before(self) -> tuple[float, float] | None:
        first_s = self._records.last_replicated_s
        if self._since is None and first_s is not None:
            return self._records.created_s, first_s
        return self._since

    def _take(self, teeth: Teeth) -> None:
        teeth = teeth.within(self._begin_s, math.inf)
        low, high = teeth.low, teeth.high
        self.ramps.add(low, high)
        # Clipped to the very lengths that make up the total: where all are within, so is their sum.
        self._within.add((self.violations.target_s - low).clip(0.0, high - low))
        self.violations.add(teeth)
        self._take_idle(teeth)

    def _take_idle(self, teeth: Teeth) -> None:
        """Add the parts of sawtooth teeth in which the source could not be written."""
        if not len(teeth.begin_s):
            return
        ends = teeth.begin_s.item(0), teeth.end_s.item(-1)
        for span in self._records.source.unwritable.between(*ends):
            part = teeth.around(*span).within(*span)
            low, high = part.low, part.high
            self._idle.add(high - low)
            self._idle_within.add((self.violations.target_s - low).clip(0.0, high - low))

    def until(self, now_s: float) -> Age:
        """Return a copy up to a time after the last completion."""
        other = copy.copy(self)
        other.ramps, other.violations = self.ramps.copy(), self.violations.copy()
        other._within = self._within.copy()
        other._idle, other._idle_within = self._idle.copy(), self._idle_within.copy()
        if self._before is not None:
            begin_s, origin_s = self._before
            other._take(Teeth(np.array([begin_s]), np.array([now_s]), np.array([origin_s])))
        return other

    def attainment(self) -> float | None:
        """Return the share of the time at or below the target; None without time."""
        total_s = self.ramps.total_s
        return self._within.total() / total_s if total_s else None

    def within_s(self) -> float:
        """Return the seconds of the time at or below the target."""
        return self._within.total()

    def unwritable_s(self) -> float:
        """Return the seconds of the time in which the source could not be written."""
        return self._idle.total()

    def attainment_while_writable(self) -> float | None:
        """Return the attainment in the rest of the time; None where there is no rest.

        An age that grows while nothing can be written loses nothing.
        """
        idle_s, total_s = self._idle.total(), self.ramps.total_s
        if not idle_s:
            return self.attainment()
        rest_s = total_s - idle_s
        if rest_s <= _ROUNDING * total_s:
            return None
        within_s = self._within.total() - self._idle_within.total()
        return min(1.0, max(0.0, within_s / rest_s))

    def peak_mean_s(self) -> float | None:
        """Return the mean age just before a completion, in seconds; None without one."""
        return self._peaks.total() / self._peak_count if self._peak_count else None


class OldestPending:
    """Age of the oldest unreplicated write, where there is one, while that is defined."""

    def __init__(self, begin_s: float, records: ReplicationRecords) -> None:
        self._begin_s, self._records = begin_s, records
        self.ramps = StreamedRamps()
        self._since_s: float | None = None  # the last completion
        self._open: tuple[float, float] | None = None  # a tooth whose oldest write is not known yet

    def add(self, block: Block) -> None:
        """Take in completed syncs, in order."""
        completed_s, first_s = block["completed_s"], block["first_write_s"]
        self._go_on(completed_s, np.where(np.isnan(first_s), math.inf, first_s))

    def _go_on(self, completed_s: Floats, first_s: Floats) -> None:
        """Take in completions, with the first write that each published; infinity: none.

        The oldest write that is pending before a completion is the first that this sync publishes,
        or, if that is none, the next: the writes of the one after are later than its cut.
        """
        begin_s = self._begins(completed_s)
        end_s, oldest_s = completed_s[-len(begin_s) :], first_s[-len(begin_s) :]
        if not len(begin_s):
            return
        if self._open is not None:
            begin_s = np.append(self._open[0], begin_s)
            end_s, oldest_s = np.append(self._open[1], end_s), np.append(math.inf, oldest_s)
        oldest_s[:-1] = np.minimum(oldest_s[:-1], oldest_s[1:])
        known = len(begin_s) - (oldest_s.item(-1) == math.inf)
        self._open = None if known == len(begin_s) else (begin_s.item(-1), end_s.item(-1))
        self._take(begin_s[:known], end_s[:known], oldest_s[:known])

    def _begins(self, completed_s: Floats) -> Floats:
        """Return when each tooth begins; none ends with the initial sync."""
        since_s, self._since_s = self._since_s, completed_s.item(-1)
        if since_s is None and self._records.begins_with_initial_sync:
            return completed_s[:-1]
        first_s = self._records.created_s if since_s is None else since_s
        return np.append(first_s, completed_s[:-1])

    def _take(self, begin_s: Floats, end_s: Floats, oldest_s: Floats) -> None:
        teeth = Teeth(np.maximum(begin_s, oldest_s), end_s, oldest_s)
        teeth = teeth.within(self._begin_s, math.inf)
        self.ramps.add(teeth.low, teeth.high)

    def until(self, snapshot: Snapshot) -> OldestPending:
        """Return a copy up to the time of a snapshot."""
        other = copy.copy(self)
        other.ramps = self.ramps.copy()
        if self._since_s is not None or not self._records.begins_with_initial_sync:
            first_s = min((part.first_s for part in snapshot.open_writes), default=math.inf)
            other._go_on(np.array([snapshot.now_s]), np.array([first_s]))
        return other

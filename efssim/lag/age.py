"""Time since last sync (age) and age of the oldest pending write: exact sawtooth curves.

Both rise one second per second between the completions of syncs, so their distribution over time
follows from the sync columns alone; nothing is sampled.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from efssim.lag.ramps import Ramps
from efssim.records import ReplicationRecords, Snapshot

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Teeth:
    """Pieces of a sawtooth: on [begin, end) the value is now - origin. Each shape (pieces,)."""

    begin_s: Floats
    end_s: Floats
    origin_s: Floats

    def within(self, begin_s: float, end_s: float) -> Teeth:
        """Return the part inside a window; pieces without length are left out."""
        begin, end = self.begin_s.clip(min=begin_s), self.end_s.clip(max=end_s)
        kept = end > begin
        return Teeth(begin[kept], end[kept], self.origin_s[kept])

    def ramps(self, zero_s: float = 0.0) -> Ramps:
        """Return the distribution over time; `zero_s` is time spent at 0 besides."""
        return Ramps(self.begin_s - self.origin_s, self.end_s - self.origin_s, zero_s)


def age_teeth(records: ReplicationRecords, snapshot: Snapshot) -> Teeth:
    """Return time since last sync, now - LastReplicatedTimestamp, wherever that is defined.

    It is from the start, or from the completion of the initial sync, until now, or until the
    configuration is gone.
    """
    begin, end = _steps(records, snapshot)
    first = [] if records.last_replicated_s is None else [records.last_replicated_s]
    return Teeth(begin, end, np.concatenate((first, records.syncs.floats("cut_s"))))


def oldest_pending_teeth(records: ReplicationRecords, snapshot: Snapshot) -> Teeth:
    """Return the age of the oldest unreplicated write, where there is one."""
    begin, end = _steps(records, snapshot)
    first = np.append(records.syncs.floats("first_write_s"), _first_open(snapshot))
    # Empty change sets have no first write: the next sync that has one tells.
    oldest = np.minimum.accumulate(np.where(np.isnan(first), np.inf, first)[::-1])[::-1]
    oldest = oldest[len(oldest) - len(begin) :]  # before the initial sync nothing is defined
    return Teeth(np.maximum(begin, oldest), end, oldest).within(0.0, snapshot.now_s)


def peak_ages(records: ReplicationRecords, begin_s: float, end_s: float) -> Floats:
    """Return the age just before each completion in the window, shape (syncs in it,)."""
    completed, cut = records.syncs.floats("completed_s"), records.syncs.floats("cut_s")
    first = np.nan if records.last_replicated_s is None else records.last_replicated_s
    before = np.concatenate(([first], cut))[: len(completed)]
    if records.begins_with_initial_sync:  # which ends no age
        completed, before = completed[1:], before[1:]
    return np.asarray((completed - before)[(completed >= begin_s) & (completed <= end_s)])


def _steps(records: ReplicationRecords, snapshot: Snapshot) -> tuple[Floats, Floats]:
    """Return begin and end of the time at each value of LastReplicatedTimestamp."""
    edges = np.append(records.syncs.floats("completed_s"), snapshot.now_s)
    if records.last_replicated_s is not None:
        edges = np.concatenate(([records.created_s], edges))
    return edges[:-1], edges[1:]


def _first_open(snapshot: Snapshot) -> float:
    times = [part.time_s[0] for part in snapshot.open_writes if len(part.time_s)]
    return float(min(times, default=np.inf))

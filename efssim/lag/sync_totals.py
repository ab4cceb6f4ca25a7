"""Counts and sums over completed syncs, added a block at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from efssim.lag.weighted.block_sums import BlockSums
from efssim.records.columns import Block
from efssim.records.run_records import ReplicationRecords

Floats = NDArray[np.float64]


class SyncTotals:
    """Totals of the syncs that completed at or after `begin_s`.

    The initial sync counts among the completed; its bytes and duration, which are another matter,
    count in `initial_bytes` and `initial_s` alone.
    """

    def __init__(self, begin_s: float, records: ReplicationRecords) -> None:
        self._begin_s, self._records = begin_s, records
        self.completed = self.regular = 0
        """Syncs that completed, and those of them that are not the initial one."""
        self.failed_attempts = 0
        self.bytes = self.published_bytes = 0
        """Bytes of regular syncs, as sent and as written."""
        self.initial_s: float | None = None
        self.initial_bytes: int | None = None
        self.published_before = 0
        """Bytes published before `begin_s`; a sync that completes at `begin_s` is in the window."""
        self.pending_max = 0
        """Most bytes pending just before a completion, where they are defined."""
        self.last_s: tuple[float, float] | None = None
        """Cut and completion of the last sync."""
        self.last_bytes = 0
        """Bytes that it sent."""
        self._published = 0
        self._durations = BlockSums()

    def add(self, block: Block) -> None:
        """Take in completed syncs, in order."""
        completed_s, cut_s = block["completed_s"], block["cut_s"]
        durations = completed_s - cut_s
        is_first, self.last_s = self.last_s is None, (cut_s.item(-1), completed_s.item(-1))
        self.last_bytes = int(block["bytes"].item(-1))
        counted = completed_s >= self._begin_s
        self.completed += int(counted.sum())
        self.failed_attempts += int((block["attempts"] - 1)[counted].sum())
        if is_first and self._records.begins_with_initial_sync:
            self.initial_s, self.initial_bytes = durations.item(0), block["bytes"].item(0)
            counted[0] = False
        self.regular += int(counted.sum())
        self.bytes += int(block["bytes"][counted].sum())
        self.published_bytes += int(block["published_bytes"][counted].sum())
        self._durations.add(durations[counted])
        self._follow_pending(block)

    def _follow_pending(self, block: Block) -> None:
        """Follow pending bytes: they only grow between completions, so they peak before one."""
        assert self._records.defined_s is not None, "a sync has completed"
        published = block["published_bytes"].cumsum() + self._published
        pending = block["written_bytes"] - published + block["published_bytes"]
        begin_s = max(self._begin_s, self._records.defined_s)
        inside = block["completed_s"] > begin_s
        self.pending_max = max(self.pending_max, int(pending[inside].max(initial=0)))
        early = int((block["completed_s"] < self._begin_s).sum())
        if early:
            self.published_before = int(published[early - 1])
        self._published = int(published[-1])

    @property
    def coalesced_bytes(self) -> int:
        """Bytes that were overwritten before the cut and so needed no sending."""
        return self.published_bytes - self.bytes

    def duration_mean_s(self) -> float | None:
        """Return the mean duration of a regular sync, in seconds; None without one."""
        return self._durations.total() / self.regular if self.regular else None

"""Bytes that syncs send over the link, with those of failed attempts and of abandoned syncs."""

from __future__ import annotations

from typing import NamedTuple

from efssim.records.columns import Block
from efssim.records.run_records import ReplicationRecords, Snapshot


class Sent(NamedTuple):
    """Bytes that crossed the link."""

    regular: int
    initial: int
    """Those of the initial sync, which comes once, with its abandoned beginnings."""


class WireBytes:
    """Bytes sent by syncs that ended at or after `begin_s`, and by the one in flight.

    A sync counts as a whole when it completes or is abandoned.
    """

    def __init__(self, begin_s: float, records: ReplicationRecords) -> None:
        self._begin_s, self._records = begin_s, records
        self._first: tuple[float, float] | None = None  # cut and completion of the first sync
        self._of_first = 0
        self._completed = self._repeated = 0
        self._first_repeated: tuple[float, int] | None = None  # cut and bytes
        records.syncs.sinks.append(self._add)
        records.repeated.sinks.append(self._add_repeated)

    def _add(self, block: Block) -> None:
        counted = block["completed_s"] >= self._begin_s
        self._completed += int(block["bytes"][counted].sum())
        if self._first is None:
            self._first = block["cut_s"].item(0), block["completed_s"].item(0)
            self._of_first = block["bytes"].item(0)

    def _add_repeated(self, block: Block) -> None:
        counted = block["completed_s"] >= self._begin_s
        self._repeated += int(block["bytes"][counted].sum())
        if self._first_repeated is None:
            self._first_repeated = block["cut_s"].item(0), block["bytes"].item(0)

    def until(self, snapshot: Snapshot) -> Sent:
        """Return the bytes sent up to now."""
        self._records.syncs.flush()
        self._records.repeated.flush()
        initial = self._initial(snapshot)
        ended = [s for s in self._records.abandoned if s.abandoned_s >= self._begin_s]
        whole = self._completed + self._repeated + sum(s.wire_bytes for s in ended)
        flying = snapshot.open_sync
        return Sent(whole + (flying.wire_bytes if flying else 0) - initial, initial)

    def _initial(self, snapshot: Snapshot) -> int:
        """Return the bytes of the initial sync that the window counts."""
        if not self._records.begins_with_initial_sync:
            return 0
        found, first = 0, self._first
        if first is not None and first[1] >= self._begin_s:
            found += self._of_first
            if self._first_repeated is not None and self._first_repeated[0] == first[0]:
                found += self._first_repeated[1]
        for one in self._records.abandoned:
            is_initial = first is None or one.abandoned_s <= first[0]
            if is_initial and one.abandoned_s >= self._begin_s:
                found += one.wire_bytes
        if first is None and snapshot.open_sync is not None:
            found += snapshot.open_sync.wire_bytes
        return found

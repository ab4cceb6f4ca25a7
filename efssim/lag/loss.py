"""Loss by a disaster of the source: its criterion, its time, and the writes lost.

Assessed where the source cannot be written when the configuration is gone, or where it cannot be
written at the end of the run, which is all that is known of it. The disaster is the time since
which it could not be written. Lost are the writes pending then; without a recovery point,
the whole content of the source.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from efssim.json_values import HIDDEN, moment
from efssim.records.run_records import ReplicationRecords, Snapshot


@dataclass(frozen=True, slots=True)
class Loss:
    """The loss by a disaster of a source."""

    disaster_s: float = field(metadata=HIDDEN)
    """Since when the source could not be written."""
    point_s: float | None = field(metadata=moment("time"))
    """The recovery point: the cut of the last completed sync; None: there is none."""
    lost_bytes: int
    lost_writes: int
    lost_s: float | None
    """From the oldest lost write to the disaster, 0 if none is lost; None: no recovery point."""
    writable_s: float | None
    """From the disaster until the destination could be written; None: it never could."""

    def is_above(self, target_s: float) -> bool:
        """Return whether it is more than the objective allows."""
        return self.point_s is None or self.lost_s is None or self.lost_s > target_s


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """Writes pending when the configuration of a healthy source was gone."""

    bytes: int
    writes: int


def loss(
    records: ReplicationRecords, snapshot: Snapshot, point_s: float | None, now_s: float
) -> Loss | None:
    """Return the loss; None where there was no disaster.

    `snapshot` is the state when the configuration was gone, or now; `point_s` the cut of the last
    completed sync.
    """
    disaster_s = snapshot.disaster_s
    if disaster_s is None:
        return None
    writable_s = _writable_s(records, disaster_s, now_s)
    writes = sum(part.amount.writes for part in snapshot.open_writes)
    # A destination that has failed is no recovery point, even if all was replicated to it.
    if point_s is None or records.destination.failed_s <= snapshot.now_s:
        lost = writes + snapshot.carried.writes
        return Loss(disaster_s, None, snapshot.source_bytes, lost, None, writable_s)
    first_s = min((part.first_s for part in snapshot.open_writes), default=math.inf)
    lost_s = max(0.0, disaster_s - first_s)
    return Loss(disaster_s, point_s, pending_bytes(snapshot), writes, lost_s, writable_s)


def not_replicated(records: ReplicationRecords) -> LeftBehind | None:
    """Return the writes pending at the end of a healthy source's configuration, else None."""
    gone, lost = records.gone, records.lost
    if gone is None or lost is None or gone.disaster_s is not None:
        return None
    return LeftBehind(lost.bytes, lost.writes)


def pending_bytes(snapshot: Snapshot) -> int:
    """Return the bytes that no completed sync has published."""
    return sum(part.amount.bytes for part in snapshot.open_writes)


def _writable_s(records: ReplicationRecords, disaster_s: float, now_s: float) -> float | None:
    """Return how long after a disaster the destination of a deleted configuration is writable."""
    if records.gone is None:
        return None
    since_s = records.destination.writable_from(records.gone.now_s, now_s)
    return None if since_s is None else since_s - disaster_s

"""The outcome of one drill: what was lost, how long it took, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass

from efssim.model.drill.record import DrillPhase, DrillRecord, Ending
from efssim.model.drill.restoring import Restored
from efssim.records.run_records import AbandonedSync, OpenSync, ReplicationRecords


@dataclass(frozen=True, slots=True)
class PartialSync:
    """A sync that the disaster left in part on the destination."""

    bytes: int = 0
    """Bytes of it that had been sent: with them the tree is of no single point in time."""
    files: int = 0
    """Files of it, in proportion."""


@dataclass(frozen=True, slots=True)
class DrillLoss:
    """The loss of one drill."""

    bytes: int
    writes: int
    seconds: float | None
    """From the oldest lost write to the disaster; None: there is no recovery point."""
    recovery_point_s: float | None
    """LastReplicatedTimestamp when the configuration was gone; None: there is none."""
    recovery_point_age_s: float | None
    """From that to the disaster."""


@dataclass(frozen=True, slots=True)
class DrillOutcome:
    """The outcome of one drill. Times are seconds since the scenario's start."""

    trial: int
    disaster_s: float
    ending: Ending
    error: str | None
    """Code of the error by which it failed."""
    message: str | None
    """That error in words."""
    status: str | None
    """Status of the replication at the disaster."""
    phases: tuple[DrillPhase, ...]
    loss: DrillLoss | None
    """None: nothing was replicated when the disaster came."""
    partial: PartialSync
    dropped_bytes: int
    dropped_writes: int
    """Writes that nobody could make, from the disaster until the configuration was gone: no loss of
    the replication, and none of it."""
    rto_s: float | None
    """From the disaster to the end of the last step; None: never."""
    writable_s: float | None
    """From the disaster until the destination could be written; None: never."""
    failback_s: float | None
    """How long the failback took; None: there was none, or it never ended."""
    discarded_bytes: int | None
    discarded_writes: int | None
    """Writes to the replica that the failback overwrote; None as above."""
    was_in_alarm: bool = False
    """Whether the alarm that detects it had told before of something else."""

    @property
    def is_applicable(self) -> bool:
        """Whether there was a replication to fail over."""
        return self.ending is not Ending.NOT_APPLICABLE

    @property
    def has_no_recovery_point(self) -> bool:
        """Whether the destination had nothing to go on with."""
        return self.loss is not None and self.loss.recovery_point_s is None

    @property
    def fails_back(self) -> bool:
        """Whether the way back failed, after a recovery."""
        return self.ending is Ending.FAILED and self.rto_s is not None

    def meets_rpo(self, target_s: float) -> bool:
        """Return whether it lost no more than a target allows."""
        seconds = None if self.loss is None else self.loss.seconds
        return seconds is not None and seconds <= target_s

    def meets_rto(self, target_s: float) -> bool:
        """Return whether it took no longer than a target allows."""
        return self.rto_s is not None and self.rto_s <= target_s


def loss_of(record: DrillRecord, records: ReplicationRecords) -> DrillLoss | None:
    """Return the loss of a drill that has ended; None if nothing was replicated.

    Lost are the writes pending when the configuration was gone; without a recovery point, the whole
    content of the source. The time is counted back from when the source could last be written: the
    disaster, an earlier one, or the end of the configuration where the source has come back.
    """
    if record.restored is not None:
        return _loss_of_restore(record.disaster_s, record.restored)
    left = record.left
    if left is None:
        return None
    stopped_s = left.now_s if left.disaster_s is None else left.disaster_s
    if record.is_planned:  # nothing was written after the fence
        stopped_s = record.disaster_s
    writes = sum(part.amount.writes for part in left.open_writes)
    point_s = record.recovery_point_s
    # A destination that has failed is no recovery point, even if all was replicated to it.
    if point_s is None or records.destination.failed_s <= left.now_s:
        return DrillLoss(left.source_bytes, writes + left.carried.writes, None, None, None)
    lost = sum(part.amount.bytes for part in left.open_writes)
    first_s = min((part.first_s for part in left.open_writes), default=stopped_s)
    age_s = max(0.0, max(record.disaster_s, stopped_s) - point_s)
    return DrillLoss(lost, writes, max(0.0, stopped_s - first_s), point_s, age_s)


def _loss_of_restore(disaster_s: float, restored: Restored) -> DrillLoss:
    """Return the loss by a backup: all that was written after its start."""
    lost = restored.lost
    if restored.begun_s is None:
        return DrillLoss(lost.bytes, lost.writes, None, None, None)
    age_s = max(0.0, disaster_s - restored.begun_s)
    return DrillLoss(lost.bytes, lost.writes, age_s, restored.begun_s, age_s)


def partial_of(record: DrillRecord, records: ReplicationRecords) -> PartialSync:
    """Return how far a sync had come that the disaster, or the deletion after it, ended."""
    left = record.left
    if left is None or record.restored is not None:
        return PartialSync()
    if left.open_sync is not None:
        return _sent(left.open_sync)
    ended = [part for part in records.abandoned if part.abandoned_s >= record.disaster_s]
    if not ended:
        return PartialSync()
    return _sent(ended[-1])


def _sent(sync: OpenSync | AbandonedSync) -> PartialSync:
    """Return how much of a sync is on the destination: attempts send the same from the start."""
    sent = min(sync.wire_bytes, sync.bytes)
    share = sent / sync.bytes if sync.bytes else 0.0
    return PartialSync(sent, int(sync.files * share))

"""A replication: the status of its destination and its LastReplicatedTimestamp."""

from __future__ import annotations

from enum import Enum

from efssim.records import ReplicationRecords, StatusChange


class Status(Enum):
    """ReplicationStatus of a destination, in EFS's words."""

    ENABLED = "ENABLED"


class Replication:
    """The state of one replication and the records it appends to."""

    def __init__(self, name: str, records: ReplicationRecords) -> None:
        self.name, self.records = name, records
        # Established: in sync at the scenario's start.
        self.status = Status.ENABLED
        self.last_replicated_s = 0.0
        records.last_replicated_s = 0.0
        records.statuses.append(StatusChange(0.0, None, Status.ENABLED.value, "established"))

    def replicated(self, cut_s: float) -> None:
        """Move LastReplicatedTimestamp to the cut of a sync that has just completed."""
        assert cut_s >= self.last_replicated_s, "LastReplicatedTimestamp never decreases"
        self.last_replicated_s = cut_s

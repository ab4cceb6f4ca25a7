"""A file system: its settings by EFS's API, and whether it can be written."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from efssim.model.entities.identifiers import file_system_arn
from efssim.model.kernel.causes import Cause
from efssim.model.writes.journal import Journal
from efssim.records.life import Life
from efssim.records.stored import Throughput
from efssim.scenario.regions.facts import write_limit


class LifeCycleState(Enum):
    """LifeCycleState of a file system, in EFS's words."""

    CREATING = "creating"
    AVAILABLE = "available"
    DELETING = "deleting"
    ERROR = "error"


class OverwriteProtection(Enum):
    """ReplicationOverwriteProtection, in EFS's words."""

    ENABLED = "ENABLED"
    DISABLED = "DISABLED"
    REPLICATING = "REPLICATING"


@dataclass
class Settings:
    """Settings of a file system by CreateFileSystem and the later updates."""

    performance_mode: str = "generalPurpose"
    throughput_mode: str = "bursting"
    provisioned_mibps: float | None = None
    encrypted: bool = True
    kms_key_arn: str | None = None
    backups: bool = False
    lifecycle_policies: list[dict[str, str]] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    policy: str | None = None
    """Its resource policy, in JSON."""


@dataclass(eq=False)
class FileSystemState:
    """One file system of the simulated account."""

    id: str
    name: str
    """Name in the scenario; where an API call made it, its id or its replication's name."""
    region: str
    zone: str | None
    """Availability Zone name of a One Zone file system."""
    zone_id: str | None
    created_s: float
    creation_token: str
    settings: Settings
    journal: Journal
    state: LifeCycleState = LifeCycleState.AVAILABLE
    protection: OverwriteProtection = OverwriteProtection.ENABLED
    agreed: dict[str, AgreedState] = field(default_factory=dict)
    """The last state in which it and another file system agreed after a replication, by id."""
    read_only_by: Cause | None = None
    """Why its overwrite protection keeps it from being written; None: it does not."""
    provisioned_changed_s: float | None = None
    """When it was last switched to provisioned throughput or its amount was changed."""
    backup_policy_put: bool = False
    """Whether its backup policy was ever put."""

    arn: str = field(init=False)
    """ARN of the file system."""
    life: Life = field(init=False)
    """Its life, for the measures."""

    def __post_init__(self) -> None:
        self.arn = file_system_arn(self.id, self.region)
        self.life = Life(self.created_s)

    def note_throughput(self, now_s: float) -> None:
        """Record the throughput mode that it has from now on."""
        mode, amount = self.settings.throughput_mode, self.settings.provisioned_mibps
        limit = write_limit(mode, self.region, one_zone=self.zone is not None)
        provisioned = None if amount is None else amount * 2**20
        written = self.journal.written_bytes()
        self.journal.kept.throughput.append(Throughput(now_s, mode, provisioned, limit, written))
        self.journal.throughput_changes()

    def stop_writes(self, cause: Cause) -> None:
        """Make no write for as long as this or another cause is left."""
        self.journal.stop(cause)
        self.life.stop(self.journal.now_s, cause.ordinal, is_wanted=cause.is_wanted)

    def allow_writes(self, cause: Cause) -> None:
        """Remove a cause to make no write."""
        self.journal.resume(cause)
        self.life.resume(self.journal.now_s, cause.ordinal)

    def fail(self, cause: Cause) -> None:
        """Become unrecoverable: nothing can be written.

        One that is being deleted goes on being deleted.
        """
        if self.state is not LifeCycleState.DELETING:
            self.state = LifeCycleState.ERROR
            self.life.failed_s = min(self.life.failed_s, self.journal.now_s)
        self.stop_writes(cause)


@dataclass(frozen=True, slots=True)
class AgreedState:
    """A state in which two file systems agreed: the bytes written to each until then."""

    mine: int
    theirs: int
    original_source_arn: str
    """ARN of the oldest source in the chain of replications between the two."""

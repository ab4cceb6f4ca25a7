"""Backups of file systems and restores from them, as AWS Backup makes them.

Documented: the rates, and that a backup shows its start. Assumed: each takes as long as one of the
whole content, and a copy to another Region as long again; what an outage of its Region, or the
loss of the file system, meets before it is complete comes to nothing; a restored file system is
there once all of it is. Backups expire after the end of any run.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import Enum

from efssim.model.account import Account
from efssim.model.efs.kms import key_arn
from efssim.model.efs.limits import require_room
from efssim.model.entities.errors import EfsError
from efssim.model.entities.file_system import FileSystemState, LifeCycleState, Settings
from efssim.model.entities.identifiers import ACCOUNT_ID
from efssim.model.entities.requests import DeclaredFileSystem, FileSystemRequest
from efssim.model.kernel.clock import Turn
from efssim.records.states import Amount
from efssim.scenario.backups import BackupPlan, backup_s, restore_s
from efssim.scenario.regions.names import partition
from efssim.text.moments import first_at

AUTOMATIC_VAULT, COPY_VAULT = "aws/efs/automatic-backup-vault", "Default"
"""Names of the vaults that have backups and copies; the first is documented, the other assumed."""


@dataclass(frozen=True, eq=False, slots=True)
class Backup:
    """A complete backup of a file system, or a copy of it in another Region."""

    ordinal: int
    source: FileSystemState
    region: str
    """Where it lies."""
    begun_s: float
    """When it began: it shows the content of that instant."""
    complete_s: float
    size_bytes: int
    files: int
    written: Amount
    """Writes that were made to the file system before it began."""

    @property
    def vault(self) -> str:
        """Name of the vault that it is in."""
        return AUTOMATIC_VAULT if self.region == self.source.region else COPY_VAULT

    @property
    def vault_arn(self) -> str:
        """ARN of that vault."""
        return f"{_place(self.region)}:backup-vault:{self.vault}"

    @property
    def arn(self) -> str:
        """ARN of the recovery point."""
        return f"{_place(self.region)}:recovery-point:{_uuid(8000, self.ordinal)}"


class JobStatus(Enum):
    """RestoreJobStatus, in AWS Backup's words."""

    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"


@dataclass(eq=False, slots=True)
class RestoreJob:
    """A restore of a backup into a new file system."""

    id: str
    backup: Backup
    begun_s: float
    ends_s: float
    status: JobStatus = JobStatus.RUNNING
    message: str = ""
    """Why it failed."""
    created: FileSystemState | None = None
    """The new file system, once the job is completed."""

    def done_share(self, now_s: float) -> float:
        """Return the share of the content that is restored."""
        if now_s >= self.ends_s:
            return 1.0
        return (now_s - self.begun_s) / (self.ends_s - self.begun_s)


class Backups:
    """The backups and restores of a run."""

    def __init__(self, account: Account) -> None:
        self._account, self._clock = account, account.clock
        self._complete: list[Backup] = []
        self._made = 0
        self.jobs: dict[str, RestoreJob] = {}
        """By id, in the order in which they began."""

    def plan(self, source: FileSystemState, spec: BackupPlan) -> None:
        """Back a file system up from the first time of day on, again and again."""
        source.settings.backups = True
        begin_s = first_at(spec.at, self._account.scenario.start)
        self._clock.call_at(begin_s, Turn.CALL, lambda: self._due(source, spec, begin_s))

    def _due(self, source: FileSystemState, spec: BackupPlan, due_s: float) -> None:
        next_s = due_s + spec.every
        self._clock.call_at(next_s, Turn.CALL, lambda: self._due(source, spec, next_s))
        is_ready = source.state is LifeCycleState.AVAILABLE and source.settings.backups
        if is_ready and self._account.region(source.region).up:
            self._begin(source, spec.copy_to)

    def _begin(self, source: FileSystemState, copy_to: str | None) -> None:
        size, files = self._account.size_of(source)
        now, lasts_s = self._clock.now, backup_s(size, files)
        self._made += 1
        written = source.journal.made()
        made = Backup(self._made, source, source.region, now, now + lasts_s, size, files, written)

        def complete() -> None:
            is_there = source.state is LifeCycleState.AVAILABLE
            if is_there and self._was_up(made.region, now):
                self._complete.append(made)
                if copy_to is not None:
                    self._copy(made, copy_to)

        self._clock.call_at(made.complete_s, Turn.STATUS, complete)

    def _copy(self, original: Backup, region: str) -> None:
        begin_s = self._clock.now
        lasts_s = backup_s(original.size_bytes, original.files)
        copied = replace(original, region=region, complete_s=begin_s + lasts_s)

        def complete() -> None:
            if self._was_up(original.region, begin_s) and self._was_up(region, begin_s):
                self._complete.append(copied)

        self._clock.call_at(copied.complete_s, Turn.STATUS, complete)

    def _was_up(self, region: str, since_s: float) -> bool:
        return self._account.region(region).was_up_since(since_s)

    # --- looking ------------------------------------------------------------------------------

    def of(self, source_arn: str, region: str) -> Iterator[Backup]:
        """Yield the complete backups of a file system in a Region, in order of completion."""
        for backup in self._complete:
            if backup.source.arn == source_arn and backup.region == region:
                yield backup

    def latest(self, source: FileSystemState, region: str) -> Backup | None:
        """Return the backup in a Region that shows the latest content; None without one."""
        found = self.of(source.arn, region)
        return max(found, key=lambda backup: backup.begun_s, default=None)

    def with_arn(self, arn: str) -> Backup | None:
        """Return the complete backup with an ARN; None without one."""
        return next((backup for backup in self._complete if backup.arn == arn), None)

    # --- restoring ----------------------------------------------------------------------------

    def restore(
        self, backup: Backup, settings: Settings | None = None, token: str | None = None
    ) -> RestoreJob:
        """Begin to restore a backup into a new file system of its Region.

        `settings` are those of the backed-up file system unless given, `token` is the new one's.
        """
        now = self._clock.now
        ends_s = now + restore_s(backup.size_bytes, backup.files)
        job = RestoreJob(_uuid(9000, len(self.jobs) + 1), backup, now, ends_s)
        self.jobs[job.id] = job
        given = settings or settings_for(backup)
        self._clock.call_at(ends_s, Turn.STATUS, lambda: self._end(job, given, token or job.id))
        return job

    def _end(self, job: RestoreJob, settings: Settings, token: str) -> None:
        """Complete a job, or let it fail."""
        job.message = self._obstacle(job, token)
        if job.message:
            job.status = JobStatus.FAILED
            return
        job.created = self._create(job.backup, settings, token)
        job.status = JobStatus.COMPLETED

    def _obstacle(self, job: RestoreJob, token: str) -> str:
        """Return why a job fails at its end, in a sentence; nothing if it does not."""
        account, region = self._account, job.backup.region
        if not self._was_up(region, job.begun_s):
            return f"{region} did not answer meanwhile."
        if account.with_token(token, region) is not None:
            return f"A file system with creation token '{token}' exists already."
        try:
            require_room(account, region)
        except EfsError as error:
            return error.message
        return ""

    def _create(self, backup: Backup, settings: Settings, token: str) -> FileSystemState:
        name = self._account.unused_name(f"{backup.source.name}-restored")
        request = FileSystemRequest(name, backup.region, settings, token=token)
        declared = DeclaredFileSystem(name, size=backup.size_bytes, files=backup.files)
        return self._account.create_file_system(request, declared)


def settings_for(backup: Backup) -> Settings:
    """Return the settings of a restored file system: those of the backed-up one (assumed).

    Tags, policies and lifecycle are not in a backup, and a key is of its Region.
    """
    known = backup.source.settings
    is_at_home = backup.region == backup.source.region
    other_key = key_arn(None, backup.region) if known.encrypted else None
    return Settings(
        performance_mode=known.performance_mode,
        throughput_mode=known.throughput_mode,
        provisioned_mibps=known.provisioned_mibps,
        encrypted=known.encrypted,
        kms_key_arn=known.kms_key_arn if is_at_home else other_key,
    )


def _place(region: str) -> str:
    return f"arn:{partition(region)}:backup:{region}:{ACCOUNT_ID}"


def _uuid(kind: int, ordinal: int) -> str:
    """Return an id shaped as AWS's, the same in every run."""
    return f"00000000-0000-4000-{kind}-{ordinal:012x}"

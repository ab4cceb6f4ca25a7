"""The restore of a drill: the latest backup of the source, in a Region that answers."""

from __future__ import annotations

from dataclasses import dataclass

from efssim.model.entities.file_system import FileSystemState
from efssim.model.world.backups import Backup, RestoreJob
from efssim.model.world.world import World
from efssim.records.states import NOTHING, Amount


@dataclass(frozen=True, slots=True)
class Restored:
    """The backup that a drill restored, and the writes that it lacks."""

    begun_s: float | None = None
    """The time that it shows; None: there was no complete backup."""
    lost: Amount = NOTHING
    """Writes that were made after that; without a backup all, with the size of the source."""


def latest_backup(world: World, source: FileSystemState) -> Backup | None:
    """Return the latest complete backup, if possible of a Region that answers; None without one."""
    regions = world.account.regions
    found = [world.backups.latest(source, region) for region in regions]
    backups = [backup for backup in found if backup is not None]
    return max(
        backups, key=lambda one: (world.account.region(one.region).up, one.begun_s), default=None
    )


def lacking(source: FileSystemState, backup: Backup | None, size_bytes: int) -> Restored:
    """Return the writes to a source that a backup of it lacks now."""
    made = source.journal.made()
    if backup is None:
        return Restored(None, Amount(made.writes, size_bytes))
    return Restored(backup.begun_s, made.less(backup.written))


def start_restore(world: World, backup: Backup) -> RestoreJob:
    """Start to restore a backup into a new file system; EfsError where its Region refuses it."""
    answer = world.call(
        "StartRestoreJob",
        {"RecoveryPointArn": backup.arn, "Metadata": {"newFileSystem": "true"}},
        backup.region,
        service="backup",
    )
    return world.backups.jobs[str(answer["RestoreJobId"])]

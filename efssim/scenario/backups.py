"""The key `backups` of a file system, and how long backups and restores take."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from efssim.scenario.grammar.base import Model
from efssim.scenario.grammar.types import PositiveDuration
from efssim.text.moments import clock_time

BACKUP_FILES_PER_S, BACKUP_BYTES_PER_S = 2000.0, 400e6
"""AWS Backup for EFS, whichever is slower; documented (EFS User Guide, awsbackup, 2025)."""
RESTORE_FILES_PER_S, RESTORE_BYTES_PER_S = 1500.0, 200e6
"""Restores, likewise."""


class BackupPlan(Model):
    """Backups of a file system, each of all of it."""

    bare = "every"

    every: PositiveDuration
    """Time from the start of one backup to that of the next."""
    at: Annotated[str, AfterValidator(clock_time)] = "05:00"
    """Time of day in UTC of the first one; unless set, where AWS Backup's default window begins."""
    copy_to: str | None = None
    """Region to which each is copied as soon as it is complete."""


def backup_s(size_bytes: int, files: int) -> float:
    """Return how long a backup of so much takes, in seconds."""
    return max(size_bytes / BACKUP_BYTES_PER_S, files / BACKUP_FILES_PER_S)


def restore_s(size_bytes: int, files: int) -> float:
    """Return how long it takes to restore so much, in seconds."""
    return max(size_bytes / RESTORE_BYTES_PER_S, files / RESTORE_FILES_PER_S)

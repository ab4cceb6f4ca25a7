"""Throughput mode and provisioned amount: valid pairs, and the 24 hours between changes.

Source: EFS API reference; EFS User Guide, "Managing throughput": after switching to provisioned
throughput or changing the amount, for 24 hours the mode cannot be left nor the amount decreased.
The creation of a file system is neither (assumed).
"""

from __future__ import annotations

from efssim.model.efs.limits import require_throughput
from efssim.model.efs.shapes.requests import UpdateFileSystem
from efssim.model.entities.errors import EfsError
from efssim.model.entities.file_system import FileSystemState, Settings

LOCK_S = 24 * 3600.0
"""How long provisioned throughput can neither be left nor decreased; documented."""

_AMOUNT = "ProvisionedThroughputInMibps"


def require_valid_throughput(settings: Settings, region: str, zone: str | None) -> None:
    """Raise EfsError unless mode and amount fit each other, the settings and the Region."""
    mode, amount = settings.throughput_mode, settings.provisioned_mibps
    if mode == "elastic" and settings.performance_mode == "maxIO":
        raise EfsError(
            "BadRequest", "ThroughputMode: elastic does not go with PerformanceMode maxIO"
        )
    if mode == "provisioned" and amount is None:
        raise EfsError("BadRequest", f"{_AMOUNT}: is required with ThroughputMode provisioned")
    if mode != "provisioned" and amount is not None:
        raise EfsError("BadRequest", f"{_AMOUNT}: goes with ThroughputMode provisioned only")
    if amount is not None:
        require_throughput(amount, region, one_zone=zone is not None)


def change_throughput(
    file_system: FileSystemState, parameters: UpdateFileSystem, now_s: float
) -> None:
    """Change mode or amount as UpdateFileSystem asks; EfsError leaves both as they are."""
    settings = file_system.settings
    wanted = _wanted(settings, parameters)
    require_valid_throughput(wanted, file_system.region, file_system.zone)
    if any("TransitionToArchive" in policy for policy in settings.lifecycle_policies):
        _keep_elastic(settings, wanted)
    _wait_long_enough(file_system, wanted, now_s)
    changed = _state(settings) != _state(wanted)
    if changed and wanted.throughput_mode == "provisioned":
        file_system.provisioned_changed_s = now_s
    settings.throughput_mode, settings.provisioned_mibps = _state(wanted)
    file_system.note_throughput(now_s)


def _state(settings: Settings) -> tuple[str, float | None]:
    return settings.throughput_mode, settings.provisioned_mibps


def _wanted(settings: Settings, parameters: UpdateFileSystem) -> Settings:
    mode, amount = parameters.get("ThroughputMode"), parameters.get("ProvisionedThroughputInMibps")
    if mode is None and amount is None:
        raise EfsError("BadRequest", f"ThroughputMode or {_AMOUNT} is required")
    mode = settings.throughput_mode if mode is None else mode
    return Settings(settings.performance_mode, mode, amount)


def _keep_elastic(settings: Settings, wanted: Settings) -> None:
    if settings.throughput_mode == "elastic" and wanted.throughput_mode != "elastic":
        raise EfsError("BadRequest", "ThroughputMode: the Archive storage class needs elastic")


def _wait_long_enough(file_system: FileSystemState, wanted: Settings, now_s: float) -> None:
    """Raise EfsError TooManyRequests for leaving or decreasing provisioned throughput too soon."""
    changed_s = file_system.provisioned_changed_s
    before = file_system.settings.provisioned_mibps
    if changed_s is None or before is None or now_s - changed_s >= LOCK_S:
        return
    if (wanted.provisioned_mibps or 0.0) < before:  # none at all where it is left
        raise EfsError(
            "TooManyRequests",
            f"The throughput of file system '{file_system.id}' was changed less than 24 hours ago:"
            " until then provisioned throughput can neither be left nor decreased.",
        )

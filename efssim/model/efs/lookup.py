"""Finding file systems and access points as a call names them, and requirements of calls on it."""

from __future__ import annotations

from efssim.model.account import Account
from efssim.model.entities.attached import AccessPoint
from efssim.model.entities.errors import EfsError
from efssim.model.entities.file_system import FileSystemState, LifeCycleState


def file_system_in(account: Account, text: str, region: str) -> FileSystemState:
    """Return the file system with an id or ARN; EfsError FileSystemNotFound if not in the Region.

    An ARN of another Region, account or partition finds nothing.
    """
    found = with_id(account, text)
    if found is None or found.region != region:
        raise not_found(text, region)
    return found


def with_id(account: Account, text: str) -> FileSystemState | None:
    """Return the file system with an id or ARN, in any Region; None without one."""
    found = account.file_systems.get(text.rpartition("/")[2])
    if found is None or text not in (found.id, found.arn):
        return None
    return found


def access_point_in(account: Account, text: str, region: str) -> AccessPoint:
    """Return the access point with an id or ARN; EfsError AccessPointNotFound if not there."""
    found = account.attached.access_points.get(text.rpartition("/")[2])
    if found is None or text not in (found.id, found.arn) or found.region != region:
        raise EfsError("AccessPointNotFound", f"Access point '{text}' does not exist in {region}.")
    return found


def not_found(text: str, region: str) -> EfsError:
    """Return the error of a file system that does not exist in a Region."""
    return EfsError("FileSystemNotFound", f"File system '{text}' does not exist in {region}.")


def require_available(file_system: FileSystemState) -> None:
    """Raise EfsError IncorrectFileSystemLifeCycleState unless a file system is available."""
    if file_system.state is not LifeCycleState.AVAILABLE:
        raise EfsError(
            "IncorrectFileSystemLifeCycleState",
            f"File system '{file_system.id}' is {file_system.state.value}, not available.",
        )

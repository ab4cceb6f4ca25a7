"""The operations that create, describe, change and delete file systems.

Source: EFS API reference; EFS User Guide, "Managing throughput" for the 24 hours.
"""

from __future__ import annotations

import re

from efssim.model.account import Account
from efssim.model.efs.descriptions import describe_file_system
from efssim.model.efs.kms import key_arn
from efssim.model.efs.limits import require_one_zone, require_room
from efssim.model.efs.lookup import file_system_in, not_found, require_available
from efssim.model.efs.operations.tags import tags_by_key
from efssim.model.efs.pagination import page
from efssim.model.efs.provisioned_throughput import change_throughput, require_valid_throughput
from efssim.model.efs.shapes.answers import (
    FileSystemDescription,
    FileSystemsPage,
    Nothing,
    ProtectionDescription,
    existing,
)
from efssim.model.efs.shapes.requests import (
    CreateFileSystem,
    OfFileSystem,
    PageOfFileSystems,
    UpdateFileSystem,
    UpdateProtection,
)
from efssim.model.entities.errors import EfsError
from efssim.model.entities.file_system import (
    FileSystemState,
    LifeCycleState,
    OverwriteProtection,
    Settings,
)
from efssim.model.entities.requests import DeclaredFileSystem, FileSystemRequest
from efssim.scenario.operations.kinds import FILE_SYSTEM_ARN, FILE_SYSTEM_ID


def create_file_system(
    account: Account,
    parameters: CreateFileSystem,
    region: str,
    declared: DeclaredFileSystem | None = None,
) -> FileSystemDescription:
    """Create a file system; its creation token is its name in the simulation, if that is free.

    `declared` are the facts of a scenario about it.
    """
    token, zone = parameters["CreationToken"], parameters.get("AvailabilityZoneName")
    settings = _new_settings(parameters, region)
    require_valid_throughput(settings, region, zone)
    other = account.with_token(token, region)
    if other is not None:
        raise EfsError(
            "FileSystemAlreadyExists",
            f"File system '{other.id}' already exists with creation token '{token}'.",
            FileSystemId=other.id,
        )
    if zone is not None:
        require_one_zone(account, zone, region)
    require_room(account, region)
    name = account.unused_name(_name(token))
    throttling = None if declared is None else declared.throttling
    request = FileSystemRequest(name, region, settings, zone, token, throttling)
    made = account.create_file_system(request, declared)
    return describe_file_system(account, made)


def _name(token: str) -> str:
    """Return the name for a creation token: never one that looks like an id or an ARN."""
    looks_like_id = re.fullmatch(f"{FILE_SYSTEM_ID}|{FILE_SYSTEM_ARN}", token)
    return f"token-{token}" if looks_like_id else token


def _new_settings(parameters: CreateFileSystem, region: str) -> Settings:
    """Return the settings of a new file system; EfsError if they contradict each other."""
    encrypted, zone = parameters.get("Encrypted", False), parameters.get("AvailabilityZoneName")
    settings = Settings(
        performance_mode=parameters.get("PerformanceMode", "generalPurpose"),
        encrypted=encrypted,
        backups=parameters.get("Backup", zone is not None),
        tags=tags_by_key(parameters.get("Tags", [])),
    )
    if settings.performance_mode == "maxIO" and zone is not None:
        raise EfsError("BadRequest", "PerformanceMode: maxIO is not for One Zone file systems")
    if "KmsKeyId" in parameters and not encrypted:
        raise EfsError("BadRequest", "KmsKeyId: needs Encrypted to be true")
    if encrypted:
        settings.kms_key_arn = key_arn(parameters.get("KmsKeyId"), region)
    settings.throughput_mode = parameters.get("ThroughputMode", "bursting")
    settings.provisioned_mibps = parameters.get("ProvisionedThroughputInMibps")
    return settings


def describe_file_systems(
    account: Account, parameters: PageOfFileSystems, region: str
) -> FileSystemsPage:
    """Describe the file systems of the calling Region, or the one with an id or creation token."""
    identifier, token = parameters.get("FileSystemId"), parameters.get("CreationToken")
    if identifier is not None and token is not None:
        raise EfsError("BadRequest", "FileSystemId and CreationToken cannot go together")
    listed = {part.id: part for part in _listed(account, identifier, token, region)}
    shown, marker = page(
        listed,
        f"file systems {region} {identifier} {token}",
        parameters.get("MaxItems"),
        parameters.get("Marker"),
        account.choice("bad_pagination_token"),
    )
    answer: FileSystemsPage = {
        "FileSystems": [describe_file_system(account, part) for part in shown],
        "NextMarker": marker,
        "Marker": parameters.get("Marker"),
    }
    return existing(answer)


def _listed(
    account: Account, identifier: str | None, token: str | None, region: str
) -> list[FileSystemState]:
    if identifier is not None:
        return [file_system_in(account, identifier, region)]
    here = [part for part in account.file_systems.values() if part.region == region]
    if token is None:
        return here
    found = [part for part in here if part.creation_token == token]
    if not found and account.choice("unknown_creation_token") == "FileSystemNotFound":
        raise not_found(token, region)
    return found


def update_file_system(
    account: Account, parameters: UpdateFileSystem, region: str
) -> FileSystemDescription:
    """Change throughput mode or amount; a destination can be changed while it is REPLICATING."""
    found = file_system_in(account, parameters["FileSystemId"], region)
    require_available(found)
    change_throughput(found, parameters, account.clock.now)
    return describe_file_system(account, found)


def update_file_system_protection(
    account: Account, parameters: UpdateProtection, region: str
) -> ProtectionDescription:
    """Turn the replication overwrite protection on or off."""
    found = file_system_in(account, parameters["FileSystemId"], region)
    require_available(found)
    if found.protection is OverwriteProtection.REPLICATING:
        raise EfsError(  # code and text were observed
            "ReplicationAlreadyExists",
            "ReplicationOverwriteProtection cannot be changed while the file system is a"
            " replication destination.",
        )
    wanted = OverwriteProtection(parameters["ReplicationOverwriteProtection"])
    if wanted is OverwriteProtection.REPLICATING:
        raise EfsError(
            account.choice("set_protection_replicating"),
            "ReplicationOverwriteProtection: only a replication sets it to REPLICATING",
        )
    account.protect(found, wanted)
    return {"ReplicationOverwriteProtection": wanted.value}


def delete_file_system(account: Account, parameters: OfFileSystem, region: str) -> Nothing:
    """Begin to delete a file system; once more while that goes on has no effect (assumed).

    One that is `creating` is refused with BadRequest (assumed: the operation declares no
    IncorrectFileSystemLifeCycleState). One in `error` can be deleted.
    """
    found = file_system_in(account, parameters["FileSystemId"], region)
    if account.configuration_of(found) is not None:
        raise EfsError(
            account.choice("delete_member_file_system"),
            f"You cannot delete file system '{found.id}' because it is in a replication"
            " configuration.",
        )
    mounted = account.attached.mount_targets_of(found)
    if mounted:
        raise EfsError(
            "FileSystemInUse",
            f"File system '{found.id}' has mount targets: {mounted[0].id}, of {len(mounted)}.",
        )
    if found.state is LifeCycleState.CREATING:
        raise EfsError("BadRequest", f"File system '{found.id}' is being created.")
    if found.state is not LifeCycleState.DELETING:
        account.delete_file_system(found)
    return {}

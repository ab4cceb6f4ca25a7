"""The answers of the API, shaped as botocore's output: absent values have no key."""

from __future__ import annotations

from datetime import datetime

from efssim.model.account import Account
from efssim.model.efs.shapes.answers import (
    DestinationDescription,
    FileSystemDescription,
    ReplicationDescription,
    SizeDescription,
    existing,
)
from efssim.model.efs.shapes.requests import Tag
from efssim.model.entities.file_system import FileSystemState, OverwriteProtection
from efssim.model.entities.identifiers import ACCOUNT_ID
from efssim.model.entities.replication import ReplicationState, Status
from efssim.scenario.grammar.disturbances.effects import Pause
from efssim.scenario.grammar.disturbances.kinds import DISTURBANCES

_RESUMES = "What paused the replication is over; it resumes by itself."
_FAILED = (
    "The source or destination file system has failed and is unrecoverable. Delete the replication"
    " configuration, and restore the latest backup of that file system to a new one."
)


def describe_replication(account: Account, replication: ReplicationState) -> ReplicationDescription:
    """Return a ReplicationConfigurationDescription."""
    source = replication.source
    return {
        "SourceFileSystemId": source.id,
        "SourceFileSystemRegion": source.region,
        "SourceFileSystemArn": source.arn,
        "SourceFileSystemOwnerId": ACCOUNT_ID,
        "OriginalSourceFileSystemArn": replication.terms.original_source_arn,
        "CreationTime": _whole_seconds(account.moment(replication.created_s)),
        "Destinations": [_destination(account, replication)],
    }


def _destination(account: Account, replication: ReplicationState) -> DestinationDescription:
    status, destination = replication.status, replication.destination
    assert status is not None
    cut_s = replication.last_replicated_s
    described: DestinationDescription = {
        "Status": status.value,
        "FileSystemId": destination.id,
        "Region": destination.region,
        "OwnerId": ACCOUNT_ID,
        "LastReplicatedTimestamp": None if cut_s is None else _milliseconds(account.moment(cut_s)),
        "StatusMessage": _status_message(replication),
        "RoleArn": replication.terms.role_arn,
    }
    return existing(described)


def _protection(account: Account, file_system: FileSystemState) -> str:
    """Return the overwrite protection, which may be shown late on a destination."""
    replication = account.configuration_of(file_system)
    if (
        file_system.protection is OverwriteProtection.REPLICATING
        and replication is not None
        and not replication.shows_protection
    ):
        return OverwriteProtection.DISABLED.value
    return file_system.protection.value


def _status_message(replication: ReplicationState) -> str | None:
    if replication.status is Status.ERROR:
        return f"{_FAILED} Cause: {replication.records.statuses[-1].cause}."
    if replication.status not in (Status.PAUSING, Status.PAUSED):
        return None
    cause = replication.paused_by
    pause = None if cause is None else DISTURBANCES[cause.kind].effect(Pause)
    return _RESUMES if pause is None else pause.message


def describe_file_system(account: Account, file_system: FileSystemState) -> FileSystemDescription:
    """Return a FileSystemDescription."""
    settings = file_system.settings
    described: FileSystemDescription = {
        "OwnerId": ACCOUNT_ID,
        "CreationToken": file_system.creation_token,
        "FileSystemId": file_system.id,
        "FileSystemArn": file_system.arn,
        "CreationTime": _whole_seconds(account.moment(file_system.created_s)),
        "LifeCycleState": file_system.state.value,
        "Name": settings.tags.get("Name"),
        "NumberOfMountTargets": len(account.attached.mount_targets_of(file_system)),
        "SizeInBytes": _size(account.metered_bytes(file_system)),
        "PerformanceMode": settings.performance_mode,
        "Encrypted": settings.encrypted,
        "KmsKeyId": settings.kms_key_arn,
        "ThroughputMode": settings.throughput_mode,
        "ProvisionedThroughputInMibps": settings.provisioned_mibps,
        "AvailabilityZoneName": file_system.zone,
        "AvailabilityZoneId": file_system.zone_id,
        "Tags": describe_tags(settings.tags),
        "FileSystemProtection": {
            "ReplicationOverwriteProtection": _protection(account, file_system)
        },
    }
    return existing(described)


def describe_tags(tags: dict[str, str]) -> list[Tag]:
    """Return tags as the API lists them, in the order of their keys."""
    return [{"Key": key, "Value": tags[key]} for key in sorted(tags)]


def _size(size: int) -> SizeDescription:
    """Return the metered size in the shape of the API, all of it in the class Standard."""
    return {"Value": size, "ValueInStandard": size, "ValueInIA": 0, "ValueInArchive": 0}


def _whole_seconds(moment: datetime) -> datetime:
    return moment.replace(microsecond=0) if moment.microsecond else moment


def _milliseconds(moment: datetime) -> datetime:
    """Round down, so that LastReplicatedTimestamp never promises too much."""
    beyond = moment.microsecond % 1000
    return moment.replace(microsecond=moment.microsecond - beyond) if beyond else moment

"""The table of operations: their names, parameters, and whether they only look.

Source: botocore's service model of EFS (members, required ones, patterns, enumerations and
bounds) and the EFS API reference. The SDK checks only types, required members and lower bounds;
here, as at the service, all of it is checked, and every mistake is a BadRequest.
Rules that depend on the state of the world are checked by the operations.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from efssim.scenario.operations.error_codes import ERROR_CODES
from efssim.scenario.operations.kinds import (
    ACCESS_POINT_ARN,
    ACCESS_POINT_ID,
    FileSystemId,
    Flag,
    Kind,
    ListOf,
    Number,
    ResourceId,
    Structure,
    TagText,
    Text,
    Word,
)
from efssim.table import Table

Answer: TypeAlias = Callable[[Any, Any, str], Any]
"""Takes the account, parameters as `Structure.read` returns them, and the Region of the call."""


@dataclass(frozen=True)
class Operation:
    """An entry of the table of operations."""

    name: str
    parameters: Structure
    """Its parameters; any other one is refused."""
    answer: Answer | None = None
    """Answers a call, or raises EfsError before it has had an effect. None: as EFS does, in
    `efssim/model/efs/operations/`."""
    only_looks: bool = False
    """Whether it changes nothing; then its calls are no events of the run."""
    errors: Mapping[str, int] = field(default_factory=dict)
    """Codes of errors that EFS does not have, with their HTTP status."""


MAX_TAGS = 50
"""Tags of a file system; documented (EFS quotas)."""

_DAYS = (1, 7, 14, 30, 60, 90, 180, 270, 365)
TRANSITION_DAYS = {f"AFTER_{n}_DAY{'S' if n > 1 else ''}": n for n in _DAYS}
"""Words of TransitionToIA and TransitionToArchive with their days."""

_FILE_SYSTEM = FileSystemId()
_ZONE = Text(longest=64)
_KEY = Text(longest=2048)
_CREATION_TOKEN = Text(longest=64)
_PAGE_SIZE = Number(1, whole=True)
# Without the documented bound of 128 characters: a token may hold the key of a tag.
_TOKEN = Text()
_THROUGHPUT_MODE = Word(("bursting", "provisioned", "elastic"))
_AMOUNT = Number(1.0)
_TAG_KEY = TagText(128, is_key=True)
_TAG_KEYS = ListOf(_TAG_KEY, most=MAX_TAGS, least=1)
_TAGS = ListOf(Structure({"Key": _TAG_KEY, "Value": TagText(256)}, ("Key", "Value")))
_ROLE = Text(
    longest=2048,
    pattern=r"arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?[a-zA-Z_0-9+=,.@\-_/]+",
    meaning="the ARN of an IAM role",
)
_DESTINATION = Structure(
    {
        # Regions have no pattern here: the documented one fits neither all Regions nor custom ones.
        "Region": Text(longest=64),
        "AvailabilityZoneName": _ZONE,
        "KmsKeyId": _KEY,
        "FileSystemId": _FILE_SYSTEM,
        "RoleArn": _ROLE,
    }
)
_TRANSITION = Word(tuple(TRANSITION_DAYS))
_LIFECYCLE_POLICY = Structure(
    {
        "TransitionToIA": _TRANSITION,
        "TransitionToArchive": _TRANSITION,
        "TransitionToPrimaryStorageClass": Word(("AFTER_1_ACCESS",)),
    }
)
_BACKUP_POLICY = Structure(
    {"Status": Word(("ENABLED", "ENABLING", "DISABLED", "DISABLING"))}, ("Status",)
)

_RESOURCE = ResourceId()
_MOUNT_TARGET = Text(longest=45, pattern=r"fsmt-[0-9a-f]{8,40}", meaning="the id of a mount target")
_ACCESS_POINT = Text(
    longest=128,
    pattern=f"{ACCESS_POINT_ID}|{ACCESS_POINT_ARN}",
    meaning="the id or ARN of an access point",
)
_SECURITY_GROUPS = ListOf(
    Text(longest=43, pattern=r"sg-[0-9a-f]{8,40}", meaning="the id of a security group"), most=100
)
_POSIX_ID = Number(0, whole=True, most=2**32 - 1)
_POSIX_USER = Structure(
    {"Uid": _POSIX_ID, "Gid": _POSIX_ID, "SecondaryGids": ListOf(_POSIX_ID, most=16)},
    ("Uid", "Gid"),
)
_CREATION_INFO = Structure(
    {
        "OwnerUid": _POSIX_ID,
        "OwnerGid": _POSIX_ID,
        "Permissions": Text(longest=4, pattern="[0-7]{3,4}", meaning="octal permissions"),
    },
    ("OwnerUid", "OwnerGid", "Permissions"),
)
_ROOT_DIRECTORY = Structure(
    {
        "Path": Text(
            longest=100,
            pattern=r"/|(/(?!\.)+[^$#<>;`|&?{}^*/\n]+){1,4}",
            meaning="an absolute path of at most four levels",
        ),
        "CreationInfo": _CREATION_INFO,
    }
)


def _about(subject: str, required: Mapping[str, Kind] | None = None, **optional: Kind) -> Structure:
    """Return the parameters of an operation on one file system."""
    members = {subject: _FILE_SYSTEM, **(required or {})}
    return Structure({**members, **optional}, tuple(members))


_PARAMETERS: dict[str, Structure] = {
    "CreateReplicationConfiguration": _about(
        "SourceFileSystemId", {"Destinations": ListOf(_DESTINATION)}
    ),
    "DescribeReplicationConfigurations": Structure(
        {"FileSystemId": _FILE_SYSTEM, "NextToken": _TOKEN, "MaxResults": _PAGE_SIZE}
    ),
    "DeleteReplicationConfiguration": _about(
        "SourceFileSystemId", DeletionMode=Word(("ALL_CONFIGURATIONS", "LOCAL_CONFIGURATION_ONLY"))
    ),
    "CreateFileSystem": Structure(
        {
            "CreationToken": _CREATION_TOKEN,
            "PerformanceMode": Word(("generalPurpose", "maxIO")),
            "Encrypted": Flag(),
            "KmsKeyId": _KEY,
            "ThroughputMode": _THROUGHPUT_MODE,
            "ProvisionedThroughputInMibps": _AMOUNT,
            "AvailabilityZoneName": _ZONE,
            "Backup": Flag(),
            "Tags": _TAGS,
        },
        ("CreationToken",),
    ),
    "DescribeFileSystems": Structure(
        {
            "MaxItems": _PAGE_SIZE,
            "Marker": _TOKEN,
            "CreationToken": _CREATION_TOKEN,
            "FileSystemId": _FILE_SYSTEM,
        }
    ),
    "UpdateFileSystem": _about(
        "FileSystemId", ThroughputMode=_THROUGHPUT_MODE, ProvisionedThroughputInMibps=_AMOUNT
    ),
    "UpdateFileSystemProtection": _about(
        # The service model does not require it; a call without it could mean nothing.
        "FileSystemId",
        {"ReplicationOverwriteProtection": Word(("ENABLED", "DISABLED", "REPLICATING"))},
    ),
    "DeleteFileSystem": _about("FileSystemId"),
    "PutLifecycleConfiguration": _about(
        "FileSystemId", {"LifecyclePolicies": ListOf(_LIFECYCLE_POLICY, most=3)}
    ),
    "DescribeLifecycleConfiguration": _about("FileSystemId"),
    "PutBackupPolicy": _about("FileSystemId", {"BackupPolicy": _BACKUP_POLICY}),
    "DescribeBackupPolicy": _about("FileSystemId"),
    "TagResource": Structure({"ResourceId": _RESOURCE, "Tags": _TAGS}, ("ResourceId", "Tags")),
    "UntagResource": Structure(
        {"ResourceId": _RESOURCE, "TagKeys": _TAG_KEYS}, ("ResourceId", "TagKeys")
    ),
    "ListTagsForResource": Structure(
        {"ResourceId": _RESOURCE, "MaxResults": _PAGE_SIZE, "NextToken": _TOKEN}, ("ResourceId",)
    ),
    # Deprecated, and still called by public tools.
    "CreateTags": _about("FileSystemId", {"Tags": _TAGS}),
    "DescribeTags": _about("FileSystemId", MaxItems=_PAGE_SIZE, Marker=_TOKEN),
    "DeleteTags": _about("FileSystemId", {"TagKeys": _TAG_KEYS}),
    "CreateMountTarget": _about(
        "FileSystemId",
        {
            "SubnetId": Text(
                longest=47, pattern=r"subnet-[0-9a-f]{8,40}", meaning="the id of a subnet"
            )
        },
        IpAddress=Text(longest=15, shortest=7),
        Ipv6Address=Text(longest=39, shortest=3),
        IpAddressType=Word(("IPV4_ONLY", "IPV6_ONLY", "DUAL_STACK")),
        SecurityGroups=_SECURITY_GROUPS,
    ),
    "DescribeMountTargets": Structure(
        {
            "MaxItems": _PAGE_SIZE,
            "Marker": _TOKEN,
            "FileSystemId": _FILE_SYSTEM,
            "MountTargetId": _MOUNT_TARGET,
            "AccessPointId": _ACCESS_POINT,
        }
    ),
    "DeleteMountTarget": Structure({"MountTargetId": _MOUNT_TARGET}, ("MountTargetId",)),
    "DescribeMountTargetSecurityGroups": Structure(
        {"MountTargetId": _MOUNT_TARGET}, ("MountTargetId",)
    ),
    "ModifyMountTargetSecurityGroups": Structure(
        {"MountTargetId": _MOUNT_TARGET, "SecurityGroups": _SECURITY_GROUPS}, ("MountTargetId",)
    ),
    "CreateAccessPoint": _about(
        "FileSystemId",
        {"ClientToken": _CREATION_TOKEN},
        Tags=_TAGS,
        PosixUser=_POSIX_USER,
        RootDirectory=_ROOT_DIRECTORY,
    ),
    "DescribeAccessPoints": Structure(
        {
            "MaxResults": _PAGE_SIZE,
            "NextToken": _TOKEN,
            "AccessPointId": _ACCESS_POINT,
            "FileSystemId": _FILE_SYSTEM,
        }
    ),
    "DeleteAccessPoint": Structure({"AccessPointId": _ACCESS_POINT}, ("AccessPointId",)),
    "PutFileSystemPolicy": _about(
        "FileSystemId",
        {"Policy": Text(longest=20_000)},
        BypassPolicyLockoutSafetyCheck=Flag(),
    ),
    "DescribeFileSystemPolicy": _about("FileSystemId"),
    "DeleteFileSystemPolicy": _about("FileSystemId"),
    "DescribeAccountPreferences": Structure({"NextToken": _TOKEN, "MaxResults": _PAGE_SIZE}),
}

OPERATIONS: Table[Operation] = Table(
    "operation",
    (
        Operation(name, parameters, only_looks=name.startswith(("Describe", "List")))
        for name, parameters in _PARAMETERS.items()
    ),
)
"""Those that are simulated."""


def error_codes() -> dict[str, int]:
    """Return the codes that operations answer with, and their HTTP status."""
    added = (operation.errors for operation in OPERATIONS.added)
    return {code: status for errors in (ERROR_CODES, *added) for code, status in errors.items()}

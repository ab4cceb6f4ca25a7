"""Parameters of the EFS API, as they are once they have been read and checked."""

from __future__ import annotations

from typing import Literal, NotRequired, TypeAlias, TypedDict


class Tag(TypedDict):
    """A tag of a file system."""

    Key: str
    Value: str


LifecyclePolicy: TypeAlias = dict[str, str]
"""The rule of a transition between storage classes, by its name; a policy has one."""


class OfFileSystem(TypedDict):
    """Parameters of the operations on one file system."""

    FileSystemId: str


class PageOfFileSystems(TypedDict, total=False):
    """Parameters of DescribeFileSystems."""

    FileSystemId: str
    CreationToken: str
    MaxItems: int
    Marker: str


class CreateFileSystem(TypedDict):
    """Parameters of CreateFileSystem."""

    CreationToken: str
    PerformanceMode: NotRequired[str]
    Encrypted: NotRequired[bool]
    KmsKeyId: NotRequired[str]
    ThroughputMode: NotRequired[str]
    ProvisionedThroughputInMibps: NotRequired[float]
    AvailabilityZoneName: NotRequired[str]
    Backup: NotRequired[bool]
    Tags: NotRequired[list[Tag]]


class UpdateFileSystem(OfFileSystem):
    """Parameters of UpdateFileSystem."""

    ThroughputMode: NotRequired[str]
    ProvisionedThroughputInMibps: NotRequired[float]


class UpdateProtection(OfFileSystem):
    """Parameters of UpdateFileSystemProtection."""

    ReplicationOverwriteProtection: str


class PutLifecycle(OfFileSystem):
    """Parameters of PutLifecycleConfiguration."""

    LifecyclePolicies: list[LifecyclePolicy]


class BackupGiven(TypedDict):
    """The backup policy of a call."""

    Status: str


class PutBackup(OfFileSystem):
    """Parameters of PutBackupPolicy."""

    BackupPolicy: BackupGiven


class DestinationGiven(TypedDict, total=False):
    """The destination of a call."""

    Region: str
    AvailabilityZoneName: str
    KmsKeyId: str
    FileSystemId: str
    RoleArn: str


class CreateReplication(TypedDict):
    """Parameters of CreateReplicationConfiguration."""

    SourceFileSystemId: str
    Destinations: list[DestinationGiven]


class PageOfReplications(TypedDict, total=False):
    """Parameters of DescribeReplicationConfigurations."""

    FileSystemId: str
    NextToken: str
    MaxResults: int


class DeleteReplication(TypedDict):
    """Parameters of DeleteReplicationConfiguration."""

    SourceFileSystemId: str
    DeletionMode: NotRequired[Literal["ALL_CONFIGURATIONS", "LOCAL_CONFIGURATION_ONLY"]]


class OfResource(TypedDict):
    """Parameters of the operations on the tags of a file system."""

    ResourceId: str


class PageOfTags(OfResource):
    """Parameters of ListTagsForResource."""

    MaxResults: NotRequired[int]
    NextToken: NotRequired[str]


class AddTags(OfResource):
    """Parameters of TagResource."""

    Tags: list[Tag]


class RemoveTags(OfResource):
    """Parameters of UntagResource."""

    TagKeys: list[str]


class AddFileSystemTags(OfFileSystem):
    """Parameters of CreateTags."""

    Tags: list[Tag]


class RemoveFileSystemTags(OfFileSystem):
    """Parameters of DeleteTags."""

    TagKeys: list[str]


class PageOfFileSystemTags(OfFileSystem):
    """Parameters of DescribeTags."""

    MaxItems: NotRequired[int]
    Marker: NotRequired[str]


class CreateMountTarget(OfFileSystem):
    """Parameters of CreateMountTarget."""

    SubnetId: str
    IpAddress: NotRequired[str]
    Ipv6Address: NotRequired[str]
    IpAddressType: NotRequired[Literal["IPV4_ONLY", "IPV6_ONLY", "DUAL_STACK"]]
    SecurityGroups: NotRequired[list[str]]


class OfMountTarget(TypedDict):
    """Parameters of the operations on one mount target."""

    MountTargetId: str


class ModifySecurityGroups(OfMountTarget):
    """Parameters of ModifyMountTargetSecurityGroups."""

    SecurityGroups: NotRequired[list[str]]


class PageOfMountTargets(TypedDict, total=False):
    """Parameters of DescribeMountTargets."""

    FileSystemId: str
    MountTargetId: str
    AccessPointId: str
    MaxItems: int
    Marker: str


PosixUser: TypeAlias = dict[str, int | list[int]]
"""The user that an access point stands for: Uid, Gid, SecondaryGids."""
RootDirectory: TypeAlias = dict[str, str | dict[str, int | str]]
"""The directory that an access point leads to: Path, CreationInfo."""


class CreateAccessPoint(OfFileSystem):
    """Parameters of CreateAccessPoint."""

    ClientToken: str
    Tags: NotRequired[list[Tag]]
    PosixUser: NotRequired[PosixUser]
    RootDirectory: NotRequired[RootDirectory]


class OfAccessPoint(TypedDict):
    """Parameters of the operations on one access point."""

    AccessPointId: str


class PageOfAccessPoints(TypedDict, total=False):
    """Parameters of DescribeAccessPoints."""

    AccessPointId: str
    FileSystemId: str
    MaxResults: int
    NextToken: str


class PutPolicy(OfFileSystem):
    """Parameters of PutFileSystemPolicy."""

    Policy: str
    BypassPolicyLockoutSafetyCheck: NotRequired[bool]


class PageOfPreferences(TypedDict, total=False):
    """Parameters of DescribeAccountPreferences."""

    NextToken: str
    MaxResults: int

"""Answers of the EFS API. A member that is None here does not exist: an answer has no such key."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TypedDict, TypeVar, cast

from efssim.model.efs.shapes.requests import LifecyclePolicy, PosixUser, RootDirectory, Tag

T = TypeVar("T", bound=Mapping[str, object])


def existing(members: T) -> T:
    """Return the members of an answer that exist."""
    return cast(T, {key: value for key, value in members.items() if value is not None})


class DestinationDescription(TypedDict):
    """The destination of a replication configuration."""

    Status: str
    FileSystemId: str
    Region: str
    OwnerId: str
    LastReplicatedTimestamp: datetime | None
    StatusMessage: str | None
    RoleArn: str | None


class ReplicationDescription(TypedDict):
    """A replication configuration."""

    SourceFileSystemId: str
    SourceFileSystemRegion: str
    SourceFileSystemArn: str
    SourceFileSystemOwnerId: str
    OriginalSourceFileSystemArn: str
    CreationTime: datetime
    Destinations: list[DestinationDescription]


class SizeDescription(TypedDict):
    """The metered size of a file system."""

    Value: int
    ValueInStandard: int
    ValueInIA: int
    ValueInArchive: int


class ProtectionDescription(TypedDict):
    """The replication overwrite protection of a file system."""

    ReplicationOverwriteProtection: str


class FileSystemDescription(TypedDict):
    """A file system."""

    OwnerId: str
    CreationToken: str
    FileSystemId: str
    FileSystemArn: str
    CreationTime: datetime
    LifeCycleState: str
    Name: str | None
    NumberOfMountTargets: int
    SizeInBytes: SizeDescription
    PerformanceMode: str
    Encrypted: bool
    KmsKeyId: str | None
    ThroughputMode: str
    ProvisionedThroughputInMibps: float | None
    AvailabilityZoneName: str | None
    AvailabilityZoneId: str | None
    Tags: list[Tag]
    FileSystemProtection: ProtectionDescription


class FileSystemsPage(TypedDict):
    """Answer of DescribeFileSystems."""

    FileSystems: list[FileSystemDescription]
    NextMarker: str | None
    Marker: str | None


class ReplicationsPage(TypedDict):
    """Answer of DescribeReplicationConfigurations."""

    Replications: list[ReplicationDescription]
    NextToken: str | None


class TagsPage(TypedDict):
    """Answer of ListTagsForResource."""

    Tags: list[Tag]
    NextToken: str | None


class LifecycleDescription(TypedDict):
    """Answer of the operations on lifecycle policies."""

    LifecyclePolicies: list[LifecyclePolicy]


class BackupStatus(TypedDict):
    """Whether automatic backups are on."""

    Status: str


class BackupDescription(TypedDict):
    """Answer of the operations on backup policies."""

    BackupPolicy: BackupStatus


class FileSystemTagsPage(TypedDict):
    """Answer of DescribeTags."""

    Tags: list[Tag]
    NextMarker: str | None
    Marker: str | None


class MountTargetDescription(TypedDict):
    """A mount target."""

    OwnerId: str
    MountTargetId: str
    FileSystemId: str
    SubnetId: str
    LifeCycleState: str
    IpAddress: str | None
    Ipv6Address: str | None
    NetworkInterfaceId: str
    AvailabilityZoneId: str | None
    AvailabilityZoneName: str
    VpcId: str


class MountTargetsPage(TypedDict):
    """Answer of DescribeMountTargets."""

    MountTargets: list[MountTargetDescription]
    NextMarker: str | None
    Marker: str | None


class SecurityGroupsDescription(TypedDict):
    """Answer of DescribeMountTargetSecurityGroups."""

    SecurityGroups: list[str]


class AccessPointDescription(TypedDict):
    """An access point."""

    ClientToken: str
    Name: str | None
    Tags: list[Tag]
    AccessPointId: str
    AccessPointArn: str
    FileSystemId: str
    PosixUser: PosixUser | None
    RootDirectory: RootDirectory
    OwnerId: str
    LifeCycleState: str


class AccessPointsPage(TypedDict):
    """Answer of DescribeAccessPoints."""

    AccessPoints: list[AccessPointDescription]
    NextToken: str | None


class PolicyDescription(TypedDict):
    """Answer of the operations on the policy of a file system."""

    FileSystemId: str
    Policy: str


class ResourceIdPreference(TypedDict):
    """The length of ids that an account prefers, and of which resources."""

    ResourceIdType: str
    Resources: list[str]


class PreferencesDescription(TypedDict):
    """Answer of DescribeAccountPreferences."""

    ResourceIdPreference: ResourceIdPreference


class Nothing(TypedDict):
    """Answer of an operation that tells nothing."""

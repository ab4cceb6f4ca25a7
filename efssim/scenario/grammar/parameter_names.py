"""The names of the parameters of every operation, so that a misspelt one is found when it is read.

Source: botocore's service model of EFS. Their values are checked when a call is made.
"""

from __future__ import annotations

PARAMETER_NAMES: dict[str, tuple[str, ...]] = {
    "CreateReplicationConfiguration": ("SourceFileSystemId", "Destinations"),
    "DescribeReplicationConfigurations": ("FileSystemId", "NextToken", "MaxResults"),
    "DeleteReplicationConfiguration": ("SourceFileSystemId", "DeletionMode"),
    "CreateFileSystem": (
        "CreationToken",
        "PerformanceMode",
        "Encrypted",
        "KmsKeyId",
        "ThroughputMode",
        "ProvisionedThroughputInMibps",
        "AvailabilityZoneName",
        "Backup",
        "Tags",
    ),
    "DescribeFileSystems": ("MaxItems", "Marker", "CreationToken", "FileSystemId"),
    "UpdateFileSystem": ("FileSystemId", "ThroughputMode", "ProvisionedThroughputInMibps"),
    "UpdateFileSystemProtection": ("FileSystemId", "ReplicationOverwriteProtection"),
    "DeleteFileSystem": ("FileSystemId",),
    "PutLifecycleConfiguration": ("FileSystemId", "LifecyclePolicies"),
    "DescribeLifecycleConfiguration": ("FileSystemId",),
    "PutBackupPolicy": ("FileSystemId", "BackupPolicy"),
    "DescribeBackupPolicy": ("FileSystemId",),
    "TagResource": ("ResourceId", "Tags"),
    "UntagResource": ("ResourceId", "TagKeys"),
    "ListTagsForResource": ("ResourceId", "MaxResults", "NextToken"),
}
"""By operation."""

"""Error codes of the EFS API with their HTTP status.

Source: botocore's service model of EFS (`error.httpStatusCode` of each exception shape).
"""

from __future__ import annotations

ERROR_CODES: dict[str, int] = {
    "BadRequest": 400,
    "IncorrectFileSystemLifeCycleState": 409,
    "ValidationException": 400,
    "ReplicationNotFound": 404,
    "FileSystemNotFound": 404,
    "UnsupportedAvailabilityZone": 400,
    "FileSystemLimitExceeded": 403,
    "InsufficientThroughputCapacity": 503,
    "ThroughputLimitExceeded": 400,
    "ConflictException": 409,
    "InternalServerError": 500,
    "FileSystemAlreadyExists": 409,
    "FileSystemInUse": 409,
    "PolicyNotFound": 404,
    "TooManyRequests": 429,
    "ReplicationAlreadyExists": 409,
    "ThrottlingException": 429,
    "MountTargetNotFound": 404,
    "MountTargetConflict": 409,
    "IncorrectMountTargetState": 409,
    "SubnetNotFound": 400,
    "NoFreeAddressesInSubnet": 409,
    "IpAddressInUse": 409,
    "NetworkInterfaceLimitExceeded": 409,
    "SecurityGroupLimitExceeded": 400,
    "SecurityGroupNotFound": 400,
    "AvailabilityZonesMismatch": 400,
    "DependencyTimeout": 504,
    "AccessPointNotFound": 404,
    "AccessPointAlreadyExists": 409,
    "AccessPointLimitExceeded": 403,
    "InvalidPolicyException": 400,
}

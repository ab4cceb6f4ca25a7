"""Ids and ARNs: hashes of names, so that they are the same in every run."""

from __future__ import annotations

import hashlib

from efssim.scenario.regions.names import partition

ACCOUNT_ID = "111122223333"
"""The account of every simulated resource: the one of AWS's own examples."""


def hex_of(name: str, digits: int) -> str:
    """Return the first hexadecimal digits of a hash of a name."""
    return hashlib.sha256(name.encode()).hexdigest()[:digits]


def resource_id(prefix: str, name: str) -> str:
    """Return the id of the resource `name`: a prefix such as `fs`, and 17 digits, as AWS's."""
    return f"{prefix}-{hex_of(name, 17)}"


def file_system_id(name: str) -> str:
    """Return the id of the file system `name`."""
    return resource_id("fs", name)


def file_system_arn(identifier: str, region: str) -> str:
    """Return the ARN of a file system."""
    return f"{_place(region)}:file-system/{identifier}"


def access_point_arn(identifier: str, region: str) -> str:
    """Return the ARN of an access point."""
    return f"{_place(region)}:access-point/{identifier}"


def _place(region: str) -> str:
    return f"arn:{partition(region)}:elasticfilesystem:{region}:{ACCOUNT_ID}"


def request_id(ordinal: int) -> str:
    """Return the id of an API call by its ordinal, shaped as AWS's."""
    return f"00000000-0000-4000-8000-{ordinal:012x}"

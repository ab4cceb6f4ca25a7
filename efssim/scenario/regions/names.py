"""AWS Regions that have Amazon EFS, so that a misspelt Region is a mistake and not a new place.

Source: AWS's endpoints list for `elasticfilesystem` (botocore 1.44.5) and the AWS Account
Management reference on opt-in Regions, 2026.
"""

from __future__ import annotations

import re
from functools import lru_cache

OPT_IN = (
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-south-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-west-1",
    "eu-central-2",
    "eu-south-1",
    "eu-south-2",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
)
"""Regions that an account has to enable."""

DEFAULT = (
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
)
"""Regions that every account has."""

OTHER_PARTITIONS = (
    "cn-north-1",
    "cn-northwest-1",
    "us-gov-east-1",
    "us-gov-west-1",
    "eusc-de-east-1",
)
"""Regions outside the commercial partition."""

KNOWN = OPT_IN + DEFAULT + OTHER_PARTITIONS


def is_default(region: str) -> bool:
    """Return whether AWS enables a Region by default; no other partition has Regions to opt in."""
    return region in DEFAULT + OTHER_PARTITIONS


@lru_cache(256)  # of the Region of every ARN
def partition(region: str) -> str:
    """Return the partition of a Region; replication stays inside one."""
    for prefix, name in (("cn-", "aws-cn"), ("us-gov-", "aws-us-gov"), ("eusc-", "aws-eusc")):
        if region.startswith(prefix):
            return name
    return "aws"


def zone_region(zone: str) -> str | None:
    """Return the Region of an Availability Zone, `us-east-1` of `us-east-1a`; None if malformed."""
    match = re.fullmatch(r"(.*[0-9])[a-z]+", zone)
    return None if match is None else match[1]

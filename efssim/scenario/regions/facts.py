"""Facts of Amazon EFS that differ from Region to Region: Availability Zones and limits.

* Documented: the AZ ids that have One Zone storage (EFS User Guide, "Features", table of
  Availability Zones for One Zone file systems) and the limits of provisioned throughput (EFS User
  Guide, "Amazon EFS quotas"), both of 2026.
* Assumed: which AZ name stands for which AZ id. AWS maps them for each account; here the k-th
  letter is the k-th id. A scenario says otherwise under `regions.NAME.availability_zones`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from efssim.scenario.regions.names import KNOWN

_ONE_ZONE: dict[str, tuple[str, tuple[int, ...]]] = {
    "af-south-1": ("afs1", (1, 2, 3)),
    "ap-east-1": ("ape1", (1, 2, 3)),
    "ap-northeast-1": ("apne1", (1, 4)),
    "ap-northeast-2": ("apne2", (1, 2, 3)),
    "ap-northeast-3": ("apne3", (1, 2, 3)),
    "ap-south-1": ("aps1", (1, 2, 3)),
    "ap-southeast-1": ("apse1", (1, 2)),
    "ap-southeast-2": ("apse2", (1, 2, 3)),
    "ca-central-1": ("cac1", (1, 2)),
    "eu-central-1": ("euc1", (1, 2, 3)),
    "eu-north-1": ("eun1", (1, 2, 3)),
    "eu-south-1": ("eus1", (1, 2, 3)),
    "eu-west-1": ("euw1", (1, 2, 3)),
    "eu-west-2": ("euw2", (1, 2)),
    "eu-west-3": ("euw3", (1, 3)),
    "me-south-1": ("mes1", (1, 2, 3)),
    "sa-east-1": ("sae1", (1, 2, 3)),
    "us-east-1": ("use1", (1, 2, 4, 5, 6)),
    "us-east-2": ("use2", (1, 2, 3)),
    "us-west-1": ("usw1", (1, 3)),
    "us-west-2": ("usw2", (1, 2, 3, 4)),
    "cn-north-1": ("cnn1", (1, 2)),
    "cn-northwest-1": ("cnnw1", (1, 2, 3)),
    "us-gov-east-1": ("usge1", (1, 2, 3)),
    "us-gov-west-1": ("usgw1", (1, 2, 3)),
}
"""Prefix of a Region's AZ ids and the numbers of those with One Zone storage; others have none."""

_FEWEST_ZONES = 3
"""Availability Zones that a Region has at least (AWS's own promise of every Region)."""

_HIGH_ELASTIC = (
    "us-east-1",
    "us-east-2",
    "us-west-2",
    "ap-south-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "eu-central-1",
    "eu-west-1",
    "eu-west-2",
)
"""Regions in which a Regional file system with elastic throughput takes 5 GiB/s of writes."""

_HIGH_BURSTING = ("us-east-1", "us-east-2", "us-west-2", "eu-west-1", "ap-southeast-2")
"""Regions in which bursting throughput takes 3 GiB/s of writes, One Zone included."""

_HIGH_PROVISIONED = ("us-east-1", "us-east-2", "us-west-2", "eu-west-1")
"""Regions with the higher limit of provisioned throughput."""

FILE_SYSTEMS = 1000
"""File systems of an account in a Region; documented (EFS quotas), adjustable by AWS."""

_HIGH_LIMIT_MIBPS = 3414.0
"""3.33 GiB/s of writes as the API has it: valid values are 1 to 3414 MiB/s."""

_LIMIT_MIBPS = 1024.0
"""1 GiB/s of writes: all other Regions, and One Zone file systems everywhere."""


@cache
def zones_of(region: str) -> Mapping[str, str]:
    """Return the AZ id of each AZ name of a Region, custom ones included."""
    prefix, numbers = _ONE_ZONE.get(region, (region, ()))
    count = max((*numbers, _FEWEST_ZONES))
    zones = {f"{region}{'abcdef'[k]}": f"{prefix}-az{k + 1}" for k in range(count)}
    return MappingProxyType(zones)  # every world has the same


def one_zone_ids(region: str) -> tuple[str, ...]:
    """Return the AZ ids of a Region that have One Zone storage."""
    prefix, numbers = _ONE_ZONE.get(region, ("", ()))
    return tuple(f"{prefix}-az{number}" for number in numbers)


def has_one_zone(region: str, zone_id: str) -> bool:
    """Return whether a zone has One Zone storage; assumed of all zones of a custom Region."""
    return region not in KNOWN or zone_id in one_zone_ids(region)


def provisioned_limit_mibps(region: str, one_zone: bool) -> float:
    """Return the largest ProvisionedThroughputInMibps of a file system.

    It is the limit of writes, since the parameter is an amount of metered throughput, in which
    reads count a third: the documented limit of reads is three times that of writes.
    """
    high = region in _HIGH_PROVISIONED and not one_zone
    return _HIGH_LIMIT_MIBPS if high else _LIMIT_MIBPS


def write_limit(mode: str, region: str, one_zone: bool) -> float:
    """Return the bytes per second of writes that a file system takes at most in a Region.

    EFS User Guide, "Amazon EFS quotas": the limits of a file system by throughput mode.
    """
    if mode == "provisioned":
        return provisioned_limit_mibps(region, one_zone) * 2**20
    if mode == "elastic":
        return (5.0 if region in _HIGH_ELASTIC and not one_zone else 1.0) * 2**30
    return (3.0 if region in _HIGH_BURSTING else 1.0) * 2**30

"""Limits of a Region: One Zone storage, a number of file systems, an amount of throughput."""

from __future__ import annotations

from efssim.model.account import Account
from efssim.model.entities.errors import EfsError
from efssim.scenario.regions.facts import has_one_zone, provisioned_limit_mibps


def require_one_zone(account: Account, zone: str, region: str) -> None:
    """Raise EfsError UnsupportedAvailabilityZone unless a Region has One Zone in this AZ."""
    zones = account.region(region).zones
    if zone not in zones:
        raise EfsError(
            "UnsupportedAvailabilityZone", f"{region} has no Availability Zone '{zone}'."
        )
    if not has_one_zone(region, zones[zone]):
        raise EfsError(
            "UnsupportedAvailabilityZone",
            f"One Zone file systems are not available in {zone} ({zones[zone]}).",
        )


def require_room(account: Account, region: str) -> None:
    """Raise EfsError FileSystemLimitExceeded if the account has all it may have in a Region."""
    count = account.file_systems_in[region]
    if count >= account.region(region).most_file_systems:
        raise EfsError(
            "FileSystemLimitExceeded",
            f"The account has {count} file systems in {region}, the maximum;"
            f" regions.{region}.quotas.file_systems of the scenario says how many it may have.",
        )


def require_throughput(amount_mibps: float, region: str, one_zone: bool) -> None:
    """Raise EfsError ThroughputLimitExceeded for more than a Region lets one provision."""
    limit_mibps = provisioned_limit_mibps(region, one_zone)
    if amount_mibps > limit_mibps:
        raise EfsError(
            "ThroughputLimitExceeded",
            f"{amount_mibps:g} MiB/s is more than the limit of {limit_mibps:g} MiB/s in {region}.",
        )

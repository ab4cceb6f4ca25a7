"""The subnets in which a runbook makes the mount targets of a file system."""

from __future__ import annotations

from efssim.model.account import Account
from efssim.model.efs.subnets import subnet_place
from efssim.model.entities.attached import SubnetPlace
from efssim.model.entities.file_system import FileSystemState
from efssim.model.entities.identifiers import resource_id
from efssim.scenario.regions.names import zone_region

_TRIED = 100
"""Ids that are tried to find one in a zone: Regions have a few zones."""


def new_subnets(account: Account, file_system: FileSystemState) -> list[str]:
    """Return a subnet in each zone that the scenario declares one for, all of one VPC.

    Without a declared one: a single subnet of the default VPC.
    """
    region = file_system.region
    declared = [
        subnet_place(account, name, region)
        for name, spec in account.scenario.subnets.items()
        if zone_region(spec.availability_zone) == region
    ]
    by_zone: dict[str, SubnetPlace] = {}
    for place in declared:
        if place.vpc == declared[0].vpc and _fits(file_system, place):
            by_zone.setdefault(place.zone, place)
    return [place.subnet_id for place in by_zone.values()] or [_undeclared(account, file_system)]


def _undeclared(account: Account, file_system: FileSystemState) -> str:
    """Return a subnet that no scenario declares, in a zone that the file system can have."""
    names = [resource_id("subnet", f"{file_system.id} {ordinal}") for ordinal in range(_TRIED)]
    places = (subnet_place(account, name, file_system.region) for name in names)
    fitting = (place.subnet_id for place in places if _fits(file_system, place))
    return next(fitting, names[0])


def _fits(file_system: FileSystemState, place: SubnetPlace) -> bool:
    return file_system.zone in (None, place.zone)

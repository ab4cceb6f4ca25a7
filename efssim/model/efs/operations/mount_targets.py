"""The operations that create, describe, change and delete mount targets.

Source: EFS API reference; EFS quotas for the numbers. That a mount target is gone after the time
in which file systems are deleted is assumed.
"""

from __future__ import annotations

from collections.abc import Mapping

from efssim.model.account import Account
from efssim.model.efs.lookup import access_point_in, file_system_in, require_available
from efssim.model.efs.pagination import page
from efssim.model.efs.shapes.answers import (
    MountTargetDescription,
    MountTargetsPage,
    Nothing,
    SecurityGroupsDescription,
    existing,
)
from efssim.model.efs.shapes.requests import (
    CreateMountTarget,
    ModifySecurityGroups,
    OfMountTarget,
    PageOfMountTargets,
)
from efssim.model.efs.subnets import addresses_of, default_security_group, subnet_place
from efssim.model.entities.attached import MountTarget, SubnetPlace
from efssim.model.entities.errors import EfsError
from efssim.model.entities.file_system import FileSystemState, LifeCycleState
from efssim.model.entities.identifiers import ACCOUNT_ID

MAX_SECURITY_GROUPS = 5
"""Security groups of a mount target; documented (EFS quotas)."""
MAX_PER_VPC = 1400
"""Mount targets in a VPC; documented (EFS quotas). With which error is assumed."""


def create_mount_target(
    account: Account, parameters: CreateMountTarget, region: str
) -> MountTargetDescription:
    """Create a mount target of a file system in the Availability Zone of a subnet."""
    found = file_system_in(account, parameters["FileSystemId"], region)
    require_available(found)
    place = subnet_place(account, parameters["SubnetId"], region)
    _require_place(account, found, place)
    groups = parameters.get("SecurityGroups") or [default_security_group(place.vpc)]
    _require_few(groups)
    addresses = addresses_of(account, parameters, place)
    zone_id = account.region(region).zones.get(place.zone)
    creating_s = account.mount_target_s(found)
    made = account.attached.create_mount_target(
        found, place, addresses, groups, zone_id, creating_s
    )
    return _described(made)


def _require_place(account: Account, file_system: FileSystemState, place: SubnetPlace) -> None:
    """Raise EfsError unless a file system may have a mount target in a subnet."""
    if file_system.zone not in (None, place.zone):
        raise EfsError(
            "AvailabilityZonesMismatch",
            f"'{file_system.id}' is a One Zone file system in {file_system.zone}, and"
            f" '{place.subnet_id}' lies in {place.zone}.",
        )
    for other in account.attached.mount_targets_of(file_system):
        if other.place.vpc != place.vpc:
            raise EfsError(
                "MountTargetConflict",
                f"'{file_system.id}' has mount targets in {other.place.vpc}, and"
                f" '{place.subnet_id}' lies in {place.vpc}: all are in one VPC.",
            )
        if other.place.zone == place.zone:
            raise EfsError(
                "MountTargetConflict",
                f"mount target already exists in this AZ: {other.id} in {place.zone}. Where a"
                " subnet lies, `subnets` of the scenario says.",
            )
    inside = sum(part.place.vpc == place.vpc for part in account.attached.mount_targets.values())
    if inside >= MAX_PER_VPC:
        raise EfsError(
            "NetworkInterfaceLimitExceeded",
            f"{place.vpc} has {inside} mount targets, the maximum.",
        )


def _require_few(groups: list[str]) -> None:
    if len(groups) > MAX_SECURITY_GROUPS:
        raise EfsError(
            "SecurityGroupLimitExceeded",
            f"A mount target has at most {MAX_SECURITY_GROUPS} security groups, not {len(groups)}.",
        )


def describe_mount_targets(
    account: Account, parameters: PageOfMountTargets, region: str
) -> MountTargetsPage:
    """Describe the mount targets of a file system or of an access point's, or one of them."""
    listed = _listed(account, parameters, region)
    keys = ("FileSystemId", "MountTargetId", "AccessPointId")
    scope = " ".join(str(parameters.get(key)) for key in keys)
    shown, marker = page(
        {part.id: part for part in listed},
        f"mount targets {region} {scope}",
        parameters.get("MaxItems"),
        parameters.get("Marker"),
        account.choice("bad_pagination_token"),
    )
    answer: MountTargetsPage = {
        "MountTargets": [_described(part) for part in shown],
        "NextMarker": marker,
        "Marker": parameters.get("Marker"),
    }
    return existing(answer)


def _listed(account: Account, parameters: PageOfMountTargets, region: str) -> list[MountTarget]:
    file_system, target = parameters.get("FileSystemId"), parameters.get("MountTargetId")
    point = parameters.get("AccessPointId")
    if [file_system, target, point].count(None) != 2:
        raise EfsError(
            "BadRequest", "exactly one of FileSystemId, MountTargetId and AccessPointId is needed"
        )
    if target is not None:
        return [_in_region(account, target, region)]
    if point is not None:
        return account.attached.mount_targets_of(
            access_point_in(account, point, region).file_system
        )
    assert file_system is not None
    return account.attached.mount_targets_of(file_system_in(account, file_system, region))


def delete_mount_target(account: Account, parameters: OfMountTarget, region: str) -> Nothing:
    """Begin to delete a mount target; once more while that goes on has no effect (assumed)."""
    found = _in_region(account, parameters["MountTargetId"], region)
    if found.state is not LifeCycleState.DELETING:
        account.attached.delete_mount_target(found, account.scenario.defaults.file_system.deleting)
    return {}


def describe_security_groups(
    account: Account, parameters: OfMountTarget, region: str
) -> SecurityGroupsDescription:
    """Return the security groups of a mount target."""
    found = _available(account, parameters, region)
    return {"SecurityGroups": list(found.security_groups)}


def modify_security_groups(
    account: Account, parameters: ModifySecurityGroups, region: str
) -> Nothing:
    """Replace the security groups of a mount target; none means the default one of its VPC."""
    found = _available(account, parameters, region)
    groups = parameters.get("SecurityGroups") or [default_security_group(found.place.vpc)]
    _require_few(groups)
    found.security_groups = groups
    return {}


def _available(account: Account, parameters: Mapping[str, object], region: str) -> MountTarget:
    found = _in_region(account, str(parameters["MountTargetId"]), region)
    if found.state is not LifeCycleState.AVAILABLE:
        raise EfsError(
            "IncorrectMountTargetState",
            f"Mount target '{found.id}' is {found.state.value}, not available.",
        )
    return found


def _in_region(account: Account, identifier: str, region: str) -> MountTarget:
    found = account.attached.mount_targets.get(identifier)
    if found is None or found.region != region:
        raise EfsError(
            "MountTargetNotFound", f"Mount target '{identifier}' does not exist in {region}."
        )
    return found


def _described(target: MountTarget) -> MountTargetDescription:
    described: MountTargetDescription = {
        "OwnerId": ACCOUNT_ID,
        "MountTargetId": target.id,
        "FileSystemId": target.file_system.id,
        "SubnetId": target.place.subnet_id,
        "LifeCycleState": target.state.value,
        "IpAddress": target.addresses.ipv4,
        "Ipv6Address": target.addresses.ipv6,
        "NetworkInterfaceId": target.interface,
        "AvailabilityZoneId": target.zone_id,
        "AvailabilityZoneName": target.place.zone,
        "VpcId": target.place.vpc,
    }
    return existing(described)

"""Subnets, VPCs and addresses, as far as mount targets need them.

A subnet that the scenario does not declare exists if its id is well-formed: it lies in an
Availability Zone picked by a hash of its id, in the one default VPC of its Region.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

from efssim.model.account import Account
from efssim.model.efs.shapes.requests import CreateMountTarget
from efssim.model.entities.attached import Addresses, SubnetPlace
from efssim.model.entities.errors import EfsError
from efssim.model.entities.identifiers import hex_of, resource_id
from efssim.scenario.regions.names import zone_region

_PRIVATE = 10 << 24
"""10.0.0.0."""
_HOSTS = 2**24 - 2
_LOCAL = 0xFD << 120
"""fd00::, the addresses of private networks."""


def subnet_place(account: Account, subnet_id: str, region: str) -> SubnetPlace:
    """Return where a subnet lies; EfsError SubnetNotFound for one of another Region."""
    declared = account.scenario.subnets.get(subnet_id)
    if declared is None:
        zones = sorted(account.region(region).zones) or [f"{region}a"]
        zone = zones[int(hex_of(subnet_id, 8), 16) % len(zones)]
        return SubnetPlace(subnet_id, zone, default_vpc(region))
    if zone_region(declared.availability_zone) != region:
        raise EfsError("SubnetNotFound", f"The subnet ID '{subnet_id}' does not exist in {region}.")
    return SubnetPlace(subnet_id, declared.availability_zone, declared.vpc or default_vpc(region))


def default_vpc(region: str) -> str:
    """Return the id of the default VPC of a Region."""
    return resource_id("vpc", f"default VPC of {region}")


def default_security_group(vpc: str) -> str:
    """Return the id of the default security group of a VPC."""
    return resource_id("sg", f"default security group of {vpc}")


def addresses_of(account: Account, parameters: CreateMountTarget, place: SubnetPlace) -> Addresses:
    """Return the addresses of a new mount target: those of the call, or free ones of the subnet.

    EfsError BadRequest for one that is malformed or not of the kind wanted, IpAddressInUse for one
    that another mount target of the subnet has.
    """
    kind = parameters.get("IpAddressType", "IPV4_ONLY")
    ipv4, ipv6 = parameters.get("IpAddress"), parameters.get("Ipv6Address")
    if ipv4 is not None and kind == "IPV6_ONLY":
        raise EfsError("BadRequest", "IpAddress: does not go with IpAddressType IPV6_ONLY")
    if ipv6 is not None and kind == "IPV4_ONLY":
        raise EfsError("BadRequest", "Ipv6Address: does not go with IpAddressType IPV4_ONLY")
    others = [part.addresses for part in account.attached.mounted_in(place.subnet_id)]
    taken = [address for part in others for address in (part.ipv4, part.ipv6) if address]
    for name, text, version in (("IpAddress", ipv4, 4), ("Ipv6Address", ipv6, 6)):
        if text is not None:
            _require_free(name, text, version, taken)
    seed = f"{place.subnet_id} {parameters['FileSystemId']}"
    return Addresses(
        None if kind == "IPV6_ONLY" else ipv4 or _free(_PRIVATE, seed, taken),
        None if kind == "IPV4_ONLY" else ipv6 or _free(_LOCAL, seed, taken),
    )


def _require_free(name: str, text: str, version: int, taken: list[str]) -> None:
    try:
        is_one = ip_address(text).version == version
    except ValueError:
        is_one = False
    if not is_one:
        raise EfsError("BadRequest", f"{name}: '{text}' is no IPv{version} address")
    if text in taken:
        raise EfsError("IpAddressInUse", f"The address {text} is in use in this subnet.")


def _free(network: int, seed: str, taken: list[str]) -> str:
    """Return an address of a network that none has: by a hash, and the next ones after it."""
    host = int(hex_of(seed, 8), 16)
    while True:
        number = network + 1 + host % _HOSTS
        address = IPv4Address(number) if network == _PRIVATE else IPv6Address(number)
        if str(address) not in taken:
            return str(address)
        host += 1

"""The subnets in which a runbook makes mount targets: one in each zone, all of one VPC."""

from __future__ import annotations

from typing import Any

from helpers.account import HOME, Account

from efssim.model.drill.targets import new_subnets
from efssim.model.efs.subnets import subnet_place

VPC, OTHER = "vpc-11111111", "vpc-22222222"


def subnet(zone: str, vpc: str = VPC) -> dict[str, str]:
    return {"availability_zone": zone, "vpc": vpc}


SUBNETS = {
    "subnet-00000001": subnet("us-west-2a"),
    "subnet-00000002": subnet("us-east-1b"),
    "subnet-00000003": subnet("us-east-1b"),
    "subnet-00000004": subnet("us-east-1a", OTHER),
    "subnet-00000005": subnet("us-east-1c"),
}


def of(subnets: Any, **system: Any) -> tuple[Account, list[str]]:
    """Return an account, and the subnets for its one file system."""
    made = Account({"orders": {"region": HOME, **system}}, subnets=subnets)
    return made, new_subnets(made.simulated, made.find("orders"))


def test_the_first_of_each_zone_of_the_region_in_the_vpc_of_the_first() -> None:
    _, found = of(SUBNETS)
    assert found == ["subnet-00000002", "subnet-00000005"]


def test_a_one_zone_file_system_has_one_in_its_zone() -> None:
    _, found = of(SUBNETS, availability_zone="us-east-1b")
    assert found == ["subnet-00000002"]
    _, found = of(SUBNETS, availability_zone="us-east-1d")
    assert not set(found) & set(SUBNETS)


def test_without_a_subnet_of_the_region_one_that_is_not_declared() -> None:
    elsewhere = {"subnet-00000001": SUBNETS["subnet-00000001"]}
    for zone in ({}, {"availability_zone": "us-east-1d"}):
        made, (found,) = of(elsewhere, **zone)
        place = subnet_place(made.simulated, found, HOME)
        assert found not in SUBNETS
        assert place.zone == zone.get("availability_zone", place.zone)

"""Mount targets: where they can be made, how long that takes, and what they keep in use."""

from __future__ import annotations

import pytest
from helpers.account import AWAY, HOME, Account

A, B, C = (f"subnet-{digit * 8}" for digit in "abc")
VPC, OTHER = "vpc-11111111", "vpc-22222222"
SUBNETS = {
    A: {"availability_zone": "us-east-1a", "vpc": VPC},
    B: {"availability_zone": "us-east-1b", "vpc": VPC},
    C: {"availability_zone": "us-east-1c", "vpc": OTHER},
}


def account(**top) -> Account:
    """Return an account with subnets in two VPCs."""
    return Account(subnets=SUBNETS, **top)


def slow(file_systems=None) -> Account:
    """Return one whose mount targets take 40 s."""
    defaults = {
        "sync": {"preset": "none", "interval": 60, "setup": 5},
        "control": {"preset": "none", "mount_target": 40},
        "file_system": {"creating": 20, "deleting": 10},
    }
    return account(defaults=defaults, file_systems=file_systems)


def create(made: Account, subnet=A, name="orders", region=HOME, **others):
    return made.call("CreateMountTarget", region, FileSystemId=name, SubnetId=subnet, **others)


def listed(made: Account, region=HOME, **of):
    return made.call("DescribeMountTargets", region, **of)["MountTargets"]


def test_a_mount_target_is_available_after_its_time():
    made = slow()
    target = create(made)
    orders = made.find("orders")
    assert {
        key: target[key] for key in ("FileSystemId", "SubnetId", "VpcId", "LifeCycleState")
    } == {
        "FileSystemId": orders.id,
        "SubnetId": A,
        "VpcId": VPC,
        "LifeCycleState": "creating",
    }
    assert (target["AvailabilityZoneName"], target["OwnerId"]) == ("us-east-1a", "111122223333")
    assert made.describe("orders")["NumberOfMountTargets"] == 1
    made.advance(39.999)
    assert listed(made, FileSystemId="orders")[0]["LifeCycleState"] == "creating"
    made.advance(0.001)
    (now,) = listed(made, MountTargetId=target["MountTargetId"])
    assert now == {**target, "LifeCycleState": "available"}


def test_one_in_each_zone_and_all_in_one_vpc():
    made = account()
    create(made)
    assert made.code("CreateMountTarget", FileSystemId="orders", SubnetId=A) == (
        "MountTargetConflict"
    )
    error = made.error("CreateMountTarget", FileSystemId="orders", SubnetId=C)
    assert (error.code, OTHER in error.message) == ("MountTargetConflict", True)
    create(made, B)
    assert made.describe("orders")["NumberOfMountTargets"] == 2
    assert [part["SubnetId"] for part in listed(made, FileSystemId="orders")] in ([A, B], [B, A])


def test_a_one_zone_file_system_has_one_in_its_zone():
    made = account(file_systems={"orders": {"availability_zone": "us-east-1a"}})
    code = made.code("CreateMountTarget", FileSystemId="orders", SubnetId=B)
    assert code == "AvailabilityZonesMismatch"
    create(made, A)


def test_a_subnet_that_is_not_declared_lies_in_the_default_vpc():
    made = account()
    target = create(made, "subnet-0123456789abcdef0")
    assert target["AvailabilityZoneName"].startswith(HOME)
    assert target["VpcId"].startswith("vpc-")
    again = create(account(), "subnet-0123456789abcdef0")
    assert again == target
    # Pinned: it is the same in every run and every version.
    assert target["AvailabilityZoneName"] == "us-east-1b"


def test_a_subnet_of_another_region_is_not_found():
    made = account(file_systems={"orders": {"region": AWAY}})
    code = made.code("CreateMountTarget", AWAY, FileSystemId="orders", SubnetId=A)
    assert code == "SubnetNotFound"
    assert made.code("CreateMountTarget", HOME, FileSystemId="orders", SubnetId=A) == (
        "FileSystemNotFound"
    )


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"IpAddress": "10.0.0.256"}, "BadRequest"),
        ({"IpAddress": "10.0.0.1", "IpAddressType": "IPV6_ONLY"}, "BadRequest"),
        ({"Ipv6Address": "fd00::1"}, "BadRequest"),
        ({"Ipv6Address": "10.0.0.1", "IpAddressType": "DUAL_STACK"}, "BadRequest"),
        ({"SecurityGroups": [f"sg-{k:08x}" for k in range(6)]}, "SecurityGroupLimitExceeded"),
    ],
)
def test_what_a_mount_target_cannot_have(given, code):
    found = account().code("CreateMountTarget", FileSystemId="orders", SubnetId=A, **given)
    assert found == code


def test_addresses():
    made = account(file_systems={"orders": {"region": HOME}, "logs": {"region": HOME}})
    first = create(made, IpAddress="10.1.2.3")
    assert (first["IpAddress"], "Ipv6Address" in first) == ("10.1.2.3", False)
    code = made.code("CreateMountTarget", FileSystemId="logs", SubnetId=A, IpAddress="10.1.2.3")
    assert code == "IpAddressInUse"
    both = create(made, name="logs", IpAddressType="DUAL_STACK")
    assert both["IpAddress"] != "10.1.2.3"
    assert both["Ipv6Address"].startswith("fd00:")
    only = create(made, B, name="logs", IpAddressType="IPV6_ONLY")
    assert "IpAddress" not in only


def test_the_next_free_address_is_taken():
    """The address of a hash is in use: two calls for the same file system would have the same."""
    free = create(account())["IpAddress"]
    made = account(file_systems={"orders": {"region": HOME}, "logs": {"region": HOME}})
    create(made, name="logs", IpAddress=free)
    assert create(made)["IpAddress"] not in ("", free)


def test_security_groups():
    made = account()
    target = create(made)["MountTargetId"]
    (default,) = made.call("DescribeMountTargetSecurityGroups", MountTargetId=target)[
        "SecurityGroups"
    ]
    made.call(
        "ModifyMountTargetSecurityGroups", MountTargetId=target, SecurityGroups=["sg-12345678"]
    )
    told = made.call("DescribeMountTargetSecurityGroups", MountTargetId=target)
    assert told == {"SecurityGroups": ["sg-12345678"]}
    made.call("ModifyMountTargetSecurityGroups", MountTargetId=target)
    told = made.call("DescribeMountTargetSecurityGroups", MountTargetId=target)
    assert told == {"SecurityGroups": [default]}
    code = made.code(
        "ModifyMountTargetSecurityGroups",
        MountTargetId=target,
        SecurityGroups=[f"sg-{k:08x}" for k in range(6)],
    )
    assert code == "SecurityGroupLimitExceeded"


def test_security_groups_of_one_that_is_being_made():
    made = slow()
    target = create(made)["MountTargetId"]
    for operation in ("DescribeMountTargetSecurityGroups", "ModifyMountTargetSecurityGroups"):
        assert made.code(operation, MountTargetId=target) == "IncorrectMountTargetState"


def test_a_file_system_with_a_mount_target_is_in_use_until_that_is_gone():
    made = account()
    target = create(made)["MountTargetId"]
    assert made.code("DeleteFileSystem", FileSystemId="orders") == "FileSystemInUse"
    assert made.call("DeleteMountTarget", MountTargetId=target) == {}
    assert made.call("DeleteMountTarget", MountTargetId=target) == {}
    assert listed(made, MountTargetId=target)[0]["LifeCycleState"] == "deleting"
    assert made.code("DeleteFileSystem", FileSystemId="orders") == "FileSystemInUse"
    made.advance(10)
    assert made.code("DescribeMountTargets", MountTargetId=target) == "MountTargetNotFound"
    assert made.code("DeleteMountTarget", MountTargetId=target) == "MountTargetNotFound"
    assert listed(made, FileSystemId="orders") == []
    made.call("DeleteFileSystem", FileSystemId="orders")


def test_one_that_is_deleted_while_it_is_made_never_becomes_available():
    made = slow()
    target = create(made)["MountTargetId"]
    made.advance(35)
    made.call("DeleteMountTarget", MountTargetId=target)
    made.advance(6)
    assert listed(made, MountTargetId=target)[0]["LifeCycleState"] == "deleting"


def test_a_file_system_that_is_not_available_gets_none():
    made = account()
    made.fail("orders")
    code = made.code("CreateMountTarget", FileSystemId="orders", SubnetId=A)
    assert code == "IncorrectFileSystemLifeCycleState"


def test_a_replica_has_mount_targets_of_its_own():
    made = account()
    made.replicate()
    made.advance(200)
    replica = made.described()["Destinations"][0]["FileSystemId"]
    create(made, "subnet-12345678", name=replica, region=AWAY)
    assert listed(made, AWAY, FileSystemId=replica)
    assert made.describe("orders")["NumberOfMountTargets"] == 0


def test_pages():
    made = account()
    create(made, A)
    create(made, B)
    first = made.call("DescribeMountTargets", FileSystemId="orders", MaxItems=1)
    rest = made.call("DescribeMountTargets", FileSystemId="orders", Marker=first["NextMarker"])
    assert "NextMarker" not in rest
    both = [part["SubnetId"] for part in (*first["MountTargets"], *rest["MountTargets"])]
    assert sorted(both) == [A, B]


def test_the_same_zone_again_has_a_new_id():
    made = account()
    first = create(made)["MountTargetId"]
    made.call("DeleteMountTarget", MountTargetId=first)
    made.advance(10)
    assert create(made)["MountTargetId"] != first

"""Access points, the deprecated operations on tags, policies and the account's preferences."""

from __future__ import annotations

import json

import pytest
from helpers.account import AWAY, HOME, Account

from efssim.model.entities.attached import AccessPointSettings

POLICY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow"}]})


def create(made: Account, token="t", **others):
    return made.call("CreateAccessPoint", FileSystemId="orders", ClientToken=token, **others)


def test_an_access_point():
    made = Account()
    user = {"Uid": 1000, "Gid": 1000, "SecondaryGids": [7]}
    root = {
        "Path": "/data",
        "CreationInfo": {"OwnerUid": 1, "OwnerGid": 2, "Permissions": "755"},
    }
    tags = [{"Key": "Name", "Value": "app"}]
    point = create(made, PosixUser=user, RootDirectory=root, Tags=tags)
    assert point["FileSystemId"] == made.find("orders").id
    assert (point["Name"], point["Tags"], point["LifeCycleState"]) == ("app", tags, "available")
    assert (point["PosixUser"], point["RootDirectory"]) == (user, root)
    assert point["AccessPointArn"].endswith(f":access-point/{point['AccessPointId']}")
    for text in (point["AccessPointId"], point["AccessPointArn"]):
        told = made.call("DescribeAccessPoints", AccessPointId=text)
        assert told == {"AccessPoints": [point]}
    assert made.call("DescribeAccessPoints", FileSystemId="orders") == {"AccessPoints": [point]}
    assert made.call("DescribeAccessPoints", AWAY) == {"AccessPoints": []}
    assert made.code("DescribeAccessPoints", AWAY, AccessPointId=text) == "AccessPointNotFound"


def test_what_is_not_said_is_the_root():
    point = create(Account())
    assert point["RootDirectory"] == {"Path": "/"}
    assert not {"Name", "PosixUser"} & set(point)


def test_a_token_is_used_once():
    made = Account()
    first = create(made)["AccessPointId"]
    error = made.error("CreateAccessPoint", FileSystemId="orders", ClientToken="t")
    assert (error.code, first in error.message) == ("AccessPointAlreadyExists", True)
    made.call("DeleteAccessPoint", AccessPointId=first)
    assert create(made)["AccessPointId"] != first
    assert made.code("DeleteAccessPoint", AccessPointId=first) == "AccessPointNotFound"


def test_a_token_is_used_once_in_a_region():
    made = Account({"orders": {"region": HOME}, "copy": {"region": AWAY}})
    create(made)
    region = "-".join(("us", "east", "1"))  # equal to that of the file system, and another object
    given = {"FileSystemId": "orders", "ClientToken": "t"}
    assert made.code("CreateAccessPoint", region, **given) == "AccessPointAlreadyExists"
    made.call("CreateAccessPoint", AWAY, **{**given, "FileSystemId": "copy"})


def test_a_file_system_has_at_most_10000_access_points():
    made = Account()
    for k in range(9_999):
        settings = AccessPointSettings(f"t{k}", None, {"Path": "/"})
        made.simulated.attached.create_access_point(made.find("orders"), settings, {})
    create(made, "the last")
    error = made.error("CreateAccessPoint", FileSystemId="orders", ClientToken="one more")
    assert (error.code, "10000" in error.message) == ("AccessPointLimitExceeded", True)


def test_the_tags_of_an_access_point():
    made = Account()
    identifier = create(made)["AccessPointId"]
    tags = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    made.call("TagResource", ResourceId=identifier, Tags=tags)
    assert made.call("ListTagsForResource", ResourceId=identifier) == {"Tags": tags}
    made.call("UntagResource", ResourceId=identifier, TagKeys=["a"])
    assert made.call("ListTagsForResource", ResourceId=identifier) == {"Tags": tags[1:]}
    assert made.describe("orders")["Tags"] == []
    code = made.code("TagResource", ResourceId="fsap-01234567", Tags=tags)
    assert code == "AccessPointNotFound"


def test_the_mount_targets_of_an_access_point_are_those_of_its_file_system():
    made = Account()
    point = create(made)["AccessPointId"]
    target = made.call("CreateMountTarget", FileSystemId="orders", SubnetId="subnet-12345678")
    assert made.call("DescribeMountTargets", AccessPointId=point) == {"MountTargets": [target]}
    code = made.code("DescribeMountTargets", AccessPointId="fsap-01234567")
    assert code == "AccessPointNotFound"


def test_access_points_go_with_their_file_system():
    made = Account()
    point = create(made)["AccessPointId"]
    made.call("DeleteFileSystem", FileSystemId="orders")
    made.advance(10)
    assert made.code("DeleteAccessPoint", AccessPointId=point) == "AccessPointNotFound"
    assert made.call("DescribeAccessPoints") == {"AccessPoints": []}


def test_one_that_is_not_available_gets_none():
    made = Account()
    made.fail("orders")
    for operation, more in (
        ("CreateAccessPoint", {"ClientToken": "t"}),
        ("PutFileSystemPolicy", {"Policy": POLICY}),
        ("DeleteFileSystemPolicy", {}),
    ):
        code = made.code(operation, FileSystemId="orders", **more)
        assert code == "IncorrectFileSystemLifeCycleState"


def test_pages_of_access_points():
    made = Account()
    made_ids = {create(made, f"t{k}")["AccessPointId"] for k in range(3)}
    first = made.call("DescribeAccessPoints", MaxResults=2)
    rest = made.call("DescribeAccessPoints", NextToken=first["NextToken"])
    found = [part["AccessPointId"] for part in (*first["AccessPoints"], *rest["AccessPoints"])]
    assert (len(found), set(found)) == (3, made_ids)
    assert made.code("DescribeAccessPoints", NextToken="nonsense") == "BadRequest"
    alone = {"AccessPointId": made_ids.pop(), "NextToken": "nonsense"}
    assert made.code("DescribeAccessPoints", **alone) == "BadRequest"


def test_the_deprecated_operations_on_tags():
    made = Account()
    tags = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    assert made.call("CreateTags", FileSystemId="orders", Tags=tags) == {}
    assert made.call("DescribeTags", FileSystemId="orders")["Tags"] == tags
    first = made.call("DescribeTags", FileSystemId="orders", MaxItems=1)
    rest = made.call("DescribeTags", FileSystemId="orders", Marker=first["NextMarker"])
    assert [*first["Tags"], *rest["Tags"]] == tags
    assert made.call("ListTagsForResource", ResourceId="orders") == {"Tags": tags}
    assert made.call("DeleteTags", FileSystemId="orders", TagKeys=["a", "c"]) == {}
    assert made.describe("orders")["Tags"] == tags[1:]


def test_the_policy_of_a_file_system():
    made = Account()
    orders = made.find("orders").id
    assert made.code("DescribeFileSystemPolicy", FileSystemId="orders") == "PolicyNotFound"
    told = made.call("PutFileSystemPolicy", FileSystemId="orders", Policy=POLICY)
    assert told == {"FileSystemId": orders, "Policy": POLICY}
    assert made.call("DescribeFileSystemPolicy", FileSystemId="orders") == told
    assert made.call("DeleteFileSystemPolicy", FileSystemId="orders") == {}
    assert made.call("DeleteFileSystemPolicy", FileSystemId="orders") == {}
    assert made.code("DescribeFileSystemPolicy", FileSystemId="orders") == "PolicyNotFound"


@pytest.mark.parametrize("text", ["{", "[]", '"x"', "{}", '{"Statement": []}', "[" * 5000])
def test_what_is_no_policy(text):
    code = Account().code("PutFileSystemPolicy", FileSystemId="orders", Policy=text)
    assert code == "InvalidPolicyException"


def test_ids_are_long():
    preference = {"ResourceIdType": "LONG_ID", "Resources": ["FILE_SYSTEM", "MOUNT_TARGET"]}
    made = Account()
    assert made.call("DescribeAccountPreferences", HOME) == {"ResourceIdPreference": preference}
    assert made.code("DescribeAccountPreferences", NextToken="x") == "BadRequest"

"""Malformed parameters: one table of calls, each with what the answer complains about."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.account import AWAY, HOME, Account

from efssim import EfsError

ID = "fs-0123456789abcdef0"
CREATE, LIFECYCLE = "CreateReplicationConfiguration", "PutLifecycleConfiguration"


def to(**destination: Any) -> dict[str, Any]:
    return {"SourceFileSystemId": "orders", "Destinations": [destination]}


MALFORMED: list[tuple[str, dict[str, Any], str]] = [
    # unknown and missing ones
    ("DescribeFileSystems", {"FilesystemId": ID}, "FilesystemId: unknown parameter (did you mean"),
    (CREATE, {"Destinations": []}, "SourceFileSystemId: is required"),
    (CREATE, {"SourceFileSystemId": ID}, "Destinations: is required"),
    (CREATE, to(Regoin=AWAY), "Destinations[0].Regoin: unknown parameter (did you mean 'Region'?)"),
    ("CreateFileSystem", {}, "CreationToken: is required"),
    ("PutBackupPolicy", {"FileSystemId": ID, "BackupPolicy": {}}, "BackupPolicy.Status: is req"),
    ("UpdateFileSystemProtection", {"FileSystemId": ID}, "ReplicationOverwriteProtection: is req"),
    ("TagResource", {"ResourceId": ID, "Tags": [{"Key": "a"}]}, "Tags[0].Value: is required"),
    ("ListTagsForResource", {}, "ResourceId: is required"),
    # types
    ("DescribeFileSystems", {"FileSystemId": 7}, "FileSystemId: has to be a string, not int"),
    ("DescribeFileSystems", {"FileSystemId": None}, "FileSystemId: has to be a string, not noth"),
    (CREATE, {"SourceFileSystemId": ID, "Destinations": {"Region": AWAY}}, "has to be a list"),
    (CREATE, {"SourceFileSystemId": ID, "Destinations": AWAY}, "Destinations: has to be a list"),
    (CREATE, {"SourceFileSystemId": ID, "Destinations": [AWAY]}, "[0]: has to be a mapping"),
    ("CreateFileSystem", {"CreationToken": "t", "Encrypted": "yes"}, "Encrypted: has to be true"),
    ("CreateFileSystem", {"CreationToken": "t", "Encrypted": 1}, "Encrypted: has to be true"),
    ("DescribeFileSystems", {"MaxItems": "5"}, "MaxItems: has to be a whole number, not str"),
    ("DescribeFileSystems", {"MaxItems": 5.0}, "MaxItems: has to be a whole number, not float"),
    ("DescribeFileSystems", {"MaxItems": True}, "MaxItems: has to be a whole number, not bool"),
    ("UpdateFileSystem", {"FileSystemId": ID, "ThroughputMode": 1}, "ThroughputMode: has to be a"),
    # halves of characters
    ("CreateFileSystem", {"CreationToken": "\ud800"}, "CreationToken: half of a surrogate pair"),
    ("CreateFileSystem", {"CreationToken": "t", "\udfff": 1}, "\\udfff: unknown parameter"),
    ("UpdateFileSystem", {"FileSystemId": ID, "ThroughputMode": "\ud800"}, "half of a surrogate"),
    (CREATE, to(Region="us-west-2\udc00"), "Destinations[0].Region: half of a surrogate pair"),
    # mount targets, access points and policies
    ("CreateMountTarget", {"FileSystemId": ID}, "SubnetId: is required"),
    ("CreateMountTarget", {"FileSystemId": ID, "SubnetId": "subnet-1"}, "is not the id of a subn"),
    ("DeleteMountTarget", {"MountTargetId": "fsmt-1"}, "is not the id of a mount target"),
    ("DescribeMountTargets", {}, "exactly one of FileSystemId, MountTargetId and AccessPointId"),
    (
        "DescribeMountTargets",
        {"FileSystemId": ID, "MountTargetId": "fsmt-01234567"},
        "exactly one of FileSystemId, MountTargetId and AccessPointId",
    ),
    (
        "CreateAccessPoint",
        {"FileSystemId": ID, "ClientToken": "t", "PosixUser": {"Uid": 2**32, "Gid": 0}},
        "PosixUser.Uid: has to be at most 4294967295, not 4294967296",
    ),
    (
        "CreateAccessPoint",
        {"FileSystemId": ID, "ClientToken": "t", "RootDirectory": {"Path": "relative"}},
        "RootDirectory.Path: 'relative' is not an absolute path",
    ),
    ("DeleteAccessPoint", {"AccessPointId": "fsap-1"}, "is not the id or ARN of an access point"),
    (
        "DescribeAccessPoints",
        {"FileSystemId": ID, "AccessPointId": "fsap-01234567"},
        "AccessPointId and FileSystemId cannot go together",
    ),
    ("PutFileSystemPolicy", {"FileSystemId": ID}, "Policy: is required"),
    # enumerations
    ("UpdateFileSystem", {"FileSystemId": ID, "ThroughputMode": "elastc"}, "did you mean 'elastic"),
    ("CreateFileSystem", {"CreationToken": "t", "PerformanceMode": "max"}, "PerformanceMode: 'max"),
    ("DeleteReplicationConfiguration", {"SourceFileSystemId": ID, "DeletionMode": "ALL"}, "'ALL'"),
    (
        "UpdateFileSystemProtection",
        {"FileSystemId": ID, "ReplicationOverwriteProtection": "OFF"},
        "'OFF' is not one of ENABLED, DISABLED, REPLICATING",
    ),
    ("PutBackupPolicy", {"FileSystemId": ID, "BackupPolicy": {"Status": "ON"}}, "Status: 'ON' is"),
    (
        LIFECYCLE,
        {"FileSystemId": ID, "LifecyclePolicies": [{"TransitionToIA": "AFTER_2_DAYS"}]},
        "LifecyclePolicies[0].TransitionToIA: 'AFTER_2_DAYS' is not one of AFTER_1_DAY",
    ),
    # bounds
    ("DescribeFileSystems", {"MaxItems": 0}, "MaxItems: has to be a finite number of at least 1"),
    ("DescribeReplicationConfigurations", {"MaxResults": -1}, "MaxResults: has to be"),
    ("ListTagsForResource", {"ResourceId": ID, "MaxResults": 0}, "MaxResults: has to be"),
    ("CreateFileSystem", {"CreationToken": ""}, "CreationToken: needs 1 to 64 characters, not 0"),
    ("CreateFileSystem", {"CreationToken": "t" * 65}, "CreationToken: needs 1 to 64 characters"),
    (LIFECYCLE, {"FileSystemId": ID, "LifecyclePolicies": [{}] * 4}, "takes at most 3 of them"),
    ("UntagResource", {"ResourceId": ID, "TagKeys": []}, "TagKeys: takes at least 1 of them, not"),
    ("UntagResource", {"ResourceId": ID, "TagKeys": ["k"] * 51}, "TagKeys: takes at most 50"),
    *(
        ("UpdateFileSystem", {"FileSystemId": ID, "ProvisionedThroughputInMibps": amount}, "Mibps:")
        for amount in (0.5, 0, -1, float("nan"), float("inf"), 10**400, -(10**400))
    ),
    # patterns
    (CREATE, to(Region=AWAY, RoleArn="role"), "RoleArn: 'role' is not the ARN of an IAM role"),
    (CREATE, to(Region=AWAY, KmsKeyId="key"), "KmsKeyId: 'key' is no key id"),
    ("TagResource", {"ResourceId": ID, "Tags": [{"Key": "aws:x", "Value": ""}]}, "reserved"),
    ("TagResource", {"ResourceId": ID, "Tags": [{"Key": "AWS:x", "Value": ""}]}, "reserved"),
    ("TagResource", {"ResourceId": ID, "Tags": [{"Key": "a*", "Value": ""}]}, "no character '*'"),
    ("TagResource", {"ResourceId": ID, "Tags": [{"Key": "a", "Value": "\n"}]}, "no character"),
    ("TagResource", {"ResourceId": ID, "Tags": [{"Key": "", "Value": "v"}]}, "Key: needs 1 to 128"),
    ("TagResource", {"ResourceId": ID, "Tags": [{"Key": "a", "Value": "v" * 257}]}, "0 to 256"),
    ("UntagResource", {"ResourceId": ID, "TagKeys": ["aws:x"]}, "TagKeys[0]: keys that begin"),
]


@pytest.mark.parametrize(("operation", "parameters", "complaint"), MALFORMED)
def test_a_malformed_parameter_is_a_bad_request_that_names_it(operation, parameters, complaint):
    error = Account().error(operation, **parameters)
    assert error.code == "BadRequest"
    assert complaint in error.message


NO_IDS = [
    *(("DescribeFileSystems", {"FileSystemId": text}, text) for text in ("", "fs-0123", "unknown")),
    ("DescribeFileSystems", {"FileSystemId": "fs-0123456G"}, "fs-0123456G"),
    ("DescribeFileSystems", {"FileSystemId": "fs-01234567\n"}, r"fs-01234567\n"),
    ("DescribeFileSystems", {"FileSystemId": "fs-" + "0" * 41}, "fs-" + "0" * 41),
    ("DescribeReplicationConfigurations", {"FileSystemId": "x"}, "x"),
    ("DeleteReplicationConfiguration", {"SourceFileSystemId": "x"}, "x"),
    ("DeleteFileSystem", {"FileSystemId": "x"}, "x"),
    ("UpdateFileSystem", {"FileSystemId": "x", "ThroughputMode": "elastic"}, "x"),
    ("TagResource", {"ResourceId": "fsap-0123", "Tags": []}, "fsap-0123"),
    (CREATE, to(FileSystemId="arn:aws:efs:::x"), "arn:aws:efs:::x"),
]


@pytest.mark.parametrize(("operation", "parameters", "text"), NO_IDS)
def test_what_is_no_id_is_no_file_system(operation, parameters, text):
    error = Account().error(operation, **parameters)
    assert (error.code, error.http_status) == ("FileSystemNotFound", 404)
    assert error.message == f"File system '{text}' does not exist."
    chosen = Account(choices={"malformed_file_system_id": "BadRequest"})
    error = chosen.error(operation, **parameters)
    assert (error.code, error.http_status) == ("BadRequest", 400)
    assert f"FileSystemId: '{text}' is no id" in error.message.replace("ResourceId", "FileSystemId")


def test_parameters_that_are_no_mapping():
    with pytest.raises(EfsError, match="parameters: has to be a mapping, not list"):
        Account().api.call("DescribeFileSystems", [], HOME)  # type: ignore[arg-type]  # on purpose


# Naming file systems


def test_id_arn_and_name_mean_the_same():
    account = Account()
    found = account.find("orders")
    arn = f"arn:aws:elasticfilesystem:us-east-1:111122223333:file-system/{found.id}"
    assert found.arn == arn
    answers = [
        account.call("DescribeFileSystems", FileSystemId=text) for text in (found.id, arn, "orders")
    ]
    assert answers[0] == answers[1] == answers[2]


@pytest.mark.parametrize(
    "changed",
    [("us-east-1", "us-west-2"), ("111122223333", "444455556666"), ("arn:aws:", "arn:aws-cn:")],
)
def test_an_arn_of_another_place_finds_nothing(changed):
    account = Account()
    arn = account.find("orders").arn.replace(*changed)
    assert account.code("DescribeFileSystems", FileSystemId=arn) == "FileSystemNotFound"


def test_a_file_system_is_found_in_its_own_region_only():
    account = Account()
    assert account.code("DescribeFileSystems", AWAY, FileSystemId="orders") == "FileSystemNotFound"


def test_the_name_of_a_deleted_file_system_stays_its_own():
    account = Account()
    account.call("DeleteFileSystem", FileSystemId="orders")
    account.advance(10)
    assert account.code("DescribeFileSystems", FileSystemId="orders") == "FileSystemNotFound"


def test_what_a_caller_does_with_its_parameters_later_changes_nothing():
    account = Account()
    policies = [{"TransitionToIA": "AFTER_7_DAYS"}]
    answer = account.call(LIFECYCLE, FileSystemId="orders", LifecyclePolicies=policies)
    policies[0]["TransitionToIA"] = "AFTER_14_DAYS"
    answer["LifecyclePolicies"].clear()
    now = account.call("DescribeLifecycleConfiguration", FileSystemId="orders")
    assert now == {"LifecyclePolicies": [{"TransitionToIA": "AFTER_7_DAYS"}]}

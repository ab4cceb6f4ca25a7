"""Lifecycle policies, backup policies and tags."""

from __future__ import annotations

import pytest
from helpers.account import HOME, Account

PUT, DESCRIBE = "PutLifecycleConfiguration", "DescribeLifecycleConfiguration"
PUT_BACKUP, DESCRIBE_BACKUP = "PutBackupPolicy", "DescribeBackupPolicy"
IA, ARCHIVE, BACK = "TransitionToIA", "TransitionToArchive", "TransitionToPrimaryStorageClass"
ZONE = {"orders": {"availability_zone": "us-east-1a"}}


def elastic():
    return Account({"orders": {"region": HOME, "throughput_mode": "elastic"}})


# Lifecycle


def test_lifecycle_policies_replace_each_other():
    account = elastic()
    assert account.call(DESCRIBE, FileSystemId="orders") == {"LifecyclePolicies": []}
    for policies in (
        [{IA: "AFTER_30_DAYS"}, {ARCHIVE: "AFTER_90_DAYS"}, {BACK: "AFTER_1_ACCESS"}],
        [{ARCHIVE: "AFTER_1_DAY"}],
        [],
    ):
        answer = {"LifecyclePolicies": policies}
        assert account.call(PUT, FileSystemId="orders", LifecyclePolicies=policies) == answer
        assert account.call(DESCRIBE, FileSystemId="orders") == answer


@pytest.mark.parametrize(
    "policies",
    [
        [{}],
        [{IA: "AFTER_7_DAYS", BACK: "AFTER_1_ACCESS"}],
        [{IA: "AFTER_7_DAYS"}, {IA: "AFTER_14_DAYS"}],
        [{IA: "AFTER_90_DAYS"}, {ARCHIVE: "AFTER_90_DAYS"}],
        [{IA: "AFTER_90_DAYS"}, {ARCHIVE: "AFTER_60_DAYS"}],
    ],
)
def test_policies_that_make_no_sense(policies):
    assert elastic().code(PUT, FileSystemId="orders", LifecyclePolicies=policies) == "BadRequest"


def test_archive_needs_elastic_throughput():
    policies = [{ARCHIVE: "AFTER_90_DAYS"}]
    code = Account().code(PUT, FileSystemId="orders", LifecyclePolicies=policies)
    assert code == "BadRequest"


# Backup


def test_backups_are_turned_on_and_off():
    account = Account()
    for status in ("ENABLED", "DISABLED"):
        policy = {"BackupPolicy": {"Status": status}}
        assert account.call(PUT_BACKUP, FileSystemId="orders", **policy) == policy
        assert account.call(DESCRIBE_BACKUP, FileSystemId="orders") == policy


@pytest.mark.parametrize("status", ["ENABLING", "DISABLING"])
def test_transitional_statuses_are_not_for_clients(status):
    policy = {"BackupPolicy": {"Status": status}}
    assert Account().code(PUT_BACKUP, FileSystemId="orders", **policy) == "BadRequest"


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ({}, "DISABLED"),
        ({"Backup": True}, "ENABLED"),
        ({"AvailabilityZoneName": "us-east-1a"}, "ENABLED"),
    ],
)
def test_the_default_is_backups_for_one_zone_only(parameters, status):
    account = Account({})
    account.call("CreateFileSystem", CreationToken="t", **parameters)
    policy = {"BackupPolicy": {"Status": status}}
    assert account.call(DESCRIBE_BACKUP, FileSystemId="t") == policy


def test_a_one_zone_file_system_without_a_policy():
    account = Account({})
    zone = {"AvailabilityZoneName": "us-east-1a", "Backup": False}
    account.call("CreateFileSystem", CreationToken="t", **zone)
    account.advance(20)
    error = account.error(DESCRIBE_BACKUP, FileSystemId="t")
    assert (error.code, error.http_status) == ("PolicyNotFound", 404)
    off = {"BackupPolicy": {"Status": "DISABLED"}}
    account.call(PUT_BACKUP, FileSystemId="t", **off)
    assert account.call(DESCRIBE_BACKUP, FileSystemId="t") == off


def test_a_regional_file_system_without_a_policy():
    off = {"BackupPolicy": {"Status": "DISABLED"}}
    assert Account().call(DESCRIBE_BACKUP, FileSystemId="orders") == off
    chosen = Account(choices={"no_backup_policy": "PolicyNotFound"})
    assert chosen.code(DESCRIBE_BACKUP, FileSystemId="orders") == "PolicyNotFound"
    chosen.call(PUT_BACKUP, FileSystemId="orders", **off)
    assert chosen.call(DESCRIBE_BACKUP, FileSystemId="orders") == off


def test_the_availability_zone_of_a_scenario_is_described():
    described = Account(ZONE).describe("orders")
    assert described["AvailabilityZoneName"] == "us-east-1a"
    assert described["AvailabilityZoneId"] == "use1-az1"


# Tags


def tag(key, value=""):
    return {"Key": key, "Value": value}


def test_tags_are_added_replaced_and_removed():
    account = Account()

    def tags():
        return account.call("ListTagsForResource", ResourceId="orders")["Tags"]

    assert tags() == []
    account.call("TagResource", ResourceId="orders", Tags=[tag("b", "1"), tag("Name", "Orders")])
    account.call("TagResource", ResourceId=account.find("orders").arn, Tags=[tag("b", "2")])
    assert tags() == [tag("Name", "Orders"), tag("b", "2")] == account.describe("orders")["Tags"]
    assert account.describe("orders")["Name"] == "Orders"
    assert account.call("UntagResource", ResourceId="orders", TagKeys=["Name", "absent"]) == {}
    assert tags() == [tag("b", "2")]
    assert "Name" not in account.describe("orders")


def test_tags_take_letters_of_every_script():
    tags = [tag("Größe 大", "a_b.c:d/e=f+g-h@i 一")]
    account = Account()
    account.call("TagResource", ResourceId="orders", Tags=tags)
    assert account.describe("orders")["Tags"] == tags


def test_a_file_system_has_at_most_50_tags():
    account = Account()
    account.call("TagResource", ResourceId="orders", Tags=[tag(f"k{k}") for k in range(50)])
    more = {"ResourceId": "orders", "Tags": [tag("k50")]}
    assert account.code("TagResource", **more) == "BadRequest"
    account.call("TagResource", ResourceId="orders", Tags=[tag("k49", "changed")])
    account.call("UntagResource", ResourceId="orders", TagKeys=["k0"])
    account.call("TagResource", **more)


def test_a_key_occurs_once_in_a_call():
    tags = [tag("k", "1"), tag("k", "2")]
    assert Account().code("TagResource", ResourceId="orders", Tags=tags) == "BadRequest"


def test_pages_of_tags_whatever_the_keys():
    account = Account()
    keys = sorted(["a" * 128, "Größe", "b", "c c"])
    account.call("TagResource", ResourceId="orders", Tags=[tag(key) for key in keys])
    seen, token = [], {}
    while token is not None:
        answer = account.call("ListTagsForResource", ResourceId="orders", MaxResults=1, **token)
        seen += [part["Key"] for part in answer["Tags"]]
        token = {"NextToken": answer["NextToken"]} if "NextToken" in answer else None
    assert seen == keys


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        ("TagResource", {"Tags": []}),
        ("UntagResource", {"TagKeys": ["k"]}),
        ("ListTagsForResource", {}),
    ],
)
def test_tags_of_what_does_not_exist(operation, parameters):
    code = Account().code(operation, ResourceId="fs-00000000", **parameters)
    assert code == "FileSystemNotFound"

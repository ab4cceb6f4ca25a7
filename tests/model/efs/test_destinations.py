"""The destination of a new configuration: what a new file system is like, and which may be used."""

from __future__ import annotations

import pytest
from helpers.account import AWAY, HOME, PAIR, Account, pair

from efssim.model.entities.file_system import OverwriteProtection
from efssim.scenario.grammar.undocumented import CHOICES

KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"


# A new destination: its settings


def test_the_settings_of_a_new_destination():
    account = Account()
    tags = [{"Key": "Name", "Value": "Orders"}]
    policies = [{"TransitionToIA": "AFTER_7_DAYS"}]
    account.call("TagResource", ResourceId="orders", Tags=tags)
    account.call("PutLifecycleConfiguration", FileSystemId="orders", LifecyclePolicies=policies)
    answer = account.replicate()
    made = account.describe("orders-replication-1.destination")
    assert made["LifeCycleState"] == "creating"
    assert made["FileSystemProtection"] == {"ReplicationOverwriteProtection": "REPLICATING"}
    assert (made["Encrypted"], made["NumberOfMountTargets"], made["Tags"]) == (True, 0, [])
    assert "Name" not in made
    identifier = answer["Destinations"][0]["FileSystemId"]
    lifecycle = account.call("DescribeLifecycleConfiguration", AWAY, FileSystemId=identifier)
    assert lifecycle == {"LifecyclePolicies": []}


@pytest.mark.parametrize("begin_s", [0, 1])
def test_a_destination_that_a_call_makes_takes_its_time(begin_s):
    account = Account()
    account.advance(begin_s)
    account.replicate()
    name = "orders-replication-1.destination"
    assert account.describe(name)["LifeCycleState"] == "creating"
    account.advance(19.5)
    assert account.describe(name)["LifeCycleState"] == "creating"
    account.advance(0.5)
    assert account.describe(name)["LifeCycleState"] == "available"


@pytest.mark.parametrize(("zone", "mode"), [(None, "maxIO"), ("us-west-2a", "generalPurpose")])
def test_performance_mode_is_the_sources_unless_one_zone(zone, mode):
    account = Account({})
    account.call("CreateFileSystem", CreationToken="fast", PerformanceMode="maxIO")
    account.advance(20)
    place = {"Region": AWAY} if zone is None else {"AvailabilityZoneName": zone}
    account.replicate("fast", **place)
    assert account.describe("fast-replication-1.destination")["PerformanceMode"] == mode


@pytest.mark.parametrize("mode", ["bursting", "elastic"])
def test_throughput_mode_is_the_sources(mode):
    account = Account({"orders": {"region": HOME, "throughput_mode": mode}})
    account.replicate()
    made = account.describe("orders-replication-1.destination")
    assert made["ThroughputMode"] == mode
    assert "ProvisionedThroughputInMibps" not in made


@pytest.mark.parametrize(
    ("place", "amount"),
    [
        ({"Region": AWAY}, 2000.0),
        ({"Region": "eu-central-1"}, 1024.0),
        ({"AvailabilityZoneName": "us-west-2a"}, 1024.0),
    ],
)
def test_the_provisioned_amount_is_clamped_in_silence(place, amount):
    system = {"throughput_mode": "provisioned", "provisioned_throughput": "2000 MiB/s"}
    account = Account({"orders": {"region": HOME, **system}})
    account.replicate(**place)
    made = account.describe("orders-replication-1.destination")
    assert (made["ThroughputMode"], made["ProvisionedThroughputInMibps"]) == ("provisioned", amount)


@pytest.mark.parametrize(
    ("choice", "place", "status"),
    [
        ("enabled", {"Region": AWAY}, "ENABLED"),
        ("one_zone_only", {"Region": AWAY}, "DISABLED"),
        ("enabled", {"AvailabilityZoneName": "us-west-2a"}, "ENABLED"),
        ("one_zone_only", {"AvailabilityZoneName": "us-west-2a"}, "ENABLED"),
    ],
)
def test_automatic_backups(choice, place, status):
    account = Account(choices={"automatic_backups": choice})
    made = account.replicate(**place)["Destinations"][0]["FileSystemId"]
    policy = account.call("DescribeBackupPolicy", AWAY, FileSystemId=made)
    assert policy == {"BackupPolicy": {"Status": status}}


def test_it_is_encrypted_even_if_the_source_is_not():
    account = Account({"orders": {"region": HOME, "encrypted": False}})
    account.replicate()
    assert account.describe("orders-replication-1.destination")["Encrypted"] is True
    assert account.describe("orders")["Encrypted"] is False
    assert "KmsKeyId" not in account.describe("orders")


def test_its_key_is_resolved_in_its_own_region():
    account = Account({name: {"region": HOME} for name in "ab"})
    account.replicate("a", Region=AWAY)
    account.replicate("b", Region=AWAY, KmsKeyId=KEY)
    keys = [account.describe(f"{name}-replication-1.destination")["KmsKeyId"] for name in "ab"]
    home = "arn:aws:kms:us-west-2:111122223333:key/"
    assert keys[0].startswith(home)
    assert keys[1] == home + KEY


def test_a_key_of_another_region_is_refused():
    arn = f"arn:aws:kms:{HOME}:111122223333:key/{KEY}"
    assert Account().refusal(Region=AWAY, KmsKeyId=arn).code == "BadRequest"


# An existing destination


@pytest.mark.parametrize("with_region", [False, True])
@pytest.mark.parametrize("way", ["name", "id", "arn"])
def test_an_existing_file_system_is_found_by_name_id_or_arn(way, with_region):
    account = pair()
    found = account.find("copy")
    place = {"Region": AWAY} if with_region else {}
    answer = account.replicate(FileSystemId=getattr(found, way), **place)
    assert answer["Destinations"][0]["FileSystemId"] == found.id
    assert account.describe("copy")["FileSystemProtection"] == {
        "ReplicationOverwriteProtection": "REPLICATING"
    }


def test_it_has_to_exist_in_its_region():
    account = pair()
    assert account.refusal(FileSystemId="fs-00000000").code == "FileSystemNotFound"
    assert account.refusal(FileSystemId="copy", Region="us-east-2").code == "FileSystemNotFound"
    arn = account.find("copy").arn.replace(AWAY, "us-east-2")
    assert account.refusal(FileSystemId=arn).code == "FileSystemNotFound"


def test_it_is_not_in_another_account():
    account = pair()
    arn = account.find("copy").arn.replace("111122223333", "444455556666")
    error = account.refusal(FileSystemId=arn)
    assert (error.code, error.message) == (
        "BadRequest",
        "No RoleArn provided. RoleArn is required for cross-account replication.",
    )
    role = "arn:aws:iam::111122223333:role/replicates"
    assert account.refusal(FileSystemId=arn, RoleArn=role).code == "FileSystemNotFound"


def test_it_is_not_the_source():
    account = Account()
    account.simulated.protect(account.find("orders"), OverwriteProtection.DISABLED)
    assert account.refusal(FileSystemId="orders").code == "BadRequest"


@pytest.mark.parametrize("other", [{"KmsKeyId": "alias/x"}, {"AvailabilityZoneName": "us-west-2a"}])
def test_what_belongs_to_a_new_destination_does_not_go_with_it(other):
    assert pair().refusal(FileSystemId="copy", **other).code == "BadRequest"


def test_it_has_to_be_available():
    account = pair()
    account.fail("copy")
    assert account.refusal(FileSystemId="copy").code == "IncorrectFileSystemLifeCycleState"


@pytest.mark.parametrize("code", CHOICES["destination_protected"].values)
def test_its_protection_has_to_be_off(code):
    account = pair(OverwriteProtection.ENABLED, {"destination_protected": code})
    assert account.refusal(FileSystemId="copy").code == code


@pytest.mark.parametrize("code", CHOICES["already_in_a_replication"].values)
def test_it_has_to_be_in_no_configuration(code):
    systems = {**PAIR, "third": {"region": "us-east-2"}}
    account = Account(systems, {"already_in_a_replication": code})
    account.simulated.protect(account.find("copy"), OverwriteProtection.DISABLED)
    account.replicate(FileSystemId="copy")
    assert account.refusal("third", "us-east-2", FileSystemId="copy").code == code
    account.simulated.protect(account.find("orders"), OverwriteProtection.DISABLED)
    assert account.refusal("third", "us-east-2", FileSystemId="orders").code == code


@pytest.mark.parametrize(
    ("source", "destination", "code"),
    [
        (True, True, None),
        (True, False, "ConflictException"),
        (False, True, None),
        (False, False, None),
    ],
)
def test_an_encrypted_source_needs_an_encrypted_destination(source, destination, code):
    account = Account(
        {
            "orders": {"region": HOME, "encrypted": source},
            "copy": {"region": AWAY, "encrypted": destination},
        }
    )
    account.simulated.protect(account.find("copy"), OverwriteProtection.DISABLED)
    if code is None:
        account.replicate(FileSystemId="copy")
    else:
        error = account.refusal(FileSystemId="copy")
        assert (error.code, error.http_status) == (code, 409)


@pytest.mark.parametrize("code", CHOICES["region_not_opted_in"].values)
@pytest.mark.parametrize("region", ["us-east-9", "cn-north-1"])
def test_an_existing_one_in_a_region_out_of_reach(region, code):
    account = pair(choices={"region_not_opted_in": code})
    assert account.refusal(FileSystemId="copy", Region=region).code == code


def test_another_partition_is_out_of_reach_for_an_existing_one_too():
    account = Account({"orders": {"region": HOME}, "copy": {"region": "cn-north-1"}})
    account.simulated.protect(account.find("copy"), OverwriteProtection.DISABLED)
    assert "partition" in account.refusal(FileSystemId="copy").message

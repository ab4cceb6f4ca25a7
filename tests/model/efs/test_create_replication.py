"""CreateReplicationConfiguration: every rule of EFS, each with the error that breaking it gives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from helpers.account import AWAY, HOME, Account, pair

from efssim.scenario.grammar.undocumented import CHOICES

CREATE = "CreateReplicationConfiguration"

# The answer


def test_the_answer():
    account = Account(start="2026-03-01T12:00:00.75Z")
    source = account.find("orders")
    answer = account.replicate(Region=AWAY)
    destination = account.find("orders-replication-1.destination")
    assert answer == {
        "SourceFileSystemId": source.id,
        "SourceFileSystemRegion": HOME,
        "SourceFileSystemArn": source.arn,
        "SourceFileSystemOwnerId": "111122223333",
        "OriginalSourceFileSystemArn": source.arn,
        "CreationTime": datetime(2026, 3, 1, 12, tzinfo=UTC),
        "Destinations": [
            {
                "Status": "ENABLING",
                "FileSystemId": destination.id,
                "Region": AWAY,
                "OwnerId": "111122223333",
            }
        ],
    }
    assert account.described("orders") == account.described(destination.name) == answer


def test_the_role_is_told_where_there_is_one():
    role = "arn:aws:iam::111122223333:role/replicates"
    answer = Account().replicate(Region=AWAY, RoleArn=role)
    assert answer["Destinations"][0]["RoleArn"] == role


# The source


@pytest.mark.parametrize(("source", "region"), [("fs-00000000", HOME), ("orders", AWAY)])
def test_the_source_is_in_the_calling_region(source, region):
    assert Account().refusal(source, region, Region="us-east-2").code == "FileSystemNotFound"


def test_a_source_that_is_being_created_is_not_available_yet():
    account = Account()
    account.advance(1)
    account.call("CreateFileSystem", CreationToken="new")
    assert account.refusal("new").code == "IncorrectFileSystemLifeCycleState"
    account.advance(20)
    account.replicate("new")


def test_a_source_that_is_being_deleted_or_has_failed_is_not_available():
    account = Account()
    account.call("DeleteFileSystem", FileSystemId="orders")
    assert account.refusal().code == "IncorrectFileSystemLifeCycleState"
    account = Account()
    account.fail("orders")
    assert account.refusal().code == "IncorrectFileSystemLifeCycleState"


@pytest.mark.parametrize("code", CHOICES["already_in_a_replication"].values)
def test_a_file_system_is_in_one_configuration_only(code):
    account = Account(choices={"already_in_a_replication": code})
    account.replicate()
    assert account.refusal(Region="us-east-2").code == code
    account.advance(20)
    destination = "orders-replication-1.destination"
    assert account.refusal(destination, AWAY, Region=HOME).code == code


@pytest.mark.parametrize("destinations", [[], [{"Region": AWAY}, {"Region": AWAY}]])
def test_there_is_exactly_one_destination(destinations):
    error = Account().error(CREATE, SourceFileSystemId="orders", Destinations=destinations)
    assert error.code == "BadRequest"
    assert "exactly one" in error.message


# A new destination: where


def test_it_is_regional_in_a_region_and_one_zone_in_an_availability_zone():
    account = Account({name: {"region": HOME} for name in "abcd"})
    account.replicate("a", Region=AWAY)
    account.replicate("b", AvailabilityZoneName="us-west-2b")
    account.replicate("c", AvailabilityZoneName="us-west-2c", Region=AWAY)
    account.replicate("d", Region=HOME)  # within the Region of the source
    zones = [account.find(f"{name}-replication-1.destination").zone_id for name in "abcd"]
    assert zones == [None, "usw2-az2", "usw2-az3", None]
    assert account.find("d-replication-1.destination").region == HOME


def test_it_needs_a_place():
    error = Account().refusal(KmsKeyId="alias/x")
    assert error.code == "BadRequest"
    assert "needs Region, AvailabilityZoneName or FileSystemId" in error.message


@pytest.mark.parametrize(
    "destination",
    [
        {"AvailabilityZoneName": "us-west-2a", "Region": "us-east-2"},
        {"AvailabilityZoneName": "us-west-2e"},
        {"AvailabilityZoneName": "us-east-1c"},  # use1-az3 has no One Zone
        {"AvailabilityZoneName": "eu-central-2a"},  # nor has the whole Region
        {"AvailabilityZoneName": "somewhere"},
        {"AvailabilityZoneName": "somewhere", "Region": AWAY},
    ],
)
def test_availability_zones_without_one_zone_or_outside_the_region(destination):
    assert Account().refusal(**destination).code == "UnsupportedAvailabilityZone"


def test_a_scenario_maps_availability_zones_as_its_account_does():
    zones = {"availability_zones": {"us-east-1a": "use1-az3", "us-east-1c": "use1-az1"}}
    account = Account(regions={"us-east-1": zones})
    error = account.refusal(AvailabilityZoneName="us-east-1a")
    assert error.code == "UnsupportedAvailabilityZone"
    assert "use1-az3" in error.message
    account.replicate(AvailabilityZoneName="us-east-1c")


@pytest.mark.parametrize("code", CHOICES["region_not_opted_in"].values)
@pytest.mark.parametrize(
    "region", ["us-east-9", "lab-1", "cn-north-1", "us-gov-west-1", "eu-south-1"]
)
def test_regions_without_efs_in_other_partitions_and_not_opted_in(code, region):
    account = Account(
        choices={"region_not_opted_in": code}, regions={"eu-south-1": {"opted_in": False}}
    )
    assert account.refusal(Region=region).code == code
    assert account.refusal(AvailabilityZoneName=f"{region}a").code == code


def test_a_region_that_was_opted_out_of_during_the_run():
    account = Account()
    cause = account.cause("opt_out", "eu-south-1")
    account.simulated.region("eu-south-1").opt_outs.add(cause)
    assert account.refusal(Region="eu-south-1").code == "BadRequest"
    account.simulated.region("eu-south-1").opt_outs.remove(cause)
    account.replicate(Region="eu-south-1")


def test_partitions_other_than_the_commercial_one_work_within_themselves():
    account = Account({"orders": {"region": "cn-north-1"}})
    account.replicate("orders", "cn-north-1", Region="cn-northwest-1")
    assert account.described()["SourceFileSystemArn"].startswith("arn:aws-cn:")


def test_custom_regions_belong_to_every_partition():
    regions = {"lab-1": {"custom": True}}
    systems = {"a": {"region": "cn-north-1"}, "b": {"region": "lab-1"}}
    account = Account(systems, regions=regions)
    account.replicate("a", "cn-north-1", AvailabilityZoneName="lab-1b")
    account.replicate("b", "lab-1", Region=HOME)
    assert account.find("a-replication-1.destination").zone_id == "lab-1-az2"


@pytest.mark.parametrize("code", CHOICES["region_outage"].values)
def test_a_destination_region_under_outage(code):
    account = pair(choices={"region_outage": code})
    cause = account.cause("region_outage", AWAY)
    account.simulated.region(AWAY).outages.add(cause)
    assert account.refusal(Region=AWAY).code == code
    assert account.refusal(FileSystemId="copy").code == code
    account.simulated.region(AWAY).outages.remove(cause)
    account.replicate(Region=AWAY)


def test_a_region_has_room_for_1000_file_systems():
    account = pair()
    for ordinal in range(999):
        account.call("CreateFileSystem", AWAY, CreationToken=f"filler-{ordinal}")
    assert account.refusal(Region=AWAY).code == "FileSystemLimitExceeded"
    assert account.code("CreateFileSystem", AWAY, CreationToken="one-more") == (
        "FileSystemLimitExceeded"
    )
    account.replicate(FileSystemId="copy")  # which needs no room


# Codes that state does not reach


@pytest.mark.parametrize(
    "code",
    [
        "InternalServerError",
        "InsufficientThroughputCapacity",  # for want of capacity, which is not simulated
        "ThroughputLimitExceeded",  # the amount is clamped instead
        "ValidationException",  # AWS Backup is in every Region with One Zone
        "ReplicationNotFound",  # declared, and no condition is documented
    ],
)
def test_codes_that_come_by_injection(code):
    account = Account()
    account.api.inject(CREATE, code, 1, HOME)
    assert account.refusal().code == code
    account.replicate()


# Reversal


def test_the_original_source_stays_that_of_the_oldest_configuration():
    account = Account({"orders": {"region": HOME, "size": "5 GiB"}})
    first = account.replicate()
    replica = first["Destinations"][0]["FileSystemId"]
    account.advance(1000)
    account.call("DeleteReplicationConfiguration", SourceFileSystemId="orders")
    account.advance(90)
    assert account.describe("orders-replication-1.destination")["SizeInBytes"]["Value"] == 5 * 2**30
    account.call(
        "UpdateFileSystemProtection",
        FileSystemId="orders",
        ReplicationOverwriteProtection="DISABLED",
    )
    back = account.replicate(replica, AWAY, FileSystemId="orders", Region=HOME)
    assert back["SourceFileSystemId"] == replica
    assert back["OriginalSourceFileSystemArn"] == first["SourceFileSystemArn"]
    assert back["CreationTime"] == first["CreationTime"] + timedelta(seconds=1090)

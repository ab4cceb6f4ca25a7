"""Operations on file systems: creating, describing, protecting and deleting them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from helpers.account import AWAY, HOME, Account

from efssim.model.entities.file_system import LifeCycleState
from efssim.scenario.grammar.undocumented import CHOICES
from efssim.scenario.schema import WriteStream

CREATE, UPDATE, DESCRIBE = "CreateFileSystem", "UpdateFileSystem", "DescribeFileSystems"
PROTECT, DELETE = "UpdateFileSystemProtection", "DeleteFileSystem"
KEY = "1234abcd-12ab-34cd-56ef-1234567890ab"


# Create


def test_the_answer():
    account = Account({}, start="2026-03-01T12:00:00.4Z")
    account.advance(0.7)
    answer = account.call(
        CREATE,
        CreationToken="web",
        AvailabilityZoneName="us-east-1b",
        Encrypted=True,
        KmsKeyId=KEY,
        ThroughputMode="provisioned",
        ProvisionedThroughputInMibps=12.5,
        Tags=[{"Key": "Name", "Value": "Web server"}, {"Key": "Env", "Value": ""}],
    )
    made = account.find("web")
    assert answer == {
        "OwnerId": "111122223333",
        "CreationToken": "web",
        "FileSystemId": made.id,
        "FileSystemArn": f"arn:aws:elasticfilesystem:us-east-1:111122223333:file-system/{made.id}",
        "CreationTime": datetime(2026, 3, 1, 12, 0, 1, tzinfo=UTC),
        "LifeCycleState": "creating",
        "Name": "Web server",
        "NumberOfMountTargets": 0,
        "SizeInBytes": {"Value": 0, "ValueInStandard": 0, "ValueInIA": 0, "ValueInArchive": 0},
        "PerformanceMode": "generalPurpose",
        "Encrypted": True,
        "KmsKeyId": f"arn:aws:kms:us-east-1:111122223333:key/{KEY}",
        "ThroughputMode": "provisioned",
        "ProvisionedThroughputInMibps": 12.5,
        "AvailabilityZoneName": "us-east-1b",
        "AvailabilityZoneId": "use1-az2",
        "Tags": [{"Key": "Env", "Value": ""}, {"Key": "Name", "Value": "Web server"}],
        "FileSystemProtection": {"ReplicationOverwriteProtection": "ENABLED"},
    }
    account.advance(20)
    assert account.describe("web") == {**answer, "LifeCycleState": "available"}


def test_the_defaults_are_the_apis():
    account = Account({"there": {"region": HOME}})
    assert account.describe("there")["LifeCycleState"] == "available"  # it is declared
    answer = account.call(CREATE, CreationToken="t")
    assert answer["LifeCycleState"] == "creating"  # also at the start of the run
    account.advance(20)
    assert account.describe("t")["LifeCycleState"] == "available"
    assert (answer["Encrypted"], answer["ThroughputMode"]) == (False, "bursting")
    assert answer["PerformanceMode"] == "generalPurpose"
    optional = {"KmsKeyId", "Name", "ProvisionedThroughputInMibps", "AvailabilityZoneName"}
    assert not optional & set(answer)


@pytest.mark.parametrize("region", [HOME, AWAY])
def test_a_creation_token_is_used_once_in_a_region(region):
    account = Account({})
    first = account.call(CREATE, CreationToken="t")
    if region == HOME:
        error = account.error(CREATE, region, CreationToken="t")
        assert (error.code, error.http_status) == ("FileSystemAlreadyExists", 409)
        assert first["FileSystemId"] in error.message
    else:
        second = account.call(CREATE, region, CreationToken="t")
        assert second["FileSystemId"] != first["FileSystemId"]


def test_names_are_creation_tokens_and_never_used_twice():
    account = Account({})
    ids = [account.call(CREATE, CreationToken="t")["FileSystemId"]]
    ids.append(account.call(CREATE, AWAY, CreationToken="t")["FileSystemId"])
    account.advance(20)
    account.call(DELETE, FileSystemId="t")
    account.advance(10)
    ids.append(account.call(CREATE, CreationToken="t")["FileSystemId"])
    assert len(set(ids)) == 3
    assert [account.find(name).id for name in ("t-2", "t-3")] == ids[1:]
    again = Account({})
    assert again.call(CREATE, CreationToken="t")["FileSystemId"] == ids[0]  # in every run


def test_a_token_that_looks_like_an_id_names_no_other_file_system():
    account = Account()
    identifier = account.find("orders").id
    made = account.call(CREATE, CreationToken=identifier)
    assert made["FileSystemId"] != identifier
    (found,) = account.call(DESCRIBE, FileSystemId=identifier)["FileSystems"]
    assert found["CreationToken"] == "orders"


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"KmsKeyId": KEY}, "BadRequest"),
        ({"KmsKeyId": KEY, "Encrypted": False}, "BadRequest"),
        (
            {"KmsKeyId": f"arn:aws:kms:{AWAY}:111122223333:key/{KEY}", "Encrypted": True},
            "BadRequest",
        ),
        ({"PerformanceMode": "maxIO", "ThroughputMode": "elastic"}, "BadRequest"),
        ({"PerformanceMode": "maxIO", "AvailabilityZoneName": "us-east-1a"}, "BadRequest"),
        ({"ThroughputMode": "provisioned"}, "BadRequest"),
        ({"ProvisionedThroughputInMibps": 10}, "BadRequest"),
        ({"ThroughputMode": "elastic", "ProvisionedThroughputInMibps": 10}, "BadRequest"),
        ({"Tags": [{"Key": "k", "Value": "1"}, {"Key": "k", "Value": "2"}]}, "BadRequest"),
        ({"Tags": [{"Key": f"k{k}", "Value": ""} for k in range(51)]}, "BadRequest"),
        ({"AvailabilityZoneName": "us-east-1c"}, "UnsupportedAvailabilityZone"),
        ({"AvailabilityZoneName": "us-west-2a"}, "UnsupportedAvailabilityZone"),
        ({"AvailabilityZoneName": "x"}, "UnsupportedAvailabilityZone"),
    ],
)
def test_what_does_not_go_together(parameters, code):
    assert Account({}).code(CREATE, CreationToken="t", **parameters) == code


@pytest.mark.parametrize(
    ("region", "zone", "limit"),
    [(HOME, None, 3414), ("eu-central-1", None, 1024), (HOME, "us-east-1a", 1024)],
)
def test_the_regions_limit_of_provisioned_throughput(region, zone, limit):
    place = {} if zone is None else {"AvailabilityZoneName": zone}
    account = Account({})

    def parameters(amount):
        return {"ThroughputMode": "provisioned", "ProvisionedThroughputInMibps": amount, **place}

    error = account.error(CREATE, region, CreationToken="t", **parameters(limit + 0.5))
    assert (error.code, error.http_status) == ("ThroughputLimitExceeded", 400)
    account.call(CREATE, region, CreationToken="t", **parameters(limit))


@pytest.mark.parametrize("code", ["InsufficientThroughputCapacity", "InternalServerError"])
@pytest.mark.parametrize("operation", [CREATE, UPDATE])
def test_codes_that_come_by_injection(operation, code):
    account = Account()
    account.api.inject(operation, code, 1, None)
    subject = {"CreationToken": "t"} if operation == CREATE else {"FileSystemId": "orders"}
    assert account.code(operation, ThroughputMode="elastic", **subject) == code
    account.call(operation, ThroughputMode="elastic", **subject)


# Describe


def test_filters():
    account = Account({"orders": {"region": HOME, "size": "3 GiB"}, "web": {"region": HOME}})
    by_token = account.call(DESCRIBE, CreationToken="web")["FileSystems"]
    assert [part["FileSystemId"] for part in by_token] == [account.find("web").id]
    assert len(account.call(DESCRIBE)["FileSystems"]) == 2
    assert account.describe("orders")["SizeInBytes"]["ValueInStandard"] == 3 * 2**30
    assert account.call(DESCRIBE, CreationToken="none") == {"FileSystems": []}
    assert account.call(DESCRIBE, AWAY, CreationToken="web") == {"FileSystems": []}
    chosen = Account(choices={"unknown_creation_token": "FileSystemNotFound"})
    assert chosen.code(DESCRIBE, CreationToken="none") == "FileSystemNotFound"
    both = {"CreationToken": "web", "FileSystemId": "web"}
    assert account.code(DESCRIBE, **both) == "BadRequest"


def test_a_replica_has_its_sources_size_once_it_has_its_data():
    account = Account({"orders": {"region": HOME, "size": "3 GiB"}})
    account.replicate()
    replica = "orders-replication-1.destination"
    account.advance(104)
    assert account.describe(replica)["SizeInBytes"]["Value"] == 0
    account.advance(1)
    assert account.describe(replica)["SizeInBytes"]["Value"] == 3 * 2**30


def test_pages_of_file_systems():
    account = Account({f"fs{k}": {"region": HOME} for k in range(5)})
    seen, marker = [], {}
    while marker is not None:
        answer = account.call(DESCRIBE, MaxItems=2, **marker)
        seen += [part["CreationToken"] for part in answer["FileSystems"]]
        marker = {"Marker": answer["NextMarker"]} if "NextMarker" in answer else None
    assert sorted(seen) == [f"fs{k}" for k in range(5)]


def test_every_life_cycle_state_is_described():
    account = Account({name: {"region": HOME} for name in ("broken", "going", "there")})
    account.advance(1)
    account.call(CREATE, CreationToken="coming")
    account.fail("broken")
    account.call(DELETE, FileSystemId="going")
    found = account.call(DESCRIBE)["FileSystems"]
    assert {part["CreationToken"]: part["LifeCycleState"] for part in found} == {
        "broken": "error",
        "coming": "creating",
        "going": "deleting",
        "there": "available",
    }


# Protect


def test_protection_is_turned_off_and_on():
    account = Account()
    for value in ("DISABLED", "DISABLED", "ENABLED"):
        wanted = {"ReplicationOverwriteProtection": value}
        assert account.call(PROTECT, FileSystemId="orders", **wanted) == wanted
        assert account.describe("orders")["FileSystemProtection"] == wanted


@pytest.mark.parametrize("value", ["ENABLED", "DISABLED", "REPLICATING"])
def test_the_protection_of_a_destination_is_the_replications(value):
    account = Account()
    destination = account.replicate()["Destinations"][0]["FileSystemId"]
    account.advance(20)
    wanted = {"ReplicationOverwriteProtection": value}
    error = account.error(PROTECT, AWAY, FileSystemId=destination, **wanted)
    assert (error.code, error.http_status) == ("ReplicationAlreadyExists", 409)


@pytest.mark.parametrize("code", CHOICES["set_protection_replicating"].values)
def test_nobody_else_sets_replicating(code):
    account = Account(choices={"set_protection_replicating": code})
    wanted = {"ReplicationOverwriteProtection": "REPLICATING"}
    assert account.code(PROTECT, FileSystemId="orders", **wanted) == code


@pytest.mark.parametrize(("choice", "written"), [("no", 4), ("yes", 2)])
def test_whether_an_unprotected_file_system_can_be_written(choice, written):
    account = Account(choices={"protection_disabled_is_read_only": choice})
    orders = account.find("orders")
    stream = {"arrivals": {"constant": {"rate": "1 per s"}}, "size": "1 B"}
    account.simulated.write(orders, "w", WriteStream.model_validate(stream))
    account.advance(1)
    account.call(PROTECT, FileSystemId="orders", ReplicationOverwriteProtection="DISABLED")
    account.advance(2)
    account.call(PROTECT, FileSystemId="orders", ReplicationOverwriteProtection="ENABLED")
    account.advance(1)
    assert orders.journal.written_bytes() == written


# Delete


def test_a_file_system_is_deleting_and_then_gone():
    account = Account()
    assert account.call(DELETE, FileSystemId="orders") == {}
    assert account.describe("orders")["LifeCycleState"] == "deleting"
    account.advance(5)
    assert account.call(DELETE, FileSystemId="orders") == {}  # once more changes nothing
    account.advance(5)
    assert account.call(DESCRIBE) == {"FileSystems": []}
    assert account.code(DELETE, FileSystemId="orders") == "FileSystemNotFound"
    account.advance(100)


@pytest.mark.parametrize("code", CHOICES["delete_member_file_system"].values)
def test_a_member_of_a_configuration_is_not_deleted(code):
    account = Account(choices={"delete_member_file_system": code})
    destination = account.replicate()["Destinations"][0]["FileSystemId"]
    assert account.code(DELETE, FileSystemId="orders") == code
    assert account.code(DELETE, AWAY, FileSystemId=destination) == code
    account.call("DeleteReplicationConfiguration", SourceFileSystemId="orders")
    assert account.code(DELETE, FileSystemId="orders") == code  # until it is gone
    account.advance(90)
    account.call(DELETE, FileSystemId="orders")
    account.call(DELETE, AWAY, FileSystemId=destination)


def test_one_that_is_being_created_cannot_be_deleted_and_one_that_failed_can():
    account = Account()
    account.advance(1)
    account.call(CREATE, CreationToken="new")
    assert account.code(DELETE, FileSystemId="new") == "BadRequest"
    account.fail("orders")
    account.call(DELETE, FileSystemId="orders")
    assert account.find("orders").state is LifeCycleState.DELETING


def test_room_is_free_again_when_it_is_gone():
    account = Account({})
    for ordinal in range(1000):
        account.call(CREATE, CreationToken=f"fs{ordinal}")
    assert account.code(CREATE, CreationToken="more") == "FileSystemLimitExceeded"
    account.advance(20)
    account.call(DELETE, FileSystemId="fs0")
    assert account.code(CREATE, CreationToken="more") == "FileSystemLimitExceeded"
    account.advance(10)
    account.call(CREATE, CreationToken="more")

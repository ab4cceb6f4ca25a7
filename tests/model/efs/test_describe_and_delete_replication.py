"""DescribeReplicationConfigurations and DeleteReplicationConfiguration."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from helpers.account import AWAY, HOME, Account

from efssim.scenario.grammar.disturbances.effects import Pause
from efssim.scenario.grammar.disturbances.kinds import DISTURBANCES
from efssim.scenario.grammar.undocumented import CHOICES

DESCRIBE, DELETE = "DescribeReplicationConfigurations", "DeleteReplicationConfiguration"
REPLICA = "orders-replication-1.destination"


def replicated(**top):
    account = Account(**top)
    account.replicate()
    return account


def sources(answer):
    return [part["SourceFileSystemId"] for part in answer["Replications"]]


# Describe


def test_without_configurations_the_list_is_empty():
    assert Account().call(DESCRIBE) == {"Replications": []}


def test_a_configuration_is_described_in_the_regions_of_both_sides():
    account = replicated()
    identifier = account.find("orders").id
    assert sources(account.call(DESCRIBE, HOME)) == [identifier]
    assert sources(account.call(DESCRIBE, AWAY)) == [identifier]
    assert sources(account.call(DESCRIBE, "us-east-2")) == []
    assert sources(account.call(DESCRIBE, HOME, FileSystemId="orders")) == [identifier]
    assert sources(account.call(DESCRIBE, AWAY, FileSystemId=REPLICA)) == [identifier]


@pytest.mark.parametrize(
    ("region", "identifier"), [(AWAY, "orders"), (HOME, REPLICA), (HOME, "fs-00000000")]
)
def test_a_file_system_is_described_in_its_own_region_only(region, identifier):
    assert replicated().code(DESCRIBE, region, FileSystemId=identifier) == "FileSystemNotFound"


def test_a_file_system_without_a_configuration():
    assert Account().code(DESCRIBE, FileSystemId="orders") == "ReplicationNotFound"


def test_the_timestamp_is_absent_until_the_initial_sync_is_complete():
    account = replicated()

    def destination():
        return account.described()["Destinations"][0]

    account.advance(104)
    assert destination()["Status"] == "ENABLED"
    assert "LastReplicatedTimestamp" not in destination()
    account.advance(1)
    moment = datetime(2026, 1, 1, 0, 1, 40, tzinfo=UTC)  # the cut at 100 s
    assert destination()["LastReplicatedTimestamp"] == moment


def test_the_timestamp_is_rounded_down_to_milliseconds():
    account = replicated(start="2026-01-01T00:00:00.0019Z")
    account.advance(105)
    shown = account.described()["Destinations"][0]["LastReplicatedTimestamp"]
    assert shown == datetime(2026, 1, 1, 0, 1, 40, 1000, tzinfo=UTC)


def test_pages():
    account = Account({f"fs{k}": {"region": HOME} for k in range(5)})
    for k in range(5):
        account.replicate(f"fs{k}")
    seen, token = [], {}
    for expected in (2, 2, 1):
        answer = account.call(DESCRIBE, MaxResults=2, **token)
        assert len(answer["Replications"]) == expected
        seen += sources(answer)
        token = {"NextToken": answer["NextToken"]} if "NextToken" in answer else {}
    assert token == {}
    assert sorted(seen) == sorted(account.find(f"fs{k}").id for k in range(5))


def test_a_token_survives_what_comes_and_goes_in_between():
    account = Account({f"fs{k}": {"region": HOME} for k in range(6)})
    for k in range(5):
        account.replicate(f"fs{k}")
    everything = sources(account.call(DESCRIBE))
    first = account.call(DESCRIBE, MaxResults=2)
    account.call(DELETE, SourceFileSystemId=everything[1])  # the last one shown
    account.call(DELETE, SourceFileSystemId=everything[3])
    account.advance(90)
    account.replicate("fs5")
    rest = sources(account.call(DESCRIBE, NextToken=first["NextToken"]))
    late = account.find("fs5").id
    assert [part for part in rest if part != late] == [everything[2], everything[4]]


def test_a_page_has_at_most_100():
    account = Account({})
    for k in range(101):
        account.call("CreateFileSystem", CreationToken=f"fs{k}")
    answer = account.call("DescribeFileSystems", MaxItems=500)
    assert len(answer["FileSystems"]) == 100
    assert len(account.call("DescribeFileSystems")["FileSystems"]) == 100
    rest = account.call("DescribeFileSystems", Marker=answer["NextMarker"])
    assert len(rest["FileSystems"]) == 1
    assert rest["Marker"] == answer["NextMarker"]
    assert "NextMarker" not in rest


@pytest.mark.parametrize("code", CHOICES["bad_pagination_token"].values)
def test_tokens_that_no_answer_gave(code):
    account = Account(
        {f"fs{k}": {"region": HOME} for k in range(2)}, {"bad_pagination_token": code}
    )
    account.replicate("fs0")
    account.replicate("fs1")
    token = account.call(DESCRIBE, MaxResults=1)["NextToken"]
    assert len(account.call(DESCRIBE, NextToken=token)["Replications"]) == 1
    for wrong in ("x", "ä", "====", token + "A", token[4:], token.lower()):
        assert account.code(DESCRIBE, NextToken=wrong) == code
    assert account.code(DESCRIBE, AWAY, NextToken=token) == code  # of another list
    assert account.code("DescribeFileSystems", Marker=token) == code


# StatusMessage


@pytest.mark.parametrize(
    ("kind", "word"),
    [("opt_out", "Opt in"), ("kms_key_disabled", "key"), ("permission_lost", "IAM")],
)
def test_a_pause_says_why(kind, word):
    account = replicated()
    account.advance(100)
    assert "StatusMessage" not in account.described()["Destinations"][0]
    replication = account.replication("orders")
    cause = account.cause(kind, "x")
    replication.hold(cause)
    for status, seconds in (("PAUSING", 30), ("PAUSED", 0)):
        assert account.status() == status
        assert word in account.described()["Destinations"][0]["StatusMessage"]
        account.advance(seconds)
    replication.release(cause, account.simulated.timeline.next_ordinal())
    assert account.status() == "ENABLED"
    assert "StatusMessage" not in account.described()["Destinations"][0]


def test_a_pause_whose_cause_is_over_says_that_it_ends_by_itself():
    account = replicated()
    account.advance(100)
    cause = account.cause("opt_out", "x")
    account.replication("orders").hold(cause)
    account.replication("orders").release(cause, account.simulated.timeline.next_ordinal())
    assert account.status() == "PAUSING"
    assert "by itself" in account.described()["Destinations"][0]["StatusMessage"]


def test_every_kind_of_disturbance_that_pauses_has_its_message():
    pauses = [pause for kind in DISTURBANCES if (pause := kind.effect(Pause)) is not None]
    assert len(pauses) == len({pause.message for pause in pauses}) == 3
    assert all(pause.message.endswith("resume replication.") for pause in pauses)


def test_an_error_says_which_file_system_failed():
    account = replicated()
    account.fail("orders")
    assert account.status() == "ERROR"
    message = account.described()["Destinations"][0]["StatusMessage"]
    assert "Delete the replication configuration" in message
    assert "fail orders" in message
    assert account.describe("orders")["LifeCycleState"] == "error"


# Delete


@pytest.mark.parametrize("region", [HOME, AWAY])
@pytest.mark.parametrize("way", ["name", "id", "arn"])
def test_it_is_deleted_from_either_region_by_the_source(region, way):
    account = replicated()
    identifier = getattr(account.find("orders"), way)
    assert account.call(DELETE, region, SourceFileSystemId=identifier) == {}
    assert account.status() == "DELETING"
    account.advance(89.5)
    assert account.status() == "DELETING"
    account.advance(0.5)
    assert account.code(DESCRIBE, FileSystemId="orders") == "ReplicationNotFound"
    assert account.call(DESCRIBE) == {"Replications": []}
    assert account.describe(REPLICA)["FileSystemProtection"] == {
        "ReplicationOverwriteProtection": "ENABLED"
    }


def test_a_second_delete_succeeds_and_changes_nothing():
    account = replicated()
    account.call(DELETE, SourceFileSystemId="orders")
    account.advance(60)
    assert account.call(DELETE, AWAY, SourceFileSystemId="orders") == {}
    account.advance(30)
    assert account.code(DELETE, SourceFileSystemId="orders") == "ReplicationNotFound"


@pytest.mark.parametrize(
    ("region", "identifier", "code"),
    [
        (HOME, "fs-00000000", "FileSystemNotFound"),
        ("us-east-2", "orders", "FileSystemNotFound"),
        (HOME, REPLICA, "FileSystemNotFound"),
        (AWAY, REPLICA, "ReplicationNotFound"),  # the API asks for the source
        (HOME, "idle", "ReplicationNotFound"),
        (AWAY, "idle", "FileSystemNotFound"),
    ],
)
def test_what_has_no_configuration(region, identifier, code):
    account = replicated(file_systems={"orders": {"region": HOME}, "idle": {"region": HOME}})
    assert account.code(DELETE, region, SourceFileSystemId=identifier) == code


def test_local_only_is_for_replication_between_regions():
    local = {"SourceFileSystemId": "orders", "DeletionMode": "LOCAL_CONFIGURATION_ONLY"}
    account = Account()
    account.replicate(Region=HOME)
    assert account.code(DELETE, **local) == "BadRequest"
    account.call(DELETE, SourceFileSystemId="orders", DeletionMode="ALL_CONFIGURATIONS")
    account = replicated()
    account.call(DELETE, AWAY, **local)
    assert account.status() == "DELETING"


@pytest.mark.parametrize(("down", "calling"), [(HOME, AWAY), (AWAY, HOME)])
def test_deleting_while_the_other_region_is_down(down, calling):
    succeeding = replicated()
    failing = replicated(choices={"delete_during_outage_of_other_region": "fails"})
    for account in (succeeding, failing):
        account.simulated.region(down).outages.add(account.cause("region_outage", down))
        assert account.code(DELETE, down, SourceFileSystemId="orders") == "ServiceUnavailable"
    assert failing.code(DELETE, calling, SourceFileSystemId="orders") == "ServiceUnavailable"
    assert succeeding.call(DELETE, calling, SourceFileSystemId="orders") == {}
    local = {"DeletionMode": "LOCAL_CONFIGURATION_ONLY"}  # made for just this
    assert failing.call(DELETE, calling, SourceFileSystemId="orders", **local) == {}


@pytest.mark.parametrize("status", ["ENABLING", "ENABLED", "PAUSING", "PAUSED", "ERROR"])
def test_it_is_deleted_in_every_status(status):
    account = replicated()
    if status != "ENABLING":
        account.advance(100)
    if status.startswith("PAUS"):
        account.replication("orders").hold(account.cause("opt_out", AWAY))
    if status == "PAUSED":
        account.advance(30)
    if status == "ERROR":
        account.fail(REPLICA)
    assert account.status() == status
    account.call(DELETE, SourceFileSystemId="orders")
    assert account.status() == "DELETING"


def test_a_new_configuration_of_the_same_source_has_names_of_its_own():
    account = replicated()
    account.call(DELETE, SourceFileSystemId="orders")
    account.advance(90)
    account.replicate()
    assert list(account.simulated.replications) == ["orders-replication-1", "orders-replication-2"]
    assert account.find("orders-replication-2.destination").id != account.find(REPLICA).id

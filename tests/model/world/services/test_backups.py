"""Backups and restores: when each exists, what it shows, and what an outage leaves of it."""

from __future__ import annotations

from typing import Any

import pytest
from helpers.worlds import constant

import efssim
from efssim import EfsError, Scenario, Simulation
from efssim.model.efs.kms import key_arn
from efssim.model.world.backups import settings_for
from efssim.model.world.world import World

HOME, AWAY = "us-east-1", "us-west-2"
GB = 10**9


def world(backups: Any, events: Any = (), **system: Any) -> Simulation:
    """Return 40 GB in 1,000 files, backed up in 100 s and restored in 200 s; a day from 00:00."""
    orders = {"region": HOME, "size": 40 * GB, "files": 1000, "backups": backups, **system}
    data: dict[str, Any] = {
        "name": "backups",
        "duration": "2 days",
        "file_systems": {"orders": orders},
        "defaults": {
            "sync": {"preset": "none", "interval": 60, "setup": 5},
            "control": {"preset": "none"},
        },
        "events": list(events),
    }
    return Simulation(Scenario.model_validate(data), verify=True)


def call(made: Simulation, operation: str, region: str = HOME, **given: Any) -> dict[str, Any]:
    return made.call(operation, given, region=region, service="backup")


def points(made: Simulation, region: str = HOME, name: str = "orders") -> list[dict[str, Any]]:
    answer = call(made, "ListRecoveryPointsByResource", region, ResourceArn=name)
    found: list[dict[str, Any]] = answer["RecoveryPoints"]
    return found


def restore(made: Simulation, region: str = HOME, **metadata: str) -> str:
    """Restore the newest backup and return the id of the job."""
    arn = points(made, region)[0]["RecoveryPointArn"]
    given = {"newFileSystem": "true", **metadata}
    job = call(made, "StartRestoreJob", region, RecoveryPointArn=arn, Metadata=given)
    identifier: str = job["RestoreJobId"]
    return identifier


def described(made: Simulation, job: str, region: str = HOME) -> dict[str, Any]:
    return call(made, "DescribeRestoreJob", region, RestoreJobId=job)


def code(made: Simulation, operation: str, region: str = HOME, **given: Any) -> str:
    with pytest.raises(EfsError) as refused:
        call(made, operation, region, **given)
    return refused.value.code


def test_a_backup_shows_its_start_and_exists_when_it_is_complete() -> None:
    made = world(
        {"every": "1 h", "at": "00:10"},
        writes={"w": {**constant("1 per s", "1 MB"), "new_bytes": 1}},
    )
    made.advance(600 + 101.4)  # 40.6 GB by then: 101.5 s
    assert points(made) == []
    made.advance(0.1)
    (point,) = points(made)
    assert point["BackupSizeBytes"] == 40_600_000_000
    assert point["CreationDate"] == made.scenario.start.replace(minute=10)
    made.advance(3600)
    assert [one["CreationDate"].hour for one in points(made)] == [0]
    made.advance(60)
    assert [one["CreationDate"].hour for one in points(made)] == [1, 0]  # the newest first
    made.result()


def test_many_files_take_longer_than_their_bytes() -> None:
    made = world({"every": "1 day", "at": "00:00"}, files="1 million")
    made.advance(499.9)
    assert points(made) == []
    made.advance(0.1)
    job = restore(made)
    assert described(made, job)["ExpectedCompletionTimeMinutes"] == 12  # 666.7 s
    made.advance(333)
    assert described(made, job)["PercentDone"] == "49.95%"


def test_a_restore_makes_a_new_file_system_that_can_be_replicated() -> None:
    made = world({"every": "6 h"}, throughput_mode="elastic")
    made.advance("6 h")
    begun = restore(made, CreationToken="new")
    before = described(made, begun)
    assert (before["Status"], before["PercentDone"]) == ("RUNNING", "0.00%")
    assert "CreatedResourceArn" not in before
    made.advance(200)
    after = described(made, begun)
    assert (after["Status"], after["PercentDone"]) == ("COMPLETED", "100.00%")
    assert (after["CompletionDate"] - after["CreationDate"]).total_seconds() == 200
    identifier = after["CreatedResourceArn"].rpartition("/")[2]
    assert identifier == made.file_system_id("orders-restored")
    systems = made.call("DescribeFileSystems", {"CreationToken": "new"}, region=HOME)
    (found,) = systems["FileSystems"]
    assert found["SizeInBytes"]["Value"] == 40 * GB
    assert (found["ThroughputMode"], found["Encrypted"]) == ("elastic", True)
    given = {"SourceFileSystemId": identifier, "Destinations": [{"Region": AWAY}]}
    made.call("CreateReplicationConfiguration", given, region=HOME)
    made.advance("1 h")
    summary = made.result().summary["replications"]["orders-restored-replication-1"]
    assert summary["initial_bytes"] == 40 * GB


def test_the_way_out_of_error() -> None:
    """The file system is lost: delete the configuration, restore, replicate again."""
    made = world({"every": "1 h", "at": "00:00"}, [{"at": "90 min", "fail": "orders"}])
    made.call(
        "CreateReplicationConfiguration",
        {"SourceFileSystemId": "orders", "Destinations": [{"Region": AWAY}]},
        region=HOME,
    )
    made.advance("3 h")
    assert [one["CreationDate"].hour for one in points(made)] == [1, 0]  # none of what is lost
    made.call("DeleteReplicationConfiguration", {"SourceFileSystemId": "orders"}, region=HOME)
    job = restore(made)
    made.advance(200)
    arn = described(made, job)["CreatedResourceArn"]
    given = {"SourceFileSystemId": arn, "Destinations": [{"Region": AWAY}]}
    made.call("CreateReplicationConfiguration", given, region=HOME)
    made.result()


@pytest.mark.parametrize(
    ("at", "for_s", "whole"),
    [(50, 10, 0), (100.5, 10, 1), (-1, 50, 0), (-60, 60, 1)],
    ids=["meanwhile", "afterwards", "at its begin", "before"],
)
def test_an_outage_leaves_nothing_of_a_backup(at: float, for_s: float, whole: int) -> None:
    outage = {"at": 600 + at, "region_outage": HOME, "for": for_s}
    made = world({"every": "10 h", "at": "00:10"}, [outage])
    made.advance("1 h")
    assert len(points(made)) == whole


def test_a_copy_lies_in_another_region_and_takes_as_long_again() -> None:
    made = world({"every": "1 day", "at": "00:00", "copy_to": AWAY})
    made.advance(199.9)
    assert (len(points(made)), len(points(made, AWAY))) == (1, 0)
    made.advance(0.1)
    (here,), (there,) = points(made), points(made, AWAY)
    assert here["CreationDate"] == there["CreationDate"]
    assert here["RecoveryPointArn"] != there["RecoveryPointArn"]
    assert here["BackupVaultName"] == "aws/efs/automatic-backup-vault"
    assert there["BackupVaultName"] == "Default"
    made.apply({"region_outage": HOME})
    assert code(made, "ListRecoveryPointsByResource", ResourceArn="orders") == (
        "ServiceUnavailableException"
    )
    job = restore(made, AWAY)
    made.advance(200)
    assert described(made, job, AWAY)["CreatedResourceArn"].split(":")[3] == AWAY
    given = {"RecoveryPointArn": there["RecoveryPointArn"], "Metadata": {"newFileSystem": "true"}}
    assert code(made, "StartRestoreJob", HOME, **given) == "ServiceUnavailableException"
    made.result()


def test_a_job_is_known_in_its_region_only() -> None:
    made = world({"every": "1 day", "at": "00:00", "copy_to": AWAY})
    made.advance(200)
    for region, other in ((HOME, AWAY), (AWAY, HOME)):
        job = restore(made, region)
        assert described(made, job, region)["RestoreJobId"] == job
        assert code(made, "DescribeRestoreJob", other, RestoreJobId=job) == (
            "ResourceNotFoundException"
        )


@pytest.mark.parametrize(("length", "fits"), [(0, False), (1, True), (64, True), (65, False)])
def test_a_creation_token_has_1_to_64_characters(length: int, fits: bool) -> None:
    made = world({"every": "1 day", "at": "00:00"})
    made.advance(100)
    if fits:
        restore(made, CreationToken="x" * length)
        return
    with pytest.raises(EfsError, match=r"Metadata.CreationToken:? needs 1 "):
        restore(made, CreationToken="x" * length)


@pytest.mark.parametrize(("said", "has_key"), [("true", True), ("false", False)])
def test_a_restored_file_system_is_encrypted_as_metadata_say(said: str, has_key: bool) -> None:
    made = world({"every": "1 day", "at": "00:00"})
    made.advance(100)
    restore(made, Encrypted=said, CreationToken="new")
    made.advance(200)
    about = {"CreationToken": "new"}
    (found,) = made.call("DescribeFileSystems", about, region=HOME)["FileSystems"]
    assert (found["Encrypted"], "KmsKeyId" in found) == (has_key, has_key)


@pytest.mark.parametrize("encrypted", [True, False])
def test_the_key_of_a_copy_is_one_of_its_region(encrypted: bool) -> None:
    spec = {"every": "1 day", "at": "00:00", "copy_to": AWAY}
    made = World(world(spec, encrypted=encrypted).scenario, 1)
    made.advance_to(200.0)
    (source,) = made.account.file_systems.values()
    backups = [made.backups.latest(source, region) for region in (HOME, AWAY)]
    keys = [settings_for(backup).kms_key_arn for backup in backups if backup is not None]
    assert keys == ([key_arn(None, HOME), key_arn(None, AWAY)] if encrypted else [None, None])


def test_a_restore_that_an_outage_meets_fails() -> None:
    made = world({"every": "1 day", "at": "00:00"})
    made.advance(100)
    job = restore(made)
    made.apply({"region_outage": HOME, "for": 10})
    made.advance(200)
    found = described(made, job)
    assert (found["Status"], found["StatusMessage"]) == (
        "FAILED",
        "us-east-1 did not answer meanwhile.",
    )
    with pytest.raises(KeyError):
        made.file_system_id("orders-restored")


def test_a_backup_policy_that_is_disabled_ends_backups() -> None:
    made = world({"every": "1 h", "at": "00:00"})
    about = {"FileSystemId": "orders"}
    assert made.call("DescribeBackupPolicy", about, region=HOME)["BackupPolicy"] == {
        "Status": "ENABLED"
    }
    made.advance("30 min")
    off = {**about, "BackupPolicy": {"Status": "DISABLED"}}
    made.call("PutBackupPolicy", off, region=HOME)
    made.advance("3 h")
    assert len(points(made)) == 1


def test_an_idempotency_token_begins_one_job() -> None:
    made = world({"every": "1 day", "at": "00:00"})
    made.advance(100)
    given = {
        "RecoveryPointArn": points(made)[0]["RecoveryPointArn"],
        "Metadata": {"newFileSystem": "true"},
        "IdempotencyToken": "once",
    }
    assert call(made, "StartRestoreJob", **given) == call(made, "StartRestoreJob", **given)
    made.advance(200)
    assert made.file_system_id("orders-restored")
    with pytest.raises(KeyError):
        made.file_system_id("orders-restored-2")


def test_pages_of_recovery_points() -> None:
    made = world({"every": "10 min", "at": "00:00"})
    made.advance("50 min")
    first = call(made, "ListRecoveryPointsByResource", ResourceArn="orders", MaxResults=3)
    rest = call(
        made,
        "ListRecoveryPointsByResource",
        ResourceArn="orders",
        NextToken=first["NextToken"],
    )
    assert len(first["RecoveryPoints"]) == 3
    assert [*first["RecoveryPoints"], *rest["RecoveryPoints"]] == points(made)
    assert code(made, "ListRecoveryPointsByResource", ResourceArn="orders", NextToken="x") == (
        "InvalidParameterValueException"
    )


METADATA = {"newFileSystem": "true"}


@pytest.mark.parametrize(
    ("operation", "given", "expected"),
    [
        ("ListRecoveryPointsByResource", {}, "MissingParameterValueException"),
        ("ListRecoveryPointsByResource", {"ResourceArn": "x"}, "InvalidParameterValueException"),
        (
            "ListRecoveryPointsByResource",
            {"ResourceArn": "arn:aws:elasticfilesystem:us-east-1:111122223333:file-system/fs-1"},
            "ResourceNotFoundException",
        ),
        (
            "ListRecoveryPointsByResource",
            {"ResourceArn": "orders", "MaxResults": 1001},
            "InvalidParameterValueException",
        ),
        ("StartRestoreJob", {"Metadata": METADATA}, "MissingParameterValueException"),
        ("StartRestoreJob", {"RecoveryPointArn": "x", "Metadata": METADATA},
         "ResourceNotFoundException"),
        ("StartRestoreJob", {"Metadata": {}}, "MissingParameterValueException"),
        ("StartRestoreJob", {"Metadata": {"newFileSystem": "false"}}, "InvalidRequestException"),
        ("StartRestoreJob", {"Metadata": {"newFileSystem": "yes"}},
         "InvalidParameterValueException"),
        ("StartRestoreJob", {"Metadata": {**METADATA, "Encrypted": "false", "KmsKeyId": "alias/k"}},
         "InvalidParameterValueException"),
        ("StartRestoreJob", {"Metadata": {**METADATA, "KmsKeyId": "?"}},
         "InvalidParameterValueException"),
        ("StartRestoreJob", {"Metadata": {**METADATA, "newfilesystem": "true"}},
         "InvalidParameterValueException"),
        ("StartRestoreJob", {"Metadata": {**METADATA, "PerformanceMode": "fast"}},
         "InvalidParameterValueException"),
        ("StartRestoreJob", {"Metadata": {**METADATA, "CreationToken": "orders"}},
         "InvalidParameterValueException"),
        ("StartRestoreJob", {"Metadata": METADATA, "ResourceType": "EBS"},
         "InvalidParameterValueException"),
        ("StartRestoreJob", {"Metadata": {**METADATA, "ItemsToRestore": "[]"}},
         "InvalidRequestException"),
        ("DescribeRestoreJob", {"RestoreJobId": "x"}, "ResourceNotFoundException"),
    ],
)  # fmt: skip
def test_errors(operation: str, given: dict[str, Any], expected: str) -> None:
    made = world({"every": "1 day", "at": "00:00"})
    made.advance(100)
    whole = dict(given)
    if (
        operation == "StartRestoreJob"
        and "RecoveryPointArn" not in given
        and (given["Metadata"] != METADATA or "ResourceType" in given)
    ):
        whole["RecoveryPointArn"] = points(made)[0]["RecoveryPointArn"]
    assert code(made, operation, **whole) == expected


@pytest.mark.parametrize(
    ("backups", "said"),
    [
        ({"at": "05:00"}, "backups.every: is required"),
        ({"every": "1 day", "at": "5 am"}, "backups.at: '5 am' is not a time of day"),
        ({"every": "1 day", "copy_to": "us-west-22"}, "backups.copy_to: unknown Region"),
        ({"every": "1 day", "copy_to": HOME}, "copy_to: 'us-east-1' is where the backups lie"),
        ({"evry": "1 day"}, "backups.evry: unknown key (did you mean 'every'?)"),
    ],
)
def test_refusals(backups: dict[str, Any], said: str) -> None:
    with pytest.raises(efssim.ScenarioError) as refused:
        efssim.load({"name": "t", "duration": "1 h", "file_systems": {
            "orders": {"region": HOME, "backups": backups}}})  # fmt: skip
    assert said in str(refused.value)

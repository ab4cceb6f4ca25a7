"""UpdateFileSystem: throughput modes, amounts, and the 24 hours between some changes."""

from __future__ import annotations

import pytest
from helpers.account import AWAY, DAY, HOME, HOUR, Account

CREATE, UPDATE, PROTECT = "CreateFileSystem", "UpdateFileSystem", "UpdateFileSystemProtection"


def provisioned(amount="100 MiB/s", region=HOME, **top):
    system = {"throughput_mode": "provisioned", "provisioned_throughput": amount}
    return Account({"orders": {"region": region, **system}}, **top)


def throughput(account, name="orders"):
    described = account.describe(name)
    return described["ThroughputMode"], described.get("ProvisionedThroughputInMibps")


def test_an_update_needs_something_to_update():
    assert Account().code(UPDATE, FileSystemId="orders") == "BadRequest"


def test_the_mode_changes_and_the_amount_comes_and_goes_with_it():
    account = Account()
    account.call(UPDATE, FileSystemId="orders", ThroughputMode="elastic")
    assert throughput(account) == ("elastic", None)
    answer = account.call(
        UPDATE,
        FileSystemId="orders",
        ThroughputMode="provisioned",
        ProvisionedThroughputInMibps=50,
    )
    assert answer == account.describe("orders")
    assert throughput(account) == ("provisioned", 50.0)
    account.advance(DAY)
    account.call(UPDATE, FileSystemId="orders", ThroughputMode="bursting")
    assert throughput(account) == ("bursting", None)


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"ThroughputMode": "provisioned"}, "BadRequest"),
        ({"ProvisionedThroughputInMibps": 10}, "BadRequest"),
        ({"ThroughputMode": "elastic", "ProvisionedThroughputInMibps": 10}, "BadRequest"),
        (
            {"ThroughputMode": "provisioned", "ProvisionedThroughputInMibps": 4000},
            "ThroughputLimitExceeded",
        ),
    ],
)
def test_updates_that_are_refused(parameters, code):
    assert Account().code(UPDATE, FileSystemId="orders", **parameters) == code


def test_elastic_needs_general_purpose_and_archive_needs_elastic():
    account = Account({})
    account.call(CREATE, CreationToken="fast", PerformanceMode="maxIO")
    account.advance(20)
    assert account.code(UPDATE, FileSystemId="fast", ThroughputMode="elastic") == "BadRequest"
    account.call(CREATE, CreationToken="cold", ThroughputMode="elastic")
    account.advance(20)
    archive = {"LifecyclePolicies": [{"TransitionToArchive": "AFTER_90_DAYS"}]}
    account.call("PutLifecycleConfiguration", FileSystemId="cold", **archive)
    assert account.code(UPDATE, FileSystemId="cold", ThroughputMode="bursting") == "BadRequest"
    account.call("PutLifecycleConfiguration", FileSystemId="cold", LifecyclePolicies=[])
    account.call(UPDATE, FileSystemId="cold", ThroughputMode="bursting")


BURST = {"ThroughputMode": "bursting"}


def amount(mibps):
    return {"ProvisionedThroughputInMibps": mibps}


@pytest.mark.parametrize(
    ("first", "then", "waits"),
    [
        (amount(200), BURST, True),
        (amount(200), {"ThroughputMode": "elastic"}, True),
        (amount(200), amount(199), True),
        (amount(200), amount(201), False),
        (amount(200), amount(200), False),
        (amount(50), amount(49), True),
        (amount(100), amount(99), False),  # the first one changed nothing
    ],
)
def test_24_hours_after_a_change_of_provisioned_throughput(first, then, waits):
    account = provisioned()
    account.call(UPDATE, FileSystemId="orders", **first)
    account.advance(24 * HOUR - 1)
    if not waits:
        account.call(UPDATE, FileSystemId="orders", **then)
        return
    error = account.error(UPDATE, FileSystemId="orders", **then)
    assert (error.code, error.http_status) == ("TooManyRequests", 429)
    account.advance(1)
    account.call(UPDATE, FileSystemId="orders", **then)


def test_24_hours_after_switching_to_provisioned_throughput():
    account = Account()
    to_provisioned = {"ThroughputMode": "provisioned", **amount(100)}
    account.call(UPDATE, FileSystemId="orders", **to_provisioned)
    assert account.code(UPDATE, FileSystemId="orders", **BURST) == "TooManyRequests"
    account.advance(12 * HOUR)
    account.call(UPDATE, FileSystemId="orders", **amount(110))  # starts the 24 hours again
    account.advance(12 * HOUR)
    assert account.code(UPDATE, FileSystemId="orders", **BURST) == "TooManyRequests"
    account.advance(12 * HOUR)
    account.call(UPDATE, FileSystemId="orders", **BURST)
    account.call(UPDATE, FileSystemId="orders", **to_provisioned)  # back at any time


def test_other_modes_and_creation_start_no_24_hours():
    account = Account()
    for mode in ("elastic", "bursting", "elastic"):
        account.call(UPDATE, FileSystemId="orders", ThroughputMode=mode)
    account = provisioned()
    account.call(UPDATE, FileSystemId="orders", **BURST)


def test_a_destination_can_be_changed_while_it_is_replicating():
    account = Account()
    destination = account.replicate()["Destinations"][0]["FileSystemId"]
    account.advance(200)
    account.call(UPDATE, AWAY, FileSystemId=destination, ThroughputMode="elastic")
    policies = [{"TransitionToIA": "AFTER_7_DAYS"}, {"TransitionToArchive": "AFTER_90_DAYS"}]
    account.call(
        "PutLifecycleConfiguration", AWAY, FileSystemId=destination, LifecyclePolicies=policies
    )
    policy = {"BackupPolicy": {"Status": "DISABLED"}}
    assert account.call("PutBackupPolicy", AWAY, FileSystemId=destination, **policy) == policy
    assert account.describe("orders")["ThroughputMode"] == "bursting"
    assert account.status() == "ENABLED"


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        (UPDATE, {"ThroughputMode": "elastic"}),
        (PROTECT, {"ReplicationOverwriteProtection": "DISABLED"}),
        ("PutLifecycleConfiguration", {"LifecyclePolicies": []}),
        ("PutBackupPolicy", {"BackupPolicy": {"Status": "ENABLED"}}),
    ],
)
def test_changes_need_an_available_file_system(operation, parameters):
    account = Account()
    account.fail("orders")
    code = account.code(operation, FileSystemId="orders", **parameters)
    assert code == "IncorrectFileSystemLifeCycleState"

"""Calls of other services that move this world: opting in to Regions, keys, who is calling."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

import efssim
from efssim import EfsError
from efssim.model.world.world import World

HOME, AWAY, THIRD = "us-east-1", "eu-south-1", "af-south-1"
KEY = "12345678-1234-1234-1234-123456789012"
CONTROL = {"preset": "none", "pausing": 30}


def world(events: Any = (), **top: Any) -> efssim.Simulation:
    """Return a replication to an opt-in Region, which takes 100 s to opt in to and 50 s out."""
    return efssim.Simulation(
        efssim.load(
            {
                "name": "services",
                "duration": "1 day",
                "regions": {AWAY: {"opting_in": 100, "opting_out": 50}},
                "file_systems": {"orders": {"region": HOME}, "copy": {"region": AWAY}},
                "replications": {
                    "dr": {
                        "source": "orders",
                        "destination": {"region": AWAY, "kms_key_id": KEY},
                        "established": True,
                        "sync": {"preset": "none", "interval": 60, "setup": 5},
                        "control": CONTROL,
                    }
                },
                "events": list(events),
                **top,
            }
        )
    )


def account(made: efssim.Simulation, operation: str, region: str = AWAY) -> dict[str, Any]:
    return made.call(operation, {"RegionName": region}, region=HOME, service="account")


def opted(made: efssim.Simulation, region: str = AWAY) -> str:
    status: str = account(made, "GetRegionOptStatus", region)["RegionOptStatus"]
    return status


def status(made: efssim.Simulation) -> tuple[str, Any]:
    about = {"FileSystemId": "orders"}
    found = made.call("DescribeReplicationConfigurations", about, region=HOME)["Replications"]
    destination = found[0]["Destinations"][0]
    return destination["Status"], destination.get("StatusMessage")


def code(made: efssim.Simulation, service: str, operation: str, **given: Any) -> str:
    with pytest.raises(EfsError) as caught:
        made.call(operation, given, region=HOME, service=service)
    return caught.value.code


def test_opting_out_and_in_takes_its_time_and_pauses():
    made = world()
    assert opted(made) == "ENABLED"
    account(made, "DisableRegion")
    assert (opted(made), status(made)[0]) == ("DISABLING", "ENABLED")
    made.advance(49.9)
    assert (opted(made), status(made)[0]) == ("DISABLING", "ENABLED")
    made.advance(0.1)
    assert (opted(made), status(made)[0]) == ("DISABLED", "PAUSING")
    made.advance(30)
    assert status(made)[0] == "PAUSED"
    assert "not opted in" in status(made)[1]
    account(made, "EnableRegion")
    assert (opted(made), status(made)[0]) == ("ENABLING", "PAUSED")
    made.advance(99.9)
    assert opted(made) == "ENABLING"
    made.advance(0.1)
    assert (opted(made), status(made)[0]) == ("ENABLED", "ENABLED")


def test_enabling_ends_every_opt_out_scheduled_ones_too():
    made = world([{"at": "10 min", "opt_out": AWAY, "for": "10 h"}])
    made.advance("10 min")
    assert opted(made) == "DISABLING"
    made.advance("5 min")
    assert (opted(made), status(made)[0]) == ("DISABLED", "PAUSED")
    account(made, "EnableRegion")
    made.advance(100)
    assert (opted(made), status(made)[0]) == ("ENABLED", "ENABLED")
    # The end that was scheduled comes to nothing, and no change is shown for it.
    made.advance("9.7 h")
    assert (opted(made), status(made)[0]) == ("ENABLED", "ENABLED")
    made.advance("1 h")
    assert opted(made) == "ENABLED"
    (occurred,) = [part for part in made.result().timeline if part.kind == "opt_out"]
    assert (occurred.begin_s, occurred.end_s) == (650.0, 1000.0)


def test_a_call_adds_a_cause_of_its_own():
    made = world([{"at": "10 min", "opt_out": AWAY, "for": "1 min"}])
    account(made, "DisableRegion")
    made.advance("1 h")
    assert (opted(made), status(made)[0]) == ("DISABLED", "PAUSED")


def test_a_region_that_is_not_opted_in_at_the_start():
    made = world(regions={AWAY: {}, THIRD: {"opted_in": False}})
    assert opted(made, THIRD) == "DISABLED"
    account(made, "EnableRegion", THIRD)
    assert opted(made, THIRD) == "ENABLED"
    made.call("CreateFileSystem", {"CreationToken": "t"}, region=THIRD)


def test_a_status_that_is_there_is_not_asked_for_twice():
    made = world()
    account(made, "EnableRegion")
    assert opted(made) == "ENABLED"
    account(made, "DisableRegion")
    made.advance(50)
    account(made, "DisableRegion")
    account(made, "EnableRegion")
    made.advance(100)
    assert opted(made) == "ENABLED"


@pytest.mark.parametrize("again", ["EnableRegion", "DisableRegion"])
def test_one_change_of_a_region_at_a_time(again):
    made = world()
    account(made, "DisableRegion")
    assert code(made, "account", again, RegionName=AWAY) == "ConflictException"
    made.advance(50)
    account(made, "EnableRegion")
    assert code(made, "account", again, RegionName=AWAY) == "ConflictException"


def test_six_changes_at_a_time():
    names = efssim.scenario.regions.names.OPT_IN[:7]
    made = world(regions={name: {"opting_out": 60} for name in (*names, AWAY)})
    for name in names[:6]:
        account(made, "DisableRegion", name)
    assert code(made, "account", "DisableRegion", RegionName=names[6]) == (
        "TooManyRequestsException"
    )
    made.advance(60)
    account(made, "DisableRegion", names[6])


def test_changes_that_the_scenario_makes_are_counted_and_not_limited():
    names = efssim.scenario.regions.names.OPT_IN[:8]
    events = [{"at": 60, "opt_out": name} for name in names[:7]]
    made = world(events, regions={name: {"opting_out": 60} for name in (*names, AWAY)})
    made.advance(60)
    with pytest.raises(EfsError, match="7 Regions are being enabled or disabled"):
        account(made, "DisableRegion", names[7])
    made.advance(60)
    account(made, "DisableRegion", names[7])


@pytest.mark.parametrize("operation", ["EnableRegion", "DisableRegion"])
def test_a_default_region_stays_as_it_is(operation):
    made = world()
    assert opted(made, HOME) == "ENABLED_BY_DEFAULT"
    assert code(made, "account", operation, RegionName=HOME) == "ValidationException"
    assert code(made, "account", operation, RegionName="eu-sout-1") == "ValidationException"
    assert code(made, "account", operation) == "ValidationException"
    other = code(made, "account", operation, RegionName=AWAY, AccountId="999999999999")
    assert other == "AccessDeniedException"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ({}, "ENABLED_BY_DEFAULT"),
        ({"default": True}, "ENABLED_BY_DEFAULT"),
        ({"default": False}, "ENABLED"),
    ],
)
def test_a_region_is_a_default_one_as_aws_has_it_unless_the_scenario_says(said, shown):
    made = world(regions={"us-west-2": {"opting_in": 100, **said}, AWAY: {}})
    assert opted(made, "us-west-2") == shown
    assert opted(made, AWAY) == "ENABLED"


def test_the_list_of_regions_and_its_pages():
    made = world()
    account(made, "DisableRegion", THIRD)
    listed = made.call("ListRegions", {"MaxResults": 20}, region=HOME, service="account")
    rest = made.call(
        "ListRegions",
        {"MaxResults": 50, "NextToken": listed["NextToken"]},
        region=HOME,
        service="account",
    )
    together = {
        part["RegionName"]: part["RegionOptStatus"]
        for part in (*listed["Regions"], *rest["Regions"])
    }
    assert len(together) == len(listed["Regions"]) + len(rest["Regions"])  # none is on both
    assert all(a < b for a, b in pairwise(together))
    assert (together[HOME], together[AWAY], together[THIRD]) == (
        "ENABLED_BY_DEFAULT",
        "ENABLED",
        "DISABLED",
    )
    assert not any(name.startswith(("cn-", "us-gov-")) for name in together)
    off = made.call(
        "ListRegions", {"RegionOptStatusContains": ["DISABLED"]}, region=HOME, service="account"
    )
    assert off == {"Regions": [{"RegionName": THIRD, "RegionOptStatus": "DISABLED"}]}


def kms(made: efssim.Simulation, operation: str, key: str = KEY, region: str = AWAY) -> Any:
    return made.call(operation, {"KeyId": key}, region=region, service="kms")


def test_a_key_that_is_disabled_pauses_what_it_encrypts():
    made = world()
    described = kms(made, "DescribeKey")["KeyMetadata"]
    assert (described["KeyState"], described["KeyManager"]) == ("Enabled", "CUSTOMER")
    kms(made, "DisableKey")
    assert kms(made, "DescribeKey")["KeyMetadata"]["KeyState"] == "Disabled"
    assert status(made)[0] == "PAUSING"
    made.advance(30)
    assert status(made)[0] == "PAUSED"
    assert "KMS key" in status(made)[1]
    kms(made, "DisableKey", described["Arn"])  # once more has no effect
    kms(made, "EnableKey")
    assert status(made)[0] == "ENABLED"
    kms(made, "EnableKey")


def test_it_pauses_what_is_made_later_and_nothing_else():
    made = world()
    other = KEY.replace("1", "2")
    kms(made, "DisableKey", other)
    assert status(made)[0] == "ENABLED"
    made.call(
        "CreateFileSystem",
        {"CreationToken": "new", "Encrypted": True, "KmsKeyId": other},
        region=AWAY,
    )
    made.advance(60)
    made.call(
        "CreateReplicationConfiguration",
        {"SourceFileSystemId": "new", "Destinations": [{"Region": HOME}]},
        region=AWAY,
    )
    made.advance("1 h")
    found = made.call("DescribeReplicationConfigurations", {"FileSystemId": "new"}, region=AWAY)[
        "Replications"
    ]
    assert found[0]["Destinations"][0]["Status"] == "PAUSED"
    assert status(made)[0] == "ENABLED"


def test_keys_that_cannot_be_disabled():
    made = world()
    assert code(made, "kms", "DisableKey", KeyId="alias/aws/elasticfilesystem") == (
        "AccessDeniedException"
    )
    assert code(made, "kms", "DisableKey", KeyId="nonsense") == "NotFoundException"
    assert code(made, "kms", "DisableKey", KeyId="arn:aws:kms:nonsense") == "InvalidArnException"


def test_who_is_calling():
    told = world().call("GetCallerIdentity", {}, region=HOME, service="sts")
    assert told["Account"] == "111122223333"
    assert told["Arn"].startswith("arn:aws:iam::111122223333:user/")


def test_other_operations_and_services_are_refused_by_name():
    made = world()
    with pytest.raises(efssim.NotSimulatedError, match=r"CreateKey of kms\. .*DisableKey"):
        made.call("CreateKey", {}, region=HOME, service="kms")
    with pytest.raises(efssim.ArgumentError, match="did you mean 'account'"):
        made.call("EnableRegion", {}, region=HOME, service="acount")


def test_the_calls_are_in_the_timeline_and_looking_is_not():
    made = world()
    opted(made)
    account(made, "DisableRegion")
    code(made, "account", "EnableRegion", RegionName=AWAY)
    made.advance(60)
    kinds = [(part.kind, part.target) for part in made.result().timeline]
    assert kinds == [("DisableRegion", AWAY), ("EnableRegion", AWAY), ("opt_out", AWAY)]


def test_what_a_user_answers_is_counted_and_recorded_as_other_calls_are():
    made = World(world().scenario, 1)
    for name in ("ListHostedZones", "ChangeResourceRecordSets"):
        made.services.add_answer("route53", name, lambda given, region: {region: given["Id"]})
    told = made.call("ListHostedZones", {"Id": "z"}, HOME, "route53")
    assert (told, made.calls_made, made.timeline) == ({HOME: "z"}, 1, [])
    made.call("ChangeResourceRecordSets", {"Id": "z"}, HOME, "route53")
    assert (made.calls_made, [part.kind for part in made.timeline]) == (
        2,
        ["ChangeResourceRecordSets"],
    )
    made.call("GetCallerIdentity", {}, HOME, "sts")
    made.call("DescribeFileSystems", {}, HOME)
    assert (made.calls_made, len(made.timeline)) == (4, 1)


def test_a_call_is_recorded_with_the_name_of_the_file_system_or_as_it_was_made():
    made = World(world().scenario, 1)
    orders = made.account.file_systems[made.account.id_of("orders")]
    tags = [{"Key": "k", "Value": "v"}]
    for resource in (orders.id, orders.arn, "orders"):
        made.call("TagResource", {"ResourceId": resource, "Tags": tags}, HOME)
    with pytest.raises(EfsError, match="FileSystemNotFound"):
        made.call("TagResource", {"ResourceId": "fs-00000000", "Tags": tags}, HOME)
    assert [part.target for part in made.timeline] == ["orders"] * 3 + ["fs-00000000"]

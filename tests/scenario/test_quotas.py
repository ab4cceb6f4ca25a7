"""Quotas of the account in a Region, and the limit of values."""

import pytest

import efssim

SMALL = """name: small
duration: 1 h
regions: {us-east-1: {quotas: {file_systems: 2}}}
file_systems:
  a: {region: us-east-1}
  b: {availability_zone: us-east-1a}
  c: {region: eu-west-1}
replications:
  one: {source: c, destination: {region: us-east-1}}
"""


def refusal(text):
    with pytest.raises(efssim.ScenarioError) as caught:
        efssim.load(text)
    return str(caught.value).splitlines()


def test_file_systems_beyond_the_quota_are_refused_before_a_run():
    assert refusal(SMALL) == [
        "<text>:9:33: replications.one.destination: the account may have 2 file systems in"
        " us-east-1, and the scenario has 3; `regions: {us-east-1: {quotas: {file_systems: 3}}}`"
        " makes room for them"
    ]


def test_the_suggested_quota_makes_room():
    world = efssim.Simulation(efssim.load(SMALL, ["regions.us-east-1.quotas.file_systems=3"]))
    with pytest.raises(efssim.EfsError) as caught:
        world.call("CreateFileSystem", {"CreationToken": "more"}, region="us-east-1")
    assert caught.value.code == "FileSystemLimitExceeded"
    assert "regions.us-east-1.quotas.file_systems" in str(caught.value)
    world.call("CreateFileSystem", {"CreationToken": "more"}, region="eu-west-1")


def test_an_existing_destination_takes_no_room():
    text = SMALL.replace("{region: us-east-1}}", "{file_system: a}}")
    assert efssim.run(efssim.load(text)).summary["replications"]["one"]


def test_a_quota_of_0_leaves_no_room():
    lines = refusal(SMALL.replace("file_systems: 2}", "file_systems: 0}"))
    assert lines[0].startswith("<text>:5:6: file_systems.a: the account may have 0 file systems")


@pytest.mark.parametrize("quota", ["many", "-1", "1.5", "{a: 1}"])
def test_a_malformed_quota_has_its_own_problem_only(quota):
    (line,) = refusal(SMALL.replace("file_systems: 2}", f"file_systems: {quota}}}"))
    assert "regions.us-east-1.quotas.file_systems:" in line


def test_without_a_quota_there_are_1000():
    systems = {f"fs{n}": {"region": "us-east-1"} for n in range(1001)}
    scenario = {"name": "s", "duration": "1 h", "file_systems": systems}
    with pytest.raises(efssim.ScenarioError, match="may have 1,000 file systems in us-east-1"):
        efssim.load(scenario)
    efssim.load({**scenario, "regions": {"us-east-1": {"quotas": {"file_systems": 1001}}}})


def test_the_limit_of_values_changes_no_result():
    small = SMALL.replace("file_systems: 2}", "file_systems: 3}")
    plain, limited = (
        efssim.run(efssim.load(f"{limit}{small}")) for limit in ("", "limits: {values: 99}\n")
    )
    assert limited.digest == plain.digest


@pytest.mark.parametrize("values", ["0", "5_000_001", "none", "[]"])
def test_a_limit_of_values_that_cannot_be(values):
    (line,) = refusal(
        f"limits: {{values: {values}}}\n{SMALL}".replace("file_systems: 2}", "file_systems: 3}")
    )
    assert "limits.values:" in line

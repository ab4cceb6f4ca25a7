"""Real boto3 clients whose calls a simulation answers."""

from __future__ import annotations

import pytest
from worlds import constant, scenario

import efssim

HOME, AWAY = "us-east-1", "us-west-2"


@pytest.fixture
def world():
    return efssim.Simulation(
        scenario(
            {"app": constant()},
            {"interval": 60, "setup": 5},
            "1 day",
            defaults={"control": {"preset": "none", "enabling": 100, "deleting": 90}},
        )
    )


def test_a_client_describes_what_the_simulation_moves(world):
    client, source = world.client("efs", region_name=HOME), world.file_system_id("fs")
    for minutes in (1, 5, 60):
        world.advance(f"{minutes} min")
        (found,) = client.describe_replication_configurations(FileSystemId=source)["Replications"]
        (same,) = world.call(
            "DescribeReplicationConfigurations", {"FileSystemId": source}, region=HOME
        )["Replications"]
        assert found == same
        age = world.now - found["Destinations"][0]["LastReplicatedTimestamp"]
        assert age.total_seconds() == 60  # cut at the minute before; this one is still to come

"""A destination's overwrite protection that is shown late: `control.protecting`."""

from __future__ import annotations

import pytest
from helpers.worlds import constant

import efssim
from efssim import EfsError, Scenario, Simulation

HOME, AWAY = "us-east-1", "us-west-2"
CONTROL = {"preset": "none", "enabling": 100, "deleting": 90}


def world(protecting=None, **events):
    control = CONTROL if protecting is None else {**CONTROL, "protecting": protecting}
    return Simulation(
        Scenario.model_validate(
            {
                "name": "t",
                "duration": "1 h",
                "file_systems": {
                    "orders": {"region": HOME},
                    "copy": {"region": AWAY, "writes": {"w": constant("1 per s")}},
                },
                "defaults": {
                    "control": control,
                    "sync": {"preset": "none", "interval": 60, "setup": 5},
                },
                **events,
            }
        ),
        verify=True,
    )


def replicate(simulation):
    copy = simulation.file_system_id("copy")
    off = {"FileSystemId": copy, "ReplicationOverwriteProtection": "DISABLED"}
    simulation.call("UpdateFileSystemProtection", off, region=AWAY)
    parameters = {"SourceFileSystemId": "orders", "Destinations": [{"FileSystemId": copy}]}
    return simulation.call("CreateReplicationConfiguration", parameters, region=HOME)


def seen(simulation):
    """Return the status of the replication and the protection that the destination shows."""
    answer = simulation.call("DescribeReplicationConfigurations", region=HOME)["Replications"]
    (found,) = simulation.call("DescribeFileSystems", {"FileSystemId": "copy"}, region=AWAY)[
        "FileSystems"
    ]
    status = answer[0]["Destinations"][0]["Status"] if answer else None
    return status, found["FileSystemProtection"]["ReplicationOverwriteProtection"]


def test_by_default_it_is_shown_from_the_call_on():
    simulation = world()
    replicate(simulation)
    assert seen(simulation) == ("ENABLING", "REPLICATING")


def test_it_may_be_shown_later_than_enabled():
    simulation = world(60)
    replicate(simulation)
    steps = [(0, "ENABLING"), (99, "ENABLING"), (1, "ENABLED"), (59, "ENABLED")]
    for duration, status in steps:
        simulation.advance(duration)
        assert seen(simulation) == (status, "DISABLED")
    simulation.advance(1)
    assert seen(simulation) == ("ENABLED", "REPLICATING")


def test_a_distribution_is_drawn_by_seed():
    simulation = world({"uniform": {"low": 10, "high": 20}})
    replicate(simulation)
    simulation.advance(109)
    assert seen(simulation) == ("ENABLED", "DISABLED")
    simulation.advance(11)
    assert seen(simulation) == ("ENABLED", "REPLICATING")


def test_a_pause_in_between_does_not_hold_it_up():
    simulation = world(60)
    replicate(simulation)
    simulation.advance(110)
    simulation.apply({"kms_key_disabled": "orders-replication-1", "for": "30 min"})
    simulation.advance(50)
    assert seen(simulation) == ("PAUSED", "REPLICATING")


def test_it_is_protected_again_once_the_configuration_is_gone():
    simulation = world(600)
    replicate(simulation)
    simulation.advance(110)
    delete = {"SourceFileSystemId": "orders"}
    simulation.call("DeleteReplicationConfiguration", delete, region=HOME)
    assert seen(simulation) == ("DELETING", "DISABLED")
    simulation.advance(90)
    assert seen(simulation) == (None, "ENABLED")
    simulation.advance("20 min")
    assert seen(simulation) == (None, "ENABLED")


def test_only_what_is_shown_is_late():
    """It cannot be written, nobody can set it, and no number of the run changes."""
    late, usual = world(600), world()
    for simulation in (late, usual):
        replicate(simulation)
        simulation.advance(200)
        wanted = {"FileSystemId": "copy", "ReplicationOverwriteProtection": "ENABLED"}
        with pytest.raises(EfsError, match="ReplicationAlreadyExists"):
            simulation.call("UpdateFileSystemProtection", wanted, region=AWAY)
        simulation.advance_to_end()
    assert late.result().digest == usual.result().digest


def test_an_established_one_is_shown_at_once():
    copy = {"destination": {"file_system": "copy"}, "source": "orders", "established": True}
    simulation = world(replications={"dr": {**copy, "control": {"protecting": 600}}})
    assert seen(simulation) == ("ENABLED", "REPLICATING")


def test_the_errors_of_scripts_are_public():
    assert issubclass(efssim.NotSimulatedError, efssim.EfssimError)
    assert issubclass(efssim.NotSimulatedError, RuntimeError)

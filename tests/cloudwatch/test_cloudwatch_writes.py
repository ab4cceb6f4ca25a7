"""DataWriteIOBytes: the writes of every file system, whatever replicates it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from helpers.worlds import constant, poisson
from hypothesis import given, settings
from hypothesis import strategies as st

from efssim import Scenario, Simulation

HOME, AWAY = "us-east-1", "us-west-2"
START = datetime(2026, 1, 1, tzinfo=UTC)
CONTROL = {"preset": "none", "enabling": 100, "deleting": 90}
SYNC = {"preset": "none", "interval": 60, "setup": 5}
MINUTE = 60_000
"""Bytes of a minute: two writes of 500 B each second."""


def world(stream=None, duration="4 h", **file_systems):
    stream = stream or constant("2 per s", "500 B")
    return Simulation(
        Scenario.model_validate(
            {
                "name": "t",
                "duration": duration,
                "file_systems": {
                    "orders": {"region": HOME, "writes": {"w": stream}},
                    "copy": {"region": AWAY, "writes": {"w": stream}},
                    **file_systems,
                },
                "defaults": {"control": CONTROL, "sync": SYNC},
            }
        ),
        verify=True,
    )


def written(simulation, name="orders", statistic="Sum"):
    """Return the sums (or another statistic) of all minutes up to now, by minute."""
    region = HOME if name == "orders" else AWAY
    given = {
        "Namespace": "AWS/EFS",
        "MetricName": "DataWriteIOBytes",
        "Dimensions": [{"Name": "FileSystemId", "Value": simulation.file_system_id(name)}],
        "StartTime": START,
        "EndTime": START + timedelta(days=1),
        "Period": 60,
        "Statistics": [statistic],
    }
    found = simulation.cloudwatch.call("GetMetricStatistics", given, region)["Datapoints"]
    begins = [(point["Timestamp"] - START).total_seconds() / 60 for point in found]
    return dict(zip(begins, (point[statistic] for point in found), strict=True))


def create(simulation):
    copy = simulation.file_system_id("copy")
    off = {"FileSystemId": copy, "ReplicationOverwriteProtection": "DISABLED"}
    simulation.call("UpdateFileSystemProtection", off, region=AWAY)
    parameters = {"SourceFileSystemId": "orders", "Destinations": [{"FileSystemId": copy}]}
    simulation.call("CreateReplicationConfiguration", parameters, region=HOME)


def delete(simulation):
    parameters = {"SourceFileSystemId": "orders"}
    simulation.call("DeleteReplicationConfiguration", parameters, region=HOME)


def minutes(count, first=MINUTE - 500):
    """Return what every minute has; in the first one the write at the very start is not made."""
    return {0: first, **dict.fromkeys(range(1, count), MINUTE)}


def test_without_a_replication():
    simulation = world()
    simulation.advance("20 min")
    # The last instant is a write, too: it is the first of the next minute.
    assert written(simulation) == {**minutes(20), 20: 500}
    assert written(simulation, statistic="SampleCount")[3] == 120
    listed = simulation.cloudwatch.call("ListMetrics", {}, HOME)["Metrics"]
    assert "DataWriteIOBytes" in {metric["MetricName"] for metric in listed}


def test_before_during_and_after_configurations():
    simulation = world()
    for act in (create, delete, create):
        simulation.advance("20 min")
        act(simulation)
    simulation.advance("20 min")
    assert written(simulation) == {**minutes(80), 80: 500}


def test_a_destination_has_its_own_writes_until_it_is_read_only():
    simulation = world()
    simulation.advance("20 min")
    create(simulation)
    simulation.advance("20 min")
    delete(simulation)  # and gone after 90 s
    simulation.advance("20 min")
    seen = written(simulation, "copy")
    # A write at the instant of either is made: writes come first.
    after = {41: MINUTE // 2 - 500, **dict.fromkeys(range(42, 60), MINUTE), 60: 500}
    assert seen == {**minutes(20), 20: 500, **after}


def test_what_is_dropped_is_not_written():
    simulation = world()
    simulation.advance("20 min")
    simulation.apply({"region_outage": HOME, "for": "10 min"})
    simulation.advance("20 min")
    seen = written(simulation)
    assert sorted(seen) == [*range(21), *range(30, 41)]


def test_a_file_system_that_nobody_writes_to_has_none():
    simulation = world(quiet={"region": AWAY})
    simulation.advance("1 h")
    assert written(simulation, "quiet") == {}


actions = st.lists(st.sampled_from(["create", "delete", "wait", "look"]), max_size=8)
steps = st.lists(st.integers(1, 1500), min_size=8, max_size=8)


@settings(max_examples=25, deadline=None)
@given(actions, steps)
def test_every_write_is_in_one_minute_whenever_one_looks(todo, waits):
    """Against a file system without configurations, whose writes are the same draws."""
    stream = poisson("1 per s", {"exponential": {"mean": "4 KiB"}})
    changed, alone = world(stream), world(stream)
    state = "none"
    for action, wait_s in zip(todo, waits, strict=False):
        if action == "create" and state == "none":
            create(changed)
            state = "there"
        elif action == "delete" and state == "there":
            changed.advance(101)
            delete(changed)
            changed.advance(91)
            state = "none"
        elif action == "look":
            written(changed)
        changed.advance(wait_s)
    alone.advance(changed.elapsed_s)
    seen, wanted = written(changed), written(alone)
    assert seen == wanted
    changed.result()  # the laws hold
    account = changed._world.account
    assert sum(seen.values()) == account.stored(account.find("orders")).states.made.bytes

"""What random sequences found once, each as the shortest run that shows it."""

from __future__ import annotations

import pytest
from helpers.worlds import constant, scenario, simulate
from pydantic import ValidationError

import efssim
from efssim import Scenario, Simulation

LINK = "us-east-1 -> us-west-2"
PROTECTION = "ReplicationOverwriteProtection"


def _with_replica(**top) -> Scenario:
    """Return a replication to a file system that has streams of its own."""
    return scenario(
        {"w": constant()},
        {"interval": 60, "setup": 5},
        200,
        others={"replica": {"region": "us-west-2", "writes": {"w": constant()}}},
        replication={"destination": {"file_system": "replica"}},
        **top,
    )


def test_looking_does_not_change_the_order_of_what_was_dropped():
    world = _with_replica(events=[{"at": 10, "fail": "fs"}])
    looked = Simulation(world, verify=True)
    looked.advance(5)
    looked.result()
    looked.advance_to_end()
    straight, result = simulate(world), looked.result()
    assert result.digest == straight.digest
    dropped = [
        list(r.summary["replications"]["dr"]["writes"]["dropped_bytes"]) for r in (straight, result)
    ]
    assert dropped == [["fail", "read_only"]] * 2


def test_a_file_system_that_fails_while_it_is_deleted_goes_once():
    simulation = Simulation(scenario({}, {"interval": 60}, others={"b": {"region": "us-east-1"}}))

    def delete() -> None:
        simulation.call("DeleteFileSystem", {"FileSystemId": "b"}, region="us-east-1")

    delete()
    simulation.apply({"fail": "b"})
    shown = simulation.call("DescribeFileSystems", {"FileSystemId": "b"}, region="us-east-1")
    assert shown["FileSystems"][0]["LifeCycleState"] == "deleting"
    delete()
    simulation.advance(100)
    left = simulation.call("DescribeFileSystems", {}, region="us-east-1")["FileSystems"]
    assert [part["CreationToken"] for part in left] == ["fs"]


def test_a_scheduled_failure_of_what_is_gone_affects_nothing():
    calls = [
        {"at": at, "call": operation, "with": given, "region": "us-west-2", "expect": "ok"}
        for at, operation, given in (
            (10, "DeleteReplicationConfiguration", {"SourceFileSystemId": "fs"}),
            (20, "DeleteFileSystem", {"FileSystemId": "dr.destination"}),
        )
    ]
    control = {"preset": "none"}
    world = scenario(
        {"w": constant()},
        {"interval": 60},
        200,
        replication={"control": control},
        events=[*calls, {"at": 100, "fail": "dr.destination"}],
    )
    last = simulate(world).timeline[-1]
    assert (last.begin_s, last.kind, last.affected) == (100, "fail", ())


@pytest.mark.parametrize(
    "part",
    [
        {"events": [{"at": 1, "fail": "dr.destination"}]},
        {"faults": {"f": {"fail": "dr.destination", "every": 50}}},
    ],
)
def test_an_existing_destination_has_its_own_name_only(part):
    with pytest.raises(ValidationError, match=r"no file system is named 'dr\.destination'"):
        _with_replica(**part)


def _two_sources() -> Simulation:
    world = scenario(
        {},
        {"interval": 60, "throughput": 1000},
        others={"b": {"region": "us-east-1"}},
        links={LINK: {"capacity": 1500}},
        defaults={"sync": {"preset": "none", "interval": 60, "throughput": 1000}},
    )
    return Simulation(world, verify=True)


def test_a_call_may_make_replications_share_a_link():
    simulation = _two_sources()
    given = {"SourceFileSystemId": "b", "Destinations": [{"Region": "us-west-2"}]}
    simulation.call("CreateReplicationConfiguration", given, region="us-east-1")
    simulation.advance_to_end()
    assert simulation.result().outcomes["b-replication-1"].summary.syncs.completed > 0


def test_a_degradation_may_make_replications_share_a_link():
    world = scenario(
        {"w": constant()},
        {"interval": 60, "throughput": 700},
        1000,
        others={"b": {"region": "us-east-1"}},
        links={LINK: {"capacity": 1500}},
        defaults={"sync": {"preset": "none", "interval": 60, "throughput": 700}},
    )
    simulation, untouched = Simulation(world, verify=True), Simulation(world)
    given = {"SourceFileSystemId": "b", "Destinations": [{"Region": "us-west-2"}]}
    for each in (simulation, untouched):
        each.call("CreateReplicationConfiguration", given, region="us-east-1")
    simulation.apply({"link_degraded": LINK, "factor": 0.01, "for": 100})
    for each in (simulation, untouched):
        each.advance_to_end()
    assert simulation.result().digest != untouched.result().digest


@pytest.mark.parametrize("established", [True, False])
def test_writes_move_to_a_source_whose_syncs_share_a_link(established):
    """Its syncs that were complete by then are those of the streams that it had."""
    sync = {"preset": "none", "interval": 60, "setup": 5}
    there = {"destination": {"region": "us-west-2"}, "established": established, "sync": sync}
    world = Scenario.model_validate(
        {
            "name": "moved",
            "duration": 300,
            "links": {LINK: {"capacity": 512}},
            "file_systems": {
                "a": {"region": "us-east-1", "writes": {"w": constant("1 per 30 s", "100 B")}},
                "b": {"region": "us-east-1"},
            },
            "replications": {
                "dr": {"source": "a", **there, "control": {"preset": "none"}},
                "dr2": {"source": "b", **there, "control": {"preset": "none"}},
            },
            "events": [{"at": 200, "move_writes": "a", "to": "b"}],
        }
    )
    result = simulate(world)
    published = {
        name: sum(outcome.syncs["published_bytes"].tolist())
        for name, outcome in result.outcomes.items()
    }
    # Writes of 30, 60 … 180 s stay where they were made; those of 210 and 240 s move, and are
    # cut at 240 s; those of 270 and 300 s are still to come.
    assert published == {"dr": 600, "dr2": 200}


@pytest.mark.parametrize("setup", [0, 5])
def test_a_script_disturbs_at_the_cut_of_a_sync_that_shares_a_link(setup):
    """The cut at 100 s is none, as if the outage had begun before it; the next is at its end."""
    sync = {"preset": "none", "interval": 100, "setup": setup}
    there = {"destination": {"region": "us-west-2"}, "established": True, "sync": sync}
    stream = {"w": constant("1 per 70 s", "1 KiB")}
    outage = {"region_outage": "us-east-1", "for": 50}
    world = Scenario.model_validate(
        {
            "name": "at-the-cut",
            "duration": 240,
            "links": {LINK: {"capacity": 512}},
            "file_systems": {
                "a": {"region": "us-east-1"},
                "b": {"region": "us-east-1", "writes": stream},
            },
            "replications": {"dr": {"source": "a", **there}, "dr2": {"source": "b", **there}},
        }
    )
    simulation = Simulation(world, verify=True)
    simulation.advance(100)
    simulation.apply(outage)
    simulation.advance(140)
    syncs = simulation.result().outcomes["dr2"].syncs
    assert syncs["cut_s"].tolist() == [150.0]
    # The write of 70 s, 1 KiB at 512 B/s; that of 140 s is dropped.
    assert syncs["completed_s"].tolist() == [150.0 + setup + 2.0]
    by_events = simulate(world.with_({"events": [{"at": 100, **outage}]}))
    assert by_events.outcomes["dr2"].syncs["completed_s"].tolist() == syncs["completed_s"].tolist()


@pytest.mark.parametrize("arrivals", ["poisson", "on_off"])
def test_a_stream_in_cells_that_comes_later_has_published_nothing_before(arrivals):
    """The laws said that spans without a write, from before it came, were published too late."""
    process = {"rate": "3 per s"} | ({"on": 90, "off": 70} if arrivals == "on_off" else {})
    stream = {"arrivals": {arrivals: process}, "size": 1024, "drawn": "cells"}
    world = scenario(
        {},
        {"interval": 60, "setup": 5},
        900,
        others={"a": {"region": "us-east-1", "writes": {"w": stream}}},
        events=[{"at": 650, "move_writes": "a", "to": "fs"}],
    )
    outcome = simulate(world).outcomes["dr"]
    counts = outcome.syncs["writes"].tolist()
    # The syncs that are cut at 60 … 600 s have nothing of it; some later one has.
    assert sum(counts[:10]) == 0 < sum(counts[10:])
    assert len(counts) == 14


FREED = """
name: freed
duration: 28 min
file_systems:
  a:
    region: us-east-1
    writes:
      w: {arrivals: {constant: {rate: 1 per 300 s}}, size: 256 B}
replications:
  dr:
    source: a
    destination: {region: us-west-2}
    established: true
    sync:
      preset: none
      gap: 180 s
      throughput:
        base: 128 B/s
        windows: [{from: "00:13", to: "00:25", value: none}]
links:
  us-east-1 -> us-west-2: {latency: 120 s}
events:
  - {at: 600 s, region_outage: us-west-2, for: 900 s}
"""


@pytest.mark.parametrize(
    ("end", "completed_s"),
    [("00:24", 1502.0), ("00:25", 1502.0), ("00:26", 1500.0)],
)
def test_a_sync_that_may_go_on_has_the_rate_after_its_instant(end, completed_s):
    """An outage freezes it as its transfer of 2 s begins; a window without a limit ends with it.

    A window is [begin, end): at 00:25 its end comes in the same turn as that of the outage, and
    nothing completes in between.
    """
    found = efssim.run(efssim.load(FREED.replace('to: "00:25"', f'to: "{end}"')), verify=True)
    assert found.outcomes["dr"].syncs.floats("completed_s").tolist() == [300.0, completed_s]


def test_a_stream_in_cells_of_which_nothing_is_left_keeps_the_laws():
    """Its only cell has one write, which is after the failure; the sync at 5 s met a part of it."""
    text = """
    name: nothing-left
    duration: 10 s
    file_systems:
      a:
        region: us-east-1
        writes:
          w:
            arrivals: {profile: {rate: 0.5 per s, hours: [1, 9, 0, 3, 1, 9, 0, 3, 1, 9, 0, 3,
                                                          1, 9, 0, 3, 1, 9, 0, 3, 1, 9, 0, 3]}}
            size: 1 KiB
            drawn: cells
    replications:
      dr: {source: a, destination: {region: us-west-2}, control: {preset: none}}
    events:
      - {at: 6 s, fail: a}
    """
    for seed in range(30):
        efssim.run(efssim.load(text), seed=seed, verify=True)


def test_the_last_of_few_writes_in_cells_that_are_discarded_is_one_of_them():
    """Most cells have no write; the last one that has some has the last write that is discarded."""
    writes = {"arrivals": {"poisson": {"rate": "5 per 1500 s"}}, "size": 256, "drawn": "cells"}
    calls = [
        ("UpdateFileSystemProtection", {"FileSystemId": "z", PROTECTION: "DISABLED"}),
        (
            "CreateReplicationConfiguration",
            {"SourceFileSystemId": "a", "Destinations": [{"FileSystemId": "z"}]},
        ),
    ]
    world = Scenario.model_validate(
        {
            "name": "few",
            "duration": 1500,
            "file_systems": {
                "a": {"region": "us-east-1"},
                "z": {"region": "us-east-1", "writes": {"w": writes}},
            },
            "events": [{"at": 1020, "call": name, "with": given} for name, given in calls],
        }
    )
    for seed in range(20):
        efssim.run(world, seed=seed, verify=True)  # law 8 has the pieces

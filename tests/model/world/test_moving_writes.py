"""Fences, and writes that move to another file system: each is made once, or counted as dropped."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from helpers.worlds import constant, numbers, poisson, scenario, simulate
from numpy.testing import assert_array_equal

import efssim
from efssim import Result, Scenario, ScenarioError, Simulation

SYNC = {"interval": 10, "setup": 1}
CONTROL = {"control": {"preset": "none", "deleting": 20, "enabling": 10}}
LOGNORMAL = {"lognormal": {"median": 2000, "sigma": 1}}
DELETE = {"call": "DeleteReplicationConfiguration", "with": {"SourceFileSystemId": "fs"}}
AWAY = {"region": "us-west-2"}


def world(stream: dict[str, Any], events: list[dict[str, Any]], **more: Any) -> Scenario:
    """Return a scenario of ten minutes in which a replication can be deleted in 20 s."""
    return scenario({"w": stream}, SYNC, duration=600, replication=CONTROL, events=events, **more)


def failover(**move: Any) -> list[dict[str, Any]]:
    """Return a failover by hand: outage at 100 s, writable at 140 s, the application at 160 s."""
    return [
        {"at": 100, "region_outage": "us-east-1", "for": 200},
        {"at": 120, **DELETE, **AWAY},
        {"at": 160, "move_writes": "fs", "to": "dr.destination", **move},
    ]


def stored(simulation: Simulation, name: str) -> tuple[int, int]:
    """Return the size of a file system, and how many writes were ever made to it."""
    system = simulation._world.account.find(name)
    assert system is not None
    now = simulation._world.account.stored(system)
    states = now.states
    parts = states.unreplicated, states.pending, states.published, states.discarded
    return now.size_bytes, sum(part.writes for part in parts)


def done(spec: Scenario) -> tuple[Simulation, Result]:
    """Run to the end with the laws checked."""
    simulation = Simulation(spec, verify=True)
    simulation.advance_to_end()
    return simulation, simulation.result()


def test_a_fence_by_hand() -> None:
    result = simulate(world(constant(), [{"at": 95, "fence": "fs", "for": 100}]))
    found = numbers(result)["writes"]
    assert found["dropped_bytes"] == {"fenced": 100_000}
    assert found["count"] == 500
    event = result.events.iloc[0]
    assert (event["kind"], event["target"], event["affected"]) == ("fence", "fs", "fs")


def test_a_planned_switchover_loses_nothing() -> None:
    events = [{"at": 95, "fence": "fs"}, {"at": 150, **DELETE}]
    found = numbers(simulate(world(constant(), events)))
    assert found["recovery_point"] is None  # no disaster: somebody asked for it
    assert found["pending_bytes"]["lost_at_deletion"] == 0
    assert found["last_replicated_timestamp"] == "2026-01-01T00:02:20.000000Z"  # the cut at 140 s


def test_moved_writes_by_hand() -> None:
    simulation, result = done(world(constant(), failover()))
    # Syncs of 0 to 90 s are done by 91 s; 91 to 100 s are lost, 101 to 160 s dropped by the outage,
    # as long as the replication exists counted with it; then all are made on the destination.
    assert numbers(result)["recovery_point"]["lost_writes"] == 10
    assert numbers(result)["writes"]["dropped_bytes"] == {"region_outage": 40_000}
    assert stored(simulation, "fs") == (100_000, 100)
    assert stored(simulation, "dr.destination") == (90_000 + 440_000, 440)


def test_merely_deleting_moves_nothing() -> None:
    simulation, _ = done(world({**constant(), "writes_follow": "failover"}, failover()[:2]))
    assert stored(simulation, "dr.destination") == (90_000, 0)
    assert stored(simulation, "fs") == (400_000, 400)


@pytest.mark.parametrize(
    "stream",
    [
        constant("2 per s"),
        poisson("2 per s", LOGNORMAL),
        {**poisson("2 per s", LOGNORMAL), "hot_set": {"size": "1 MiB", "block": "4 KiB"}},
        {"arrivals": {"on_off": {"on": 20, "off": 30, "rate": "4 per s"}}, "size": LOGNORMAL},
        {**poisson("2 per s", LOGNORMAL), "drawn": "cells"},
        {**poisson("2 per s", LOGNORMAL), "from": 30, "to": 400},
    ],
    ids=["constant", "poisson", "hot", "on_off", "cells", "window"],
)
def test_every_write_is_made_on_one_side(stream: dict[str, Any]) -> None:
    moves = [
        {"at": 100, "move_writes": "fs", "to": "other", "for": 100},
        {"at": 250, "move_writes": "fs", "to": "other"},
        {"at": 500, "move_writes": "fs", "to": "fs"},
    ]
    others = {"other": {"region": "us-west-2"}}
    home, _ = done(world(stream, []))
    away, _ = done(world(stream, moves, others=others))
    (all_bytes, all_writes), here, there = (
        stored(home, "fs"),
        stored(away, "fs"),
        stored(away, "other"),
    )
    assert here[1] + there[1] == all_writes
    if "hot_set" not in stream:
        assert here[0] + there[0] == all_bytes
    assert min(here[1], there[1]) > 0


def test_times_and_sizes_stay_what_they_are() -> None:
    stream = poisson("2 per s", LOGNORMAL)
    whole = Simulation(world(stream, []), verify=True)
    moved = Simulation(
        world(
            stream,
            [
                {"at": 100, "move_writes": "fs", "to": "other", "for": 100},
                {"at": 150, "region_outage": "us-east-1", "for": 100},
            ],
            others={"other": {"region": "us-west-2"}},
        ),
        verify=True,
    )
    for simulation in (whole, moved):
        simulation.advance_to_end()
        simulation.result()
    every, here = whole.lifetimes("dr"), moved.lifetimes("dr")
    made = (every.time_s <= 100) | (every.time_s > 250)
    assert_array_equal(here.time_s, every.time_s[made])
    assert_array_equal(here.bytes, every.bytes[made])
    dropped = numbers(moved.result())["writes"]["dropped_bytes"]["region_outage"]
    # While they are made elsewhere, an outage here drops nothing.
    assert dropped == every.bytes[(every.time_s > 200) & (every.time_s <= 250)].sum()


@pytest.mark.parametrize(
    ("extra", "third"),
    [
        ({}, 30),
        ({"throttle": True}, 20),  # behind its own write of 60, that of the other is after the cut
    ],
)
def test_writes_move_to_a_source_whose_syncs_share_a_link(
    extra: dict[str, Any], third: int
) -> None:
    """Each cut has two writes of its own, from 55 on as many of the other's."""
    stream, sync = constant("1 per 10 s", "10 B"), {"preset": "none", "interval": 20}
    spec = {"region": "us-east-1", "writes": {"w": stream}, **extra}
    replication = {"destination": {"region": "us-west-2"}, "established": True, "sync": sync}
    simulation = Simulation(
        Scenario.model_validate(
            {
                "name": "shared",
                "duration": 90,
                "links": {"us-east-1 -> us-west-2": {"capacity": 100}},
                "file_systems": {"fs": spec, "other": spec},
                "replications": {
                    name: {"source": source, **replication}
                    for name, source in (("dr", "fs"), ("dr2", "other"))
                },
                "events": [{"at": 55, "move_writes": "other", "to": "fs"}],
            }
        ),
        verify=True,
    )
    simulation.advance_to_end()
    syncs = simulation.result().syncs
    assert syncs[syncs["replication"] == "dr"]["bytes"].tolist() == [20, 20, third, 40]
    assert syncs[syncs["replication"] == "dr2"]["bytes"].tolist() == [20, 20, 10, 0]


def test_a_large_file_is_compared_where_it_is_written() -> None:
    stream = {**constant(), "in_file": {"size": "1 GiB"}, "new_bytes": 0}
    spec = scenario(
        {"w": stream},
        {"interval": 10, "setup": 1, "diff_rate": "1 GiB/s"},
        duration=600,
        replication=CONTROL,
        events=[{"at": 300, "move_writes": "fs", "to": "dr.destination"}],
    )
    result = simulate(spec)
    assert_array_equal(np.flatnonzero(result.syncs["diff_s"] > 0), np.arange(30))


def test_following_moves_streams_that_follow() -> None:
    streams = {
        "app": {**constant(), "writes_follow": "failover"},
        "batch": constant(),
    }
    simulation = Simulation(
        scenario(streams, SYNC, duration=600, others={"other": {"region": "us-west-2"}}),
        verify=True,
    )
    simulation.advance(100)
    simulation.move_writes("fs", "other", following=True)
    simulation.advance(100)
    assert stored(simulation, "fs")[1] == 300
    assert stored(simulation, "other")[1] == 100
    simulation.move_writes("fs", "other")
    simulation.advance(100)
    assert stored(simulation, "other")[1] == 300
    simulation.move_writes("fs", "fs")
    simulation.advance(100)
    assert stored(simulation, "fs")[1] == 500
    simulation.result()


def test_a_move_lasts_until_another_one_takes_its_place() -> None:
    moves = [
        {"at": 100, "move_writes": "fs", "to": "other", "for": 450},
        {"at": 200, "move_writes": "fs", "to": "dr.destination"},
        {"at": 300, "move_writes": "fs", "to": "fs"},
        {"at": 400, "move_writes": "fs", "to": "other"},
    ]
    simulation, result = done(world(constant(), moves, others={"other": {"region": "us-west-2"}}))
    spans = [(one.begin_s, one.end_s) for one in result.timeline]
    assert spans == [(100, 200), (200, 300), (300, 300), (400, None)]
    assert stored(simulation, "other")[1] == 100 + 200  # the end of the first moves nothing


def test_a_stream_overrides_its_file_system() -> None:
    streams = {"app": constant(), "batch": {**constant(), "writes_follow": "none"}}
    events = [{"at": 100, "move_writes": "fs", "to": "other", "following": True}]
    spec = scenario(
        streams,
        SYNC,
        duration=200,
        events=events,
        others={"other": {"region": "us-west-2"}},
        file_system={"writes_follow": "failover"},
    )
    simulation, _ = done(spec)
    assert (stored(simulation, "fs")[1], stored(simulation, "other")[1]) == (300, 100)


def test_a_runbook_fences_and_moves() -> None:
    simulation = Simulation(world(constant(), []), verify=True)
    simulation.advance(95)
    simulation.fence("fs")
    simulation.fence(simulation.file_system_id("fs"))
    simulation.advance(25)
    simulation.unfence("fs")
    simulation.advance(10)
    assert numbers(simulation.result())["writes"]["dropped_bytes"] == {"fenced": 25_000}
    assert numbers(simulation.result())["writes"]["count"] == 105
    simulation.unfence("fs")
    with pytest.raises(ScenarioError, match="no file system is named 'fz'"):
        simulation.fence("fz")
    with pytest.raises(ScenarioError, match="no file system is named 'fz'"):
        simulation.move_writes("fs", "fz")


def test_syncs_go_on_behind_a_fence_that_ends_with_a_cell() -> None:
    stream = {**poisson("2 per s", LOGNORMAL), "drawn": "cells"}
    spec = world(stream, [{"at": 95, "fence": "fs", "for": 145}])
    result = simulate(spec)  # the laws are checked, and a warning of NumPy is an error
    sent = result.syncs["bytes"].tolist()  # of cuts at 10 s, 20 s and so on
    assert sent[10:24] == [0] * 14
    assert sent[9] > 0 < sent[24]


def test_writes_that_a_fence_and_an_outage_drop_have_the_cause_that_began_first() -> None:
    events = [
        {"at": 100, "fence": "fs", "for": 100},
        {"at": 150, "region_outage": "us-east-1", "for": 100},
    ]
    found = numbers(simulate(world(constant(), events)))
    assert found["writes"]["dropped_bytes"] == {"fenced": 100_000, "region_outage": 50_000}


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({"move_writes": "fs"}, "to: is required"),
        (
            {"move_writes": "fs", "to": "dr.destinatoin"},
            "to: no file system is named 'dr.destinatoin' (did you mean 'dr.destination'?)",
        ),
        ({"move_writes": "fz", "to": "fs"}, "move_writes: no file system is named 'fz'"),
        ({"fence": "fz"}, "fence: no file system is named 'fz'"),
        ({"fence": "fs", "to": "fs"}, "to: goes with move_writes only"),
    ],
)
def test_refusals(event: dict[str, Any], said: str) -> None:
    spec = world(constant(), []).model_dump(by_alias=True, exclude_unset=True)
    with pytest.raises(efssim.EfssimError) as refused:
        efssim.load({**spec, "events": [{"at": 5, **event}]})
    assert f"events.0.{said}" in str(refused.value)

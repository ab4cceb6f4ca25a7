"""Throttled file systems in a world: traces by hand, and what changes while writes wait."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.worlds import constant, numbers, overwriting, poisson, scenario, simulate
from numpy.typing import NDArray

import efssim
from efssim import Scenario, Simulation
from efssim.model.world.world import World
from efssim.report.facts.load import load_text
from efssim.runs.measured import MeasuredWorld
from efssim.runs.run import Run

MIB, GIB, TIB = 2**20, 2**30, 2**40
ONE_MIB_PER_S = {
    "throttle": True,
    "throughput_mode": "provisioned",
    "provisioned_throughput": "1 MiB/s",
}
BURSTING = {"throttle": True, "size": "100 GiB"}
LOGNORMAL = {"lognormal": {"median": 2000, "sigma": 1}}
STREAMS: dict[str, dict[str, Any]] = {
    "constant": constant("2 per s"),
    "poisson": poisson("2 per s", LOGNORMAL),
    "on_off": {"arrivals": {"on_off": {"on": 20, "off": 30, "rate": "4 per s"}}, "size": LOGNORMAL},
    "batch": {
        "arrivals": {"batch": {"at": "00:01", "every": "2 min", "writes": 60, "over": 60}},
        "size": LOGNORMAL,
        "growth": 1.5,
    },
    "hot": {
        **poisson("2 per s", LOGNORMAL),
        "hot_set": {"size": "1 MiB", "block": "4 KiB", "share": 0.5},
        "new_files": 0.25,
    },
    "window": {**poisson("2 per s", LOGNORMAL), "from": 100, "to": "100 min"},
}
DISTURBED = [
    {"at": 80, "region_outage": "us-east-1", "for": 40},
    {"at": 3_590, "region_outage": "us-east-1", "for": 30},
    {"at": 3_610, "fence": "fs", "for": 40},
    {"at": 4_000, "move_writes": "fs", "to": "dr.destination", "for": 700},
    {"at": "85 min", "permission_lost": "dr", "for": 300},
]


def run(world: Scenario) -> tuple[World, Run]:
    """Run to the end and check the laws."""
    measured = MeasuredWorld(world, verify=True)
    measured.advance_to_end()
    return measured.world, measured.so_far()


def made(world: Scenario) -> NDArray[np.float64]:
    """Return when the writes to the source were made, with the laws checked."""
    simulation = Simulation(world, verify=True)
    simulation.advance_to_end()
    simulation.result()
    return simulation.lifetimes("dr").time_s


def trace(folder: Path, *rows: tuple[float, int]) -> dict[str, Any]:
    """Return a stream of single writes."""
    file = folder / "writes.csv"
    file.write_text("timestamp,value\n" + "".join(f"{at},{size}\n" for at, size in rows))
    return {"trace": {"file": str(file)}, "new_bytes": 0}


# --- by hand -----------------------------------------------------------------------------------


def test_writes_wait_for_the_bytes_ahead(tmp_path: Path) -> None:
    # At 1 MiB/s: the first takes until 40, the second until 60; the third waits for nothing.
    stream = trace(tmp_path, (10, 30 * MIB), (20, 20 * MIB), (70, 5 * MIB), (70, MIB), (80, MIB))
    world = scenario({"w": stream}, {"interval": 15}, duration=90, file_system=ONE_MIB_PER_S)
    assert made(world).tolist() == [10, 40, 70, 75, 80]
    result = simulate(world)
    # Cuts at 15, 30, 45, 60, 75 and 90: that at 75 has the write made at its instant.
    assert (result.syncs["bytes"] / MIB).tolist() == [30, 0, 20, 0, 6, 1]
    assert numbers(result)["throttled"] == {
        "writes": 2,
        "bytes": 21 * MIB,
        "delay_s": 25.0,
        "waiting_bytes": 0,
        "credits_min_bytes": None,
    }


def test_a_warm_up_of_less_than_a_second_delays_no_write(tmp_path: Path) -> None:
    streams = {"w": trace(tmp_path, (0.25, MIB), (0.75, MIB), (20, MIB))}
    spec = scenario(streams, {"interval": 5}, 30, file_system=ONE_MIB_PER_S, warm_up=0.5)
    # The second waits for the first alone.
    assert made(spec).tolist() == [0.25, 1.25, 20]


def test_streams_wait_in_one_queue_by_time_and_name(tmp_path: Path) -> None:
    streams = {
        "b": trace(tmp_path, (10, 3 * MIB), (11, 4 * MIB)),
        "a": constant("1 per 10 s", "2 MiB"),
    }
    world = scenario(streams, {"interval": 60}, duration=25, file_system=ONE_MIB_PER_S)
    # At 10 first that of a, for 2 s, then that of b, for 3 s; the next of b is wanted at 11.
    assert sorted(made(world).tolist()) == [10, 12, 15, 20]


def test_what_waits_at_the_end_is_said_and_has_no_state(tmp_path: Path) -> None:
    stream = trace(tmp_path, (10, 100 * MIB), (20, 7 * MIB))
    result = simulate(scenario({"w": stream}, {"interval": 15}, 60, file_system=ONE_MIB_PER_S))
    found = numbers(result)
    assert (found["writes"]["count"], found["pending_bytes"]["open_at_end"]) == (1, 0)
    assert found["throttled"]["waiting_bytes"] == 7 * MIB
    assert found["throttled"]["writes"] == 0


def test_a_stop_drops_what_waits_and_what_comes(tmp_path: Path) -> None:
    rows = [(10, 30 * MIB), (20, 2 * MIB), (25, 3 * MIB), (35, 4 * MIB), (51, 5 * MIB)]
    outage = {"at": 30, "region_outage": "us-east-1", "for": 20}
    world = scenario(
        {"w": trace(tmp_path, *rows)},
        {"interval": 15},
        duration=60,
        file_system=ONE_MIB_PER_S,
        events=[outage],
    )
    found = numbers(simulate(world))
    # 5 MiB waited at 30, 4 MiB came in between.
    assert found["writes"]["dropped_bytes"] == {"region_outage": 9 * MIB}
    assert made(world).tolist() == [10, 51]


def test_what_waits_where_a_replication_begins_to_arrive_is_dropped(tmp_path: Path) -> None:
    other = {"region": "us-west-2", **ONE_MIB_PER_S}
    other["writes"] = {"w": trace(tmp_path, (10, 100 * MIB), (20, 7 * MIB), (70, 9 * MIB))}
    calls = [
        {
            "at": 30,
            "call": "UpdateFileSystemProtection",
            "with": {"FileSystemId": "other", "ReplicationOverwriteProtection": "DISABLED"},
        },
        {
            "at": 60,
            "call": "CreateReplicationConfiguration",
            "with": {"SourceFileSystemId": "third", "Destinations": [{"FileSystemId": "other"}]},
        },
    ]
    others = {"other": other, "third": {"region": "us-east-1"}}
    result = simulate(scenario({}, {"interval": 60}, 90, others=others, events=calls))
    found = result.summary["replications"]["third-replication-1"]["writes"]["dropped_bytes"]
    assert found == {"read_only": 16 * MIB}


def test_credits_of_an_idle_day_last_4_435_3_s() -> None:
    # 421,875 MiB at 100 MiB/s, less what is earned meanwhile: the baseline is 4.8828125 MiB/s.
    burst_s = 421_875 / (100 - 4.8828125)
    assert burst_s == pytest.approx(4435.3, abs=0.05)
    batch = {"arrivals": {"batch": {"at": "00:00", "every": "1 day", "writes": 500_000, "over": 0}}}
    stream = {**batch, "size": "1 MiB", "new_bytes": 0, "from": "1 h"}
    file_system = {**BURSTING, "burst_credits": 0}
    spec = scenario({"w": stream}, {"interval": 60}, "26 h", file_system=file_system)
    times = made(spec) - 86_400
    # The write of an ordinal is made when those before it are served.
    assert times[443_000] == pytest.approx(4_430, abs=1e-3)
    by_hand_s = burst_s + (450_000 - 100 * burst_s) / 4.8828125
    assert times[450_000] == pytest.approx(by_hand_s, abs=1e-3)
    found = numbers(simulate(spec))["throttled"]
    assert found["credits_min_bytes"] == 0
    assert found["waiting_bytes"] == (500_000 - len(times)) * MIB


def test_full_credits_last_145_662_7_s_at_20_mib_per_s(tmp_path: Path) -> None:
    spent_s = 2.1 * MIB / (20 - 4.8828125)
    assert spent_s == pytest.approx(145_662.7, abs=0.05)
    # Another load takes all credits, and then all of the baseline: nothing is left for writes.
    stream = trace(tmp_path, (spent_s - 1e-3, 1), (spent_s + 1e-3, 1), (spent_s + 2e-3, 1))
    file_system = {**BURSTING, "other_load": "20 MiB/s"}
    world = scenario({"w": stream}, {"interval": 60}, "42 h", file_system=file_system)
    found = numbers(simulate(world))
    assert found["writes"]["count"] == 2
    assert found["throttled"]["waiting_bytes"] == 1
    assert found["throttled"]["credits_min_bytes"] == 0


def test_the_size_counts_from_the_next_whole_hour_on() -> None:
    # 30 GiB in Standard have 1.5 MiB/s; half an hour of 10 MiB/s adds 17.6 GiB, known at 1 h.
    batch = {"at": "00:00", "every": "1 day", "writes": 1800, "over": "30 min"}
    streams = {"w": {"arrivals": {"batch": batch}, "size": "10 MiB"}}
    file_system = {"throttle": True, "size": "60 GiB", "standard_share": 0.5}
    _, result = run(scenario(streams, {"interval": 60}, "2 h", file_system=file_system))
    rows = result.throttled["fs"]
    earned = [row.credits for row in rows if row.time_s in (0, 3600, 7200)]
    assert earned[0] == 2.1 * TIB
    # In the first second, before the first write, they are full.
    first = 3599 * 30 * 50 / 1024 - 18_000
    assert earned[1] - earned[0] == pytest.approx(first * MIB, abs=10)
    more = (30 * GIB + 9_000 * MIB) * 50 / 1024 / GIB * 3600 * MIB
    assert earned[2] - earned[1] == pytest.approx(more, abs=10)


def test_the_size_counts_at_whole_hours_and_not_where_the_window_begins() -> None:
    # The baseline is above what is provisioned, and half of a MiB each second makes it grow.
    streams = {"w": constant("1 per 2 s", "1 MiB")}
    file_system = {**ONE_MIB_PER_S, "size": "60 GiB"}
    spec = scenario(streams, {"interval": 60}, "2 h", file_system=file_system, warm_up="30 min")
    _, result = run(spec)
    rows = {row.time_s: row.permitted * 1024 / MIB for row in result.throttled["fs"]}
    assert rows == {
        0: 3000,
        1800: 3000,
        3600: 3000 + 50 * 1800 / 1024,
        7200: 3000 + 50 * 3600 / 1024,
    }


# --- modes and moves ---------------------------------------------------------------------------


def test_another_mode_acts_at_once_and_locks_for_a_day(tmp_path: Path) -> None:
    stream = trace(tmp_path, (10, 100 * MIB), (20, MIB), (40, 1000 * MIB), (41, MIB))
    update = {"call": "UpdateFileSystem"}
    events = [
        # 100 MiB from 10 on: 20 at 1 MiB/s, the others at 8 MiB/s until 40.
        {
            "at": 30,
            **update,
            "with": {"FileSystemId": "fs", "ProvisionedThroughputInMibps": 8},
        },
        {
            "at": 50,
            **update,
            "with": {"FileSystemId": "fs", "ThroughputMode": "elastic"},
        },
    ]
    world = scenario({"w": stream}, {"interval": 15}, 240, file_system=ONE_MIB_PER_S, events=events)
    result = simulate(world)
    accepted, refused = result.events["error"]
    assert (accepted, refused.partition(":")[0]) == ("", "TooManyRequests")
    # The second is made at 40, and for 0.125 s, then 1,000 MiB for 125 s.
    assert made(world).tolist() == [10, 40, 40.125, 165.125]


def test_elastic_throughput_frees_what_waits(tmp_path: Path) -> None:
    stream = trace(tmp_path, (10, 100 * MIB), (20, MIB))
    switch = {"ThroughputMode": "elastic", "FileSystemId": "fs"}
    event = {"at": 30, "call": "UpdateFileSystem", "with": switch}
    world = scenario(
        {"w": stream}, {"interval": 15}, 240, file_system=ONE_MIB_PER_S, events=[event]
    )
    assert made(world)[1] == pytest.approx(30 + 80 * MIB / (5 * GIB), abs=1e-9)


def test_what_waits_stays_where_it_was_wanted(tmp_path: Path) -> None:
    stream = trace(tmp_path, (10, 30 * MIB), (20, 2 * MIB), (35, 4 * MIB), (51, 5 * MIB))
    other = {"region": "us-west-2", **ONE_MIB_PER_S, "provisioned_throughput": "2 MiB/s"}
    event = {"at": 30, "move_writes": "fs", "to": "other", "for": 20}
    world, result = run(
        scenario(
            {"w": stream},
            {"interval": 15},
            60,
            file_system=ONE_MIB_PER_S,
            others={"other": other},
            events=[event],
        )
    )
    here, there = world.account.ever[0], world.account.find("other")
    assert there is not None
    amounts = [part.journal.made().bytes // MIB for part in (here, there)]
    assert amounts == [30 + 2 + 5, 4]
    assert result.outcomes["dr"].summary.writes.count == 3


@pytest.mark.parametrize(("share", "rate"), [(1.0, 5_000 / 1024), (0.0, 1.0)])
def test_the_baseline_of_a_promoted_replica_collapses(share: float, rate: float) -> None:
    destination = {"region": "us-west-2", "burst_credits": 0, "standard_share": share}
    events = [
        {"at": 7000, "region_outage": "us-east-1"},
        {
            "at": 7200,
            "call": "DeleteReplicationConfiguration",
            "region": "us-west-2",
            "with": {"SourceFileSystemId": "fs"},
        },
        {"at": 7500, "move_writes": "fs", "to": "dr.destination"},
    ]
    world, _ = run(
        scenario(
            {"w": overwriting("20 per s", "1 MiB")},
            {"interval": 60},
            "10 h",
            file_system={**BURSTING, "throughput_mode": "bursting"},
            replication={"destination": destination},
            events=events,
        )
    )
    replica = world.account.find("dr.destination")
    assert replica is not None
    journal = replica.journal
    # Credits were earned while it was no more than a destination; they last 100 times less long.
    last = journal.curves[0]
    slow = last.written(36_000).writes - last.written(28_800).writes
    assert slow == pytest.approx(7200 * rate, abs=2)
    assert journal.kept.throttled is not None
    assert journal.throttled().waiting_bytes > 0  # type: ignore[union-attr]


def test_a_new_destination_is_throttled_as_its_source() -> None:
    for keys, expected in (({}, True), ({"throttle": False}, False)):
        destination = {"region": "us-west-2", **keys}
        spec = scenario(
            {},
            {"interval": 60},
            60,
            file_system=BURSTING,
            replication={"destination": destination},
        )
        replica = World(spec, 1).account.find("dr.destination")
        assert replica is not None
        assert replica.journal.is_throttled is expected


def test_streams_that_are_added_wait_with_the_others() -> None:
    spec = scenario(
        {"w": overwriting("1 per 10 s", "5 MiB")}, {"interval": 60}, file_system=ONE_MIB_PER_S
    )
    simulation = Simulation(spec, verify=True)
    simulation.advance(25)
    simulation.write("fs", overwriting("1 per 5 s", "4 MiB"))
    simulation.advance(20)
    simulation.result()
    # At 30 a new one comes first, for 4 s, as its name does; then that of w, and so on.
    times = np.sort(simulation.lifetimes("dr").time_s)
    assert times.tolist() == [10, 20, 30, 34, 39, 43]


# --- looking changes nothing, and nor does a throttle that never binds -------------------------


def binding(stream: str) -> Scenario:
    """Return a scenario whose writes wait much of the time."""
    return scenario(
        {"w": {**STREAMS[stream], "size": "1 MiB"}, "v": overwriting("1 per 7 s", "9 MiB")},
        {"interval": 45, "throughput": "4 MiB/s"},
        "2 h",
        file_system={**BURSTING, "size": "30 GiB", "burst_credits": "300 MiB"},
        events=DISTURBED,
        warm_up=1234,
    )


@pytest.mark.parametrize("stream", ["batch", "constant", "hot"])
def test_looking_changes_nothing(stream: str) -> None:
    spec = binding(stream)
    whole = Simulation(spec, verify=True)
    whole.advance_to_end()
    result = whole.result()
    assert numbers(result)["throttled"]["writes"] > 100
    other = Simulation(spec, verify=True)
    for step in (13.7, 900, 300.3, 2400, 17.5, 600):
        other.advance(step)
        other.result()
        other.describe()
    other.advance_to_end()
    assert other.result().digest == result.digest
    assert other.result().summary == result.summary


@pytest.mark.parametrize("stream", ["batch", "hot"])
def test_how_many_syncs_are_planned_changes_nothing(stream: str) -> None:
    spec = binding(stream)
    worlds = [World(spec, 1, longest=longest) for longest in (1, 7, 4096)]
    for world in worlds:
        world.advance_to(spec.duration)
    rows = [world.records("dr").syncs.ints("bytes").tolist() for world in worlds]
    assert rows[0] == rows[1] == rows[2]


@pytest.mark.parametrize("stream", STREAMS)
def test_a_throttle_that_never_binds_changes_no_bit(stream: str) -> None:
    elastic = {"throughput_mode": "elastic", "files": 100}
    results = [
        simulate(
            scenario(
                {"w": STREAMS[stream]},
                {"interval": 45, "throughput": "10 KiB/s", "scan_rate": 50},
                "2 h",
                file_system={**elastic, **keys},
                events=DISTURBED,
                warm_up=1234,
            )
        )
        for keys in ({}, {"throttle": True})
    ]
    assert results[0].digest == results[1].digest
    found = [numbers(result) for result in results]
    assert found[1].pop("throttled")["writes"] == 0
    assert found[0] == found[1]


# --- what a scenario may say -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        ({"burst_credits": 0}, "burst_credits\n  goes with `throttle: true` only"),
        ({"other_load": 5}, "other_load\n  goes with `throttle: true` only"),
        ({"standard_share": 0.5}, "standard_share\n  goes with `throttle: true` only"),
        ({"throttle": True, "other_load": "none"}, "needs a rate of bytes, not `none`"),
        ({"throttle": True, "standard_share": 2}, "standard_share"),
        ({"throttle": "yes"}, "throttle"),
    ],
)
def test_keys_that_do_not_fit(keys: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        scenario({}, {"interval": 60}, file_system=keys)


def test_cells_of_writes_that_wait_are_refused() -> None:
    stream = {**poisson("1 per s", 100), "drawn": "cells"}
    with pytest.raises(ValueError, match="wait one by one: write `each`"):
        scenario({"w": stream}, {"interval": 60}, file_system={"throttle": True})
    # `auto` draws each, whatever the rate, and says so.
    streams = {"w": poisson("30 per s", 100)}
    spec = scenario(streams, {"interval": 60}, 60, file_system={"throttle": True})
    result = efssim.run(spec)
    assert "cells" not in result.summary
    assert "each write drawn: a write to a throttled file system may wait" in load_text(spec, "fs")


def test_an_existing_destination_says_it_itself() -> None:
    others = {"other": {"region": "us-west-2"}}
    destination = {"file_system": "other", "throttle": True}
    replication = {"destination": destination}
    with pytest.raises(ValueError, match="`file_systems` has it of this one"):
        scenario({}, {"interval": 60}, replication=replication, others=others)

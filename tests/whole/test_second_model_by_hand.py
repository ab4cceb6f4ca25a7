"""The second model by hand, where a search showed it to be wrong; efssim has the same numbers."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from independent_model import World, differences, summarise

import efssim
from efssim import Scenario

GIB = 2**30
THERE = {"destination": {"region": "us-west-2"}, "established": True}


def both(stream: dict[str, Any], duration: float = 300, **top: Any) -> World:
    """Return the second model's run of a stream on `a`, once efssim says the same of it."""
    plain = {"file_systems": {"a": {"region": "us-east-1"}}, "replications": {"dr": {}}}
    data: dict[str, Any] = {"name": "by-hand", "duration": duration, **plain, **top}
    data["file_systems"]["a"]["writes"] = {"w": stream}
    sync = {"preset": "none", "interval": 60}
    data["replications"]["dr"] = {
        "source": "a",
        **THERE,
        "sync": sync,
        **data["replications"]["dr"],
    }
    scenario = Scenario.model_validate(data)
    world = World(scenario).run()
    theirs = efssim.run(scenario, verify=True).summary["replications"]
    assert not list(differences(summarise(world), theirs))
    return world


def writes(world: World) -> list[tuple[float, int]]:
    return [(write.time_s, write.bytes) for write in world.file_systems["a"].writes]


def trace(folder: Path, *rows: str, **keys: Any) -> dict[str, Any]:
    file = folder / "trace.csv"
    file.write_text("\n".join(["timestamp,value", *rows]), encoding="utf-8")
    return {"trace": {"file": str(file), **keys}}


def test_multiples_of_a_grown_distance_are_rounded_once() -> None:
    """The 22nd of writes every 5 s / 1.1 is at 100 s: 22 * 5 / 1.1 is a bit before in floats."""
    world = both(
        {"arrivals": {"constant": {"rate": "1 per 5 s"}}, "size": 1024, "growth": 1.1},
        195,
        replications={"dr": {"established": False}},
        objectives={"soon": {"target": 95, "attainment": 1, "of": "bytes"}},
    )
    assert writes(world)[21] == (100.0, 1024)


def test_halves_of_bytes_are_rounded_up(tmp_path: Path) -> None:
    """1, 1 and 1 byte in two writes each: 0.5, 1, 1.5, 2, 2.5 and 3 bytes by then."""
    stream = trace(tmp_path, "0,1", "60,1", "120,1", period=60, writes_per_row=2, missing="zero")
    assert [size for _, size in writes(both(stream, 150))] == [1, 0, 1, 0, 1]


def test_rows_of_one_period_have_one_running_total(tmp_path: Path) -> None:
    """1 and 3 bytes in four writes each: together 1 byte each 15 s, whichever comes first."""
    rows = ("0,1", "0,3", "60,0", "120,0", "180,0", "240,0")
    found = writes(both(trace(tmp_path, *rows, period=60, writes_per_row=4)))
    assert [sum(size for at_s, size in found if at_s == 15 * k) for k in (1, 2, 3, 4)] == [1] * 4


def test_a_row_at_the_start_is_not_in_the_running_total(tmp_path: Path) -> None:
    """Of 1.4 bytes at the start and 1.25 at 10 s the second one is rounded by itself."""
    assert writes(both(trace(tmp_path, "0,1.4", "10,1.25", "20,3"))) == [(10, 1), (20, 3)]


@pytest.mark.parametrize(
    ("home", "mode", "rate"),
    [
        ({"region": "us-east-1"}, "elastic", 5),
        ({"region": "eu-south-1"}, "elastic", 1),
        ({"availability_zone": "us-east-1a"}, "elastic", 1),
        ({"region": "us-east-1", "size": 40 * 2**40}, "bursting", 3),
        ({"region": "eu-south-1", "size": 40 * 2**40}, "bursting", 1),
    ],
)
def test_a_region_limits_what_is_written(home: dict[str, Any], mode: str, rate: int) -> None:
    """Of two writes at 10 s the second waits for the 15 GiB of the first."""
    batch = {"arrivals": {"batch": {"at": "00:00:10", "every": "1 h", "writes": 2, "over": 0}}}
    system = {**home, "throttle": True, "throughput_mode": mode}
    found = both({**batch, "size": 15 * GIB}, file_systems={"a": system})
    times = [at_s for at_s, _ in writes(found)]
    assert times == pytest.approx([10, 10 + 15 / rate])


def test_a_transfer_asks_for_its_share_although_a_difference_of_instants_is_rounded() -> None:
    """Each sends 1024 bytes at half of 128 bytes/s after a setup of a third of a second."""
    home = {"region": "us-east-1"}
    write = {"arrivals": {"constant": {"rate": "1 per 100 s"}}, "size": 1024}
    sync = {"preset": "none", "interval": 100, "setup": 1 / 3, "throughput": 128}
    world = both(
        write,
        file_systems={"a": home, "b": {**home, "writes": {"w": write}}},
        replications={"dr": {"sync": sync}, "dr2": {"source": "b", **THERE, "sync": sync}},
        links={"us-east-1 -> us-west-2": {"capacity": 128}},
    )
    for replication in world.replications.values():
        ends = [done.completed_s for done in replication.syncs]
        assert ends == pytest.approx([100 + 16 + 1 / 3, 200 + 16 + 1 / 3])


def test_a_file_system_is_writable_once_its_replication_is_gone() -> None:
    """`a` was without protection, so read-only, then a destination until 200 s."""
    calls = [
        (20, "DeleteReplicationConfiguration", {"SourceFileSystemId": "a"}),
        (
            40,
            "UpdateFileSystemProtection",
            {"FileSystemId": "a", "ReplicationOverwriteProtection": "DISABLED"},
        ),
        (
            60,
            "CreateReplicationConfiguration",
            {
                "SourceFileSystemId": "dr.destination",
                "Destinations": [{"FileSystemId": "a", "Region": "us-east-1"}],
            },
        ),
        (200, "DeleteReplicationConfiguration", {"SourceFileSystemId": "dr.destination"}),
    ]
    none = {"preset": "none"}
    world = both(
        {"arrivals": {"constant": {"rate": "1 per 30 s"}}, "size": 100},
        replications={"dr": {"control": none}},
        events=[
            {"at": at, "call": call, "with": given, "region": "us-west-2"}
            if "dr.destination" in given.values()
            else {"at": at, "call": call, "with": given}
            for at, call, given in calls
        ],
        defaults={"undocumented": {"protection_disabled_is_read_only": "yes"}, "control": none},
    )
    assert [at_s for at_s, _ in writes(world)] == [30, 210, 240, 270, 300]


@pytest.mark.parametrize(
    ("attainment", "same"),
    [(0.5, False), (math.nextafter(0.5, 0), True), (0.49, False)],
)
def test_rounding_at_the_objective_decides_nothing(attainment, same):
    """Equal shares have equal verdicts; shares that differ in a last bit there may not have."""
    ours = {"attainment": 0.5, "objective": 0.5, "met": True}
    theirs = {"attainment": attainment, "objective": 0.5, "met": False}
    assert (not list(differences(ours, theirs))) == same

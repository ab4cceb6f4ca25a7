"""What a failover loses and what a failback discards, write by write, in random scenarios.

The writes of an undisturbed run are the reference: moving a stream, stops and drops change none.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pytest
from helpers.worlds import numbers, poisson, scenario
from numpy.typing import NDArray

from efssim import Scenario, Simulation
from efssim.lag.loss import Loss
from efssim.records import laws

DURATION_S = 1500
LOGNORMAL = {"lognormal": {"median": 2000, "sigma": 1}}
STREAMS: list[dict[str, Any]] = [
    {"arrivals": {"constant": {"rate": "1 per s"}}, "size": LOGNORMAL},
    poisson("2 per s", LOGNORMAL),
    {"arrivals": {"on_off": {"on": 20, "off": 30, "rate": "4 per s"}}, "size": LOGNORMAL},
    {**poisson("2 per s", LOGNORMAL), "in_file": {"size": "1 GiB"}},
    {**poisson("1 per s", 5000), "hot_set": {"size": "1 MiB", "block": "4 KiB", "share": 0.5}},
    {"arrivals": {"profile": {"rate": "1 per s"}}, "size": LOGNORMAL, "new_bytes": 0.3},
    {**poisson("2 per s", LOGNORMAL), "from": 100, "to": 1100},
]


class Failover(NamedTuple):
    """Times of a disaster and of the runbook after it, in seconds."""

    disaster: float
    deleted: float
    gone: float
    moved: float
    back: float
    """The Region is there again, and the configuration is created anew."""

    @classmethod
    def drawn(cls, rng: np.random.Generator, deleting: float) -> Failover:
        """Return random times; half of them are on the grid of the cuts."""
        steps = rng.uniform(1, 150, 5)
        disaster, decided, moving, back, _ = np.where(rng.random(5) < 0.5, steps.round(-1), steps)
        deleted = 200 + disaster + decided
        moved = deleted + deleting + moving
        return cls(200 + disaster, deleted, deleted + deleting, moved, moved + 60 + back)


def failing_over(rng: np.random.Generator) -> tuple[Scenario, Failover]:
    """Return a scenario of a failover with a failback that discards, and its times."""
    deleting = float(rng.choice([0, 20, 45.5]))
    at = Failover.drawn(rng, deleting)
    names = [f"s{k}" for k in range(rng.integers(1, 4))]
    streams = {name: STREAMS[rng.integers(len(STREAMS))] for name in names}
    sync = {
        "interval": float(rng.choice([0, 7, 30, 60])),
        "gap": 3,
        "setup": float(rng.choice([0, 1, 25])),
        "throughput": str(rng.choice(["none", "3 kB/s", "20 kB/s"])),
    }
    away, protection = {"region": "us-west-2"}, {"ReplicationOverwriteProtection": "DISABLED"}
    target = {"Destinations": [{"FileSystemId": "dr.destination"}]}
    outage = {"at": at.disaster, "region_outage": "us-east-1"}
    if rng.random() < 0.8:
        outage["for"] = at.back - at.disaster
    events = [
        outage,
        {"at": at.deleted, "call": "DeleteReplicationConfiguration",
         "with": {"SourceFileSystemId": "fs"}, **away, "expect": "ok"},
        {"at": at.moved, "move_writes": "fs", "to": "dr.destination"},
    ]  # fmt: skip
    if "for" in outage:
        events += [
            {"at": at.back, "move_writes": "fs", "to": "fs"},
            {"at": at.back, "call": "UpdateFileSystemProtection",
             "with": {"FileSystemId": "dr.destination", **protection}, "expect": "ok"},
            {"at": at.back, "call": "CreateReplicationConfiguration",
             "with": {"SourceFileSystemId": "fs", **target}, "region": "us-east-1",
             "expect": "ok"},
        ]  # fmt: skip
    control = {"preset": "none", "deleting": deleting}
    made = scenario(
        streams,
        sync,
        DURATION_S,
        replication={"control": control, "established": bool(rng.random() < 0.7)},
        file_system={"size": "5 MB"},
        events=events,
        defaults={"sync": {"preset": "none", "interval": 30}, "control": {"preset": "none"}},
        seed=int(rng.integers(1000)),
    )
    return made, at


def every_write(spec: Scenario) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return times and bytes of all writes that the streams of a scenario draw."""
    calm = Simulation(spec.with_({"events": [], "replications.dr.established": True}), verify=True)
    calm.advance_to_end()
    made = calm.lifetimes("dr")
    return made.time_s, made.bytes


def checked(seeds: Iterator[int]) -> list[int]:
    """Run a failover for each seed; return how many lost, discarded and had no recovery point."""
    seen = [0, 0, 0]
    for seed in seeds:
        spec, at = failing_over(np.random.default_rng(seed))
        world = Simulation(spec, verify=True)
        world.advance_to_end()
        found = numbers(world.result())
        times, sizes = every_write(spec)
        loss = found["recovery_point"]
        pending = times <= at.disaster
        records = world._world.records("dr")
        cut_s = None if not len(records.syncs["cut_s"]) else records.syncs["cut_s"][-1]
        cut_s = records.last_replicated_s if cut_s is None else cut_s
        if cut_s is None:
            assert loss["time"] is None, seed
            assert loss["lost_s"] is None, seed
            assert loss["lost_bytes"] >= 5_000_000, seed  # all of it: law 9 knows how much
            seen[2] += 1
        else:
            pending &= times > cut_s
            assert loss["lost_bytes"] == sizes[pending].sum(), seed
            oldest = times[pending].min(initial=np.inf)
            assert loss["lost_s"] == max(0.0, at.disaster - oldest), seed
        assert loss["lost_writes"] == pending.sum(), seed
        seen[0] += bool(pending.any())
        if "for" not in spec.events[0].model_dump(by_alias=True, exclude_unset=True):
            continue
        elsewhere = (times > max(at.moved, at.gone)) & (times <= at.back)
        discarded = numbers_of(world, "fs-replication-1")["discarded"]
        assert discarded["bytes"] == sizes[elsewhere].sum(), seed
        assert discarded["writes"] == elsewhere.sum(), seed
        seen[1] += bool(elsewhere.any())
    return seen


def numbers_of(world: Simulation, name: str) -> dict[str, Any]:
    summary: dict[str, Any] = world.result().summary["replications"][name]
    return summary


def test_loss_and_discarded_bytes_write_by_write() -> None:
    lost, discarded, without = checked(iter(range(25)))
    assert min(lost, discarded, without) >= 2


@pytest.mark.slow
def test_loss_and_discarded_bytes_write_by_write_in_500_scenarios() -> None:
    lost, discarded, without = checked(iter(range(1000, 1500)))
    assert lost > 400
    assert discarded > 300
    assert without > 20


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda loss: replace(loss, lost_bytes=loss.lost_bytes + 1), "bytes lost"),
        (lambda loss: replace(loss, lost_writes=loss.lost_writes - 1), "writes lost"),
        (lambda loss: replace(loss, lost_s=loss.lost_s + 1), "seconds lost"),
        (lambda loss: replace(loss, point_s=loss.point_s - 1), "recovery point"),
        (lambda loss: replace(loss, disaster_s=loss.disaster_s - 1), "the begin"),
        (lambda loss: replace(loss, point_s=None), "bytes lost with everything"),
    ],
)
def test_a_wrong_loss_breaks_the_law(change: Any, said: str) -> None:
    events = [{"at": 100.5, "region_outage": "us-east-1"}]
    streams = {"w": {"arrivals": {"constant": {"rate": 1}}, "size": 1000}}
    world = Simulation(scenario(streams, {"interval": 30}, 300, events=events), verify=True)
    world.advance_to_end()
    world.result()
    loss = Loss(100.5, 90.0, 10_000, 10, 9.5, None)
    world._check_conservation({"dr": loss})
    with pytest.raises(laws.LawViolation, match=f"law 9 is broken: {said}"):
        world._check_conservation({"dr": change(loss)})

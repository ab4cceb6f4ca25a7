"""The loss of drills, write by write, in random scenarios.

The writes of an undisturbed run are the reference: neither a disaster nor a runbook moves them.
Lost are those after the recovery point that were made before the configuration was gone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from helpers.worlds import poisson, scenario

from efssim import Scenario, Simulation
from efssim.model.drill.record import Ending
from efssim.runs.drill.drill import run_drill

DURATION_S = 1500
LOGNORMAL = {"lognormal": {"median": 2000, "sigma": 1}}
STREAMS: list[dict[str, Any]] = [
    {"arrivals": {"constant": {"rate": "1 per s"}}, "size": LOGNORMAL},
    poisson("2 per s", LOGNORMAL),
    {"arrivals": {"on_off": {"on": 20, "off": 30, "rate": "4 per s"}}, "size": LOGNORMAL},
    {**poisson("2 per s", LOGNORMAL), "in_file": {"size": "1 GiB"}},
    {**poisson("1 per s", 5000), "hot_set": {"size": "1 MiB", "block": "4 KiB", "share": 0.5}},
    {**poisson("2 per s", LOGNORMAL), "from": 100, "to": 1100},
]
TROUBLE: list[dict[str, Any]] = [
    {"at": 150, "link_outage": "us-east-1 -> us-west-2", "for": 200},
    {"at": 222, "kms_key_disabled": "dr", "for": 300},
    {"at": 170, "link_outage": "us-east-1 -> us-west-2"},
    {"at": 250, "call": "DeleteReplicationConfiguration", "with": {"SourceFileSystemId": "fs"}},
]


def rehearsed(rng: np.random.Generator) -> Scenario:
    """Return a random scenario with a drill of a disaster that lasts, or comes to an end."""
    streams = {f"s{k}": STREAMS[rng.integers(len(STREAMS))] for k in range(rng.integers(1, 4))}
    sync = {
        "interval": float(rng.choice([0, 7, 30, 60])),
        "gap": 3,
        "setup": float(rng.choice([0, 1, 25])),
        "throughput": str(rng.choice(["none", "3 kB/s", "20 kB/s"])),
    }
    disaster: dict[str, Any] = {"region_outage": "us-east-1"}
    if rng.random() < 0.3:
        disaster["for"] = float(rng.choice([10, 60, 133.25]))
    return scenario(
        streams,
        sync,
        DURATION_S,
        replication={
            "control": {"preset": "none", "pausing": 10, "deleting": float(rng.choice([0, 45.5]))},
            "established": bool(rng.random() < 0.8),
        },
        file_system={"size": "3 MB"},
        events=[TROUBLE[k] for k in np.flatnonzero(rng.random(len(TROUBLE)) < 0.2)],
        drill={
            "at": 200 + float(rng.choice([0, 60, *rng.uniform(0, 900, 2)])),
            "disaster": disaster,
            "detect": float(rng.choice([0, 20, 77.7])),
            "decide": {"exponential": {"mean": 40}},
            "steps": ["delete", "mount_targets"],
        },
        seed=int(rng.integers(1000)),
    )


def checked(seeds: Iterable[int]) -> tuple[int, int, int]:
    """Run a drill for each seed; return how many lost writes, had none to lose, or had no point."""
    lost = returned = without = 0
    for seed in seeds:
        spec = rehearsed(np.random.default_rng(seed))
        found = run_drill(spec, spec.seed)
        if found.ending is Ending.NOT_APPLICABLE:
            continue
        assert found.ending is Ending.DONE, seed
        assert found.loss is not None
        calm = {"events": [], "replications.dr.established": True, "drill": None}
        world = Simulation(spec.with_(calm), verify=True)
        world.advance_to_end()
        made = world.lifetimes("dr")
        disaster_s = found.disaster_s
        assert found.writable_s is not None
        gone_s, back_s = disaster_s + found.writable_s, np.inf
        disaster = spec.drill.disaster if spec.drill is not None else None
        if disaster is not None and disaster.lasts is not None:
            back_s = disaster_s + disaster.lasts
        stopped = (made.time_s > disaster_s) & (made.time_s <= back_s)
        pending = ~stopped & (made.time_s <= gone_s)
        point_s = found.loss.recovery_point_s
        if point_s is None:
            assert found.loss.seconds is None, seed
            assert found.loss.bytes >= 3_000_000, seed
            without += 1
        else:
            pending &= made.time_s > point_s
            assert found.loss.bytes == made.bytes[pending].sum(), seed
            until_s = disaster_s if back_s > gone_s else gone_s
            oldest_s = made.time_s[pending].min(initial=np.inf)
            assert found.loss.seconds == max(0.0, until_s - oldest_s), seed
            returned += back_s <= gone_s and bool(pending.any())
        assert found.loss.writes == pending.sum(), seed
        lost += bool(pending.any())
    return lost, returned, without


def test_the_loss_is_what_was_pending_write_by_write() -> None:
    lost, returned, without = checked(range(20))
    assert lost > 10
    assert returned > 0
    assert without > 0


@pytest.mark.slow
def test_the_loss_is_what_was_pending_write_by_write_in_500_scenarios() -> None:
    lost, returned, without = checked(range(1000, 1500))
    assert lost > 300
    assert returned > 30
    assert without > 20

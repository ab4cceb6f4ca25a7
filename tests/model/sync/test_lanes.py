"""Lanes of a shared link: the same records, to the bit, as a process for each replication gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import efssim
from efssim.model.sync.process import SyncProcess
from efssim.model.sync.sync_times import SyncTimes
from efssim.records.run_records import SYNC_COLUMNS

LINK = "us-east-1 -> eu-west-1"


def _stream(draw: np.random.Generator) -> dict[str, Any]:
    poisson = {"poisson": {"rate": f"{float(draw.uniform(0.2, 2))} per s"}}
    size = {"exponential": {"mean": float(draw.uniform(20, 120))}}
    usual = {"arrivals": poisson, "size": size}
    kinds: list[dict[str, Any]] = [
        {},
        {"arrivals": {"constant": {"rate": "1/s"}}, "size": 60},
        {"drawn": "cells"},
        {"hot_set": {"size": 4096, "block": 32, "share": 0.5}},
        {"files": 2},
        {"new_files": "10%"},
        {"in_file": {"size": 5000}},
    ]
    return {**usual, **kinds[int(draw.integers(0, len(kinds)))]}


def _sync(draw: np.random.Generator, interval_s: float, *, even: bool) -> dict[str, Any]:
    setup = (
        {"uniform": {"low": 1, "high": 9}} if draw.random() < 0.5 else float(draw.choice([0, 2]))
    )
    return {
        "preset": "none",
        "interval": interval_s,
        "phase": 0 if even else float(draw.uniform(0, interval_s)),
        "gap": float(draw.choice([0, 3])) if interval_s else 3,
        "setup": setup,
        "throughput": 100 if even else float(draw.uniform(40, 150)),
        "weight": float(draw.choice([1, 1, 1, 2, 0.5])),
        "file_rate": float(draw.choice([1, 5, 1000])),
        "failure_probability": float(draw.choice([0, 0, 0.1])),
        "backoff": 5,
        **({"scan_rate": "10 per s"} if draw.random() < 0.3 else {}),
    }


def _event(count: int, draw: np.random.Generator) -> dict[str, Any]:
    at_s, k = float(draw.uniform(0, 1200)), int(draw.integers(0, count))
    lasts = {"for": float(draw.uniform(5, 200))}
    kinds = [
        {"link_outage": LINK, **lasts},
        {"link_degraded": LINK, "factor": float(draw.uniform(0.1, 1)), **lasts},
        {"permission_lost": f"r{k}", **lasts},
        {"fence": f"f{k}", **lasts},
        {"fail": f"f{k}"},
    ]
    return {"at": round(at_s, -1), **kinds[int(draw.integers(0, len(kinds)))]}


def random_link(seed: int) -> efssim.Scenario:
    """Return replications over one link that mostly binds."""
    draw = np.random.default_rng(seed)
    count, even = int(draw.integers(2, 12)), draw.random() < 0.3
    interval_s = float(draw.choice([0, 20, 60]))
    return efssim.load(
        {
            "name": "lanes",
            "duration": 1500,
            "links": {LINK: {"capacity": float(draw.uniform(20, 90)) * count, "latency": 0.1}},
            "file_systems": {
                f"f{k}": {
                    "region": "us-east-1",
                    "size": int(draw.integers(0, 20_000)),
                    "files": int(draw.integers(0, 50)),
                    "writes": {f"w{j}": _stream(draw) for j in range(draw.integers(1, 3))},
                }
                for k in range(count)
            },
            "replications": {
                f"r{k}": {
                    "source": f"f{k}",
                    "destination": {"region": "eu-west-1"},
                    "established": bool(draw.random() < 0.8),
                    "control": {"preset": "none", "pausing": 20},
                    "sync": _sync(draw, interval_s, even=even),
                }
                for k in range(count)
            },
            "events": [_event(count, draw) for _ in range(draw.integers(0, 5))],
        }
    )


def _bits(scenario: efssim.Scenario) -> tuple[str, list[Any]]:
    """Return the digest of a run, and the records of its replications."""
    result = efssim.run(scenario)
    found: list[Any] = []
    for name in sorted(result.outcomes):
        outcome = result.outcomes[name]
        found += [outcome.syncs[column].tobytes() for column in SYNC_COLUMNS]
        found += [np.asarray(phases).tobytes() for phases in outcome.sync_phases.values()]
        found.append(outcome.abandoned)
    return result.digest, found


def _check(seed: int) -> None:
    scenario = random_link(seed)
    in_lanes = _bits(scenario)
    with pytest.MonkeyPatch.context() as patch:
        # A sync whose first attempt fails is none for a lane; what its attempts do is asked
        # elsewhere.
        patch.setattr(SyncTimes, "fails", lambda _times, _ordinal: True)
        assert _bits(scenario) == in_lanes


def test_regular_syncs_need_no_process() -> None:
    """A process cuts the syncs whose first attempt fails, some of which are open at the end."""
    scenario, cuts = random_link(2), 0
    assert not scenario.events
    cut = SyncProcess._cut

    def counted(process: SyncProcess) -> None:
        nonlocal cuts
        cuts += 1
        cut(process)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SyncProcess, "_cut", counted)
        result = efssim.run(scenario)
    syncs = sum(len(outcome.syncs["cut_s"]) for outcome in result.outcomes.values())
    failing = sum(int((o.syncs["attempts"] > 1).sum()) for o in result.outcomes.values())
    assert 0 < failing <= cuts <= failing + 2
    assert syncs > 10 * cuts


@pytest.mark.parametrize("seed", range(20))
def test_same_bits_as_processes(seed: int) -> None:
    _check(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20, 500))
def test_same_bits_as_processes_in_many_scenarios(seed: int) -> None:
    _check(seed)

"""Random replications that share a link, its slots, phases and blackouts: laws, and looks at them.

A run that is looked at in between has the digest of one that is not, and phases add up.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import efssim

LINK = "us-east-1 -> eu-west-1"
REGIONS = ("us-east-1", "eu-west-1")


def _sync(draw: np.random.Generator) -> dict[str, Any]:
    interval_s = float(draw.choice([0, 20, 60]))
    return {
        "preset": "none",
        "interval": interval_s,
        "phase": float(draw.uniform(0, interval_s)),
        "gap": float(draw.choice([0, 3])),
        "setup": {"uniform": {"low": 1, "high": 9}},
        "throughput": float(draw.uniform(40, 150)),
        "weight": float(draw.choice([1, 2, 0.5])),
        "failure_probability": float(draw.choice([0, 0.2])),
        "backoff": 5,
        "file_rate": float(draw.choice([1, 5, 1000])),
    }


def _replication(k: int, draw: np.random.Generator) -> dict[str, Any]:
    made = {
        "source": f"f{k}",
        "destination": {"region": "eu-west-1"},
        "established": bool(draw.integers(0, 2)),
        "control": {"preset": "none", "enabling": 10, "pausing": 20, "deleting": 15},
        "sync": _sync(draw),
    }
    if draw.random() < 0.3:
        windows = [{"from": "00:05", "to": "00:07"}, {"from": "00:12", "to": "00:20"}]
        made["blackouts"] = {"windows": windows, "in_flight": str(draw.choice(["finish", "stall"]))}
    return made


def _event(count: int, draw: np.random.Generator) -> dict[str, Any]:
    at_s, k = float(draw.uniform(0, 1700)), int(draw.integers(0, count))
    at_s = round(at_s, -1) if draw.random() < 0.5 else at_s
    call = {"call": "DeleteReplicationConfiguration", "with": {"SourceFileSystemId": f"f{k}"}}
    lasts = {"for": float(draw.uniform(5, 200))}
    kinds = [
        {"link_outage": LINK, **lasts},
        {"link_degraded": LINK, "factor": float(draw.uniform(0.1, 1)), **lasts},
        {"region_outage": REGIONS[k % 2], **lasts},
        {"permission_lost": f"r{k}", **lasts},
        call,
        {"fail": f"f{k}"},
    ]
    return {"at": at_s, **kinds[int(draw.integers(0, len(kinds)))]}


def _system(draw: np.random.Generator) -> dict[str, Any]:
    size = {"exponential": {"mean": float(draw.uniform(20, 120))}}
    return {
        "region": "us-east-1",
        "size": int(draw.integers(0, 20_000)),
        "files": int(draw.integers(0, 50)),
        "writes": {"w": {"arrivals": {"poisson": {"rate": "1/s"}}, "size": size}},
    }


def _calendar(base: object, draw: np.random.Generator) -> dict[str, Any]:
    """Return a rate with windows that may overlap, in the first half hour of a day."""
    windows = []
    for _ in range(int(draw.integers(1, 5))):
        begin, last = int(draw.integers(0, 30)), int(draw.integers(1, 12))
        value = float(draw.uniform(40, 400)) if draw.random() < 0.7 else "none"
        ends = {"from": f"00:{begin:02d}", "to": f"00:{begin + last:02d}"}
        windows.append({**ends, "value": value})
    return {"base": base, "windows": windows}


def random_scenario(seed: int, *, by_the_clock: bool = False) -> efssim.Scenario:
    """Return replications over one link that mostly binds or has slots, and disturbances."""
    draw = np.random.default_rng(seed)
    count = int(draw.integers(2, 6))
    link: dict[str, Any] = {"latency": 0.1}
    if draw.random() < 0.8:
        link["capacity"] = float(draw.uniform(60, 400))
    if draw.random() < 0.5:
        link["concurrency"] = int(draw.integers(1, count + 1))
    systems = {f"f{k}": _system(draw) for k in range(count)}
    replications = {f"r{k}": _replication(k, draw) for k in range(count)}
    events = [_event(count, draw) for _ in range(int(draw.integers(0, 7)))]
    if by_the_clock:
        link["capacity"] = _calendar(link.get("capacity", "none"), draw)
        for part in replications.values():
            if draw.random() < 0.6:
                part["sync"]["throughput"] = _calendar(part["sync"]["throughput"], draw)
            if not part["established"] and draw.random() < 0.3:
                part["initial"] = {"throughput": float(draw.uniform(20, 300))}
    return efssim.load(
        {
            "name": "links",
            "duration": 2000,
            "links": {LINK: link},
            "file_systems": systems,
            "replications": replications,
            "events": events,
        }
    )


def _check(seed: int, *, by_the_clock: bool = False) -> None:
    world = random_scenario(seed, by_the_clock=by_the_clock)
    whole = efssim.run(world, verify=True)
    simulation, draw = efssim.Simulation(world), np.random.default_rng(seed)
    for _ in range(12):
        simulation.advance(float(draw.uniform(1, 160)))
        simulation.syncs_in_flight()
        simulation.result()
    simulation.advance_to_end()
    assert simulation.result().digest == whole.digest
    for outcome in whole.outcomes.values():
        phases = np.sum(list(outcome.sync_phases.values()), axis=0)
        spent_s = outcome.syncs["completed_s"] - outcome.syncs["cut_s"]
        assert phases == pytest.approx(spent_s, abs=1e-6)


@pytest.mark.parametrize("seed", range(12))
def test_laws_and_looks(seed: int) -> None:
    _check(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12, 300))
def test_laws_and_looks_in_many_scenarios(seed: int) -> None:
    _check(seed)


@pytest.mark.parametrize("seed", range(5))
def test_laws_and_looks_by_the_clock(seed: int) -> None:
    _check(seed, by_the_clock=True)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5, 300))
def test_laws_and_looks_by_the_clock_in_many_scenarios(seed: int) -> None:
    _check(seed, by_the_clock=True)

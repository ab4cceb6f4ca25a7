"""The engine against the naive model of `naive.py`, on the engine's own writes and draws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from naive import Naive
from worlds import scenario

from efssim import Scenario, Simulation
from efssim.model.draws import Draws


def _random_scenario(seed: int) -> Scenario:
    """Return a random scenario of every arrival process, size and sync parameter."""
    rng = np.random.default_rng(seed)

    def pick(*options: Any) -> Any:
        return options[rng.integers(len(options))]

    def arrivals() -> dict[str, Any]:
        rate = f"{rng.uniform(0.05, 2):.3f} per s"
        batch = {"at": "00:05", "every": "20 min", "writes": 40, "over": pick("0 s", "3 min")}
        return pick(
            {"constant": {"rate": rate}},
            {"poisson": {"rate": rate}},
            {
                "on_off": {
                    "on": "2 min",
                    "off": {"uniform": {"low": "1 min", "high": "9 min"}},
                    "rate": rate,
                }
            },
            {"profile": {"rate": rate, "hours": [1, 5] * 12, "timezone": "Asia/Kolkata"}},
            {"batch": batch},
        )

    def size() -> Any:
        return pick(
            "4 KiB",
            {"lognormal": {"median": "64 KiB", "sigma": 1.5}},
            {"pareto": {"min": "1 KiB", "alpha": 1.1, "max": "1 GiB"}},
            {"empirical": {"values": ["1 KiB", "1 MiB"]}},
        )

    streams = {
        f"s{k}": {"arrivals": arrivals(), "size": size(), "files": int(rng.integers(1, 4))}
        for k in range(rng.integers(1, 4))
    }
    sync = {
        "interval": pick(0, 60, 37.5),
        "gap": pick(1, 7.25, {"exponential": {"mean": "20 s"}}),
        "setup": pick(5, {"gamma": {"mean": "5 s", "cv": 0.6}}),
        "throughput": pick("none", "300 kB/s", "2 MB/s"),
        "file_rate": pick("none", "3 per s"),
        "scan_rate": pick("none", "100 per s"),
        "failure_probability": pick(0, 0.3),
        "backoff": pick("5 s", {"exponential": {"mean": "5 s"}}),
        "backoff_max": "15 s",
    }
    return scenario(streams, sync, "2 h", files=int(rng.integers(0, 900)), seed=seed)


def _naive(world: Scenario, count: int) -> Naive:
    sync = world.replications["dr"].sync
    draws, many = Draws(world.seed), range(40)

    def series(key: str, attempt: int) -> list[float]:
        drawn = draws.series(f"replications.dr.sync.{key}.{attempt}", sync.draw(key).sample)
        return [drawn[k] for k in range(count)]

    def chances(attempt: int) -> list[float]:
        name = f"replications.dr.sync.failure.{attempt}"
        drawn = draws.series(name, lambda generator, n: generator.random(n))
        return [drawn[k] for k in range(count)]

    gaps = draws.series("replications.dr.sync.gap", sync.draw("gap").sample)
    probability = sync.number("failure_probability")
    return Naive(
        end_s=world.duration,
        interval_s=sync.number("interval"),
        gaps_s=[gaps[k] for k in range(count)],
        setups_s=[series("setup", attempt) for attempt in many],
        chances=[chances(attempt) for attempt in many] if probability else [],
        backoffs_s=[series("backoff", attempt) for attempt in many],
        inventory_s=world.file_systems["fs"].files / sync.number("scan_rate"),
        throughput=sync.number("throughput"),
        file_rate=sync.number("file_rate"),
        failure_probability=probability,
        backoff_max_s=sync.number("backoff_max"),
    )


@pytest.mark.parametrize("seed", range(20))
def test_same_syncs_and_same_assignment_of_writes(seed: int) -> None:
    world = _random_scenario(seed)
    simulation = Simulation(world, verify=True)
    simulation.advance_to_end()
    syncs = simulation.result().outcomes["dr"].syncs
    writes = simulation.lifetimes("dr")
    files = simulation.lifetimes("dr").files
    replayed = list(zip(writes.time_s.tolist(), writes.bytes.tolist(), files.tolist(), strict=True))
    naive = _naive(world, len(syncs) + 2).run(replayed)

    assert len(naive) == len(syncs) > 0
    assert [sync.bytes for sync in naive] == syncs["bytes"].tolist()
    assert [len(sync.writes) for sync in naive] == syncs["writes"].tolist()
    assert [sync.attempts for sync in naive] == syncs["attempts"].tolist()
    # The only tolerance: the two add the same terms, not always in the same order.
    assert [sync.cut_s for sync in naive] == pytest.approx(syncs["cut_s"].tolist(), rel=1e-9)
    completed = [sync.completed_s for sync in naive]
    assert completed == pytest.approx(syncs["completed_s"].tolist(), rel=1e-9)
    for sync, completed_s in zip(naive, syncs["completed_s"].tolist(), strict=True):
        assert (writes.published_s[sync.writes] == completed_s).all()

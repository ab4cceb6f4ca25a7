"""Random scenarios by kind; each is a function of its seed, which also chooses the kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import efssim
from benchmarks.claims.fixed import LINK, world

DAYS = 10
"""Length of a run: a trial takes a few milliseconds."""
Make = Callable[[np.random.Generator], efssim.Scenario]


def _length(draws: np.random.Generator, heavy: bool) -> Any:
    median = f"{draws.uniform(20, 120):.0f} min"
    if not heavy:
        return [median, {"exponential": {"mean": median}}][draws.integers(2)]
    sigma = round(float(draws.uniform(1.5, 2.5)), 2)
    pareto = {"min": median, "max": "9 days", "alpha": round(float(draws.uniform(0.8, 1.6)), 2)}
    return [{"lognormal": {"median": median, "sigma": sigma}}, {"pareto": pareto}][
        draws.integers(2)
    ]


def _fault(draws: np.random.Generator, low: float, high: float, heavy: bool) -> dict[str, Any]:
    """Return a fault that is expected so many times in a run, log-uniform."""
    count = float(np.exp(draws.uniform(np.log(low), np.log(high))))
    targets = [("link_outage", LINK), ("kms_key_disabled", "dr"), ("region_outage", "us-east-1")]
    kind, target = targets[draws.integers(len(targets))]
    every = {"exponential": {"mean": f"{DAYS * 1440 / count:.0f} min"}}
    return {kind: target, "every": every, "for": _length(draws, heavy)}


def _world(
    faults: dict[str, Any], writes: dict[str, Any] | None = None, **sync: Any
) -> efssim.Scenario:
    made = world(faults, 0.99, writes, **{"interval": "10 min", **sync})
    return made.with_({"duration": f"{DAYS} days"})


def _faults(low: float, high: float, heavy: bool, most: int = 1) -> Make:
    def make(draws: np.random.Generator) -> efssim.Scenario:
        count = 1 if most == 1 else int(draws.integers(2, most + 1))
        return _world({f"f{k}": _fault(draws, low, high, heavy) for k in range(count)})

    return make


def _load(draws: np.random.Generator) -> efssim.Scenario:
    """Return Poisson writes of exponential sizes, whose syncs take about what the target leaves.

    Of ten minutes a sync sends for three to five, give or take two; the target leaves five.
    """
    busy = draws.uniform(0.3, 0.5)
    app = {
        "arrivals": {"poisson": {"rate": "0.02 per s"}},
        "size": {"exponential": {"mean": f"{busy * 500:.0f} MiB"}},
    }
    return _world({}, {"app": app}, throughput="10 MiB/s")


def _failures(draws: np.random.Generator) -> efssim.Scenario:
    chance, setup = draws.uniform(0.05, 0.4), {"exponential": {"mean": "4 min"}}
    return _world({}, failure_probability=float(chance), backoff="2 min", setup=setup)


def _gated(draws: np.random.Generator) -> efssim.Scenario:
    """Return cycles without a clock, and outages of the source, which stop its writes."""
    fault = {**_fault(draws, 0.1, 5, heavy=False)}
    setup = {"exponential": {"mean": f"{draws.uniform(1, 3):.2f} min"}}
    return _world({"source": fault}, interval="0 s", gap="8 min", setup=setup)


KINDS: dict[str, Make] = {
    "rare": _faults(0.01, 0.5, heavy=False),
    "rare, heavy tail": _faults(0.01, 0.5, heavy=True),
    "frequent": _faults(1, 20, heavy=False),
    "frequent, heavy tail": _faults(1, 10, heavy=True),
    "several faults": _faults(0.05, 5, heavy=True, most=3),
    "load": _load,
    "failed attempts": _failures,
    "gated cycles": _gated,
}


def scenario_of(seed: int) -> tuple[str, efssim.Scenario]:
    """Return the kind and the scenario of a seed; neighbours have different kinds."""
    kind = list(KINDS)[seed % len(KINDS)]
    return kind, KINDS[kind](np.random.default_rng(seed))

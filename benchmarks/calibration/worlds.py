"""Random replications, simulated, and what monitoring would have of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

import efssim
from efssim.calibration.data import LagSamples, ParameterName, WriteTotals
from efssim.cloudwatch.efs_metrics import EfsMetrics
from efssim.cloudwatch.series import Series

HOME, AWAY = "us-east-1", "eu-west-1"
DAYS = 7.0
START_S = 1767225600.0
"""2026-01-01, the default start of a scenario."""
WORKLOADS = ("steady", "bursty", "daily")
MIB = 2.0**20


@dataclass(frozen=True)
class Case:
    """A replication whose timing is known, and its simulation's exports."""

    number: int
    spec: Mapping[str, Any]
    truth: Mapping[ParameterName, float]
    workload: str
    disturbances: tuple[str, ...]
    is_random: bool
    """Whether the fixed time per sync varies; its mean is the truth."""


@dataclass(frozen=True)
class Exports:
    """What monitoring has of a case: the lag at 60 s and 300 s, and the writes of each minute."""

    minutes: LagSamples
    five: LagSamples
    writes: WriteTotals


def log_uniform(rng: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def drawn(number: int, days: float = DAYS) -> Case:
    """Return the random case of a number."""
    rng = np.random.default_rng([20261128, number])
    workload = WORKLOADS[number % 3]
    interval = log_uniform(rng, 10.0, 3600.0)
    if rng.random() < 0.3:  # people choose round numbers, which lock the phase of the samples
        interval = float(rng.choice([15, 30, 60, 90, 120, 300, 600, 900, 1800, 3600]))
    setup = log_uniform(rng, 1.0, max(2.0, min(200.0, 0.6 * interval)))
    gap = 0.0 if rng.random() < 0.4 else float(rng.uniform(0.0, min(120.0, 0.4 * interval)))
    rate = log_uniform(rng, 0.05, 2.0)
    size = log_uniform(rng, 0.05, 20.0) * MIB
    throughput = rate * size / log_uniform(rng, 0.03, 0.6)
    is_random = bool(rng.random() < 0.3)
    cv = float(rng.uniform(0.05, 0.4))
    kind = ("gamma", "lognormal")[int(rng.integers(2))]
    names = [name for name, p in (("pause", 0.5), ("outage", 0.5)) if rng.random() < p]
    spec = scenario(
        interval=interval,
        gap=gap,
        setup=random_setup(setup, cv, kind) if is_random else setup,
        throughput=throughput,
        stream=stream(workload, rate, size, rng),
        events=[disturbance(name, rng, days) for name in names],
        phase=float(rng.uniform(0.0, 60.0)),
        days=days,
    )
    truth: dict[ParameterName, float] = {
        "interval": interval,
        "gap": gap,
        "setup": setup,
        "throughput": throughput,
    }
    return Case(number, spec, truth, workload, tuple(names), is_random)


def random_setup(mean: float, cv: float, kind: str) -> Mapping[str, Any]:
    if kind == "gamma":
        return {"gamma": {"mean": mean, "cv": cv}}
    sigma = float(np.sqrt(np.log1p(cv * cv)))
    return {"lognormal": {"median": mean * float(np.exp(-sigma * sigma / 2)), "sigma": sigma}}


def stream(workload: str, rate: float, size: float, rng: np.random.Generator) -> dict[str, Any]:
    """Return a stream of writes with a mean rate per second and a mean size."""
    sizes: Any = size
    if rng.random() < 0.6:
        sizes = {"exponential": {"mean": size}}
    arrivals: dict[str, Any] = {"poisson": {"rate": rate}}
    if workload == "bursty":
        on, off = log_uniform(rng, 300.0, 3600.0), log_uniform(rng, 900.0, 10800.0)
        arrivals = {"on_off": {"on": on, "off": off, "rate": rate * (on + off) / on}}
    elif workload == "daily":
        hours = 1.0 + float(rng.uniform(0.3, 0.9)) * np.sin(np.arange(24) / 24 * 2 * np.pi)
        arrivals = {"profile": {"rate": rate, "hours": hours.tolist()}}
    return {"arrivals": arrivals, "size": sizes}


def disturbance(name: str, rng: np.random.Generator, days: float) -> dict[str, Any]:
    at = float(rng.uniform(0.1, 0.9)) * days * 86400.0
    length = log_uniform(rng, 1800.0, 6 * 3600.0)
    kind = {"opt_out": AWAY} if name == "pause" else {"link_outage": f"{HOME} -> {AWAY}"}
    return {"at": at, **kind, "for": length}


def scenario(
    *,
    interval: float,
    gap: float,
    setup: Any,
    throughput: float | None,
    stream: Mapping[str, Any],
    phase: float,
    events: Any = (),
    days: float = DAYS,
) -> dict[str, Any]:
    """Return a scenario of one replication."""
    sync = {"preset": "none", "interval": interval, "gap": gap, "setup": setup}
    if throughput is not None:
        sync["throughput"] = throughput
    return {
        "name": "calibration",
        "duration": days * 86400.0,
        "cloudwatch": {"phase": phase},
        "regions": {AWAY: {"default": False}},
        "file_systems": {"src": {"region": HOME, "writes": {"w": dict(stream)}}},
        "replications": {
            "dr": {
                "source": "src",
                "destination": {"region": AWAY},
                "established": True,
                "sync": sync,
            }
        },
        "events": list(events),
    }


def exported(spec: Mapping[str, Any], seed: int) -> Exports:
    """Simulate, and return what monitoring would have."""
    simulation = efssim.Simulation(efssim.Scenario.model_validate(dict(spec)), seed=seed)
    simulation.advance(float(spec["duration"]))
    world = simulation._world
    metrics: EfsMetrics = simulation.cloudwatch._metrics
    (replication,) = world.account.replications.values()
    (source,) = (one for one in world.account.file_systems.values() if one.region == HOME)
    age, written = metrics._age(replication), metrics._written(source)
    return Exports(
        lag_of(age.by_period(0.0, 60.0), 60.0),
        lag_of(age.by_period(0.0, 300.0), 300.0),
        WriteTotals(written.time_s + START_S, written.total, written.count, 60.0),
    )


def lag_of(series: Series, period_s: float) -> LagSamples:
    return LagSamples(
        series.time_s + START_S,
        series.least,
        series.total / series.count,
        series.largest,
        period_s,
    )

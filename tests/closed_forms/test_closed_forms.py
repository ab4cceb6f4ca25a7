"""Runs against closed forms: exact where the form is exact, else inside a computed interval.

Sources of the forms: the sawtooth of a periodic renewal process; E[age] = E[C^2] / 2 E[C] plus the
delay (Kaul, Yates, Gruteser, "Real-time status: how often should one update?", INFOCOM 2012), here
for cycles whose length depends on the writes of the last one. V gap, I interval, S setup, w write
rate, b throughput, rho = w / b.

`pytest -rP tests/closed_forms/test_closed_forms.py` prints every number beside its bound.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from helpers.bounds import agrees, batches, within
from helpers.worlds import constant, numbers, poisson, scenario, simulate


def _batched(world: Any, seed: int) -> dict[str, np.ndarray]:
    """Return batch means (by cycles) of a run: cycle, cycle^2, age, peak, write lag."""
    result = simulate(world, seed)
    syncs = result.outcomes["dr"].syncs
    cut, completed = syncs.floats("cut_s"), syncs.floats("completed_s")
    cycle, delay = np.diff(completed), (completed - cut)[:-1]
    area = cycle * (delay + cycle / 2)  # under the age in one tooth
    counts = batches(np.ones_like(cycle))
    return {
        "age": batches(area) / batches(cycle),
        "peak": batches(delay + cycle) / counts,
        "cycle": batches(cycle) / counts,
        "cycle2": batches(np.diff(cut) ** 2) / counts,
    }


# --- exact: a whole number of constant writes in every cycle ---------------------------------


@pytest.mark.parametrize(
    ("interval", "setup", "throughput"), [(60, 5, 10_000), (60, 0, 2_000), (300, 17, 4_000)]
)
def test_constant_writes_periodic(interval: int, setup: int, throughput: int) -> None:
    sync = {"interval": interval, "setup": setup, "throughput": throughput}
    duration_s = setup + interval * 1000 / throughput
    # From one completion to another, so that the window holds whole teeth.
    begin, end = interval + duration_s, 100 * interval + duration_s
    summary = numbers(simulate(scenario({"w": constant()}, sync, end, warm_up=begin)))
    age = summary["time_since_last_sync_s"]
    assert within(age["mean"], duration_s + interval / 2, 1e-9, "mean age")
    assert within(age["max"], duration_s + interval, 1e-9, "peak age")
    assert within(age["peak_mean"], duration_s + interval, 1e-9, "mean peak age")
    for p, key in [(0.5, "p50"), (0.9, "p90"), (0.95, "p95"), (0.99, "p99"), (0.999, "p99_9")]:
        assert age[key] == pytest.approx(duration_s + p * interval, rel=1e-9)
    # A write waits for its cut, uniformly over the seconds of the interval, and for the sync.
    waits = duration_s + np.arange(interval)
    lag = summary["write_lag_s"]
    assert lag["max"] == pytest.approx(waits.max(), rel=1e-9)
    assert summary["syncs"]["duration_mean_s"] == pytest.approx(duration_s, rel=1e-9)


def test_constant_writes_back_to_back() -> None:
    # S = 30 s, rho = 0.5: C = S / (1 - rho) = 60 s, once the cycles have grown to it.
    sync = {"gap": 0, "setup": 30, "throughput": 2_000}
    # 2^-60 of the first cycle's distance is left after 60 cycles: below 1e-9 relative.
    summary = numbers(simulate(scenario({"w": constant()}, sync, 60 * 400, warm_up=60 * 100)))
    age = summary["time_since_last_sync_s"]
    assert within(summary["syncs"]["duration_mean_s"], 60, 1e-9, "cycle")
    assert within(age["peak_mean"], 120, 1e-9, "mean peak age")
    assert within(age["max"], 120, 1e-9, "peak age")


def test_constant_writes_back_to_back_mean_age_over_whole_cycles() -> None:
    # The same in its steady state from the first cycle on: the first cut is at 60 s = C.
    sync = {"interval": 60, "gap": 0, "setup": 30, "throughput": 2_000}
    summary = numbers(simulate(scenario({"w": constant()}, sync, 60 * 102, warm_up=120)))
    age = summary["time_since_last_sync_s"]
    assert within(age["mean"], 90, 1e-9, "mean age")
    assert within(age["max"], 120, 1e-9, "peak age")


# --- fluid: relative error within (write spacing + one write's transfer time) / cycle ---------


@pytest.mark.parametrize(("rate", "size", "throughput"), [(7, 1300, 20_000), (3, 777, 5_000)])
def test_fluid_periodic(rate: int, size: int, throughput: int) -> None:
    interval, setup, spacing = 60, 5, 1.1 / rate
    sync = {"interval": interval, "setup": setup, "throughput": throughput}
    streams = {"w": constant(f"{rate} per 1.1 s", f"{size} B")}
    summary = numbers(simulate(scenario(streams, sync, 60 * 600, warm_up=600)))
    bound = (spacing + size / throughput) / interval
    duration = setup + size / spacing / throughput * interval
    age = summary["time_since_last_sync_s"]
    assert within(summary["syncs"]["duration_mean_s"], duration, bound, "sync duration")
    assert within(age["mean"], duration + interval / 2, bound, "mean age")
    assert within(age["peak_mean"], duration + interval, bound, "mean peak age")


@pytest.mark.parametrize(
    ("gap", "setup", "throughput"), [(20, 5, 8_000), (0, 12, 6_000), (17.3, 2.9, 5_700)]
)
def test_fluid_gated(gap: float, setup: float, throughput: int) -> None:
    sync = {"gap": gap, "setup": setup, "throughput": throughput}
    streams = {"w": constant("10 per 3 s", "1200 B")}
    summary = numbers(simulate(scenario(streams, sync, 40_000, warm_up=4_000)))
    rho = 4_000 / throughput
    cycle = (gap + setup) / (1 - rho)
    bound = (0.3 + 1200 / throughput) / cycle
    age = summary["time_since_last_sync_s"]
    assert within(summary["syncs"]["duration_mean_s"], setup + rho * cycle, bound, "duration")
    assert within(age["mean"], setup + (0.5 + rho) * cycle, bound, "mean age")
    assert within(age["peak_mean"], setup + (1 + rho) * cycle, bound, "mean peak age")


def test_fluid_sizing_of_a_gated_replication() -> None:
    """S = 0, r > V: b = w (r + V) / (r - V) gives a peak of exactly r."""
    gap, target, rate = 60, 180, 10_000
    throughput = rate * (target + gap) / (target - gap)
    streams = {"w": constant("10 per s", "1000 B")}
    world = scenario(streams, {"gap": gap, "throughput": throughput}, 40_000, warm_up=8_000)
    age = numbers(simulate(world))["time_since_last_sync_s"]
    bound = (0.1 + 1000 / throughput) / (gap / (1 - rate / throughput))
    assert within(age["peak_mean"], target, bound, "mean peak age")
    assert within(age["max"], target, bound, "peak age")


# --- random: inside a 99.9 % interval of half-width at most 2 % ------------------------------


def test_random_setup_back_to_back() -> None:
    """Exponential setup, no bytes: mean age E[S] + E[S^2] / 2 E[S] = 2 E[S], mean peak 2 E[S]."""
    sync = {"gap": 0, "setup": {"exponential": {"mean": 10}}}
    batch = _batched(scenario({}, sync, 2_000_000), seed=101)
    assert agrees(batch["age"], 20, "mean age")
    assert agrees(batch["peak"], 20, "mean peak")


def test_gamma_setup_back_to_back() -> None:
    """Gamma setup of mean m and cv c: mean age m + m (1 + c^2) / 2."""
    sync = {"gap": 0, "setup": {"gamma": {"mean": 10, "cv": 0.5}}}
    batch = _batched(scenario({}, sync, 1_000_000), seed=102)
    assert agrees(batch["age"], 10 + 10 * 1.25 / 2, "mean age")


@pytest.mark.parametrize(
    ("gap", "setup", "moments", "seed"),
    [
        (20.0, 5.0, (25.0, 625.0), 103),
        (20.0, {"exponential": {"mean": 5}}, (25.0, 25.0 + 625.0), 104),
        ({"uniform": {"low": 0, "high": 40}}, 5.0, (25.0, 1600 / 12 + 625.0), 105),
    ],
)
def test_gated_poisson(gap: Any, setup: Any, moments: tuple[float, float], seed: int) -> None:
    """The gated form with Poisson writes of exponential size, W = V + S."""
    rate, size, throughput = 2.0, 1000.0, 4000.0
    transfer, transfer2 = size / throughput, 2 * (size / throughput) ** 2  # B, exponential
    rho = rate * transfer
    mean_w, mean_w2 = moments
    cycle = mean_w / (1 - rho)
    cycle2 = (mean_w2 + 2 * rho * mean_w * cycle + rate * transfer2 * cycle) / (1 - rho**2)
    mean_setup = 5.0
    sync = {"gap": gap, "setup": setup, "throughput": throughput}
    streams = {"w": poisson("2 per s", {"exponential": {"mean": size}})}
    batch = _batched(scenario(streams, sync, 2_000_000), seed)
    assert agrees(batch["cycle"], cycle, "mean cycle")
    assert agrees(batch["cycle2"], cycle2, "mean square of the cycle")
    assert agrees(batch["age"], mean_setup + (0.5 + rho) * cycle2 / cycle, "mean age")
    assert agrees(batch["peak"], mean_setup + (1 + rho) * cycle, "mean peak")


def test_gated_poisson_write_lag() -> None:
    """Mean write lag = mean age + E[B], over independent trials."""
    rate, size, throughput = 2.0, 1000.0, 4000.0
    rho, transfer = rate * size / throughput, size / throughput
    cycle = 25 / (1 - rho)
    cycle2 = (625 + 2 * rho * 25 * cycle + rate * 2 * transfer**2 * cycle) / (1 - rho**2)
    expected = 5 + (0.5 + rho) * cycle2 / cycle + transfer
    sync = {"gap": 20, "setup": 5, "throughput": throughput}
    streams = {"w": poisson("2 per s", {"exponential": {"mean": size}})}
    world = scenario(streams, sync, 40_000, warm_up=2_000)
    means = [numbers(simulate(world, seed))["write_lag_s"]["mean"] for seed in range(200, 220)]
    assert agrees(np.array(means), expected, "mean write lag")


def test_sampled_means_of_distributions_agree_with_their_formulas() -> None:
    """Each size distribution's sample mean against its own expectation, 99.9 % interval."""
    from efssim.scenario.grammar.distributions import Distribution
    from efssim.scenario.grammar.types import Duration

    forms: list[dict[str, Any]] = [
        {"exponential": {"mean": 3}},
        {"lognormal": {"median": 2, "sigma": 0.8}},
        {"gamma": {"mean": 3, "cv": 0.7}},
        {"uniform": {"low": 1, "high": 5}},
        {"pareto": {"min": 1, "alpha": 1.5, "max": 100}},
        {"pareto": {"min": 1, "alpha": 1, "max": 100}},
        {"empirical": {"values": [1, 2, 9]}},
    ]
    for ordinal, form in enumerate(forms):
        distribution = Distribution[Duration].model_validate(form)
        values = distribution.sample(np.random.default_rng(ordinal), 400_000)
        assert agrees(values, distribution.expected(), str(form)), form

"""What the works are measured against: short programs as one would write them, without efssim."""

from __future__ import annotations

import math
from collections.abc import Generator

import numpy as np
import simpy

from benchmarks.works import (
    CYCLE_MEAN_BYTES,
    CYCLE_SETUP_S,
    GAP_S,
    INTERVAL_S,
    MEDIAN_BYTES,
    RATE_PER_S,
    SIGMA,
    THROUGHPUT,
)

Process = Generator[simpy.Event, None, None]

_BLOCK = 32_768


def draws(duration_s: float, seed: int) -> float:
    """Draw the exponentials and lognormals of the busy work, and nothing else."""
    rng, drawn, total = np.random.default_rng(seed), 0, 0.0
    mu, count = math.log(MEDIAN_BYTES), int(duration_s * RATE_PER_S)
    while drawn < count:
        gaps = rng.exponential(1 / RATE_PER_S, _BLOCK)
        sizes = rng.lognormal(mu, SIGMA, _BLOCK)
        total += gaps.item(-1) + sizes.item(-1)  # so that nothing can be left out
        drawn += _BLOCK
    return total


def ticker(syncs: int) -> float:
    """Run a SimPy process that ticks twice per sync and does nothing."""
    env = simpy.Environment()

    def tick() -> Process:
        for _ in range(syncs):
            yield env.timeout(SETUP)
            yield env.timeout(REST)

    env.process(tick())
    env.run()
    return env.now


SETUP, REST = 5.0, INTERVAL_S - 5.0


def cycles(duration_s: float, seed: int) -> float:
    """Run gated cycles, the writes of each drawn as one batch; return the mean write lag."""
    env, rng = simpy.Environment(), np.random.default_rng(seed)
    lag_s, count = 0.0, 0

    def sync() -> Process:
        nonlocal lag_s, count
        last_cut_s = 0.0
        while True:
            yield env.timeout(GAP_S)
            cut_s = env.now
            arrivals = rng.uniform(last_cut_s, cut_s, rng.poisson(cut_s - last_cut_s))
            sizes = rng.exponential(CYCLE_MEAN_BYTES, len(arrivals))
            yield env.timeout(CYCLE_SETUP_S + sizes.sum() / THROUGHPUT)
            lag_s += (env.now - arrivals).sum()
            count += len(arrivals)
            last_cut_s = cut_s

    env.process(sync())
    env.run(until=duration_s)
    return lag_s / count

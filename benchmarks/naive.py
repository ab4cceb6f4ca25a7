"""The model of replication that one would write first: one SimPy event per write, lists, scalars.

It does the busy work of `benchmarks.works`, keeps the lag of every write, and uses no efssim.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Generator
from dataclasses import dataclass, field

import numpy as np
import simpy

from benchmarks.works import (
    INTERVAL_S,
    MEDIAN_BYTES,
    RATE_PER_S,
    SETUP_S,
    SIGMA,
    THROUGHPUT,
)

_BLOCK = 10_000

Process = Generator[simpy.Event, None, None]


@dataclass
class Replica:
    """Writes (time, bytes) that wait for a sync, and what the syncs left behind."""

    pending: list[tuple[float, float]] = field(default_factory=list)
    lags_s: array[float] = field(default_factory=lambda: array("d"))
    last_replicated_s: float = 0.0


Writer = Callable[[simpy.Environment, Replica, np.random.Generator], Process]


def write_scalars(env: simpy.Environment, replica: Replica, rng: np.random.Generator) -> Process:
    """Write for ever; draw one gap and one size per write."""
    mu = math.log(MEDIAN_BYTES)
    while True:
        yield env.timeout(rng.exponential(1 / RATE_PER_S))
        replica.pending.append((env.now, rng.lognormal(mu, SIGMA)))


def write_blocks(env: simpy.Environment, replica: Replica, rng: np.random.Generator) -> Process:
    """Write for ever; draw gaps and sizes a block at a time."""
    mu = math.log(MEDIAN_BYTES)
    while True:
        gaps = rng.exponential(1 / RATE_PER_S, _BLOCK).tolist()
        sizes = rng.lognormal(mu, SIGMA, _BLOCK).tolist()
        for gap, size in zip(gaps, sizes, strict=True):
            yield env.timeout(gap)
            replica.pending.append((env.now, size))


def sync(env: simpy.Environment, replica: Replica) -> Process:
    """Sync for ever: at a cut take what is pending, and publish it when it is transferred."""
    cut_s = 0.0
    while True:
        yield env.timeout(max(0.0, cut_s + INTERVAL_S - env.now))
        cut_s = env.now
        change_set, replica.pending = replica.pending, []
        yield env.timeout(SETUP_S + sum(size for _, size in change_set) / THROUGHPUT)
        replica.lags_s.extend(env.now - time_s for time_s, _ in change_set)
        replica.last_replicated_s = cut_s


def simulate(writer: Writer, duration_s: float, seed: int) -> Replica:
    """Run the model with one of the two writers."""
    env, replica = simpy.Environment(), Replica()
    env.process(writer(env, replica, np.random.default_rng(seed)))
    env.process(sync(env, replica))
    env.run(until=duration_s)
    return replica

"""What the works are measured against: short programs as one would write them, without efssim."""

from __future__ import annotations

import math
from collections.abc import Generator
from statistics import NormalDist

import numpy as np
import simpy
from numpy.typing import NDArray

from benchmarks.works import (
    CYCLE_MEAN_BYTES,
    CYCLE_SETUP_S,
    GAP_S,
    INTERVAL_S,
    MEDIAN_BYTES,
    RATE_PER_S,
    SETUP_S,
    SIGMA,
    THROUGHPUT,
)

Process = Generator[simpy.Event, None, None]
Floats = NDArray[np.float64]

_BLOCK = 32_768
_FITTING = 8192
"""Numbers of which two arrays fit into the first caches."""
_QUANTILES = (0.5, 0.9, 0.95, 0.99, 0.999)


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


def cheapest_draws(duration_s: float, seed: int) -> float:
    """Draw the same numbers as `draws` the cheapest way, into two arrays that are used again."""
    rng, drawn, total = np.random.default_rng(seed), 0, 0.0
    mu, count = math.log(MEDIAN_BYTES), int(duration_s * RATE_PER_S)
    gaps, sizes = np.empty(_FITTING), np.empty(_FITTING)
    while drawn < count:
        rng.standard_exponential(out=gaps)
        rng.standard_normal(out=sizes)
        np.multiply(sizes, SIGMA, out=sizes)
        np.add(sizes, mu, out=sizes)
        np.exp(sizes, out=sizes)
        total += gaps.item(-1) + sizes.item(-1)
        drawn += _FITTING
    return total


def batched(duration_s: float, seed: int) -> list[float]:
    """Run the busy work by hand: a SimPy process, and NumPy for the writes of each sync.

    Return the quantiles of the write lag and of the age just before each completion.
    """
    env, rng = simpy.Environment(), np.random.default_rng(seed)
    mu, lags, peaks = math.log(MEDIAN_BYTES), [], []

    def sync() -> Process:
        last_cut_s = 0.0
        while True:
            yield env.timeout(max(0.0, last_cut_s + INTERVAL_S - env.now))
            cut_s = env.now
            count = rng.poisson((cut_s - last_cut_s) * RATE_PER_S)
            arrivals = rng.uniform(last_cut_s, cut_s, count)
            sizes = rng.lognormal(mu, SIGMA, count)
            yield env.timeout(SETUP + sizes.sum() / THROUGHPUT)
            lags.append(env.now - arrivals)
            peaks.append(env.now - last_cut_s)
            last_cut_s = cut_s

    env.process(sync())
    env.run(until=duration_s)
    found = [np.quantile(values, _QUANTILES) for values in (np.concatenate(lags), peaks)]
    return [float(value) for quantiles in found for value in quantiles]


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


FAST_PER_S, FAST_THROUGHPUT = 10_000, 1e10
_BIG_PER_SYNC, _SYNCS_TOGETHER = 0.25, 16_384
_BIN_BITS, _BINS = 45, 2047 << 7
"""Bits of a float below those that choose its bin of 128 an octave, and all bins."""


def floor_of_cells(syncs: int, seed: int) -> list[float]:
    """Draw and add up what a year of fast writes needs, in NumPy alone, and bin its lags.

    Counts, sums of the small writes, big writes one by one; syncs and their lags by write and by
    byte, evenly spread over each. Nothing is kept but bins. Return quantiles of the lags.
    """
    rng, small = np.random.default_rng(seed), _SmallSizes(_BIG_PER_SYNC)
    begins, ends = np.zeros((2, _BINS)), np.zeros((2, _BINS))
    for first in range(0, syncs, _SYNCS_TOGETHER):
        n = min(_SYNCS_TOGETHER, syncs - first)
        counts = rng.poisson(FAST_PER_S * INTERVAL_S - _BIG_PER_SYNC, n)
        sizes = small.sums(counts, rng.standard_normal(n))
        bigs = rng.poisson(_BIG_PER_SYNC, n)
        rng.random(int(bigs.sum()))  # their times
        sizes += np.bincount(
            np.arange(n).repeat(bigs), _big_sizes(rng, int(bigs.sum())), minlength=n
        )
        cuts_s = np.arange(first + 1, first + n + 1) * INTERVAL_S
        completed_s = cuts_s + (SETUP_S + sizes / FAST_THROUGHPUT)
        low_s, high_s = completed_s - cuts_s, completed_s - (cuts_s - INTERVAL_S)
        bins = [values.view(np.int64) >> _BIN_BITS for values in (low_s, high_s)]
        for kind, weights in enumerate((counts + bigs, sizes)):
            density = weights / INTERVAL_S
            np.add.at(begins[kind], bins[0], density)
            np.add.at(ends[kind], bins[1], density)
    return [_quantile(*pair) for pair in zip(begins, ends, strict=True)]


class _SmallSizes:
    """The sizes of the busy work below a quantile, which so many of a sync are above."""

    def __init__(self, big: float) -> None:
        self.mean, second, third = (self._moment(k, big) for k in (1, 2, 3))
        self.deviation = math.sqrt(second - self.mean**2)
        central = third - 3 * self.mean * second + 2 * self.mean**3
        self.skew = central / self.deviation**3

    @staticmethod
    def _moment(k: int, big: float) -> float:
        kept, normal = 1 - big / (FAST_PER_S * INTERVAL_S), NormalDist()
        moment = MEDIAN_BYTES**k * math.exp((k * SIGMA) ** 2 / 2)
        share: float = normal.cdf(normal.inv_cdf(kept) - k * SIGMA)
        return float(moment) * share / kept

    def sums(self, counts: NDArray[np.int64], normal: Floats) -> Floats:
        """Return sums of so many sizes, with the skewness term of Cornish and Fisher."""
        root = np.sqrt(counts)
        shaped = normal + (self.skew / 6) / root * (normal * normal - 1)
        return np.rint(counts * self.mean + shaped * (root * self.deviation))


def _big_sizes(rng: np.random.Generator, n: int) -> Floats:
    from scipy.special import ndtri

    share = _BIG_PER_SYNC / (FAST_PER_S * INTERVAL_S)
    sizes: Floats = np.rint(MEDIAN_BYTES * np.exp(-SIGMA * ndtri((1 - rng.random(n)) * share)))
    return sizes


def _quantile(begins: Floats, ends: Floats) -> float:
    """Return the 99th percentile of spans that begin and end in bins with some densities."""
    used = np.flatnonzero(begins + ends)
    first, last = used.item(0), used.item(-1) + 1
    edges_s = (np.arange(first, last + 1) << _BIN_BITS).view(np.float64)
    up_to = ((begins - ends)[first:last].cumsum() * np.diff(edges_s)).cumsum()
    return edges_s.item(int(up_to.searchsorted(0.99 * up_to[-1])) + 1)

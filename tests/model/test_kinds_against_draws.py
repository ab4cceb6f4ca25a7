"""Streams that are on and off, hot or in one file: cells against every write drawn, by chance.

Bytes of syncs are compared by the distance of their distributions (Kolmogorov and Smirnov), means
of measures by paired differences over seeds. Both kinds of drawing have the same on and off periods
at the same seed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import ks_2samp, ttest_1samp

import efssim

WORLD = """
name: kinds
start: 2026-01-01T00:00:00Z
duration: 12 hours
file_systems:
  src:
    region: eu-west-1
    writes:
      w:
        arrivals: {poisson: {rate: 40 per s}}
        size: {lognormal: {median: 64 KiB, sigma: 1.5}}
replications:
  dr:
    source: src
    destination: {region: eu-central-1}
    established: true
    sync: {preset: none, interval: 60 s, setup: 3 s, throughput: 40 MB/s, diff_rate: 1 TB/s}
rpo: {target: 3 min}
"""
STREAM, SYNC = "file_systems.src.writes.w", "replications.dr.sync"
WAYS: dict[str, dict[str, Any]] = {
    "periodic": {},
    "gated": {f"{SYNC}.interval": "0 s", f"{SYNC}.gap": "5 s"},
    "outages": {
        "faults": {
            "link": {"every": "2 h", "for": "9 min", "link_outage": "eu-west-1 -> eu-central-1"},
            "source": {"every": "3 h", "for": "7 min", "region_outage": "eu-west-1"},
        }
    },
}


def kinds(per_s: float) -> dict[str, dict[str, Any]]:
    """Return changes that make a stream with so many writes per second of each kind."""
    hot_bytes = f"{round(9 * per_s)} MiB"  # a minute dirties a good part of it
    hot = {"size": hot_bytes, "block": "64 KiB", "share": "70 %"}
    rate = {f"{STREAM}.arrivals": {"poisson": {"rate": f"{per_s} per s"}}}
    on_off = {"on": "3 min", "off": {"constant": "2 min"}, "rate": f"{per_s} per s"}
    flicker = {"on": "7 s", "off": "4 s", "rate": f"{per_s} per s"}
    return {
        "on and off": {f"{STREAM}.arrivals": {"on_off": on_off}},
        "flicker": {f"{STREAM}.arrivals": {"on_off": flicker}},
        "hot": {f"{STREAM}.hot_set": hot, **rate},
        "hot, about a block": {
            f"{STREAM}.hot_set": {**hot, "share": "100 %"},
            f"{STREAM}.size": {"uniform": {"low": "1 KiB", "high": "100 KiB"}},
            **rate,
        },
        "in file": {f"{STREAM}.in_file": {"size": "2 TiB"}, **rate},
    }


def measured(world: efssim.Scenario, drawn: str, seed: int) -> tuple[np.ndarray, list[float]]:
    found = efssim.run(world.with_({f"{STREAM}.drawn": drawn}), seed=seed)
    numbers = found.summary["replications"]["dr"]
    lags = ("time_since_last_sync_s", "write_lag_s", "write_lag_by_byte_s", "oldest_pending_s")
    means = [numbers[lag][name] for lag in lags for name in ("mean", "p99")]
    means += [numbers["writes"]["bytes"], numbers["pending_bytes"]["mean"]]
    return np.asarray(found.syncs["bytes"], dtype=np.float64), means


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", kinds(1.0))
@pytest.mark.parametrize(("per_s", "hours", "seeds"), [(40.0, 12, 8), (1000.0, 3, 5)])
def test_cells_are_distributed_as_single_writes(
    per_s: float, hours: int, seeds: int, kind: str, way: str
) -> None:
    throughput = {f"{SYNC}.throughput": f"{per_s} MB/s", "duration": f"{hours} h"}
    world = efssim.load(WORLD).with_({**kinds(per_s)[kind], **WAYS[way], **throughput})
    sizes: list[list[np.ndarray]] = [[], []]
    means: list[list[list[float]]] = [[], []]
    for seed in range(seeds):
        for k, drawn in enumerate(("each", "cells")):
            syncs, numbers = measured(world, drawn, seed)
            sizes[k].append(syncs)
            means[k].append(numbers)
    # 30 cases: one in a thousand by chance is one case in 33 suites.
    assert ks_2samp(np.concatenate(sizes[0]), np.concatenate(sizes[1])).pvalue > 1e-3
    pairs = np.array(means[1]) / np.array(means[0]) - 1
    varies = pairs.std(axis=0) > 1e-12
    assert np.abs(pairs[:, ~varies]).max(initial=0.0) < 1e-3
    # Numbers of one run hang together: each by itself may be off once in 10,000.
    assert ttest_1samp(pairs[:, varies], 0.0).pvalue.min(initial=1.0) > 1e-4

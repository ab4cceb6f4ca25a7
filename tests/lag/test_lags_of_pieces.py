"""Lags of streams in cells beside sums over their pieces, which are exact given the counts."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import efssim
from efssim.lag.weighted.bins import bin_edges
from efssim.lag.weighted.spread_weights import SpreadWeights, ValueSpans
from efssim.lag.write_lag import WriteLags
from efssim.records.lifetimes import PiecesOfRun
from efssim.records.pieces import Pieces, PublishedPieces
from efssim.records.run_records import ReplicationRecords

WORLD = """
name: pieces
start: 2026-01-01T00:00:00Z
duration: 1 day
file_systems:
  src:
    region: eu-west-1
    writes:
      w:
        arrivals: {poisson: {rate: 40 per s}}
        size: {lognormal: {median: 64 KiB, sigma: 1.5}}
        drawn: cells
replications:
  dr:
    source: src
    destination: {region: eu-central-1}
    established: true
    sync: {interval: 60 s, setup: 5 s, throughput: 16 MB/s}
rpo: {target: 3 min}
"""
SYNC = "replications.dr.sync"
CHANGES: dict[str, dict[str, Any]] = {
    "periodic": {},
    "off the minute": {f"{SYNC}.interval": "47.3 s"},
    "gated": {f"{SYNC}.interval": "0 s", f"{SYNC}.gap": "2.7 s"},
    "outages": {
        "faults": {
            "wan": {
                "link_outage": "eu-west-1 -> eu-central-1",
                "every": {"exponential": {"mean": "5 h"}},
                "for": "25 min",
            }
        }
    },
}


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("measure", ["write_lag_s", "write_lag_by_byte_s"])
def test_means_are_exact_and_quantiles_in_their_bin(changes: dict[str, Any], measure: str) -> None:
    simulation = efssim.Simulation(efssim.load(WORLD).with_(changes), verify=True)
    simulation.advance_to_end()
    found = simulation.result().summary["replications"]["dr"][measure]
    pieces = simulation._logs["dr"].pieces(simulation._world.snapshot("dr"))
    low, high, weights = _lags(pieces, measure)
    assert found["count"] == weights.sum()
    mean = math.fsum((low + high) / 2 * weights) / weights.sum()
    assert found["mean"] == pytest.approx(mean, rel=1e-9)
    for name, share in ("p50", 0.5), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99), ("p99_9", 0.999):
        # A bin is at most 1/128 wide.
        edges = np.array([found[name] * (1 - 1 / 128), found[name] * (1 + 1 / 128)])
        below, at_most = _share_below(edges, low, high, weights)
        assert below <= share <= at_most, name
    assert found["max"] <= high.max()
    assert found["max"] >= high.max() - 60


def test_writes_are_counted_as_their_lags_are() -> None:
    """The first piece is so short that both its lags round to 100 s: it has none in between."""
    pieces = Pieces(
        np.array([0.0, 1e-15, 40.0]),
        np.array([1e-15, 40.0, 90.0]),
        np.array([1, 6, 3]),
        np.array([10, 60, 30]),
    )
    lags = WriteLags(0.0, ReplicationRecords(last_replicated_s=0.0))
    sync = np.array([0.0]), np.array([100.0])
    lags.add(PublishedPieces(pieces, pieces.begin_s, np.array([3]), *sync, 1))
    assert lags.count == lags.of_writes().count == 9
    assert lags.of_bytes().count == 90


@pytest.mark.parametrize("high", [1.3, 1.4, 1.7, 2.3])
def test_rounding_takes_nothing_from_bins_between_spans(high: float) -> None:
    """Two spans end one after the other: what is left of both rates by rounding may be below 0."""
    low, ends = np.array([1.0, 1.0, 1e6]), np.array([1.1, high, 1.1e6])
    spread = SpreadWeights()
    spread.add(ValueSpans.of(low, ends, ends), np.full(3, 10**12))
    bins, weights = spread.bins()
    assert weights.min() > 0
    assert weights.sum() == 3 * 10**12
    edges_s = bin_edges(0, bins.item(-1))
    # Rates of 1e13 a second leave 1e-3 a second by rounding, for a million seconds.
    assert weights[edges_s[bins] < 1e5].sum() == pytest.approx(2 * 10**12, abs=1e4)


def _lags(pieces: PiecesOfRun, measure: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the least and the largest lag of each published piece, and its weight."""
    weights = pieces.writes if measure == "write_lag_s" else pieces.bytes
    some = (pieces.published_s < math.inf) & (weights > 0)
    low = pieces.published_s - pieces.time_s
    return low[some], (pieces.published_s - pieces.begin_s)[some], weights[some]


def _share_below(
    edges: np.ndarray, low: np.ndarray, high: np.ndarray, weights: np.ndarray
) -> list[float]:
    """Return which share of the weights is at or below some lags, spread evenly in each piece."""
    shares = []
    for edge in edges:
        length = np.where(high > low, high - low, 1.0)
        inside = np.where(high > low, ((edge - low) / length).clip(0, 1), edge >= low)
        shares.append(float((inside * weights).sum() / weights.sum()))
    return shares

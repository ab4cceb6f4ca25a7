"""Syncs on a link equal those of a second model, which finds all rates anew at every event."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from helpers.link_model import Syncing, run

import efssim

LINK = "us-east-1 -> eu-west-1"
END_S = 900.0


def _syncing(name: str, draw: np.random.Generator) -> Syncing:
    interval_s = float(draw.choice([17.3, 41.9, 60.7]))
    begin_s = float(draw.integers(1, 8)) * 60.0
    return Syncing(
        name=name,
        write_s=float(draw.integers(1, 4)),
        write_bytes=int(draw.integers(20, 300)),
        interval_s=interval_s,
        phase_s=float(draw.uniform(0, interval_s)),  # no cut meets a write
        gap_s=float(draw.choice([0.0, 2.77])),
        setup_s=float(draw.choice([0.37, 5.13])),
        throughput=float(draw.uniform(40, 150)),
        file_rate=float(draw.choice([0.8, 5.0, math.inf])),
        weight=float(draw.choice([1, 1, 2, 0.5])),
        blackouts=[(begin_s, begin_s + 120.0)] if draw.random() < 0.3 else [],
    )


def _clock(time_s: float) -> str:
    return f"2026-01-01T00:{int(time_s // 60):02d}"


def _replication(k: int, one: Syncing) -> dict[str, Any]:
    made: dict[str, Any] = {
        "source": f"f{k}",
        "destination": {"region": "eu-west-1"},
        "established": True,
        "sync": {
            "preset": "none",
            "interval": one.interval_s,
            "phase": one.phase_s,
            "gap": one.gap_s,
            "setup": one.setup_s,
            "throughput": one.throughput,
            "file_rate": "none" if math.isinf(one.file_rate) else one.file_rate,
            "weight": one.weight,
        },
    }
    if one.blackouts:
        windows = [{"begin": _clock(b), "end": _clock(e)} for b, e in one.blackouts]
        made["blackouts"] = {"windows": windows}
    return made


def _check(seed: int) -> None:
    draw = np.random.default_rng(seed)
    count = int(draw.integers(2, 6))
    models = [_syncing(f"r{k}", draw) for k in range(count)]
    slots = int(draw.integers(1, count + 1)) if draw.random() < 0.5 else None
    capacity = float(draw.uniform(60, 300)) if draw.random() < 0.8 else math.inf
    at_s, lasts_s, factor = draw.uniform(50, 600), draw.uniform(50, 200), draw.uniform(0.2, 0.9)
    link: dict[str, Any] = {} if math.isinf(capacity) else {"capacity": capacity}
    if slots is not None:
        link["concurrency"] = slots
    degraded = {"link_degraded": LINK, "factor": float(factor), "for": float(lasts_s)}
    systems = {}
    for k, one in enumerate(models):
        arrivals = {"constant": {"rate": f"1 per {one.write_s} s"}}
        writes = {"w": {"arrivals": arrivals, "size": one.write_bytes}}
        systems[f"f{k}"] = {"region": "us-east-1", "writes": writes}
    world = efssim.load(
        {
            "name": "links",
            "duration": END_S,
            "links": {LINK: link},
            "file_systems": systems,
            "replications": {one.name: _replication(k, one) for k, one in enumerate(models)},
            "events": [{"at": float(at_s), **degraded}],
        }
    )
    capacities = [(0.0, capacity), (at_s, capacity * factor), (at_s + lasts_s, capacity)]
    run(models, capacities, math.inf if slots is None else slots, END_S)
    result = efssim.run(world)
    for one in models:
        syncs = result.outcomes[one.name].syncs
        found = np.array([syncs["cut_s"], syncs["completed_s"]]).T
        assert len(found) == len(one.done), one.name
        assert found == pytest.approx(np.array(one.done).reshape(-1, 2), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("seed", range(25))
def test_random_links(seed: int) -> None:
    _check(seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(25, 500))
def test_more_random_links(seed: int) -> None:
    _check(seed)

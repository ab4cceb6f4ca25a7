"""Syncs on a link equal those of a second model, which finds all rates anew at every event."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from helpers.link_model import Syncing, at, run
from independent_model.calendars import steps

import efssim
from efssim.scenario.grammar.calendars.rates import RateCalendar

LINK = "us-east-1 -> eu-west-1"
END_S = 900.0
START, ZONE = datetime(2026, 10, 25, 0, 55, tzinfo=UTC), "Europe/Rome"
"""Five minutes before the clocks there are put back."""

Steps = list[tuple[float, float]]


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
        throughputs=[(0.0, float(draw.uniform(40, 150)))],
        file_rate=float(draw.choice([0.8, 5.0, math.inf])),
        weight=float(draw.choice([1, 1, 2, 0.5])),
        blackouts=[(begin_s, begin_s + 120.0)] if draw.random() < 0.3 else [],
    )


def _clock(time_s: float) -> str:
    return (START + timedelta(seconds=time_s)).replace(tzinfo=None).isoformat()


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
            "throughput": one.throughputs[0][1],
            "file_rate": "none" if math.isinf(one.file_rate) else one.file_rate,
            "weight": one.weight,
        },
    }
    if one.blackouts:
        windows = [{"begin": _clock(b), "end": _clock(e)} for b, e in one.blackouts]
        made["blackouts"] = {"windows": windows}
    return made


def _calendar(base: float, draw: np.random.Generator) -> dict[str, Any]:
    """Return a rate with windows, which may overlap, over a change of the clock or two."""
    windows = []
    for _ in range(int(draw.integers(1, 4))):
        begin, last = int(draw.integers(-2, 12)), int(draw.integers(1, 6))
        hour = (START + timedelta(minutes=begin)).astimezone(ZoneInfo(ZONE))
        ends = [f"{there:%H:%M}" for there in (hour, hour + timedelta(minutes=last))]
        value = float(draw.uniform(30, 300)) if draw.random() < 0.8 else "none"
        windows.append({**dict(zip(("from", "to"), ends, strict=True)), "value": value})
    return {"base": "none" if math.isinf(base) else base, "timezone": ZONE, "windows": windows}


def _steps(calendar: dict[str, Any]) -> Steps:
    return list(steps(RateCalendar.model_validate(calendar), START, END_S))


def _degraded(capacities: Steps, begin_s: float, end_s: float, factor: float) -> Steps:
    edges = sorted({begin_s, end_s, *(since_s for since_s, _ in capacities)})
    return [
        (at_s, at(capacities, at_s) * (factor if begin_s <= at_s < end_s else 1.0))
        for at_s in edges
    ]


def _check(seed: int, *, by_the_clock: bool = False) -> None:
    draw = np.random.default_rng(seed)
    count = int(draw.integers(2, 6))
    models = [_syncing(f"r{k}", draw) for k in range(count)]
    slots = int(draw.integers(1, count + 1)) if draw.random() < 0.5 else None
    capacity = float(draw.uniform(60, 300)) if draw.random() < 0.8 else math.inf
    at_s, lasts_s, factor = draw.uniform(50, 600), draw.uniform(50, 200), draw.uniform(0.2, 0.9)
    link: dict[str, Any] = {} if math.isinf(capacity) else {"capacity": capacity}
    capacities = [(0.0, capacity)]
    clock = np.random.default_rng([seed, 1])
    if by_the_clock and clock.random() < 0.8:
        link["capacity"] = _calendar(capacity, clock)
        capacities = _steps(link["capacity"])
    if slots is not None:
        link["concurrency"] = slots
    degraded = {"link_degraded": LINK, "factor": float(factor), "for": float(lasts_s)}
    systems = {}
    for k, one in enumerate(models):
        arrivals = {"constant": {"rate": f"1 per {one.write_s} s"}}
        writes = {"w": {"arrivals": arrivals, "size": one.write_bytes}}
        systems[f"f{k}"] = {"region": "us-east-1", "writes": writes}
    replications = {one.name: _replication(k, one) for k, one in enumerate(models)}
    for one in models:
        if by_the_clock and clock.random() < 0.6:
            calendar = _calendar(one.throughputs[0][1], clock)
            replications[one.name]["sync"]["throughput"] = calendar
            one.throughputs = _steps(calendar)
    world = efssim.load(
        {
            "name": "links",
            "start": START.isoformat(),
            "duration": END_S,
            "links": {LINK: link},
            "file_systems": systems,
            "replications": replications,
            "events": [{"at": float(at_s), **degraded}],
        }
    )
    capacities = _degraded(capacities, at_s, at_s + lasts_s, factor)
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


@pytest.mark.parametrize("seed", range(10))
def test_random_calendars(seed: int) -> None:
    _check(seed, by_the_clock=True)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10, 500))
def test_more_random_calendars(seed: int) -> None:
    _check(seed, by_the_clock=True)

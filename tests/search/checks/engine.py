"""The engine asked to work in other portions: nothing of that may show."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Any
from unittest.mock import patch

import numpy as np

from efssim import Result, Scenario, Simulation
from efssim.model.sync import stretch
from efssim.model.world.world import World
from efssim.model.writes import journal
from efssim.model.writes.curves import cells
from efssim.model.writes.throttle import curve
from efssim.runs import measured
from search.checks.check import Case, Check
from search.checks.outcome import few, outcome, syncs, unequal


@dataclass(frozen=True, slots=True)
class Way:
    """How the engine works on a run; each field is as it is by itself unless it is set."""

    longest: int | None = None
    """Syncs that are planned at once, at most."""
    block: int | None = None
    """Writes, and cells, that are drawn at once: few, and not so few that a run takes minutes."""
    looks: tuple[float, ...] = ()
    """Times at which somebody stops to look."""
    records: str | None = None
    alone: bool = True
    """Whether the loop of a replication alone is used where it can be."""
    metrics: bool = True
    """Whether writes are counted by minute."""

    def parts(self) -> list[Way]:
        """Return the ways in which one field alone is set."""
        plain = Way()
        changed = [f.name for f in fields(self) if getattr(self, f.name) != getattr(plain, f.name)]
        return [replace(plain, **{name: getattr(self, name)}) for name in changed]

    def __str__(self) -> str:
        plain = Way()
        told = ((f.name, getattr(self, f.name)) for f in fields(self))
        return ", ".join(f"{n}={v}" for n, v in told if v != getattr(plain, n)) or "as it is"


def draw_way(random: np.random.Generator, scenario: Scenario, writes: int) -> Way:
    """Return a way to run a scenario of so many writes, with some fields set."""
    on = random.random(6) < 0.5
    count = int(random.integers(1, 5))
    whole = random.random(count) < 0.7
    times = random.random(count) * scenario.duration
    looks = sorted(
        math.floor(time_s / 10) * 10.0 if is_round else float(time_s)
        for time_s, is_round in zip(times, whole, strict=True)
    )
    longest, block = (int(random.choice(values)) for values in ([1, 2, 7, 64], [1, 3, 64]))
    # Of a calendar month with records the least RPO is known without what is left out.
    needs_records = bool(scenario.alarms) or scenario.compliance is not None
    return Way(
        longest if on[0] else None,
        max(block, writes // 2000) if on[1] else None,
        tuple(looks) if on[2] else (),
        ("on" if scenario.records == "off" else "off") if on[3] and not needs_records else None,
        not on[4],
        not on[5],
    )


@contextmanager
def working(way: Way) -> Iterator[None]:
    """Let the engine work in this way."""
    with ExitStack() as stack:

        def put(module: Any, name: str, value: object) -> None:
            stack.enter_context(patch.object(module, name, value))

        if way.longest is not None:
            put(measured, "World", partial(World, longest=way.longest))
        if way.block is not None:
            put(journal, "_BLOCK_FIRST", way.block)
            put(journal, "_BLOCK_MAX", max(way.block, 2))
            put(journal, "_BLOCK_STOPPED", max(way.block, 2))
            put(cells, "_BLOCK_FIRST", way.block)
            put(cells, "_BLOCK_MAX", max(way.block, 2))
            put(curve, "_BLOCK_FIRST", way.block)
            put(curve, "_BLOCK_MAX", max(way.block, 2))
        if not way.alone:
            put(stretch, "lone_loop", lambda *_: None)
        yield


def run(scenario: Scenario, way: Way, *, verify: bool = False) -> Result:
    """Run in a way, looking where it says so."""
    if way.records is not None and way.records != scenario.records:
        scenario = scenario.with_(records=way.records)
    with working(way):
        simulation = Simulation(scenario, verify=verify, metrics=way.metrics)
        for look_s in way.looks:
            # Never negative: a sum of differences may end an ulp past the next look.
            simulation.advance(max(0.0, look_s - simulation.elapsed_s))
            simulation.result()
            simulation.syncs_in_flight()
        simulation.advance_to_end()
        return simulation.result()


def _differences(case: Case, way: Way) -> list[str]:
    found = run(case.scenario, way)
    told = few(unequal(case.outcome, outcome(found)))
    both = case.scenario.records == "on" and way.records is None
    if not told and both:
        told = few(unequal(syncs(case.run), syncs(found)))
    return told


def _in_portions(case: Case) -> list[str]:
    parts = case.outcome["summary"]["replications"].values()
    writes = sum(part["writes"]["count"] for part in parts)
    way = draw_way(case.random("engine"), case.scenario, writes)
    told = _differences(case, way)
    if told:
        alone = [str(part) for part in way.parts() if _differences(case, part)]
        return [f"with {' or '.join(alone) or way}", *told]
    return []


def _laws(case: Case) -> list[str]:
    """The run itself raises where a law is broken; its numbers are numbers."""
    return few(_no_numbers(case.outcome["summary"], ""))


def _no_numbers(part: Any, path: str) -> Iterator[str]:
    if isinstance(part, dict):
        for key, value in part.items():
            yield from _no_numbers(value, f"{path}.{key}")
    elif isinstance(part, float) and not math.isfinite(part):
        yield f"{path}: {part!r}"


LAWS = Check("laws", _laws)
PORTIONS = Check("portions", _in_portions)

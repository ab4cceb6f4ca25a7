"""The parts of a stream that is drawn in cells: big and small writes, and hot ones by themselves.

A share of the writes of a Poisson process, chosen at random, is a Poisson process.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from efssim.model.writes.blocks import DrawnWrites, Writes
from efssim.model.writes.cells.blocks_law import blocks_law
from efssim.model.writes.cells.law import BigSizes, SmallWrites, cell_law, means_of_cells
from efssim.model.writes.hot_set import CellBlocks, DirtiedBlocks, HotBlocks
from efssim.scenario import Scenario
from efssim.scenario.grammar.base import Model
from efssim.scenario.schema import HotSet, WriteStream
from efssim.scenario.workload.arrivals import chosen_process
from efssim.scenario.workload.growth import GrowthSteps
from efssim.scenario.workload.processes.on_periods import OnPeriods
from efssim.scenario.workload.processes.process import ArrivalProcess
from efssim.scenario.workload.processes.times import Floats, Generators, RunSpan

_FEWEST_PER_S = 1.0
"""Rate below which the hot writes of a stream, or the others, are drawn one by one; chosen: they
are too few for the sum of a cell to be nearly normal."""

Source = Writes | SmallWrites


def cell_parts(
    spec: WriteStream, growth: GrowthSteps, scenario: Scenario, draws: Generators, path: str
) -> Iterator[tuple[Source, HotBlocks | None]]:
    """Yield sources of writes of the stream at a path, which names its draws; whether they are hot.

    `growth` is that of the file system and of the stream.
    """
    hot = spec.hot_set
    share = 0.0 if hot is None else hot.share
    if share < 1.0:
        for source in _sources(spec, growth, 1.0 - share, scenario, draws, path):
            yield source, None
    if hot is not None and share > 0.0:
        for source in _sources(spec, growth, share, scenario, _HotDraws(draws, path), path):
            yield source, _blocks(source, hot, spec)


def _blocks(source: Source, hot: HotSet, spec: WriteStream) -> HotBlocks:
    if not isinstance(source, SmallWrites):
        return DirtiedBlocks(hot)
    assert spec.size is not None
    return CellBlocks(hot, blocks_law(spec.size, source.law.big_share, hot.block, source.key))


@dataclass(frozen=True, slots=True)
class _HotDraws:
    """The draws of the hot writes of a stream; its on and off periods are those of all writes."""

    draws: Generators
    path: str

    def generator(self, name: str) -> np.random.Generator:
        """Return a fresh generator that belongs to `name`."""
        is_shared = name in (f"{self.path}.on", f"{self.path}.off")
        return self.draws.generator(name if is_shared else f"{name}.hot")


def _sources(
    spec: WriteStream,
    growth: GrowthSteps,
    share: float,
    scenario: Scenario,
    draws: Generators,
    path: str,
) -> list[Source]:
    """Return the big writes of a share of a stream, if it has any, and the small ones."""
    assert spec.arrivals is not None
    assert spec.size is not None
    process, said = chosen_process(spec.arrivals)
    run, growth = RunSpan(scenario.start, scenario.duration), growth.times(share)

    def new_clock() -> OnPeriods | None:
        return process.on_periods(said, draws, path)

    on = 1.0 if new_clock() is None else process.peak_factor(said)
    per_s = process.mean_per_s(said) * on * min(growth.factors)
    if share < 1.0 and per_s < _FEWEST_PER_S:
        times = process.grown_times(said, growth, run, draws, path)
        return [DrawnWrites(times, spec.size, GrowthSteps(), draws.generator(f"{path}.size"))]
    law = cell_law(spec.size, per_s)
    rates = _cell_rates(process, said, growth.times(1 - law.big_share), run, new_clock())
    key = int(draws.generator(f"{path}.inside").integers(1 << 63))
    generators = draws.generator(f"{path}.counts"), draws.generator(f"{path}.sums")
    small = SmallWrites(law, *generators, key, means_of_cells(*rates), new_clock)
    if not law.big_share:
        return [small]
    times = process.grown_times(said, growth.times(law.big_share), run, draws, path)
    sizes = BigSizes(spec.size, law.big_share)
    return [DrawnWrites(times, sizes, GrowthSteps(), draws.generator(f"{path}.size")), small]


def _cell_rates(
    process: ArrivalProcess[Any],
    said: Model,
    growth: GrowthSteps,
    run: RunSpan,
    clock: OnPeriods | None,
) -> tuple[Floats, Floats]:
    """Return edges and rates between, on the clock of the cells."""
    rates = process.grown_rates(said, growth, run)
    assert rates is not None, "cells are of processes whose rates are known"
    if clock is None or growth.is_steady:
        return rates
    return clock.many_at(rates[0]), rates[1]

"""The streams of a scenario that are drawn in cells, and by how much that may be off."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from efssim.scenario.amounts.throttles import throttles
from efssim.scenario.amounts.volume import steps_of
from efssim.scenario.schema import FileSystem, ScenarioKeys, WriteStream
from efssim.scenario.shown.trace_use import stream_path
from efssim.scenario.workload.drawing import CELL_S, HowDrawn, drawing
from efssim.scenario.workload.drawing import distance_at_most as bound


@dataclass(frozen=True, slots=True)
class CellsUse:
    """How a stream is drawn in cells, and the bounds of what that changes."""

    distance_at_most: float | None
    """Largest distance of the distribution functions of the bytes of a sync, drawn and exact; None:
    these sizes were not compared."""
    cell_s: float = CELL_S
    """Length of a cell."""
    from_writes: int = 60
    """Writes of a sync from which on that holds."""
    quantile_error_at_most: float = 8e-3
    """Relative error of quantiles of write lags: the width of a bin."""


def cells_over(scenarios: Iterable[ScenarioKeys]) -> dict[str, CellsUse]:
    """Return the streams that any of some scenarios draws in cells, by their paths.

    Their bound is known where it is known in each of them.
    """
    return merged(map(streams_in_cells, scenarios))


def merged(many: Iterable[dict[str, CellsUse]]) -> dict[str, CellsUse]:
    """Return streams in cells of some scenarios as those of one, as `cells_over` does."""
    found: dict[str, CellsUse] = {}
    for streams in many:
        for path, use in streams.items():
            known = found.get(path, use).distance_at_most is not None
            found[path] = use if known else replace(use, distance_at_most=None)
    return found


def drawn_all_the_same(scenario: ScenarioKeys) -> dict[str, str]:
    """Return why streams are drawn one by one although cells were asked for, by their paths."""
    found = _drawings(scenario)
    return {path: how.obstacle for path, (_, how) in found.items() if how.obstacle}


def automatic_streams(scenario: ScenarioKeys) -> dict[str, WriteStream]:
    """Return the streams with `drawn: auto`, their own or that of `defaults`, by their paths."""
    return {
        stream_path(name, stream): writes
        for name, system in scenario.file_systems.items()
        for stream, writes in system.writes.items()
        if (writes.drawn or scenario.defaults.drawn) == "auto"
    }


def streams_in_cells(scenario: ScenarioKeys) -> dict[str, CellsUse]:
    """Return the streams that are drawn in cells, by their paths."""
    return {
        path: CellsUse(None if writes.size is None else bound(writes.size))
        for path, (writes, how) in _drawings(scenario).items()
        if how.in_cells
    }


def _drawings(scenario: ScenarioKeys) -> dict[str, tuple[WriteStream, HowDrawn]]:
    """Return all streams and how each is drawn, by their paths."""
    default, start, may_wait = scenario.defaults.drawn, scenario.start, throttles(scenario)
    return {
        stream_path(name, stream): (
            writes,
            drawing(writes, _mean(writes, system, scenario), default, start, throttles=may_wait),
        )
        for name, system in scenario.file_systems.items()
        for stream, writes in system.writes.items()
    }


def _mean(stream: WriteStream, system: FileSystem, scenario: ScenarioKeys) -> float:
    """Return the mean factor of growth of a stream in the run."""
    return steps_of(stream, system, scenario).mean(scenario.duration)

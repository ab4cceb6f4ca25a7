"""The content of sweep.json and comparison.json; values are in SI units."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from efssim.json_values import IF_ANY, JsonObject, JsonValue, to_json
from efssim.scenario.shown.cells_use import CellsUse, streams_in_cells
from efssim.study.means.cost import CostOfTrials
from efssim.study.means.fleets import FleetOfTrials
from efssim.study.means.means import Intervals, Means
from efssim.study.run.summary import EvidenceSummary, plain_summary
from efssim.study.varying.designs import Arrangement
from efssim.study.varying.paired import MeasureDifference, PairedTrials
from efssim.study.varying.points import Point, SweepPoints
from efssim.traces.quality import TraceQuality


@dataclass(frozen=True, slots=True)
class VariedSummary:
    """A parameter that is varied, and the unit of its values."""

    path: str
    unit: str | None


@dataclass(frozen=True, slots=True)
class PointSummary:
    """Means and intervals at a combination of values; no limit is `none`."""

    values: Mapping[str, JsonValue]
    replications: Mapping[str, Means]
    ci95: Mapping[str, Intervals]
    traces: Mapping[str, TraceQuality]
    evidence: EvidenceSummary
    digest: str
    cost: CostOfTrials | None = field(default=None, metadata=IF_ANY)
    """Where the scenario has prices."""
    cells: Mapping[str, CellsUse] = field(default_factory=dict, metadata=IF_ANY)
    """Streams that are drawn in cells, by their paths, and by how much that may be off."""
    fleets: Mapping[str, FleetOfTrials] = field(default_factory=dict, metadata=IF_ANY)
    """Fleets of replications, by name."""


@dataclass(frozen=True, slots=True)
class SweepSummary:
    """The keys of sweep.json, in their order."""

    scenario: str
    seed: int
    trials: int
    one_at_a_time: bool
    design: Arrangement
    partial: bool
    vary: tuple[VariedSummary, ...]
    points: tuple[PointSummary, ...]


@dataclass(frozen=True, slots=True)
class ComparisonSummary:
    """The keys of a comparison in comparison.json, in their order."""

    first: str
    second: str
    seed: int
    pairs: int
    partial: bool
    traces: Mapping[str, Mapping[str, TraceQuality]]
    differences: tuple[MeasureDifference, ...]
    cells: Mapping[str, Mapping[str, CellsUse]] = field(default_factory=dict, metadata=IF_ANY)
    """By scenario, the streams that are drawn in cells, by their paths."""


def sweep_to_json(sweep: SweepPoints) -> JsonObject:
    """Return the content of sweep.json."""
    vary = tuple(
        VariedSummary(vary.path, None if vary.quantity is None else vary.quantity.unit)
        for vary in sweep.parameters
    )
    summary = SweepSummary(
        scenario=sweep.scenario.name,
        seed=sweep.seed,
        trials=len(sweep.points[0].trials),
        one_at_a_time=sweep.one_at_a_time,
        design=sweep.arrangement,
        partial=sweep.partial,
        vary=vary,
        points=tuple(map(_point, sweep.points)),
    )
    return to_json(summary)


def _point(point: Point) -> PointSummary:
    found = plain_summary(point.trials)
    return PointSummary(
        values={path: _finite(value) for path, value in point.values.items()},
        replications=found.replications,
        ci95=found.ci95,
        traces=found.traces,
        evidence=found.evidence,
        digest=found.digest,
        cost=found.cost,
        cells=found.cells,
        fleets=found.fleets,
    )


def _finite(value: JsonValue) -> JsonValue:
    return "none" if isinstance(value, float) and math.isinf(value) else value


def comparison_to_json(pair: PairedTrials) -> JsonObject:
    """Return the content of comparison.json about two studies."""
    studies = {study.scenario.name: study for study in (pair.first, pair.second)}
    in_cells = {name: streams_in_cells(study.scenario) for name, study in studies.items()}
    summary = ComparisonSummary(
        first=pair.first.scenario.name,
        second=pair.second.scenario.name,
        seed=pair.first.seed,
        pairs=len(pair.numbers) if pair.is_paired else 0,
        partial=pair.partial,
        traces={name: plain_summary(study).traces for name, study in studies.items()},
        differences=pair.differences,
        cells={name: cells for name, cells in in_cells.items() if cells},
    )
    return to_json(summary)

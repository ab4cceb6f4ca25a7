"""The content of sweep.json and comparison.json; values are in SI units."""

from __future__ import annotations

import math
from dataclasses import dataclass

from efssim.json_values import JsonObject, JsonValue, to_json
from efssim.study.varying.paired import PairedTrials
from efssim.study.varying.points import Point, SweepPoints


@dataclass(frozen=True, slots=True)
class VariedSummary:
    """A parameter that is varied, and the unit of its values."""

    path: str
    unit: str | None


def sweep_to_json(sweep: SweepPoints) -> JsonObject:
    """Return the content of sweep.json; no limit is `none`."""
    vary = [
        VariedSummary(vary.path, None if vary.quantity is None else vary.quantity.unit)
        for vary in sweep.parameters
    ]
    return {
        "scenario": sweep.scenario.name,
        "seed": sweep.seed,
        "trials": len(sweep.points[0].trials),
        "one_at_a_time": sweep.one_at_a_time,
        "partial": sweep.partial,
        "vary": [to_json(each) for each in vary],
        "points": [_point(point) for point in sweep.points],
    }


def _point(point: Point) -> JsonObject:
    summary = point.trials.summary
    return {
        "values": {path: _finite(value) for path, value in point.values.items()},
        "replications": summary["replications"],
        "ci95": summary["ci95"],
        "traces": summary["traces"],
        "evidence": summary["evidence"],
        "digest": point.trials.digest,
    }


def _finite(value: JsonValue) -> JsonValue:
    return "none" if isinstance(value, float) and math.isinf(value) else value


def comparison_to_json(pair: PairedTrials) -> JsonObject:
    """Return the content of comparison.json."""
    studies = (pair.first, pair.second)
    return {
        "first": pair.first.scenario.name,
        "second": pair.second.scenario.name,
        "seed": pair.first.seed,
        "pairs": len(pair.numbers) if pair.is_paired else 0,
        "partial": pair.partial,
        "traces": {study.scenario.name: study.summary["traces"] for study in studies},
        "differences": [to_json(row) for row in pair.differences],
    }

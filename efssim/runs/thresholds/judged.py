"""Whether the number of a threshold holds: by itself, or by the interval of its mean."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence

from efssim.json_values import JsonObject, JsonValue
from efssim.lag.objectives.thresholds import Held, ThresholdSummary
from efssim.runs.thresholds.numbers import POOLED, KnownThreshold
from efssim.text.yaml.paths import Path

_SIGNS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_OF_LAGS = ("mean", "p50", "p90", "p95", "p99", "p99_9", "p99_99", "max", "peak_mean")
"""Numbers of a lag, none of which is stationary where a replication diverges."""
MISSING = "there is no such number in this run"


def judged_run(known: Sequence[KnownThreshold], summary: JsonObject) -> list[ThresholdSummary]:
    """Return the outcomes of thresholds by the content of the summary.json of a run."""
    return [_by_value(each, _number_at(summary, each), summary) for each in known]


def _by_value(each: KnownThreshold, value: float | None, summary: JsonObject) -> ThresholdSummary:
    if each.asked.path[0] == POOLED:
        return told(each, "undecided", value, "only trials have pooled numbers")
    reason = diverging(each, summary)
    if reason:
        return told(each, "fails", value, reason)
    if value is None:
        return told(each, "undecided", None, MISSING)
    return told(each, "holds" if keeps(each, value) else "fails", value)


def keeps(each: KnownThreshold, value: float) -> bool:
    """Return whether a number keeps a threshold."""
    return _SIGNS[each.asked.sign](value, each.limit)


def told(
    each: KnownThreshold,
    outcome: Held,
    value: float | None,
    reason: str | None = None,
    interval: tuple[float | None, float | None] = (None, None),
) -> ThresholdSummary:
    """Return the outcome of a threshold."""
    return ThresholdSummary(each.text, outcome, value, *interval, each.limit, reason)


def diverging(each: KnownThreshold, summary: JsonObject) -> str | None:
    """Return why a number of a lag fails, where its replication diverges; None elsewhere."""
    path = each.asked.path
    inside = path[1:] if path[0] in (POOLED, "replications") else path
    if len(inside) != 3 or inside[-1] not in _OF_LAGS or not str(inside[1]).endswith("_s"):
        return None
    share = at(summary, ("replications", inside[0], "syncs", "diverging"))
    if share:
        return "more is written than can be sent, so no number of a lag is stationary"
    return None


def _number_at(summary: JsonObject, each: KnownThreshold) -> float | None:
    return number(at(summary, places(each.asked.path, summary)))


def places(path: Path, summary: JsonObject) -> Path:
    """Return the path from the top level."""
    replications = summary["replications"]
    assert isinstance(replications, Mapping)
    is_inside = path[0] in replications and path[0] not in summary
    return ("replications", *path) if is_inside else path


def at(content: JsonValue, path: Path) -> JsonValue:
    """Return the value at a path; None where there is none."""
    for name in path:
        content = content.get(str(name)) if isinstance(content, Mapping) else None
    return content


def number(value: JsonValue) -> float | None:
    """Return a number as a float; None for anything else."""
    return float(value) if isinstance(value, int | float) else None

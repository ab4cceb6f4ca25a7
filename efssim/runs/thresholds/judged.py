"""Whether the number of a threshold holds: by itself, or by the interval of its mean."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from efssim.json_values import JsonObject, JsonValue
from efssim.lag.objectives.thresholds import Held, ThresholdSummary
from efssim.runs.thresholds.numbers import FLEETS, POOLED, SPREAD_KEYS, KnownThreshold
from efssim.text.items import first_meant, item_name, means_all, meant
from efssim.text.quoting import listed
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
    return [of_all(each, summary, _by_value) for each in known]


def of_all(
    each: KnownThreshold,
    summary: JsonObject,
    judge: Callable[[KnownThreshold, JsonObject], ThresholdSummary],
) -> ThresholdSummary:
    """Return the outcome of a threshold; of all items of a fleet, if it is about all."""
    parts = _by_item(each, summary)
    if parts is None:
        return judge(each, summary)
    return _worst({name: judge(part, summary) for name, part in parts.items()})


def _by_item(each: KnownThreshold, summary: JsonObject) -> dict[str, KnownThreshold] | None:
    """Return a threshold for each item of a fleet; None where it is not about all of one."""
    at = 0 if each.asked.path[0] not in (POOLED, "replications") else 1
    path, replications = each.asked.path, summary["replications"]
    if len(path) <= at or not means_all(str(path[at])) or not isinstance(replications, Mapping):
        return None
    return {
        name: replace(each, asked=replace(each.asked, path=(*path[:at], name, *path[at + 1 :])))
        for name in meant(str(path[at]), replications)
    }


def _worst(told_by_item: Mapping[str, ThresholdSummary]) -> ThresholdSummary:
    """Return the outcome for all items: that of the first that fails, or else is undecided.

    If all hold, that of the one with the number closest to the limit.
    """
    total = len(told_by_item)
    for outcome in ("fails", "undecided"):
        found = [name for name, each in told_by_item.items() if each.outcome == outcome]
        if found:
            first = told_by_item[found[0]]
            why = f": {first.reason}" if first.reason else ""
            return replace(first, reason=f"{len(found):,} of {total:,}: {listed(found)}{why}")

    def distance(each: ThresholdSummary) -> float:
        return abs((each.value or 0.0) - each.limit)

    return min(told_by_item.values(), key=distance)


def lacking(each: KnownThreshold, summary: JsonObject) -> str | None:
    """Return how many items of a fleet do not have a number that is asked for; None: all have."""
    path = each.asked.path
    if path[0] != FLEETS or path[-1] not in SPREAD_KEYS:
        return None
    names = _items(path, summary)
    without = [one for one in names if at(summary, ("replications", one, *path[2:-1])) is None]
    if not without:
        return None
    return f"{len(without):,} of {len(names):,} items have no such number: {listed(without)}"


def _items(path: Path, summary: JsonObject) -> list[str]:
    """Return the names of the items of the fleet that a path is about."""
    count = number(at(summary, (FLEETS, path[1], "count")))
    return [item_name(str(path[1]), ordinal) for ordinal in range(1, int(count or 0) + 1)]


def _by_value(each: KnownThreshold, summary: JsonObject) -> ThresholdSummary:
    value = _number_at(summary, each)
    if each.asked.path[0] == POOLED:
        return told(each, "undecided", value, "only trials have pooled numbers")
    reason = diverging(each, summary)
    if reason:
        return told(each, "fails", value, reason)
    reason = lacking(each, summary)
    if value is None or reason:
        return told(each, "undecided", value, reason or MISSING)
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
    if path[0] == FLEETS and path[-1] in SPREAD_KEYS:
        names, rest = _items(path, summary), path[2:-1]
        found = [_diverging((name, *rest), summary) for name in names]
        return next((reason for reason in found if reason), None)
    return _diverging(path, summary)


def _diverging(path: Path, summary: JsonObject) -> str | None:
    """Return why a number of a lag fails by its path; None elsewhere."""
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
    is_inside = first_meant(str(path[0])) in replications and path[0] not in summary
    return ("replications", *path) if is_inside else path


def at(content: JsonValue, path: Path) -> JsonValue:
    """Return the value at a path; None where there is none."""
    for name in path:
        content = content.get(str(name)) if isinstance(content, Mapping) else None
    return content


def number(value: JsonValue) -> float | None:
    """Return a number as a float; None for anything else."""
    return float(value) if isinstance(value, int | float) else None

"""Thresholds over trials: a mean is judged by its interval, a pooled number by itself."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from efssim.json_values import JsonObject, JsonValue
from efssim.lag.objectives.thresholds import ThresholdSummary
from efssim.runs.thresholds.judged import (
    MISSING,
    at,
    diverging,
    keeps,
    lacking,
    number,
    of_all,
    places,
    told,
)
from efssim.runs.thresholds.numbers import FLEETS, POOLED, KnownThreshold
from efssim.text.yaml.paths import Path

_ALONE = "its mean over trials has no interval"


def judged_trials(
    known: Sequence[KnownThreshold], summary: JsonObject, *, is_random: bool
) -> list[ThresholdSummary]:
    """Return the outcomes of thresholds by the content of the summary.json of trials.

    Where nothing `is_random`, each trial is the truth, and needs no interval.
    """
    judge = partial(_judged, is_random=is_random)
    return [of_all(each, summary, judge) for each in known]


def _judged(each: KnownThreshold, summary: JsonObject, *, is_random: bool) -> ThresholdSummary:
    path = places(each.asked.path, summary)
    value = number(at(summary, path))
    reason = diverging(each, summary)
    if reason:
        return told(each, "fails", value, reason)
    reason = lacking(each, summary)
    if value is None or reason:
        return told(each, "undecided", value, reason or MISSING)
    if path[0] == POOLED or not is_random:
        return told(each, "holds" if keeps(each, value) else "fails", value)
    low, high = _interval(summary, path)
    if low is None or high is None:
        return told(each, "undecided", value, _ALONE)
    ends = [keeps(each, low), keeps(each, high)]
    interval = (low, high)
    if all(ends):
        return told(each, "holds", value, None, interval)
    if not any(ends):
        return told(each, "fails", value, None, interval)
    why = "its 95 % interval holds the limit: more trials may decide"
    return told(each, "undecided", value, why, interval)


def _interval(summary: JsonObject, path: Path) -> tuple[float | None, float | None]:
    """Return the interval beside a mean: in `ci95` of the study, or of the part that it is in."""
    found: JsonValue = None
    if path[0] == "replications":
        found = at(summary, ("ci95", *path[1:]))
    elif path[0] in ("alarms", FLEETS):
        found = at(summary, (*path[:2], "ci95", *path[2:]))
    elif path[0] == "cost":
        inside = path[1:-1] if path[-1] == "per_month" and path[1] == "replications" else path[1:]
        found = at(summary, ("cost", "ci95", *inside))
    if isinstance(found, list | tuple) and len(found) == 2:
        return number(found[0]), number(found[1])
    return None, None

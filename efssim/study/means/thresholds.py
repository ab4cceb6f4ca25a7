"""Thresholds over trials: a mean is judged by its interval, a pooled number by itself.

Student's interval lies too low where few trials have large numbers: at a limit that is the mean
itself, 22 % of studies of 30 lognormal trials (sigma 1.5) would hold, and not 2.5 %. So it is
widened by Hall's, and of a mean that is too skewed for both ten more trials like its farthest may
not change the outcome. Then 3 % do, and at most 10 % for the other numbers that were tried, but for
ten lognormal ones of sigma 2, with 17 % (`tests/study/means/test_thresholds_macro_runs.py`). What
no trial shows is in neither.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeAlias

from efssim.json_values import JsonObject, JsonValue
from efssim.lag.objectives.thresholds import Held, ThresholdSummary
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
from efssim.study.means.numbers import MORE, Numbers
from efssim.study.statistics.intervals import Interval
from efssim.text.yaml.paths import Path

NumbersAt: TypeAlias = Callable[[Path], Numbers]
"""Returns the numbers of all trials at a path of the summary of a run."""
MOST_SKEWED = 0.2
"""Skewness of a mean up to which its interval is believed, towards the side where its tail is.

Documented: Cochran's n > 25 G1^2 (Sampling Techniques, section 2.15), for a mean of n numbers of
skewness G1.
"""
_SHARE = "attainment"
_ALONE = "its mean over trials has no interval"
_SKEWED = (
    f"too skewed for an interval, as {MORE} trials like its farthest would change the outcome: "
    "more trials may decide"
)
_EQUAL = "all {:,} trials have it, and what comes in fewer than 1 of {:,} is not seen"
_OPEN = "its 95 % interval holds the limit: more trials may decide"


def judged_trials(
    known: Sequence[KnownThreshold], summary: JsonObject, numbers: NumbersAt, *, is_random: bool
) -> list[ThresholdSummary]:
    """Return the outcomes of thresholds by the content of the summary.json of trials.

    Where nothing `is_random`, each trial is the truth, and needs no interval.
    """
    judge = partial(_judged, numbers=numbers, is_random=is_random)
    return [of_all(each, summary, judge) for each in known]


def _judged(
    each: KnownThreshold, summary: JsonObject, *, numbers: NumbersAt, is_random: bool
) -> ThresholdSummary:
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
    if _is_bounded(path):
        return _by_interval(each, value, Interval(low, high))
    found = numbers(path)
    if low == high and found.are_equal:
        return _of_equal_ones(each, value, found, is_count=_is_count(each, path))
    interval = found.widened(Interval(low, high), str(path[-1]))
    towards_limit = found.skewness() if value <= each.limit else -found.skewness()
    is_kept = keeps(each, found.with_more_like_the_farthest(value, each.limit))
    if towards_limit > MOST_SKEWED and is_kept is not keeps(each, value):
        return told(each, "undecided", value, _SKEWED, interval)
    return _by_interval(each, value, interval)


def _of_equal_ones(
    each: KnownThreshold, value: float, found: Numbers, *, is_count: bool
) -> ThresholdSummary:
    """Return the outcome for a number that all trials have, though something is drawn.

    A count may be one more, or one less, in as many trials as could be without one among these.
    """
    share = found.unseen_share()
    reason = _EQUAL.format(len(found.values), int(1 / share)) if share else None
    reach = share if is_count and value != each.limit else 0.0
    ends = [keeps(each, end) for end in (max(0.0, value - reach), value + reach)]
    outcome: Held = "undecided" if ends[0] is not ends[1] else "holds" if ends[0] else "fails"
    return told(each, outcome, value, reason, Interval(value, value))


def _is_count(each: KnownThreshold, path: Path) -> bool:
    """Return whether a number counts something in each trial."""
    return each.unit == "number" and path[0] != "cost"


def _is_bounded(path: Path) -> bool:
    """Return whether the interval of a number holds for any distribution: that of an attainment."""
    return path[0] == "replications" and path[2] in ("rpo", "objectives") and path[-1] == _SHARE


def _by_interval(each: KnownThreshold, value: float, interval: Interval) -> ThresholdSummary:
    ends = [keeps(each, end) for end in interval]
    if any(ends) and not all(ends):
        return told(each, "undecided", value, _OPEN, interval)
    return told(each, "holds" if all(ends) else "fails", value, None, interval)


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

"""An alarm over a run: its state from evaluation to evaluation, and its changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from efssim.cloudwatch.alarms.evaluation import (
    AlarmRule,
    AlarmState,
    Evaluated,
    PeriodState,
    evaluate,
)
from efssim.cloudwatch.series import MINUTE_S

Floats = NDArray[np.float64]
Codes = NDArray[np.int8]

HOUR_S = 3600.0
DAY_S = 86_400.0
_CELLS = 4_000_000
"""Data points that are compared at once: a few megabytes."""
COMPARISONS: dict[str, Callable[[Floats, float], NDArray[np.bool_]]] = {
    "GreaterThanOrEqualToThreshold": np.greater_equal,
    "GreaterThanThreshold": np.greater,
    "LessThanThreshold": np.less,
    "LessThanOrEqualToThreshold": np.less_equal,
}
"""By CloudWatch's names; the first operand is the statistic."""


@dataclass(frozen=True, slots=True)
class StateChange:
    """A change of an alarm's state at an evaluation."""

    time_s: float
    old: AlarmState
    new: AlarmState
    evaluated: Evaluated
    """The evaluation that changed it."""


def points_of(values: Floats, comparison: str, threshold: float, width: int, known: bool) -> Codes:
    """Return how the period that ends at each minute compares with the threshold.

    `width`: minutes of a period. Periods that begin before the run have no value: they are
    unknown, or missing where it is `known` that there were no data.
    """
    breaching = COMPARISONS[comparison](values, threshold)
    points = np.where(breaching, PeriodState.BREACHING, PeriodState.WITHIN).astype(np.int8)
    points[np.isnan(values)] = PeriodState.MISSING
    if not known:
        points[: width - 1] = PeriodState.UNKNOWN
    return points


def evaluation_minutes(
    rule: AlarmRule, width: int, minutes: int, offset_s: float
) -> NDArray[np.intp]:
    """Return after how many minutes of a run the alarm is evaluated: each, or once an hour.

    `offset_s`: seconds from a full hour to the start. Alarms over more than one day are evaluated
    once an hour, on data up to the full hour; documented.
    """
    every = np.arange(1, minutes + 1)
    if rule.evaluation_periods * width * MINUTE_S <= DAY_S:
        return every
    return every[(offset_s + every * MINUTE_S) % HOUR_S < MINUTE_S]


def state_changes(
    points: Codes,
    rule: AlarmRule,
    width: int,
    known: bool,
    offset_s: float = 0.0,
    state: AlarmState = AlarmState.INSUFFICIENT_DATA,
    since_s: float = 0.0,
) -> list[StateChange]:
    """Return the changes of an alarm that has a state, INSUFFICIENT_DATA at the start of a run.

    `points` are of the period that ends at each minute, `width` is how many minutes it has. The
    alarm is evaluated after `since_s`, when it got its state.
    """
    at = evaluation_minutes(rule, width, len(points), offset_s)
    at = at[at * MINUTE_S > since_s]
    # Before the run there is what `points_of` says of periods that begin before it.
    before = np.full(
        rule.retrieved * width, PeriodState.MISSING if known else PeriodState.UNKNOWN, np.int8
    )
    padded = np.concatenate((before, points))
    back = np.arange(rule.retrieved - 1, -1, -1) * width
    changes: list[StateChange] = []
    step = max(1, _CELLS // rule.retrieved)
    for first in range(0, len(at), step):
        part = at[first : first + step]
        rows = padded[len(before) - 1 + part[:, None] - back]
        state = _take(rows, part, rule, state, changes)
    return changes


def _take(
    rows: Codes,
    at: NDArray[np.intp],
    rule: AlarmRule,
    state: AlarmState,
    changes: list[StateChange],
) -> AlarmState:
    """Evaluate data points, a row for each evaluation; add the changes, return the last state."""
    # Most rows are as the row before: only others can change the state.
    differs = np.append(True, (rows[1:] != rows[:-1]).any(axis=1))
    known: dict[bytes, Evaluated] = {}
    for index in np.flatnonzero(differs):
        row = rows[index]
        key = row.tobytes()
        found = known.get(key)
        if found is None:
            found = known[key] = evaluate(row.tolist(), rule)
        if found.state is not None and found.state is not state:
            changes.append(StateChange(float(at[index] * MINUTE_S), state, found.state, found))
            state = found.state
    return state

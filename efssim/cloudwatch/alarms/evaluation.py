"""The state that CloudWatch gives to an alarm at one evaluation: one pure function.

Source: "Configuring how CloudWatch alarms treat missing data" in the CloudWatch User Guide, with
its two tables of examples. What the guide leaves open is in decision 38.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum


class AlarmState(StrEnum):
    """The states of an alarm, by the names that CloudWatch has."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


class MissingData(StrEnum):
    """How an alarm takes data points that are missing, by the names that CloudWatch has."""

    MISSING = "missing"
    IGNORE = "ignore"
    BREACHING = "breaching"
    NOT_BREACHING = "notBreaching"


class PeriodState(IntEnum):
    """How one period compares with the threshold."""

    MISSING = 0
    WITHIN = 1
    BREACHING = 2
    UNKNOWN = 3
    """It begins before the run, which does not tell whether there were data."""


EXTRA_POINTS = 2
"""Data points of the evaluation range beyond EvaluationPeriods. The guide has 5 for 3 periods of 5
minutes, and says only that the number depends on the period: 2 more is assumed everywhere."""


@dataclass(frozen=True, slots=True)
class AlarmRule:
    """The settings that decide the state: M of N, missing data, and the evaluation range."""

    datapoints_to_alarm: int
    evaluation_periods: int
    missing: MissingData = MissingData.MISSING
    evaluation_range: int = 0
    """Data points that are retrieved, at least `evaluation_periods`; 0: two more than those."""

    @property
    def retrieved(self) -> int:
        """How many data points an evaluation looks at."""
        return max(
            self.evaluation_periods,
            self.evaluation_range or self.evaluation_periods + EXTRA_POINTS,
        )


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The outcome of one evaluation."""

    state: AlarmState | None
    """None: the alarm keeps the state that it has."""
    breaching: int = 0
    """Data points beyond the threshold, of those that were evaluated."""
    real: int = 0
    """Data points that there were, of those that were evaluated."""
    filled: int = 0
    """Missing ones that were taken as the alarm says."""


KEPT = Evaluated(None)


def evaluate(points: Sequence[int], rule: AlarmRule) -> Evaluated:
    """Return the outcome for the data points of the evaluation range, the oldest first.

    Each is a PeriodState. Where an unknown one could change the outcome, the alarm keeps its state.
    """
    real = [point for point in points if point in (PeriodState.WITHIN, PeriodState.BREACHING)]
    if len(real) < rule.evaluation_periods and PeriodState.UNKNOWN in points:
        return KEPT
    latest = real[-rule.evaluation_periods :]
    breaching, filled = latest.count(PeriodState.BREACHING), rule.evaluation_periods - len(latest)
    state: AlarmState | None = AlarmState.OK
    if breaching >= rule.datapoints_to_alarm:
        state = AlarmState.ALARM
    elif filled:
        state = _with_missing(points, rule, latest)
    return Evaluated(state, breaching, len(latest), filled)


def _with_missing(points: Sequence[int], rule: AlarmRule, real: list[int]) -> AlarmState | None:
    """Return the state where data points are missing and the real ones alone do not alarm."""
    if rule.missing is MissingData.NOT_BREACHING:
        return AlarmState.OK
    if rule.missing is MissingData.BREACHING:
        breaching = rule.evaluation_periods - real.count(PeriodState.WITHIN)
        return AlarmState.ALARM if breaching >= rule.datapoints_to_alarm else AlarmState.OK
    if PeriodState.WITHIN in real:
        return AlarmState.OK
    if rule.missing is MissingData.IGNORE:
        return None
    if not real:
        return AlarmState.INSUFFICIENT_DATA
    # All that there are breach: premature, unless the oldest is at least as old as M periods.
    oldest = len(points) - points.index(PeriodState.BREACHING)
    return AlarmState.ALARM if oldest >= rule.datapoints_to_alarm else None

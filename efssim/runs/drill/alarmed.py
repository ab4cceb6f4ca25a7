"""Detection by an alarm: how long after the disaster its first period in ALARM ends.

Before somebody knows of the disaster the runbook changes nothing. So the scenario is run with the
disaster alone until the alarm has fired, and the drill then has the time as that of its detection.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from efssim.cloudwatch.alarms.silences import evaluated_from
from efssim.lag.detection.judging import alarm_spans, notified_spans
from efssim.lag.detection.summary import AlarmSummary
from efssim.lag.kinds.asked import Asked
from efssim.runs.measured import MeasuredWorld
from efssim.scenario import Scenario

_FIRST_LOOK_S = 3600.0
"""Time after the disaster at which the alarm is looked at first; each later one is twice as far."""
_ASKED = Asked(lags=(), pooled=(), curves=False, pending_mean=False, digest=False)


@dataclass(frozen=True, slots=True)
class Detection:
    """The detection of a disaster by an alarm."""

    after_s: float | None = None
    """How long after the disaster somebody knows of it; None: never."""
    was_in_alarm: bool = False
    """Whether the alarm had told before of something else, and so tells nothing new."""


def detected(
    rehearsed: Scenario, alarm: str, seed: int, trial: int, disaster_s: float, until_s: float
) -> Detection:
    """Return when an alarm tells of a disaster.

    `rehearsed` has the disaster among its events. RunError as of a run.
    """
    only = rehearsed.model_copy(
        update={"alarms": {alarm: rehearsed.alarms[alarm]}, "records": "on", "prices": None}
    )
    measured = MeasuredWorld(only, seed, trial=trial, metrics=False, asked=_ASKED, until_s=until_s)
    ahead_s = _FIRST_LOOK_S
    while measured.world.now_s < until_s:
        measured.world.advance_to(min(disaster_s + ahead_s, until_s))
        found = measured.so_far().alarms[alarm]
        if found.not_evaluated is not None or found.blind:
            return Detection()
        told_s = _first_told(found, disaster_s, measured.world.now_s)
        if told_s is not None:
            return Detection(told_s - disaster_s, _was_in_alarm(found, disaster_s))
        ahead_s *= 2
    return Detection()


def _was_in_alarm(found: AlarmSummary, disaster_s: float) -> bool:
    """Return whether it was in ALARM at the disaster, and somebody had heard of it."""
    spans = alarm_spans(found.transitions, (0.0, math.nextafter(disaster_s, math.inf)))
    told = notified_spans(spans, found.untold_s)
    return bool(told) and told[-1][0] < disaster_s <= told[-1][1]


def _first_told(found: AlarmSummary, disaster_s: float, now_s: float) -> float | None:
    """Return the first end of a period in ALARM at or after the disaster that anybody hears of."""
    window_s = disaster_s, math.nextafter(now_s, math.inf)
    spans = [
        (evaluated_from(max(begin_s, disaster_s)), end_s)
        for begin_s, end_s in alarm_spans(found.transitions, window_s)
    ]
    return next((begin_s for begin_s, _ in notified_spans(spans, found.untold_s)), None)

"""Metric alarms as CloudWatch keeps them: their settings, and their states up to now.

The state follows from the metric: it is evaluated when somebody asks, by the rules by which the
alarms of a scenario are, and so depends on nobody's asking.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from efssim.cloudwatch.alarms.evaluation import AlarmState
from efssim.cloudwatch.alarms.findings import AlarmPlace
from efssim.cloudwatch.alarms.machine import points_of, state_changes
from efssim.cloudwatch.alarms.periods import values_by_minute
from efssim.cloudwatch.alarms.watching import reason_of, rule_of
from efssim.cloudwatch.series import MINUTE_S, Series

CREATED = "Unchecked: Initial alarm creation"
"""Reason of the first state, in CloudWatch's words."""


@dataclass(frozen=True, slots=True)
class ToldState:
    """A state of an alarm, since when, and why."""

    state: AlarmState
    since_s: float
    reason: str
    data: str | None = None
    """Data that SetAlarmState gave with it."""
    evaluated_after_s: float | None = None
    """Evaluations after this may change it; None: after `since_s`."""

    @property
    def from_s(self) -> float:
        """The time after which evaluations may change it."""
        return self.since_s if self.evaluated_after_s is None else self.evaluated_after_s


@dataclass(frozen=True, slots=True)
class Notified:
    """The actions of an alarm: ARNs by the state that they are about, and its description."""

    description: str | None = None
    ok: tuple[str, ...] = ()
    alarm: tuple[str, ...] = ()
    insufficient_data: tuple[str, ...] = ()


@dataclass
class KeptAlarm:
    """One alarm of a Region."""

    name: str
    place: AlarmPlace
    notified: Notified
    created_s: float
    updated_s: float
    """When its settings were put last."""
    set_states: list[ToldState] = field(default_factory=list)
    """Those that SetAlarmState gave it, in order."""

    def state(
        self, read: Callable[[AlarmPlace], Series], now_s: float, offset_s: float, known: bool
    ) -> ToldState:
        """Return its state now; `read` returns the samples of its metric up to now.

        `offset_s`: seconds from a full hour to the start. `known`: whether there were no data
        before the run.
        """
        alarm = self.place.alarm
        period_s = alarm.period or MINUTE_S
        width, minutes = int(period_s // MINUTE_S), int(now_s // MINUTE_S)
        values = values_by_minute(read(self.place), minutes, period_s, alarm.statistic or "")
        points = points_of(values, alarm.comparison or "", alarm.threshold or 0.0, width, known)
        begin = ToldState(AlarmState.INSUFFICIENT_DATA, self.created_s, CREATED)
        found = begin
        steps = [begin, *self.set_states]
        for step, until in zip(steps, [*self.set_states, None], strict=True):
            found = step
            end_s = now_s if until is None else until.from_s
            changes = state_changes(
                points, rule_of(alarm), width, known, offset_s, step.state, step.from_s
            )
            for change in changes:
                if change.time_s <= end_s:
                    found = ToldState(change.new, change.time_s, reason_of(change, alarm))
        return found

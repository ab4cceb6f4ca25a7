"""The settings of an alarm that are tried: thresholds, and M out of N."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from efssim.errors import ArgumentError, UnknownNameError
from efssim.scenario import Scenario
from efssim.scenario.alarms.alarm import MetricAlarm
from efssim.scenario.alarms.names import is_percentile

SHARES = (0.25, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0)
"""Thresholds, as shares of the RPO target: below it an alarm warns, above it it waits."""
OUT_OF = ((1, 1), (2, 2), (3, 3), (2, 3), (3, 5), (5, 5))
"""M and N."""
AGE_METRIC = "TimeSinceLastSync"
_OF_AN_AGE = ("Average", "Minimum", "Maximum")


@dataclass(frozen=True, slots=True)
class AlarmSetting:
    """One combination of the grid."""

    threshold_s: float
    datapoints_to_alarm: int
    evaluation_periods: int
    is_current: bool
    """Whether the alarm has it."""

    @property
    def name(self) -> str:
        """A name of its own."""
        m, n = self.datapoints_to_alarm, self.evaluation_periods
        return f"{m} of {n} above {self.threshold_s:g} s"


def alarm_to_tune(scenario: Scenario, name: str | None) -> tuple[str, MetricAlarm]:
    """Return the alarm that is tuned, and its name: the only one on the age, or the one named.

    Of a scenario without alarms it is Maximum over 5 minutes of its only replication, with missing
    data breaching. Raise UnknownNameError or ArgumentError where there is none or no single one.
    """
    alarms = {key: one for key, one in scenario.alarms.items() if is_tunable(one)}
    if name is not None:
        if name not in scenario.alarms:
            known = ", ".join(scenario.alarms) or "none"
            raise UnknownNameError(f"no alarm is named '{name}'; there are: {known}")
        if name not in alarms:
            raise ArgumentError(f"alarm '{name}' is not one that fires when {AGE_METRIC} is high")
        return name, alarms[name]
    if len(alarms) == 1:
        return next(iter(alarms.items()))
    if alarms:
        raise ArgumentError(f"name the alarm to tune: {', '.join(alarms)}")
    if len(scenario.replications) != 1:
        raise ArgumentError(f"no alarm on {AGE_METRIC}, and no single replication to make one for")
    return "default", _default(scenario)


def is_tunable(alarm: MetricAlarm) -> bool:
    """Return whether an alarm fires when the age is high."""
    statistic = alarm.statistic or ""
    return (
        alarm.is_evaluated
        and alarm.metric == AGE_METRIC
        and (statistic in _OF_AN_AGE or is_percentile(statistic))
        and (alarm.comparison or "").startswith("Greater")
    )


def _default(scenario: Scenario) -> MetricAlarm:
    return MetricAlarm.model_validate(
        {
            "metric": AGE_METRIC,
            "statistic": "Maximum",
            "replication": next(iter(scenario.replications)),
            "period": 300,
            "evaluation_periods": 1,
            "threshold": scenario.rpo.target,
            "comparison": "GreaterThanThreshold",
            "treat_missing_data": "breaching",
        }
    )


def settings_of(alarm: MetricAlarm, target_s: float) -> list[AlarmSetting]:
    """Return the combinations that are tried for an alarm, its own among them."""
    n = alarm.evaluation_periods or 1
    own = alarm.threshold or 0.0, alarm.datapoints_to_alarm or n, n
    thresholds = sorted({own[0], *(share * target_s for share in SHARES)})
    pairs = list(dict.fromkeys([own[1:], *OUT_OF]))
    return [
        AlarmSetting(threshold, *pair, (threshold, *pair) == own)
        for pair in pairs
        for threshold in thresholds
    ]


def with_settings(scenario: Scenario, alarm: MetricAlarm, tried: list[AlarmSetting]) -> Scenario:
    """Return the scenario with an alarm for each combination in place of its own."""
    return scenario.with_(alarms={one.name: dict(_changed(alarm, one)) for one in tried})


def _changed(alarm: MetricAlarm, to: AlarmSetting) -> Iterator[tuple[str, object]]:
    yield from alarm.model_dump(exclude_unset=True).items()
    yield "threshold", to.threshold_s
    yield "datapoints_to_alarm", to.datapoints_to_alarm
    yield "evaluation_periods", to.evaluation_periods
    if alarm.evaluation_range is not None:
        extra = alarm.evaluation_range - (alarm.evaluation_periods or 1)
        yield "evaluation_range", max(1, to.evaluation_periods + extra)

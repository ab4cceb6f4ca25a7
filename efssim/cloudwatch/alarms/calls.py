"""The operations of CloudWatch on metric alarms.

Source: the CloudWatch API reference and botocore's service model. Alarms on metric math, anomaly
detection and other kinds of alarms are refused by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from pydantic import ValidationError

from efssim.cloudwatch.alarms.evaluation import AlarmState
from efssim.cloudwatch.alarms.findings import AGE_METRIC, AlarmPlace
from efssim.cloudwatch.alarms.kept import KeptAlarm, Notified, ToldState
from efssim.cloudwatch.efs_metrics import NAMESPACE
from efssim.cloudwatch.errors import CloudWatchError
from efssim.cloudwatch.series import Series
from efssim.cloudwatch.shapes import (
    AlarmRequest,
    AlarmsAsked,
    AlarmShown,
    AlarmsShown,
    PutAnswer,
    StateRequest,
)
from efssim.model.efs.pagination import page
from efssim.model.entities.errors import EfsError
from efssim.model.entities.identifiers import ACCOUNT_ID
from efssim.scenario.alarms.alarm import MetricAlarm
from efssim.scenario.alarms.names import KEYS, STATISTIC_NAMES
from efssim.scenario.grammar.base import plain_message
from efssim.scenario.regions.names import partition

_MOST = 5_000
"""Alarms of a Region; documented as the default quota."""
_PAGE = 50
"""Alarms that DescribeAlarms answers with unless MaxRecords says otherwise; documented."""
_NAMES = 100
"""Names that DescribeAlarms and DeleteAlarms take; documented."""
_OTHERS = {
    "Metrics": "alarms on metric math",
    "ThresholdMetricId": "anomaly detection",
    "EvaluateLowSampleCountPercentile": "EvaluateLowSampleCountPercentile",
    "EvaluationWindow": "wall clock windows",
    "WarmUpConfiguration": "warm-up periods",
    "EvaluationCriteria": "PromQL queries",
    "EvaluationInterval": "PromQL queries",
    "ActionConfiguration": "ActionConfiguration",
}
"""Parameters of PutMetricAlarm that are not simulated."""
_MOST_ACTIONS = 5
"""Actions for a state; documented."""


class AlarmCalls:
    """The alarms of every Region, and the operations on them."""

    def __init__(
        self,
        read: Callable[[AlarmPlace], Series],
        start: datetime,
        now_s: Callable[[], float],
        declared: Callable[[], Mapping[str, AlarmPlace]],
        is_new: Callable[[Mapping[str, str]], bool],
    ) -> None:
        """Take the alarms of the scenario, which are in the Regions of their metrics.

        `read` returns the samples of the metric of an alarm; `is_new` tells whether a replication
        with some dimensions had no data before the run.
        """
        self._read, self._start, self._now_s, self._is_new = read, start, now_s, is_new
        self._kept: dict[tuple[str, str], KeptAlarm] = {
            (place.region, name): KeptAlarm(name, place, Notified(), 0.0, 0.0)
            for name, place in declared().items()
        }

    # --- operations ---------------------------------------------------------------------------

    def put(self, given: AlarmRequest, region: str) -> PutAnswer:
        """Answer PutMetricAlarm: the alarm has these settings, and no others, from now on."""
        name, place = given["AlarmName"], AlarmPlace(_alarm(given), _dimensions(given), region)
        before, now_s = self._kept.get((region, name)), self._now_s()
        if before is None and sum(home == region for home, _ in self._kept) >= _MOST:
            message = f"There are {_MOST:,} alarms in {region}, as many as there may be."
            raise CloudWatchError("LimitExceeded", message)
        notified = _actions(given)
        if before is None:
            self._kept[region, name] = KeptAlarm(name, place, notified, now_s, now_s)
            return {}
        # An alarm keeps its state until it is evaluated anew.
        kept = replace(self._state(before), evaluated_after_s=now_s)
        self._kept[region, name] = KeptAlarm(
            name, place, notified, before.created_s, now_s, [*before.set_states, kept]
        )
        return {}

    def describe(self, given: AlarmsAsked, region: str) -> AlarmsShown:
        """Answer DescribeAlarms."""
        if "AlarmNames" in given and "AlarmNamePrefix" in given:
            raise _invalid("AlarmNames and AlarmNamePrefix do not go together.")
        if "ChildrenOfAlarmName" in given or "ParentsOfAlarmName" in given:
            raise _invalid("composite alarms, with children and parents, are not simulated.")
        _names(given)
        shown = {
            name: alarm
            for (home, name), kept in sorted(self._kept.items())
            if home == region
            and _is_asked(kept, given)
            and _has_state(alarm := self._shown(kept), given)
        }
        if "MetricAlarm" not in given.get("AlarmTypes", ["MetricAlarm"]):
            shown = {}
        most = given.get("MaxRecords", _PAGE)
        if not 1 <= most <= _NAMES:
            raise _invalid(f"MaxRecords is from 1 to {_NAMES}, and not {most}.")
        where = f"alarms {region} {given.get('AlarmNamePrefix', '')}"
        try:
            found, token = page(
                shown, where, most, given.get("NextToken") or None, "ValidationException"
            )
        except EfsError as error:
            raise CloudWatchError("InvalidNextToken", error.message) from None
        answer: AlarmsShown = {"MetricAlarms": found, "CompositeAlarms": []}
        return answer if token is None else {**answer, "NextToken": token}

    def set_state(self, given: StateRequest, region: str) -> PutAnswer:
        """Answer SetAlarmState: the state holds until an evaluation changes it."""
        kept = self._kept.get((region, given["AlarmName"]))
        if kept is None:
            message = f"There is no alarm '{given['AlarmName']}' in {region}."
            raise CloudWatchError("ResourceNotFound", message, 404)
        state = given["StateValue"]
        if state not in set(AlarmState):
            raise _invalid(f"'{state}' is not one of {', '.join(AlarmState)}.")
        told = ToldState(
            AlarmState(state), self._now_s(), given["StateReason"], given.get("StateReasonData")
        )
        kept.set_states.append(told)
        return {}

    def delete(self, given: AlarmsAsked, region: str) -> PutAnswer:
        """Answer DeleteAlarms: all of them, or none where one is not there."""
        names = _names(given)
        missing = [name for name in names if (region, name) not in self._kept]
        if missing:
            message = f"There is no alarm {', '.join(missing)} in {region}."
            raise CloudWatchError("ResourceNotFound", message, 404)
        for name in names:
            self._kept.pop((region, name), None)
        return {}

    # --- showing ------------------------------------------------------------------------------

    def _state(self, kept: KeptAlarm) -> ToldState:
        offset_s = (60 * self._start.minute + self._start.second) % 3600
        alarm = kept.place.alarm
        is_age = (alarm.namespace, alarm.metric) == (NAMESPACE, AGE_METRIC)
        known = not is_age or self._is_new(kept.place.dimensions)
        return kept.state(self._read, self._now_s(), offset_s, known)

    def _shown(self, kept: KeptAlarm) -> AlarmShown:
        """Return an alarm as DescribeAlarms shows it."""
        alarm, told = kept.place.alarm, self._state(kept)
        region = kept.place.region
        since = self._time(told.since_s)
        shown: AlarmShown = {
            "AlarmName": kept.name,
            "AlarmArn": _arn(region, kept.name),
            "AlarmConfigurationUpdatedTimestamp": self._time(kept.updated_s),
            "ActionsEnabled": alarm.actions_enabled,
            "OKActions": list(kept.notified.ok),
            "AlarmActions": list(kept.notified.alarm),
            "InsufficientDataActions": list(kept.notified.insufficient_data),
            "StateValue": str(told.state),
            "StateReason": told.reason,
            "StateUpdatedTimestamp": since,
            "StateTransitionedTimestamp": since,
            "MetricName": alarm.metric or "",
            "Namespace": alarm.namespace,
            "Dimensions": [
                {"Name": name, "Value": value}
                for name, value in sorted(kept.place.dimensions.items())
            ],
            "Period": int(alarm.period or 0),
            "EvaluationPeriods": alarm.evaluation_periods or 1,
            "Threshold": alarm.threshold or 0.0,
            "ComparisonOperator": alarm.comparison or "",
            "TreatMissingData": alarm.treat_missing_data,
        }
        if kept.notified.description is not None:
            shown["AlarmDescription"] = kept.notified.description
        if told.data is not None:
            shown["StateReasonData"] = told.data
        if alarm.datapoints_to_alarm is not None:
            shown["DatapointsToAlarm"] = alarm.datapoints_to_alarm
        if alarm.unit is not None:
            shown["Unit"] = alarm.unit
        key = "Statistic" if alarm.statistic in STATISTIC_NAMES else "ExtendedStatistic"
        return {**shown, key: alarm.statistic or ""}  # type: ignore[misc]  # one of two keys

    def _time(self, at_s: float) -> datetime:
        return self._start + timedelta(seconds=at_s)


def _arn(region: str, name: str) -> str:
    return f"arn:{partition(region)}:cloudwatch:{region}:{ACCOUNT_ID}:alarm:{name}"


def _alarm(given: AlarmRequest) -> MetricAlarm:
    """Return the settings of PutMetricAlarm; CloudWatchError for those that make no sense."""
    for key, what in _OTHERS.items():
        if key in given:
            raise _invalid(f"{what} are not simulated.")
    if "Statistic" in given and "ExtendedStatistic" in given:
        raise _invalid("Statistic and ExtendedStatistic do not go together.")
    said = {key: value for key, value in given.items() if key in KEYS and key != "Dimensions"}
    try:
        alarm = MetricAlarm.model_validate(said)
    except ValidationError as error:
        lines = (f"{'.'.join(map(str, e['loc']))}: {plain_message(e)}" for e in error.errors())
        raise _invalid(f"{'; '.join(lines)}.") from None
    if (alarm.period or 0) < 60:
        raise _invalid(
            "A period below 60 s is for high-resolution metrics, which are not simulated."
        )
    return alarm


def _dimensions(given: AlarmRequest) -> dict[str, str]:
    return {part["Name"]: part["Value"] for part in given.get("Dimensions", [])}


def _actions(given: AlarmRequest) -> Notified:
    """Return the actions of an alarm; CloudWatchError for more than there may be."""
    listed = [
        tuple(given.get("OKActions", ())),
        tuple(given.get("AlarmActions", ())),
        tuple(given.get("InsufficientDataActions", ())),
    ]
    if max(map(len, listed)) > _MOST_ACTIONS:
        raise _invalid(f"There are more than {_MOST_ACTIONS} actions for a state.")
    return Notified(given.get("AlarmDescription"), *listed)


def _names(given: AlarmsAsked) -> Sequence[str]:
    names = given.get("AlarmNames", ())
    if len(names) > _NAMES:
        raise _invalid(f"AlarmNames has more than {_NAMES} names.")
    return names


def _is_asked(kept: KeptAlarm, given: AlarmsAsked) -> bool:
    """Return whether a request is about an alarm, by its name and its actions."""
    wanted, start = given.get("AlarmNames"), given.get("ActionPrefix", "")
    every = (*kept.notified.ok, *kept.notified.alarm, *kept.notified.insufficient_data)
    return (
        (not wanted or kept.name in wanted)
        and kept.name.startswith(given.get("AlarmNamePrefix", ""))
        and (not start or any(action.startswith(start) for action in every))
    )


def _has_state(shown: AlarmShown, given: AlarmsAsked) -> bool:
    return bool(shown["StateValue"] == given.get("StateValue", shown["StateValue"]))


def _invalid(message: str) -> CloudWatchError:
    return CloudWatchError("ValidationError", message)

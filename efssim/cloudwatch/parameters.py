"""Parameters of the operations of CloudWatch: their types, and which are required.

Source: botocore's service model. Rules beyond these are the operations' own, with their own errors.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from efssim.cloudwatch.errors import CloudWatchError
from efssim.json_values import WireObject, WireValue
from efssim.scenario.operations.kinds import (
    FileSystemNames,
    Flag,
    Kind,
    ListOf,
    MalformedError,
    Number,
    Structure,
    Text,
    bad,
)

_PLAIN = FileSystemNames(lambda text: text)
"""No name stands for an id here, as in CloudWatch."""


@dataclass(frozen=True, slots=True)
class TimeGiven:
    """A time, as a datetime, a text of ISO 8601 or seconds since 1970."""

    def read(self, value: Any, where: str, named: FileSystemNames) -> Any:  # noqa: ARG002  # as all kinds
        if isinstance(value, datetime) or (type(value) in (int, float) and abs(value) < 1e11):
            return value
        try:
            return datetime.fromisoformat(value)
        except (TypeError, ValueError):
            raise bad(where, f"{value!r} is no time such as 2026-01-01T00:00:00Z") from None


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """A value of any kind, of a parameter that the operation refuses by its name."""

    def read(self, value: Any, where: str, named: FileSystemNames) -> Any:  # noqa: ARG002  # as all kinds
        return value


_TEXT, _WHOLE, _FLAG, _TIME = Text(shortest=0), Number(1, whole=True), Flag(), TimeGiven()
_NUMBER = Number(-sys.float_info.max)
_NAME, _TEXTS = Text(), ListOf(Text())
_DIMENSIONS = ListOf(Structure({"Name": _NAME, "Value": _NAME}, ("Name", "Value")))
_METRIC: dict[str, Kind] = {"Namespace": _NAME, "MetricName": _NAME, "Dimensions": _DIMENSIONS}
_STAT = Structure(
    {"Metric": Structure(_METRIC), "Period": _WHOLE, "Stat": _TEXT, "Unit": _TEXT},
    ("Metric", "Period", "Stat"),
)
_QUERY = Structure(
    {
        "Id": _NAME,
        "MetricStat": _STAT,
        "Expression": _NAME,
        "Label": _TEXT,
        "ReturnData": _FLAG,
        "Period": _WHOLE,
        "AccountId": _NAME,
    },
    ("Id",),
)
_VALUES = ("SampleCount", "Sum", "Minimum", "Maximum")
_DATUM = Structure(
    {
        "MetricName": _NAME,
        "Dimensions": _DIMENSIONS,
        "Timestamp": _TIME,
        "Value": _NUMBER,
        "StatisticValues": Structure(dict.fromkeys(_VALUES, _NUMBER), _VALUES),
        "Values": ListOf(_NUMBER),
        "Counts": ListOf(_NUMBER),
        "Unit": _TEXT,
        "StorageResolution": _WHOLE,
    },
    ("MetricName",),
)
_REFUSED = (
    *("EvaluateLowSampleCountPercentile", "Metrics", "ThresholdMetricId", "EvaluationWindow"),
    *("WarmUpConfiguration", "EvaluationCriteria", "EvaluationInterval", "ActionConfiguration"),
)
_ALARM: dict[str, Kind] = {
    **dict.fromkeys(_REFUSED, LeftOpen()),
    **_METRIC,
    "AlarmName": Text(longest=255),
    "AlarmDescription": Text(longest=1024, shortest=0),
    "ActionsEnabled": _FLAG,
    "OKActions": ListOf(Text(longest=1024)),
    "AlarmActions": ListOf(Text(longest=1024)),
    "InsufficientDataActions": ListOf(Text(longest=1024)),
    "Statistic": _NAME,
    "ExtendedStatistic": _NAME,
    "Period": _WHOLE,
    "Unit": _TEXT,
    "EvaluationPeriods": _WHOLE,
    "DatapointsToAlarm": _WHOLE,
    "Threshold": _NUMBER,
    "ComparisonOperator": _NAME,
    "TreatMissingData": _NAME,
    "Tags": ListOf(Structure({"Key": _NAME, "Value": _TEXT}, ("Key", "Value"))),
}
_PARAMETERS = {
    "DeleteAlarms": Structure({"AlarmNames": _TEXTS}, ("AlarmNames",)),
    "DescribeAlarms": Structure(
        {
            "AlarmNames": _TEXTS,
            "AlarmNamePrefix": _NAME,
            "AlarmTypes": _TEXTS,
            "ChildrenOfAlarmName": _NAME,
            "ParentsOfAlarmName": _NAME,
            "StateValue": _NAME,
            "ActionPrefix": _NAME,
            "MaxRecords": _WHOLE,
            "NextToken": _TEXT,
        }
    ),
    "GetMetricData": Structure(
        {
            "MetricDataQueries": ListOf(_QUERY),
            "StartTime": _TIME,
            "EndTime": _TIME,
            "NextToken": _TEXT,
            "ScanBy": _NAME,
            "MaxDatapoints": Number(-sys.float_info.max, whole=True),
            "LabelOptions": Structure({"Timezone": _TEXT}),
        },
        ("MetricDataQueries", "StartTime", "EndTime"),
    ),
    "GetMetricStatistics": Structure(
        {
            **_METRIC,
            "StartTime": _TIME,
            "EndTime": _TIME,
            "Period": _WHOLE,
            "Statistics": _TEXTS,
            "ExtendedStatistics": _TEXTS,
            "Unit": _TEXT,
        },
        ("Namespace", "MetricName", "StartTime", "EndTime", "Period"),
    ),
    "ListMetrics": Structure(
        {
            "Namespace": _NAME,
            "MetricName": _NAME,
            "Dimensions": ListOf(Structure({"Name": _NAME, "Value": _NAME}, ("Name",))),
            "NextToken": _TEXT,
            "RecentlyActive": _TEXT,
            "IncludeLinkedAccounts": _FLAG,
            "OwningAccount": _NAME,
        }
    ),
    "PutMetricAlarm": Structure(_ALARM, ("AlarmName",)),
    "PutMetricData": Structure(
        {
            "Namespace": _NAME,
            "MetricData": ListOf(_DATUM),
            "EntityMetricData": LeftOpen(),
            "StrictEntityValidation": _FLAG,
        },
        ("Namespace",),
    ),
    "SetAlarmState": Structure(
        {
            "AlarmName": Text(longest=255),
            "StateValue": _NAME,
            "StateReason": Text(longest=1023, shortest=0),
            "StateReasonData": Text(longest=4000, shortest=0),
        },
        ("AlarmName", "StateValue", "StateReason"),
    ),
}


def parameters_read(operation: str, given: Mapping[str, WireValue]) -> WireObject:
    """Return the parameters of a call; CloudWatchError ValidationError if they are malformed."""
    try:
        return _PARAMETERS[operation].read(given, "", _PLAIN)
    except MalformedError as error:
        raise CloudWatchError("ValidationError", error.message) from None

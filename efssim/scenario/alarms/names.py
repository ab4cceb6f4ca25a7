"""The names that CloudWatch has for the settings of an alarm, and those of a scenario."""

from __future__ import annotations

import re
from collections.abc import Mapping

from efssim.text.written import Written, WrittenValue

KEYS: Mapping[str, str] = {
    "MetricName": "metric",
    "Namespace": "namespace",
    "Statistic": "statistic",
    "ExtendedStatistic": "statistic",
    "Dimensions": "dimensions",
    "Unit": "unit",
    "Period": "period",
    "EvaluationPeriods": "evaluation_periods",
    "DatapointsToAlarm": "datapoints_to_alarm",
    "Threshold": "threshold",
    "ComparisonOperator": "comparison",
    "TreatMissingData": "treat_missing_data",
    "ActionsEnabled": "actions_enabled",
}
"""Settings of PutMetricAlarm and of describe-alarms, by the keys of an alarm in a scenario."""
COMPARISON_NAMES = (
    "GreaterThanOrEqualToThreshold",
    "GreaterThanThreshold",
    "LessThanThreshold",
    "LessThanOrEqualToThreshold",
)
STATISTIC_NAMES = ("SampleCount", "Average", "Sum", "Minimum", "Maximum")

_PERCENTILE = re.compile(r"p(?:\d{1,2}(?:\.\d{1,10})?|100)")
_EXTENDED = re.compile(r"(?:tm|tc|ts|wm)\d{1,2}(?:\.\d+)?|IQM|(?:PR|TM|TC|TS|WM)\([^)]*\)")


def is_percentile(statistic: str) -> bool:
    """Return whether a statistic is a percentile, such as p90."""
    return _PERCENTILE.fullmatch(statistic) is not None


def is_other_extended(statistic: str) -> bool:
    """Return whether CloudWatch has an extended statistic of that name that is no percentile."""
    return _EXTENDED.fullmatch(statistic) is not None


def renamed(alarm: Written) -> dict[str, WrittenValue]:
    """Return an alarm with the keys of a scenario in place of CloudWatch's names.

    Dimensions may be a list of names and values, as CloudWatch has them.
    """
    found = {KEYS.get(key, key): value for key, value in alarm.items()}
    dimensions = found.get("dimensions")
    if isinstance(dimensions, list | tuple) and all(
        isinstance(part, Mapping) and {"Name", "Value"} == set(part) for part in dimensions
    ):
        found["dimensions"] = {
            str(part["Name"]): part["Value"] for part in dimensions if isinstance(part, Mapping)
        }
    return found


def as_named(alarm: Written, key: str) -> str:
    """Return the name under which an alarm has a setting, given the key of a scenario."""
    return next((name for name in alarm if KEYS.get(name, name) == key), key)

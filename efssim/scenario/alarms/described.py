"""Alarms as `aws cloudwatch describe-alarms` prints them: JSON with MetricAlarms.

What is not simulated is named and kept, with the reason; nothing is dropped.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from efssim.scenario.alarms.names import COMPARISON_NAMES, KEYS, renamed
from efssim.text.files import read_regular
from efssim.text.written import Written, WrittenValue

_LISTS = ("MetricAlarms", "CompositeAlarms", "LogAlarms")
_TELLING = {
    "Metrics": "metric math",
    "ThresholdMetricId": "anomaly detection",
    "EvaluationCriteria": "a PromQL query",
    "EvaluationInterval": "a PromQL query",
    "WarmUpConfiguration": "a warm-up period",
}
"""Settings of alarms that are not simulated."""
_LARGEST_BYTES = 2**26
"""Largest file that is read, 64 MiB: some ten thousand alarms; assumed."""


def described_alarms(file: Path, ids: Mapping[str, str]) -> dict[str, dict[str, WrittenValue]]:
    """Return the alarms of a file by name, with the keys of a scenario.

    `ids` has the names of file systems by the ids that the file has. ValueError for a file that
    has no alarms.
    """
    content = _content(file)
    found: dict[str, dict[str, WrittenValue]] = {}
    for kind in _LISTS:
        listed = content.get(kind)
        for alarm in listed if isinstance(listed, list) else ():
            name = alarm.get("AlarmName") if isinstance(alarm, Mapping) else None
            if not isinstance(alarm, Mapping) or not isinstance(name, str):
                raise ValueError(f"{file}: an entry of {kind} has no AlarmName")
            if name in found:
                raise ValueError(f"{file}: two alarms are named '{name}'")
            found[name] = _of_scenario(alarm, kind, ids)
    return found


def _content(file: Path) -> Written:
    """Return the object of a file that describe-alarms printed."""
    try:
        text = read_regular(file, _LARGEST_BYTES)
    except OSError as error:
        raise ValueError(f"{file}: {error.strerror}") from None
    except ValueError as error:
        raise ValueError(f"{file}: {error}") from None
    try:
        content = json.loads(text.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:  # also a number of thousands of digits
        raise ValueError(f"{file}: is not JSON: {error}") from None
    if isinstance(content, Mapping) and any(isinstance(content.get(k), list) for k in _LISTS):
        return content
    raise ValueError(f"{file}: has no MetricAlarms, which `aws cloudwatch describe-alarms` prints")


def _of_scenario(alarm: Written, kind: str, ids: Mapping[str, str]) -> dict[str, WrittenValue]:
    """Return the settings of an alarm with the keys of a scenario."""
    reason = "; ".join(_unsupported(alarm, kind))
    found = renamed({key: value for key, value in alarm.items() if key in KEYS})
    dimensions = found.get("dimensions")
    if isinstance(dimensions, Mapping):
        found["dimensions"] = {key: ids.get(str(value), value) for key, value in dimensions.items()}
    if region := _region(alarm.get("AlarmArn")):
        found["region"] = region
    if not reason:
        return found
    comparison = found.get("comparison")
    if comparison not in COMPARISON_NAMES:
        found.pop("comparison", None)
    return {**found, "not_evaluated": reason}


def _unsupported(alarm: Written, kind: str) -> Iterator[str]:
    """Yield the features of an alarm that are not simulated."""
    if kind != "MetricAlarms":
        yield "a composite alarm" if kind == "CompositeAlarms" else "an alarm on logs"
        return
    anomaly = "ThresholdMetricId" in alarm
    for key in dict.fromkeys(_TELLING[key] for key in _TELLING if alarm.get(key)):
        if not (anomaly and key == "metric math"):
            yield key
    window = alarm.get("EvaluationWindow")
    if isinstance(window, Mapping) and "SlidingWindow" not in window:
        yield "a wall clock evaluation window"
    if alarm.get("EvaluateLowSampleCountPercentile") == "ignore":
        yield "EvaluateLowSampleCountPercentile: ignore"


def _region(arn: object) -> str | None:
    """Return the Region of an ARN, as arn:aws:cloudwatch:us-east-1:111122223333:alarm:late."""
    parts = arn.split(":") if isinstance(arn, str) else []
    return parts[3] or None if len(parts) > 4 else None

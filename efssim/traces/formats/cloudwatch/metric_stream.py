"""JSON lines of a CloudWatch metric stream: a datapoint a line, with four statistics.

CloudWatch User Guide, "CloudWatch metric stream output in JSON format": the timestamp is in
milliseconds since 1970, the value an object with count, sum, max and min.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from json import JSONDecodeError
from typing import TypeGuard

import numpy as np

from efssim.json_values import JsonValue
from efssim.text.quoting import quoted
from efssim.traces.formats.content import ExportContent
from efssim.traces.formats.documents import LONG_NUMBER, JsonMapping
from efssim.traces.formats.names import factor_of_unit
from efssim.traces.formats.options import ReadOptions
from efssim.traces.formats.parts import ExportFormat, ExportPart, SeriesPart

_STATISTICS = {"sum": "Sum", "count": "SampleCount", "min": "Minimum", "max": "Maximum"}

_LINES_AT_ONCE = 2**13
"""Lines whose objects are in memory at a time."""

_Key = tuple[str, tuple[tuple[str, str], ...], str | None]


@dataclass(slots=True)
class _Points:
    """Datapoints of one metric."""

    times: list[float] = field(default_factory=list)
    values: dict[str, list[float]] = field(
        default_factory=lambda: {name: [] for name in _STATISTICS}
    )


def _recognise(content: ExportContent) -> bool:
    line = content.first_line
    return line.startswith("{") and '"metric_name"' in line and '"value"' in line


def _read(content: ExportContent, options: ReadOptions) -> ExportPart:  # noqa: ARG001  # as others
    found: dict[_Key, _Points] = {}
    for line, point in _points(content):
        _add(content, line, point, found)
    parts = [part for key, points in found.items() for part in _series(content, key, points)]
    return ExportPart(tuple(parts), times="epoch ms")


def _points(content: ExportContent) -> Iterator[tuple[int, JsonValue]]:
    """Yield the object of each line; raise TraceErrors with the line that is no JSON."""
    lines = content.text.split("\n")
    for at in range(0, len(lines), _LINES_AT_ONCE):
        part = [(n, text) for n, text in enumerate(lines[at : at + _LINES_AT_ONCE], at + 1)]
        part = [(n, text) for n, text in part if text.strip()]
        yield from zip((n for n, _ in part), _objects(content, part), strict=True)


def _objects(content: ExportContent, lines: Sequence[tuple[int, str]]) -> Sequence[JsonValue]:
    try:
        # Many at once are much faster than each by itself.
        found: list[JsonValue] = json.loads(f"[{','.join(text for _, text in lines)}]")
    except (ValueError, RecursionError):  # of which a line by itself says where
        found = []
    if len(found) == len(lines):
        return found
    return [_object(content, number, text) for number, text in lines]


def _object(content: ExportContent, line: int, text: str) -> JsonValue:
    try:
        found: JsonValue = json.loads(text)
    except JSONDecodeError as error:
        hint = "each line is one datapoint of a metric stream"
        content.fail(line, f"is not JSON: {error.msg} (column {error.colno}); {hint}")
    except RecursionError:
        content.fail(line, "is JSON nested deeper than a datapoint is")
    except ValueError:
        content.fail(line, LONG_NUMBER)
    return found


def _add(content: ExportContent, line: int, point: JsonValue, found: dict[_Key, _Points]) -> None:
    """Add a datapoint to those of its metric; raise TraceErrors for one that is malformed."""
    if not isinstance(point, dict):
        content.fail(line, "is no object with metric_name, timestamp and value")
    value, time, name = point.get("value"), point.get("timestamp"), point.get("metric_name")
    if not isinstance(value, dict) or not isinstance(name, str):
        content.fail(line, "has no metric_name, or no value with count, sum, min and max")
    if not _is_number(time):
        content.fail(line, f"timestamp {quoted(time)} is no number of milliseconds since 1970")
    points = found.setdefault(_key(point, name), _Points())
    points.times.append(time)
    for key, column in points.values.items():
        number = value.get(key)
        if not _is_number(number):
            content.fail(line, f"value.{key} {quoted(number)} is not a number")
        column.append(number)


def _is_number(value: JsonValue) -> TypeGuard[float]:
    return type(value) is float or (type(value) is int and abs(value) < 2**63)


def _key(point: JsonMapping, name: str) -> _Key:
    dimensions, unit = point.get("dimensions"), point.get("unit")
    named = dimensions.items() if isinstance(dimensions, dict) else ()
    return (
        name,
        tuple(sorted((str(key), str(value)) for key, value in named)),
        unit if isinstance(unit, str) else None,
    )


def _series(content: ExportContent, key: _Key, points: _Points) -> Iterator[SeriesPart]:
    name, dimensions, unit = key
    factor = factor_of_unit(unit)
    if factor is None:
        content.fail(None, f"unit {quoted(unit)} of {name} is not one whose values are known")
    time_s = np.array(points.times, dtype=np.float64) / 1000
    for key_of_value, statistic in _STATISTICS.items():
        value = np.array(points.values[key_of_value], dtype=np.float64)
        scale = 1.0 if statistic == "SampleCount" else factor
        yield SeriesPart(name, statistic, time_s, value * scale, unit, dimensions, None, "epoch ms")


METRIC_STREAM = ExportFormat(
    name="CloudWatch metric stream",
    recognise=_recognise,
    read=_read,
    words=("metric_stream_name", "metric_name", "timestamp", "namespace"),
)

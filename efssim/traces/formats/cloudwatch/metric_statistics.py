"""JSON of `aws cloudwatch get-metric-statistics`: datapoints in any order, several statistics."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from efssim.json_values import JsonValue
from efssim.text.quoting import quoted
from efssim.traces.formats.cells import CellError
from efssim.traces.formats.cloudwatch.json_cells import (
    JsonPath,
    fail_at,
    json_times,
    json_values,
    text_of,
)
from efssim.traces.formats.content import ExportContent
from efssim.traces.formats.documents import JsonMapping, documents
from efssim.traces.formats.names import factor_of_unit, metric_of
from efssim.traces.formats.options import STATISTICS, ReadOptions
from efssim.traces.formats.parts import ExportFormat, ExportPart, SeriesPart
from efssim.traces.metric import Floats

_POINTS = "Datapoints"


def _recognise(content: ExportContent) -> bool:
    return content.is_json and f'"{_POINTS}"' in content.text


def _read(content: ExportContent, options: ReadOptions) -> ExportPart:  # noqa: ARG001  # as others
    series = [
        part
        for number, page in enumerate(documents(content))
        for part in _page_series(content, number, page)
    ]
    return ExportPart(tuple(series))


def _page_series(content: ExportContent, number: int, page: JsonMapping) -> list[SeriesPart]:
    """Return a series for each statistic of a page."""
    points = page.get(_POINTS, [])
    if not isinstance(points, list):
        fail_at(content, (number, _POINTS), f"{_POINTS} is not a list of objects")
    for index, point in enumerate(points):
        if not isinstance(point, dict) or "Timestamp" not in point:
            text = "is not an object with Timestamp and a statistic such as Sum"
            fail_at(content, (number, _POINTS, index), f"{_POINTS}[{index}] {text}")
    path = number, _POINTS
    time_s = _column(content, path, "Timestamp", points)
    unit, factor = _unit(content, path, points)
    found = []
    for statistic in STATISTICS:
        has = np.array([statistic in point for point in points], dtype=np.bool_)
        if has.any():
            value = _column(content, path, statistic, points)
            scale = 1.0 if statistic == "SampleCount" else factor
            name = metric_of(text_of(page.get("Label")))
            found.append(SeriesPart(name, statistic, time_s[has], value[has] * scale, unit))
    if points and not found:
        text = f"has none of the statistics {', '.join(STATISTICS)}; ask for `--statistics Sum`"
        fail_at(content, (*path, 0), f"{_POINTS}[0] {text}")
    return found


def _column(
    content: ExportContent, path: JsonPath, key: str, points: Sequence[JsonMapping]
) -> Floats:
    """Return one entry of all points, NaN where a point has none."""
    values: list[JsonValue] = [point.get(key) for point in points]
    try:
        return json_times(values) if key == "Timestamp" else json_values(values)
    except CellError as error:
        fail_at(content, (*path, error.row, key), f"{key}: {error.message}")


def _unit(
    content: ExportContent, path: JsonPath, points: Sequence[JsonMapping]
) -> tuple[str | None, float]:
    """Return the unit of all points and the factor of their values; refuse several units."""
    units = list(dict.fromkeys(text_of(point.get("Unit")) for point in points))
    if len(units) > 1:
        named = " and ".join(quoted(unit) for unit in units[:2])
        row = next(row for row, one in enumerate(points) if text_of(one.get("Unit")) == units[1])
        text = f"Unit differs between datapoints: {named}; ask for one with `--unit`"
        fail_at(content, (*path, row), text)
    unit = units[0] if units else None
    factor = factor_of_unit(unit)
    if factor is None:
        text = f"Unit {quoted(unit)} is not one whose values are known in bytes or seconds"
        fail_at(content, (*path, 0), text)
    return unit, factor


METRIC_STATISTICS = ExportFormat(
    name="CloudWatch get-metric-statistics JSON",
    recognise=_recognise,
    read=_read,
    words=(_POINTS, "Timestamp", "Sum", "Average", "SampleCount", "Unit", "Label"),
)

"""CSV of the CloudWatch console: a block of header rows, then a time and a value for each metric.

AWS does not document it. Header rows are those above the first one with a date, in any order;
those with a name, a statistic, a period and a unit are understood, others are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from efssim.text.quantities import parse_duration
from efssim.text.quoting import quoted
from efssim.traces.formats.content import ExportContent
from efssim.traces.formats.names import (
    factor_of_unit,
    is_known_metric,
    metric_of,
    statistic_of,
)
from efssim.traces.formats.options import ReadOptions
from efssim.traces.formats.parts import ExportFormat, ExportPart, SeriesPart
from efssim.traces.formats.tables.columns import CsvTable, table_parts
from efssim.traces.formats.tables.plain_csv import column_times, column_values, zone_of

_DATE = re.compile(r"\s*\"?\d{4}[/-]\d\d[/-]\d\d[ T]\d\d:\d\d")
_ROWS = {
    "full label": "full", "label": "label", "metric name": "metric", "metricname": "metric",
    "metric": "metric", "id": "id", "stat": "statistic", "statistic": "statistic",
    "period": "period", "unit": "unit", "units": "unit", "account": "", "account id": "",
    "region": "", "namespace": "", "dimensions": "", "timestamp": "", "time": "",
}  # fmt: skip
"""Meaning of the first cell of a header row, in lower case; empty: passed over. Assumed."""
_SURE = ("full label", "label", "id", "metric name", "metricname", "stat", "statistic")
"""First cells that no plain CSV has as the name of its first column."""
_MOST_HEADER_LINES = 30
"""Lines of a header at most; assumed."""


@dataclass(frozen=True, slots=True)
class _Column:
    """A column as the header rows describe it."""

    full: str | None = None
    label: str | None = None
    metric: str | None = None
    id: str | None = None
    statistic: str | None = None
    period: str | None = None
    unit: str | None = None

    @property
    def name(self) -> str | None:
        """The name of its metric."""
        names = [metric_of(name) for name in (self.metric, self.label, self.full) if name]
        known = [name for name in names if name and is_known_metric(name)]
        return next(iter([*known, *names]), None)

    @property
    def said_statistic(self) -> str | None:
        """The statistic that a row or a label says."""
        found = map(statistic_of, (self.statistic, self.label, self.full))
        return next(filter(None, found), None)


def _recognise(content: ExportContent) -> bool:
    line = content.first_line
    if "," not in line:
        return False
    first = line.split(",")[0].strip().strip('"').lower()
    return first in _SURE or (_DATE.match(line) is not None and "/" in line[:6])


def _header_lines(content: ExportContent) -> int:
    """Return how many lines stand above the first one with a date; raise TraceErrors if all do."""
    lines = content.head.splitlines()[:_MOST_HEADER_LINES]
    found = next((at for at, line in enumerate(lines) if _DATE.match(line)), None)
    if found is None:
        text = "has header rows and no row with a date such as 2026/01/31 12:00:00"
        content.fail(len(lines), f"{text}; export it from a graph that has data")
    return found


def _read(content: ExportContent, options: ReadOptions) -> ExportPart:
    skip = _header_lines(content)
    described: dict[str, list[str]] = {}
    if skip:
        described = _described(content, skip)
    found = [
        part
        for table in table_parts(content, skip=skip, header=False)
        for part in _series(content, table, described, options)
    ]
    return ExportPart(tuple(found))


def _described(content: ExportContent, skip: int) -> dict[str, list[str]]:
    """Return the cells of header rows by their meaning; raise TraceErrors for another row."""
    head = ExportContent(content.file, "\n".join(content.head.splitlines()[:skip]).encode())
    rows: dict[str, list[str]] = {}
    for table in table_parts(head, header=False):
        for line, cells in zip(table.lines, zip(*table.columns, strict=True), strict=True):
            meaning = _ROWS.get(cells[0].lower())
            if meaning is None:
                text = "is neither a header row of the console nor a row with a date"
                content.fail(line, f"{quoted(cells[0])} {text}; export the file again")
            rows.setdefault(meaning, list(cells[1:]))
    return rows


def _column(described: dict[str, list[str]], at: int) -> _Column:
    said = {
        meaning: cells[at]
        for meaning, cells in described.items()
        if meaning and at < len(cells) and cells[at]
    }
    return _Column(**said)


def _series(
    content: ExportContent,
    table: CsvTable,
    described: dict[str, list[str]],
    options: ReadOptions,
) -> Iterator[SeriesPart]:
    time_s, meaning = column_times(content, table, 0, zone_of(options, None))
    for at in range(1, len(table.columns)):
        column = _column(described, at - 1)
        factor = factor_of_unit(column.unit)
        if factor is None:
            content.fail(1, f"unit {quoted(column.unit)} is not one whose values are known")
        yield SeriesPart(
            metric=column.name,
            statistic=column.said_statistic,
            time_s=time_s,
            value=column_values(content, table, at) * factor,
            unit=column.unit,
            dimensions=() if column.id is None else (("Id", column.id),),
            period_s=_period(content, column.period),
            times=meaning,
        )


def _period(content: ExportContent, text: str | None) -> float | None:
    """Return a period such as `300` or `5 Minutes` in seconds; None where none is said."""
    if text is None:
        return None
    try:
        return float(parse_duration(float(text) if text.isdigit() else text.lower()))
    except ValueError:
        content.fail(1, f"period {quoted(text)} is no duration such as 300 or 5 minutes")


CONSOLE_CSV = ExportFormat(
    name="CloudWatch console CSV",
    recognise=_recognise,
    read=_read,
    words=("Full label", "Label", "Unit", "Period", "/01 "),
)

"""`--output table` of the AWS CLI, for get-metric-statistics and get-metric-data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn

from efssim.text.quoting import quoted
from efssim.traces.formats.cloudwatch.cli_text import TextColumn, TextResult
from efssim.traces.formats.cloudwatch.metric_data import status_note
from efssim.traces.formats.content import ExportContent
from efssim.traces.formats.names import factor_of_unit, metric_of
from efssim.traces.formats.options import STATISTICS, ReadOptions
from efssim.traces.formats.parts import ExportFormat, ExportPart, SeriesPart

_TITLES = ("Datapoints", "MetricDataResults", "Timestamps", "Values", "Messages")
_KEYS = (*STATISTICS, "Timestamp", "Unit")
_FIRST = re.compile(r"\|\s*(GetMetric(?:Statistics|Data))\s*\|")


@dataclass(slots=True)
class _Reading:
    """The state of reading: which table a row is of, and everything found so far."""

    content: ExportContent
    title: str = ""
    header: list[str] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    """Rows below a header."""
    label: str | None = None
    points: dict[str, TextColumn] = field(default_factory=dict)
    results: list[TextResult] = field(default_factory=list)
    series: list[SeriesPart] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def row(self, line: int, cells: list[str]) -> None:
        """Take one row of cells without blanks around them; raise TraceErrors."""
        if len(cells) == 1 and (cells[0] in _TITLES or cells[0].startswith("GetMetric")):
            self._begin(cells[0])
        elif len(cells) == 2 and cells[0] == "Label" and self.title.startswith("GetMetric"):
            self.label = cells[1]
        elif self.title == "Datapoints":
            if len(cells) == len(self.header):
                self.rows.append((line, cells))
            else:
                self._point(line, cells)
        elif self.title == "MetricDataResults":
            self._result(line, cells)
        elif self.title in ("Timestamps", "Values") and self.results and len(cells) == 1:
            result = self.results[-1]
            column = result.times if self.title == "Timestamps" else result.values
            column.add(cells[0], line)
        elif self.title == "Messages":
            if cells != ["Code", "Value"]:
                self.notes.append(f"the service said {quoted(', '.join(cells), 200)}")
        elif cells[0] != "NextToken":
            self._fail(line, cells)

    def _begin(self, title: str) -> None:
        if title == "GetMetricStatistics":
            self.end_of_points()
            self.label = None
        self._keep_rows()
        self.title, self.header = title, []

    def _point(self, line: int, cells: list[str]) -> None:
        if len(cells) == 2 and cells[0] in _KEYS and cells[1] not in _KEYS:
            self.points.setdefault(cells[0], TextColumn()).add(cells[1], line)  # one below another
        elif not self.header and set(cells) <= set(_KEYS) and "Timestamp" in cells:
            self.header = cells
        else:
            self._fail(line, cells)

    def _result(self, line: int, cells: list[str]) -> None:
        if cells == ["Id", "Label", "StatusCode"]:
            return
        if len(cells) != 3:
            self._fail(line, cells)
        self.notes += status_note(cells[0], cells[2])
        self.results.append(TextResult(line, cells[1], cells[0]))

    def _fail(self, line: int, cells: list[str]) -> NoReturn:
        self.content.fail(
            line,
            f"{quoted(' | '.join(cells))} is no row of `aws cloudwatch` with `--output table`; "
            "export again, best with `--output json`",
        )

    def _keep_rows(self) -> None:
        """Add the rows below a header to the datapoints."""
        lines = [line for line, _ in self.rows]
        columns = zip(*(cells for _, cells in self.rows), strict=True)
        for name, cells in zip(self.header, columns, strict=False):  # no columns without rows
            column = self.points.setdefault(name, TextColumn())
            column.cells += cells
            column.lines += lines
        self.rows = []

    def end_of_points(self) -> None:
        """Turn the datapoints so far into series; raise TraceErrors."""
        self._keep_rows()
        times = self.points.pop("Timestamp", TextColumn())
        units = self.points.pop("Unit", TextColumn())
        unit = units.cells[0] if units.cells else None
        other = [at for at, cell in enumerate(units.cells) if cell != unit]
        factor = factor_of_unit(unit)
        if other or factor is None:
            line = units.lines[other[0] if other else 0]
            text = f"Unit {quoted(units.cells[other[0] if other else 0])}"
            self.content.fail(line, f"{text} is another one, or none whose values are known")
        time_s = times.times(self.content)
        for name, column in self.points.items():
            if len(column.cells) != len(times.cells):
                text = f"{len(column.cells):,} of {len(times.cells):,} datapoints have {name}"
                self.content.fail(column.lines[0], f"{text}; export with `--output json`")
            value = column.values(self.content) * (1.0 if name == "SampleCount" else factor)
            self.series.append(SeriesPart(metric_of(self.label), name, time_s, value, unit))
        self.points = {}


def _recognise(content: ExportContent) -> bool:
    return content.first_line.startswith("---") and _FIRST.search(content.head) is not None


def _read(content: ExportContent, options: ReadOptions) -> ExportPart:  # noqa: ARG001  # as others
    reading = _Reading(content)
    for line, cells in _rows(content):
        reading.row(line, cells)
    reading.end_of_points()
    series = (*reading.series, *(one.series(content) for one in reading.results))
    return ExportPart(series, notes=tuple(dict.fromkeys(reading.notes)))


def _rows(content: ExportContent) -> Iterator[tuple[int, list[str]]]:
    """Yield line and cells of each row that is no border."""
    for number, line in enumerate(content.text.splitlines(), 1):
        text = line.strip()
        if not text.strip("|+-"):
            continue
        inner = text.strip("|")
        if len(inner) == len(text):
            content.fail(number, f"{quoted(text)} is no row of a table, which stands between `|`")
        yield number, [cell.strip() for cell in inner.split("|")]


CLI_TABLE = ExportFormat(
    name="AWS CLI table",
    recognise=_recognise,
    read=_read,
    words=("|", "+--", "GetMetric", "Datapoints", "Timestamps"),
)

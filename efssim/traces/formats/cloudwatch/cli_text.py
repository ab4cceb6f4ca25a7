"""`--output text` of the AWS CLI, for get-metric-statistics and get-metric-data.

Cells of a line are in the order of their names, which stand nowhere: of several statistics only
all five together are known. A query such as `Datapoints[*].[Timestamp,Sum]` leaves two cells.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC
from typing import NoReturn

from efssim.text.quoting import quoted
from efssim.traces.formats.cells import CellError, dates, numbers
from efssim.traces.formats.cloudwatch.metric_data import status_note
from efssim.traces.formats.content import ExportContent
from efssim.traces.formats.names import factor_of_unit, metric_of, statistic_of
from efssim.traces.formats.options import STATISTICS, ReadOptions
from efssim.traces.formats.parts import ExportFormat, ExportPart, SeriesPart
from efssim.traces.metric import Floats

_DATE = r"\d{4}-\d\d-\d\dT\d\d:\d\d[^\t\r\n]*"
_NUMBER = r"-?[\d.]+(?:[eE][-+]?\d+)?"
_HEAD = re.compile(r"^(?:DATAPOINTS|METRICDATARESULTS)\t", re.MULTILINE)
_PAIR = re.compile(rf"(?:{_DATE}\t{_NUMBER}|{_NUMBER}\t{_DATE})")
_IS_DATE = re.compile(_DATE)
_BY_NAME = tuple(sorted(STATISTICS))


@dataclass(slots=True)
class TextColumn:
    """Cells of one kind with the line of each."""

    cells: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)

    def add(self, cell: str, line: int) -> None:
        """Add the cell of a line."""
        self.cells.append(cell)
        self.lines.append(line)

    def times(self, content: ExportContent) -> Floats:
        """Return the cells as times; raise TraceErrors with the line of one that is none."""
        return self._read(content, lambda cells: dates(cells, UTC))

    def values(self, content: ExportContent) -> Floats:
        """Return the cells as numbers; raise TraceErrors with the line of one that is none."""
        return self._read(content, numbers)

    def _read(self, content: ExportContent, read: Callable[[list[str]], Floats]) -> Floats:
        try:
            return read(self.cells)
        except CellError as error:
            content.fail(self.lines[error.row], error.message)


@dataclass(slots=True)
class TextResult:
    """A result of get-metric-data, or the datapoints of one label."""

    line: int
    label: str | None
    name: str | None = None
    times: TextColumn = field(default_factory=TextColumn)
    values: TextColumn = field(default_factory=TextColumn)

    def series(self, content: ExportContent) -> SeriesPart:
        """Return the series; raise TraceErrors where times and values do not match."""
        times, values = self.times, self.values
        if len(times.cells) != len(values.cells):
            has = f"{len(times.cells):,} times and {len(values.cells):,} values"
            content.fail(self.line, f"has {has} from here; each time has one value")
        return SeriesPart(
            metric=metric_of(self.label),
            statistic=statistic_of(self.label),
            time_s=times.times(content),
            value=values.values(content),
            dimensions=() if self.name is None else (("Id", self.name),),
        )


def _recognise(content: ExportContent) -> bool:
    if _HEAD.search(content.head):
        return True
    return _PAIR.fullmatch(content.first_line) is not None


def _read(content: ExportContent, options: ReadOptions) -> ExportPart:  # noqa: ARG001  # as others
    lines = content.text.splitlines()
    if "\nMETRICDATARESULTS\t" in "\n" + content.text:
        return _data(content, lines)
    if _HEAD.search(content.text):
        return ExportPart(tuple(_statistics(content, lines)))
    return ExportPart((_pairs(content, lines),))


# ---- get-metric-data ----------------------------------------------------------------------------


def _data(content: ExportContent, lines: list[str]) -> ExportPart:
    results: list[TextResult] = []
    notes: list[str] = []
    result = None
    for number, line in enumerate(lines, 1):
        kind, _, rest = line.partition("\t")
        if kind == "VALUES" and result is not None:
            result.values.add(rest, number)
        elif kind == "TIMESTAMPS" and result is not None:
            result.times.add(rest, number)
        elif kind == "METRICDATARESULTS":
            name, label, code = _result_cells(content, number, rest)
            notes += status_note(name, code)
            result = TextResult(number, label, name)
            results.append(result)
        elif kind == "MESSAGES":
            notes.append(f"the service said {quoted(rest.replace(chr(9), ', '), 200)}")
        elif line.strip() and (rest or (result is not None and not _is_token(line))):
            _fail_line(content, number, line)
    return ExportPart(
        tuple(one.series(content) for one in results), notes=tuple(dict.fromkeys(notes))
    )


def _result_cells(content: ExportContent, line: int, rest: str) -> tuple[str, str, str]:
    cells = rest.split("\t")
    if len(cells) != 3:
        content.fail(line, "a result has an Id, a Label and a StatusCode, and no more and no less")
    return cells[0], cells[1], cells[2]


def _is_token(line: str) -> bool:
    """Return whether a line may be the NextToken of a page: one long word."""
    return len(line) > 20 and not line.isspace() and " " not in line


def _fail_line(content: ExportContent, number: int, line: str) -> NoReturn:
    content.fail(
        number,
        f"{quoted(line)} is no line of `aws cloudwatch` with `--output text`; "
        "export again, best with `--output json`",
    )


# ---- get-metric-statistics ----------------------------------------------------------------------


def _statistics(content: ExportContent, lines: list[str]) -> Iterator[SeriesPart]:
    """Yield the series of datapoints, those below each label by themselves."""
    label, rows = None, list[tuple[int, list[str]]]()
    for number, line in enumerate(lines, 1):
        cells = line.split("\t")
        if cells[0] == "DATAPOINTS":
            rows.append((number, cells[1:]))
        elif len(cells) == 1 and line.strip():
            yield from _of_label(content, label, rows)
            label, rows = line.strip(), []
        elif line.strip():
            _fail_line(content, number, line)
    yield from _of_label(content, label, rows)


def _of_label(
    content: ExportContent, label: str | None, rows: list[tuple[int, list[str]]]
) -> Iterator[SeriesPart]:
    if not rows:
        return
    line, first = rows[0]
    at = next((at for at, cell in enumerate(first) if _IS_DATE.fullmatch(cell)), None)
    if at is None:
        content.fail(line, "has no time such as 2026-01-01T00:00:00Z")
    names = _statistic_names(content, line, at)
    unit = first[at + 1] if len(first) > at + 1 else None
    factor = factor_of_unit(unit)
    if factor is None:
        content.fail(line, f"Unit {quoted(unit)} is not one whose values are known")
    for number, cells in rows:
        if len(cells) != len(first) or (unit is not None and cells[at + 1] != unit):
            content.fail(number, "is another kind of datapoint than the first one; export again")
    time_s = TextColumn([cells[at] for _, cells in rows], [n for n, _ in rows]).times(content)
    for index, name in enumerate(names):
        column = TextColumn([cells[index] for _, cells in rows], [n for n, _ in rows])
        value = column.values(content) * (1.0 if name == "SampleCount" else factor)
        yield SeriesPart(metric_of(label), name, time_s, value, unit)


def _statistic_names(content: ExportContent, line: int, count: int) -> tuple[str | None, ...]:
    """Return the statistics of the cells before a time: one that is not known, or all five."""
    if count == 1:
        return (None,)
    if count != len(_BY_NAME):
        text = f"has {count} statistics and does not name them"
        content.fail(line, f"{text}; ask for one, or for `--output json`")
    return _BY_NAME


def _pairs(content: ExportContent, lines: list[str]) -> SeriesPart:
    """Return the series of lines with a time and a value, in either order."""
    is_time_first = _IS_DATE.match(content.first_line) is not None
    times, values = TextColumn(), TextColumn()
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        first, tab, second = line.partition("\t")
        if not tab:
            _fail_line(content, number, line)
        times.add(first if is_time_first else second, number)
        values.add(second if is_time_first else first, number)
    return SeriesPart(None, None, times.times(content), values.values(content))


CLI_TEXT = ExportFormat(
    name="AWS CLI text",
    recognise=_recognise,
    read=_read,
    words=("DATAPOINTS", "METRICDATARESULTS", "TIMESTAMPS", "VALUES", "\t"),
)

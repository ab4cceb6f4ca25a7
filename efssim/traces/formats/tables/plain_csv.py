"""Plain CSV: a header, and rows with a time and values.

Rows are samples where the header names a metric or a statistic, or where a period is given;
otherwise each row is one write.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, tzinfo

import numpy as np

from efssim.text.quoting import listed, quoted
from efssim.text.zones import time_zone
from efssim.traces.formats.cells import CellError, numbers, times
from efssim.traces.formats.content import ExportContent
from efssim.traces.formats.names import is_known_metric, metric_of, statistic_of
from efssim.traces.formats.options import STATISTICS, ReadOptions
from efssim.traces.formats.parts import ExportFormat, ExportPart, SeriesPart
from efssim.traces.formats.tables.columns import CsvTable, read_table
from efssim.traces.metric import Floats, Integers, WriteRecords
from efssim.traces.times import SINCE_START

TIME_NAMES = ("timestamp", "time", "datetime", "date", "ts")
"""Names of columns of times, in lower case."""
VALUE_NAMES = ("value", "bytes", "size", "length")
"""Names of columns of bytes, in lower case."""


def _recognise(content: ExportContent) -> bool:
    """Return whether the first line has cells between commas, and some letters."""
    line = content.first_line
    return "," in line and any(map(str.isalpha, line)) and line[:1] not in "{[<"


def _read(content: ExportContent, options: ReadOptions) -> ExportPart:
    return part_of_table(content, read_table(content), options)


def part_of_table(content: ExportContent, table: CsvTable, options: ReadOptions) -> ExportPart:
    """Return the series or writes of a table with a header; raise TraceErrors."""
    if not table.header:
        content.fail(None, "is empty; it needs a header line and rows")
    at = time_column(content, table, options)
    found = value_columns(content, table, options, at)
    if not table.lines:
        content.fail(None, "has a header but no rows")
    time_s, meaning = _times(content, table, at, options)
    if is_sampled(table, found, options):
        series = tuple(
            _series(content, table, column, options, time_s, meaning) for column in found
        )
        return ExportPart(series, times=meaning)
    writes = _writes(content, table, found[0], time_s, is_relative=meaning == SINCE_START.name)
    return ExportPart(records=(writes,), times=meaning)


def is_sampled(table: CsvTable, columns: Sequence[int], options: ReadOptions) -> bool:
    """Return whether rows are samples of a metric, and not single writes."""
    if options.period_s is not None or options.metric is not None:
        return True
    names = [table.header[column] for column in columns]
    return any(statistic_of(name) or is_known_metric(metric_of(name) or "") for name in names)


def time_column(content: ExportContent, table: CsvTable, options: ReadOptions) -> int:
    """Return the position of the column of times; raise TraceErrors where none is known."""
    names = [name.lower() for name in table.header]
    if options.time is not None:
        return _named(content, table, options.time)
    found = [names.index(name) for name in TIME_NAMES if name in names]
    if not found:
        has = f"its columns are {listed(table.header, quotes=True)}"
        content.fail(table.header_line, f"has no column 'timestamp' or 'time'; {has}")
    return found[0]


def value_columns(
    content: ExportContent, table: CsvTable, options: ReadOptions, time_at: int
) -> list[int]:
    """Return the positions of the columns of values; raise TraceErrors where none is known."""
    if options.value is not None:
        return [_named(content, table, options.value)]
    if options.metric in table.header:
        return [table.header.index(options.metric)]
    others = [at for at in range(len(table.header)) if at != time_at and table.header[at]]
    said = [at for at in others if _is_said(table.header[at])]
    plain = [at for at in others if table.header[at].lower() in VALUE_NAMES]
    found = said or plain[:1] or others
    if not found or (not said and not plain and len(others) > 1):
        has = f"its columns are {listed(table.header, quotes=True)}"
        content.fail(table.header_line, f"has no column 'value' or 'bytes'; {has}")
    return found


def _is_said(name: str) -> bool:
    return statistic_of(name) is not None or is_known_metric(metric_of(name) or "")


def _named(content: ExportContent, table: CsvTable, name: str) -> int:
    if name not in table.header:
        has = f"its columns are {listed(table.header, quotes=True)}"
        content.fail(table.header_line, f"has no column {quoted(name)}; {has}")
    return table.header.index(name)


def zone_of(options: ReadOptions, default: tzinfo | None) -> tzinfo | None:
    """Return the zone of times without an offset; raise ValueError for a name that is none."""
    return default if options.timezone is None else time_zone(options.timezone)


def _times(
    content: ExportContent, table: CsvTable, at: int, options: ReadOptions
) -> tuple[Floats, str]:
    try:
        return times(table.columns[at], zone_of(options, UTC))
    except CellError as error:
        content.fail(table.lines[error.row], error.message)


def values_at(content: ExportContent, table: CsvTable, at: int, what: str = "value") -> Floats:
    """Return a column of numbers, NaN for blanks; raise TraceErrors with the line of another."""
    cells = table.columns[at]
    if "" in cells:
        cells = [cell or "nan" for cell in cells]
    try:
        return numbers(cells, what)
    except CellError as error:
        content.fail(table.lines[error.row], error.message)


def _series(
    content: ExportContent,
    table: CsvTable,
    column: int,
    options: ReadOptions,
    time_s: Floats,
    meaning: str,
) -> SeriesPart:
    name = table.header[column]
    metric = metric_of(name)
    is_named = metric is not None and is_known_metric(metric)
    if not is_named and (name in STATISTICS or name.lower() in VALUE_NAMES):
        metric = options.metric
    return SeriesPart(
        metric=metric,
        statistic=statistic_of(name),
        time_s=time_s,
        value=values_at(content, table, column),
        period_s=options.period_s,
        times=meaning,
    )


def _writes(
    content: ExportContent, table: CsvTable, column: int, time_s: Floats, *, is_relative: bool
) -> WriteRecords:
    names = [name.lower() for name in table.header]
    offset = None
    if "offset" in names:
        offset = whole_bytes(content, table, names.index("offset"), "offset")
    size = whole_bytes(content, table, column, "bytes")
    return WriteRecords(time_s, size, offset, None, is_relative=is_relative)


def whole_bytes(content: ExportContent, table: CsvTable, at: int, what: str) -> Integers:
    """Return a column of bytes, rounded to whole ones; raise TraceErrors for no bytes."""
    values = values_at(content, table, at, what)
    wrong = np.isnan(values) | (values < 0) | (values >= 2**63)
    if wrong.any():
        row = int(wrong.argmax())
        cell = quoted(table.columns[at][row])
        content.fail(table.lines[row], f"{what} {cell} is no number of bytes from 0 to 2^63")
    return np.rint(values).astype(np.int64)


PLAIN_CSV = ExportFormat(
    name="csv",
    recognise=_recognise,
    read=_read,
    words=("timestamp", "time", "value", "bytes", ","),
)

"""Plain CSV: a header, and rows with a time and values.

Rows are samples where the header names a metric or a statistic, or where a period is given;
otherwise each row is one write.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, tzinfo

import numpy as np

from efssim.text.quoting import quoted
from efssim.text.zones import time_zone
from efssim.traces.formats.byte_columns import ByteColumn
from efssim.traces.formats.cells import CellError, numbers, times
from efssim.traces.formats.content import ExportContent
from efssim.traces.formats.names import statistic_of
from efssim.traces.formats.options import ReadOptions
from efssim.traces.formats.parts import ExportFormat, ExportPart, SeriesPart
from efssim.traces.formats.tables.choice import (
    TIME_NAMES,
    VALUE_NAMES,
    ChosenColumns,
    chosen_columns,
    metric_of_column,
)
from efssim.traces.formats.tables.columns import CsvTable, table_parts
from efssim.traces.metric import Floats, Integers, WriteRecords
from efssim.traces.times import SINCE_START


def _recognise(content: ExportContent) -> bool:
    """Return whether the first line has cells between commas, and some letters."""
    line = content.first_line
    return "," in line and any(map(str.isalpha, line)) and line[:1] not in "{[<"


def _read(content: ExportContent, options: ReadOptions) -> ExportPart:
    series: list[SeriesPart] = []
    records: list[WriteRecords] = []
    chosen = None
    for table in table_parts(content):
        chosen = chosen or chosen_columns(content, table.header_line, table.header, options)
        if not table.lines:
            content.fail(None, "has a header but no rows")
        time_s, meaning = column_times(content, table, chosen.time, zone_of(options, UTC))
        if chosen.is_sampled:
            series += _series(content, table, chosen, options, time_s, meaning)
        else:
            records.append(_writes(content, table, chosen, time_s, meaning))
    return ExportPart(tuple(series), tuple(records), times=meaning)


def zone_of(options: ReadOptions, default: tzinfo | None) -> tzinfo | None:
    """Return the zone of times without an offset; raise ValueError for a name that is none."""
    return default if options.timezone is None else time_zone(options.timezone)


def column_times(
    content: ExportContent, table: CsvTable, at: int, zone: tzinfo | None
) -> tuple[Floats, str]:
    """Return a column of times and their interpretation; raise TraceErrors with the line."""
    try:
        return times(table.columns[at], zone)
    except CellError as error:
        content.fail(table.lines[error.row], error.message)


def column_values(content: ExportContent, table: CsvTable, at: int, what: str = "value") -> Floats:
    """Return a column of numbers, NaN for blanks; raise TraceErrors with the line of another."""
    cells = table.columns[at]
    plain = cells.floats() if isinstance(cells, ByteColumn) else None
    if plain is not None:
        return plain
    try:
        return numbers([cell or "nan" for cell in cells], what)
    except CellError as error:
        content.fail(table.lines[error.row], error.message)


def column_bytes(content: ExportContent, table: CsvTable, at: int, what: str) -> Integers:
    """Return a column of bytes, rounded to whole ones; raise TraceErrors with the line of none."""
    values = column_values(content, table, at, what)
    wrong = np.isnan(values) | (values < 0) | (values >= 2**63)
    if wrong.any():
        row = int(wrong.argmax())
        cell = quoted(table.columns[at][row])
        content.fail(table.lines[row], f"{what} {cell} is no number of bytes from 0 to 2^63")
    return np.rint(values).astype(np.int64)


def _series(
    content: ExportContent,
    table: CsvTable,
    chosen: ChosenColumns,
    options: ReadOptions,
    time_s: Floats,
    meaning: str,
) -> Iterator[SeriesPart]:
    for column in chosen.values:
        name = table.header[column]
        yield SeriesPart(
            metric=metric_of_column(name, options),
            statistic=statistic_of(name),
            time_s=time_s,
            value=column_values(content, table, column),
            times=meaning,
        )


def _writes(
    content: ExportContent,
    table: CsvTable,
    chosen: ChosenColumns,
    time_s: Floats,
    meaning: str,
) -> WriteRecords:
    offset = None
    if chosen.offset is not None:
        offset = column_bytes(content, table, chosen.offset, "offset")
    size = column_bytes(content, table, chosen.values[0], "bytes")
    return WriteRecords(time_s, size, offset, None, is_relative=meaning == SINCE_START.name)


PLAIN_CSV = ExportFormat(
    name="csv",
    recognise=_recognise,
    read=_read,
    words=(*TIME_NAMES[:2], *VALUE_NAMES[:2], ","),
)

"""CSV as columns of cells, with the line of each row."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from efssim.traces.formats.content import ExportContent


@dataclass(frozen=True, slots=True)
class CsvTable:
    """The rows of a CSV below its header, as columns of cells without blanks around them."""

    header: tuple[str, ...]
    header_line: int
    columns: tuple[Sequence[str], ...]
    lines: Sequence[int]
    """The line of each row."""


def read_table(
    content: ExportContent, delimiter: str = ",", *, skip: int = 0, header: bool = True
) -> CsvTable:
    """Return the rows of a CSV from a line on; raise TraceErrors where they are no table.

    Without a header the columns have no names.
    """
    rows, lines = _rows(content, delimiter, skip)
    names = [name.strip() for name in rows[0]] if header and rows else []
    first = lines[0] if rows else 1
    if header:
        rows, lines = rows[1:], lines[1:]
    width = len(names) if header else len(rows[0]) if rows else 0
    if set(map(len, rows)) - {width}:
        _trim(content, rows, lines, width)
    columns = tuple(list(map(str.strip, column)) for column in zip(*rows, strict=True))
    return CsvTable(tuple(names), first, columns or ((),) * width, lines)


def _rows(
    content: ExportContent, delimiter: str, skip: int
) -> tuple[list[list[str]], Sequence[int]]:
    stream = io.StringIO(content.text, newline="")
    for _ in islice(stream, skip):
        pass
    # Strict, for a quote never closed would otherwise swallow the rest of the file in silence.
    reader = csv.reader(stream, delimiter=delimiter, strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        line = max(reader.line_num, 1) + skip
        content.fail(line, f"is not well-formed CSV: {error}")
    if len(rows) == reader.line_num and all(rows):
        return rows, range(skip + 1, skip + 1 + len(rows))
    return _with_lines(content.text, delimiter, skip)


def _with_lines(text: str, delimiter: str, skip: int) -> tuple[list[list[str]], list[int]]:
    """Return rows that are not blank with the lines where they end: slower, for quoted newlines."""
    stream = io.StringIO(text, newline="")
    for _ in islice(stream, skip):
        pass
    reader = csv.reader(stream, delimiter=delimiter, strict=True)
    found = [(row, reader.line_num + skip) for row in reader if any(cell.strip() for cell in row)]
    return [row for row, _ in found], [line for _, line in found]


def _trim(content: ExportContent, rows: list[list[str]], lines: Sequence[int], width: int) -> None:
    """Cut blank cells after the last column; raise TraceErrors for a row of another width."""
    for row, line in zip(rows, lines, strict=True):
        if len(row) < width:
            content.fail(line, f"the row ends after {len(row)} of {width} columns")
        if any(cell.strip() for cell in row[width:]):
            content.fail(line, f"the row has {len(row)} cells for {width} columns; quote commas")
        del row[width:]

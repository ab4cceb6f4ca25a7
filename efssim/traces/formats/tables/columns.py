"""CSV as columns of cells, in parts of so many rows that memory stays small."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from efssim.traces.formats.byte_columns import byte_table
from efssim.traces.formats.content import ExportContent
from efssim.traces.problems import TraceErrors

ROWS_AT_ONCE = 2**17
"""Rows whose cells are in memory at a time; a cell takes some sixty bytes there."""


@dataclass(frozen=True, slots=True)
class CsvTable:
    """Some rows of a CSV, as columns of cells without blanks around them."""

    header: tuple[str, ...]
    """Names of the columns; empty where there is no header."""
    header_line: int
    columns: tuple[Sequence[str], ...]
    lines: Sequence[int]
    """The line on which each row ends."""


def table_parts(
    content: ExportContent, delimiter: str = ",", *, skip: int = 0, header: bool = True
) -> Iterator[CsvTable]:
    """Yield the rows of a CSV from a line on, at least one part; skip blank ones.

    Raise TraceErrors where they are no table. Without a header the first row has the width of all.
    """
    simple = _simple(content, delimiter, skip, header=header)
    if simple is not None:
        yield simple
        return
    rows = _rows(content, delimiter, skip)
    first = next(rows, None)
    if first is None:
        content.fail(None, "is empty; it needs rows")
    line, cells = first
    names = tuple(name.strip() for name in cells) if header else ()
    rest = rows if header else chain([first], rows)
    part = list(islice(rest, ROWS_AT_ONCE))
    yield _table(content, names, line, part, len(cells))
    while len(part) == ROWS_AT_ONCE:
        part = list(islice(rest, ROWS_AT_ONCE))
        if part:
            yield _table(content, names, line, part, len(cells))


def _simple(content: ExportContent, delimiter: str, skip: int, *, header: bool) -> CsvTable | None:
    """Return all rows of a table without quotes at once; None where it is another one."""
    if content.is_utf_16:
        return None
    names: tuple[str, ...] = ()
    line = skip + 1
    if header:
        # Names may be in quotes, as a panel's are, and rows still be simple.
        first = _first_row(content, delimiter, skip)
        if first is None:
            return None
        line, skip = first[0], first[0]
        names = tuple(name.strip() for name in first[1])
    data = content.data.removeprefix(codecs.BOM_UTF8)
    found = byte_table(data, delimiter, skip)
    if found is None or (header and found.width != len(names)):
        return None
    columns = tuple(found.column(at) for at in range(found.width))
    return CsvTable(names, line, columns, found.lines)


def _first_row(content: ExportContent, delimiter: str, skip: int) -> tuple[int, list[str]] | None:
    """Return the line and the cells of the first row; None where it is not within the head."""
    head = ExportContent(content.file, content.head.encode(errors="replace"))
    try:
        found = next(_rows(head, delimiter, skip), None)
    except TraceErrors:
        return None
    return None if found is None or found[0] >= content.head.count("\n") else found


def _table(
    content: ExportContent,
    names: tuple[str, ...],
    header_line: int,
    rows: list[tuple[int, list[str]]],
    width: int,
) -> CsvTable:
    cells = [row for _, row in rows]
    if set(map(len, cells)) - {width}:
        _trim(content, rows, width)
    columns = tuple(list(map(str.strip, column)) for column in zip(*cells, strict=True))
    return CsvTable(names, header_line, columns or ((),) * width, [line for line, _ in rows])


def _rows(content: ExportContent, delimiter: str, skip: int) -> Iterator[tuple[int, list[str]]]:
    """Yield the line where it ends and the cells of each row that is not blank."""
    stream = io.StringIO(content.text, newline="")
    for _ in islice(stream, skip):
        pass
    # Strict, for a quote never closed would otherwise swallow the rest of the file in silence.
    reader = csv.reader(stream, delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            if len(cells) > 1 or (cells and cells[0].strip()):
                yield reader.line_num + skip, cells
    except csv.Error as error:
        line = max(reader.line_num, 1) + skip
        content.fail(line, f"is not well-formed CSV: {error}")


def _trim(content: ExportContent, rows: list[tuple[int, list[str]]], width: int) -> None:
    """Cut blank cells after the last column; raise TraceErrors for a row of another width."""
    for line, row in rows:
        if len(row) < width:
            content.fail(line, f"the row ends after {len(row)} of {width} columns")
        if any(cell.strip() for cell in row[width:]):
            content.fail(line, f"the row has {len(row)} cells for {width} columns; quote commas")
        del row[width:]

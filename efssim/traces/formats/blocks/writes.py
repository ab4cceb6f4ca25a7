"""Writes of block traces: rows of comma-separated cells, with or without a header."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from efssim.text.quoting import quoted
from efssim.traces.formats.byte_columns import ByteColumn
from efssim.traces.formats.cells import CellError, counted
from efssim.traces.formats.content import ExportContent
from efssim.traces.formats.options import ReadOptions
from efssim.traces.formats.parts import ExportFormat, ExportPart
from efssim.traces.formats.tables.columns import CsvTable, table_parts
from efssim.traces.metric import Floats, Integers, WriteRecords
from efssim.traces.times import FILETIME_EPOCH_S


@dataclass(frozen=True, slots=True)
class BlockLayout:
    """The layout of a block trace."""

    name: str
    row: re.Pattern[str]
    """Of a first row without a header."""
    header: tuple[str, ...]
    """Names of the columns, in lower case."""
    time: int
    offset: int
    size: int
    kind: int
    volume: tuple[int, ...]
    """Columns that name a volume together."""
    writes: tuple[str, ...]
    """Kinds that are writes, in lower case."""
    reads: tuple[str, ...]
    unit_bytes: int
    """Bytes of an offset or size of 1."""

    def recognises(self, content: ExportContent) -> bool:
        """Return whether content begins with a row or the header of the layout."""
        line = content.first_line
        return self.row.fullmatch(line) is not None or self._is_header(line)

    def _is_header(self, line: str) -> bool:
        return tuple(name.strip(' "').lower() for name in line.split(",")) == self.header

    def read(self, content: ExportContent, options: ReadOptions) -> ExportPart:  # noqa: ARG002  # as others
        """Return the writes; raise TraceErrors with the line of a row that is malformed."""
        has_header = self._is_header(content.first_line)
        records: list[WriteRecords] = []
        reads, meaning = 0, ""
        for table in table_parts(content, header=has_header):
            if not table.lines:
                content.fail(None, "has a header but no rows")
            if len(table.columns) < len(self.header):
                has = f"{len(table.columns)} of {len(self.header)} cells"
                content.fail(table.lines[0], f"has {has}: {', '.join(self.header)}")
            rows = np.array(self._write_rows(content, table), dtype=np.int64)
            reads += len(table.lines) - len(rows)
            made, meaning = self._records(content, table, rows)
            records.append(made)
        notes = (f"{reads:,} {'read' if reads == 1 else 'reads'} passed over",) if reads else ()
        return ExportPart(records=tuple(records), notes=notes, passed_over=reads, times=meaning)

    @property
    def _kinds(self) -> set[str]:
        return {*self.writes, *self.reads}

    def _write_rows(self, content: ExportContent, table: CsvTable) -> Sequence[int] | Integers:
        """Return the rows that are writes; raise TraceErrors with the line of another kind."""
        cells = table.columns[self.kind]
        distinct = cells.distinct() if isinstance(cells, ByteColumn) else None
        if distinct is not None and {one.lower() for one in distinct[0]} <= self._kinds:
            writes = [at for at, one in enumerate(distinct[0]) if one.lower() in self.writes]
            return np.flatnonzero(np.isin(distinct[1], writes))
        kinds = list(map(str.lower, cells))
        unknown = set(kinds) - self._kinds
        if unknown:
            row = next(row for row, kind in enumerate(kinds) if kind in unknown)
            known = " or ".join((self.reads[0], self.writes[0]))
            cell = quoted(table.columns[self.kind][row])
            content.fail(table.lines[row], f"kind {cell} is neither a read nor a write ({known})")
        return [row for row, kind in enumerate(kinds) if kind in self.writes]

    def _records(
        self, content: ExportContent, table: CsvTable, rows: Integers
    ) -> tuple[WriteRecords, str]:
        times = self._whole(content, table, rows, self.time, "time")
        try:
            meaning = counted(times.astype(np.float64), times.tolist())[1]
        except CellError as error:
            content.fail(table.lines[rows[error.row]], error.message)
        offset = self._bytes(content, table, rows, self.offset, "offset")
        size = self._bytes(content, table, rows, self.size, "size")
        volumes, volume = self._volumes(table, rows)
        time_s = _seconds(times, meaning)
        return WriteRecords(time_s, size, offset, volume, tuple(volumes)), meaning

    def _volumes(self, table: CsvTable, rows: Integers) -> tuple[list[str], Integers]:
        """Return the names of volumes in order of their first write, and the one of each row."""
        parts = [_distinct(taken(table.columns[at], rows)) for at in self.volume]
        number = np.zeros(len(rows), dtype=np.int64)
        for names, which in parts:
            number = number * len(names) + which
        _, first, which = np.unique(number, return_index=True, return_inverse=True)
        order = np.argsort(first)  # of the first write
        rank = np.argsort(order)
        found = ["_".join(names[at[row]] for names, at in parts) for row in first[order].tolist()]
        return found, rank[which]

    def _bytes(
        self, content: ExportContent, table: CsvTable, rows: Integers, at: int, what: str
    ) -> Integers:
        found = self._whole(content, table, rows, at, what)
        too_large = found > (2**63 - 1) // self.unit_bytes
        if too_large.any():
            row = rows[int(too_large.argmax())]
            content.fail(table.lines[row], f"{what} {quoted(table.columns[at][row])} is too large")
        return found * self.unit_bytes

    def _whole(
        self, content: ExportContent, table: CsvTable, rows: Integers, at: int, what: str
    ) -> Integers:
        """Return whole numbers of at least 0; raise TraceErrors with the line of another cell."""
        cells = taken(table.columns[at], rows)
        plain = cells.whole_numbers() if isinstance(cells, ByteColumn) else None
        if plain is not None:
            return plain
        try:
            found = np.array(list(map(int, cells)), dtype=np.int64)
        except (ValueError, OverflowError):
            found = np.array([_whole_or_negative(cell) for cell in cells], dtype=np.int64)
        if (found < 0).any():
            row = rows[int((found < 0).argmax())]
            cell = quoted(table.columns[at][row])
            content.fail(table.lines[row], f"{what} {cell} is no whole number from 0 to 2^63")
        return found


def taken(cells: Sequence[str], rows: Integers) -> Sequence[str]:
    """Return the cells of some rows."""
    if isinstance(cells, ByteColumn):
        return cells.taken(rows)
    return [cells[row] for row in rows.tolist()]


def _distinct(cells: Sequence[str]) -> tuple[list[str], Integers]:
    """Return the different cells, and which of them each row has."""
    found = cells.distinct() if isinstance(cells, ByteColumn) else None
    if found is not None:
        return found
    names = list(dict.fromkeys(cells))
    number = {name: at for at, name in enumerate(names)}
    return names, np.array([number[cell] for cell in cells], dtype=np.int64)


def _whole_or_negative(cell: str) -> int:
    try:
        value = int(cell)
    except ValueError:
        return -1
    return value if 0 <= value < 2**63 else -1


_PER_S = {"epoch s": 1, "epoch ms": 10**3, "epoch us": 10**6, "epoch ns": 10**9}
_FILETIME_PER_S = 10**7


def _seconds(times: Integers, meaning: str) -> Floats:
    """Return counts in seconds since 1970, exact but for one rounding."""
    if meaning == "FILETIME":
        return (times + FILETIME_EPOCH_S * _FILETIME_PER_S) / _FILETIME_PER_S
    found: Floats = times / _PER_S.get(meaning, 1)
    return found


def block_format(layout: BlockLayout) -> ExportFormat:
    """Return the format of a layout."""
    return ExportFormat(layout.name, layout.recognises, layout.read, words=layout.header)

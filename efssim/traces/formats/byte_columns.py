"""Columns of a simple table, read many cells at once from the bytes of a file.

Simple is a table without quotes whose rows all have as many cells. Each function returns None for
cells that are anything but plain; whoever asks then reads them one by one, with their faults.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from efssim.traces.metric import Floats, Integers

Bytes = NDArray[np.uint8]

ROWS_AT_ONCE = 2**16
"""Rows whose characters are in memory at a time."""
WIDEST = 64
"""Characters of a cell above which it is no number, date or unit; assumed."""

_NEWLINE, _RETURN, _SPACE, _TAB, _ZERO, _POINT = (ord(one) for one in "\n\r \t0.")
_IN_NUMBERS = np.zeros(256, dtype=np.bool_)
_IN_NUMBERS[list(b"0123456789+-.eE\0")] = True
_MOST_DIGITS = 18
"""Digits of a whole number that surely fits 64 bits."""
_EXACT_DIGITS = 15
"""Digits of a whole number that a float surely has exactly."""
_POWERS = 10 ** np.arange(_MOST_DIGITS - 1, -1, -1, dtype=np.int64)


class ByteColumn(Sequence[str]):
    """Cells between two positions each, which are texts only where one is looked at."""

    def __init__(self, data: Bytes, starts: Integers, ends: Integers) -> None:
        self._data, self._starts, self._ends = data, starts, ends

    def __len__(self) -> int:
        return len(self._starts)

    @overload
    def __getitem__(self, at: int) -> str: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...

    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        if isinstance(at, slice):
            return ByteColumn(self._data, self._starts[at], self._ends[at])
        cell = self._data[self._starts[at] : self._ends[at]]
        return cell.tobytes().decode("utf-8", errors="replace")

    def taken(self, rows: Integers) -> ByteColumn:
        """Return the cells of some rows."""
        return ByteColumn(self._data, self._starts[rows], self._ends[rows])

    def _parts(self) -> Iterator[tuple[Bytes, Integers]]:
        """Yield characters of rows, filled up with 0, and how many each row has."""
        width = max(1, int((self._ends - self._starts).max(initial=1)))
        from_each_place = sliding_window_view(self._data, width)
        places = np.arange(width, dtype=np.int32)
        for at in range(0, len(self), ROWS_AT_ONCE):
            starts, ends = self._starts[at : at + ROWS_AT_ONCE], self._ends[at : at + ROWS_AT_ONCE]
            lengths = ends - starts
            codes = from_each_place[starts]
            if lengths.min() < width:
                codes *= places < lengths[:, None]
            yield codes, lengths

    @property
    def _is_narrow(self) -> bool:
        return bool(len(self)) and int((self._ends - self._starts).max()) <= WIDEST

    def floats(self) -> Floats | None:
        """Return the cells as finite numbers, NaN for empty ones; None where one is no number."""
        if not self._is_narrow or not _IN_NUMBERS[self._first].all():
            return None
        lengths = self._ends - self._starts
        whole = self.whole_numbers() if lengths.max() <= _EXACT_DIGITS else None
        if whole is not None:
            return whole.astype(np.float64)
        pointed = self._whole_parts()
        if pointed is not None:
            return pointed
        found = []
        for codes, lengths in self._parts():
            part = _floats(codes, lengths)
            if part is None:
                return None
            found.append(part)
        return np.concatenate(found)

    @property
    def _first(self) -> Bytes:
        """Characters of the first cell."""
        return self._data[self._starts[0] : self._ends[0]]

    def _whole_parts(self) -> Floats | None:
        """Return cells such as `12.0` as numbers, faster than other ones; None where one is not."""
        lengths = self._ends - self._starts
        last, before = self._data[self._ends - 1], self._data[self._ends - 2]
        if (
            lengths.min() < 3
            or self._first[-1] != _ZERO
            or (last != _ZERO).any()
            or (before != _POINT).any()
        ):
            return None
        cut = ByteColumn(self._data, self._starts, self._ends - 2)
        found = cut.whole_numbers() if lengths.max() <= _EXACT_DIGITS + 2 else None
        return None if found is None else found.astype(np.float64)

    def whole_numbers(self) -> Integers | None:
        """Return the cells as whole numbers of at least 0; None where one is none, or is long."""
        if not self._is_narrow:
            return None
        width = int((self._ends - self._starts).max())
        if width > _MOST_DIGITS or (self._ends == self._starts).any():
            return None
        up_to_each_place = sliding_window_view(self._data, width)
        places, found = np.arange(width, dtype=np.int32), []
        for at in range(0, len(self), ROWS_AT_ONCE):
            starts, ends = self._starts[at : at + ROWS_AT_ONCE], self._ends[at : at + ROWS_AT_ONCE]
            digits = up_to_each_place[ends - width] - np.uint8(_ZERO)  # below 0 wraps above 9
            digits *= places >= (width - (ends - starts))[:, None]
            if digits.max() > 9:
                return None
            found.append(digits @ _POWERS[-width:])
        return np.concatenate(found)

    def codes_of_one_width(self) -> Iterator[Bytes]:
        """Yield the characters of rows, where all cells are equally long; nothing where not."""
        lengths = self._ends - self._starts
        if self._is_narrow and lengths.min() == lengths.max() > 0:
            yield from (codes for codes, _ in self._parts())

    def distinct(self) -> tuple[list[str], Integers] | None:
        """Return the different cells, and which each row has; None for long or blank ones."""
        if not self._is_narrow:
            return None
        width = int((self._ends - self._starts).max())
        if not width:
            return None
        rows = np.concatenate([_padded(codes, -width % 8) for codes, _ in self._parts()])
        words = rows.view(np.uint64)
        same = (words == words[0]).all(axis=1)
        if same.all():
            return [self[0]], np.zeros(len(self), dtype=np.int64)
        if words.shape[1] == 1:
            _, first, which = np.unique(words[:, 0], return_index=True, return_inverse=True)
        else:
            texts = rows.view(f"S{rows.shape[1]}").ravel()
            _, first, which = np.unique(texts, return_index=True, return_inverse=True)
        return [self[at] for at in first.tolist()], which.astype(np.int64)

    def before_and_after_blank(self) -> tuple[ByteColumn, ByteColumn] | None:
        """Return the parts of each cell around a blank; None where a cell has none to part it at.

        The first part may have another blank, and is then no number.
        """
        if not self._is_narrow:
            return None
        # Mostly all cells have the same unit, or units of one length.
        back = len(self._first) - self._first.tobytes().rfind(b" ")
        same = self._ends - back
        if (same > self._starts).all() and (self._data[same] == _SPACE).all():
            return (
                ByteColumn(self._data, self._starts, same),
                ByteColumn(self._data, same + 1, self._ends),
            )
        first, last = int(self._starts[0]), int(self._ends[-1])
        blanks = np.flatnonzero(self._data[first:last] == _SPACE) + first
        blanks = np.append(blanks, [last, last])
        at = np.searchsorted(blanks, self._starts)
        middle = blanks[at]
        if (middle >= self._ends).any() or (blanks[at + 1] < self._ends).any():
            return None
        return (
            ByteColumn(self._data, self._starts, middle),
            ByteColumn(self._data, middle + 1, self._ends),
        )


def _padded(codes: Bytes, more: int) -> Bytes:
    return np.ascontiguousarray(np.pad(codes, ((0, 0), (0, more))))


def _floats(codes: Bytes, lengths: Integers) -> Floats | None:
    if not _IN_NUMBERS[codes].all():
        return None
    if (lengths == 0).any():
        codes = _padded(codes, max(0, 3 - codes.shape[1]))
        codes[lengths == 0, :3] = list(b"nan")
    texts = np.ascontiguousarray(codes).view(f"S{codes.shape[1]}").ravel()
    try:
        found = texts.astype(np.float64)
    except ValueError:
        return None
    return None if np.isinf(found).any() else found


@dataclass(frozen=True, slots=True)
class ByteTable:
    """A simple table: where its rows begin and end, and what stands between their cells."""

    data: Bytes
    starts: Integers
    ends: Integers
    between: Integers
    """Positions of delimiters, of the shape (rows, columns - 1)."""
    lines: Sequence[int]

    @property
    def width(self) -> int:
        """The number of columns."""
        return int(self.between.shape[1]) + 1

    def column(self, at: int) -> ByteColumn:
        """Return a column by its position."""
        starts = self.starts if at == 0 else self.between[:, at - 1] + 1
        ends = self.ends if at == self.width - 1 else self.between[:, at]
        return ByteColumn(self.data, starts, ends)


def byte_table(data: bytes, delimiter: str, skip: int) -> ByteTable | None:
    """Return the simple table that begins after some lines; None where it is not simple."""
    begin = 0
    for _ in range(skip):
        begin = data.find(b"\n", begin) + 1
        if not begin:
            return None
    if _is_odd(data[begin:]):
        return None
    # Windows of the widest cell begin before the data and end after them.
    codes = np.frombuffer(bytes(WIDEST) + data + bytes(WIDEST), dtype=np.uint8)
    begin, end = begin + WIDEST, len(data) + WIDEST
    ends = np.flatnonzero(codes[begin:end] == _NEWLINE) + begin
    if len(data) and data[-1] != _NEWLINE:
        ends = np.append(ends, end)
    starts = np.append(begin, ends[:-1] + 1)[: len(ends)]
    if b"\r" in data:
        ends = ends - (codes[np.maximum(ends - 1, 0)] == _RETURN)
    lines: Sequence[int] = range(skip + 1, skip + 1 + len(starts))
    is_full = ends > starts
    if not is_full.all():
        starts, ends = starts[is_full], ends[is_full]
        lines = (np.flatnonzero(is_full) + skip + 1).tolist()
    return _cut(codes, starts, ends, lines, delimiter) if len(starts) else None


def _cut(
    codes: Bytes, starts: Integers, ends: Integers, lines: Sequence[int], delimiter: str
) -> ByteTable | None:
    """Return a table cut at its delimiters; None where rows have several widths, or blanks."""
    first, last = int(starts[0]), int(ends[-1])
    between = np.flatnonzero(codes[first:last] == ord(delimiter)) + first
    count, rest = divmod(len(between), len(starts))
    if not count or rest:
        return None
    table = ByteTable(codes, starts, ends, between.reshape(len(starts), count), lines)
    if (table.between[:, 0] < starts).any() or (table.between[:, -1] >= ends).any():
        return None
    return None if _has_blank_edges(table) else table


def _has_blank_edges(table: ByteTable) -> bool:
    """Return whether a cell begins or ends with a blank."""
    codes = table.data
    is_blank = np.zeros(256, dtype=np.bool_)
    is_blank[[_SPACE, _TAB]] = True
    region = codes[table.starts[0] : table.ends[-1]]
    if not (region == _SPACE).any() and not (region == _TAB).any():
        return False
    edges = [table.starts, table.ends - 1]
    for at in range(table.width - 1):
        edges += [table.between[:, at] - 1, table.between[:, at] + 1]
    return any(is_blank[codes[edge]].any() for edge in edges)


def _is_odd(data: bytes) -> bool:
    """Return whether a table has quotes, or returns that end no line."""
    return b'"' in data or (b"\r" in data and data.count(b"\r") != data.count(b"\r\n"))

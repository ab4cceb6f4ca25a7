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

_NEWLINE, _RETURN, _SPACE, _ZERO = (ord(one) for one in "\n\r 0")
_IN_NUMBERS = np.zeros(256, dtype=np.bool_)
_IN_NUMBERS[list(b"0123456789+-.eE\0")] = True
_MOST_DIGITS = 18
"""Digits of a whole number that surely fits 64 bits."""
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
        places = np.arange(width)
        for at in range(0, len(self), ROWS_AT_ONCE):
            starts, ends = self._starts[at : at + ROWS_AT_ONCE], self._ends[at : at + ROWS_AT_ONCE]
            lengths = ends - starts
            codes = from_each_place[starts]
            if lengths.min() < width:
                codes[places >= lengths[:, None]] = 0
            yield codes, lengths

    @property
    def _is_narrow(self) -> bool:
        return bool(len(self)) and int((self._ends - self._starts).max()) <= WIDEST

    def floats(self) -> Floats | None:
        """Return the cells as finite numbers, NaN for empty ones; None where one is no number."""
        if not self._is_narrow:
            return None
        parts = [_floats(codes, lengths) for codes, lengths in self._parts()]
        return _joined(parts)

    def whole_numbers(self) -> Integers | None:
        """Return the cells as whole numbers of at least 0; None where one is none, or is long."""
        if not self._is_narrow:
            return None
        parts = [_whole(codes, lengths) for codes, lengths in self._parts()]
        found = [part for part in parts if part is not None]
        return np.concatenate(found) if len(found) == len(parts) else None

    def codes_of_one_width(self) -> Iterator[Bytes]:
        """Yield the characters of rows, where all cells are equally long; nothing where not."""
        lengths = self._ends - self._starts
        if self._is_narrow and lengths.min() == lengths.max() > 0:
            yield from (codes for codes, _ in self._parts())

    def distinct(self) -> tuple[list[str], Integers] | None:
        """Return the different cells, and which of them each row has; None for long ones."""
        if not self._is_narrow:
            return None
        width = int((self._ends - self._starts).max())
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
        """Return the parts of each cell before and after its one blank; None where it has not one."""
        if not self._is_narrow:
            return None
        blanks = []
        for codes, _ in self._parts():
            is_blank = codes == _SPACE
            if (is_blank.sum(axis=1) != 1).any():
                return None
            blanks.append(is_blank.argmax(axis=1))
        middle = self._starts + np.concatenate(blanks)
        return (
            ByteColumn(self._data, self._starts, middle),
            ByteColumn(self._data, middle + 1, self._ends),
        )


def _padded(codes: Bytes, more: int) -> Bytes:
    return np.ascontiguousarray(np.pad(codes, ((0, 0), (0, more))))


def _joined(parts: list[Floats | None]) -> Floats | None:
    found = [part for part in parts if part is not None]
    return np.concatenate(found) if len(found) == len(parts) else None


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


def _whole(codes: Bytes, lengths: Integers) -> Integers | None:
    if codes.shape[1] > _MOST_DIGITS or (lengths == 0).any():
        return None
    found = np.zeros(len(codes), dtype=np.int64)
    for length in np.unique(lengths).tolist():
        rows = slice(None) if length == lengths.min() == lengths.max() else lengths == length
        digits = codes[rows, :length] - np.uint8(_ZERO)  # below 0 it wraps far above 9
        if (digits > 9).any():
            return None
        found[rows] = digits @ _POWERS[-length:]
    return found


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
    if _is_odd(data[begin:], delimiter.encode()):
        return None
    # Windows of the widest cell end with the data, so more follows.
    codes = np.frombuffer(data + bytes(WIDEST), dtype=np.uint8)
    ends = np.flatnonzero(codes[begin : len(data)] == _NEWLINE) + begin
    if len(data) and data[-1] != _NEWLINE:
        ends = np.append(ends, len(data))
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
    return table


def _is_odd(data: bytes, delimiter: bytes) -> bool:
    """Return whether a table has quotes, blanks around cells, or returns that end no line."""
    edges = {delimiter, b"\n", b"\r"}
    blanks = {blank for blank in (b" ", b"\t") if blank in data and blank != delimiter}
    return (
        b'"' in data
        or data[:1] in blanks
        or data[-1:] in blanks
        or any(edge + blank in data or blank + edge in data for edge in edges for blank in blanks)
        or (b"\r" in data and data.count(b"\r") != data.count(b"\r\n"))
    )

"""Growing tables of numbers: filled a block at a time, passed to sinks, hashed, and kept packed.

Counts and sizes span few bytes, and much of a calm run is evenly spaced, so a packed column takes a
fraction of its 8 bytes a row; unpacked, it is the same to the last bit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from efssim.errors import StateError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Column = NDArray[Any]
"""Floats or integers."""
Block = Mapping[str, Column]
"""Consecutive rows: each column of shape (rows,)."""

BLOCK = 16_384
"""Rows that are worth the calls of NumPy that a block takes; no result depends on it."""


class Columns:
    """A growing table of numbers, one column for each name: integers, and floats from 0 on or NaN.

    Rows wait until there are enough of them for a block. Then each sink receives the block, each
    column is hashed, if anybody reads that, and the block is kept, packed, unless the table keeps
    nothing.
    """

    def __init__(self, types: Mapping[str, str], *, keep: bool = True, hashed: bool = True) -> None:
        """Make the columns of `types`, by type code: "d" for floats, "q" for integers."""
        self.keep = keep
        """Whether the rows can be read back."""
        self.sinks: list[Callable[[Block], None]] = []
        """Receive each block in order; how rows are divided into blocks means nothing."""
        self._types = {name: np.dtype(code) for name, code in types.items()}
        self._kept: list[dict[str, _Packed]] = []
        self._hashes: dict[str, _Hash] = {}
        """By column; those that were the same so far share one."""
        if hashed:
            empty = {dtype: hashlib.sha256() for dtype in self._types.values()}
            self._hashes = {name: empty[dtype] for name, dtype in self._types.items()}
        self._parts: list[list[Column]] = []
        self._rows: list[tuple[float, ...]] = []
        self._flushed = self._waiting = 0

    def __len__(self) -> int:
        return self._flushed + self._waiting

    def append(self, *row: float) -> None:
        """Add one row, its values in the order of the columns; counts and sizes are integers."""
        self._rows.append(row)
        self._grow(1)

    def extend(self, columns: Iterable[NDArray[Any]]) -> None:
        """Add many rows, given as columns in their order, each of shape (rows,).

        The arrays must not change afterwards: they are copied with the block that they are part of.
        """
        self._line_up()
        typed = zip(columns, self._types.values(), strict=True)
        part = [np.asarray(column, dtype=dtype) for column, dtype in typed]
        self._parts.append(part)
        self._grow(len(part[0]))

    def _grow(self, rows: int) -> None:
        self._waiting += rows
        if self._waiting >= BLOCK:
            self.flush()

    def _line_up(self) -> None:
        """Turn the rows that wait by themselves into a part."""
        if self._rows:
            columns = zip(*self._rows, strict=True)
            typed = zip(columns, self._types.values(), strict=True)
            self._parts.append([np.array(values, dtype=dtype) for values, dtype in typed])
            self._rows = []

    def flush(self) -> None:
        """Make a block of the rows that wait."""
        if not self._waiting:
            return
        self._line_up()
        columns = (_joined(parts) for parts in zip(*self._parts, strict=True))
        block = dict(zip(self._types, columns, strict=True))
        self._flushed, self._waiting, self._parts = len(self), 0, []
        for sink in self.sinks:
            sink(block)
        self._hash(block)
        if self.keep:
            self._kept.append({name: _pack(column) for name, column in block.items()})

    def _hash(self, block: Block) -> None:
        """Hash the columns of a block; those that are the same, and were before, only once."""
        known: dict[tuple[int, float, float], list[tuple[Column, _Hash]]] = {}
        before = dict(self._hashes)
        for name, hasher in before.items():
            column = block[name]
            # NaN is like nothing, so a column with it in these places is hashed by itself.
            alike = known.setdefault((id(hasher), column.item(0), column.item(-1)), [])
            for other, made in alike:
                if np.array_equal(column, other):
                    self._hashes[name] = made
                    break
            else:
                made = hasher.copy()
                made.update(_canonical(column).data)  # without a copy
                alike.append((column, made))
                self._hashes[name] = made

    def copy(self) -> Columns:
        """Return the table as it is now, without sinks."""
        self.flush()
        other = Columns.__new__(Columns)
        vars(other).update(vars(self), sinks=[], _kept=list(self._kept), _parts=[], _rows=[])
        other._hashes = dict(self._hashes)  # which are replaced, and never changed
        return other

    def __getstate__(self) -> dict[str, Any]:
        """Return the state to pickle: rows and their hash, without sinks; it takes no more rows."""
        self.flush()
        hashes = {name: _Finished(hasher.digest()) for name, hasher in self._hashes.items()}
        return {**vars(self), "sinks": [], "_hashes": hashes}

    def __getitem__(self, name: str) -> Column:
        """Return a copy of a column, shape (rows,); LookupError if the table keeps no rows."""
        if not self.keep:
            raise LookupError(f"column {name!r} was not kept")
        self.flush()
        parts = [block[name].unpacked() for block in self._kept]
        return np.concatenate(parts) if parts else np.zeros(0, dtype=self._types[name])

    def floats(self, name: str) -> Floats:
        """Return a copy of a column as floats."""
        return self[name].astype(np.float64, copy=False)

    def ints(self, name: str) -> Ints:
        """Return a copy of a column of counts or sizes."""
        return self[name].astype(np.int64, copy=False)

    def digest(self) -> bytes:
        """Return a hash of the columns: integers as they are, times rounded to 1 µs.

        Empty where they are not hashed.
        """
        self.flush()
        return b"".join(hasher.digest() for hasher in self._hashes.values())


class _Hash(Protocol):
    """Interface of a hash of hashlib."""

    def digest(self) -> bytes: ...

    def copy(self) -> _Hash: ...

    def update(self, data: bytes | memoryview, /) -> None: ...


@dataclass(frozen=True, slots=True)
class _Finished:
    """The hash of a column to which nothing is added any more: that of hashlib is not pickled."""

    value: bytes

    def digest(self) -> bytes:
        return self.value

    def copy(self) -> _Finished:
        return self

    def update(self, _data: bytes | memoryview) -> None:
        raise StateError("nothing can be added to a table that was pickled")


def _joined(parts: tuple[Column, ...]) -> Column:
    # Copies, unless there is nothing to join: slices would keep their whole arrays alive.
    if len(parts) == 1 and parts[0].base is None:
        return parts[0]
    return np.concatenate(parts)


def _canonical(column: Column) -> Column:
    """Return the integers that are hashed, without gaps in memory."""
    if column.dtype == np.int64:
        return np.ascontiguousarray(column, dtype="<i8")
    microseconds = column * 1e6
    unknown = np.isnan(microseconds)
    if unknown.any():
        microseconds[unknown] = -1.0  # NaN (no write) has no integer; -1 is not a time
    return np.rint(microseconds, out=microseconds).astype("<i8")


# --- packing ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Even:
    """Values that are each the one before plus a step."""

    first: Any
    step: Any
    rows: int

    def unpacked(self) -> Column:
        column = np.full(self.rows, self.step)
        column[0] = self.first
        return column.cumsum()


@dataclass(frozen=True, slots=True)
class _Narrow:
    """Integers in the narrowest type that holds their differences from the least of them."""

    least: int
    above: NDArray[Any]

    def unpacked(self) -> Ints:
        return self.above.astype(np.int64) + self.least


@dataclass(frozen=True, slots=True)
class _Steps:
    """Integers by their differences."""

    first: int
    steps: _Even | _Narrow

    def unpacked(self) -> Ints:
        return np.concatenate(([self.first], self.steps.unpacked())).cumsum()


@dataclass(frozen=True, slots=True)
class _Plain:
    column: Column

    def unpacked(self) -> Column:
        return self.column


_Packed = _Even | _Narrow | _Steps | _Plain


def _pack(column: Column) -> _Packed:
    if len(column) > 1 and _is_even(column):
        return _Even(column[0], column[1] - column[0], len(column))
    if column.dtype == np.float64:
        return _Plain(column)
    narrow = _narrow(column)
    if narrow.above.itemsize < 8 or len(column) < 2:
        return narrow
    return _Steps(int(column[0]), _narrow(np.diff(column)))


def _is_even(column: Column) -> bool:
    steps = np.diff(column[: 2 + len(column) // 64])  # most that are not even show it early
    if (steps != steps[0]).any():
        return False
    return np.array_equal(_Even(column[0], steps[0], len(column)).unpacked(), column)


def _narrow(column: Ints) -> _Narrow:
    least = int(column.min())
    span = int(column.max()) - least
    return _Narrow(least, (column - least).astype(np.min_scalar_type(span)))

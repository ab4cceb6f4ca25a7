"""Tables of a page: cells with a text to read and a value to sort by."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from efssim.report.words.lines import percent
from efssim.text.quantities import format_duration, format_size

R = TypeVar("R")


@dataclass(frozen=True)
class Cell:
    """One cell; `value` is its sort key, its text where there is none."""

    text: str
    value: float | str | None = None
    is_number: bool = False
    """Whether it is set to the right."""
    is_time: bool = False
    """Whether it is a date and a time, which stay on one line."""
    term: str | None = None
    """Key of the term that its text is, if it is one."""


@dataclass(frozen=True)
class Column:
    """A heading; `term` is the key of the term that it is, if it is one."""

    title: str
    is_number: bool = False
    term: str | None = None
    sort: Literal["ascending", "descending"] | None = None
    """In which order the rows are by this column, if they are."""


@dataclass(frozen=True)
class HtmlTable:
    """A table with a caption; the first cell of each row is its heading."""

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]
    is_sortable: bool = False
    note: str = ""
    """A note on the rows left out."""


NONE = "–"
"""The sign for a value that does not exist."""


def text(value: str, term: str | None = None) -> Cell:
    """Return a cell of text."""
    return Cell(value, term=term)


def number(value: float | None, shown: str | None = None) -> Cell:
    """Return a cell of a number, as text if that is not how it is shown."""
    if value is None:
        return Cell(NONE, -1.0, is_number=True)
    return Cell(f"{value:,}" if shown is None else shown, float(value), is_number=True)


def duration(seconds: float | None) -> Cell:
    """Return a cell of a duration."""
    return number(seconds, None if seconds is None else format_duration(seconds))


def size(value: float | None) -> Cell:
    """Return a cell of a size in bytes."""
    return number(value, None if value is None else format_size(value))


def share(value: float | None) -> Cell:
    """Return a cell of a share, in per cent."""
    return number(value, None if value is None else percent(value))


def bounded(rows: Iterable[R], most: int, rest: str) -> tuple[list[R], str]:
    """Return the first rows, and a note on the others: `rest` says where they are."""
    listed = list(rows)
    left = len(listed) - most
    return listed[:most], f"{left:,} more in {rest}." if left > 0 else ""

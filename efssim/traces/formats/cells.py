"""Cells of exports as numbers: many times or values at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo

import numpy as np
from numpy.typing import NDArray

from efssim.errors import EfssimError
from efssim.text.quoting import quoted
from efssim.traces.formats.byte_columns import ROWS_AT_ONCE, ByteColumn
from efssim.traces.metric import Floats
from efssim.traces.times import LAST_S, UNIX_EPOCH, unit_of_all

Codes = NDArray[np.uint32] | NDArray[np.uint8]

NO_ZONE = (
    "is local time and does not say of which zone; write `timezone: UTC`, or that of the export"
)


class CellError(EfssimError, ValueError):
    """A cell that cannot be read; `row` is its index among the cells, from 0."""

    def __init__(self, row: int, message: str) -> None:
        super().__init__(row, message)  # all that it takes to be pickled
        self.row, self.message = row, message

    def __str__(self) -> str:
        return self.message


# ---- numbers ------------------------------------------------------------------------------------


def numbers(cells: Sequence[str], what: str = "value") -> Floats:
    """Return numbers in cells, NaN for `NaN`; raise CellError for another text."""
    plain = cells.floats() if isinstance(cells, ByteColumn) else None
    if plain is not None:
        return plain
    try:
        found = np.array(list(map(float, cells)), dtype=np.float64)
    except ValueError:
        row = next(row for row, cell in enumerate(cells) if not _is_number(cell))
        raise CellError(row, f"{what} {quoted(cells[row])} is not a number") from None
    # float() takes "1_000" as well, which no tool writes.
    if any("_" in cell for cell in cells):
        row = next(row for row, cell in enumerate(cells) if "_" in cell)
        raise CellError(row, f"{what} {quoted(cells[row])} is not a number")
    return finite(found, cells, what)


def finite(values: Floats, cells: Sequence[object], what: str = "value") -> Floats:
    """Return values of cells; raise CellError where one is infinite."""
    infinite = np.isinf(values)
    if infinite.any():
        row = int(infinite.argmax())
        raise CellError(row, f"{what} {quoted(cells[row])} is not finite")
    return values


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


# ---- times --------------------------------------------------------------------------------------


def times(cells: Sequence[str], zone: tzinfo | None) -> tuple[Floats, str]:
    """Return times in cells as seconds since 1970, and their interpretation.

    They are dates, or numbers whose magnitude says their unit. Dates without an offset are those
    of `zone`; where it is None they are refused. Raise CellError.
    """
    if cells and _is_number(cells[0]):
        return counted(numbers(cells, "time"), cells)
    return dates(cells, zone), "dates"


def counted(values: Floats, cells: Sequence[object]) -> tuple[Floats, str]:
    """Return numbers as seconds since 1970, or since a zero of their own, and what they count."""
    missing = np.isnan(values)
    if missing.any():
        row = int(missing.argmax())
        raise CellError(row, f"time {quoted(cells[row])} is not a number")
    unit, wrong = unit_of_all(values)
    if unit is None or wrong is not None:
        row = 0 if wrong is None else wrong
        raise CellError(
            row,
            f"time {quoted(cells[row])} is neither a date nor a number of s, ms, us, ns since "
            "1970, of the kind that the others are",
        )
    return values / unit.per_s + (unit.epoch_s or 0), unit.name


def dates(cells: Sequence[str], zone: tzinfo | None) -> Floats:
    """Return dates as seconds since 1970; raise CellError. Those without an offset are of `zone`.

    Dates of one layout, as tools write them, are read all at once, others one by one.
    """
    if not cells:
        return np.zeros(0)
    found = _of_one_layout(cells, zone)
    if found is not None:
        return found
    return np.array([_date(row, cell, zone) for row, cell in enumerate(cells)], dtype=np.float64)


def _date(row: int, cell: str, zone: tzinfo | None) -> float:
    text = cell.strip()
    text = text.replace("/", "-") if text[4:5] == "/" else text
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CellError(row, _no_date(cell)) from None
    if moment.tzinfo is not None:
        return (moment - UNIX_EPOCH).total_seconds()
    if zone is None:
        raise CellError(row, f"time {quoted(cell)} {NO_ZONE}")
    local = (moment.replace(tzinfo=UTC) - UNIX_EPOCH).total_seconds()
    try:
        return float(local_seconds(np.array([local]), zone)[0])
    except CellError as error:
        raise CellError(row, error.message) from None


def _no_date(cell: str) -> str:
    if cell.count("/") == 2 and cell[4:5] != "/":
        return (
            f"time {quoted(cell)} may be day/month or month/day; write it as 2026-01-31 12:00:00, "
            "in the tool or in the file"
        )
    return f"time {quoted(cell)} is not a date and time such as 2026-01-31T12:00:00Z"


# Positions of the digits in `2026-01-31T12:00:00`, and of what stands between them.
_DIGITS = [0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18]
_BETWEEN = [4, 7, 10, 13, 16]
_ZONE_ENDS = ("Z", "z", "+00:00", "+0000", "+00", "-00:00")
_SEPARATORS = ("--T::", "-- ::", "//T::", "// ::")


def _of_one_layout(cells: Sequence[str], zone: tzinfo | None) -> Floats | None:
    """Return dates that all have the layout of the first one; None where they do not."""
    end = next((end for end in _ZONE_ENDS if cells[0].endswith(end)), "")
    width = len(cells[0])
    between = "".join(cells[0][at : at + 1] for at in _BETWEEN)
    if width - len(end) != 19 or between not in _SEPARATORS or (not end and zone is None):
        return None
    like = np.array([cells[0]], dtype=f"U{width}").view(np.uint32)
    parts, rows = [], 0
    for codes in _codes(cells, width):
        same = [*_BETWEEN, *range(19, width)]
        part = _seconds(codes) if (codes[:, same] == like[same]).all() else None
        if part is None:
            return None
        parts.append(part)
        rows += len(part)
    if rows < len(cells):
        return None
    seconds = np.concatenate(parts)
    if end:
        return seconds
    assert zone is not None, "it was asked for above"
    return local_seconds(seconds, zone)


def _codes(cells: Sequence[str], width: int) -> Iterator[Codes]:
    """Yield the characters of some rows at a time; end where one is of another width."""
    if isinstance(cells, ByteColumn):
        yield from (codes for codes in cells.codes_of_one_width() if codes.shape[1] == width)
        return
    for at in range(0, len(cells), ROWS_AT_ONCE):
        part = cells[at : at + ROWS_AT_ONCE]
        if set(map(len, part)) != {width}:
            return
        yield np.array(part, dtype=f"U{width}").view(np.uint32).reshape(-1, width)


def _seconds(codes: Codes) -> Floats | None:
    """Return the seconds since 1970 of characters of dates; None where one is no date."""
    # Columns one by one, as rows are too short to be walked along; what is below 0 wraps.
    zero = np.array(ord("0"), dtype=codes.dtype)
    digits = [np.subtract(codes[:, at], zero) for at in _DIGITS]
    if max(int(column.max()) for column in digits) > 9:
        return None
    pairs = (
        tens.astype(np.int32) * 10 + ones
        for tens, ones in zip(digits[0::2], digits[1::2], strict=True)
    )
    century, year, month, day, hour, minute, second = pairs
    year = century * 100 + year
    months = ((year - 1970) * 12 + month - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1).astype("timedelta64[D]")
    fits = (month >= 1) & (month <= 12) & (day >= 1) & (days.astype("datetime64[M]") == months)
    if not (fits & (year >= 1) & (hour < 24) & (minute < 60) & (second < 60)).all():
        return None
    of_day = (hour * 60 + minute) * 60 + second
    found: Floats = days.astype(np.int64) * 86_400.0 + of_day
    return found


def local_seconds(seconds: Floats, zone: tzinfo) -> Floats:
    """Return seconds since 1970 of local times, which count them as if they were UTC.

    Times of an hour that a clock repeats are the first one until they fall. Raise CellError for a
    time that a clock leaves out.
    """
    if zone is UTC or not len(seconds):
        return seconds
    offsets = _all_offsets(seconds, zone)
    early: Floats = seconds - offsets[:, 0]
    late: Floats = seconds - offsets[:, 1]
    left_out = late < early
    if left_out.any():
        row = int(left_out.argmax())
        moment = datetime.fromtimestamp(float(seconds[row]), UTC)
        raise CellError(row, f"time {moment:%Y-%m-%d %H:%M:%S} does not exist in {zone}")
    twice = late > early
    if not twice.any():
        return early
    if seconds[0] > seconds[-1]:  # the latest first
        return local_seconds(seconds[::-1], zone)[::-1]
    fell = np.append(False, np.diff(seconds) <= 0) & twice
    second = twice & (_run_sums(fell, twice) > 0)
    found: Floats = np.where(second, late, early)
    return found


def _all_offsets(seconds: Floats, zone: tzinfo) -> NDArray[np.float64]:
    """Return the offsets of local times, of the shape (times, first and second occurrence)."""
    day = np.floor(seconds / 86_400)
    begins = np.flatnonzero(np.append(True, np.diff(day) != 0))  # of runs of one day
    rows = np.diff(np.append(begins, len(day)))
    known = {
        one: (_offsets(one * 86_400, zone), _offsets(one * 86_400 + 86_399, zone))
        for one in set(day[begins].tolist())
    }
    ends = [known[one] for one in day[begins].tolist()]
    found = np.repeat(np.array([begin for begin, _ in ends]), rows, axis=0)
    is_odd = [begin != end or begin[0] != begin[1] for begin, end in ends]
    changes = np.repeat(np.array(is_odd), rows)
    if changes.any():
        # On such a day they change on quarters of an hour at the finest.
        quarters, which = np.unique(np.floor(seconds[changes] / 900), return_inverse=True)
        each = [_offsets(quarter * 900, zone) for quarter in quarters.tolist()]
        found[changes] = np.array(each)[which]
    return found


def _run_sums(marks: NDArray[np.bool_], inside: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return how many marks there are from the begin of the run of `inside` that each is in."""
    total = np.cumsum(marks)
    begins = inside & ~np.append(False, inside[:-1])
    before = np.where(begins, total - marks, 0)
    return total - np.maximum.accumulate(before)


def _offsets(local_s: float, zone: tzinfo) -> tuple[float, float]:
    """Return the offsets of a local time as its first and as its second occurrence, seconds."""
    if not 0 <= local_s + 62_135_596_800 <= LAST_S + 62_135_596_800:
        return 0.0, 0.0
    moment = datetime.fromtimestamp(local_s, UTC).replace(tzinfo=None)
    found = [moment.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1)]
    first, second = (0.0 if one is None else one.total_seconds() for one in found)
    return first, second

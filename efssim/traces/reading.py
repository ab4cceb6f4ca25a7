"""Reading a CSV trace of writes: one row, one time and the bytes written then (or from then on).

The file is taken as exports are: rows out of order, rows of one time, missing periods and rows off
the grid are kept and counted in a report. An unreadable row is refused with its line.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from efssim.text.largest import LARGEST_FILE_BYTES
from efssim.text.quantities import format_size
from efssim.text.quoting import listed, quoted
from efssim.text.suggestions import LONGEST_TYPO, closest
from efssim.traces.calendar.local_days import DAY_S
from efssim.traces.calendar.whole_days import WholeDays
from efssim.traces.flaws import Flaw, Judged, TraceSpan, judge
from efssim.traces.formats.content import ExportContent
from efssim.traces.formats.opening import export_files, opened
from efssim.traces.problems import MAX_BAD_ROWS, TraceError, TraceErrors
from efssim.traces.quality import TraceQuality
from efssim.traces.rows import RawRows, factor_of
from efssim.traces.spec import TraceSpec
from efssim.traces.times import UNIX_EPOCH, TimeCell, TimesError, number_of, recognised

MAX_READING = 1e30
"""Largest value in bytes: far above any counter, and sums of values stay finite; assumed."""

_KNOWN: dict[tuple[TraceSpec, datetime, bytes], RawRows] = {}
_KNOWN_MAX = 16
"""Traces that are kept parsed, by their content, for the next trial reads the same."""

# float() also takes "1_000", "nan" and digits of other scripts, none of which a trace may hold.
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


@dataclass(frozen=True)
class Trace:
    """The rows of a trace that matter to the run.

    `time_s`: seconds since the scenario's start, ascending, rows of one time in file order.
    `bytes`: bytes of each row, >= 0, may be fractional.
    `begin_s`, `end_s`: seconds since the start that the whole file covers, from its first row to
    its last row, plus the period if there is one; rows dropped from the arrays included.
    `repeat_s`: seconds between two beginnings of a repeated trace, > 0; None if not repeated.
    """

    time_s: NDArray[np.float64]
    bytes: NDArray[np.float64]
    begin_s: float
    end_s: float
    quality: TraceQuality
    repeat_s: float | None = None
    period_s: float | None = None
    """Length of the period that each row is the total of; None: each row is one write."""
    days: WholeDays | None = None
    """Days that each run draws its rows from, which are those of the arrays; None: of no draws."""

    def laps(self, duration_s: float) -> float:
        """Return how many times a run has the rows of the arrays, on average where drawn."""
        if self.days is not None:
            return duration_s / (self.days.count * DAY_S)
        return duration_s / self.repeat_s if self.repeat_s else 1.0


_JUDGED: dict[tuple[TraceSpec, datetime, float], tuple[RawRows, Trace]] = {}
"""Traces that fit a run, with the rows that they are of."""


def read_trace(spec: TraceSpec, start: datetime, duration_s: float) -> Trace:
    """Read the trace of `spec` for a run of `duration_s` seconds from `start` (aware, UTC).

    Raises TraceErrors if the file cannot be read or understood, or does not fit the run; see
    `trace_flaws`.
    """
    start = spec.start or start
    raw = read_rows(spec, start)
    known = spec, start, duration_s
    if known in _JUDGED and _JUDGED[known][0] is raw:  # the file did not change since
        return _JUDGED[known][1]
    said = with_period_of(spec, raw)
    found = judge(said, raw, TraceSpan(start, duration_s))
    if found.flaws:
        raise TraceErrors([_error(spec, raw, flaw) for flaw in found.flaws])
    while len(_JUDGED) >= _KNOWN_MAX:
        del _JUDGED[next(iter(_JUDGED))]
    _JUDGED[known] = raw, _trace(said, found)
    return _JUDGED[known][1]


def with_period_of(spec: TraceSpec, raw: RawRows) -> TraceSpec:
    """Return a specification with the period that an export has, where it says none."""
    if spec.period_s is not None or raw.origin is None:
        return spec
    return replace(spec, period_s=raw.origin.period_s)


def _trace(spec: TraceSpec, found: Judged) -> Trace:
    rows = found.written
    # All rows of a repeated trace, so that laps can be counted; those outside come in another lap.
    keep = slice(None) if spec.repeat else found.keep
    time_s, size = rows.time_s[keep], rows.bytes[keep]
    for column in (time_s, size):
        column.flags.writeable = False  # the next trial has the same ones
    return Trace(
        time_s=time_s,
        bytes=size,
        begin_s=rows.begin_s,
        end_s=rows.end_s,
        quality=found.quality,
        repeat_s=found.repeat_s,
        period_s=spec.period_s,
        days=found.days,
    )


def _error(spec: TraceSpec, raw: RawRows, flaw: Flaw) -> TraceError:
    return TraceError(str(spec.file), raw.header_line if flaw.in_header else None, flaw.text)


def _fail(spec: TraceSpec, line: int | None, message: str) -> NoReturn:
    """Raise TraceErrors with the one error."""
    raise TraceErrors([TraceError(str(spec.file), line, message)])


# ---- the file -----------------------------------------------------------------------------------


def _records(spec: TraceSpec, text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (line where it ends, cells) of each record that is not a blank line.

    Raises TraceErrors where the text is not CSV.
    """
    # Strict, for a quote never closed would otherwise swallow the rest of the file in silence.
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            if len(cells) > 1 or (cells and cells[0].strip()):
                yield reader.line_num, cells
    except csv.Error as error:
        _fail(spec, max(reader.line_num, 1), f"is not well-formed CSV: {error}")


def read_rows(spec: TraceSpec, start: datetime) -> RawRows:
    """Return all rows that `where` selects, not empty; the files parsed last are cached.

    Raises TraceErrors if the file cannot be read or understood.
    """
    contents = [opened(path) for path in export_files(spec.file)]
    hashed = sha256()
    for content in contents:
        hashed.update(f"{content.name} {len(content.data)} ".encode())
        hashed.update(content.data)
    start = spec.start or start
    key = spec, start, hashed.digest()
    if key not in _KNOWN:
        raw = _read(spec, start, contents)
        for column in (raw.time_s, raw.value):
            column.flags.writeable = False
        while len(_KNOWN) >= _KNOWN_MAX:
            del _KNOWN[next(iter(_KNOWN))]
        _KNOWN[key] = raw
    return _KNOWN[key]


def _read(spec: TraceSpec, start: datetime, contents: Sequence[ExportContent]) -> RawRows:
    """Return the rows of files that are not cached, as `read_rows`; raises TraceErrors."""
    # The readers of all formats take a tenth of the start, and most scenarios have no trace.
    from efssim.traces.exported import exported_rows, is_export

    if is_export(spec, contents):
        return exported_rows(spec, start, contents)
    if spec.timezone is not None and spec.resample is None:
        _fail(spec, None, "`timezone` goes with `resample`, or with local times of an export")
    for key, value in (("statistic", spec.statistic), ("metric", spec.metric)):
        if value is not None:
            _fail(spec, None, f"`{key}` is for an export, and this is a plain CSV; drop it")
    if contents[0].is_utf_16:
        _fail(spec, 1, "is not UTF-8 text; save the file as UTF-8")
    return _parse(spec, start, contents[0].text)


def _parse(spec: TraceSpec, start: datetime, text: str) -> RawRows:
    """Return the rows of the text of a plain CSV; raises TraceErrors."""
    records = _records(spec, text)
    header = next(records, None)
    if header is None:
        _fail(spec, None, "is empty; it needs a header line and rows")
    rows = _Rows(spec, start, *header)
    for line, cells in records:
        rows.add(line, cells)
        if len(rows.errors) == MAX_BAD_ROWS:
            break
    if rows.errors:
        raise TraceErrors(rows.errors)
    if not rows.sizes:
        _fail(spec, None, rows.nothing())
    try:
        return rows.raw(header[0])
    except TimesError as error:
        _fail(spec, error.line, str(error))


def _columns(spec: TraceSpec, line: int, names: list[str]) -> dict[str, int]:
    """Return the positions of the columns that are asked for; raises TraceErrors."""
    asked = (spec.time, spec.bytes, *(column for column, _ in spec.where))
    errors = [
        TraceError(str(spec.file), line, f"column {quoted(name)} occurs more than once")
        # A blank name cannot be asked for, so several of them do no harm.
        for name in dict.fromkeys(filter(None, names))
        if names.count(name) > 1
    ][:MAX_BAD_ROWS]
    errors += [
        TraceError(str(spec.file), line, _no_column(wanted, names))
        for wanted in dict.fromkeys(asked)
        if not wanted or wanted not in names
    ][:MAX_BAD_ROWS]
    if spec.time == spec.bytes:
        message = f"column {quoted(spec.time)} cannot be both the time and the bytes"
        errors.append(TraceError(str(spec.file), line, message))
    if errors:
        raise TraceErrors(errors)
    return {name: names.index(name) for name in asked}


def _no_column(wanted: str, names: list[str]) -> str:
    """Return the message for a column the header does not have."""
    by_lower = {name.lower(): name for name in names}
    near = closest(wanted.lower()[:LONGEST_TYPO], by_lower)
    hint = "" if near is None else f" (did you mean {quoted(by_lower[near])}?)"
    return f"has no column {quoted(wanted)}{hint}; its columns are {listed(names, quotes=True)}"


# ---- the rows -----------------------------------------------------------------------------------


class _Rows:
    """Collect the rows of a file that `where` selects: times, `sizes` (values), `errors`."""

    def __init__(self, spec: TraceSpec, start: datetime, line: int, header: list[str]) -> None:
        """Find the columns in the header, which ends on `line`; raises TraceErrors."""
        names = [name.strip() for name in header]
        at = _columns(spec, line, names)
        self.sizes: list[float] = []
        self.errors: list[TraceError] = []
        self._spec, self._file = spec, str(spec.file)
        self._dates: list[float] = []  # seconds since the start
        self._numbers: list[TimeCell] = []
        self._time_at, self._bytes_at = at[spec.time], at[spec.bytes]
        self._where = [(at[column], value) for column, value in spec.where]
        self._others: dict[str, None] = {}  # values of rows in the first column of `where`
        self._passed_over = 0
        self._names = names
        self._width, self._needed = len(names), max(at.values()) + 1
        self._start = start.astimezone(UTC)
        self._naive_start = self._start.replace(tzinfo=None)
        self._numeric: bool | None = None  # the kind of times, None before the first one
        self._kind_line = 0
        self._factor = factor_of(spec)
        self._pieces = spec.writes_per_row if spec.period_s else 1
        largest = MAX_READING if spec.counter else LARGEST_FILE_BYTES * self._pieces
        self._most = largest / self._factor  # the largest value

    def add(self, line: int, cells: list[str]) -> None:
        """Add one record, which ends on `line`, or add its mistake to `errors`."""
        try:
            self._check_width(cells)
            if self._where and not self._is_selected(cells):
                return
            size = self._size(cells[self._bytes_at].strip())
            self._add_time(line, cells[self._time_at].strip())
        except ValueError as error:
            self.errors.append(TraceError(self._file, line, str(error)))
        else:
            self.sizes.append(size)

    def nothing(self) -> str:
        """Return why there is no row."""
        if not self._passed_over:
            return "has a header but no rows"
        column, value = self._spec.where[0]
        found = listed(self._others, quotes=True)
        return f"no row has {quoted(value)} in column {quoted(column)}; it has {found}"

    def raw(self, header_line: int) -> RawRows:
        """Return the rows in order of time; raises TimesError."""
        times, name = np.array(self._dates, dtype=np.float64), "dates"
        if self._numeric:
            unit = recognised(self._numbers, self._spec.time_unit)
            start_us = round((self._start - UNIX_EPOCH) / _MICROSECOND)
            times = unit.all_seconds([cell.value for cell in self._numbers], start_us)
            name = unit.name
        order = np.argsort(times, kind="stable")
        unsorted = bool(np.any(np.diff(times) < 0))
        value = np.array(self.sizes, dtype=np.float64)[order]
        return RawRows(times[order], value, name, header_line, self._passed_over, unsorted)

    def _is_selected(self, cells: list[str]) -> bool:
        if all(cells[at].strip() == value for at, value in self._where):
            return True
        self._passed_over += 1
        if len(self._others) < _OTHERS_MAX:
            self._others[cells[self._where[0][0]].strip()] = None
        return False

    def _check_width(self, cells: list[str]) -> None:
        """Raise ValueError if a needed cell is missing or cells are left over."""
        if len(cells) < self._needed:
            raise ValueError(f"the row ends before column {quoted(self._names[len(cells)])}")
        # A comma too many, such as a decimal comma, shifts or cuts values; only blanks are safe.
        if len(cells) > self._width and any(cell.strip() for cell in cells[self._width :]):
            raise ValueError(f"the row has {len(cells)} cells, the header {self._width}")

    def _add_time(self, line: int, cell: str) -> None:
        """Add the time of a row; raises ValueError."""
        # Numbers first: fromisoformat would take 20140301 and even 20140301.05 for dates.
        numeric = _NUMBER.fullmatch(cell) is not None
        number = _number("time", cell) if numeric else None
        seconds = None if numeric else self._since_start(cell)
        if self._numeric is None:
            self._numeric, self._kind_line = numeric, line
        elif numeric is not self._numeric:
            kinds = ("a number", "a date") if numeric else ("a date", "a number")
            raise ValueError(
                f"time {quoted(cell)} is {kinds[0]}, that of line {self._kind_line} {kinds[1]}; "
                "use one kind in a file"
            )
        if number is not None:
            self._numbers.append(TimeCell(line, number))
        if seconds is not None:
            self._dates.append(seconds)

    def _since_start(self, cell: str) -> float:
        """Return a date and time as seconds since the start; raises ValueError."""
        if not cell:
            raise ValueError("the time is blank")
        try:
            moment = datetime.fromisoformat(cell)
        except ValueError:
            raise ValueError(
                f"time {quoted(cell)} is neither a date and time such as 2014-03-01 17:34:00 "
                "nor a finite number"
            ) from None
        zero = self._naive_start if moment.tzinfo is None else self._start
        return (moment - zero).total_seconds()

    def _size(self, cell: str) -> float:
        """Return a value, finite and >= 0, of no more bytes than can be; raises ValueError."""
        if not cell:
            raise ValueError("the bytes are blank (write 0 for no bytes)")
        size = _finite("bytes", cell)
        if size < 0:
            raise ValueError(f"bytes {quoted(cell)} are below 0")
        if size > self._most:
            self._refuse_size(size * self._factor, cell)
        return size

    def _refuse_size(self, size: float, cell: str) -> NoReturn:
        """Raise ValueError for a value of too many bytes."""
        if size > MAX_READING:
            raise ValueError(f"bytes {quoted(cell)} are more than can be counted")
        each = f"{format_size(size / self._pieces)} in one write"
        most = format_size(LARGEST_FILE_BYTES)
        raise ValueError(
            f"bytes {quoted(cell)} are {each}; the largest file that EFS takes has {most}"
        )


_OTHERS_MAX = 100
"""Values of a column that are kept for a message."""

_MICROSECOND = timedelta(microseconds=1)


def _finite(what: str, cell: str) -> float:
    """Return the finite number in `cell`; raises ValueError, which names `what`, for any other."""
    value = float(cell) if _NUMBER.fullmatch(cell) else math.nan
    if not math.isfinite(value):
        raise ValueError(f"{what} {quoted(cell)} is not a finite number")
    return value


def _number(what: str, cell: str) -> float | int:
    """Return the number in `cell`, which is one; raises ValueError if it is infinite."""
    value = number_of(cell)
    if not math.isfinite(value):
        raise ValueError(f"{what} {quoted(cell)} is not a finite number")
    return value

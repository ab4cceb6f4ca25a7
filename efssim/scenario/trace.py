"""Read a CSV trace of writes: one row, one time and the bytes written then (or from then on).

The file is taken as exports are: rows out of order, rows of one time, missing periods and rows off
the grid are kept and counted in a report. What cannot be understood is refused with its line.
"""

from __future__ import annotations

import codecs
import csv
import difflib
import io
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from efssim.errors import EfssimError

Rows = tuple[NDArray[np.float64], NDArray[np.float64]]

MAX_BAD_ROWS = 5
"""How many bad rows are reported: one mistake often spoils every row of a file."""

GRID_TOLERANCE = 1e-6
"""Periods. How far from a whole number of periods a step may be and still be on the grid."""

COVER_TOLERANCE_S = 1e-6
"""Seconds. Times written in decimals are not exact in binary (0.1 + 0.2 is not 0.3), so a trace
that covers the run on paper may fall short by a rounding; a microsecond is far above that."""

_KNOWN: dict[tuple[TraceSpec, datetime, bytes], Rows] = {}
_KNOWN_MAX = 4
"""Traces that are kept parsed, by their content, for the next trial reads the same."""

# float() also takes "1_000", "nan" and digits of other scripts, none of which a trace may hold.
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


class TraceError(EfssimError, ValueError):
    """One thing wrong with a trace file.

    `line` is the 1-based line of the CSV, None when the file as a whole is meant.
    """

    def __init__(self, file: str, line: int | None, message: str) -> None:
        self.file = file
        self.line = line
        self.message = message
        super().__init__(file, line, message)  # all that it takes to be pickled

    def __str__(self) -> str:
        at = self.file if self.line is None else f"{self.file}:{self.line}"
        return f"{at}: {self.message}"


class TraceErrors(EfssimError):  # noqa: N818 - a collection of errors
    """Everything found wrong with a trace file: `errors`, never empty, in the order of the lines.

    Of bad rows only the first `MAX_BAD_ROWS` are listed.
    """

    def __init__(self, errors: Sequence[TraceError]) -> None:
        self.errors = list(errors)
        super().__init__(self.errors)

    def __str__(self) -> str:
        return "\n".join(str(error) for error in self.errors)


@dataclass(frozen=True)
class TraceSpec:
    """Which file to read and how.

    `time` and `bytes` name columns. `period_s` (seconds, > 0) says that a row holds the total of
    the period starting at its time; None says that a row is one write. `writes_per_row` is for the
    model. `align_start` moves the first row to the scenario's start. `repeat` repeats the trace
    every `length_s` seconds (None: the covered span, only with a period).
    """

    file: Path
    time: str
    bytes: str
    period_s: float | None
    writes_per_row: int
    align_start: bool
    repeat: bool
    length_s: float | None


@dataclass(frozen=True)
class TraceReport:
    """What is not perfect in a trace that was read all the same.

    `rows`: data rows in the file. `duplicate_times`: rows whose time an earlier row (in time order)
    has too. `missing_periods`: periods without a row between the first and the last one.
    `off_grid_rows`: rows not a whole number of periods after the distinct time before them.
    `rows_outside`, `bytes_outside`: rows wholly outside the run, and their bytes.
    `unsorted`: the rows of the file were not in the order of their times.
    """

    rows: int
    duplicate_times: int
    missing_periods: int
    off_grid_rows: int
    rows_outside: int
    bytes_outside: float
    unsorted: bool

    def lines(self) -> list[str]:
        """Return one sentence for each imperfection; empty if there is none."""
        lost = f"{self.bytes_outside:,.15g}"
        before = "not a whole number of periods after the row before (kept at the time given)"
        sentences = (
            (self.duplicate_times, "row repeats", "rows repeat", "the time of another (all kept)"),
            (self.missing_periods, "period has", "periods have", "no row (taken as no writes)"),
            (self.off_grid_rows, "row is", "rows are", before),
            (self.rows_outside, "row is", "rows are", f"outside the run, bytes not used: {lost}"),
        )
        order = ["rows were not in the order of their times (sorted)"] if self.unsorted else []
        return order + [
            f"{n:,} {one if n == 1 else many} {end}" for n, one, many, end in sentences if n
        ]


@dataclass(frozen=True)
class Trace:
    """The rows of a trace that matter to the run.

    `time_s`: seconds since the scenario's start, ascending, rows of one time in file order.
    `bytes`: bytes of each row as in the file, >= 0, may be fractional.
    `begin_s`, `end_s`: seconds since the start that the whole file covers, from its first row to
    its last row, plus the period if there is one; rows dropped from the arrays included.
    `repeat_s`: seconds between two beginnings of a repeated trace, > 0; None if not repeated.
    """

    time_s: NDArray[np.float64]
    bytes: NDArray[np.float64]
    begin_s: float
    end_s: float
    report: TraceReport
    repeat_s: float | None = None


def read_trace(spec: TraceSpec, start: datetime, duration_s: float) -> Trace:
    """Read the trace of `spec` for a run of `duration_s` seconds from `start` (aware, UTC).

    Raises TraceErrors if the file cannot be read or understood, if it covers less than the run
    (a period and no `repeat`), or if `length_s` does not suit a repeated trace.
    """
    raw_time, raw_bytes = _rows_of(spec, start)
    order = np.argsort(raw_time, kind="stable")
    time, size = raw_time[order], raw_bytes[order]
    if spec.align_start:
        time = time - time[0]
    begin, end = float(time[0]), float(time[-1]) + (spec.period_s or 0.0)
    repeat_s = _repeat_length(spec, end - begin) if spec.repeat else None
    _check_coverage(spec, begin, end, start, duration_s)
    keep = _inside(spec, time, duration_s)
    report = _report(spec, time, size[~keep], bool(np.any(np.diff(raw_time) < 0)))
    return Trace(time[keep], size[keep], begin, end, report, repeat_s)


def _fail(spec: TraceSpec, line: int | None, message: str) -> NoReturn:
    """Raise TraceErrors with the one error."""
    raise TraceErrors([TraceError(str(spec.file), line, message)])


# ---- the file -----------------------------------------------------------------------------------


def _text(spec: TraceSpec) -> str:
    """Return the file's text without a byte order mark; raises TraceErrors if there is none."""
    if spec.file.exists() and not spec.file.is_file():
        _fail(spec, None, "is not a file")  # a folder, or a device that never ends
    try:
        data = spec.file.read_bytes().removeprefix(codecs.BOM_UTF8)
    except FileNotFoundError:
        _fail(spec, None, "no such file")
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        _fail(spec, None, f"cannot be read: {getattr(error, 'strerror', None) or error}")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        _fail(spec, line, "is not UTF-8 text; save the file as UTF-8")


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


def _rows_of(spec: TraceSpec, start: datetime) -> Rows:
    """Return what `_parse` does; what was parsed last is known again by its content."""
    text = _text(spec)
    key = spec, start, sha256(text.encode()).digest()
    if key not in _KNOWN:
        rows = _parse(spec, start, text)
        for column in rows:
            column.flags.writeable = False
        while len(_KNOWN) >= _KNOWN_MAX:
            del _KNOWN[next(iter(_KNOWN))]
        _KNOWN[key] = rows
    return _KNOWN[key]


def _parse(spec: TraceSpec, start: datetime, text: str) -> Rows:
    """Return the times (seconds since `start`) and bytes of all rows, in file order, not empty.

    Raises TraceErrors.
    """
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
    if not rows.times:
        _fail(spec, None, "has a header but no rows")
    return np.array(rows.times, dtype=np.float64), np.array(rows.sizes, dtype=np.float64)


def _columns(spec: TraceSpec, line: int, names: list[str]) -> tuple[int, int]:
    """Return the positions of the time and bytes columns; raises TraceErrors."""
    errors = [
        TraceError(str(spec.file), line, f"column {name!r} occurs more than once")
        # A blank name cannot be asked for, so several of them do no harm.
        for name in dict.fromkeys(filter(None, names))
        if names.count(name) > 1
    ]
    errors += [
        TraceError(str(spec.file), line, _no_column(wanted, names))
        for wanted in dict.fromkeys((spec.time, spec.bytes))
        if not wanted or wanted not in names
    ]
    if spec.time == spec.bytes:
        message = f"column {spec.time!r} cannot be both the time and the bytes"
        errors.append(TraceError(str(spec.file), line, message))
    if errors:
        raise TraceErrors(errors)
    return names.index(spec.time), names.index(spec.bytes)


def _no_column(wanted: str, names: list[str]) -> str:
    """Return the message for a column the header does not have."""
    listed = ", ".join(repr(name) for name in names)
    by_lower = {name.lower(): name for name in names}
    close = difflib.get_close_matches(wanted.lower(), by_lower, n=1)
    hint = f" (did you mean {by_lower[close[0]]!r}?)" if close else ""
    return f"has no column {wanted!r}{hint}; its columns are {listed}"


# ---- the rows -----------------------------------------------------------------------------------


class _Rows:
    """Collect the rows of a file: `times` (seconds since the start), `sizes` (bytes), `errors`."""

    def __init__(self, spec: TraceSpec, start: datetime, line: int, header: list[str]) -> None:
        """Find the columns in the header, which ends on `line`; raises TraceErrors."""
        names = [name.strip() for name in header]
        self.times: list[float] = []
        self.sizes: list[float] = []
        self.errors: list[TraceError] = []
        self._file = str(spec.file)
        self._time_at, self._bytes_at = _columns(spec, line, names)
        self._names = names
        self._width = len(names)
        self._needed = max(self._time_at, self._bytes_at) + 1
        self._start = start
        self._naive_start = start.astimezone(UTC).replace(tzinfo=None)
        self._numeric: bool | None = None  # the kind of times, None before the first one
        self._kind_line = 0

    def add(self, line: int, cells: list[str]) -> None:
        """Take one record, which ends on `line`, or note what is wrong with it."""
        try:
            self._check_width(cells)
            time = self._time(line, cells[self._time_at].strip())
            size = self._size(cells[self._bytes_at].strip())
        except ValueError as error:
            self.errors.append(TraceError(self._file, line, str(error)))
        else:
            self.times.append(time)
            self.sizes.append(size)

    def _check_width(self, cells: list[str]) -> None:
        """Raise ValueError if a needed cell is missing or cells are left over."""
        if len(cells) < self._needed:
            name = self._names[len(cells)]
            raise ValueError(f"the row ends before column {name!r}")
        # A comma too many, such as a decimal comma, shifts or cuts values; only blanks are safe.
        if len(cells) > self._width and any(cell.strip() for cell in cells[self._width :]):
            raise ValueError(f"the row has {len(cells)} cells, the header {self._width}")

    def _time(self, line: int, cell: str) -> float:
        """Return a time in seconds since the start; raises ValueError."""
        # Numbers first: fromisoformat would take 20140301 and even 20140301.05 for dates.
        numeric = _NUMBER.fullmatch(cell) is not None
        seconds = _finite("time", cell) if numeric else self._since_start(cell)
        if self._numeric is None:
            self._numeric, self._kind_line = numeric, line
        elif numeric is not self._numeric:
            kinds = ("a number", "a date") if numeric else ("a date", "a number")
            raise ValueError(
                f"time {cell!r} is {kinds[0]}, that of line {self._kind_line} {kinds[1]}; "
                "use one kind in a file"
            )
        return seconds

    def _since_start(self, cell: str) -> float:
        """Return a date and time as seconds since the start; raises ValueError."""
        if not cell:
            raise ValueError("the time is blank")
        try:
            moment = datetime.fromisoformat(cell)
        except ValueError:
            raise ValueError(
                f"time {cell!r} is neither a date and time such as 2014-03-01 17:34:00 "
                "nor a finite number of seconds"
            ) from None
        zero = self._naive_start if moment.tzinfo is None else self._start
        return (moment - zero).total_seconds()

    @staticmethod
    def _size(cell: str) -> float:
        """Return a number of bytes, finite and >= 0; raises ValueError."""
        if not cell:
            raise ValueError("the bytes are blank (write 0 for no bytes)")
        size = _finite("bytes", cell)
        if size < 0:
            raise ValueError(f"bytes {cell!r} are below 0")
        return size


def _finite(what: str, cell: str) -> float:
    """Return the number in `cell`; raises ValueError, naming `what`, if it is none or infinite."""
    value = float(cell) if _NUMBER.fullmatch(cell) else math.nan
    if not math.isfinite(value):
        raise ValueError(f"{what} {cell!r} is not a finite number")
    return value


# ---- the run ------------------------------------------------------------------------------------


def _repeat_length(spec: TraceSpec, span_s: float) -> float:
    """Return the seconds after which a trace covering `span_s` seconds repeats, > 0.

    Raises TraceErrors if `length_s` is missing without a period, or too short.
    """
    length = spec.length_s
    if length is None:
        if spec.period_s is None:
            _fail(spec, None, "needs a `length` to be repeated, for its rows have no `period`")
        return span_s
    if length <= 0 or length < span_s - COVER_TOLERANCE_S:
        _fail(
            spec, None, f"`length` is {length:.15g} s but the trace is {span_s:.15g} s long; "
            "a repeated trace must end before it begins again"
        )  # fmt: skip
    return length


def _check_coverage(
    spec: TraceSpec, begin_s: float, end_s: float, start: datetime, duration_s: float
) -> None:
    """Raise TraceErrors if a trace of totals, not repeated, covers less than the run."""
    if spec.period_s is None or spec.repeat:
        return
    if begin_s <= COVER_TOLERANCE_S and end_s >= duration_s - COVER_TOLERANCE_S:
        return
    fixes = "a shorter `duration` or `repeat: true`"
    if not spec.align_start:
        fixes = f"`align: start`, {fixes}"
    covered = f"{_moment(start, begin_s)} to {_moment(start, end_s)}"
    needed = f"{_moment(start, 0.0)} to {_moment(start, duration_s)}"
    _fail(spec, None, f"covers {covered} but the run needs {needed}; use {fixes}")


def _moment(start: datetime, seconds: float) -> str:
    """Return a time for a reader, with its seconds since the start."""
    try:
        moment = start.astimezone(UTC) + timedelta(seconds=seconds)
    except OverflowError:  # beyond the years a datetime can hold, such as epoch milliseconds
        return f"{seconds:.15g} s"
    return f"{moment:%Y-%m-%d %H:%M:%S} ({seconds:.15g} s)"


def _inside(spec: TraceSpec, time: NDArray[np.float64], duration_s: float) -> NDArray[np.bool_]:
    """Return which rows have a part in the run; all of them if the trace is repeated."""
    if spec.repeat:
        return np.ones(time.shape, dtype=np.bool_)
    # What is written at or before the start belongs to the state that the run starts from; the
    # first write of a period comes after its begin.
    if spec.period_s is None:
        return np.asarray((time > 0) & (time <= duration_s), dtype=np.bool_)
    return np.asarray((time + spec.period_s > 0) & (time < duration_s), dtype=np.bool_)


def _report(
    spec: TraceSpec, time: NDArray[np.float64], outside: NDArray[np.float64], unsorted: bool
) -> TraceReport:
    """Return the report on all rows' sorted times and the bytes of the rows outside the run."""
    distinct = np.unique(time)
    missing, off_grid = _grid(distinct, spec.period_s)
    return TraceReport(
        rows=len(time),
        duplicate_times=len(time) - len(distinct),
        missing_periods=missing,
        off_grid_rows=off_grid,
        rows_outside=len(outside),
        bytes_outside=math.fsum(outside.tolist()),
        unsorted=unsorted,
    )


def _grid(distinct: NDArray[np.float64], period_s: float | None) -> tuple[int, int]:
    """Return the missing periods and the off-grid rows of ascending, distinct times (seconds)."""
    if period_s is None:
        return 0, 0
    steps = np.diff(distinct) / period_s
    off_grid = np.abs(steps - np.rint(steps)) > GRID_TOLERANCE
    # The tolerance again, or a step of 2.9999999 periods would lose one of its missing periods.
    skipped = np.floor(steps + GRID_TOLERANCE) - 1
    return int(np.sum(np.maximum(skipped, 0))), int(np.count_nonzero(off_grid))

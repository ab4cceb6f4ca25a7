"""Tests of reading a CSV trace: hand-written files for each rule, and a real export."""

from __future__ import annotations

import csv
import math
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from efssim.traces.problems import MAX_BAD_ROWS, TraceError, TraceErrors
from efssim.traces.reading import Trace, read_trace
from efssim.traces.spec import TraceSpec

START = datetime(2014, 3, 1, 12, 0, tzinfo=UTC)
REAL_FILE = "ec2_disk_write_bytes_1ef3de.csv"

Read = Callable[..., Trace]


def spec_of(file: Path, **changes: Any) -> TraceSpec:
    """Return the spec of single writes in columns t and b, with changes."""
    values: dict[str, Any] = {
        "file": file, "time": "t", "bytes": "b", "period_s": None, "writes_per_row": 60,
        "align_start": False, "repeat": False, "length_s": None,
    }  # fmt: skip
    return TraceSpec(**(values | changes))


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Return a function that writes a CSV and reads it as a trace of a run of 100 s."""

    def run(content: str | bytes, duration_s: float = 100.0, **changes: Any) -> Trace:
        file = tmp_path / "writes.csv"
        file.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_trace(spec_of(file, **changes), START, duration_s)

    return run


def problems(read: Read, content: str | bytes, **changes: Any) -> list[TraceError]:
    """Return the errors that reading raises, each with the file's name."""
    with pytest.raises(TraceErrors) as caught:
        read(content, **changes)
    errors = caught.value.errors
    assert errors
    assert all(error.file.endswith("writes.csv") for error in errors)
    return errors


def problem(read: Read, content: str | bytes, **changes: Any) -> TraceError:
    """Return the only error that reading raises."""
    (error,) = problems(read, content, **changes)
    return error


# ---- times and bytes ----------------------------------------------------------------------------


def test_perfect_trace_has_nothing_to_report(read: Read) -> None:
    trace = read("t,b\n5,1\n50,2.5\n100,0\n")
    assert trace.time_s.tolist() == [5, 50, 100]
    assert trace.bytes.tolist() == [1, 2.5, 0]
    assert (trace.begin_s, trace.end_s, trace.repeat_s) == (5, 100, None)
    assert trace.time_s.dtype == trace.bytes.dtype == "float64"
    quality = trace.quality
    assert (quality.rows, quality.rows_used, quality.unsorted) == (3, 3, False)
    # Fractions add up before they are rounded, here half to even.
    assert (quality.bytes_used, quality.bytes_unused) == (4, 0)
    assert (quality.repeated_rows, quality.off_grid_rows) == (0, 0)
    assert (quality.periods, quality.periods_missing, quality.statistic) == (None, None, None)
    assert quality.lines() == []


@pytest.mark.parametrize(
    "text",
    [
        "2014-03-01 12:00:30", "2014-03-01T12:00:30Z", "2014-03-01T14:00:30+02:00",
        "2014-03-01 12:00:30.000000", "20140301T120030", " 2014-03-01 12:00:30 ", "30", "3e1",
    ],
)  # fmt: skip
def test_ways_to_write_a_time(read: Read, text: str) -> None:
    assert read(f"t,b\n{text},1\n").time_s.tolist() == [30.0]


def test_naive_and_offset_times_mix(read: Read) -> None:
    trace = read("t,b\n2014-03-01 12:00:01,1\n2014-03-01T07:00:02-05:00,2\n")
    assert trace.time_s.tolist() == [1, 2]


def test_start_in_another_zone(tmp_path: Path) -> None:
    file = tmp_path / "writes.csv"
    file.write_text("t,b\n2014-03-01 12:00:05,1\n2014-03-01T12:00:06Z,1\n")
    start = START.astimezone(timezone(timedelta(hours=9)))
    assert read_trace(spec_of(file), start, 10).time_s.tolist() == [5, 6]


def test_numbers_that_look_like_dates_are_numbers(read: Read) -> None:
    trace = read("t,b\n20140301,1\n20140301.05,1\n", align_start=True)
    assert trace.quality.times == "seconds since start"
    # The first one is at the start and so belongs to the state that the run starts from.
    assert trace.time_s.tolist() == pytest.approx([0.05], abs=1e-8)


@pytest.mark.parametrize(
    ("first", "second"), [("5", "2014-03-01 12:00:00"), ("2014-03-01 12:00:00", "20140301")]
)
def test_mixed_kinds_are_refused(read: Read, first: str, second: str) -> None:
    error = problem(read, f"t,b\n{first},1\n{second},1\n")
    assert error.line == 3
    assert "line 2" in error.message
    assert "one kind" in error.message


@pytest.mark.parametrize("time", ["", "nan", "inf", "-Infinity", "1e999", "soon", "2014-13-01"])
def test_bad_times(read: Read, time: str) -> None:
    error = problem(read, f"t,b\n{time},1\n")
    assert error.line == 2
    assert "time" in error.message


@pytest.mark.parametrize("size", ["", " ", "nan", "inf", "1e999", "-1", "-0.5", "12k", "1_000"])
def test_bad_bytes(read: Read, size: str) -> None:
    error = problem(read, f"t,b\n1,0\n2,{size}\n")
    assert error.line == 3
    assert "bytes" in error.message


def test_first_bad_rows_are_collected(read: Read) -> None:
    errors = problems(read, "t,b\n0,1\n" + "x,1\n0,1\n" * 10)
    assert [error.line for error in errors] == [3, 5, 7, 9, 11]
    assert len(errors) == MAX_BAD_ROWS
    assert str(errors[0]).endswith(f"writes.csv:3: {errors[0].message}")


# ---- the file -----------------------------------------------------------------------------------


def test_other_columns_quotes_spaces_and_line_ends(read: Read) -> None:
    trace = read('x, b ,t,y\r\nq,"7",3,"a,\n b"\r\n,8,4\r\n,9,5,,,\r\n')
    assert trace.time_s.tolist() == [3, 4, 5]
    assert trace.bytes.tolist() == [7, 8, 9]


def test_byte_order_mark_and_blank_lines(read: Read) -> None:
    trace = read(b"\xef\xbb\xbf\n  \nt,b\n\n1,2\n   \n\n3,4\n\n")
    assert trace.time_s.tolist() == [1, 3]
    assert problem(read, b"\xef\xbb\xbf\nt,b\n\n1,\n").line == 4


def test_row_too_short_or_too_long(read: Read) -> None:
    short, long = problems(read, "t,b\n1\n2,3,5\n")
    assert (short.line, long.line) == (2, 3)
    assert "'b'" in short.message
    assert "3 cells" in long.message


def test_missing_column(read: Read) -> None:
    error = problem(read, "Timestamp,b\n1,1\n", time="timestmp")
    assert error.line == 1
    assert "'timestmp' (did you mean 'Timestamp'?)" in error.message
    assert "'Timestamp', 'b'" in error.message
    both = problems(read, "x,y\n1,1\n")
    assert ["'t'" in both[0].message, "'b'" in both[1].message] == [True, True]
    assert "did you mean" not in both[0].message


def test_duplicate_and_shared_columns(read: Read) -> None:
    assert "more than once" in problem(read, "t,b,x,x\n1,1,2,2\n").message
    assert "more than once" in problem(read, "t,b,t\n1,1,2\n").message
    assert "both" in problem(read, "t,b\n1,1\n", bytes="t").message
    assert read("t,b,,\n1,1,,\n").bytes.tolist() == [1]


@pytest.mark.parametrize(
    ("content", "word"),
    [("", "empty"), ("\n \n", "empty"), ("t,b\n", "no rows"), ("t,b", "no rows")],
)
def test_no_rows(read: Read, content: str, word: str) -> None:
    error = problem(read, content)
    assert error.line is None
    assert word in error.message


def test_not_utf8_and_not_csv(read: Read) -> None:
    error = problem(read, b"t,b\n1,1\n2,\xff\n")
    assert (error.line, "UTF-8" in error.message) == (3, True)
    assert problem(read, "t,b\n1,1\n".encode("utf-16")).line == 1
    assert "CSV" in problem(read, 't,b\n1,1\n2,"3\n4,5\n').message


def test_no_file_or_a_directory(tmp_path: Path) -> None:
    for file, word in ((tmp_path / "none.csv", "no such file"), (tmp_path, "without files")):
        with pytest.raises(TraceErrors, match=word) as caught:
            read_trace(spec_of(file), START, 10)
        assert [error.line for error in caught.value.errors] == [None]
        assert isinstance(caught.value.errors[0], ValueError)


# ---- order, duplicates and the grid -------------------------------------------------------------


def test_rows_are_sorted_and_rows_of_one_time_kept_in_order(read: Read) -> None:
    trace = read("t,b\n5,1\n3,9\n5,2\n1,3\n3,4\n5,0\n")
    assert trace.time_s.tolist() == [1, 3, 3, 5, 5, 5]
    assert trace.bytes.tolist() == [3, 9, 4, 1, 2, 0]
    quality = trace.quality
    assert (quality.rows, quality.repeated_rows, quality.unsorted) == (6, 3, True)
    assert len(quality.lines()) == 2
    assert "3 rows repeat the time of another (all kept)" in quality.lines()


def test_align_start_moves_the_earliest_row(read: Read) -> None:
    trace = read("t,b\n1013,1\n1003,2\n", align_start=True)
    assert trace.time_s.tolist() == [10]
    assert (trace.begin_s, trace.end_s) == (0, 10)


@pytest.mark.parametrize(
    ("odd", "missing", "off_grid"),
    [
        ((), 0, 0),
        ((20,), 0, 0),  # a row of the same time
        ((25,), 0, 2),  # two steps of half a period
        ((20.0000001,), 0, 0),  # within a microsecond of the grid, and so of the row that is there
        ((20.001,), 0, 2),
    ],
)
def test_grid(read: Read, odd: tuple[float, ...], missing: int, off_grid: int) -> None:
    """Of three hundred rows, one more may be off the grid."""
    times = [10 * k for k in range(300)] + list(odd)
    content = "t,b\n" + "".join(f"{time},1\n" for time in times)
    quality = read(content, duration_s=3000.0, period_s=10.0).quality
    assert (quality.periods, quality.periods_missing) == (300, missing)
    assert quality.off_grid_rows == off_grid
    assert quality.repeated_rows == (odd == (20,))
    assert quality.spacing_s == 10


def test_more_than_one_per_cent_off_the_grid(read: Read) -> None:
    """A step of 61 s and one of 59 s in 200 rows are 1 %, in 199 rows more."""
    for rows, is_fine in ((200, True), (199, False)):
        times = [60.0 * k for k in range(rows)]
        times[7] += 1
        content = "t,b\n" + "".join(f"{time},1\n" for time in times)
        if is_fine:
            trace = read(content, duration_s=60.0 * rows, period_s=60.0)
            assert trace.quality.off_grid_rows == 2
        else:
            error = problem(read, content, duration_s=60.0 * rows, period_s=60.0)
            assert "2 of 199 rows are not a whole number of periods (1 min)" in error.message


def test_decimal_periods_are_on_the_grid(read: Read) -> None:
    content = "t,b\n" + "".join(f"{i / 10},1\n" for i in range(100))
    trace = read(content, duration_s=10.0, period_s=0.1)
    assert trace.quality.lines() == []
    assert (trace.quality.periods, trace.quality.periods_missing) == (100, 0)


def test_no_grid_without_a_period(read: Read) -> None:
    quality = read("t,b\n1,1\n7,1\n90,1\n").quality
    assert quality.lines() == []
    assert quality.off_grid_rows == 0
    assert quality.coverage is None


# ---- the run ------------------------------------------------------------------------------------


def test_coverage_exact_and_by_rounding(read: Read) -> None:
    content = "t,b\n0,1\n10,1\n"
    trace = read(content, duration_s=20.0, period_s=10.0)
    assert (trace.begin_s, trace.end_s) == (0, 20)
    read(content, duration_s=20.0 + 5e-7, period_s=10.0)
    read("t,b\n0.0000005,1\n", duration_s=10.0, period_s=10.0)
    problem(read, content, duration_s=20.00001, period_s=10.0)
    problem(read, "t,b\n0.00001,1\n", duration_s=5.0, period_s=10.0)


def test_coverage_message(read: Read) -> None:
    error = problem(read, "t,b\n10,1\n20,1\n", duration_s=60.0, period_s=10.0)
    assert error.line is None
    assert "2014-03-01 12:00:10 (10 s) to 2014-03-01 12:00:30 (30 s)" in error.message
    assert "2014-03-01 12:00:00 (0 s) to 2014-03-01 12:01:00 (60 s)" in error.message
    # `align: start` alone leaves 40 s without a row, and `repeat: true` alone the first 10 s.
    assert error.message.endswith("; write `align: start, duration: 20 s`")


def test_coverage_message_when_aligned(read: Read) -> None:
    aligned = problem(read, "t,b\n10,1\n", duration_s=60.0, period_s=10.0, align_start=True)
    assert aligned.message.endswith("; write `duration: 10 s` or `repeat: true`")


def test_no_coverage_demand_without_a_period_or_repeated(read: Read) -> None:
    assert read("t,b\n10,1\n").time_s.tolist() == [10]
    assert read("t,b\n10,1\n", period_s=20.0, repeat=True).time_s.tolist() == [10]


def test_single_writes_outside_the_run(read: Read) -> None:
    trace = read("t,b\n-5,1.5\n0,2\n100,4\n100.5,8\n200,16\n")
    # A write at the start belongs to the state that the run starts from, one at the end to the run.
    assert trace.time_s.tolist() == [100]
    assert trace.bytes.tolist() == [4]
    assert (trace.begin_s, trace.end_s) == (-5, 200)
    quality = trace.quality
    assert (quality.rows, quality.rows_used) == (5, 1)
    assert (quality.bytes_used, quality.bytes_unused) == (4, 28)
    (line,) = quality.lines()
    assert line == "4 rows are outside the run, bytes not used: 28"


def test_totals_outside_the_run(read: Read) -> None:
    content = "t,b\n" + "".join(f"{time},{2**i}\n" for i, time in enumerate(range(-25, 56, 10)))
    trace = read(content, duration_s=20.0, period_s=10.0)
    # -25 and -15 end before the run; -5 and 15 are partly outside and kept whole.
    assert trace.time_s.tolist() == [-5, 5, 15]
    assert trace.bytes.tolist() == [4, 8, 16]
    assert (trace.quality.rows_used, trace.quality.bytes_unused) == (3, 511 - 28)
    # The run of two periods has parts of three of the grid's.
    assert (trace.quality.periods, trace.quality.periods_missing) == (3, 0)


def test_total_that_ends_at_the_start_is_outside(read: Read) -> None:
    trace = read("t,b\n-10,1\n0,2\n10,4\n20,8\n", duration_s=20.0, period_s=10.0)
    # All writes of the row at 20 s come after its begin, and so after the run.
    assert trace.time_s.tolist() == [0, 10]
    assert (trace.quality.rows_used, trace.quality.bytes_unused) == (2, 9)
    assert (trace.quality.periods, trace.quality.periods_missing) == (2, 0)


def test_every_row_outside(read: Read) -> None:
    for content in ("t,b\n200,1\n", "t,b\n0,1\n0,1\n"):
        error = problem(read, content)
        assert error.message.startswith("has no row inside the run: it covers 2014-03-01 ")
        assert "write" not in error.message  # `align: start` would leave no row after the start
    error = problem(read, "t,b\n200,1\n230,1\n")
    assert error.message.endswith("; write `align: start`")
    for period_s in (10.0, 30.0):  # also where absent periods had no writes
        error = problem(read, "t,b\n200,1\n230,1\n", period_s=period_s, missing_zero=True)
        assert error.message.startswith("has no row inside the run")


# ---- repeat -------------------------------------------------------------------------------------


def test_repeat_keeps_every_row(read: Read) -> None:
    trace = read("t,b\n-5,1\n500,2\n", duration_s=505.0, repeat=True, length_s=505.0)
    assert trace.time_s.tolist() == [-5, 500]
    assert trace.repeat_s == 505
    # The row at -5 s comes again at 500 s.
    assert (trace.quality.rows_used, trace.quality.bytes_unused) == (2, 0)
    with pytest.raises(TraceErrors, match="no row inside the run"):
        read("t,b\n-5,1\n500,2\n", duration_s=499.0, repeat=True, length_s=505.0)


def test_repeat_length_with_a_period(read: Read) -> None:
    content = "t,b\n7,1\n17,2\n"
    assert read(content, period_s=10.0, repeat=True).repeat_s == 20
    assert read(content, period_s=10.0, repeat=True, length_s=24.0).repeat_s == 24
    error = problem(read, content, period_s=10.0, repeat=True, length_s=19.0)
    assert "19 s" in error.message
    assert "20 s" in error.message


def test_repeat_length_without_a_period(read: Read) -> None:
    assert "`length`" in problem(read, "t,b\n1,1\n5,1\n", repeat=True).message
    assert problem(read, "t,b\n1,1\n5,1\n", repeat=True, length_s=3.0).line is None
    # One row has no span, and repeating every 0 s would never end.
    assert problem(read, "t,b\n1,1\n", repeat=True, length_s=0.0).line is None


def test_length_is_ignored_unless_repeated(read: Read) -> None:
    assert read("t,b\n1,1\n5,1\n", length_s=1.0).repeat_s is None


# ---- a real export ------------------------------------------------------------------------------


def real_file() -> Path:
    """Return the real export, or skips the test where it is not at hand."""
    folder = os.environ.get("EFSSIM_DATA")
    if not folder:
        pytest.skip("EFSSIM_DATA does not name the folder of real traces")
    file = Path(folder) / REAL_FILE
    if not file.is_file():
        pytest.skip(f"no {REAL_FILE} in EFSSIM_DATA")
    return file


def test_real_export(tmp_path: Path) -> None:
    file = real_file()
    with file.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    stamps = sorted({row["timestamp"] for row in rows})  # ISO text sorts as time
    span = datetime.fromisoformat(stamps[-1]) - datetime.fromisoformat(stamps[0])
    covered_s = span.total_seconds() + 300
    spec = spec_of(file, time="timestamp", bytes="value", period_s=300.0, align_start=True)
    trace = read_trace(spec, START, covered_s)
    assert len(rows) - len(stamps) == 11
    # One step of 61 minutes (12.2 periods) leaves the grid, one of 4 minutes returns to it.
    quality = trace.quality
    assert (quality.rows, quality.repeated_rows, quality.off_grid_rows) == (len(rows), 11, 2)
    assert (quality.periods, quality.periods_missing) == (covered_s / 300, 11)
    assert (quality.rows_used, quality.bytes_unused, quality.unsorted) == (len(rows), 0, False)
    assert (trace.begin_s, trace.end_s) == (0, covered_s)
    total = math.fsum(float(row["value"]) for row in rows)
    assert math.fsum(trace.bytes.tolist()) == total
    with pytest.raises(TraceErrors, match="covers"):
        read_trace(spec, START, covered_s + 1)


def test_a_trace_that_was_read_before_is_known_by_its_content(tmp_path: Path) -> None:
    file = tmp_path / "w.csv"
    for last in (5, 5, 6, 5):
        file.write_text(f"t,b\n0,1\n9,{last}\n")
        trace = read_trace(spec_of(file), START, 10)
        assert trace.bytes.tolist() == [last]
    file.unlink()
    with pytest.raises(TraceErrors, match="no such file"):
        read_trace(spec_of(file), START, 10)

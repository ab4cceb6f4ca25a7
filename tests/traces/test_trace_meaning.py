"""What the times and values of a trace are: recognised, said, or refused, never guessed wrongly."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.traced import EPOCH, csv, minutes, quality, refusal, written_bytes
from hypothesis import given
from hypothesis import strategies as st

from efssim.traces.rows import increments
from efssim.traces.times import TimeCell, TimesError, recognised
from efssim.traces.units import NamedUnit, named_unit, parse_unit

MB = 1_000_000
FILETIME_0 = 11_644_473_600
"""Seconds from 1601 to 1970."""

# ---- times --------------------------------------------------------------------------------------

TIMES = {
    "epoch s": lambda s: str(EPOCH + s),
    "epoch ms": lambda s: str((EPOCH + s) * 10**3),
    "epoch us": lambda s: str((EPOCH + s) * 10**6),
    "epoch ns": lambda s: str((EPOCH + s) * 10**9),
    "FILETIME": lambda s: str((EPOCH + s + FILETIME_0) * 10**7),
    "seconds since start": str,
    "dates": lambda s: datetime.fromtimestamp(EPOCH + s, UTC).isoformat(),
}


@pytest.mark.parametrize("kind", TIMES)
def test_a_day_of_minutes_is_the_same_in_every_unit(tmp_path: Path, kind: str) -> None:
    """1,440 rows of 1 MB: from milliseconds it used to be 1/720 of that, and a green verdict."""
    text = csv((TIMES[kind](60 * k), MB) for k in range(1440))
    assert quality(tmp_path, text, period="1 min") == {
        "file": "s.csv",
        "format": "csv",
        "times": kind,
        "statistic": "Sum",
        "spacing_s": 60.0,
        "rows": 1440,
        "rows_used": 1440,
        "bytes_used": 1440 * MB,
        "bytes_unused": 0,
        "periods": 1440,
        "periods_missing": 0,
        "repeated_rows": 0,
        "off_grid_rows": 0,
    }
    assert written_bytes(tmp_path, text, period="1 min") == 1440 * MB


@pytest.mark.parametrize(
    ("median", "name"),
    [
        (0, "seconds since start"), (99_999_999, "seconds since start"),
        (-5, "seconds since start"),
        (10**8, "epoch s"), (10**11 - 1, "epoch s"), (1767225600.25, "epoch s"),
        (10**11, "epoch ms"), (10**14 - 1, "epoch ms"), (10**14, "epoch us"),
        (10**16 - 1, "epoch us"), (10**17, "FILETIME"), (10**18 - 1, "FILETIME"),
        (10**18, "epoch ns"), (10**19 - 1, "epoch ns"),
    ],
)  # fmt: skip
def test_the_median_decides(median: float, name: str) -> None:
    assert recognised([TimeCell(2, median)] * 3, None).name == name


@pytest.mark.parametrize("median", [10**16, 10**17 - 1, 10**19, 10**25, -(10**8), -(10**12)])
def test_numbers_that_are_no_times(median: int) -> None:
    with pytest.raises(TimesError, match="neither seconds since the start nor a date"):
        recognised([TimeCell(2, median)], None)


@given(
    st.sampled_from([k for k in TIMES if k != "dates"]),
    st.integers(0, 86_400),
    st.sampled_from([k for k in TIMES if k != "dates"]),
)
def test_a_mix_is_refused_where_it_is(most: str, odd_s: int, other: str) -> None:
    cells = [TimeCell(line, int(TIMES[most](60 * line))) for line in range(2, 12)]
    cells[4] = TimeCell(6, int(TIMES[other](odd_s)))
    if most == other:
        assert recognised(cells, None).name == most
        return
    with pytest.raises(TimesError) as caught:
        recognised(cells, None)
    assert caught.value.line == 6
    assert most in str(caught.value)


@pytest.mark.parametrize("text", ["20260131120000", "202601311200"])
def test_dates_without_separators_are_no_milliseconds(tmp_path: Path, text: str) -> None:
    (message,) = refusal(tmp_path, csv([(text, 1)]))
    assert "look like dates without separators; write 2026-01-31 12:00:00 instead" in message


def test_time_unit_overrides(tmp_path: Path) -> None:
    """Small numbers count from the start in any unit, as the milliseconds of fio's logs do."""
    text = csv((1000 * 60 * k, MB) for k in range(1440))
    found = quality(tmp_path, text, period="1 min", time_unit="ms")
    assert (found["times"], found["rows_used"], found["periods_missing"]) == (
        "ms since start", 1440, 0,
    )  # fmt: skip
    (message,) = refusal(tmp_path, text, period="1 min")
    assert "rows are 1000 min apart" in message or "apart, not 1 min" in message
    (message,) = refusal(tmp_path, csv([(EPOCH * 1000, 1)]), time_unit="s")
    assert "lie after the year 9999" in message


def test_nanoseconds_and_filetime_are_exact() -> None:
    """A float holds 256 ns at this size; the trace of MSR Cambridge counts in 100 ns."""
    for name, per_s, zero in (("epoch ns", 10**9, 0), ("FILETIME", 10**7, FILETIME_0)):
        value = (EPOCH + zero) * per_s + per_s // 1000 + 1  # 1 ms and one unit after the start
        unit = recognised([TimeCell(2, value)], None)
        assert unit.name == name
        assert unit.seconds(value, EPOCH * 10**6) == pytest.approx(0.001 + 1 / per_s, abs=1e-12)


@given(
    st.sampled_from(["epoch s", "epoch ms", "epoch us", "epoch ns", "FILETIME"]),
    st.lists(st.integers(0, 10**11), min_size=1, max_size=5),
    st.integers(0, 10**6),
)
def test_many_times_are_those_one_by_one(kind: str, offsets_us: list[int], odd_us: int) -> None:
    start_us = EPOCH * 10**6 + odd_us
    unit = recognised([TimeCell(2, int(TIMES[kind](0)))], None)
    zero = unit.epoch_s or 0
    values = [(start_us + offset - zero * 10**6) * unit.per_s // 10**6 for offset in offsets_us]
    one_by_one = [unit.seconds(value, start_us) for value in values]
    assert unit.all_seconds(values, start_us).tolist() == one_by_one


# ---- units --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unit", "size", "is_rate"),
    [
        ("B", 1, False), ("bytes", 1, False), ("kB", 1000, False), ("KB", 1000, False),
        ("KiB", 1024, False), ("MB", 10**6, False), ("MiB", 2**20, False), ("GiB", 2**30, False),
        ("512 B", 512, False), ("4 KiB", 4096, False), ("bit", 0.125, False),
        ("Mbit", 125_000, False), ("KiB/s", 1024, True), ("MB per second", 10**6, True),
        ("Mbit/s", 125_000, True),
    ],
)  # fmt: skip
def test_units(unit: str, size: float, is_rate: bool) -> None:
    assert parse_unit(unit) == (size, is_rate)


@pytest.mark.parametrize("unit", ["", "Kib", "MBs", "min", "0 B", "MB/h", "-1 B", "x" * 100_000])
def test_what_is_no_unit(tmp_path: Path, unit: str) -> None:
    with pytest.raises(ValueError, match="is not a unit such as KiB, MB, 512 B or KiB/s"):
        parse_unit(unit)
    (message,) = refusal(tmp_path, csv(minutes()), period="1 min", unit=unit)
    assert len(message) < 400


@pytest.mark.parametrize(
    ("keys", "total"),
    [
        ({"unit": "KiB"}, 3 * 1440 * 1024),
        ({"unit": "MB"}, 3 * 1440 * 10**6),
        ({"per": "period"}, 3 * 1440),
        ({"per": "second"}, 3 * 86_400),
        ({"unit": "KiB", "per": "second"}, 3 * 86_400 * 1024),
        ({"unit": "KiB/s"}, 3 * 86_400 * 1024),
        ({"unit": "512 B", "per": "second"}, 3 * 86_400 * 512),
        ({"unit": "kbit/s"}, 3 * 86_400 * 125),
    ],
)
def test_values_become_bytes(tmp_path: Path, keys: dict[str, Any], total: int) -> None:
    text = csv(minutes(value=3))
    found = quality(tmp_path, text, period="1 min", **keys)
    assert found["bytes_used"] == total
    is_rate = keys.get("per") == "second" or keys.get("unit", "").endswith("/s")
    assert found["statistic"] == ("rate per second" if is_rate else "Sum")
    assert written_bytes(tmp_path, text, period="1 min", **keys) == total


def test_keys_that_do_not_go_together(tmp_path: Path) -> None:
    text = csv(minutes(value=3))
    for keys, said in (
        ({"per": "second"}, "needs `period`"),
        ({"unit": "KiB/s"}, "needs `period`"),
        ({"per": "second", "counter": True, "period": "1 min"}, "these values are rates"),
        ({"unit": "KiB/s", "per": "period", "period": "1 min"}, "is a rate per second"),
        ({"per": "hour"}, "must be 'second' or 'period'"),
        ({"missing": "none"}, "must be 'zero'"),
        ({"time_unit": "h"}, "must be 's'"),
        ({"counter": "yes"}, "must be true or false"),
    ):
        (message,) = refusal(tmp_path, text, **keys)
        assert said in message, keys


# ---- names of columns ---------------------------------------------------------------------------

NAMES: dict[str, tuple[tuple[str, ...], str | None, bool] | None] = {
    # sysstat: iostat, iostat -x, iostat -m, older ones, sar -b, sar -d, sar -B, pidstat -d
    "kB_wrtn/s": (("KiB",), "second", False),
    "kB_wrtn": (("KiB",), "period", False),
    "MB_wrtn/s": (("MiB",), "second", False),
    "wkB/s": (("KiB",), "second", False),
    "wMB/s": (("MiB",), "second", False),
    "wsec/s": (("512 B",), "second", False),
    "Blk_wrtn/s": (("512 B",), "second", False),
    "Blk_wrtn": (("512 B",), "period", False),
    "bwrtn/s": (("512 B",), "second", False),
    "wr_sec/s": (("512 B",), "second", False),
    "pgpgout/s": (("KiB",), "second", False),
    "kB_wr/s": (("KiB",), "second", False),
    "bo": (("KiB",), "second", False),  # vmstat
    # Grafana
    "Disk write (MiB)": (("MiB",), None, False),
    "write [KiB/s]": (("KiB",), "second", False),
    "vol-1, MB/s": (("MB", "MiB"), "second", False),
    "written GB": (("GB", "GiB"), None, False),
    'rate(node_disk_written_bytes_total{device="sda"}[5m])': ((), "second", False),
    "node_disk_written_bytes_total": ((), None, True),
    'node_disk_written_bytes_total{device="sda"}': ((), None, True),
    "increase(node_disk_written_bytes_total[5m])": None,
    # CloudWatch, perfmon, typeperf, Azure
    "DataWriteIOBytes": None,
    "DataWriteIOBytes (Bytes)": None,
    "DataWriteIOBytes Bytes/Second": ((), "second", False),
    "VolumeWriteBytes": None,
    "Disk Write Bytes/sec": ((), "second", False),
    r"\\HOST\PhysicalDisk(_Total)\Disk Write Bytes/sec": ((), "second", False),
    "Write Throughput (MB/s)": (("MB", "MiB"), "second", False),
    "bytes written per second": ((), "second", False),
    "bytes_per_sec": ((), "second", False),
    "BytesPerSecond": ((), "second", False),
    # anything
    "B/s": ((), "second", False),
    "Bps": ((), "second", False),
    "MBps": (("MB", "MiB"), "second", False),
    "Mbps": (("Mbit",), "second", False),
    "Gbit/s": (("Gbit",), "second", False),
    "bits/s": (("bit",), "second", False),
    "MB": (("MB", "MiB"), None, False),
    "mb": (("MB", "MiB"), None, False),
    "kb_written": (("kB", "KiB"), None, False),
    "written_kb": (("kB", "KiB"), None, False),
    "DiskWriteKB": (("KB", "KiB"), None, False),
    "kilobytes": (("kB", "KiB"), None, False),
    "mebibytes": (("MiB",), None, False),
    "KBytes": (("KB", "KiB"), None, False),
    "MB/min": (("MB", "MiB"), "period", False),
    "sectors": (("512 B",), None, False),
    # bytes, or nothing about a unit
    "value": None, "bytes": None, "Bytes": None, "Size": None, "write_bytes": None,
    "size_in_bytes": None, "WriteBytes": None, "b": None, "db": None, "number": None, "web": None,
    "writes": None, "job": None, "Type": None, "disk b": None, "total": None,
    "requests_total": ((), None, True),  # a counter by its name, of whatever it is
}  # fmt: skip


@pytest.mark.parametrize("column", NAMES)
def test_names_of_columns(column: str) -> None:
    found = named_unit(column)
    told = None if found is None else (found.units, found.per, found.counter)
    assert told == NAMES[column]


@pytest.mark.parametrize("column", [name for name, unit in NAMES.items() if unit])
def test_a_column_with_a_unit_is_refused_until_it_is_said(tmp_path: Path, column: str) -> None:
    quoted = '"' + column.replace('"', '""') + '"'
    text = csv(minutes(value=3), f"timestamp,{quoted}")
    (message,) = refusal(tmp_path, text, bytes=column, period="1 min")
    assert "s.csv:1: column " in message
    unit = named_unit(column)
    assert isinstance(unit, NamedUnit)
    said: dict[str, Any] = {"unit": unit.units[0]} if unit.units else {}
    if unit.per == "second":
        said["per"] = "second"
    if unit.counter:
        said["counter"] = False  # by its name alone, and the user knows better
    assert refusal(tmp_path, text, bytes=column, period="1 min", **said) == []


def test_a_unit_alone_does_not_say_that_values_are_rates(tmp_path: Path) -> None:
    text = csv(minutes(value=3), "timestamp,wkB/s")
    (message,) = refusal(tmp_path, text, bytes="wkB/s", period="1 min", unit="KiB")
    assert message.endswith("; write `per: second`")
    for keys in ({"unit": "KiB", "per": "period"}, {"unit": "KiB/s"}):
        assert refusal(tmp_path, text, bytes="wkB/s", period="1 min", **keys) == []


# ---- counters -----------------------------------------------------------------------------------


def test_a_counter_with_a_reset_by_hand() -> None:
    assert increments(np.array([100.0, 130, 130, 20, 25, 0, 7])).tolist() == [30, 0, 20, 5, 0, 7]


@given(st.lists(st.integers(0, 10**12), min_size=2, max_size=50))
def test_a_counter_conserves_what_it_counted(readings: list[int]) -> None:
    """Last less first, and what was read before each fall."""
    lost = sum(before for before, after in pairwise(readings) if after < before)
    grown = increments(np.array(readings, dtype=np.float64))
    assert grown.sum() == readings[-1] - readings[0] + lost
    assert (grown >= 0).all()


def test_a_counter_of_a_day(tmp_path: Path) -> None:
    """1,441 readings are 1,440 totals; at noon it begins anew."""
    readings = [
        (60 * k, 5_000_000_000 + 1000 * k if k < 720 else 1000 * (k - 719)) for k in range(1441)
    ]
    found = quality(tmp_path, csv(readings), period="1 min", counter=True)
    assert (found["statistic"], found["rows"], found["rows_used"]) == ("counter", 1441, 1441)
    assert (found["bytes_used"], found["bytes_unused"]) == (1440 * 1000, 0)
    assert (found["periods"], found["periods_missing"]) == (1440, 0)
    assert written_bytes(tmp_path, csv(readings), period="1 min", counter=True) == 1440 * 1000
    # One reading less, and the run's last minute is not covered.
    (message,) = refusal(tmp_path, csv(readings[:-1]), period="1 min", counter=True)
    assert message.startswith("covers 2026-01-01 00:00:00 (0 s) to 2026-01-01 23:59:00 (86340 s)")


def test_a_gap_of_a_counter_is_spread_and_missing(tmp_path: Path) -> None:
    readings = [(60 * k, 60_000 * k) for k in range(1441) if not 100 < k < 110]
    found = quality(tmp_path, csv(readings), period="1 min", counter=True, unit="512 B")
    assert (found["periods_missing"], found["bytes_used"]) == (9, 1440 * 60_000 * 512)
    assert written_bytes(tmp_path, csv(readings), period="1 min", counter=True) == 1440 * 60_000


def test_a_counter_without_a_period_is_single_writes(tmp_path: Path) -> None:
    text = csv([(10, 1000), (20, 1500), (40, 200), (90_000, 300)])
    found = quality(tmp_path, text, counter=True)
    # 500 at 20 s, 200 at 40 s after a reset, 100 after the run of a day.
    assert (found["bytes_used"], found["bytes_unused"]) == (700, 100)
    assert written_bytes(tmp_path, text, counter=True) == 700


def test_several_counters_in_one_file(tmp_path: Path) -> None:
    rows = [
        (60 * k, f"{1000 * k + add},{name}")
        for k in range(1441)
        for name, add in (("sda", 0), ("sdb", 7))
    ]
    text = csv(rows, "timestamp,value,device")
    (message,) = refusal(tmp_path, text, period="1 min", counter=True)
    assert "several counters" in message
    found = quality(tmp_path, text, period="1 min", counter=True, where={"device": "sdb"})
    assert (found["rows"], found["rows_used"], found["bytes_used"]) == (2882, 1441, 1_440_000)
    (message,) = refusal(tmp_path, csv([(0, 5)]), period="1 min", counter=True, repeat=True)
    assert "one reading" in message


def test_values_that_never_fall_are_told(tmp_path: Path) -> None:
    from efssim.traces.quality import never_falls

    assert never_falls(np.arange(20.0))
    assert not never_falls(np.arange(19.0))
    assert not never_falls(np.ones(100))
    assert not never_falls(np.append(np.arange(100.0), 98))


# ---- where --------------------------------------------------------------------------------------

BLOCKS = """\
Timestamp,Hostname,DiskNumber,Type,Offset,Size,ResponseTime
134116992010000000,usr,0,Read,7014609920,24576,41286
134116992020000000,usr,1,Write,1317441536,8192,1963
134116992030000000,usr,0,Write,2436440064,4096,1835
134116992040000000,usr,0,Read,3154132992,-,1
134116992050000000,usr,0,Write,3154152992,512,1
"""


def test_writes_of_a_block_trace(tmp_path: Path) -> None:
    """In the form of the traces of MSR Cambridge; FILETIME of 2026-01-01 and some seconds."""
    keys: dict[str, Any] = {"time": "Timestamp", "bytes": "Size"}
    found = quality(tmp_path, BLOCKS, where={"Type": "Write"}, **keys)
    assert (found["times"], found["rows"], found["rows_used"]) == ("FILETIME", 5, 3)
    assert (found["bytes_used"], found["bytes_unused"], found["statistic"]) == (12_800, 0, None)
    assert written_bytes(tmp_path, BLOCKS, where={"Type": "Write"}, **keys) == 12_800
    found = quality(tmp_path, BLOCKS, where={"Type": "Write", "DiskNumber": 0}, **keys)
    assert (found["rows_used"], found["bytes_used"]) == (2, 4608)


def test_where_that_selects_nothing_or_names_no_column(tmp_path: Path) -> None:
    keys: dict[str, Any] = {"time": "Timestamp", "bytes": "Size"}
    (message,) = refusal(tmp_path, BLOCKS, where={"Type": "write"}, **keys)
    assert message == "no row has 'write' in column 'Type'; it has 'Read', 'Write'"
    (message,) = refusal(tmp_path, BLOCKS, where={"Typ": "Write"}, **keys)
    assert "has no column 'Typ' (did you mean 'Type'?)" in message


def test_a_malformed_key_hides_no_bad_row(tmp_path: Path) -> None:
    found = refusal(tmp_path, csv([(0, 1), (60, "x")]), period="1 parsec")
    assert len(found) == 2
    assert any("parsec" in message for message in found)
    assert any("bytes 'x' is not a finite number" in message for message in found)

"""Each format in each variant, read to the byte: expected numbers are written by hand."""

from __future__ import annotations

import gzip
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from helpers.exports import EPOCH, FIXTURES, only, read, refused, refused_text, samples, writes

from efssim.traces.exports import ReadOptions, read_exports
from efssim.traces.metric import Exports

Samples = list[tuple[float, float]]
BERLIN = {"timezone": "Europe/Berlin"}
ASSUMED = ("statistic: Sum",)
W, LAG = "DataWriteIOBytes", "TimeSinceLastSync"
FS = (("FileSystemId", "fs-0123456789abcdef0"),)
PAIR = (("DestinationFileSystemId", "fs-0fedcba9876543210"), *FS)


def found(exports: Exports) -> dict[tuple[object, ...], Samples]:
    """Return the samples of each series by metric, statistic and period."""
    return {
        (series.metric, series.statistic, series.period_s): samples(series)
        for series in exports.series
    }


Variant = tuple[dict[str, Any], str, dict[tuple[object, ...], Samples], tuple[str, ...]]

SERIES: dict[str, Variant] = {
    "cli/statistics.text": (
        {}, "AWS CLI text",
        {(W, "Sum", 300): [(0, 100), (300, 123_456_789_012), (600, 300.5)]}, ASSUMED,
    ),
    "cli/statistics.table": (
        {}, "AWS CLI table",
        {(W, "Sum", 300): [(0, 100), (300, 123_456_789_012), (600, 300.5)]}, (),
    ),
    "cli/five.text": (
        {}, "AWS CLI text",
        {
            (W, "Average", 600): [(0, 25), (600, 100)],
            (W, "Maximum", 600): [(0, 1e-7), (600, 200.5)],
            (W, "Minimum", 600): [(0, 1), (600, 1)],
            (W, "SampleCount", 600): [(0, 4), (600, 3)],
            (W, "Sum", 600): [(0, 123_456_789_012), (600, 300)],
        }, (),
    ),
    "cli/query.text": (
        {}, "AWS CLI text", {(None, "Sum", 300): [(0, 100), (300, 200)]}, ASSUMED,
    ),
    "cli/data.text": (
        {}, "AWS CLI text",
        {
            (W, "Sum", 60): [(0, 1_000_000), (60, 2_000_000), (120, 3_000_000)],
            (LAG, "Maximum", None): [(120, 90.5)],
        }, ASSUMED,
    ),
    "console/block.csv": (
        BERLIN, "CloudWatch console CSV",
        {
            (W, "Sum", 60): [(0, 1_000_000), (60, 2_000_000.5), (120, 3_000_000)],
            (LAG, "Maximum", 60): [(60, 45), (120, 105)],
        }, (),
    ),
    "console/bare.csv": (
        BERLIN, "CloudWatch console CSV", {(None, "Sum", 60): [(0, 10), (60, 20)]}, ASSUMED,
    ),
    "metric_stream/part.ndjson": (
        {}, "CloudWatch metric stream",
        {
            (W, "Sum", 60): [(0, 8192), (60, 20480)],
            (W, "SampleCount", 60): [(0, 2), (60, 3)],
            (W, "Minimum", 60): [(0, 4096), (60, 1024)],
            (W, "Maximum", 60): [(0, 4096), (60, 16384)],
            (LAG, "Sum", None): [(0, 75.5)],
            (LAG, "SampleCount", None): [(0, 1)],
            (LAG, "Minimum", None): [(0, 75.5)],
            (LAG, "Maximum", None): [(0, 75.5)],
        }, (),
    ),
    "grafana/raw.csv": (
        {}, "Grafana CSV", {(W, "Sum", 60): [(0, 977), (60, 1_000_448)]}, ASSUMED,
    ),
    "grafana/formatted.csv": (
        BERLIN, "Grafana CSV",
        {(W, "Sum", 60): [(0, 977 * 1024), (60, 1.5 * 2**20), (120, 0)]}, ASSUMED,
    ),
    "grafana/thousands.csv": (
        {}, "Grafana CSV", {(LAG, None, 60): [(0, 1_234_567), (60, 12.5)]}, (),
    ),
    "grafana/series.csv": (
        {}, "Grafana CSV",
        {(W, "Sum", 60): [(0, 5), (60, 6)], ("DataReadIOBytes", "Sum", None): [(0, 7)]}, (),
    ),
    "grafana/rate.csv": (
        {}, "Grafana CSV", {("writes", None, 60): [(0, 102_400), (60, 1.5 * 2**20)]}, (),
    ),
    "prometheus/api.json": (
        {"where": (("FileSystemId", "fs-1"),)}, "Prometheus matrix JSON",
        {(W, "Sum", 60): [(0, 1000), (60, 2000.5)]}, ASSUMED,
    ),
    "prometheus/promtool.json": (
        {}, "Prometheus matrix JSON", {(LAG, None, 60): [(0, 30), (60, 90)]}, (),
    ),
    "prometheus/cloudwatch.json": (
        {}, "Prometheus matrix JSON", {(W, "Sum", 60): [(0, 41), (60, 42)]}, (),
    ),
    "sysstat/iostat.txt": (
        {**BERLIN, "where": (("device", "nvme0n1"),)}, "iostat",
        {("wkB/s", "Sum", 60): [(-60, 10.5 * 1024 * 60), (0, 20 * 1024 * 60)]}, (),
    ),
    "sysstat/iostat-iso.txt": ({}, "iostat", {("wsec/s", "Sum", 30): [(0, 8 * 512 * 30)]}, ()),
    "sysstat/sar.txt": (
        {"timezone": "UTC", "where": (("device", "sda"),)}, "sar",
        {("wkB/s", "Sum", 600): [
            (-1200, 10 * 1024 * 600), (-600, 20 * 1024 * 600), (0, 30.5 * 1024 * 600),
        ]}, (),
    ),
    "sysstat/sar-24h.txt": (
        {"timezone": "UTC"}, "sar",
        {("wr_sec/s", "Sum", 1200): [
            (1, 2 * 512 * 600), (1201, 4 * 512 * 600), (86_401, 6 * 512 * 600),
        ]}, (),
    ),
}  # fmt: skip
"""Options, format, samples by metric, statistic and period, and what is assumed."""


@pytest.mark.parametrize("name", SERIES)
def test_each_variant(name: str) -> None:
    options, kind, expected, assumed = SERIES[name]
    exports = read(name, **options)
    assert found(exports) == expected
    (file,) = exports.files
    assert (file.format, file.assumed) == (kind, assumed)
    assert exports.records == ()


@pytest.mark.parametrize("name", SERIES)
def test_gzip_and_windows_line_ends(name: str, tmp_path: Path) -> None:
    options, kind, expected, _ = SERIES[name]
    text = (FIXTURES / name).read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    for data in (gzip.compress(text), b"\xef\xbb\xbf" + text, text.decode().encode("utf-16")):
        (tmp_path / "f").write_bytes(data)
        exports = read_exports([tmp_path / "f"], ReadOptions(**options))
        assert (found(exports), exports.files[0].format) == (expected, kind)


@pytest.mark.parametrize("name", ["statistics", "five", "data"])
def test_text_and_table_of_the_command_say_the_same(name: str) -> None:
    text, table = (read(f"cli/{name}.{kind}") for kind in ("text", "table"))
    assert found(text) == found(table)
    assert {series.dimensions for series in text.series} == {
        series.dimensions for series in table.series
    }


def test_notes_of_the_service_in_text_and_table() -> None:
    for kind in ("text", "table"):
        notes = read(f"cli/data.{kind}").files[0].notes
        assert "the service said 'MaxMetricsExceeded, Results were cut.'" in notes
        assert "result 'no' has StatusCode Forbidden: the caller may not read it" in notes
        assert any(note.startswith("result 'lag' has StatusCode PartialData") for note in notes)


def test_dimensions_and_units() -> None:
    by_metric = {series.metric: series for series in read("metric_stream/part.ndjson").series}
    assert (by_metric[W].dimensions, by_metric[W].unit) == (FS, "Bytes")
    assert (by_metric[LAG].dimensions, by_metric[LAG].unit) == (PAIR, "Seconds")
    iostat = read("sysstat/iostat.txt", **BERLIN).series
    assert [series.dimensions for series in iostat] == [
        (("device", "nvme0n1"),), (("device", "sdb"),),
    ]  # fmt: skip
    assert only(read("prometheus/promtool.json")).dimensions == (
        ("@resource.cloud.region", "us-east-1"),
    )
    assert "the service said 'results were cut'" in read("prometheus/api.json").files[0].notes


# ---- local times --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "line", "time"),
    [
        ("console/block.csv", 6, "2026/01/01 01:00:00"),
        ("console/bare.csv", 1, "2026/01/01 01:00:00"),
        ("grafana/formatted.csv", 3, "2026-01-01 01:00:00"),
        ("sysstat/iostat.txt", 3, "01/01/2026 12:59:00 AM"),
        ("sysstat/sar.txt", 4, "11:50:00 PM"),
    ],
)
def test_local_times_need_their_zone(name: str, line: int, time: str) -> None:
    assert refused(FIXTURES / name) == [
        f"{name}:{line}: time '{time}' is local time and does not say of which zone; "
        "write `timezone: UTC`, or that of the export"
    ]


def local(*times: str) -> str:
    return '"Time","writes"\n' + "".join(f"{time},{n}\n" for n, time in enumerate(times))


def test_the_hour_that_a_clock_repeats(tmp_path: Path) -> None:
    """In Berlin 2026-10-25 02:00 to 03:00 comes twice: at 00:00 and at 01:00 UTC."""
    times = ("01:30:00", "02:00:00", "02:30:00", "02:00:00", "02:30:00", "03:00:00")
    text = local(*(f"2026-10-25 {time}" for time in times))
    midnight = datetime(2026, 10, 25, tzinfo=UTC).timestamp()
    expected = [-1800.0, 0.0, 1800.0, 3600.0, 5400.0, 7200.0]
    file = tmp_path / "f"
    for lines in (text, text[:16] + "".join(reversed(text[16:].splitlines(keepends=True)))):
        file.write_text(lines)
        series = only(read_exports([file], ReadOptions(timezone="Europe/Berlin")))
        assert (series.time_s - midnight).tolist() == expected


def test_the_hour_that_a_clock_leaves_out(tmp_path: Path) -> None:
    """In Berlin 2026-03-29 02:00 to 03:00 does not exist."""
    text = local("2026-03-29 01:00:00", "2026-03-29 02:30:00")
    assert refused_text(tmp_path, text, **BERLIN) == (
        "f:3: time 2026-03-29 02:30:00 does not exist in Europe/Berlin"
    )


# ---- block traces -------------------------------------------------------------------------------


def test_msr_cambridge() -> None:
    """128166372003061629 is 2007-02-22 17:00:00.3061629 UTC, in 100 ns since 1601."""
    (records,) = read("blocks/msr.csv").records
    second = datetime(2007, 2, 22, 17, tzinfo=UTC).timestamp()
    expected = [1.0, 1.6382155, 2.6382245]
    assert records.time_s - second == pytest.approx(expected, abs=3e-7)  # floats of 1.2e9 s
    assert records.bytes.tolist() == [512, 4096, 8192]
    assert records.offset is not None
    assert records.offset.tolist() == [0, 7014912, 2822144]
    assert records.volumes == ("hm_0", "hm_1")
    assert records.volume is not None
    assert records.volume.tolist() == [0, 0, 1]
    assert read("blocks/msr.csv").files[0].notes == ("1 read passed over",)
    (one,) = read("blocks/msr.csv", where=(("volume", "hm_1"),)).records
    assert one.bytes.tolist() == [8192]


def test_alibaba() -> None:
    (records,) = read("blocks/alibaba.csv").records
    assert records.time_s.tolist() == [1577808000.0001, 1577808000.000426]
    assert records.bytes.tolist() == [4096, 77824]
    assert records.offset is not None
    assert records.offset.tolist() == [8192, 19496058880]


@pytest.mark.parametrize("name", ["tencent", "tencent-header"])
def test_tencent_counts_sectors(name: str) -> None:
    (records,) = read(f"blocks/{name}.csv").records
    assert records.time_s.tolist() == [1538323200, 1538323201]
    assert records.bytes.tolist() == [8 * 512, 384 * 512]
    assert records.offset is not None
    assert records.offset.tolist() == [6338688 * 512, 1904106 * 512]
    assert records.volumes == ("1627", "1360")


def test_block_traces_of_several_files(tmp_path: Path) -> None:
    """Volumes are numbered anew over all files, and writes are in order of time."""
    first, second = tmp_path / "1", tmp_path / "2"
    first.write_text("1538323205,1,1,1,7\n1538323201,2,2,1,8\n")
    second.write_text("1538323203,3,3,1,8\n")
    (records,) = read_exports([first, second]).records
    assert (records.time_s - 1538323200).tolist() == [1, 3, 5]
    assert records.bytes.tolist() == [1024, 1536, 512]
    assert records.volume is not None
    assert [records.volumes[at] for at in records.volume] == ["8", "8", "7"]


# ---- Parquet ------------------------------------------------------------------------------------


def parquet(folder: Path, **columns: Any) -> Path:
    pyarrow = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    file = folder / "f.parquet"
    pq.write_table(pyarrow.table(columns), file)
    return file


def test_parquet_of_a_metric(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    moments = [datetime(2026, 1, 1, 0, minute, tzinfo=UTC) for minute in (1, 0, 2)]
    for kind in ("timestamp[ms, tz=UTC]", "timestamp[ns]", "timestamp[us, tz=Europe/Berlin]"):
        times = pyarrow.array(moments, pyarrow.timestamp("us", "UTC")).cast(
            _timestamp(pyarrow, kind)
        )
        file = parquet(tmp_path, timestamp=times, DataWriteIOBytes=[2, 1, None])
        series = only(read_exports([file]))
        assert (series.metric, samples(series)) == (W, [(0, 1), (60, 2)])


def _timestamp(pyarrow: Any, kind: str) -> Any:
    unit, _, zone = kind.removeprefix("timestamp[").removesuffix("]").partition(", tz=")
    return pyarrow.timestamp(unit, zone or None)


def test_parquet_of_single_writes(tmp_path: Path) -> None:
    file = parquet(tmp_path, time=[EPOCH * 1000, EPOCH * 1000 + 250], bytes=[1, 2], offset=[0, 9])
    (records,) = read_exports([file]).records
    assert writes(records) == [(0, 1), (0.25, 2)]
    assert records.offset is not None
    assert records.offset.tolist() == [0, 9]
    file = parquet(tmp_path, when=["2026-01-01T00:00:00Z"], amount=[7.0])
    (records,) = read_exports([file], ReadOptions(time="when", value="amount")).records
    assert writes(records) == [(0, 7)]


def test_parquet_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = parquet(tmp_path, timestamp=[1.0, None], value=[1, 2])
    assert refused(file) == [f"{file}: row 2 has no time"]
    file = parquet(tmp_path, timestamp=[1.0], value=["a lot"])
    assert refused(file) == [f"{file}: the column of the value holds 'string' and no numbers"]
    assert "is a damaged Parquet file" in refused_text(tmp_path, b"PAR1 and more")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert refused(file) == [
        f"{file}: is Parquet, which takes pyarrow to read: pip install 'efssim[parquet]'"
    ]

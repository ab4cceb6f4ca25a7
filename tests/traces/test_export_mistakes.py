"""Malformed exports give a line with file, line and a way out, and never a traceback."""

from __future__ import annotations

import gzip
import re
from pathlib import Path
from typing import Any

import pytest
from helpers.exports import FIXTURES, read, refused, refused_text
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from efssim.traces.exports import ReadOptions, read_exports
from efssim.traces.formats.table import FORMATS
from efssim.traces.formats.totals import written_totals
from efssim.traces.problems import TraceError, TraceErrors

FILES = sorted(FIXTURES.glob("*/*"))


def spoilt(name: str, old: str, new: str) -> str:
    text = (FIXTURES / name).read_text(encoding="utf-8")
    assert old in text
    return text.replace(old, new)


SPOILT = [
    ("metric_data/page1.json", '"Values": [4000000.5, 3000000.0]', '"Values": [1]', 3,
     "result 'w' has 2 Timestamps and 1 Values; each time has one value"),
    ("metric_data/page1.json", "3000000.0", '"many"', 7, "value 'many' is not a number"),
    ("metric_data/page1.json", "2026-01-01T00:02:00+00:00", "yesterday", 6,
     "time 'yesterday' is not a date and time such as 2026-01-31T12:00:00Z"),
    ("metric_data/page1.json", '"NextToken"', "NextToken", 25,
     "is not JSON from here: expecting property name enclosed in double quotes"),
    ("metric_data/page1.json", '"Timestamps": [', '"Timestamps": 7, "x": [', 6,
     "Timestamps is not a list; export with `--output json`"),
    ("metric_statistics/unordered.json", '"Sum": 100.0', '"Sum": true', 5,
     "Sum: value 'True' is not a number"),
    ("metric_statistics/unordered.json", '100.0, "Unit": "Bytes"}\n', '100.0, "Unit": "Count"}\n',
     6, "Unit differs between datapoints: 'Bytes' and 'Count'; ask for one with `--unit`"),
    ("metric_statistics/unordered.json", '"Unit": "Bytes"', '"Unit": "Kilobytes"', 4,
     "Unit 'Kilobytes' is not one whose values are known in bytes or seconds"),
    ("metric_statistics/unordered.json", '{"Timestamp": "2026-01-01T00:05:00Z",', "{", 6,
     "Datapoints[2] is not an object with Timestamp and a statistic such as Sum"),
    ("metric_stream/part.ndjson", '"sum":20480.0', '"sum":null', 1,
     "value.sum 'None' is not a number"),
    ("metric_stream/part.ndjson", '"timestamp":1767225660000', '"timestamp":"now"', 1,
     "timestamp 'now' is no number of milliseconds since 1970"),
    ("metric_stream/part.ndjson", '"value":{"count":1.0', '"value":{"count":', 2, "is not JSON"),
    ("cli/statistics.text", "DATAPOINTS\t100.0", "DATAPOINTS\tlots", 3, "value 'lots' is not a"),
    ("cli/statistics.text", "\t2026-01-01T00:00:00Z\tBytes", "", 3, "another kind of datapoint"),
    ("cli/statistics.text", "DATAPOINTS\t300.5", "DATAPOINTS\t1\t2", 2,
     "has 2 statistics and does not name them; ask for one, or for `--output json`"),
    ("cli/data.text", "VALUES\t90.5\n", "", 7, "has 1 times and 0 values from here"),
    ("cli/statistics.table", "100.0", "lots", 11, "value 'lots' is not a number"),
    ("console/block.csv", "2000000.5", "two million", 7, "value 'two million' is not a number"),
    ("console/block.csv", "Period,", "Colour,", 4, "'Colour' is neither a header row of the"),
    ("console/block.csv", ",60,", ",often,", 0, "period 'often' is no duration such as 300"),
    ("grafana/formatted.csv", "977 KiB", "977 XiB", 3, "'977 XiB' has a unit that is not known"),
    ("grafana/formatted.csv", "977 KiB", "9,77 KiB", 3, "with a decimal point, or switch off"),
    ("prometheus/api.json", '"1000"', '"1e"', 2, "value '1e' is not a number"),
    ("prometheus/api.json", '[1767225600,"1000"]', "17", 2, "is no pair of a time and a value"),
    ("prometheus/api.json", '"matrix"', '"vector"', 1, "is a vector, which has one time; query"),
    ("prometheus/api.json", '"values"', '"histograms"', 2, "has histograms; query plain samples"),
    ("sysstat/iostat.txt", "   20.00     0.00", " 1.5k     0.00", 24,
     "value '1.5k' is not a number; leave out --human"),
    ("sysstat/iostat.txt", "wkB/s", "xkB/s", 7, "has no column wkB/s of what was written; run"),
    ("sysstat/iostat.txt", "01:01:00 AM", "12:59:00 AM", 19, "is a report that is no later than"),
    ("sysstat/sar.txt", "12/31/2025", "somewhen", 1, "has no date such as 2026-01-31 or 01/31/20"),
    ("sysstat/sar.txt", "     30.50 ", "  ", 10, "has 8 cells for 9 columns of devices"),
    ("blocks/msr.csv", "hm,1,Write", "hm,1,Erase", 3,
     "kind 'Erase' is neither a read nor a write (read or write)"),
    ("blocks/msr.csv", ",8192,", ",-1,", 3, "size '-1' is no whole number from 0 to 2^63"),
    ("blocks/tencent.csv", "1538323201,1904106", "1538323201", 3, "the row ends after 4 of 5"),
    ("blocks/alibaba.csv", "1577808000000100", "soon", 3, "time 'soon' is no whole number"),
    ("csv/totals.csv", ",200", ",two", 2, "value 'two' is not a number"),
    ("csv/totals.csv", "DataWriteIOBytes", "wkB/s", 1, "column 'wkB/s' holds KiB per second"),
    ("csv/totals.csv", "timestamp", "when", 1, "has no column 'timestamp' or 'time'"),
    ("csv/writes.csv", "4096,0", "-4096,0", 2, "bytes '-4096' is no number of bytes from 0"),
]  # fmt: skip
"""Fixture, text, its replacement, line (0: whatever), and a part of the message."""


@pytest.mark.parametrize(("name", "old", "new", "line", "said"), SPOILT)
def test_spoilt(name: str, old: str, new: str, line: int, said: str, tmp_path: Path) -> None:
    message = refused_text(tmp_path, spoilt(name, old, new), timezone="UTC")
    assert said in message
    assert not line or message.startswith(f"f:{line}: ")


def _text(name: str) -> str:
    return (FIXTURES / name).read_text(encoding="utf-8")


def test_iostat_without_times() -> None:
    name = "sysstat/iostat-no-times.txt"
    assert refused(FIXTURES / name) == [
        f"{name}:6: has no times of its reports; run `iostat -xty 60`, where -t prints them"
    ]


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ('{"Timestamps": [1], "Values": [2]}', "CloudWatch get-metric-data JSON"),
        ('{"data": {"matrix": []}}', "Prometheus matrix JSON"),
        ("Linux host\n\nDEV tps\n", "sar"),
        ("one word", None),
        ("<html></html>", None),
    ],
)
def test_unknown_content(text: str, nearest: str | None, tmp_path: Path) -> None:
    message = refused_text(tmp_path, text)
    assert message.startswith("f: has no format that is read; the nearest is ")
    for one in FORMATS:
        assert one.name in message
    if nearest is not None:
        assert f"the nearest is {nearest};" in message


def test_content_that_is_packed_otherwise(tmp_path: Path) -> None:
    assert refused_text(tmp_path, b"PK\x03\x04....") == (
        "f: is a ZIP archive; unpack it, or pack the file by gzip"
    )
    tar = bytes(257) + b"ustar" + bytes(250)
    for data in (tar, gzip.compress(tar)):
        assert refused_text(tmp_path, data) == (
            "f: is a tar archive; unpack it and name the folder"
        )
    packed = gzip.compress(b"timestamp,value\n" + b"1,2\n" * 100)
    assert refused_text(tmp_path, packed[:-20]) == (
        "f: is a damaged gzip file: it ends in the middle"
    )
    assert "is a damaged gzip file" in refused_text(tmp_path, packed[:12] + b"zz" + packed[14:])


def test_every_file_that_is_wrong_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("timestamp,value\n1,x\n")
    (tmp_path / "b").write_text("timestamp,value\n1,1\n")
    (tmp_path / "c").write_text("hello")
    lines = refused(tmp_path)
    assert [line.removeprefix(f"{tmp_path}/")[:2] for line in lines] == ["a:", "c:"]


def test_choices_that_nothing_has(tmp_path: Path) -> None:
    name = FIXTURES / "metric_data/page1.json"
    assert refused(name, metric="Writes") == [
        "metric_data/page1.json: has no series 'Writes'; it has 'DataWriteIOBytes', "
        "'TimeSinceLastSync', 'StorageBytes'"
    ]
    assert refused(name, where=(("Id", "x"),)) == [
        "metric_data/page1.json: no series has Id 'x'; they have 'w', 'lag', 'secret'"
    ]
    assert refused(FIXTURES / "blocks/msr.csv", where=(("volume", "x"),)) == [
        "blocks/msr.csv: has no volume 'x'; its volumes are 'hm_0', 'hm_1'"
    ]
    assert refused(name, timezone="Europe/Berlim") == [
        "timezone: unknown time zone 'Europe/Berlim' (did you mean 'Europe/Berlin'?)"
    ]
    assert refused(name, statistic="Sums") == [
        "statistic: 'Sums' is no statistic (did you mean 'Sum'?)"
    ]
    assert refused(tmp_path / "*.json") == [f"{tmp_path}/*.json: no file matches this pattern"]


def test_parts_of_one_series_that_contradict(tmp_path: Path) -> None:
    text = (FIXTURES / "metric_data/page1.json").read_text(encoding="utf-8")
    (tmp_path / "2.json").write_text(text.replace("3000000.0", "3000001.0"))
    lines = refused(FIXTURES / "metric_data/page1.json", tmp_path / "2.json")
    assert lines == [
        f"{tmp_path}/2.json: DataWriteIOBytes Sum (Id=w) has 3000000 and 3000001 at "
        "2026-01-01 00:02:00; keep one of them, or one of the files"
    ]


# ---- bytes of writes ----------------------------------------------------------------------------


def no_writes(name: str, **options: Any) -> str:
    with pytest.raises(TraceErrors) as caught:
        written_totals(read(name, **options), "f")
    return str(caught.value)


def test_average_takes_the_number_of_samples(tmp_path: Path) -> None:
    totals = written_totals(read("metric_statistics/unordered.json"), "f")
    assert (totals.statistic, totals.series.value.tolist()) == ("Sum", [100, 200, 300])
    file = tmp_path / "f.json"
    file.write_text(re.sub(r'"Sum": [\d.]+, ', "", _text("metric_statistics/unordered.json")))
    totals = written_totals(read_exports([file]), "f")
    assert totals.statistic == "Average x SampleCount"
    assert totals.series.value.tolist() == [100, 200, 300]
    assert totals.count is not None
    assert totals.count.value.tolist() == [4, 2, 3]
    text = _text("metric_statistics/unordered.json")
    file.write_text(re.sub(r'"(?:Sum|SampleCount)": [\d.]+, ', "", text))
    with pytest.raises(TraceErrors) as caught:
        written_totals(read_exports([file]), "f")
    assert str(caught.value) == (
        "f: Average of DataWriteIOBytes is the mean of an operation: bytes are Average x "
        "SampleCount, and SampleCount is not there; export it, or Sum"
    )
    once = text.replace('"SampleCount": 4.0, ', "")
    file.write_text(re.sub(r'"Sum": [\d.]+, ', "", once))
    with pytest.raises(TraceErrors, match="1 times have only one of Average and SampleCount"):
        written_totals(read_exports([file]), "f")


def test_rates_are_of_their_period() -> None:
    totals = written_totals(read("grafana/rate.csv"), "f")
    assert totals.statistic == "rate per second"
    assert totals.series.value.tolist() == [100 * 1024 * 60, 1.5 * 2**20 * 60]


def test_what_is_no_bytes_of_writes() -> None:
    assert no_writes("metric_statistics/lag.json") == (
        "f: holds TimeSinceLastSync, the age of a destination, and no bytes of writes; "
        "export DataWriteIOBytes with the statistic Sum"
    )
    assert no_writes("prometheus/api.json") == (
        "f: holds 2 series of writes: DataWriteIOBytes (FileSystemId=fs-1), DataWriteIOBytes "
        "(FileSystemId=fs-2); choose one, such as `where: {FileSystemId: fs-1}`"
    )
    assert no_writes("metric_data/epoch.json") == (
        "f: DataWriteIOBytes Sum (Id=w) has one sample, so its period is not known; "
        "write `period: 1 min`"
    )
    assert no_writes("console/bare.csv", timezone="UTC", statistic="Maximum") == (
        "f: the series has Maximum, from which no bytes follow; export Sum"
    )


# ---- whatever else ------------------------------------------------------------------------------


def _result_or_refusal(file: Path) -> None:
    try:
        exports = read_exports([file], ReadOptions(timezone="Europe/Berlin"))
    except TraceErrors as failure:
        for error in failure.errors:
            assert error.message
            assert "\n" not in error.message
        return
    assert exports.series or exports.records
    for series in exports.series:
        assert len(series.time_s) == len(series.value) > 0
        assert (series.time_s[1:] > series.time_s[:-1]).all()
        assert not (series.value != series.value).any()


MUTATIONS = st.lists(
    st.tuples(
        st.sampled_from(["cut", "drop", "double", "replace", "swap"]),
        st.integers(0, 10_000),
        st.sampled_from(
            ["", "\n", "\t", ",", ";", '"', "{", "}", "[", "]", "|", "-", "x", "0", "9" * 30, "NaN",
             "1e999", "\0", "é", "null", " ", "2026-02-30", "AM", "-1", "1.5 KiB", "\ud7ff"]
        ),
    ),
    min_size=1,
    max_size=4,
)  # fmt: skip


def mutated(text: str, changes: list[tuple[str, int, str]]) -> str:
    """Return a text with parts cut, dropped, doubled, replaced or swapped, at words and lines."""
    for kind, at, new in changes:
        parts = re.split(r"(\W)", text)
        at %= max(1, len(parts))
        if kind == "cut":
            parts = parts[:at]
        elif kind == "drop":
            del parts[at : at + 1]
        elif kind == "double":
            parts[at:at] = parts[at : at + 3]
        elif kind == "replace":
            parts[at : at + 1] = [new]
        elif len(parts) > 2:
            other = (at * 7 + 3) % len(parts)
            parts[at], parts[other] = parts[other], parts[at]
        text = "".join(parts)
    return text


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_mutated_export_is_read_or_refused(file: Path, tmp_path_factory: Any) -> None:
    text = file.read_text(encoding="utf-8")
    target = tmp_path_factory.mktemp("fuzz") / "f"

    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    @given(MUTATIONS)
    def read_or_refused(changes: list[tuple[str, int, str]]) -> None:
        target.write_text(mutated(text, changes), encoding="utf-8")
        _result_or_refusal(target)

    read_or_refused()


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_an_export_may_end_anywhere(file: Path, tmp_path: Path) -> None:
    """A download that was cut: at each of the first cells, and at cells everywhere after them."""
    text = file.read_text(encoding="utf-8")
    ends = [match.start() for match in re.finditer(r"\W", text)]
    for end in [*ends[:40], *ends[40 :: max(1, len(ends) // 40)]]:
        (tmp_path / "f").write_text(text[:end], encoding="utf-8")
        _result_or_refusal(tmp_path / "f")


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path_factory: Any, data: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "bytes"
    file.write_bytes(data)
    _result_or_refusal(file)


@pytest.mark.parametrize("name", ["metric_data/page1.json", "metric_stream/part.ndjson"])
def test_a_number_of_thousands_of_digits_is_a_sentence(tmp_path, name):
    text = (FIXTURES / name).read_text(encoding="utf-8")
    file = tmp_path / "metrics.json"
    file.write_text(
        re.sub(r"(?<=[ :[])\d{7,}(\.\d+)?", "9" * 5000, text, count=1), encoding="utf-8"
    )
    with pytest.raises(TraceErrors, match="a number with more digits than are read"):
        read_exports([str(file)])


@pytest.mark.parametrize("period_s", [0.0, -1.0, 1e9, 2.0**64, float("inf"), float("nan")])
def test_a_period_is_no_longer_than_a_year(period_s):
    with pytest.raises(TraceErrors, match="is no length of a period"):
        read("csv/totals.csv", period_s=period_s)


def test_a_problem_has_no_characters_that_terminals_obey():
    assert (
        str(TraceError("a\x1b.csv", 1, "what type: \x0f")) == "a\\u001b.csv:1: what type: \\u000f"
    )

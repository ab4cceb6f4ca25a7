"""Exports as tools write them, read to the byte: expected numbers are written by hand."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from helpers.exports import FIXTURES, only, read, refused, samples, writes

from efssim.traces.exports import ReadOptions, read_exports
from efssim.traces.formats.table import FORMATS

# ---- get-metric-data ----------------------------------------------------------------------------


@pytest.mark.parametrize("pages", [("page1", "page2"), ("page2", "page1")])
def test_pages_of_get_metric_data_in_any_order(pages: tuple[str, str]) -> None:
    found = read(*(f"metric_data/{page}.json" for page in pages))
    by_name = {series.metric: series for series in found.series}
    assert sorted(by_name, key=str) == ["DataWriteIOBytes", "TimeSinceLastSync"]
    write, lag = by_name["DataWriteIOBytes"], by_name["TimeSinceLastSync"]
    assert samples(write) == [(0, 1_000_000), (120, 3_000_000), (180, 4_000_000.5)]
    assert (write.statistic, write.period_s, write.dimensions) == ("Sum", 60, (("Id", "w"),))
    assert samples(lag) == [(0, 60), (60, 30), (120, 90)]
    assert (lag.statistic, lag.period_s) == ("Maximum", 60)
    notes = {file.file: file.notes for file in found.files}
    assert "result 'w' has StatusCode PartialData: a part of its data is missing; ask again" in (
        " ".join(notes["page1.json"])
    )
    assert (
        "result 'secret' has StatusCode Forbidden: the caller may not read it"
        in (notes["page1.json"])
    )
    assert "the service said 'MaxMetricsExceeded, Results were cut.'" in notes["page1.json"]
    joined = " ".join(note for file in found.files for note in file.notes)
    assert "DataWriteIOBytes (Id=w): period 1 min, inferred from the spacing" in joined
    assert "DataWriteIOBytes (Id=w): 1 of 4 periods have no sample" in joined
    assert "1 sample occurs again with the same value (each kept once)" in joined
    assert "NextToken" not in joined.replace("ask again with NextToken", "")
    assert all("statistic: Sum" in file.assumed for file in found.files)


def test_a_page_that_is_missing_is_said() -> None:
    (file,) = read("metric_data/page1.json").files
    assert "the last page has a NextToken, so more pages were not saved" in file.notes


def test_several_documents_in_one_file(tmp_path: Path) -> None:
    """As a loop of the shell appends them, and as jq -s collects them."""
    pages = [(FIXTURES / f"metric_data/page{n}.json").read_text() for n in (1, 2)]
    for text in ("\n".join(pages), f"[{pages[0]},{pages[1]}]"):
        file = tmp_path / "all.json"
        file.write_text(text)
        found = read_exports([file], ReadOptions(metric="w"))
        assert samples(only(found)) == [(0, 1_000_000), (120, 3_000_000), (180, 4_000_000.5)]


def test_times_since_1970_and_a_label_that_says_the_statistic() -> None:
    found = read("metric_data/epoch.json")
    assert samples(only(found)) == [(60, 2)]
    assert found.files[0].assumed == ()
    assert found.files[0].notes == (
        "DataWriteIOBytes Sum (Id=w): 1 sample without a number left out",
    )


# ---- get-metric-statistics ----------------------------------------------------------------------


def test_unordered_datapoints() -> None:
    found = read("metric_statistics/unordered.json")
    by_name = {series.statistic: series for series in found.series}
    assert list(by_name) == ["Sum", "Average", "SampleCount"]
    assert samples(by_name["Sum"]) == [(0, 100), (300, 200), (600, 300)]
    assert samples(by_name["Average"]) == [(0, 25), (300, 100), (600, 100)]
    assert samples(by_name["SampleCount"]) == [(0, 4), (300, 2), (600, 3)]
    for series in found.series:
        assert (series.metric, series.period_s, series.unit) == ("DataWriteIOBytes", 300, "Bytes")
    assert found.files[0].assumed == ()


def test_ages_and_offsets_of_times() -> None:
    series = only(read("metric_statistics/lag.json"))
    assert samples(series) == [(0, 15.5), (60, 75)]
    assert (series.metric, series.statistic, series.unit) == (
        "TimeSinceLastSync", "Maximum", "Seconds",
    )  # fmt: skip


# ---- plain CSV ----------------------------------------------------------------------------------


def test_a_csv_whose_header_names_a_metric_has_samples() -> None:
    found = read("csv/totals.csv")
    assert samples(only(found)) == [(0, 100), (60, 200), (180, 400)]
    assert only(found).statistic == "Sum"
    assert found.files[0].assumed == ("statistic: Sum",)
    assert read("csv/totals.csv", statistic="Sum").files[0].assumed == ()


def test_a_csv_without_period_has_single_writes() -> None:
    found = read("csv/writes.csv")
    (records,) = found.records
    assert found.series == ()
    assert writes(records) == [(0.25, 4096), (0.75, 8192)]
    assert records.offset is not None
    assert records.offset.tolist() == [0, 4096]
    totals = read("csv/writes.csv", period_s=0.5)
    assert samples(only(totals)) == [(0.25, 4096), (0.75, 8192)]
    assert only(totals).period_s == 0.5


# ---- files --------------------------------------------------------------------------------------


def test_gzip_folders_and_patterns(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    packed = gzip.compress((FIXTURES / "metric_data/page1.json").read_bytes())
    (folder / "one.gz").write_bytes(packed)
    (tmp_path / "a" / "two.json").write_bytes((FIXTURES / "metric_data/page2.json").read_bytes())
    expected = [(0, 1_000_000), (120, 3_000_000), (180, 4_000_000.5)]
    for name in ("a", "a/**/*", "*"):
        found = read_exports([tmp_path / name], ReadOptions(metric="DataWriteIOBytes"))
        assert samples(only(found)) == expected, name
        assert [file.file for file in found.files] == ["one.gz", "two.json"]


def test_a_bomb_is_refused_before_it_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from efssim.traces.formats import opening

    monkeypatch.setattr(opening, "MAX_FILE_BYTES", 2**20)
    bomb = tmp_path / "bomb.gz"
    bomb.write_bytes(gzip.compress(bytes(2**25)))
    (line,) = refused(bomb)
    assert line == f"{bomb}: has more than 1 MiB unpacked; at most 1 MiB are read"


def test_the_same_series_twice(tmp_path: Path) -> None:
    first, second = tmp_path / "1.csv", tmp_path / "2.csv"
    first.write_text("timestamp,TimeSinceLastSync\n1767225600,10\n1767225660,70\n")
    second.write_text("timestamp,TimeSinceLastSync\n1767225660,70\n1767225720,20\n")
    found = read_exports([first, second])
    assert samples(only(found)) == [(0, 10), (60, 70), (120, 20)]
    assert found.files[1].notes == (
        "TimeSinceLastSync: 1 sample occurs again with the same value (each kept once)",
    )
    second.write_text("timestamp,TimeSinceLastSync\n1767225660,71\n1767225720,20\n")
    (line,) = refused(first, second)
    assert line == (
        f"{second}: TimeSinceLastSync has 70 and 71 at 2026-01-01 00:01:00; "
        "keep one of them, or one of the files"
    )


def test_formats_have_names_of_their_own() -> None:
    assert len({one.name for one in FORMATS}) == len(FORMATS)


def test_no_sample_is_not_a_result(tmp_path: Path) -> None:
    file = tmp_path / "none.json"
    file.write_text('{"MetricDataResults": [], "Messages": []}')
    assert refused(file) == [f"{file}: holds no sample: ask for the span in which there is data"]
    file.write_text('{"Datapoints": [], "Label": "DataWriteIOBytes"}')
    assert "holds no sample" in refused(file)[0]

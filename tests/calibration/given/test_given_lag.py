"""Exports as measurements of a fit: chosen by metric and file system, refused if implausible."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from efssim import TraceErrors
from efssim.calibration.given.lag import read_lag
from efssim.calibration.given.size import size_of
from efssim.calibration.given.writes import read_writes
from efssim.traces.exports import ReadOptions

OPTIONS = ReadOptions()
START = 1_767_225_600  # 2026-01-01
AGES = [60.0, 120.0, 180.0, 30.0, 90.0, 150.0] * 10


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def answer(name, values, label, identifier="q", period=60, **more):
    """Write an answer of get-metric-data with one result for each label."""
    labels = {label: (identifier, values), **more.get("others", {})}
    results = [
        {
            "Id": key,
            "Label": text,
            "Timestamps": [START + period * k for k in range(len(numbers))],
            "Values": list(numbers),
            "StatusCode": "Complete",
        }
        for text, (key, numbers) in labels.items()
    ]
    Path(name).write_text(json.dumps({"MetricDataResults": results, "Messages": []}))
    return name


def refused(call, *arguments):
    with pytest.raises(TraceErrors) as caught:
        call(*arguments)
    return str(caught.value)


def test_a_minute_has_one_sample_whatever_statistic():
    for statistic in ("Minimum", "Maximum", "Average"):
        file = answer("lag.json", AGES, f"TimeSinceLastSync {statistic}")
        lag, _ = read_lag([file], OPTIONS)
        assert lag.time_s[:2].tolist() == [START, START + 60]
        for column in (lag.least, lag.mean, lag.largest):
            assert column.tolist() == AGES
        assert lag.period_s == 60


def test_five_minutes_have_three_statistics():
    others = {
        "TimeSinceLastSync Minimum": ("low", [10.0] * 12),
        "TimeSinceLastSync Average": ("mean", [100.0] * 12),
    }
    file = answer("lag.json", [200.0] * 12, "TimeSinceLastSync Maximum", period=300, others=others)
    lag, _ = read_lag([file], OPTIONS)
    assert (lag.period_s, lag.least[0], lag.mean[0], lag.largest[0]) == (300, 10, 100, 200)
    lag, _ = read_lag(
        [answer("max.json", [200.0] * 12, "TimeSinceLastSync Maximum", period=300)], OPTIONS
    )
    assert np.isnan(lag.least).all()


def test_a_table_that_says_nothing_of_itself():
    rows = [f"2026-01-01T00:{k:02d}:00Z,{age}" for k, age in enumerate(AGES)]
    Path("lag.csv").write_text("\n".join(["timestamp,value", *rows]))
    lag, _ = read_lag(["lag.csv"], OPTIONS)
    assert lag.largest.tolist() == AGES
    assert lag.period_s == 60


def test_the_other_metric_is_refused_by_its_name():
    lag = answer("lag.json", AGES, "TimeSinceLastSync Maximum")
    writes = answer("writes.json", [1e6] * 60, "DataWriteIOBytes Sum")
    assert "holds DataWriteIOBytes, and no TimeSinceLastSync" in refused(
        read_lag, [writes], OPTIONS
    )
    assert "holds TimeSinceLastSync, and no DataWriteIOBytes" in refused(
        read_writes, [lag], OPTIONS
    )


def test_the_other_metric_is_refused_by_its_values_where_it_has_no_name():
    generator = np.random.default_rng(1)
    bytes_ = answer("w.json", generator.gamma(2.0, 1e6, 60).tolist(), "w Maximum")
    assert "moves back" in refused(read_lag, [bytes_], OPTIONS)
    rising = answer("l.json", AGES, "l Sum")
    assert "rises with the clock" in refused(read_writes, [rising], OPTIONS)


def test_a_label_that_is_no_metric_is_taken_and_said():
    _, found = read_lag([answer("lag.json", AGES, "age of dr Maximum")], OPTIONS)
    assert found.notes == ("'age of dr Maximum' is taken for TimeSinceLastSync",)


def test_several_replications():
    others = {
        f"TimeSinceLastSync Maximum FileSystemId=fs-{k} DestinationFileSystemId=fs-d{k}": (
            f"m{k}",
            [age + k for age in AGES],
        )
        for k in (1, 2)
    }
    file = answer("lag.json", AGES, "BurstCreditBalance", others=others)
    message = refused(read_lag, [file], OPTIONS)
    assert "--file-system" in message
    assert "FileSystemId=fs-1" in message
    lag, _ = read_lag([file], OPTIONS, (("FileSystemId", "fs-2"),))
    assert lag.largest[0] == AGES[0] + 2
    assert "FileSystemId=fs-3" in refused(read_lag, [file], OPTIONS, (("FileSystemId", "fs-3"),))


def test_the_same_statistic_twice_without_dimensions():
    others = {"TimeSinceLastSync Maximum b": ("b", AGES)}
    file = answer("lag.json", AGES, "TimeSinceLastSync Maximum a", "a", others=others)
    assert "keep one" in refused(read_lag, [file], OPTIONS)


def test_ages_below_0_and_one_sample():
    assert "below 0" in refused(
        read_lag, [answer("l.json", [-1.0, *AGES], "TimeSinceLastSync Maximum")], OPTIONS
    )
    assert "one sample" in refused(
        read_lag, [answer("l.json", [1.0], "TimeSinceLastSync Maximum")], OPTIONS
    )


def test_writes_with_counts_and_from_means():
    others = {"DataWriteIOBytes SampleCount": ("n", [4.0] * 10)}
    sums, _ = read_writes(
        [answer("w.json", [100.0] * 10, "DataWriteIOBytes Sum", others=others)], OPTIONS
    )
    assert (sums.bytes[0], sums.writes[0], sums.period_s) == (100, 4, 60)
    means, _ = read_writes(
        [answer("w.json", [25.0] * 10, "DataWriteIOBytes Average", others=others)], OPTIONS
    )
    assert means.bytes.tolist() == [100.0] * 10
    assert "needs Sum" in refused(
        read_writes, [answer("w.json", [25.0] * 10, "DataWriteIOBytes Average")], OPTIONS
    )


def test_single_writes_become_minutes():
    rows = ["timestamp,value", "2026-01-01T00:00:01Z,5", "2026-01-01T00:00:59Z,7"]
    Path("writes.csv").write_text("\n".join([*rows, "2026-01-01T00:02:00Z,11"]))
    writes, _ = read_writes(["writes.csv"], OPTIONS)
    assert writes.begin_s.tolist() == [START, START + 120]
    assert writes.bytes.tolist() == [12, 11]
    assert writes.writes.tolist() == [2, 1]


def test_writes_of_another_file_system_are_refused():
    file = answer("w.json", [100.0] * 10, "DataWriteIOBytes Sum FileSystemId=fs-2")
    assert "no DataWriteIOBytes of FileSystemId=fs-1" in refused(
        read_writes, [file], OPTIONS, (("FileSystemId", "fs-1"),)
    )


def test_a_folder_with_the_manifest_of_an_export():
    Path("m").mkdir()
    answer("m/TimeSinceLastSync.json", AGES, "TimeSinceLastSync Maximum")
    Path("m/manifest.json").write_text('{"efssim": "1"}')
    lag, _ = read_lag(["m"], OPTIONS)
    assert len(lag.time_s) == len(AGES)


def test_size():
    assert size_of("2 TiB") == 2 * 2**40
    assert size_of(None) is None
    file = answer("s.json", [5e9, 6e9], "StorageBytes Average StorageClass=Total", period=900)
    assert size_of(file) == 6_000_000_000
    lag = answer("lag.json", AGES, "TimeSinceLastSync Maximum")
    assert "no StorageBytes" in refused(size_of, lag)


def test_an_age_of_centuries_is_a_mistake_of_the_file():
    file = answer("lag.json", [*AGES, 1e308, *AGES], "TimeSinceLastSync Maximum")
    assert refused(read_lag, [file], OPTIONS) == (
        "lag.json: TimeSinceLastSync at 2026-01-01 01:00Z is more than 30 years, which none is"
    )

"""Exports as the traces of write streams: what is used, said, assumed and refused."""

from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from helpers.commands import command
from helpers.exports import FIXTURES
from helpers.traced import EPOCH, minutes, quality, refusal, write, written_bytes

TOOLS = {"timezone": "Europe/Berlin", "align": "start", "missing": "zero"}
DAY = {"missing": "zero"}


def fixture(folder: Path, name: str, **keys: Any) -> dict[str, Any]:
    """Return what a summary says of a fixture as a trace."""
    return quality(folder, "", file=str(FIXTURES / name), **keys)


@pytest.mark.parametrize(
    ("name", "keys", "kind", "period", "used"),
    [
        ("metric_data/page2.json", {"statistic": "Sum"}, "CloudWatch get-metric-data JSON", 120,
         4_000_000),
        ("metric_statistics/unordered.json", {}, "CloudWatch get-metric-statistics JSON", 300, 600),
        ("metric_stream/part.ndjson", {}, "CloudWatch metric stream", 60, 28_672),
        ("cli/data.text", {"metric": "w", "statistic": "Sum"}, "AWS CLI text", 60, 6_000_000),
        ("cli/statistics.table", {}, "AWS CLI table", 300, 123_456_789_412),
        ("console/block.csv", {"metric": "m1"}, "CloudWatch console CSV", 60, 6_000_000),
        ("grafana/rate.csv", {}, "Grafana CSV", 60, 6_144_000 + 94_371_840),
        ("prometheus/cloudwatch.json", {}, "Prometheus matrix JSON", 60, 83),
        ("sysstat/iostat.txt", {"where": {"device": "sdb"}}, "iostat", 60, 61_440),
        ("sysstat/sar.txt", {"where": {"device": "sdb"}}, "sar", 600, 614_400 + 1_228_800),
    ],
)  # fmt: skip
def test_totals_of_metrics(
    name: str, keys: dict[str, Any], kind: str, period: float, used: int, tmp_path: Path
) -> None:
    found = fixture(tmp_path, name, **TOOLS, **keys)
    assert (found["format"], found["period_s"], found["bytes_used"]) == (kind, period, used)
    assert found["file"] == Path(name).name
    assert "assumed" not in found
    assert found["statistic"] == ("rate per second" if name == "grafana/rate.csv" else "Sum")


def test_single_writes(tmp_path: Path) -> None:
    found = fixture(tmp_path, "blocks/msr.csv", align="start")
    assert (found["format"], found["statistic"], found["periods"]) == (
        "MSR Cambridge block trace", None, None,
    )  # fmt: skip
    # The first write is at the start, and so a part of the state that the run starts from.
    assert (found["rows"], found["bytes_used"], found["bytes_unused"]) == (3, 12_288, 512)
    assert "1 read passed over" in found["notes"]
    assert found["times"] == "FILETIME"
    one = fixture(tmp_path, "blocks/msr.csv", align="start", where={"volume": "hm_0"})
    assert (one["rows"], one["bytes_used"]) == (2, 4096)


def test_bytes_are_written_over_the_period_of_the_export(tmp_path: Path) -> None:
    """An export says its period, so the bytes of the last minute come after its begin."""
    (tmp_path / "w.json").write_text(
        json.dumps(
            {
                "Label": "DataWriteIOBytes",
                "Datapoints": [
                    {"Timestamp": EPOCH + 60 * n, "Sum": 600.0, "Unit": "Bytes"}
                    for n in range(1440)
                ],
            }
        )
    )
    assert written_bytes(tmp_path, "", file="w.json") == 600 * 1440
    half = written_bytes(tmp_path, "", file="w.json", duration="12 h 30 s")
    assert half == 600 * 720 + 300


def test_what_is_not_said_is_assumed_in_sight(tmp_path: Path) -> None:
    shutil.copy(FIXTURES / "metric_data/page2.json", tmp_path / "w.json")
    found = fixture(tmp_path, "metric_data/page2.json", **DAY)
    assert found["assumed"] == ["statistic: Sum"]
    scenario = write(tmp_path, "", file="w.json", **DAY)
    done = command("run", scenario, "--check")
    assert done.code == 1
    assert "TRACE ASSUMED: src.w is taken as `statistic: Sum`" in done.out
    said = write(tmp_path, "", file="w.json", statistic="Sum", **DAY)
    done = command("run", said, "--check")
    assert (done.code, "TRACE ASSUMED" in done.out) == (0, False)
    assert "read as CloudWatch get-metric-data JSON" in " ".join(done.out.split())


@pytest.mark.parametrize(
    ("name", "keys", "said"),
    [
        ("metric_statistics/lag.json", {}, "holds TimeSinceLastSync, the age of a destination"),
        ("sysstat/iostat.txt", TOOLS, "choose one, such as `where: {device: nvme0n1}`"),
        ("sysstat/iostat.txt", {}, "write `timezone: UTC`, or that of the export"),
        ("prometheus/api.json", {}, "choose one, such as `where: {FileSystemId: fs-1}`"),
        ("blocks/msr.csv", {"period": "1 min"}, "holds single writes in bytes; drop `period`"),
        ("metric_statistics/unordered.json", {"time": "t"}, "drop `time`"),
        ("metric_statistics/unordered.json", {"counter": True}, "says its unit, 'Bytes'; drop"),
        ("metric_statistics/unordered.json", {"period": "1 min", **DAY, "duration": "10 min"}, ""),
        ("metric_statistics/unordered.json", {}, "write `duration: 15 min` or `repeat: true`"),
    ],
)
def test_refusals(name: str, keys: dict[str, Any], said: str, tmp_path: Path) -> None:
    messages = refusal(tmp_path, "", file=str(FIXTURES / name), **keys)
    if said:
        assert len(messages) == 1
        assert said in messages[0]
    else:
        assert messages == []


def counter(folder: Path) -> Path:
    """Return an export of a counter of Prometheus, which grows by 1000 bytes a minute."""
    labels = {"__name__": "node_disk_written_bytes_total", "device": "sda"}
    values = [[EPOCH + 60 * n, str(10**6 + 1000 * n)] for n in range(1441)]
    file = folder / "counter.json"
    file.write_text(json.dumps([{"metric": labels, "values": values}]))
    return file


def test_a_counter_is_said_to_be_one(tmp_path: Path) -> None:
    file = str(counter(tmp_path))
    (message,) = refusal(tmp_path, "", file=file)
    assert "metric 'node_disk_written_bytes_total' holds a cumulative counter" in message
    assert message.endswith("write `counter: true`")
    found = quality(tmp_path, "", file=file, counter=True)
    assert (found["statistic"], found["bytes_used"]) == ("counter", 1440 * 1000)
    assert "assumed" not in found


def test_folders_patterns_and_gzip(tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    folder.mkdir()
    for page in (1, 2):
        data = (FIXTURES / f"metric_data/page{page}.json").read_bytes()
        (folder / f"{page}.json.gz").write_bytes(gzip.compress(data))
    for file in ("exports", "exports/*.gz", "exp*"):
        found = quality(tmp_path, "", file=file, **DAY)
        assert (found["rows"], found["bytes_used"]) == (3, 8_000_000)
        assert any("again with the same value" in note for note in found["notes"])


def test_a_plain_csv_is_read_as_before(tmp_path: Path) -> None:
    text = "timestamp,value\n" + "".join(f"{time},{value}\n" for time, value in minutes())
    plain = quality(tmp_path, text, period="1 min")
    assert plain["format"] == "csv"
    assert not {"metric", "period_s", "assumed", "notes"} & set(plain)
    (tmp_path / "p.csv.gz").write_bytes(gzip.compress(text.encode()))
    assert {**quality(tmp_path, "", file="p.csv.gz", period="1 min"), "file": "s.csv"} == plain
    (message,) = refusal(tmp_path, text, period="1 min", statistic="Sum")
    assert message == "`statistic` is for an export, and this is a plain CSV; drop it"


def test_columns_that_are_asked_for_make_a_plain_csv(tmp_path: Path) -> None:
    """A block trace with a header, read by its columns as ever."""
    header = "Timestamp,Hostname,DiskNumber,Type,Offset,Size,ResponseTime\n"
    row = "128166372016382155,hm,0,{},0,{},26\n"
    later = row.replace("16382155", "26382155")
    text = header + row.format("Write", 1) + later.format("Write", 7) + later.format("Read", 9)
    columns = {"time": "Timestamp", "bytes": "Size", "where": {"Type": "Write"}}
    (message,) = refusal(tmp_path, text, **columns)
    assert message.startswith("has no row inside the run")
    found = quality(tmp_path, text, align="start")
    assert found["format"] == "MSR Cambridge block trace"


def test_a_csv_that_names_its_metric_has_totals(tmp_path: Path) -> None:
    text = "timestamp,DataWriteIOBytes\n" + "".join(f"{EPOCH + 60 * n},5\n" for n in range(1440))
    found = quality(tmp_path, text)
    assert (found["format"], found["period_s"], found["bytes_used"]) == ("csv", 60, 7200)
    assert found["assumed"] == ["statistic: Sum"]


def test_content_of_no_format(tmp_path: Path) -> None:
    (message,) = refusal(tmp_path, '{"Timestamps": [1], "Values": [2]}')
    assert "has no format that is read; the nearest is CloudWatch get-metric-data JSON" in message

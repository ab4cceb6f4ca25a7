"""`efssim export`: its files are what boto3 gets from the simulated CloudWatch."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
import yaml
from helpers.commands import TINY, command
from helpers.installed import efs, report

import efssim

METRICS = ("TimeSinceLastSync", "DataWriteIOBytes", "StorageBytes")
EVEN = """\
name: even
duration: 20 min
file_systems:
  orders:
    region: us-east-1
    size: 1 GiB
    writes:
      w: {arrivals: {constant: {rate: 1 per 10 s}}, size: 1 MiB}
replications:
  dr:
    source: orders
    destination: {region: us-west-2}
    established: true
    sync: {preset: none, interval: 300 s, setup: 30 s}
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("even.yaml").write_text(EVEN, encoding="utf-8")
    Path("tiny.yaml").write_text(TINY, encoding="utf-8")


def results(folder, metric):
    """Return the results of a file by their statistics."""
    answer = json.loads(Path(folder, f"{metric}.json").read_text(encoding="utf-8"))
    assert set(answer) == {"MetricDataResults", "Messages"}
    return {result["Label"].split()[1]: result for result in answer["MetricDataResults"]}


def test_by_hand():
    assert report("export", "even.yaml", "--phase", "0", "-o", "m", "-q") == ""
    found = results("m", "TimeSinceLastSync")
    assert set(found) == {"Minimum", "Maximum", "Average"}
    newest_first = found["Maximum"]["Timestamps"]
    assert newest_first[0] == "2026-01-01T00:20:00+00:00"
    assert newest_first[-1] == "2026-01-01T00:00:00+00:00"
    # Cuts every 5 minutes from 5 minutes on, each visible 30 s later.
    assert found["Maximum"]["Values"][::-1] == [
        *(0, 60, 120, 180, 240, 300),
        *(60, 120, 180, 240, 300) * 3,
    ]
    written = results("m", "DataWriteIOBytes")
    assert set(written) == {"Sum", "SampleCount"}
    assert [value / 2**20 for value in written["Sum"]["Values"]] == [1, *[6] * 19, 5]
    stored = results("m", "StorageBytes")["Average"]
    assert stored["Timestamps"] == ["2026-01-01T00:15:00+00:00", "2026-01-01T00:00:00+00:00"]
    identifiers = [result["Id"] for result in found.values()]
    assert len(set(identifiers)) == 3
    assert {result["StatusCode"] for result in found.values()} == {"Complete"}


def test_five_minutes_are_aggregated_as_cloudwatch_does():
    command("export", "even.yaml", "--phase", "0", "--period", "300", "-o", "m")
    found = results("m", "TimeSinceLastSync")
    times = pd.DatetimeIndex(found["Average"]["Timestamps"])
    assert list(times.minute) == [20, 15, 10, 5, 0]
    assert found["Average"]["Values"][1:] == [180, 180, 180, 120]
    assert found["Minimum"]["Values"][1:] == [60, 60, 60, 0]
    assert found["Maximum"]["Values"][1:] == [300, 300, 300, 240]


@pytest.mark.parametrize("period", [60, 300])
def test_boto3_gets_the_same_numbers(period):
    pytest.importorskip("boto3")
    command("export", "tiny.yaml", "--period", period, "--seed", 5, "-o", "m")
    world = efssim.Simulation(efssim.load("tiny.yaml", sampled("m")), seed=5)
    world.advance_to_end()
    clients = [
        world.client("cloudwatch", region_name=f"us-{side}") for side in ("east-1", "west-2")
    ]
    compared = 0
    for metric in METRICS:
        for result in json.loads(Path("m", f"{metric}.json").read_text())["MetricDataResults"]:
            # A destination's StorageBytes are in its own Region.
            answer = next(
                found
                for client in clients
                if (found := asked(client, result, period))["Values"] or client is clients[-1]
            )
            assert answer["Values"] == result["Values"]
            times = [moment.isoformat() for moment in answer["Timestamps"]]
            assert times == result["Timestamps"]
            assert answer["StatusCode"] == result["StatusCode"]
            compared += len(times)
    assert compared > 5


def sampled(folder):
    """Return the override that samples a run when in the minute an export was."""
    manifest = json.loads(Path(folder, "manifest.json").read_text(encoding="utf-8"))
    return [f"cloudwatch.phase={manifest['scenario']['cloudwatch']['phase']!r}"]


def test_every_sample_is_at_one_time_of_its_minute():
    phases = []
    for seed in ("1", "2", "2"):
        command("export", "even.yaml", "--seed", seed, "-o", "m")
        ages = results("m", "TimeSinceLastSync")["Maximum"]["Values"][::-1]
        (phase,) = {round(age % 60, 6) for age in ages}
        assert 0 < phase < 60
        phases.append(phase)
    assert phases[0] != phases[1] == phases[2]


def asked(client, result, period):
    """Return the answer of a client to the query that a result of an export answers."""
    metric, statistic, *pairs = result["Label"].split()
    names = [dict(zip(("Name", "Value"), pair.split("="), strict=True)) for pair in pairs]
    start = datetime(2026, 1, 1, tzinfo=UTC)
    answer = client.get_metric_data(
        MetricDataQueries=[
            {
                "Id": result["Id"],
                "MetricStat": {
                    "Metric": {
                        "Namespace": "AWS/EFS",
                        "MetricName": metric,
                        "Dimensions": names,
                    },
                    "Period": period,
                    "Stat": statistic,
                },
            }
        ],
        StartTime=start,
        EndTime=start + timedelta(hours=1),
    )
    (found,) = answer["MetricDataResults"]
    return found


def test_tables_and_python_and_warm_up():
    command("export", "tiny.yaml", "--tables", "csv", "-o", "m")
    table = pd.read_csv("m/TimeSinceLastSync.csv")
    assert list(table.columns) == [
        *("timestamp", "DestinationFileSystemId", "FileSystemId"),
        *("Minimum", "Maximum", "Average"),
    ]
    maximum = results("m", "TimeSinceLastSync")["Maximum"]
    assert list(table["Maximum"]) == maximum["Values"][::-1]
    # Warm-up included, as a user exports whatever there is.
    written = pd.read_csv("m/DataWriteIOBytes.csv")
    assert written["timestamp"].iloc[0] < "2026-01-01T00:01"
    world = efssim.Simulation(efssim.load("tiny.yaml", sampled("m")))
    world.advance_to_end()
    world.export("n", period="1 min", tables="csv")
    for file in Path("n").iterdir():
        assert file.read_bytes() == Path("m", file.name).read_bytes(), file


def test_each_replication_has_results_of_its_own():
    scenario = yaml.safe_load(EVEN)
    scenario["file_systems"]["b"] = {"region": "eu-west-1"}
    scenario["replications"]["other"] = {
        **scenario["replications"]["dr"],
        "source": "b",
        "destination": {"region": "eu-north-1"},
    }
    Path("two.yaml").write_text(yaml.safe_dump(scenario), encoding="utf-8")
    command("export", "two.yaml", "-o", "m", "--tables", "csv")
    answer = json.loads(Path("m/TimeSinceLastSync.json").read_text(encoding="utf-8"))
    labels = [result["Label"] for result in answer["MetricDataResults"]]
    assert len(labels) == len(set(labels)) == 6
    assert len({result["Id"] for result in answer["MetricDataResults"]}) == 6
    assert len({label.partition("FileSystemId=")[2] for label in labels}) == 2
    assert pd.read_csv("m/TimeSinceLastSync.csv")["FileSystemId"].nunique() == 2


def test_an_earlier_export_is_replaced_as_a_whole_and_other_files_stay():
    command("export", "tiny.yaml", "-o", "m", "--tables", "csv")
    Path("m/notes.txt").write_text("mine", encoding="utf-8")
    command("export", "even.yaml", "-o", "m")
    assert sorted(file.name for file in Path("m").iterdir()) == sorted(
        ["manifest.json", "study.md", "notes.txt", *(f"{metric}.json" for metric in METRICS)]
    )
    Path("q").mkdir()
    Path("q/StorageBytes.json").write_text("mine", encoding="utf-8")
    done = efs("export", "even.yaml", "-o", "q")
    assert (done.returncode, len(list(Path("q").iterdir()))) == (2, 1)
    assert "q/StorageBytes.json" in done.stderr


def test_mistakes():
    for words in (
        ["--period", "90"],
        ["--period", "30"],
        ["--phase", "60"],
        ["--phase", "soon"],
        ["--tables", "xls"],
        ["--set", "records=off"],
        ["--phase", "3", "--set", "cloudwatch.phase=4"],
    ):
        done = command("export", "tiny.yaml", "-o", "m", *words)
        assert (done.code, Path("m").exists()) == (2, False), words
        assert done.err
    assert command("export", "tiny.yaml").code == 2
    world = efssim.Simulation(efssim.load("tiny.yaml"))
    with pytest.raises(efssim.ArgumentError, match="no time"):
        world.export("m")
    world.advance(60)
    with pytest.raises(efssim.CloudWatchError):
        world.export("m", period=90)
    with pytest.raises(efssim.UnknownNameError):
        world.export("m", tables="xls")
    assert not Path("m").exists()

"""`efssim calibrate` as a user has it: a run is exported, fitted, back-tested, and run again."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from helpers.commands import command
from helpers.installed import efs
from helpers.places import EFSSIM

import efssim
from efssim.calibration.backtest.findings import NoBacktest
from efssim.calibration.data import WriteTotals
from efssim.calibration.given.alignment import alignment
from efssim.calibration.summary import summary_of
from efssim.calibration.written.files import refuse_scenario_file
from efssim.scenario.shown.provenance import resolved

REAL = """\
name: real
duration: 3 days
cloudwatch: {phase: 17 s}
file_systems:
  orders:
    region: us-east-1
    size: 40 GiB
    writes:
      app:
        arrivals: {on_off: {on: 25 min, off: 40 min, rate: 6 per s}}
        size: {exponential: {mean: 512 KiB}}
replications:
  dr:
    source: orders
    destination: {region: eu-west-1}
    established: true
    sync: {preset: none, interval: 5 min, setup: 12 s, throughput: 12 MiB/s}
events: [{at: 54 h, link_outage: us-east-1 -> eu-west-1, for: 1 h}]
"""
LAG, WRITES = "m/TimeSinceLastSync.json", "m/DataWriteIOBytes.json"
BOTH = "--lag", LAG, "--writes", WRITES


@pytest.fixture(scope="module")
def exports(tmp_path_factory):
    """Return a folder with the exports of a run in `m`."""
    folder = tmp_path_factory.mktemp("exports")
    (folder / "real.yaml").write_text(REAL, encoding="utf-8")
    done = subprocess.run(
        [EFSSIM, "export", "real.yaml", "-o", "m", "-q"], cwd=folder, check=False, timeout=60
    )
    assert done.returncode == 0
    return folder


@pytest.fixture(scope="module")
def fitted(exports):
    """Return a calibration of the exports."""
    return efssim.calibrate(str(exports / LAG), str(exports / WRITES), size="40 GiB")


@pytest.fixture
def here(exports, tmp_path, monkeypatch):
    """Return a fresh current folder that has the exports."""
    (tmp_path / "m").symlink_to(exports / "m")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def moved(source: str, target: str, hours: float) -> str:
    """Write an export with its times moved; return its name."""
    content = json.loads(Path(source).read_text(encoding="utf-8"))
    for result in content["MetricDataResults"]:
        result["Timestamps"] = [
            (datetime.fromisoformat(text) + timedelta(hours=hours)).isoformat()
            for text in result["Timestamps"]
        ]
    Path(target).write_text(json.dumps(content), encoding="utf-8")
    return target


def test_export_calibrate_run(here):
    done = efs("calibrate", *BOTH, "--size", "m/StorageBytes.json", "--files", "4 million",
               "-o", "fitted.yaml", "--out", "report")  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr == "wrote fitted.yaml\nwrote fitted-writes.csv\nwrote report/\n"
    assert "TRUST THE FORECAST FOR WRITES LIKE THOSE MEASURED." in done.stdout
    assert "pause or outage" in done.stdout
    assert {file.name for file in Path("report").rglob("*") if file.is_file()} == {
        *(
            "calibration.json",
            "manifest.json",
            "report.html",
            "study.md",
            "backtest.svg",
            "ages.svg",
        )
    }
    scenario = efssim.load("fitted.yaml")
    replication = scenario.replications["dr"]
    assert replication.sync.number("interval") == pytest.approx(300, rel=0.01)
    assert replication.sync.number("throughput") == pytest.approx(12 * 2**20, rel=0.05)
    assert scenario.file_systems["source"].files == 4_000_000
    assert scenario.file_systems["source"].size > 40 * 2**30
    measured = {p.path for p in resolved(scenario) if p.provenance == "measured"}
    assert "replications.dr.sync.interval" in measured
    assert "replications.dr.sync.throughput" in measured
    assert "replications.dr.sync.gap" not in measured or "gap: no" not in done.stdout
    run = efs("run", "fitted.yaml", "--format", "json")
    assert run.returncode == 0, run.stderr
    age = json.loads(run.stdout)["replications"]["dr"]["time_since_last_sync_s"]
    assert age["p50"] == pytest.approx(175, rel=0.1)
    # Its own files are replaced, those of others are not.
    refuse_scenario_file(Path("fitted.yaml"), with_writes=True)


def test_json(fitted):
    found = json.loads(json.dumps(fitted.summary))
    assert list(found["parameters"]) == ["interval", "gap", "setup", "throughput"]
    for parameter in found["parameters"].values():
        assert set(parameter) == {"value", "low", "high", "identified", "reason"}
        assert parameter["identified"] in ("yes", "roughly", "no")
        assert (parameter["reason"] is None) == (parameter["identified"] == "yes")
    for key in ("p50_error", "p95_error", "p99_error", "max_error"):
        assert abs(found["backtest"][key]) < 0.05
    assert 0 <= found["backtest"]["ks"] < 0.3
    assert found["backtest"]["trust"] == found["trust"] == "yes"
    assert found["backtest"]["disturbances"] == 1
    assert found["backtest"]["sentence"].startswith(
        "Trust the forecast for writes like those measured: over"
    )
    assert found["backtest_reason"] is None
    assert found["span"]["begin"] == "2026-01-01T00:00:00.000000Z"
    assert "pause or outage" in {left["kind"] for left in found["left_out"]}


def test_without_writes_there_is_no_back_test(here):
    done = command("calibrate", "--lag", LAG, "--format", "json", "-o", "fitted.yaml")
    assert done.code == 0, done.err
    found = json.loads(done.out)
    assert found["backtest"] is None
    assert "--writes" in found["backtest_reason"]
    assert found["trust"] == "unknown"
    assert found["parameters"]["interval"]["identified"] == "yes"
    assert found["parameters"]["throughput"]["identified"] == "no"
    assert efssim.load("fitted.yaml").file_systems["source"].writes == {}


def test_writes_of_another_time_zone_are_noticed(here):
    done = command("calibrate", "--lag", LAG, "--writes", moved(WRITES, "w.json", 5))
    assert done.code == 2
    assert "syncs go with the writes 5 h later" in done.err
    assert "--timezone" in done.err
    assert done.out == ""


def test_writes_of_another_time_have_nothing_in_common(here):
    done = command("calibrate", "--lag", LAG, "--writes", moved(WRITES, "w.json", 24 * 365))
    assert done.code == 2
    assert "no time in common" in done.err


def test_writes_of_another_file_system(here):
    content = json.loads(Path(WRITES).read_text(encoding="utf-8"))
    for result in content["MetricDataResults"]:
        result["Label"] = f"{result['Label'].rpartition('=')[0]}=fs-0123456789"
    Path("w.json").write_text(json.dumps(content), encoding="utf-8")
    done = command("calibrate", "--lag", LAG, "--writes", "w.json")
    assert done.code == 2
    assert "fs-0123456789" in done.err


def test_writes_that_explain_nothing_are_never_trusted(fitted):
    """The same bursts from the last to the first: as many bytes, of other syncs."""
    writes = fitted.given.writes
    begin_s = (writes.begin_s[0] + writes.begin_s[-1] - writes.begin_s)[::-1]
    other = WriteTotals(begin_s, writes.bytes[::-1], None, 60.0)
    found = alignment(fitted.fitted, other)
    assert found.explains_nothing
    assert not found.is_shifted
    right = alignment(fitted.fitted, writes)
    assert right.explained > 0.8
    assert not right.explains_nothing
    assert not right.is_shifted
    doubted = replace(fitted, cautions=("The writes explain nothing.",))
    assert fitted.summary["trust"] == "yes"
    assert summary_of(doubted).trust == "roughly"


def test_swapped_files(here):
    done = command("calibrate", "--lag", WRITES, "--writes", LAG)
    assert done.code == 2
    assert "holds DataWriteIOBytes, and no TimeSinceLastSync" in done.err
    done = command("calibrate", "--lag", LAG, "--writes", LAG)
    assert done.code == 2


def test_a_short_lag_is_never_trusted(here):
    for source, target in ((LAG, "l.json"), (WRITES, "w.json")):
        content = json.loads(Path(source).read_text(encoding="utf-8"))
        for result in content["MetricDataResults"]:
            for key in ("Timestamps", "Values"):
                result[key] = result[key][-180:]
        Path(target).write_text(json.dumps(content), encoding="utf-8")
    done = command(
        "calibrate", "--lag", "l.json", "--writes", "w.json", "--format", "json", "-o", "f.yaml"
    )
    found = json.loads(done.out)
    assert found["trust"] == "unknown"
    assert done.code == (0 if found["fitted"] else 1)
    assert Path("f.yaml").exists() == found["fitted"]


def test_nothing_to_fit(here):
    ages = [0.0] * 500
    times = [1_767_225_600 + 60 * k for k in range(len(ages))]
    content = {
        "MetricDataResults": [
            {"Id": "q", "Label": "TimeSinceLastSync Maximum", "Timestamps": times, "Values": ages}
        ]
    }
    Path("l.json").write_text(json.dumps(content), encoding="utf-8")
    done = efs("calibrate", "--lag", "l.json", "-o", "f.yaml", "--out", "report")
    assert done.returncode == 1, done.stdout
    assert "NOTHING WAS FITTED" in done.stdout
    assert not Path("f.yaml").exists()
    assert Path("report/report.html").exists()


def test_mistakes(here):
    Path("mine.yaml").write_text("name: mine\n", encoding="utf-8")
    for words in (
        [],
        ["--lag", "none.json"],
        [*BOTH, "--size", "3 parsecs"],
        [*BOTH, "--files", "many"],
        [*BOTH, "--fit", "95%"],
        [*BOTH, "--timezone", "Mars/Olympus"],
        [*BOTH, "--file-system", "fs-1"],
        [*BOTH, "-o", "mine.yaml"],
        [*BOTH, "-o", "no/such/f.yaml"],
        [*BOTH, "-o", os.curdir],
    ):
        done = command("calibrate", *words)
        assert done.code == 2, words
        assert done.err, words
        assert "Traceback" not in done.err
    assert Path("mine.yaml").read_text(encoding="utf-8") == "name: mine\n"
    assert not Path("mine-writes.csv").exists()


def test_python(fitted, here):
    assert repr(fitted).startswith("<efssim.Calibration: interval yes")
    assert "TRUST" in str(fitted)
    axes = fitted.plot()
    assert [line.get_color() for line in axes.lines] == ["#0072b2", "#e69f00"]
    plt.close(axes.figure)
    with pytest.raises(efssim.ArgumentError):
        efssim.calibrate(LAG, WRITES, share=1.0)
    with pytest.raises(efssim.TraceErrors):
        efssim.calibrate(WRITES)
    without = efssim.Calibration.of(replace(fitted, backtest=NoBacktest("No.")))
    with pytest.raises(efssim.ArgumentError, match="back-test"):
        without.plot()


TRUTH = {"interval": 300.0, "setup": 12.0, "throughput": 12 * 2**20, "gap": 0.0}


def changed(folder, name, change):
    """Write the exported writes with other times or values; return the file."""
    answer = json.loads((folder / WRITES).read_text(encoding="utf-8"))
    for result in answer["MetricDataResults"]:
        pairs = zip(result["Timestamps"], result["Values"], strict=True)
        kept = [new for k, (time, value) in enumerate(pairs) if (new := change(k, time, value))]
        result["Timestamps"], result["Values"] = map(list, zip(*kept, strict=True))
    file = folder / f"{name}.json"
    file.write_text(json.dumps(answer), encoding="utf-8")
    return file


def later(seconds):
    def change(_k, time, value):
        moved = datetime.fromisoformat(time) + timedelta(seconds=seconds)
        return moved.isoformat(), value

    return change


WRONG_WRITES = {
    "a minute late": later(60),
    "five minutes late": later(300),
    "those of another time": lambda k, time, value: (time, value * ((7919 * k) % 13)),
}


@pytest.mark.parametrize(
    "name",
    ["a minute late", *(pytest.param(n, marks=pytest.mark.slow) for n in list(WRONG_WRITES)[1:])],
)
def test_nothing_is_identified_from_wrong_writes(exports, name):
    """Whatever is said to be known is true: where a forecast is wrong, nothing of it is known.

    (Writes that are all too small by one factor cannot be told: every lag is the same.)
    """
    file = changed(exports, name.replace(" ", "-"), WRONG_WRITES[name])
    found = efssim.calibrate(exports / LAG, file)
    for one in found.fitted.parameters:
        if one.identified == "yes":
            assert one.low <= TRUTH[one.name] * (1 + 1e-6), one
            assert one.high >= TRUTH[one.name] * (1 - 1e-6), one
    if found.backtest.trust == "no":
        others = [one for one in found.fitted.parameters if one.name != "interval"]
        assert {one.identified for one in others} == {"no"}
        assert all(one.reason for one in others)


def test_a_contradicted_fit_says_so(exports):
    file = changed(exports, "late", later(300))
    found = efssim.calibrate(exports / LAG, file)
    assert found.backtest.trust == "no"
    throughput = found.fitted.parameter("throughput")
    assert (throughput.low, throughput.high) == (0.0, None)
    assert throughput.reason.startswith("the back-test contradicts the fit")


def test_numbers_of_a_fit_are_those_of_python(exports):
    found = efssim.calibrate(exports / LAG, exports / WRITES)
    for one in found.fitted.parameters:
        assert {type(one.value), type(one.low), type(one.high)} <= {float, type(None)}, one

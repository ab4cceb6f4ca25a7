"""Tests of `efssim run A.yaml B.yaml --trials N`, as a user has it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from helpers.installed import efs

import efssim

FAST = """\
name: fast
duration: 40 min
file_systems:
  orders:
    region: us-east-1
    writes: {app: {arrivals: {poisson: {rate: 1 per s}}, size: {exponential: {mean: 1 MiB}}}}
replications:
  dr:
    source: orders
    destination: {region: us-west-2}
    established: true
    sync: {interval: 60 s, setup: {exponential: {mean: 5 s}}}
"""
SLOW = FAST.replace("fast", "slow").replace("60 s", "3 min")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("fast.yaml").write_text(FAST, encoding="utf-8")
    Path("slow.yaml").write_text(SLOW, encoding="utf-8")
    return tmp_path


def test_trials_of_several_files_are_compared_with_the_first(folder):
    few = ("--trials", "5", "--workers", "1")
    done = efs("run", "fast.yaml", "slow.yaml", *few, "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    (found,) = json.loads(done.stdout)["comparisons"]
    assert (found["first"], found["second"], found["pairs"]) == ("fast", "slow", 5)
    ages = next(
        row for row in found["differences"] if row["measure"] == "time_since_last_sync_s.mean"
    )
    # An interval that is two minutes longer adds one to the mean age.
    assert ages["low"] <= ages["difference"] <= ages["high"]
    assert ages["difference"] == pytest.approx(60, abs=5)
    # The same numbers as from Python.
    studies = [
        efssim.run_trials(efssim.load(name), 5, workers=1) for name in ("fast.yaml", "slow.yaml")
    ]
    assert json.loads(json.dumps(efssim.compare(*studies).summary)) == found


def test_the_report_and_the_files_of_a_comparison(folder):
    done = efs("run", "fast.yaml", "slow.yaml", "--trials", "3", "--workers", "1", "--out", "out")
    assert (done.returncode, done.stderr) == (0, "wrote out/\n")
    assert "slow compared with fast: 3 pairs of trials" in done.stdout
    assert "reproduce: efssim run fast.yaml slow.yaml --trials 3" in done.stdout
    assert all(len(line) <= 80 for line in done.stdout.splitlines() if "reproduce" not in line)
    files = sorted(str(path.relative_to("out")) for path in Path("out").rglob("*.*"))
    assert files == [
        "comparison.json",
        "fast/figures/dr-attainment.svg",
        "fast/figures/dr-lag.svg",
        "fast/manifest.json",
        "fast/report.html",
        "fast/study.md",
        "fast/summary.json",
        "fast/trials.csv",
        "figures/slow-comparison.svg",
        "figures/slow-lag.svg",
        "manifest.json",
        "report.html",
        "slow-comparison.csv",
        "slow/figures/dr-attainment.svg",
        "slow/figures/dr-lag.svg",
        "slow/manifest.json",
        "slow/report.html",
        "slow/study.md",
        "slow/summary.json",
        "slow/trials.csv",
        "study.md",
    ]


def test_check_wants_every_objective_met(folder):
    strict = SLOW.replace("name: slow", "name: slow\nrpo: {target: 60 s}")
    Path("slow.yaml").write_text(strict, encoding="utf-8")
    done = efs("run", "fast.yaml", "slow.yaml", "--trials", "3", "--workers", "1", "--check")
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["fast.yaml", "slow.yaml"], "give --trials"),
        (["fast.yaml", "slow.yaml", "--precision", "2%"], "give --trials"),
        (["fast.yaml", "slow.yaml", "--trials", "3", "--full"], "one FILE"),
        (["fast.yaml", "fast.yaml", "--trials", "3"], "the name of another scenario"),
        (["fast.yaml", "none.yaml", "--trials", "3"], "none.yaml"),
    ],
)
def test_what_cannot_be_compared(folder, arguments, message):
    done = efs("run", *arguments, "--out", "out")
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert not Path("out").exists()
    assert not Path("kept").exists()


def test_problems_of_all_files_are_told(folder):
    Path("fast.yaml").write_text(FAST.replace("40 min", "40 minn"), encoding="utf-8")
    Path("slow.yaml").write_text(SLOW.replace("orders", "order", 1), encoding="utf-8")
    done = efs("run", "fast.yaml", "slow.yaml", "--trials", "3")
    assert done.returncode == 2
    assert "fast.yaml:2:" in done.stderr
    assert "slow.yaml:" in done.stderr

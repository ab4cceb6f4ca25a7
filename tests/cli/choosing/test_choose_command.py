"""Tests of `efssim choose`, as a user has it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from helpers.installed import efs, report

import efssim

TINY = """\
name: NAME
duration: 2 h
file_systems:
  orders:
    region: us-east-1
    writes: {app: {arrivals: {poisson: {rate: 1 per min}}, size: 1 MiB}}
replications:
  dr:
    source: orders
    destination: {region: us-west-2}
    established: true
    sync: {preset: none, interval: INTERVAL, setup: {exponential: {mean: 5 s}}}
"""
ASKED = ("--measure", "write_lag_s.p99", "--best", "least", "--indifference", "10 s", "-w", "1")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, interval in (("minute", "60 s"), ("two", "2 min"), ("five", "5 min")):
        text = TINY.replace("NAME", name).replace("INTERVAL", interval)
        Path(f"{name}.yaml").write_text(text, encoding="utf-8")
    return tmp_path


def test_the_answer_comes_first_and_is_that_of_python(folder):
    files = ("five.yaml", "minute.yaml", "two.yaml")
    done = efs("choose", *files, *ASKED, "--out", "out")
    assert (done.returncode, done.stderr) == (0, "wrote out/\n")
    title, blank, *said = done.stdout.splitlines()
    assert title == "efssim choose: least mean of write_lag_s.p99 of dr"
    assert (blank, said[0]) == (
        "",
        "minute has the least write_lag_s.p99, or is within 10 s of it, with 95 %",
    )
    found = json.loads(Path("out/choice.json").read_text(encoding="utf-8"))
    scenarios = [efssim.load(name) for name in files]
    again = efssim.choose(scenarios, "write_lag_s.p99", "least", "10 s", workers=1)
    assert found == json.loads(json.dumps(again.summary))
    assert json.loads(report("choose", *files, *ASKED, "--format", "json")) == found
    with Path("out/scenarios.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["scenario"] for row in rows] == ["five", "minute", "two"]
    assert [float(row["mean"]) for row in rows] == [each["mean"] for each in found["alternatives"]]
    page = Path("out/report.html").read_text(encoding="utf-8")
    assert page.index("minute has the least write_lag_s.p99") < page.index("<svg")
    (command,) = (line for line in done.stdout.splitlines() if line.startswith("reproduce:"))
    assert command.startswith("reproduce: efssim choose five.yaml minute.yaml two.yaml")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("minute.yaml", *ASKED), "a choice is among two FILEs or more"),
        (("minute.yaml", "two.yaml", *ASKED, "--measure", "x"), "--measure is given twice"),
        (("minute.yaml", "two.yaml", *ASKED[2:], "--measure", "write_lag_s.p9"), "did you mean"),
        (("minute.yaml", "two.yaml", *ASKED, "--replication", "other"), "there is no 'other'"),
        (("minute.yaml", "two.yaml", *ASKED, "--seed", "1", "--set", "seed=2"), "--seed undoes"),
        (("minute.yaml", "none.yaml", *ASKED), "none.yaml:1:1: cannot read"),
        (("minute.yaml", "two.yaml", *ASKED, "--confidence", "100%"), "below 100 %"),
        (("minute.yaml", "two.yaml", *ASKED, "--budget", "20"), "below the first 30"),
    ],
)
def test_mistakes_are_sentences_and_write_nothing(folder, arguments, message):
    done = efs("choose", *arguments, "--out", "out")
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not Path("out").exists()

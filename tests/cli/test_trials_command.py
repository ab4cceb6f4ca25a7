"""Tests of trials on the command line, as a user has it: the installed command."""

from __future__ import annotations

import csv
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from helpers.commands import command, write_tiny
from helpers.installed import NONE, SHORT, efs, folder, no_constant, report
from helpers.places import EFSSIM
from helpers.terminal import on_terminal, shown_at_the_end

import efssim
from efssim import cli
from efssim.runs.measured import MeasuredWorld
from efssim.study.trial import outcome as trial

__all__ = ["folder"]  # a fixture

FEW = ("run", "s.yaml", "--trials", "5", "--workers", "1")
KEYS = (
    "scenario seed trials partial precision window replications ci95 pooled evidence traces alarms "
    "digest"
)
LONG = ("--set", "duration=300 days")


def numbers(*arguments):
    return json.loads(report(*arguments, "--format", "json"), parse_constant=no_constant)


# The report


def test_the_report_says_the_verdict_first(folder):
    text = report(*FEW)
    kept = [x for x in text.splitlines() if not x.startswith(("reproduce:", "digest:"))]
    assert max(map(len, text.splitlines())) <= 80
    assert kept[0] == "efssim: short"
    heading, verdict, table, ages, rest = text.split("\n\n")[:5]
    assert heading.splitlines()[2] == "5 trials"
    plain = " ".join(verdict.split())
    assert plain.startswith("dr: RPO NOT DECIDED (age at most 15 min for 99.9 %): held for 100 %")
    assert "5 trials of the 3,203 that such a claim takes" in plain
    assert "about 3,198 more trials. No trial has a violation." in plain
    assert "A disaster at a random moment would lose" in plain
    assert table.split()[:7] == ["lag", "mean", "±", "p50", "p99", "p99_9", "max"]
    assert len(table.splitlines()) == 5
    assert [line.split()[0] for line in ages.splitlines()] == ["share", "logarithmic"]
    assert "Assumed, as AWS does not publish them:" in rest
    assert "nan" not in text.lower()
    assert "None" not in text


def test_the_command_of_the_report_gives_the_report(folder):
    text = report(*FEW, "--seed", "9", "--set", "rpo.target=5 min")
    (line,) = (x for x in text.splitlines() if x.startswith("reproduce: "))
    words = shlex.split(line.removeprefix("reproduce: "))
    assert words[:2] == ["efssim", "run"]
    assert report(*words[1:]) == text


@pytest.mark.parametrize(
    ("sets", "said"),
    [
        (["rpo={target: 15 min, attainment: 50 %}"], "RPO MET (age at most 15 min for 50 %)"),
        (["rpo.target=20 s"], r"RPO MISSED .* Violations in 5 of 5 trials, the longest \d"),
        (["rpo={target: 15 min, attainment: 100 %}"], "no number of trials shows 100 %"),
        (["replications.dr.sync.throughput=1 KiB/s"], "DIVERGING in 5 of 5 trials"),
        (["replications.dr.established=false", "file_systems.orders.size=10 TiB"], "RPO unknown"),
        (["events=[{at: 5 min, fail: orders}]"], "At the end: ERROR in 5 trials"),
    ],
)
def test_what_else_the_report_says(folder, sets, said):
    text = report(*FEW, *(word for text in sets for word in ("--set", text)))
    assert re.search(said.replace("(age", r"\(age").replace("%)", r"%\)"), " ".join(text.split()))
    assert max(map(len, text.splitlines())) <= 80 or "reproduce: " in text
    assert "nan" not in text.lower()


def test_a_report_without_replications(folder):
    Path("s.yaml").write_text(NONE, encoding="utf-8")
    assert "no replication, so there is no lag to report" in report(*FEW)
    assert efs(*FEW, "--check").returncode == efs("run", "s.yaml", "--check").returncode


# The content


def test_json_is_the_summary_and_that_of_python(folder):
    done = efs(*FEW, "--format", "json", "--out", "out", "--verify")
    assert done.returncode == 0
    assert done.stderr.splitlines() == ["laws 1 to 5 hold", f"wrote out{os.sep}"]
    assert done.stdout == Path("out/summary.json").read_text(encoding="utf-8")
    found = json.loads(done.stdout, parse_constant=no_constant)
    assert list(found) == KEYS.split()
    same = efssim.run_trials(efssim.load("s.yaml"), 5, workers=1)
    assert found == same.summary


def test_files(folder):
    report("run", "s.yaml", "--out", "out", "--quiet")
    assert Path("out/syncs.csv").exists()
    Path("out/mine.txt").write_text("mine")
    report(*FEW, "--out", "out", "--quiet")
    kept = sorted(path.name for path in Path("out").iterdir() if path.is_file())
    # Tables and figures of the run before are gone, whatever else there is stays.
    ours = ["report.html", "study.md", "summary.json", "trials.csv"]
    assert kept == ["manifest.json", "mine.txt", *ours]
    figures = sorted(path.name for path in Path("out").rglob("*.svg"))
    assert figures == ["dr-attainment.svg", "dr-lag.svg"]
    rows = list(csv.DictReader(Path("out/trials.csv").read_text().splitlines()))
    assert [row["trial"] for row in rows] == ["0", "1", "2", "3", "4"]
    assert re.fullmatch(r"2026-01-01T\S+\.\d{6}Z", rows[0]["last_sync_completed"])
    manifest = json.loads(Path("out/manifest.json").read_text())
    found = json.loads(Path("out/summary.json").read_text())
    assert (manifest["trials"], manifest["partial"]) == (5, False)
    assert manifest["digest"] == found["digest"]
    assert manifest["figures"] == figures
    report("run", "s.yaml", "--out", "out", "--quiet")
    assert not Path("out/trials.csv").exists()
    assert not Path("out/figures/dr-attainment.svg").exists()


def test_workers_do_not_show(folder):
    one = report(*FEW, "--format", "json")
    assert report("run", "s.yaml", "--trials", "5", "--workers", "2", "--format", "json") == one
    assert report("run", "s.yaml", "--trials", "5", "--format", "json") == one


def test_one_of_the_trials_alone(folder):
    alone = numbers("run", "s.yaml", "--trial", "3")
    assert alone == efssim.run(efssim.load("s.yaml"), trial=3).summary
    text = report("run", "s.yaml", "--trial", "3")
    assert "reproduce: efssim run s.yaml --seed 1 --trial 3\n" in text
    report("run", "s.yaml", "--trial", "3", "--out", "out", "--quiet")
    rows = list(csv.DictReader(Path("out/syncs.csv").read_text().splitlines()))
    assert {row["trial"] for row in rows} == {"3"}


@pytest.mark.parametrize("share", ["1%", "0.01", "1 %"])
def test_precision(folder, share):
    found = numbers("run", "s.yaml", "--precision", share, "--workers", "1")
    assert found["precision"] == {"share": 0.01, "budget": 1000, "needed": found["trials"]}
    low, high = found["ci95"]["dr"]["time_since_last_sync_s"]["mean"]
    assert (high - low) / 2 < 0.0105 * (low + high) / 2
    assert found["trials"] > 10


def test_a_precision_beyond_the_budget(folder):
    text = report("run", "s.yaml", "--precision", "0.1%", "--budget", "12", "--workers", "1")
    assert re.search(
        r"12 trials; a precision of 0\.1 % of the mean age takes [\d,]+ \(budget: 12\)",
        " ".join(text.split()),
    )
    assert "--precision 0.001 --budget 12\n" in text


@pytest.mark.parametrize(
    ("rpo", "code"),
    [("{target: 15 min, attainment: 50 %}", 0), ("{target: 15 min}", 1), ("{target: 20 s}", 1)],
)
def test_check(folder, rpo, code):
    """Not enough data is no success either."""
    done = efs(*FEW, "--check", "--set", f"rpo={rpo}")
    assert (done.returncode, done.stderr) == (code, "")
    assert "RPO" in done.stdout


# Mistakes


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["--trials", "0"], "--trials"),
        (["--trials", "many"], "--trials"),
        (["--trials", "5", "--precision", "2%"], "--precision decides how many trials"),
        (["--precision", "0"], "--precision"),
        (["--precision", "2"], "did you mean '2 %'?"),
        (["--precision", "2 s"], "--precision"),
        (["--precision", "2%", "--budget", "9"], "--budget"),
        (["--budget", "20"], "--budget needs --precision"),
        (["--trials", "20", "--budget", "20"], "--budget needs --precision"),
        (["--workers", "2"], "--workers needs --trials"),
        (["--trials", "5", "--workers", "0"], "--workers"),
        (["--resume", "kept"], "--resume needs --trials"),
        (["--trials", "5", "--resume", "s.yaml"], "s.yaml is a file, not a folder"),
        (["--trials", "5", "--trial", "2"], "--trial repeats one of the trials alone"),
        (["--trial", "-1"], "--trial"),
        (["--trials", "5", "--png", "--out", "out"], "--png needs a single run"),
        (["--trials", "5", "--out", "s.yaml"], "s.yaml: is a file"),
    ],
)
def test_mistakes(folder, arguments, hint):
    done = efs("run", "s.yaml", *arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert hint in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["s.yaml"]


def test_a_mistake_in_the_scenario_writes_nothing(folder):
    text = SHORT.replace("destination: {region: us-west-2}", "destination: {file_system: orders}")
    Path("s.yaml").write_text(text, encoding="utf-8")
    done = efs(*FEW, "--resume", "kept", "--out", "out")
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"s\.yaml:\d+:\d+: replications\.dr.*\n", done.stderr)
    call = "{at: 1, call: DeleteReplicationConfiguration, with: {SourceFileSystemId: x}, expect: ok"
    Path("s.yaml").write_text(SHORT, encoding="utf-8")
    events = ("--set", f"events=[{call}, region: us-east-1}}]")
    done = efs(*FEW, "--resume", "kept", "--out", "out", *events)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"--set:1:\d+: events\.0: Delete\S+ was expected to .*\n", done.stderr)
    assert sorted(path.name for path in folder.iterdir()) == ["s.yaml"]


def test_a_folder_of_another_study(folder):
    report(*FEW, "--resume", "kept")
    before = Path("kept/trials.jsonl").read_bytes()
    done = efs(*FEW, "--resume", "kept", "--seed", "2")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"kept{os.sep}trials.jsonl: holds trials of another scenario, seed, version or --verify; "
        "name another folder\n"
    )
    assert Path("kept/trials.jsonl").read_bytes() == before


def test_a_trial_that_fails_is_a_bug_of_ours(folder, monkeypatch, capsys):
    class Failing(MeasuredWorld):
        def advance_to_end(self, on_progress=None):
            if self.trial == 3:
                raise ZeroDivisionError("by zero")
            super().advance_to_end(on_progress)

    monkeypatch.setattr(trial, "MeasuredWorld", Failing)
    monkeypatch.setattr(sys, "argv", ["efssim", *FEW, "--set", "warm_up=2 min"])
    monkeypatch.delenv("EFSSIM_TRACEBACK", raising=False)
    with pytest.raises(SystemExit) as exited:
        cli.main()
    assert exited.value.code == 3
    out, err = capsys.readouterr()
    assert out == ""
    lines = err.splitlines()
    assert lines[0] == (
        "trial 3 failed; to repeat it alone: "
        "efssim run s.yaml --seed 1 --trial 3 --set 'warm_up=2 min'"
    )
    assert lines[1].startswith("internal error, a bug of efssim: TrialError: trial 3 of seed 1")
    assert "Traceback" not in err


# Resuming and Ctrl-C


def test_resume(folder):
    first = report(*FEW, "--resume", "kept", "--format", "json")
    kept = Path("kept/trials.jsonl").read_bytes()
    assert report(*FEW, "--resume", "kept", "--format", "json") == first
    assert Path("kept/trials.jsonl").read_bytes() == kept
    assert report(*FEW, "--format", "json") == first


def kept_lines():
    file = Path("kept/trials.jsonl")
    return file.read_bytes().count(b"\n") if file.exists() else 0


def interrupted(*arguments, at_least):
    """Run the command and interrupt it once so many trials are kept."""
    process = subprocess.Popen(
        [EFSSIM, "run", "s.yaml", "--resume", "kept", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    while process.poll() is None and kept_lines() <= at_least:
        threading.Event().wait(0.05)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does, to the workers as well
    out, err = process.communicate(timeout=300)
    return process.returncode, out, err


def test_ctrl_c_prints_what_is_complete(folder):
    code, out, err = interrupted("--trials", "100000", "--out", "out", at_least=3)
    assert code == 130
    # On a slow machine an estimate of the time that is left comes first.
    said = [line for line in err.split("\n") if " left for " not in line]
    assert said == [f"wrote out{os.sep}", "", "interrupted", ""]
    assert re.match(r"PARTIAL: interrupted after \d+ of 100000 trials\nefssim: short\n", out)
    found = json.loads(Path("out/summary.json").read_text())
    assert found["partial"] is True
    assert 3 <= found["trials"] < 100_000
    assert kept_lines() == 1 + found["trials"]
    count = str(found["trials"])
    resumed = report("run", "s.yaml", "--trials", count, "--resume", "kept", "--format", "json")
    assert resumed == report("run", "s.yaml", "--trials", count, "--format", "json")


def test_ctrl_c_before_the_first_trial_prints_nothing(folder):
    code, out, err = on_terminal(
        folder / "s.yaml", "--trials", "3", *LONG, "--yes", interrupt=rb"of 3 trials"
    )
    assert (code, out) == (130, "")
    above, _, last = err.replace("\r\n", "\n").rstrip("\n").rpartition("\n")
    assert last == "interrupted"
    assert shown_at_the_end(above) == ""


def test_a_terminal_shows_how_many_trials_are_complete(folder):
    code, out, err = on_terminal(folder / "s.yaml", "--trials", "40", "--workers", "1")
    assert code == 0
    assert re.search(r" 0 %\|.*\| 0 of 40 trials, \? left", err)
    assert shown_at_the_end(err) == ""
    assert out == report("run", folder / "s.yaml", "--trials", "40")
    code, _, err = on_terminal(folder / "s.yaml", "--trials", "5", "--quiet")
    assert (code, err) == (0, "")


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "-n", "10000001"),
        ("drill", "-n", "10000001"),
        ("alarms", "-n", "10000001"),
        ("sweep", "--vary", "seed=1,2", "-n", "10000001"),
        ("sweep", "--vary", "replications.dr.sync.interval=1..9", "--latin", "10000001"),
        ("plan", "--vary", "replications.dr.sync.interval=1..9", "-n", "10000001"),
        ("run", "--precision", "2%", "--budget", "10000001"),
        ("run", "-n", "2", "--sets", "10000001"),
        ("choose", "--budget", "10000001"),
    ],
)
def test_more_trials_than_any_machine_keeps_are_refused(arguments, tmp_path):
    name, *options = arguments
    done = command(name, write_tiny(tmp_path), *options)
    assert (done.code, done.out) == (2, "")
    assert "<=10000000" in done.err


@pytest.mark.parametrize("function", [efssim.run_trials, efssim.drill])
def test_so_are_they_in_python(function, tmp_path):
    with pytest.raises(efssim.EfssimError, match="trials is at most 10,000,000"):
        function(efssim.load(write_tiny(tmp_path)), 10_000_001)

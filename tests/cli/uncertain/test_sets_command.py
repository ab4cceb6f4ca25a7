"""`efssim run --trials` of a scenario with unknown parameters, started as users do."""

from __future__ import annotations

import json
import subprocess

import pytest
from helpers.places import EFSSIM
from helpers.unknown import THROUGHPUT, unknown

TEXT = unknown("unknown")


@pytest.fixture
def run(tmp_path):
    (tmp_path / "s.yaml").write_text(TEXT)
    known = TEXT[: TEXT.index("uncertain:")]
    (tmp_path / "known.yaml").write_text(known.replace("name: unknown", "name: known"))

    def started(*arguments):
        return subprocess.run(
            [EFSSIM, *arguments], capture_output=True, text=True, cwd=tmp_path, timeout=300
        )

    return started


def test_trials_nest(run, tmp_path):
    done = run("run", "s.yaml", "--trials", "5", "--sets", "20", "--out", "out", "--check")
    assert done.returncode == 1, done.stderr
    said = " ".join(done.stdout.split())
    assert "dr: RPO MISSED: met in 75 % of plausible parameter sets [51, 91]" in said
    assert "reproduce: efssim run s.yaml --seed 1 --trials 5 --sets 20" in said
    assert (tmp_path / "out" / "sets.csv").read_text().count("\n") == 21
    again = run("run", "s.yaml", "-n", "5", "--sets", "20", "--format", "json", "-w", "1")
    assert again.returncode == 0
    assert json.loads(again.stdout) == json.loads((tmp_path / "out" / "summary.json").read_text())
    rpo = json.loads(again.stdout)["replications"]["dr"]["rpo"]
    assert (rpo["sets_met"], rpo["sets_missed"], rpo["share"], rpo["met"]) == (15, 5, 0.75, False)


def test_a_share_of_sets_is_asked(run):
    done = run("run", "s.yaml", "-n", "1", "--sets", "40", "--share-of-sets", "50%", "--check")
    assert done.returncode == 0, done.stdout
    assert "RPO MET: met in" in done.stdout
    assert "asked: 50 %" in " ".join(done.stdout.split())


def test_a_single_run_is_never_simply_met(run, tmp_path):
    done = run("run", "s.yaml", "--check", "--out", "out")
    assert done.returncode == 1
    said = " ".join(done.stdout.split())
    assert "RPO MET WITH THE VALUES WRITTEN" in said
    assert f"NOT KNOWN: 1 parameter ({THROUGHPUT}). A single run ignores that" in said
    assert "1 parameter uncertain, which a single run ignores" in done.stderr
    page = (tmp_path / "out" / "report.html").read_text()
    assert 'class="verdict met"' not in page
    assert "A single run ignores that" in page
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert summary["uncertain"] == [THROUGHPUT]
    assert run("run", "known.yaml", "--check").returncode == 0


def test_it_is_known_again(run):
    done = run("run", "s.yaml", "--set", "uncertain={}", "--check", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert "uncertain" not in json.loads(done.stdout)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "s.yaml", "--sets", "5"], "--sets needs --trials"),
        (["run", "s.yaml", "--sobol", "8"], "--sobol needs --trials"),
        (["run", "known.yaml", "-n", "2", "--sets", "5"], "--sets: no parameter is uncertain"),
        (["run", "s.yaml", "--precision", "5%"], "--precision is about one parameter set"),
        (["run", "s.yaml", "-n", "2", "--sobol", "6"], "sobol is a power of 2"),
        (["run", "s.yaml", "known.yaml", "-n", "2"], "a comparison has one parameter set"),
        (["run", "s.yaml", "known.yaml", "-n", "2", "--sets", "5"], "--sets goes with one FILE"),
        (["sweep", "s.yaml", "--vary", f"{THROUGHPUT}=1,2"], "and a sweep has one parameter set"),
        (
            ["run", "s.yaml", "-n", "2", "--set", f"{THROUGHPUT}=5 MiB/s"],
            f"--set {THROUGHPUT} has no effect: it is uncertain",
        ),
    ],
)
def test_what_has_no_effect_is_refused(run, arguments, message):
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


def test_an_estimate_says_what_it_ignores(run):
    done = run("estimate", "s.yaml")
    assert "NOT KNOWN: 1 parameter; an estimate ignores that" in done.stdout
    found = json.loads(run("estimate", "s.yaml", "--format", "json").stdout)
    assert found["uncertain"] == [THROUGHPUT]


def test_validate_shows_the_ranges(run):
    done = run("validate", "s.yaml", "--resolved")
    line = next(one for one in done.stdout.splitlines() if one.startswith(THROUGHPUT))
    assert "may be uniform from 1.5 MiB/s to 3.5 MiB/s" in line


def test_a_plan_is_over_parameter_sets(run, tmp_path):
    size = "file_systems.src.writes.w.size=0.2 MiB..2 MiB"
    arguments = ("--sets", "20", "-n", "10", "--share-of-sets", "70%")
    done = run("plan", "s.yaml", "--vary", size, *arguments, "--out", "out", "-w", "1")
    assert done.returncode == 0, done.stderr
    said = " ".join(done.stdout.split())
    assert "keeps the objective in 70 % of plausible parameter sets" in said
    assert "sets meet it, 0 undecided" in done.stderr
    found = json.loads((tmp_path / "out" / "plan.json").read_text())
    assert found["outcome"] == "found"
    assert found["direction"] == "largest"
    # Of 1.5 to 3.5 MiB/s seven in ten are above 2.1 MiB/s, and a size takes twice of it.
    assert 0.7 * 2**20 < found["answer"]["holds_at"] < 1.05 * 2**20
    assert "--share-of-sets 0.7" in said


def test_a_plan_without_unknowns_has_no_sets(run):
    done = run("plan", "known.yaml", "--vary", "replications.dr.sync.interval=1..9", "--sets", "5")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--sets: no parameter is uncertain" in done.stderr


def test_other_commands_say_that_they_have_the_values_as_written(run, tmp_path):
    alarm = (
        "alarms: {late: {metric: TimeSinceLastSync, statistic: Maximum, period: 1 min, "
        "threshold: 900, comparison: GreaterThanThreshold, evaluation_periods: 1}}\n"
    )
    (tmp_path / "alarms.yaml").write_text(TEXT + alarm)
    done = run("alarms", "alarms.yaml")
    assert done.returncode == 0, done.stderr
    assert "NOT KNOWN: 1 parameter; all of this holds for the values as written" in done.stderr
    done = run("alarms", "alarms.yaml", "-n", "2")
    assert (done.returncode, done.stdout) == (2, "")
    assert "1 parameter is uncertain, and a study of trials has one parameter set" in done.stderr

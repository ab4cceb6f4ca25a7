"""`efssim run --baseline DIR`, as a job on a pull request has it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from helpers.commands import command, write_tiny
from helpers.installed import efs

FEW = ("--trials", "5", "--workers", "1")


@pytest.fixture
def main(tmp_path, monkeypatch):
    """Return the folder of the baseline, in a fresh current folder with a pull request's file."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    for file in (write_tiny(tmp_path), write_tiny(tmp_path, interval="40 s", file="slower.yaml")):
        text = file.read_text(encoding="utf-8").replace("source:", "established: true, source:")
        file.write_text(text, encoding="utf-8")
    assert command("run", "tiny.yaml", *FEW, "--out", "main", "--quiet").code == 0
    return Path("main")


def test_a_regression_fails_the_check_and_nothing_else_does(main):
    easy = ("--set", "rpo.attainment=30%", "--baseline", "main", "--check", "--quiet")
    same = efs("run", "tiny.yaml", *FEW, *easy)
    assert "Against the baseline: NO REGRESSION is shown." in same.stdout
    assert "rpo.attainment: 0.9 before, 0.3 now" in same.stdout
    assert (same.returncode, same.stderr) == (0, "")
    slower = command("run", "slower.yaml", *FEW, *easy)
    assert slower.code == 1
    assert "Against the baseline: REGRESSION of" in slower.out
    assert "replications.dr.sync.interval: 20.0 before, 40.0 now" in slower.out
    assert "--baseline main" in slower.out  # in the command that repeats it
    # Without --check it is said only.
    assert command("run", "slower.yaml", *FEW, *easy[:4]).code == 0
    # A margin that is wide enough.
    wide = ("--margin", "time_since_last_sync_s.p99=200%", "--margin", "rpo.attainment=90%")
    assert command("run", "slower.yaml", *FEW, *easy, *wide).code == 0


def test_each_form_has_before_and_after(main):
    asked = ("run", "slower.yaml", *FEW, "--baseline", "main")
    found = json.loads(command(*asked, "--format", "json").out)
    assert found["scenario"] == "tiny"
    baseline = found["baseline"]
    assert (baseline["pairs"], baseline["regressions"]) == (5, 1)
    assert baseline["differences"] == [
        {"path": "replications.dr.sync.interval", "before": "20.0", "after": "40.0"}
    ]
    markdown = command(*asked, "--format", "markdown").out
    assert "| replication | number | before | after | change, 95 % interval | margin |" in markdown
    assert "* replications.dr.sync.interval: 20.0 before, 40.0 now" in markdown
    junit = command(*asked, "--format", "junit").out
    assert 'name="time_since_last_sync_s.p99 against the baseline"' in junit
    assert junit.count("<failure") >= 1
    marked = command(*asked, "--annotate").err
    assert "dr time_since_last_sync_s.p99 against the baseline failed" in marked


def test_what_cannot_be_compared_is_refused_before_anything_runs(main):
    for options, message in (
        (("--trials", "6"), "trials 5, here 6"),
        (("--trials", "5", "--seed", "7"), "seed 1, here 7"),
        ((), "trials 5, here none, a single run"),
        (("--trials", "5", "--set", "duration=20 min"), "duration 600.0, here 1200.0"),
    ):
        done = command("run", "tiny.yaml", *options, "--baseline", "main")
        assert (done.code, done.out) == (2, "")
        assert message in done.err
    for options, message in (
        (("--margin", "rpo.attainment=1%"), "--margin needs --baseline"),
        (("--baseline", "main", "--margin", "rpo.atainment=1%"), "did you mean 'attainment'?"),
        (("--baseline", "main", "--out", "main"), "--out is the baseline itself"),
        (("--baseline", "main", "--trial", "2"), "--trial does not go with --baseline"),
        (
            (
                "--baseline",
                "nowhere",
            ),
            "--baseline nowhere: manifest.json: No such file",
        ),
    ):
        trials = () if "--trial" in options else FEW
        done = command("run", "tiny.yaml", *trials, *options)
        assert (done.code, done.out) == (2, "")
        assert message in done.err
    both = command("run", "tiny.yaml", "slower.yaml", *FEW, "--baseline", "main")
    assert both.code == 2
    assert "a second FILE does not go with --baseline" in both.err


def test_another_version_is_compared_with_a_warning(main):
    manifest = json.loads((main / "manifest.json").read_text(encoding="utf-8"))
    (main / "manifest.json").write_text(json.dumps({**manifest, "efssim": "0.0.1", "hashes": None}))
    done = command("run", "tiny.yaml", *FEW, "--baseline", "main")
    assert done.code == 0
    assert done.err.startswith("warning: The baseline is of efssim 0.0.1, this is ")


def test_a_single_run_compares_the_numbers(main):
    assert command("run", "tiny.yaml", "--out", "one", "--quiet").code == 0
    done = command("run", "slower.yaml", "--baseline", "one", "--format", "markdown")
    assert done.code == 0
    assert "One run of each, with the same draws: the numbers as they are." in done.out
    assert "**Against the baseline: REGRESSION of" in done.out


@pytest.mark.parametrize("name", ["manifest.json", "summary.json", "trials.csv"])
def test_a_changed_digit_is_named_and_never_believed(main, name):
    text = (main / name).read_text(encoding="utf-8")
    at = text.rindex("0.9") + 2
    (main / name).write_text(f"{text[:at]}8{text[at + 1 :]}", encoding="utf-8")
    done = command("run", "tiny.yaml", *FEW, "--baseline", "main", "--check")
    assert (done.code, done.out) == (2, "")
    assert f"--baseline main: {name} is not as it was written" in done.err


def test_line_ends_of_another_system_are_no_damage(main):
    for name in ("manifest.json", "summary.json", "trials.csv"):
        text = (main / name).read_text(encoding="utf-8")
        (main / name).write_text(text, encoding="utf-8", newline="\r\n")
    assert command("run", "tiny.yaml", *FEW, "--baseline", "main").code == 0


@pytest.mark.parametrize("content", ["", "x: [[[", "trial,replication\none,dr\n", "trial\n1\n"])
def test_a_table_without_hashes_that_is_none_is_refused(main, content):
    manifest = json.loads((main / "manifest.json").read_text(encoding="utf-8"))
    (main / "manifest.json").write_text(json.dumps({**manifest, "hashes": None}))
    (main / "trials.csv").write_text(content, encoding="utf-8")
    done = command("run", "tiny.yaml", *FEW, "--baseline", "main")
    assert (done.code, done.out) == (2, "")
    assert "--baseline main: trials.csv" in done.err

"""The example of a workflow, as far as a shell can run it, on a repository with a merge."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from helpers.commands import write_tiny
from helpers.places import EFSSIM, ROOT

FILE = ROOT / "docs" / "examples" / "rpo.yml"
WORKFLOW = yaml.safe_load(FILE.read_text(encoding="utf-8"))
(JOB,) = WORKFLOW["jobs"].values()
INSTALL = "Install efssim"


def git(*arguments):
    who = ("-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *arguments], check=True, capture_output=True)


def save(interval):
    file = write_tiny(Path(), name="tiny", interval=interval, file="scenario.yaml")
    text = file.read_text(encoding="utf-8").replace("source:", "established: true, source:")
    # An objective that few trials decide.
    file.write_text(text.replace("90 %}", "30 %}"), encoding="utf-8")


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A repository of which HEAD is the merge of a pull request, as the checkout leaves it."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    monkeypatch.chdir(folder)
    git("init", "--quiet", "--initial-branch=main")

    def merged(before, after):
        if before:
            save(before)
            git("add", ".")
        git("commit", "--quiet", "--allow-empty", "--message=base")
        git("checkout", "--quiet", "-b", "change")
        save(after)
        git("add", ".")
        git("commit", "--quiet", "--allow-empty", "--message=change")
        git("checkout", "--quiet", "main")
        git("merge", "--quiet", "--no-ff", "--message=merge", "change")
        return folder

    return merged


def run_steps(folder):
    """Run the steps as a job does, up to the first that fails; return how it ended, and the log."""
    path = os.pathsep.join([str(EFSSIM.parent), os.environ["PATH"]])
    summary = folder.parent / "summary.md"
    given = {"GITHUB_STEP_SUMMARY": str(summary), "GITHUB_WORKSPACE": str(folder)}
    given |= {**WORKFLOW["env"], "TRIALS": "4"}
    log = ""
    for step in JOB["steps"]:
        if "run" not in step or step["name"] == INSTALL:
            continue
        done = subprocess.run(
            ["bash", "-e", "-c", step["run"]],
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
            env={**os.environ, **given, "PATH": path},
        )
        log += done.stdout + done.stderr
        if done.returncode:
            return step["name"], log
    return None, log


def test_a_pull_request_that_changes_nothing_passes(checkout):
    folder = checkout("20 s", "20 s")
    assert run_steps(folder) == (None, "")
    (suite,) = ElementTree.parse(folder / "rpo.xml").getroot()
    assert [suite.get(key) for key in ("tests", "failures", "errors")] == ["3", "0", "0"]
    assert "NO REGRESSION is shown" in (folder.parent / "summary.md").read_text(encoding="utf-8")


def test_a_regression_fails_the_job_and_marks_the_pull_request(checkout):
    folder = checkout("20 s", "30 s")
    failed, log = run_steps(folder)
    assert failed == "Check the pull request"
    assert log.startswith("::error file=scenario.yaml,line=1,col=1,title=tiny%3A dr time_since")
    assert "against the baseline failed" in log
    (suite,) = ElementTree.parse(folder / "rpo.xml").getroot()
    assert suite.get("failures") == "1"
    summary = (folder.parent / "summary.md").read_text(encoding="utf-8")
    assert "* replications.dr.sync.interval: 20.0 before, 30.0 now" in summary


def test_a_new_scenario_has_no_baseline(checkout):
    folder = checkout("", "20 s")
    assert run_steps(folder) == (None, "")
    assert "Against the baseline" not in (folder.parent / "summary.md").read_text(encoding="utf-8")


def test_it_may_read_and_nothing_else():
    assert WORKFLOW["permissions"] == {"contents": "read"}
    assert "permissions" not in JOB
    text = FILE.read_text(encoding="utf-8")
    assert "secrets" not in text
    assert "${{" not in text  # no title or branch of somebody else's gets into a shell
    # YAML takes `on` for a truth value, as GitHub does not.
    assert list(WORKFLOW.get("on", WORKFLOW.get(True))) == ["pull_request"]
    assert [step["run"] for step in JOB["steps"] if step.get("name") == INSTALL] == [
        "python -m pip install efssim"
    ]
    assert all("@v" in step["uses"] for step in JOB["steps"] if "uses" in step)
    checkout = JOB["steps"][0]["with"]
    assert (checkout["fetch-depth"], checkout["persist-credentials"]) == (2, False)

"""`efssim run` in CI: forms, annotations and the summary of the step, as a job has them."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from helpers.commands import command
from helpers.installed import efs

SCENARIO = """\
name: orders
duration: 20 min
rpo: {target: 15 min, attainment: 99.9 %}
file_systems:
  orders: {region: us-east-1}
replications:
  dr: {source: orders, destination: {region: us-west-2}, established: true}
thresholds:
  - dr.syncs.completed > 5
  - dr.syncs.completed > 1_000
"""


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    Path("s.yaml").write_text(SCENARIO, encoding="utf-8")
    return tmp_path


@pytest.fixture
def here(checkout, monkeypatch):
    """Return the command, inside this process."""

    def run(*arguments, **variables):
        for name, value in variables.items():
            monkeypatch.setenv(name, str(value))
        return command(*arguments)

    return run


def test_a_failed_threshold_is_marked_at_its_line(checkout):
    summary = checkout / "summary.md"
    done = efs("run", "s.yaml", "--check", "--annotate", GITHUB_STEP_SUMMARY=str(summary))
    assert done.returncode == 1
    assert done.stdout.startswith("efssim: orders\n")
    assert done.stderr == (
        "::error file=s.yaml,line=10,col=5,title=orders%3A scenario dr.syncs.completed > 1_000 "
        "failed::Threshold dr.syncs.completed > 1_000 FAILS: 19.\n"
    )
    markdown = efs("run", "s.yaml", "--format", "markdown")
    assert markdown.returncode == 0
    assert summary.read_text(encoding="utf-8") == markdown.stdout
    # Appended to what the steps before wrote, once for each command.
    efs("run", "s.yaml", "--annotate", GITHUB_STEP_SUMMARY=str(summary))
    assert summary.read_text(encoding="utf-8") == 2 * markdown.stdout


def test_an_objective_is_marked_where_it_is_written_below_the_checkout(checkout, here):
    text = SCENARIO.replace("15 min", "10 s").partition("thresholds")[0]
    Path("deep").mkdir()
    Path("deep", "a,b.yaml").write_text(text, encoding="utf-8")
    where = str(checkout / "deep" / "a,b.yaml")
    done = here("run", where, "--annotate", "--quiet", GITHUB_WORKSPACE=checkout)
    assert done.code == 0  # without --check
    assert done.err.startswith(
        "::error file=deep/a%2Cb.yaml,line=3,col=1,title=orders%3A dr RPO failed::RPO MISSED ("
    )
    assert done.err.count("\n") == 1
    # A value of the command line is in no file.
    changed = here("run", "s.yaml", "--annotate", "--set", "rpo={target: 10 s}")
    assert "::error title=orders%3A dr RPO failed::" in changed.err


def test_a_mistake_in_a_scenario_is_marked(checkout, here):
    Path("s.yaml").write_text(SCENARIO.replace("duration", "duratoin"), encoding="utf-8")
    done = here("run", "s.yaml", "--annotate")
    assert (done.code, done.out) == (2, "")
    lines = done.err.splitlines()
    place = "::error file=s.yaml,line=2,col=1,title=efssim%3A bad input"
    assert any(line.startswith(f"{place}::duratoin: ") for line in lines)
    assert any(line.startswith("s.yaml:2:1: duratoin: ") for line in lines)


def test_nothing_is_marked_where_all_holds(checkout, here):
    text = SCENARIO.replace("  - dr.syncs.completed > 1_000\n", "")
    Path("s.yaml").write_text(text, encoding="utf-8")
    done = here("run", "s.yaml", "--check", "--annotate", "--format", "junit")
    assert (done.code, done.err) == (0, "")
    suite = ElementTree.fromstring(done.out)[0]
    assert [suite.get(key) for key in ("tests", "failures", "errors")] == ["2", "0", "0"]


def test_a_summary_that_cannot_be_written_is_an_error_after_the_report(checkout, here):
    done = here("run", "s.yaml", "--annotate", GITHUB_STEP_SUMMARY=checkout)
    assert done.code == 2
    assert done.out.startswith("efssim: orders\n")
    assert done.err.splitlines()[-1].startswith(f"{checkout}: ")


def test_forms_of_trials_and_comparisons(checkout, here):
    other = SCENARIO.replace("name: orders", "name: other")
    Path("other.yaml").write_text(other, encoding="utf-8")
    few = ("--trials", "2", "--workers", "1")
    both = here("run", "s.yaml", "other.yaml", *few, "--format", "junit", "--check")
    assert both.code == 1
    suites = ElementTree.fromstring(both.out)
    assert [suite.get("name") for suite in suites] == ["orders", "other"]
    assert [suite.get("failures") for suite in suites] == ["1", "1"]
    text = here("run", "s.yaml", "other.yaml", *few, "--format", "markdown").out
    assert "| replication | measure | before (orders) | after (other) | change" in text
    one = here("run", "s.yaml", *few, "--format", "markdown", "--out", "out").out
    assert re.match(r"\*\*orders, dr: RPO MET ", one)
    assert Path("out", "trials.csv").exists()


def test_full_is_about_the_text(checkout, here):
    done = here("run", "s.yaml", "--full", "--format", "markdown")
    assert done.code == 2
    assert "--full is about the text" in done.err


def test_a_store_gives_each_form_again(checkout, here):
    asked = ("run", "s.yaml", "--store", "kept", "--quiet", "--check")
    first = here(*asked)
    assert first.code == 1
    for form in ("markdown", "junit"):
        fresh = here("run", "s.yaml", "--format", form)
        again = here(*asked, "--format", form)
        assert (again.code, again.out) == (1, fresh.out)
    for option in ("--annotate", "--watch", "--baseline"):
        given = (option, "before") if option == "--baseline" else (option,)
        refused = here("run", "s.yaml", "--store", "kept", *given)
        assert refused.code == 2
        assert f"--store does not go with {option}" in refused.err


def test_a_drill_has_the_forms_too(checkout, here):
    found = here("drill", "s.yaml", "--trials", "1", "--format", "junit", "--quiet")
    names = [case.get("name") for case in ElementTree.fromstring(found.out).iter("testcase")]
    assert names == ["RPO", "end"]
    assert here("drill", "s.yaml", "--trials", "1", "--format", "markdown").out.startswith(
        "**orders"
    )

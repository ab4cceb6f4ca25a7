"""`efssim plan --until-missed` as people type it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from helpers.installed import efs, folder, no_constant, report

__all__ = ["folder"]  # a fixture

GROWING = """\
name: growing
duration: 6 h
rpo: {target: 200 s, attainment: 100 %}
file_systems:
  fs:
    region: us-east-1
    writes:
      w:
        arrivals: {constant: {rate: 1 per s}}
        size: 500 kB
        growth: {per: month, factor: 1.1}
replications:
  dr:
    source: fs
    destination: {region: us-west-2}
    established: true
    sync: {preset: none, interval: 10 s, setup: 10 s, throughput: 1 MB/s}
"""
MOST_KEYS = ["scenario", "horizon", "month_s", "objective", "outcome", "first_missed", "interval"]
KEYS = [
    *MOST_KEYS,
    *("met_through", "undecided", "met_again", "text", "cause", "cause_text", "changes", "months"),
    *("seed", "trials", "sets", "partial", "out_of_time", "budget_s", "cautions", "traces"),
]
MONTH = [
    *("month", "start", "attainment", "interval", "met", "missed", "missed_share", "trials"),
    *("more_trials", "violations_per_month", "above_s_per_month", "peak_s", "diverging_share"),
]
CHANGE = [
    *("change", "paths", "factor", "first_missed"),
    *("months_bought", "months_bought_at_least", "months"),
]
CAUSE = ["replication", "month", "seed", "trial", "term", "share", "seconds", "syncs", "batch"]


def found(*options: str) -> dict[str, Any]:
    text = report("plan", "g.yaml", "--until-missed", "-q", "--format", "json", *options)
    content: dict[str, Any] = json.loads(text, parse_constant=no_constant)
    return content


def test_json_has_fixed_keys_and_files_have_the_same(folder: Path) -> None:
    Path("g.yaml").write_text(GROWING, encoding="utf-8")
    content = found("--horizon", "8 months", "-w", "1", "--out", "made")
    assert list(content) == KEYS
    assert (content["outcome"], content["first_missed"]) == ("found", 7)
    assert content["horizon"] == 8
    assert [list(month) for month in content["months"]] == [MONTH] * 9
    assert content["months"][8]["start"] == "2026-08-29T00:00:00.000000Z"
    assert all(list(change) == CHANGE for change in content["changes"])
    assert list(content["cause"]) == CAUSE
    made = folder / "made"
    assert json.loads((made / "runway.json").read_text(encoding="utf-8")) == content
    names = {"runway.json", "months.csv", "report.html", "manifest.json", "study.md", "figures"}
    assert {path.name for path in made.iterdir()} == names
    page = (made / "report.html").read_text(encoding="utf-8")
    assert "First missed in month 7" in page
    assert "throughput × 2" in page
    kept = found("--horizon", "8 months", "-w", "2", "--resume", "kept")
    assert kept == content


def test_text_says_the_month_and_progress_goes_to_standard_error(folder: Path) -> None:
    Path("g.yaml").write_text(GROWING, encoding="utf-8")
    done = efs("plan", "g.yaml", "--until-missed", "--horizon", "8 months", "-w", "1")
    assert done.returncode == 0
    assert "The objective is first missed in month 7 (from 2026-07-30 on)." in done.stdout
    assert "bytes: more is written than is sent in time" in done.stdout
    assert "reproduce: efssim plan g.yaml --until-missed --horizon '8 months'" in done.stdout
    assert "month 7: attainment" in done.stderr
    assert "with throughput × 2" in done.stderr
    again = report("plan", "g.yaml", "--until-missed", "--horizon=8", "-w", "1", "-q")
    assert "in month 7 (from" in again


def test_what_does_not_go_together_is_refused(folder: Path) -> None:
    Path("g.yaml").write_text(GROWING, encoding="utf-8")
    (folder / "still.yaml").write_text(
        GROWING.replace("growth: {per: month, factor: 1.1}", "growth: 1.1"), encoding="utf-8"
    )
    wrong = {
        "--vary does not go with": ["g.yaml", "--until-missed", "--vary", "seed=1..2"],
        "--horizon goes with --until-missed": ["g.yaml", "--vary", "seed=1..2", "--horizon=3"],
        "or '--until-missed' for growth": ["g.yaml"],
        "'1 year' is no number of months": ["g.yaml", "--until-missed", "--horizon", "1 year"],
        "nothing in the scenario grows by month": ["still.yaml", "--until-missed"],
        "are expected; --yes": ["g.yaml", "--until-missed", "--horizon", "140"],
        "size: in month 200: ": ["g.yaml", "--until-missed", "--horizon", "200"],
        "--minimise does not go with": ["g.yaml", "--until-missed", "--minimise", "cost"],
    }
    for message, arguments in wrong.items():
        done = efs("plan", *arguments)
        assert (done.returncode, done.stdout) == (2, ""), message
        assert message in done.stderr
        assert "Traceback" not in done.stderr
    assert {path.name for path in folder.iterdir()} == {"s.yaml", "g.yaml", "still.yaml"}


def test_a_budget_that_is_over_says_so(folder: Path) -> None:
    Path("g.yaml").write_text(GROWING.replace("1 per s", "20 per s"), encoding="utf-8")
    content = found("--horizon", "30", "-w", "1", "--budget", "3 s")
    assert content["out_of_time"]
    assert len(content["months"]) < 31
    assert content["outcome"] in ("undecided", "found")

"""Every kind of page of a scenario whose names are markup: nothing of them is obeyed."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from helpers.commands import command

MARK = '<script>alert(1)</script><img src="x" onerror="alert(2)">&\'</style></svg>{{ 7 * 7 }}'
NAME = json.dumps(MARK)
"""As YAML takes it."""
SCENARIO = f"""\
name: hostile
description: {NAME}
duration: 2 h
rpo: {{target: 1 min, attainment: 90 %}}
objectives: {{{NAME}: {{of: writes, target: 1 min, attainment: 50 %}}}}
file_systems:
  {NAME}:
    region: us-east-1
    writes: {{{NAME}: {{arrivals: {{poisson: {{rate: 1 per 10 s}}}}, size: 64 KiB}}}}
replications:
  {NAME}:
    {{source: {NAME}, destination: {{region: us-west-2}}, established: true,
     sync: {{interval: 20 s}}}}
events: [{{at: 1 h, permission_lost: {NAME}, for: 5 min}}]
faults: {{{NAME}: {{fail: {NAME}, every: 1 day}}}}
alarms:
  {NAME}:
    {{metric: TimeSinceLastSync, replication: {NAME}, statistic: Maximum, period: 1 min,
     evaluation_periods: 1, threshold: 10 min, comparison: GreaterThanThreshold}}
"""
PATH = f"replications.{NAME}.sync.interval"
UNKNOWN = f"uncertain: {{{json.dumps(PATH)}: {{uniform: {{low: 20 s, high: 40 s}}}}}}\n"
OBJECTIVES = re.compile("^objectives: .*\n", re.MULTILINE)
GROWTH = "{per: month, factor: 1.05}"
slow = pytest.mark.slow
CASES = {
    "run": ("run", "h.yaml"),
    "trials": ("run", "h.yaml", "-n", "2", "-w", "1"),
    "comparison": ("run", "h.yaml", "i.yaml", "-n", "2", "-w", "1"),
    "sets": ("run", "u.yaml", "-n", "2", "--sets", "3", "-w", "1"),
    "plan": ("plan", "h.yaml", "--vary", f"{PATH}=20s..10min", "-n", "10", "-w", "1"),
    "sweep": ("sweep", "h.yaml", "--vary", f"{PATH}=60s,2min", "-w", "1"),
    "alarms": ("alarms", "h.yaml"),
    "drill": ("drill", "h.yaml", "-n", "2"),
    "choose": (
        *("choose", "h.yaml", "i.yaml", "--measure", "write_lag_s.mean", "--best", "least"),
        *("--indifference", "1h", "-n", "10", "-w", "1"),
    ),
    "runway": (
        *("plan", "g.yaml", "--until-missed", "--horizon", "2 months", "-n", "10", "-w", "1"),
    ),
}
QUICK = ("trials",)
TAGS = {"script": 1, "img": 0}
"""How many there are of each."""


class Tags(HTMLParser):
    """The tags of a page, with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    handle_startendtag = handle_starttag


def page_of(folder: Path, case: str) -> str:
    folder.joinpath("h.yaml").write_text(SCENARIO, encoding="utf-8")
    other = SCENARIO.replace("hostile", "other")
    folder.joinpath("i.yaml").write_text(other, encoding="utf-8")
    folder.joinpath("u.yaml").write_text(OBJECTIVES.sub("", SCENARIO) + UNKNOWN, encoding="utf-8")
    grows = SCENARIO.replace("writes: {", f"growth: {GROWTH}\n    writes: {{")
    folder.joinpath("g.yaml").write_text(grows, encoding="utf-8")
    done = command(*CASES[case], "--out", "out", "--quiet")
    assert done.code == 0, done.err
    return folder.joinpath("out", "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "case", [case if case in QUICK else pytest.param(case, marks=slow) for case in CASES]
)
def test_the_policy_lets_only_the_script_of_the_page_run(tmp_path, monkeypatch, case):
    monkeypatch.chdir(tmp_path)
    html = page_of(tmp_path, case)
    tags = Tags(html).found
    assert {tag: sum(tag == each for each, _ in tags) for tag in TAGS} == TAGS
    handlers = [name for _, attributes in tags for name in attributes if name.startswith("on")]
    assert handlers == []
    assert "{{ 7 * 7 }}" in html  # as it was written, no 49
    assert "&lt;script&gt;alert(1)" in html
    (script,) = re.findall("<script>(.*?)</script>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    (policy,) = (
        attributes["content"] or ""
        for _, attributes in tags
        if attributes.get("http-equiv") == "Content-Security-Policy"
    )
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split(";")}
    assert rules["default-src"] == ["'none'"]
    assert rules["script-src"] == [f"'sha256-{digest}'"]

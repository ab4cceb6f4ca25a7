"""Every code block of the README and of docs/ runs, and shows what the page says that it shows."""

from __future__ import annotations

import ast
import os
import re
import subprocess
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
import yaml
from helpers.fenced import PAGES, blocks_of
from helpers.places import EFSSIM, ROOT, SCENARIOS

import efssim
from efssim.report.text.comparison import comparison_report

ELSEWHERE = {"docs/extending.md": "tests/api/test_extending.py"}
"""Pages whose blocks another test runs, as plugins have them."""

BLOCKS = [block for page in PAGES for block in blocks_of(page)]
LANGUAGES = {"python", "sh", "text", "yaml"}

SLOW = (
    "--trials 20",
    "measured.yaml --vary replications.dr.sync.throughput=5MiB/s",
    "unknown-rate.yaml --vary",
    "--sobol",
)
"""In commands that take minutes."""

FEWER = {"docs/studies.md": (r"\b20\b", "3")}
"""What is replaced in a page whose studies take minutes; as they stand they are slow."""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A fresh current folder that has the scenarios, as a checkout has them."""
    (tmp_path / "scenarios").symlink_to(SCENARIOS)
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    plt.close("all")


def named(blocks):
    return [pytest.param(block, id=block.name) for block in blocks]


def test_every_block_says_its_language_and_why_it_is_not_run():
    for block in BLOCKS:
        assert block.language in LANGUAGES, block.name
        assert not block.not_run or len(block.not_run.split()) > 2, block.name


# Python: the blocks of a page are one script


def agrees(value, comment):
    """Whether a value is as the comment behind its expression says; prose says nothing."""
    if re.match(r"None\b|True\b|False\b|'|\d{4}-\d\d-\d\d", comment):
        return comment.startswith((repr(value), str(value)))
    if number := re.match(r"-?[\d,]+(\.\d+)?(?![\w-])", comment):
        digits = len((number[1] or ".")[1:])
        return f"{value:,.{digits}f}" in (number[0], f"{float(number[0].replace(',', '')):,}")
    if re.match(r"[\[(]\w+, \w+[\])]", comment):
        return len(value) == 2
    if name := re.match(r"(?:matplotlib )?([A-Z]\w+)\b(?=[,( ]|$)", comment):
        kinds = [kind.__name__ for kind in type(value).__mro__]
        return name[1] in kinds or (value is None and "or None" in comment)
    return True


def execute(block, code, names):
    """Execute a block, one statement after the other; return the comments that are wrong."""
    wrong = []
    exec(block.first, names)
    lines = code.splitlines()
    for statement in ast.parse(code).body:
        where = f"{block.page}:{block.line + statement.lineno - 1}"
        if not isinstance(statement, ast.Expr):
            exec(compile(ast.Module([statement], []), where, "exec"), names)
            continue
        value = eval(compile(ast.Expression(statement.value), where, "eval"), names)
        comment = lines[statement.end_lineno - 1][statement.end_col_offset :].partition("# ")[2]
        if comment and not agrees(value, comment):
            wrong.append(f"{where}: {value!r}, not {comment}")
    return wrong


def run_page(page, replaced=None):
    """Run the Python of a page; return the names that it leaves, by block."""
    names, wrong, left = {"__name__": "__main__"}, [], []
    for block in blocks_of(page):
        if block.language == "python" and not block.not_run:
            code = re.sub(*replaced, block.code) if replaced else block.code
            wrong += execute(block, code, names)
            left.append({**names, "lags": len(names.get("lags", ()))})
    assert not wrong, "\n".join(wrong)
    return left


PYTHON = sorted(
    {block.page for block in BLOCKS if block.language == "python" and not block.not_run}
    - set(ELSEWHERE)
)


@pytest.mark.parametrize("page", PYTHON)
def test_the_python_of_a_page_runs(page, folder):
    left = run_page(page, FEWER.get(page))
    if page == "README.md":
        assert left[-1]["made"]["LifeCycleState"] == "available"
    if page == "docs/boto3.md":
        # The monitor looks 11 times in 10 minutes, and goes on while the script sleeps.
        assert (left[3]["lags"], left[3]["took_s"]) == (15, 300.0)


@pytest.mark.slow
@pytest.mark.parametrize("page", sorted(FEWER))
def test_the_python_of_a_page_of_studies_runs_as_it_stands(page, folder):
    (first, *_) = run_page(page)
    (shown,) = [block.shown for block in blocks_of(page) if block.language == "python"][:1]
    assert contains(comparison_report(first["comparison"]), shown)


@pytest.mark.parametrize("page", sorted(ELSEWHERE))
def test_another_test_runs_the_rest(page):
    assert page.partition("/")[2] in (ROOT / ELSEWHERE[page]).read_text(encoding="utf-8")


# Commands: what is shown of one is a passage of its output


def contains(output, shown):
    """Whether lines are together in an output, whatever they are indented by."""
    have, want = (
        [line.rstrip() for line in text.strip("\n").splitlines()] for text in (output, shown)
    )
    return any(have[k : k + len(want)] == want for k in range(len(have)))


SHELL = [block for block in BLOCKS if block.language == "sh" and not block.not_run]


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(
            block,
            id=block.name,
            marks=[pytest.mark.slow] * any(part in block.code for part in SLOW),
        )
        for block in SHELL
    ],
)
def test_a_command_runs_and_prints_what_is_shown(block, folder):
    path = os.pathsep.join([str(EFSSIM.parent), os.environ["PATH"]])
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", f"{block.first}\n{block.code}"],
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
        env={**os.environ, "PATH": path, "COLUMNS": "80"},
    )
    assert done.returncode == 0, done.stderr
    assert contains(done.stdout, block.shown), done.stdout


def test_commands_that_are_not_run_are_commands_of_efssim():
    commands = re.findall(
        r"(?<!/)\befssim (\w+)", " ".join(block.code for block in BLOCKS if block.not_run)
    )
    assert set(commands) <= {"run", "serve", "plan", "sweep", "alarms", "calibrate"}


# Scenarios


BASE = """
name: base
duration: 30 days
links: {us-east-1 -> eu-south-1: {}}
file_systems:
  orders: {region: us-east-1}
replications:
  dr: {source: orders, destination: {region: eu-south-1}, established: true}
"""


@pytest.mark.parametrize("block", named(b for b in BLOCKS if b.language == "yaml"))
def test_a_scenario_or_a_part_of_one_is_valid(block, folder):
    part = yaml.safe_load(block.code)
    if "file_systems" not in part:
        whole = yaml.safe_load(BASE)
        if "trace" in part:
            whole["file_systems"]["orders"]["writes"] = {"app": part}
            whole |= {"start": "2026-03-02", "duration": "2 days"}  # of the file
        else:
            whole |= part
        part = whole
    file = Path("part.yaml")
    file.write_text(yaml.safe_dump(part), encoding="utf-8")
    Path("measured-writes.csv").symlink_to(SCENARIOS / "measured-writes.csv")
    assert isinstance(efssim.load(file), efssim.Scenario)

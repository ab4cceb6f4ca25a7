"""Tests of the text reports: 80 columns, the bars of the age, colours, and plain outputs."""

from __future__ import annotations

import os
import re
import subprocess
from io import StringIO
from pathlib import Path
from typing import Any
from unicodedata import combining, east_asian_width

import numpy as np
import pytest
from helpers.places import EFSSIM, ROOT
from helpers.worlds import poisson, scenario

import efssim
from efssim.lag.weighted.exceedance import Exceedance
from efssim.report.text.comparison import comparisons_report
from efssim.report.text.distribution import distribution
from efssim.report.text.estimate import estimate_report
from efssim.report.text.plan import plan_report
from efssim.report.text.run import text_report
from efssim.report.text.sweep import sweep_report
from efssim.report.text.trials import study_text
from efssim.report.verdicts.fleets import are_many
from efssim.report.words.lines import aligned, columns, command_lines, cut, wrapped
from efssim.report.words.terminal import coloured, encodable, wants_colour
from efssim.scenario import Scenario

SCENARIOS = sorted((ROOT / "scenarios").glob("*.yaml"))
FIRST = ROOT / "scenarios" / "first-report.yaml"
INTERVAL = "replications.dr.sync.interval"
LONG = ["名前" * 60, "x名前" * 40, "n" * 150, "several words of a name " * 7, "広い word " * 9]
COMMAND = "efssim run some/where/scenario.yaml --seed 1 " + " ".join(
    f"--set 'file_systems.orders.writes.oltp.size={k} MiB'" for k in range(4)
)
SGR = re.compile("\x1b\\[[0-9;]*m")


def width(line: str) -> int:
    """Return the columns of a line, by a count of its own."""
    return sum(
        0 if combining(letter) else 2 if east_asian_width(letter) in ("W", "F") else 1
        for letter in line
    )


def assert_fits(text: str) -> None:
    assert text.endswith("\n")
    too_wide = [line for line in text.splitlines() if width(line) > 80]
    assert too_wide == []


def world_of(name: str) -> Scenario:
    """Return a scenario in which a long name stands wherever one can."""
    return Scenario.model_validate(
        {
            "name": "n" * 100,
            "duration": "6 h",
            "file_systems": {
                name: {
                    "region": "us-east-1",
                    "writes": {name: poisson("1 per s", {"exponential": {"mean": "1 MiB"}})},
                }
            },
            "replications": {
                name: {
                    "source": name,
                    "destination": {"region": "us-west-2"},
                    "established": True,
                    "sync": {"setup": {"exponential": {"mean": "5 s"}}},
                }
            },
            "events": [
                {"at": "1 h", "kms_key_disabled": name, "for": "30 min"},
                {"at": "3 h", "permission_lost": name, "for": "30 min"},
                {"at": "5 h", "fail": name},
            ],
            "faults": {
                name: {"kms_key_disabled": name, "every": "10 min", "for": "10 s"},
            },
        }
    )


@pytest.fixture
def small() -> Scenario:
    stream = poisson("1 per s", {"exponential": {"mean": "1 MiB"}})
    sync = {"interval": "60 s", "setup": {"exponential": {"mean": "5 s"}}, "throughput": "20 MiB/s"}
    return scenario({"app": stream}, sync, "2 h")


# The width


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_reports_of_every_shipped_scenario_fit(file: Path) -> None:
    world = efssim.load(file)
    if world.duration > 40 * 86_400:
        world = world.with_(duration="40 days")
    result = efssim.run(world)
    text = text_report(result, COMMAND)
    assert_fits(text)
    assert_fits(estimate_report(efssim.estimate(world)))
    parts = [outcome.summary for outcome in result.outcomes.values()]
    steady = [part for part in parts if not part.syncs.diverging]
    known = [part.age.max is not None for part in steady]
    shown = 0 if are_many(result.outcomes) else sum(known)  # many are summed up
    assert text.count("share of time by age") == shown


@pytest.mark.parametrize("name", LONG)
def test_reports_with_long_and_wide_names_fit(name: str) -> None:
    world = world_of(name)
    many = world.with_({f'faults."{name}".every': "4 min"})
    for result in (efssim.run(world), efssim.run(many)):
        assert_fits(text_report(result, COMMAND))
    assert_fits(estimate_report(efssim.estimate(world)))
    trials = efssim.run_trials(world, 2, workers=1)
    assert_fits(study_text(trials, COMMAND))
    assert_fits(comparisons_report([efssim.compare(trials, trials)], COMMAND))
    path = f'replications."{name}".sync.interval'
    plan = efssim.plan(world, path, ("1 min", "2 min"), workers=1, trials=10)
    assert_fits(plan_report(plan, COMMAND))
    values: dict[str, Any] = {path: ["1 min", "2 min"], "description": [name, "short"]}
    for one_at_a_time in (False, True):
        sweep = efssim.sweep(world, values, 2, workers=1, one_at_a_time=one_at_a_time)
        assert_fits(sweep_report(sweep, "time_since_last_sync_s.mean", COMMAND))


def test_lines_break_by_columns() -> None:
    assert [columns(text) for text in ("", "ab", "名前", "広é")] == [0, 2, 4, 3]
    assert wrapped("名" * 50, indent=2) == ["名" * 40, "  " + "名" * 10]
    assert cut("名前名前", 8) == "名前名前"
    assert cut("名前名前x", 8) == "名前名…"
    assert aligned([["名前", "b"], ["c", "dd"]]) == ["  名前   b", "     c  dd"]


def test_a_command_breaks_where_a_shell_joins_it() -> None:
    lines = command_lines(COMMAND)
    assert len(lines) > 2
    script = "\n".join(lines).replace("reproduce: efssim", "printf '%s\\n'")
    said = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout
    assert said.splitlines()[-1] == "file_systems.orders.writes.oltp.size=3 MiB"
    assert len(said.splitlines()) == 4 + 2 * 4


# The bars


def even(low: float, high: float) -> Exceedance:
    """Return ages that each have the same share of the time."""
    value_s = np.linspace(low, high, 401)[1:]
    return Exceedance(value_s, 1 - np.linspace(0, 1, 401)[1:])


def bars(lines: list[str]) -> str:
    return lines[0][24:].ljust(54)


def test_bars_are_the_shares_of_the_time() -> None:
    low, high = 10.0, 1000.0
    lines = distribution(even(low, high), high, 900.0)
    start = float(even(low, high).value_s[0])
    edges = start * (high / start) ** (np.arange(55) / 54)
    shares = np.diff(np.clip((edges - low) / (high - low), 0, 1))
    shares[0] += (start - low) / (high - low)
    levels = np.ceil(shares / shares.max() * 8 - 1e-6).astype(int)
    drawn = [" ▁▂▃▄▅▆▇█".index(letter) for letter in bars(lines)]
    # A share on the border of two levels may fall to either, by the rounding of the edges.
    assert np.abs(np.array(drawn) - levels).max() <= 1
    assert (np.array(drawn) == levels).mean() > 0.9


def test_no_bar_where_no_age_is() -> None:
    assert bars(distribution(even(100, 110), 110, 1000.0)).rstrip().count(" ") == 0
    assert bars(distribution(even(100, 110), 110, 1000.0)).count(" ") > 45
    drawn = bars(distribution(even(100, 110), 110, 10.0))
    assert set(drawn[:50]) == {" "}
    assert drawn[-1] != " "


@pytest.mark.parametrize("target_s", [1.0, 11.0, 50.0, 300.0, 899.0, 1000.0, 5000.0, 1e6])
def test_the_mark_is_at_the_target(target_s: float) -> None:
    found, high = even(10, 1000), max(1000.0, target_s)
    (axis,) = distribution(found, 1000.0, target_s)[1:]
    low = min(max(float(found.value_s[0]), high / 1e4), target_s)
    place = axis[24:].index("^")
    edges = low * (high / low) ** (np.arange(55) / 54)
    assert edges[place] <= target_s * (1 + 1e-9)
    assert target_s <= edges[place + 1] * (1 + 1e-9)
    assert len(axis) <= 78
    assert "RPO target" in axis


@pytest.mark.parametrize("records", ["on", "off"])
def test_bars_need_no_records(small: Scenario, records: str) -> None:
    reports = [text_report(efssim.run(small.with_(records=kept)), "x") for kept in ("on", records)]
    found = [report[report.index("share of time") :].splitlines()[0] for report in reports]
    assert found[0] == found[1]
    assert "█" in found[0]


def test_no_bars_where_there_is_no_distribution() -> None:
    empty = Exceedance(np.empty(0), np.empty(0))
    assert distribution(empty, None, 900.0) == []
    assert distribution(Exceedance(np.array([5.0]), np.array([0.0])), 5.0, 5.0) == []


# Colours


def in_a_terminal(*arguments: str, **environment: str) -> str:
    """Return what a command writes to a terminal as its standard output."""
    pty = pytest.importorskip("pty", reason="pseudo-terminals need Unix")
    ours, theirs = pty.openpty()
    kept = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "TERM")}
    with subprocess.Popen(
        [EFSSIM, *arguments], stdout=theirs, stderr=subprocess.DEVNULL, env={**kept, **environment}
    ):
        os.close(theirs)
        content = b""
        while chunk := _read(ours):
            content += chunk
    os.close(ours)
    return content.decode().replace("\r\n", "\n")


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65_536)
    except OSError:  # Linux: the other end is closed
        return b""


def in_a_pipe(*arguments: str) -> str:
    return subprocess.run(
        [EFSSIM, *arguments], capture_output=True, check=True, env={**os.environ, "TERM": "xterm"}
    ).stdout.decode()


@pytest.fixture
def run(tmp_path: Path) -> tuple[str, ...]:
    return ("run", str(FIRST), "--set", "duration=2 days", "--quiet")


def test_a_terminal_adds_nothing_but_colours(run: tuple[str, ...]) -> None:
    plain, shown = in_a_pipe(*run), in_a_terminal(*run, TERM="xterm")
    assert "\x1b" not in plain
    assert SGR.sub("", shown) == plain
    assert "\x1b[32m\x1b[1mRPO MET\x1b[0m" in shown
    assert shown.startswith("\x1b[1mefssim: first-report\x1b[0m\n")
    assert "\x1b[2mdigest: sha256:" in shown
    assert SGR.sub("", shown.splitlines()[-1]).startswith("digest: ")


def test_a_miss_is_red(run: tuple[str, ...]) -> None:
    shown = in_a_terminal(*run, "--set", "rpo.target=30 s", TERM="xterm")
    assert "\x1b[31m\x1b[1mRPO MISSED\x1b[0m" in shown
    assert "\x1b[32m" not in shown


@pytest.mark.parametrize(
    ("environment", "has"),
    [
        ({"TERM": "xterm"}, True),
        ({}, True),
        ({"TERM": "xterm", "NO_COLOR": ""}, True),
        ({"TERM": "xterm", "NO_COLOR": "1"}, False),
        ({"TERM": "xterm", "NO_COLOR": "0"}, False),
        ({"TERM": "dumb"}, False),
    ],
)
def test_who_wants_colours(run: tuple[str, ...], environment: dict[str, str], has: bool) -> None:
    assert ("\x1b" in in_a_terminal(*run, **environment)) is has


def test_json_and_other_streams_have_no_colour(run: tuple[str, ...]) -> None:
    shown = in_a_terminal(*run, "--format", "json", TERM="xterm")
    assert shown == in_a_pipe(*run, "--format", "json")
    assert not wants_colour(StringIO(), {"TERM": "xterm"})


@pytest.mark.parametrize(
    "command",
    [
        ("estimate", str(FIRST)),
        ("run", str(FIRST), "--set", "duration=2 h", "--trials", "2", "--workers", "1", "--quiet"),
        (
            "sweep",
            str(FIRST),
            "--set",
            "duration=2 h",
            "--vary",
            "rpo.target=1min,15min",
            "--workers",
            "1",
        ),
    ],
    ids=lambda command: command[0],
)
def test_other_reports_have_the_same_text_in_colours(command: tuple[str, ...]) -> None:
    shown = in_a_terminal(*command, TERM="xterm")
    assert "\x1b[1m" in shown
    assert SGR.sub("", shown) == in_a_pipe(*command)


def test_a_verdict_is_coloured_across_lines() -> None:
    shown = coloured("efssim: x\n\nname: RPO\n  MISSED (age\n\nreproduce: a \\\n  b\ndigest: c\n")
    assert "\x1b[31m\x1b[1mRPO\x1b[0m\n\x1b[31m\x1b[1m  MISSED\x1b[0m (age" in shown
    assert "\x1b[2m  b\x1b[0m\n\x1b[2mdigest: c\x1b[0m\n" in shown


# Outputs that lack letters


def test_plain_letters_where_the_output_has_no_others(run: tuple[str, ...]) -> None:
    done = subprocess.run(
        [EFSSIM, *run], capture_output=True, env={**os.environ, "PYTHONIOENCODING": "ascii"}
    )
    assert (done.returncode, done.stderr) == (0, b"")
    text = done.stdout.decode("ascii")
    rich = in_a_pipe(*run)
    assert [len(line) for line in text.splitlines()] == [len(line) for line in rich.splitlines()]
    assert re.search(r"share of time by age  [.:=+*%#-]+", text)


def test_what_stands_for_what() -> None:
    assert encodable("± ▁█ … ≥ é", "utf-8") == "± ▁█ … ≥ é"
    assert encodable("± ▁█ … ≥ é", "ascii") == "~ .# . > ?"
    assert encodable("±", "latin-1") == "±"


# What the README shows


def test_the_readme_shows_this_report() -> None:
    done = subprocess.run(
        [EFSSIM, "run", "scenarios/first-report.yaml"], capture_output=True, cwd=ROOT, check=True
    )
    assert f"```text\n{done.stdout.decode()}```\n" in (ROOT / "README.md").read_text("utf-8")

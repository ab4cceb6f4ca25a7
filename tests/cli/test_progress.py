"""Tests of progress: what a run tells, and the bar that `efssim run` shows on a terminal."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from helpers.places import EFSSIM, SCENARIOS
from helpers.terminal import on_terminal, shown_at_the_end
from helpers.worlds import poisson, scenario

import efssim
from efssim.progress import simulated, times

FIRST = SCENARIOS / "first-report.yaml"
DISTURBED = SCENARIOS / "region-opt-out.yaml"


def busy(duration="2 h"):
    sync = {"interval": "60 s", "setup": {"exponential": {"mean": "5 s"}}, "throughput": "1 MiB/s"}
    stream = poisson("1 per s", {"exponential": {"mean": "1 MiB"}})
    return scenario({"app": stream}, sync, duration)


# What a run tells


def test_progress_goes_in_equal_steps_from_the_start_to_the_end():
    told = []
    efssim.run(busy(), on_progress=lambda *progress: told.append(progress))
    assert told == [(7200 * (step / 1000), 7200) for step in range(1000)] + [(7200, 7200)]


@pytest.mark.parametrize("world", [busy(), efssim.load(DISTURBED)], ids=["busy", "disturbed"])
def test_telling_changes_no_result(world):
    told, silent = efssim.run(world, on_progress=lambda *_: None), efssim.run(world)
    assert told.digest == silent.digest
    assert told.summary == silent.summary


def test_progress_goes_on_where_the_simulation_stands():
    told = []
    stepped = efssim.Simulation(busy())
    stepped.advance("1 h")
    stepped.advance_to_end(lambda *progress: told.append(progress))
    assert (told[0], told[1], told[-1]) == ((3600, 7200), (3603.6, 7200), (7200, 7200))
    assert stepped.result().digest == efssim.run(busy()).digest


def test_a_simulation_goes_on_after_progress_that_raised():
    def give_up(elapsed_s, _):
        if elapsed_s > 3000:
            raise KeyboardInterrupt

    stepped = efssim.Simulation(busy())
    with pytest.raises(KeyboardInterrupt):
        stepped.advance_to_end(give_up)
    assert stepped.elapsed_s == pytest.approx(3002.4)  # a product of a decimal fraction
    stepped.advance_to_end()
    assert stepped.result().digest == efssim.run(busy()).digest


def test_a_result_on_the_way_is_that_of_a_shorter_run():
    middle = []

    def look(elapsed_s, _):
        if elapsed_s == 3600:
            middle.append(stepped.result())

    stepped = efssim.Simulation(busy())
    stepped.advance_to_end(look)
    assert middle[0].digest == efssim.run(busy("1 h")).digest
    assert stepped.result().digest == efssim.run(busy()).digest


# The bar


@pytest.mark.parametrize("columns", [100, 0])
def test_a_terminal_shows_the_bar_and_is_left_clean(columns):
    code, out, err = on_terminal(FIRST, columns=columns)
    assert code == 0
    assert re.search(r" 0 %\|.*\| 0\.0 of 30 days, \?x real time, \? left", err)
    assert re.search(r"[0-9.]+ of 30 days, [0-9]\.[0-9]e[0-9]+x real time, [0-9:]+ left", err)
    assert shown_at_the_end(err) == ""
    assert out == report(FIRST).stdout


def test_quiet_shows_nothing_on_a_terminal():
    code, out, err = on_terminal(FIRST, "--quiet")
    assert (code, err) == (0, "")
    assert "reproduce" in out


def test_ctrl_c_leaves_a_clean_line():
    code, out, err = on_terminal(
        FIRST, "--set", "duration=3000 days", "--yes", interrupt=rb"\dx real time"
    )
    assert (code, out) == (130, "")
    above, _, last = err.replace("\r\n", "\n").rstrip("\n").rpartition("\n")
    assert last == "interrupted"
    assert shown_at_the_end(above) == ""


def report(*arguments):
    return subprocess.run(
        [EFSSIM, "run", *arguments], capture_output=True, text=True, check=True, timeout=60
    )


def test_no_terminal_no_bar():
    assert report(FIRST).stderr == ""


def test_without_a_terminal_nobody_waits_for_the_bar():
    code = f"""
import sys
from efssim.cli import main
sys.argv = ["efssim", "run", {str(FIRST)!r}]
main()
print("bar:", "tqdm" in sys.modules)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.splitlines()[-1] == "bar: False"


@pytest.mark.parametrize(
    ("passed_s", "whole_s", "texts"),
    [
        (86_400 * 182.5, 86_400 * 365, ("182.5", "365 days")),
        (0, 86_400 * 1.5, ("0.0", "36 h")),
        (5400, 7200, ("1.5", "2 h")),
        (90, 150, ("1.5", "2.5 min")),
        (0.25, 1.0, ("0.2", "1 s")),
    ],
)
def test_simulated_time_in_the_unit_of_the_whole(passed_s, whole_s, texts):
    assert simulated(passed_s, whole_s) == texts


def test_speed():
    assert [times(factor) for factor in (1_234_567.0, 12.0, 0.05, 0.0)] == [
        "1.2e6x", "1.2e1x", "5.0e-2x", "?x"
    ]  # fmt: skip

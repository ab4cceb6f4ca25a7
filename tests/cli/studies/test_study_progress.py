"""Tests of the progress of studies: value, trials and time left, and the estimate of long ones."""

from __future__ import annotations

import re

import pytest
from helpers.commands import INTERVAL, command, write_tiny
from helpers.terminal import on_terminal, shown_at_the_end

from efssim.cli.studies.progress import over_points
from efssim.progress import TimeEstimate, roughly


class Clock:
    """A clock that a test moves."""

    def __init__(self):
        self.now_s = 0.0

    def __call__(self):
        return self.now_s


def estimate(workers=1, unit="trials"):
    told, clock = [], Clock()
    return TimeEstimate(told.append, workers, unit, clock), clock, told


def test_a_long_study_is_told_once():
    tell, clock, told = estimate()
    tell(0, 1000)
    clock.now_s = 1.0
    tell(1, 1000)  # after a second nobody knows
    assert told == []
    clock.now_s = 4.0
    tell(4, 1000)  # a second each
    clock.now_s = 9.0
    tell(5, 1000)
    assert told == ["about 17 min left for 996 of 1,000 trials, by the time that 4 took"]


def test_a_short_study_tells_nothing():
    tell, clock, told = estimate()
    tell(0, 50)
    for done in range(1, 51):
        clock.now_s = float(done)
        tell(done, 50)
    assert told == []


def test_workers_side_by_side_are_waited_for():
    tell, clock, told = estimate(workers=4, unit="sets")
    tell(0, 100)
    clock.now_s = 100.0
    for done in range(1, 5):
        tell(done, 100)
    assert told == ["about 40 min left for 96 of 100 sets, by the time that 4 took"]


def test_trials_that_were_there_say_nothing_of_the_time():
    tell, clock, told = estimate()
    tell(900, 1000)
    clock.now_s = 10.0
    tell(901, 1000)
    assert told == ["about 16 min left for 99 of 1,000 trials, by the time that 1 took"]


def test_a_precision_that_wants_more_is_told_anew():
    tell, clock, told = estimate()
    tell(0, 10)
    clock.now_s = 20.0
    tell(2, 10)
    clock.now_s = 100.0
    tell(10, 400)
    assert told == [
        "about 80 s left for 8 of 10 trials, by the time that 2 took",
        "about 65 min left for 390 of 400 trials, by the time that 10 took",
    ]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(60, "60 s"), (90, "1.5 min"), (600, "10 min"), (5400, "1.5 h"), (4.3e5, "5 days")],
)
def test_times_are_rough(seconds, text):
    assert roughly(seconds) == text


def test_points_count_what_was_there_before():
    seen = []
    tell = over_points(2, lambda *told: seen.append(told))
    tell(0, "a", 3, 4)  # three were kept
    tell(0, "a", 4, 4)
    tell(1, "b", 0, 4)
    tell(1, "b", 4, 4)
    assert seen == [("a", 3, 8, 3), ("a", 4, 8, 3), ("b", 4, 8, 3), ("b", 8, 8, 3)]


# On a terminal


def test_a_sweep_shows_value_trials_and_time(tmp_path):
    file = write_tiny(tmp_path)
    asked = (file, "--vary", f"{INTERVAL}=20 s,1 min", "-n", "5")
    code, out, err = on_terminal(*asked, "-w", "1", name="sweep")
    assert code == 0
    assert re.search(r"interval 20 s: +\d+ %\|.*\| \d+ of 10 trials, \S+ left", err)
    assert re.search(r"interval 1 min: +\d+ %\|.*\| \d+ of 10 trials, \S+ left", err)
    assert shown_at_the_end(err) == ""
    assert out == command("sweep", *asked, "-w", 1).out
    assert on_terminal(*asked, "--quiet", "-w", "1", name="sweep") == (0, out, "")


def test_a_plan_shows_the_value_that_it_tries(tmp_path):
    file = write_tiny(tmp_path)
    asked = (file, "--vary", f"{INTERVAL}=20 s..10 min", "--rpo", "5 min", "-n", "10")
    code, out, err = on_terminal(*asked, "-w", "1", name="plan")
    assert code == 0
    assert re.search(r"20 s: +\d+ %\|.*\| \d+ of 10 trials, \S+ left", err)
    lines = err.replace("\r\n", "\n").split("\n")
    evaluations = [line for line in lines if "(search, 10 trials)" in line]
    assert all("attainment" in shown_at_the_end(line) for line in evaluations)
    assert len(evaluations) >= 5
    assert out == command("plan", *asked, "-w", 1, "--quiet").out


def test_no_terminal_no_bar(tmp_path):
    file = write_tiny(tmp_path)
    done = command("sweep", file, "--vary", f"{INTERVAL}=20 s,1 min", "-n", 2, "-w", 1)
    assert (done.code, done.err) == (0, "")

"""Ctrl-C at any moment of a study: it ends once, with 130, and what is finished is kept."""

from __future__ import annotations

import json
import os
import random  # noqa: TID251  # moments of a signal are of the real world
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from helpers.commands import INTERVAL, command, write_tiny
from helpers.places import EFSSIM

import efssim
from efssim.cli import common
from efssim.study.run.interrupts import Interrupts, ctrl_c

PACKAGE = str(Path(efssim.__file__).parent)
MAIN = str(Path(PACKAGE, "cli", "common.py"))
MOMENTS = 9

STUDIES = {
    "trials": ("run", "tiny.yaml", "-n", "6", "-w", "1", "-q"),
    "sweep": ("sweep", "tiny.yaml", "--vary", f"{INTERVAL}=20,40,60,80", "-n", "2", "-w", "1"),
    "tornado": ("sweep", "tiny.yaml", "--vary", f"{INTERVAL}=30,40", "--one-at-a-time", "-w", "1"),
    "grid": (
        *("sweep", "tiny.yaml", "--vary", f"{INTERVAL}=20,40", "-w", "1"),
        *("--vary", "replications.dr.sync.setup=1,2"),
    ),
    "plan": ("plan", "tiny.yaml", "--vary", f"{INTERVAL}=20..24", "-n", "10", "-w", "1", "-q"),
    "compare": ("run", "tiny.yaml", "other.yaml", "-n", "3", "-w", "1", "-q"),
}


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_tiny(tmp_path)
    write_tiny(tmp_path, "other", "40 s")
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class Pressing:
    """Presses Ctrl-C at a call of a function of efssim, by its name or counted from the begin."""

    def __init__(self, at=0, name=None):
        self.at, self.name, self.calls, self.begun = at, name, 0, False
        self.pressed = False

    def __enter__(self):
        self._before = sys.gettrace()
        sys.settrace(self._trace)
        return self

    def __exit__(self, *_):
        sys.settrace(self._before)  # of coverage, which would else see no later test

    def _trace(self, frame, _event, _arg):
        code = frame.f_code
        if code.co_filename.startswith(PACKAGE):
            self.begun = self.begun or (code.co_filename == MAIN and code.co_name == "_told")
            self.calls += self.begun
            if self.begun and (self.calls == self.at or code.co_name == self.name):
                self.name, self.pressed = None, True
                signal.raise_signal(signal.SIGINT)


def whole_and_calls(arguments):
    """Return what a command prints undisturbed, and how many calls it makes."""
    assert command(*arguments).code == 0  # modules are imported, caches are full
    with Pressing() as counted:
        whole = command(*arguments)
    assert whole.code == 0
    return whole.out, counted.calls


@pytest.mark.parametrize("name", STUDIES)
def test_a_press_at_any_moment_ends_a_study_once(name):
    arguments = STUDIES[name]
    whole, calls = whole_and_calls(arguments)
    seen = set()
    for moment in range(MOMENTS):
        at = 1 + moment * (calls - 2) // (MOMENTS - 1)
        with Pressing(at) as pressing:
            done = command(*arguments)
        # The number of calls varies a little, with caches: the last moment may not come.
        expected = (130, "\ninterrupted\n") if pressing.pressed else (0, "")
        assert (done.code, done.err) == expected, at
        assert pressing.pressed or moment == MOMENTS - 1
        kind = "none" if not done.out else "whole" if done.out == whole else "partial"
        assert kind != "partial" or done.out.startswith("PARTIAL: interrupted after "), at
        seen.add(kind)
    assert {"none", "whole"} <= seen, seen


@pytest.mark.parametrize("name", ["trials", "sweep", "plan", "compare"])
def test_what_is_finished_is_written_and_said_to_be_partial(name):
    arguments = [*STUDIES[name], "--format", "json", "--out", "out", "--quiet"]
    arguments = list(dict.fromkeys(arguments)) if "-q" not in arguments else arguments[:-1]
    found = None
    _, calls = whole_and_calls(arguments)
    for share in (0.15, 0.25, 0.5, 0.3, 0.1, 0.2, 0.7, 0.8):
        with Pressing(int(share * calls)):
            done = command(*arguments)
        assert done.code == 130
        found = json.loads(done.out) if done.out else None
        if found and found["partial"]:
            break
    assert found is not None
    assert found["partial"] is True
    if name == "trials":
        assert 0 < found["trials"] < 6
        assert json.loads(Path("out/summary.json").read_text()) == found
    elif name == "sweep":
        assert 0 < len(found["points"]) < 4
        assert json.loads(Path("out/sweep.json").read_text()) == found
        assert "PARTIAL: interrupted after" in Path("out/report.html").read_text()
    elif name == "plan":
        assert found["outcome"] == "undecided" or found["what_if"] == []
        assert found["answer"] is None or found["outcome"] == "found"
        assert json.loads(Path("out/plan.json").read_text()) == found
        assert "PARTIAL: interrupted after" in Path("out/report.html").read_text()
    else:
        assert found["comparisons"] or found["trials"]["scenario"] == "tiny"
    assert not list(Path().glob(".*"))


def test_a_plan_without_its_answer_claims_none():
    arguments = STUDIES["plan"]
    _, calls = whole_and_calls(arguments)
    with Pressing(calls // 4):
        done = command(*arguments)
    assert re.match(r"PARTIAL: interrupted after \d+ evaluations?\nefssim plan: tiny\n", done.out)
    text = " ".join(done.out.split())
    assert f"No value of {INTERVAL} from 20 s to 24 s was shown to meet the objective" in text
    assert "of at least" not in text
    assert "of at most" not in text


@pytest.mark.parametrize("name", ["trials", "sweep", "plan", "compare"])
def test_the_second_press_stops_at_once(name, monkeypatch):
    """The first comes during the study, the second while what is finished is about to be shown."""
    arguments = STUDIES[name]
    _, calls = whole_and_calls(arguments)
    shown = []

    def press_again(*_):
        shown.append(True)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(common, "show", press_again)
    for share in (0.3, 0.6):
        with Pressing(int(share * calls)):
            done = command(*arguments)
        assert (done.code, done.out, done.err) == (130, "", "\ninterrupted\n")
    assert shown
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_press_while_files_are_written_leaves_whole_files():
    arguments = ("run", "tiny.yaml", "-o", "out", "-q")
    whole, _ = whole_and_calls(arguments)
    for name in ("write_drawing", "write_csv"):
        with Pressing(name=name):
            done = command(*arguments)
        assert (done.code, done.out) == (130, whole)
        assert Path("out/manifest.json").exists()
    assert not list(Path().glob(".*"))


def test_one_owner_around_another():
    with ctrl_c() as outer:
        with ctrl_c() as inner, inner.held():
            assert inner is outer
            signal.raise_signal(signal.SIGINT)
        assert outer.presses == 1
        assert not outer.stops_at_once
        with pytest.raises(KeyboardInterrupt):
            outer.check()
        with pytest.raises(KeyboardInterrupt), outer.allowed():
            pass
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_thread_has_no_owner_of_the_main_one():
    found = []

    def inside():
        with ctrl_c() as mine:
            found.append(mine)

    with ctrl_c() as outer:
        thread = threading.Thread(target=inside)
        thread.start()
        thread.join()
    assert found != [outer]


def test_one_that_a_callback_swallows_is_noted():
    with ctrl_c() as owner, owner.allowed():

        class Falling:
            def __del__(self):
                signal.raise_signal(signal.SIGINT)

        held = Falling()
        del held
        with pytest.raises(KeyboardInterrupt):
            owner.check()


def test_where_it_is_ignored_it_stays_so():
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with Interrupts() as owner:
        signal.raise_signal(signal.SIGINT)
        owner.check()
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_a_press_while_a_class_is_made(monkeypatch):
    """As modules are loaded; Python 3.11 tells it as a RuntimeError."""

    class Pressed:
        def __set_name__(self, owner, name):
            raise KeyboardInterrupt

    def loading(**_):
        type("Made", (), {"field": Pressed()})

    monkeypatch.setattr(sys.modules["efssim.cli.main"], "cli", loading)
    done = command("run", "tiny.yaml")
    assert (done.code, done.out, done.err) == (130, "", "interrupted\n")


def begun(*arguments):
    return subprocess.Popen(
        [EFSSIM, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def press(process):
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does, to the workers as well


@pytest.mark.parametrize("presses", [1, 2])
def test_workers_end_with_the_study(presses):
    process = begun("run", "tiny.yaml", "-n", "100000", "-w", "2", "--resume", "kept")
    while not Path("kept/trials.jsonl").exists():
        threading.Event().wait(0.05)
    for _ in range(presses):
        press(process)
        threading.Event().wait(0.005)
    out, err = process.communicate(timeout=60)
    estimate = "about .* left for .* trials, by the time that 2 took\n"  # if they were fast enough
    assert re.fullmatch(rf"({estimate})?\ninterrupted\n", err)
    assert process.returncode == 130
    assert out.startswith("PARTIAL") if presses == 1 else not out or out.startswith("PARTIAL")


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize("name", ["trials", "sweep", "plan", "compare"])
def test_a_press_at_a_random_moment(name, workers):
    arguments = [workers if before == "-w" else x for before, x in pairs(STUDIES[name])]
    arguments += ["--set", "duration=2 h"]
    drawn = random.Random(f"{name} {workers}")
    for _ in range(20):
        process = begun(*arguments)
        try:
            process.wait(0.5 + 3 * drawn.random())  # Python has started by then
        except subprocess.TimeoutExpired:
            press(process)
        out, err = process.communicate(timeout=60)
        if process.returncode:
            # After its end, Python itself may be what a signal ends.
            assert process.returncode in (130, -signal.SIGINT)
            assert err in ("\ninterrupted\n", "interrupted\n", "")
        assert not out or out.endswith("\n")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_two_presses_at_random_moments_of_workers(seed):
    drawn = random.Random(seed)
    for turn in range(25):
        kept = Path(f"kept{seed}-{turn}")
        process = begun("run", "tiny.yaml", "-n", "100000", "-w", "2", "-q", "--resume", kept)
        while not (kept / "trials.jsonl").exists():
            threading.Event().wait(0.02)
        threading.Event().wait(0.5 * drawn.random())
        for _ in range(2):
            press(process)
            threading.Event().wait(0.1 * drawn.random() ** 3)
        out, err = process.communicate(timeout=60)
        assert (err, process.returncode) == ("\ninterrupted\n", 130)
        assert not out or out.startswith("PARTIAL")


def pairs(words):
    return zip(("", *words), words, strict=False)

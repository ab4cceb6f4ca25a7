"""Tests of `--resume DIR` of sweeps, plans and comparisons: what was killed ends with its bytes."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path

import numpy as np
import pytest
from helpers.commands import INTERVAL, command, write_tiny
from helpers.folders import contents
from helpers.places import EFSSIM

from efssim import cli
from efssim.study.run.executors import Workers

STUDIES = {
    "trials": ("run", "tiny.yaml", "-n", "12"),
    "comparison": ("run", "tiny.yaml", "other.yaml", "-n", "6"),
    "sweep": ("sweep", "tiny.yaml", "--vary", f"{INTERVAL}=20 s,30 s,1 min", "-n", "4"),
    "choice": (
        *("choose", "tiny.yaml", "other.yaml", "-n", "10", "--measure", "write_lag_s.mean"),
        *("--best", "least", "--indifference", "1 s", "--budget", "30"),
    ),
    "plan": ("plan", "tiny.yaml", "--vary", f"{INTERVAL}=20 s..5 min", "-n", "10"),
}
ONE = ("--workers", "1")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_tiny(tmp_path)
    write_tiny(tmp_path, "other", "40 s")
    return tmp_path


def file_of(name):
    return Path("kept", f"{name}.jsonl")


@pytest.mark.parametrize("name", STUDIES)
def test_a_study_goes_on_from_any_byte(folder, name):
    whole = command(*STUDIES[name], *ONE)
    first = command(*STUDIES[name], *ONE, "--resume", "kept")
    assert (first.code, first.out) == (whole.code, whole.out)
    kept = file_of(name).read_bytes()
    assert kept.count(b"\n") > 10
    draws = np.random.default_rng(5)
    for cut in [1, *draws.integers(2, len(kept), 2).tolist()]:
        file_of(name).write_bytes(kept[:cut])
        again = command(*STUDIES[name], *ONE, "--resume", "kept")
        assert (again.code, again.out) == (whole.code, whole.out), cut
        assert sorted(file_of(name).read_bytes().split(b"\n")) == sorted(kept.split(b"\n"))


@pytest.mark.parametrize("name", STUDIES)
def test_a_complete_study_runs_nothing_again(folder, name, monkeypatch):
    first = command(*STUDIES[name], *ONE, "--resume", "kept")
    from efssim.study.trial import outcome

    monkeypatch.setattr(outcome, "MeasuredWorld", None)  # which a trial needs
    assert command(*STUDIES[name], *ONE, "--resume", "kept").answer == first.answer


def test_more_trials_take_up_those_that_are_there(folder):
    *study, _, _ = STUDIES["sweep"]
    command(*study, "-n", 3, *ONE, "--resume", "kept")
    more = command(*study, "-n", 5, *ONE, "--resume", "kept")
    assert more.answer == command(*study, "-n", 5, *ONE).answer


@pytest.mark.parametrize("name", ["comparison", "choice", "sweep", "plan"])
@pytest.mark.parametrize("other", ["seed", "scenario", "version", "values", "text"])
def test_another_study_in_the_folder_is_refused(folder, name, other):
    command(*STUDIES[name], *ONE, "--resume", "kept")
    study = [*STUDIES[name], *ONE, "--resume", "kept", "-o", "out"]
    before = file_of(name).read_bytes()
    if other == "seed":
        study += ["--seed", "9"]
    elif other == "scenario":
        study += ["--set", "warm_up=2 min"]
    elif other == "values":
        study = [word.replace("20 s", "21 s").replace("other", "third") for word in study]
        write_tiny(folder, "third", "41 s")
    elif other == "version":
        before = before.replace(b'"efssim":"', b'"efssim":"0')
    else:
        before = b"something else\n"
    file_of(name).write_bytes(before)
    done = command(*study)
    assert (done.code, done.out) == (2, "")
    assert f"{file_of(name)}: " in done.err
    assert done.err.endswith("; name another folder\n")
    assert file_of(name).read_bytes() == before
    assert not Path("out").exists()


@pytest.mark.parametrize("name", STUDIES)
def test_a_file_is_no_folder(folder, name):
    done = command(*STUDIES[name], "--resume", "tiny.yaml")
    assert (done.code, done.out) == (2, "")
    assert "tiny.yaml is a file, not a folder for --resume" in done.err


def test_studies_of_other_kinds_share_a_folder(folder):
    for name, study in STUDIES.items():
        assert command(*study, *ONE, "--resume", "kept").code == 0
        assert file_of(name).exists()


def test_a_plan_over_parameter_sets_refuses_it(folder):
    prior = "{uniform: {low: 20 s, high: 40 s}}"
    text = f"{Path('tiny.yaml').read_text()}uncertain: {{{INTERVAL}: {prior}}}\n"
    Path("unknown.yaml").write_text(text)
    vary = "replications.dr.sync.throughput=1MiB/s..9MiB/s"
    done = command("plan", "unknown.yaml", "--vary", vary, "--resume", "kept")
    assert (done.code, done.out) == (2, "")
    assert "--resume does not go with parameters that are not known" in done.err


# Killed


def begun(*arguments, printed="printed"):
    """Run a command in a fork of this process, which has all modules; return its id."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads, which the child has not
        child = os.fork()
    if child:
        return child
    code = 70
    try:  # from here on in the child, which must not come back into the test
        nothing = Path(os.devnull)
        with Path(printed).open("w", encoding="utf-8") as out, nothing.open("w") as nowhere:
            sys.stdout, sys.stderr, sys.argv = out, nowhere, ["efssim", *map(str, arguments)]
            try:
                cli.main()
                code = 0
            except SystemExit as ended:
                code = ended.code or 0
    finally:
        os._exit(code)


def ended(child):
    """Wait for a command; return its exit code."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed(child, after_s):
    """Kill a command at a moment, unless it ends before; return whether it was killed."""
    until_s = time.perf_counter() + after_s
    while time.perf_counter() < until_s:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            assert os.waitstatus_to_exitcode(status) == 0
            return False
        threading.Event().wait(0.002)
    os.kill(child, signal.SIGKILL)
    return ended(child) == -signal.SIGKILL


def kill_and_resume(study, kills, seed):
    """Kill a study at random moments, resume it each time, and compare it with a whole one."""
    assert ended(begun(*study, *ONE, "-o", "whole", printed="expected")) == 0
    began_s = time.perf_counter()
    assert ended(begun(*study, *ONE)) == 0
    whole_s = time.perf_counter() - began_s
    expected, draws, rounds = contents("whole"), np.random.default_rng(seed), 0
    assert expected
    while kills or not rounds:
        shutil.rmtree("kept", ignore_errors=True)
        shutil.rmtree("out", ignore_errors=True)
        resumed = (*study, *ONE, "--resume", "kept")
        while kills:
            out = ("-o", "out") * (draws.random() < 0.2)  # most of the time is that of files
            if not killed(begun(*resumed, *out), draws.uniform(0, whole_s)):
                break
            kills -= 1
        assert ended(begun(*resumed, "-o", "out")) == 0
        assert Path("printed").read_bytes() == Path("expected").read_bytes()
        assert contents("out") == expected
        rounds += 1
    assert not list(Path().glob(".out*"))  # files of killed writers


def test_killed_and_resumed(folder):
    kill_and_resume(STUDIES["sweep"], 2, seed=2)


@pytest.mark.slow
@pytest.mark.parametrize("name", STUDIES)
def test_killed_at_50_random_moments_and_resumed(folder, name):
    more = {"trials": 120, "comparison": 40, "sweep": 30, "plan": 20, "choice": 30}[name]
    study = list(STUDIES[name])
    study[study.index("-n") + 1] = str(more)
    kill_and_resume(study, 50, seed=3)


@pytest.mark.slow
def test_killed_with_its_workers_and_resumed(folder):
    """With two workers, whose trials are complete in any order."""
    study = ("run", "tiny.yaml", "-n", "300", "--workers", "2", "-o", "out")
    whole = command("run", "tiny.yaml", "-n", 300, *ONE, "-o", "whole").out
    draws = np.random.default_rng(4)
    for _ in range(8):
        process = subprocess.Popen(
            [EFSSIM, *study, "--resume", "kept"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=draws.uniform(1.0, 6.0))
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert command(*study, "--resume", "kept").answer == whole
    assert contents("out") == contents("whole")


@pytest.mark.slow
def test_a_part_killed_at_50_random_moments(folder):
    study = ("run", "tiny.yaml", "-n", "200", *ONE)
    draws, kills = np.random.default_rng(4), 0
    part = (*study, "--part", "1/2", "-o", "part-1")
    began_s = time.perf_counter()
    assert ended(begun(*part)) == 0
    whole_s = time.perf_counter() - began_s
    while kills < 50:
        shutil.rmtree("part-1", ignore_errors=True)
        while kills < 50 and killed(begun(*part), draws.uniform(0, whole_s)):
            kills += 1
        assert ended(begun(*part)) == 0
    assert command(*study, "--part", "2/2", "-o", "part-2").code == 0
    whole = command(*study, "-o", "whole")
    merged = command("merge", "part-2", "part-1", "-o", "merged")
    assert (merged.code, merged.out) == (whole.code, whole.out)
    assert contents("merged") == contents("whole")


def test_the_header_names_what_trials_depend_on(folder):
    command(*STUDIES["plan"], *ONE, "--resume", "kept")
    header = json.loads(file_of("plan").read_text().split("\n", 1)[0])
    assert header["study"] == "plan"
    assert (header["vary"], header["low"], header["high"]) == (INTERVAL, 20.0, 300.0)


@pytest.mark.parametrize("name", ["trials", "sweep"])
def test_a_changed_digit_is_named_and_never_believed(folder, name):
    assert command(*STUDIES[name], *ONE, "--resume", "kept").code == 0
    kept = file_of(name).read_bytes()
    at = kept.index(b'"mean":', kept.index(b"\n")) + 7
    file_of(name).write_bytes(kept[:at] + bytes([kept[at] ^ 1]) + kept[at + 1 :])
    damaged = file_of(name).read_bytes()
    again = command(*STUDIES[name], *ONE, "--resume", "kept")
    assert (again.code, again.out) == (2, "")
    assert again.err.startswith(f"{file_of(name)}:2: this line is not as it was written")
    assert file_of(name).read_bytes() == damaged


def test_lines_that_changed_places_are_still_those_that_were_written(folder):
    whole = command(*STUDIES["trials"], *ONE, "--resume", "kept")
    first, *lines = file_of("trials").read_bytes().splitlines(keepends=True)
    file_of("trials").write_bytes(first + b"".join(reversed(lines)))
    assert command(*STUDIES["trials"], *ONE, "--resume", "kept").answer == whole.answer


def test_workers_beyond_what_an_int_of_c_counts():
    assert Workers(workers=10**400).count == 10_000
    assert Workers(workers=3).count == 3

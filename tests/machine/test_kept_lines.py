"""Kept trials that were changed, and two processes with one folder for them."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from helpers.commands import command
from helpers.places import EFSSIM

STUDY = ("run", "tiny.yaml", "-n", "5", "--workers", "1")
FILE = Path("kept/trials.jsonl")


@pytest.mark.parametrize("times", [1, pytest.param(40, marks=pytest.mark.slow)])
def test_a_line_that_was_changed_is_named_and_never_taken(folder, times):
    whole = command(*STUDY, "--resume", "kept")
    kept = FILE.read_bytes()
    lines = kept.splitlines(keepends=True)
    draws = np.random.default_rng(70)
    for at in draws.integers(len(lines[0]), len(kept) - 1, times).tolist():
        changed = bytes([kept[at] ^ int(draws.integers(1, 256))])
        FILE.write_bytes(kept[:at] + changed + kept[at + 1 :])
        done = command(*STUDY, "--resume", "kept")
        assert (done.code, done.out) == (2, ""), at
        number = 1 + kept[:at].count(b"\n")
        assert done.err.startswith(f"{FILE}:{number}: this line is not as it was written"), at
    FILE.write_bytes(b"".join([*lines[:2], *lines[3:]]))  # without the line, as it says
    again = command(*STUDY, "--resume", "kept")
    assert (again.code, again.out) == (whole.code, whole.out)
    assert sorted(FILE.read_bytes().splitlines()) == sorted(kept.splitlines())


def test_a_second_process_is_refused_while_the_first_writes(folder):
    whole = command(*STUDY, "--resume", "kept")
    with FILE.open("rb") as held:
        import fcntl

        fcntl.flock(held, fcntl.LOCK_EX)
        done = command(*STUDY, "--resume", "kept")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"{FILE}: another process is writing to it")
    assert command(*STUDY, "--resume", "kept").answer == whole.answer


@pytest.mark.slow
def test_two_processes_at_once(folder):
    """Each is refused, or prints the bytes of the study alone; the file has each trial once."""
    study = ("run", "tiny.yaml", "-n", "60", "--workers", "1")
    whole = command(*study).out
    refused = 0
    for _ in range(10):
        shutil.rmtree("kept", ignore_errors=True)
        started = [
            subprocess.Popen(
                [EFSSIM, *study, "--resume", "kept", "-o", "out"],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(2)
        ]
        for process in started:
            out, err = process.communicate(timeout=300)
            assert process.returncode in (0, 2), err
            if process.returncode == 0:
                assert out == whole
            else:
                refused += 1
                assert err.startswith(f"{FILE}: another process "), err
        assert command(*study, "--resume", "kept").answer == whole
        assert FILE.read_bytes().count(b"\n") == 61
    print(f"\n{refused} of 20 processes were refused")

"""A fault at every file operation of a command: killed there, refused there, full from there on.

A folder with results then has the earlier ones or the new ones, whole. After a kill it may have
neither, and no manifest that says it has; the next run ends as if nothing had happened.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path

import pytest
from helpers.faults import FAILS, FULL, KILLED, Fault, Faults, done, ended, forked, leftovers
from helpers.folders import contents
from helpers.tried import COMMANDS, Tried, warm

from efssim.report.files.folders import refuse_folder, staged


def written(content, fault=None):
    """Write a result of two files in a fork, with a fault; return its exit code."""

    def write():
        Faults(Path.cwd(), fault, os.open(os.devnull, os.O_WRONLY)).install()
        try:
            with staged(Path("out")) as staging:
                (staging / "summary.json").write_text(content)
                (staging / "manifest.json").write_text(json.dumps({"efssim": content}))
        except OSError as error:
            sys.exit(2 if error.filename == "out" else 3)

    return ended(forked(write))


def test_a_result_is_whole_after_any_operation(work):
    """Killed at each of them, and on a disk that is full from each of them on."""
    assert written("1") == 0
    first = contents("out")
    assert written("2") == 0
    second = contents("out")
    for at in range(1, 60):
        shutil.rmtree("out")
        assert written("1") == 0
        full = written("2", Fault(FULL, at))
        assert contents("out") == (first if full else second), at
        code = written("2", Fault(KILLED, at))
        found = contents("out")
        assert found in (first, second) or "manifest.json" not in found, at
        refuse_folder(Path("out"))  # as the next run does before anything else
        assert contents("out") in (first, second)
        assert not leftovers(), at
        if code == 0:  # there are no more
            break
    assert at > 10
    assert full == 0


@pytest.mark.slow
@pytest.mark.parametrize("kind", [KILLED, FAILS, FULL])
@pytest.mark.parametrize("name", COMMANDS)
def test_each_operation(work, name, kind):
    warm()
    tried = Tried(name)
    count = len(done(*tried.words).operations)
    tried.afresh()
    assert count > 3
    for at in range(1, count + 1):
        tried.fault(kind, at)
    print(f"\n{name}: {kind} at each of {count} file operations")

"""Workers that are killed, commands that are killed with or without them, and no orphans."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from helpers.commands import INTERVAL, command, write_tiny
from helpers.folders import contents
from helpers.places import EFSSIM
from helpers.serving import served

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc here"),
]
TWO = ("--workers", "2")
STUDIES = {
    "trials": ("run", "tiny.yaml", "-n", "400", *TWO),
    "sweep": ("sweep", "tiny.yaml", "--vary", f"{INTERVAL}=20 s,1 min", "-n", "200", *TWO),
    "plan": ("plan", "tiny.yaml", "--vary", f"{INTERVAL}=20 s..5 min", "-n", "40", *TWO),
}
KILLS = 25
"""Of each study here; forks of a process with all modules try more moments."""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_tiny(tmp_path)
    Path("tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    return tmp_path


def of_session(number):
    """Return the processes of a session that are alive."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, _, session = stat.read_text().rpartition(")")[2].split()[:4]
            if int(session) == number and state != "Z":
                found.append(int(stat.parent.name))
    return found


def started(*words):
    return subprocess.Popen(
        [EFSSIM, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_for_none(session):
    until_s = time.perf_counter() + 30
    while of_session(session):
        assert time.perf_counter() < until_s, "orphans"
        threading.Event().wait(0.05)


@pytest.mark.parametrize("name", STUDIES)
def test_a_parent_that_is_killed_leaves_no_process_and_resumes(folder, name):
    study = STUDIES[name]
    begin_s = time.perf_counter()
    whole = command(*study, "-o", "whole")
    whole_s = time.perf_counter() - begin_s
    assert whole.code == 0
    draws = np.random.default_rng(71)
    for _ in range(KILLS):
        process = started(*study, "--resume", "kept", "-o", "out")
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=draws.uniform(0.2, 1.5 * whole_s))
        process.kill()
        process.communicate()
        wait_for_none(process.pid)
        if draws.random() < 0.3:
            shutil.rmtree("kept", ignore_errors=True)
    again = command(*study, "--resume", "kept", "-o", "out")
    assert (again.code, again.out) == (0, whole.out)
    assert contents("out") == contents("whole")
    assert not list(Path().glob(".*"))
    assert not list(Path("tmp").glob("pymp-*"))


def test_a_worker_that_is_killed_costs_nothing(folder):
    study = STUDIES["trials"]
    whole = command(*study).out
    draws = np.random.default_rng(72)
    for _ in range(5):
        process = started(*study, "--resume", "kept")
        threading.Event().wait(draws.uniform(1.5, 4.0))
        others = sorted(set(of_session(process.pid)) - {process.pid})
        if others:
            with contextlib.suppress(ProcessLookupError):
                os.kill(others[-1], signal.SIGKILL)
        out, err = process.communicate(timeout=300)
        assert process.returncode in (0, 2, 3), err
        assert "Traceback" not in err
        if process.returncode == 0:
            assert out == whole
        wait_for_none(process.pid)
        assert command(*study, "--resume", "kept").answer == whole
        shutil.rmtree("kept", ignore_errors=True)


def test_a_server_that_is_killed_leaves_its_port(folder):
    with served(folder, "--step") as first:
        port = first.port
        answer = first.advance("5 min")
        first.process.kill()
        first.process.communicate()
    process = started("serve", "s.yaml", "--step", "--port", str(port))
    try:
        assert f":{port}" in process.stderr.readline()
        first.process = process  # at the same port
        assert first.advance("5 min") == answer
    finally:
        process.kill()
        process.communicate()

"""Two hundred kills of each command, at moments that nobody chose.

What a killed command leaves is the earlier result or the new one, or says of itself that it is
none; whoever types the command once more gets the bytes of a run that nobody disturbed.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from helpers.faults import begun, done, ended, leftovers, said
from helpers.folders import contents
from helpers.places import EFSSIM
from helpers.serving import Serving, served
from helpers.tried import COMMANDS, Tried, warm

pytestmark = pytest.mark.slow
KILLS = 200
VANISHED = 60
MOST = 6 * KILLS
"""Tries at most: some commands end before the moment comes."""
OFTEN = 0.5
"""How often the next command is the last one, which is then let run to its end."""


@pytest.mark.parametrize("name", COMMANDS)
def test_a_kill_loses_nothing(work, name):
    """Kills follow each other on what the last one left, or a whole run does."""
    warm()
    tried = Tried(name)
    begin_s = time.perf_counter()
    tried.require_again()
    whole_s = time.perf_counter() - begin_s
    tried.afresh()
    draws = np.random.default_rng(73)
    kills = 0
    for _ in range(MOST):
        kills += tried.kill(draws.uniform(0.0, 1.1 * whole_s))
        if draws.random() < OFTEN:
            tried.require_again()
            tried.afresh()
        if kills == KILLS:
            break
    tried.require_again()
    assert kills == KILLS, f"{kills} in {MOST} tries"
    print(f"\n{name}: {kills} kills within {whole_s:.2f} s")


def test_a_folder_that_vanishes_is_named(work):
    """Removed by somebody else while the command runs, with the folder above it."""
    warm()
    begin_s = time.perf_counter()
    whole = done("run", "tiny.yaml", "-o", "there/out")
    whole_s = time.perf_counter() - begin_s
    after = contents("there/out")
    draws = np.random.default_rng(75)
    refused = 0
    for _ in range(VANISHED):
        shutil.rmtree("there", ignore_errors=True)
        Path("there/out").mkdir(parents=True)
        child = begun("run", "tiny.yaml", "-o", "there/out")
        threading.Event().wait(draws.uniform(0.0, 1.1 * whole_s))
        Path("there").rename("elsewhere")  # at one instant, unlike the removal of many files
        code, (out, err) = ended(child), said()
        shutil.rmtree("elsewhere")
        assert code in (0, 2), err
        assert out in (whole.out, ""), out
        if code == 2:
            refused += 1
            assert err.splitlines()[-1].startswith("there"), err
        assert contents("there") in ({}, {f"out/{name}": text for name, text in after.items()})
        assert not leftovers()
    assert refused, "no folder vanished in time"
    print(f"\n{refused} of {VANISHED} were refused")


def test_a_killed_server_leaves_no_file_and_its_port(work):
    """Killed while calls are under way; the next one answers as the first did, from the begin."""
    with served(work, "--step") as serving:
        port, answers = serving.port, [serving.advance("5 min") for _ in range(20)]
    before = contents(".")
    draws = np.random.default_rng(74)
    for _ in range(KILLS):
        process = subprocess.Popen(
            [EFSSIM, "serve", "s.yaml", "--step", "--port", str(port), "-q"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        again = Serving(process)
        timer = threading.Timer(draws.uniform(0.0, 0.1), os.kill, (process.pid, signal.SIGKILL))
        timer.start()
        told = []
        try:
            told.extend(again.advance("5 min") for _ in answers)
        except OSError:  # the connection ended
            assert process.wait(20) == -signal.SIGKILL
        timer.join()
        process.communicate()
        assert told == answers[: len(told)]
        assert contents(".") == before

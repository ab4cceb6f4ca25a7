"""Tests of studies in the processes that users start, and in scripts of any origin."""

from __future__ import annotations

import multiprocessing
import subprocess
import sys
from multiprocessing import get_all_start_methods

import pytest
from helpers.places import SCENARIOS

import efssim
from efssim.errors import StateError
from efssim.study.run.executors import Workers

LOADED = f"""
import multiprocessing as mp, os, sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.util import get_temp_dir
import efssim

def study(seed, workers=2):
    world = efssim.load({str(SCENARIOS / "first-report.yaml")!r})
    return efssim.run_trials(world, 6, seed=seed, workers=workers).digest
"""


def ended(script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Return how a script ended; without arguments it comes from standard input."""
    return subprocess.run(
        [sys.executable, *(arguments or ["-"])],
        input=None if arguments else script,
        capture_output=True,
        text=True,
        timeout=600,
    )


@pytest.fixture(scope="module")
def digest() -> str:
    world = efssim.load(SCENARIOS / "first-report.yaml")
    return efssim.run_trials(world, 6, seed=1, workers=1).digest


@pytest.mark.parametrize(
    ("method", "first"),
    [*((each, "a study") for each in get_all_start_methods()), ("spawn", "a manager")],
)
def test_a_child_leaves_its_parent_what_it_needs(tmp_path, digest, method, first):
    script = tmp_path / "script.py"
    script.write_text(
        LOADED
        + f"""
if __name__ == "__main__":
    manager = mp.Manager() if {first!r} == "a manager" else None
    if manager is None:
        study(1)
    folder = get_temp_dir()
    for _ in range(2):  # the processes of the first have ended by the second
        with ProcessPoolExecutor(1, mp_context=mp.get_context({method!r})) as pool:
            print(pool.submit(study, 1).result())
    print(study(1))
    assert os.path.isdir(folder)
    assert manager is None or dict(manager.dict(a=1)) == {{"a": 1}}
"""
    )
    done = ended("", str(script))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == [digest] * 3


def test_a_script_may_come_from_standard_input(digest):
    done = ended(f"{LOADED}\nprint(study(1))\nprint(__file__)")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == [digest, "<stdin>"]


def test_a_daemonic_process_is_its_own_only_worker(tmp_path, digest):
    script = tmp_path / "script.py"
    script.write_text(
        LOADED
        + """
if __name__ == "__main__":
    with mp.Pool(1) as pool:
        print(pool.apply(study, (1, None)))
        try:
            pool.apply(study, (1, 2))
        except efssim.StateError as error:
            print(error)
"""
    )
    done = ended("", str(script))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        digest,
        "a daemonic process, as one of multiprocessing.Pool, may start no workers; with 1 worker "
        "all runs in one process",
    ]


def test_workers_of_a_daemonic_process(monkeypatch):
    monkeypatch.setitem(vars(multiprocessing.current_process())["_config"], "daemon", True)
    assert Workers().count == Workers(None, 1).count == 1
    with pytest.raises(StateError, match="daemonic"):
        Workers(None, 2)

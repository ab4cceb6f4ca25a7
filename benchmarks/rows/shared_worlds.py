"""Rows of values that share a world, beside separate runs and an earlier version: row 14."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from time import process_time

import efssim
from benchmarks.rows.row import ROOT, Row, command
from benchmarks.timing import ENVIRONMENT, Work, cpu_of_commands
from benchmarks.works import busy
from efssim.study.planning.evaluation import READS
from efssim.study.run.shared import runner
from efssim.study.varying.space import with_value

BEFORE = "73589b6"
"""The last commit at which each value of a plan had worlds of its own."""

_PATH = "replications.dr.sync.throughput"
_VALUES = [f"{rate} MB/s" for rate in range(100, 230, 10)]
_DAYS = 30
_PLAN = ("plan", "scenarios/measured.yaml", "--vary", f"{_PATH}=5MiB/s..500MiB/s", "-w", "1")


def cpu(work: Work) -> float:
    """Return the seconds of CPU that a call takes in this process."""
    begin_s = process_time()
    work()
    return process_time() - begin_s


def rows() -> list[Row]:
    """Return the rows of values that share a world."""
    whole = [sys.executable, "-m", "efssim", *_PLAN]
    return [
        Row(
            "14",
            "13 throughputs of 30 days, as plan / a trial",
            _planned,
            _trial,
            1,
            False,
            1.6,
            1.2,
            cpu,
        ),
        Row(
            "14",
            "the same as sweep, every number / a trial",
            _swept,
            _trial,
            1,
            False,
            1.6,
            1.2,
            cpu,
        ),
        Row(
            "14",
            f"plan measured.yaml / at {BEFORE}",
            command(*whole),
            _earlier(*whole),
            1,
            False,
            0.45,
            0.1,
            cpu_of_commands,
        ),
    ]


@cache
def _scenario() -> efssim.Scenario:
    return busy(_DAYS, records="off")


def _trial() -> object:
    return efssim.run_trials(_scenario(), 1, seed=0, workers=1)


def _planned() -> None:
    """Evaluate 13 values as a plan does, which reads the age."""
    with runner(None, 1) as made:
        for value in _VALUES:
            made.run(with_value(_scenario(), _PATH, value), 1, 0, READS)


def _swept() -> object:
    return efssim.sweep(_scenario(), {_PATH: _VALUES}, 1, seed=0, workers=1)


def _earlier(*arguments: str) -> Work:
    """Return a command as a whole process of the earlier version."""
    return lambda: subprocess.run(
        arguments,
        cwd=ROOT,
        env={**ENVIRONMENT, "PYTHONPATH": str(_tree()), "PYTHONSAFEPATH": "1"},
        check=True,
        capture_output=True,
    )


@cache
def _tree() -> Path:
    """Return a folder with the earlier version; raise CalledProcessError without its commit."""
    held = tempfile.TemporaryDirectory(prefix="before-")
    _HELD.append(held)
    archive = ["git", "-C", str(ROOT), "archive", BEFORE, "efssim"]
    packed = subprocess.run(archive, check=True, capture_output=True)
    subprocess.run(["tar", "-x", "-C", held.name], input=packed.stdout, check=True)
    return Path(held.name)


_HELD: list[tempfile.TemporaryDirectory[str]] = []
"""The folder, until the end."""

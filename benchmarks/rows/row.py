"""Rows of the table, ratios and limits, and the works that rows are made of."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import efssim
from benchmarks.timing import ENVIRONMENT, Clock, Work, timed

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Row:
    """A work beside its baseline, and the ratio that is wanted."""

    number: str
    title: str
    work: Work
    baseline: Work
    scale: float
    """What the baseline's time is multiplied by: it may do a part of the work."""
    faster: bool
    """Whether the ratio is baseline / work (times faster) or work / baseline (share of time)."""
    reach: float
    aim: float
    clock: Clock = timed
    """How seconds are measured: by the wall, or as CPU of the commands that a work starts."""

    def report(self, pairs: int) -> None:
        """Measure, and print one line of the table."""
        work_s, baseline_s = measure(self, pairs)
        ratio = baseline_s / work_s if self.faster else work_s / baseline_s
        reached = ratio >= self.reach if self.faster else ratio <= self.reach
        measured = f"{work_s:8.2f}{baseline_s:9.2f}{ratio:8.2f}"
        _print_line(self, measured, ">=" if self.faster else "<=", reached)


@dataclass(frozen=True)
class Limit:
    """An amount without a baseline, such as seconds or memory, and the most that is wanted."""

    number: str
    title: str
    amount: Callable[[], float]
    unit: str
    """Of the amount: s, MiB, lines."""
    reach: float
    aim: float
    repeats: int | None = None
    """How often it is measured, the least counts; None: as often as pairs are."""

    def report(self, pairs: int) -> None:
        """Measure, and print one line of the table, with the amount where a ratio would be."""
        least = min(self.amount() for _ in range(self.repeats or pairs))
        # Between the columns of seconds and of ratios, so that it is taken for neither.
        _print_line(self, f"{least:19.4g} {self.unit}", "<=", least <= self.reach)


def _print_line(row: Row | Limit, measured: str, sign: str, reached: bool) -> None:
    print(
        f"{row.number:3}{row.title:46}{measured:25}{sign:>4} {row.reach:<5g}"
        f"{'reached' if reached else 'MISSED':8} aim {row.aim:g}",
        flush=True,
    )


def run(scenario: efssim.Scenario) -> Work:
    """Return a whole run, including reading its summary."""
    return lambda: efssim.run(scenario, seed=0).summary


def command(*arguments: str) -> Work:
    """Return a command as a whole process."""
    return lambda: subprocess.run(
        arguments, cwd=ROOT, env=ENVIRONMENT, check=True, capture_output=True
    )


def measure(row: Row, pairs: int) -> tuple[float, float]:
    """Return the least seconds of work and of baseline (scaled) over interleaved pairs."""
    both = [(row.clock(row.work), row.clock(row.baseline) * row.scale) for _ in range(pairs)]
    return min(pair[0] for pair in both), min(pair[1] for pair in both)


def seconds(work: Work) -> Callable[[], float]:
    """Return the amount of a limit: the seconds by the wall that a work takes."""
    return lambda: timed(work)


def peak_mib(*arguments: str) -> Callable[[], float]:
    """Return the amount of a limit: the peak memory in MiB of a command, a fresh process.

    Of a command with worker processes it is the peak of the largest of them.
    """
    return lambda: _peak_mib(arguments)


def _peak_mib(arguments: tuple[str, ...]) -> float:
    with subprocess.Popen(
        arguments, cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.DEVNULL
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, arguments)
    return usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)

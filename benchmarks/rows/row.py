"""A row of the table, and the works that rows are made of."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import efssim
from benchmarks.timing import ENVIRONMENT, Work, timed

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
    seconds = [(timed(row.work), timed(row.baseline) * row.scale) for _ in range(pairs)]
    return min(pair[0] for pair in seconds), min(pair[1] for pair in seconds)


def report(row: Row, work_s: float, baseline_s: float) -> None:
    """Print one line of the table."""
    ratio = baseline_s / work_s if row.faster else work_s / baseline_s
    sign = ">=" if row.faster else "<="
    reached = ratio >= row.reach if row.faster else ratio <= row.reach
    print(
        f"{row.number:3}{row.title:42}{work_s:8.2f}{baseline_s:9.2f}{ratio:8.2f}"
        f"{sign:>4} {row.reach:<5g}{'reached' if reached else 'MISSED':8} aim {row.aim:g}",
        flush=True,
    )

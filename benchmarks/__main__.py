"""Whole calls of `efssim.run` beside baselines, in interleaved pairs: `python -m benchmarks`.

A ratio is between the minima of the pairs, so that what a busy machine adds to one run does not
count; work and baseline take turns, so that it would be added to both. Needs Unix.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import simpy

import efssim
from benchmarks import baselines, naive, progress, scaling, works
from benchmarks.timing import ENVIRONMENT, PROGRAM, Work, timed

ROOT = Path(__file__).resolve().parents[1]
YEAR_DAYS, NAIVE_DAYS = 365, 10
YEAR_SYNCS = YEAR_DAYS * works.DAY_S // int(works.INTERVAL_S)
GATED_SYNCS = 200_000
FLEET, FLEET_DAYS = 1000, 7
FLEET_SYNCS = FLEET * FLEET_DAYS * works.DAY_S // int(works.INTERVAL_S)

BYTES_PER_SYNC = 48
"""Peak memory that each sync may add."""
MEMORY_RATIO = 1.1
"""Peak memory of ten years over that of one, without records."""

FAST, CELL_DAYS = 10_000, 60

ALL_ROWS = (*"123456789", "10", "11")


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


def rows() -> list[Row]:
    """Return what is measured in time."""
    year = run(works.busy(YEAR_DAYS))
    part_s, scale = NAIVE_DAYS * works.DAY_S, YEAR_DAYS / NAIVE_DAYS
    gated = works.gated(GATED_SYNCS)
    python = sys.executable
    libraries = "from pydantic import BaseModel; import yaml"
    return [
        Row(
            "1",
            "a busy year / naive SimPy, scalar draws",
            year,
            lambda: naive.simulate(naive.write_scalars, part_s, 0),
            scale,
            True,
            40,
            70,
        ),
        Row(
            "1",
            "a busy year / naive SimPy, block draws",
            year,
            lambda: naive.simulate(naive.write_blocks, part_s, 0),
            scale,
            True,
            20,
            35,
        ),
        Row(
            "2",
            "a busy year / its draws alone",
            year,
            lambda: baselines.draws(YEAR_DAYS * works.DAY_S, 0),
            1,
            False,
            2.5,
            1.4,
        ),
        Row(
            "3",
            "a year of one write a minute / ticker",
            run(works.sparse(YEAR_DAYS)),
            lambda: baselines.ticker(YEAR_SYNCS),
            1,
            False,
            0.3,
            0.1,
        ),
        Row(
            "4",
            "200,000 gated cycles / SimPy with NumPy",
            run(gated),
            lambda: baselines.cycles(gated.duration, 0),
            1,
            True,
            3,
            6,
        ),
        Row(
            "6",
            "row 3 with outages / ticker",
            run(works.sparse_with_outages(YEAR_DAYS)),
            lambda: baselines.ticker(YEAR_SYNCS),
            1,
            False,
            0.5,
            0.2,
        ),
        Row(
            "7",
            "1,000 replications, 7 days / ticker",
            run(works.fleet(FLEET, FLEET_DAYS)),
            lambda: baselines.ticker(YEAR_SYNCS),
            FLEET_SYNCS / YEAR_SYNCS,
            False,
            0.45,
            0.18,
        ),
        Row(
            "8",
            "efssim --help / import click",
            command(PROGRAM, "--help"),
            command(python, "-c", "import click"),
            1,
            False,
            1.5,
            1.2,
        ),
        Row(
            "8",
            "efssim validate / import pydantic, yaml",
            command(PROGRAM, "validate", "scenarios/first-report.yaml"),
            command(python, "-c", libraries),
            1,
            False,
            3,
            2,
        ),
        *rows_of_cells(year),
    ]


def rows_of_cells(year: Work) -> list[Row]:
    """Return the rows of streams that are drawn in cells, beside a busy year and one another."""
    dense, short = run(works.in_cells(YEAR_DAYS, FAST)), run(works.in_cells(CELL_DAYS, FAST))
    disturbed = run(works.in_cells_with_outages(CELL_DAYS, FAST))
    slower = run(works.in_cells(YEAR_DAYS, 40))
    return [
        Row("11", "a year at 10,000 writes/s / a busy year", dense, year, 1, False, 0.3, 0.12),
        Row(
            "11",
            "the same / ticker",
            dense,
            lambda: baselines.ticker(YEAR_SYNCS),
            1,
            False,
            0.5,
            0.25,
        ),
        Row("11", "the same / at 40 writes/s", dense, slower, 1, False, 1.1, 1.0),
        Row("11", "60 days of it, with outages / without", disturbed, short, 1, False, 3, 2),
    ]


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


def peak_mib(years: int, records: str) -> float:
    """Return the peak memory of a fresh process that runs some busy years."""
    command = [sys.executable, "-m", "benchmarks.memory", str(years), records]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return float(done.stdout)


def report_memory() -> None:
    """Print what ten busy years take more than one, with and without records."""
    one, ten = peak_mib(1, "on"), peak_mib(10, "on")
    per_sync = (ten - one) * 2**20 / (9 * YEAR_SYNCS)
    reached = "reached" if per_sync <= BYTES_PER_SYNC else "MISSED"
    print(
        f"5  peak memory of ten busy years {ten:.0f} MiB, of one {one:.0f} MiB: {per_sync:.1f}"
        f" bytes per sync more, <= {BYTES_PER_SYNC} {reached}, aim 32"
    )
    one, ten = peak_mib(1, "off"), peak_mib(10, "off")
    reached = "reached" if ten / one <= MEMORY_RATIO else "MISSED"
    print(
        f"5  the same with `records: off` {ten:.0f} MiB and {one:.0f} MiB: {ten / one:.3f}"
        f" of one year's, <= {MEMORY_RATIO} {reached}"
    )


def _numbers(text: str) -> list[str]:
    return text.split(",")


def main() -> None:
    """Measure and print; a measurement has no verdict of its own, so the exit code is 0."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--pairs", type=int, default=5, metavar="N", help="pairs; default 5")
    rows_help = "numbers of the rows, separated by commas; default all"
    parser.add_argument("--rows", default=",".join(ALL_ROWS), type=_numbers, help=rows_help)
    parser.add_argument("--figure", type=Path, metavar="FILE", help="draw row 10 as SVG")
    arguments = parser.parse_args()
    load = os.getloadavg()
    if "5" in arguments.rows:
        report_memory()  # first, while this process is small
    print(f"{'':45}{'seconds':>8}{'baseline':>9}{'ratio':>8}")
    run(works.busy(1))()  # what is imported on first use is not measured
    for row in rows():
        if row.number in arguments.rows:
            report(row, *measure(row, max(1, arguments.pairs)))
    if "9" in arguments.rows:
        progress.report(works.busy(YEAR_DAYS), max(1, arguments.pairs))
    if "10" in arguments.rows:
        growths = scaling.measure(max(1, arguments.pairs))
        scaling.report(growths)
        if arguments.figure is not None:
            scaling.draw(growths, arguments.figure)
    averages = " ".join(f"{value:.2f}" for value in (*load, *os.getloadavg()))
    print(f"{arguments.pairs} interleaved pairs, minima; load average before and after: {averages}")
    print(
        f"efssim {efssim.__version__}, Python {platform.python_version()}, NumPy {np.__version__},"
        f" SimPy {simpy.__version__}, {os.cpu_count()} CPUs"
    )


if __name__ == "__main__":
    main()

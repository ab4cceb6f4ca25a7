"""Whole calls of `efssim.run` beside baselines, in interleaved pairs: `python -m benchmarks`.

A ratio is between the minima of the pairs, so that what a busy machine adds to one run does not
count; work and baseline take turns, so that it would be added to both. A limit has no baseline:
its line has an amount and a unit instead. Needs Unix.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import simpy

import efssim
from benchmarks import progress, scaling, works
from benchmarks.rows import all_rows
from benchmarks.rows.engine import YEAR_DAYS, YEAR_SYNCS
from benchmarks.rows.row import ROOT, run

SPECIAL = ("5", "9", "10")
"""The numbers that are no ratio of two works: memory, the reporter of progress, slopes."""

BYTES_PER_SYNC = 48
"""Peak memory that each sync may add."""
MEMORY_RATIO = 1.1
"""Peak memory of ten years over that of one, without records."""


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
    parser.add_argument("--rows", type=_numbers, help=rows_help)
    parser.add_argument("--figure", type=Path, metavar="FILE", help="draw row 10 as SVG")
    arguments = parser.parse_args()
    table = all_rows()
    numbers = arguments.rows or [*SPECIAL, *(row.number for row in table)]
    load = os.getloadavg()
    if "5" in numbers:
        report_memory()  # first, while this process is small
    print(f"{'':49}{'seconds':>8}{'baseline':>9}{'ratio':>8}")
    run(works.busy(1))()  # what is imported on first use is not measured
    for row in table:
        if row.number in numbers:
            row.report(max(1, arguments.pairs))
    if "9" in numbers:
        progress.report(works.busy(YEAR_DAYS), max(1, arguments.pairs))
    if "10" in numbers:
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

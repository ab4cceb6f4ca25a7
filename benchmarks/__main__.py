"""A year of one Poisson write per second through `efssim.run`, beside a naive SimPy model.

The naive model runs for 10 days and its time is scaled to the year. The runs are interleaved, so
that a busy machine slows all of them, and a ratio is the least over the rounds. Needs Unix.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import fmean, median
from time import perf_counter
from typing import Any, TypeVar

import numpy as np
import simpy

import efssim
from benchmarks import naive

YEAR_DAYS, NAIVE_DAYS = 365, 10
WANTED_RATIO = 10
BOUND_MIB = 400

EFSSIM = "efssim"
WRITERS = {"naive, scalar draws": naive.write_scalars, "naive, block draws": naive.write_blocks}

T = TypeVar("T")


def scenario(days: int) -> efssim.Scenario:
    """Return the work for a number of days; the preset `none` adds nothing to it."""
    arrivals = {"poisson": {"rate": f"{naive.RATE_PER_S} per s"}}
    size = {"lognormal": {"median": naive.MEDIAN_BYTES, "sigma": naive.SIGMA}}
    replication = {
        "source": "data",
        "destination": {"region": "us-west-2"},
        "established": True,
        "sync": {
            "preset": "none",
            "interval": naive.INTERVAL_S,
            "setup": naive.SETUP_S,
            "throughput": f"{naive.THROUGHPUT / 1e6} MB/s",
        },
    }
    writes = {"app": {"arrivals": arrivals, "size": size}}
    return efssim.Scenario.model_validate(
        {
            "name": "benchmark",
            "duration": f"{days} days",
            "file_systems": {"data": {"region": "us-east-1", "writes": writes}},
            "replications": {"dr": replication},
        }
    )


def run_efssim(work: efssim.Scenario, seed: int) -> dict[str, Any]:
    """Return the summary of the replication."""
    summary: dict[str, Any] = efssim.run(work, seed=seed).summary["replications"]["dr"]
    return summary


def peak_mib() -> float:
    """Return the peak memory of this process so far, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def peak_mib_of_fresh_process() -> float:
    """Return the peak memory of a process that does the year with efssim and nothing else."""
    command = [sys.executable, "-m", "benchmarks", "--memory"]
    root = Path(__file__).resolve().parents[1]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    return float(done.stdout)


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Return the seconds that a call takes, and its result."""
    begin_s = perf_counter()
    result = work()
    return perf_counter() - begin_s, result


@dataclass(frozen=True, slots=True)
class Round:
    """One run of each, one after the other: seconds for the year, and the mean lags they found."""

    seconds: dict[str, float]
    mean_lag_s: dict[str, float]

    def ratio(self, name: str) -> float:
        """Return how many times as long as efssim the other took."""
        return self.seconds[name] / self.seconds[EFSSIM]


def measure_round(year: efssim.Scenario, seed: int) -> Round:
    """Run efssim and both naive models."""
    seconds, mean_lag_s = {}, {}
    seconds[EFSSIM], summary = timed(partial(run_efssim, year, seed))
    mean_lag_s[EFSSIM] = summary["write_lag_s"]["mean"]
    for name, writer in WRITERS.items():
        work = partial(naive.simulate, writer, NAIVE_DAYS * 86_400.0, seed)
        elapsed_s, replica = timed(work)
        seconds[name] = elapsed_s * YEAR_DAYS / NAIVE_DAYS
        mean_lag_s[name] = fmean(replica.lags_s)
    return Round(seconds, mean_lag_s)


def report(rounds: list[Round], memory_mib: float, loads: list[tuple[float, float, float]]) -> None:
    """Print the table and what it was measured on."""
    print(
        f"{YEAR_DAYS} days, 1 Poisson write per s, lognormal sizes (64 KiB, 1.5), sync every 60 s"
    )
    print(f"{'':22}{'seconds':>9}{'ratio':>8}{'wanted':>9}{'mean lag':>11}   ratio of each pair")
    for name in (EFSSIM, *WRITERS):
        seconds = median(one.seconds[name] for one in rounds)
        lag = f"{fmean(one.mean_lag_s[name] for one in rounds):9.3f} s"
        ratios = [one.ratio(name) for one in rounds]
        if name == EFSSIM:
            print(f"{name:22}{seconds:9.2f}{'':17}{lag}")
            continue
        each = " ".join(f"{ratio:.1f}" for ratio in ratios)
        print(f"{name:22}{seconds:9.2f}{min(ratios):8.1f}{f'>= {WANTED_RATIO}':>9}{lag}   {each}")
    print(f"{'efssim, peak memory':22}{memory_mib:9.0f} MiB, bound {BOUND_MIB} MiB")
    print(
        f"{len(rounds)} interleaved pairs; seconds: median; ratio: minimum; "
        f"naive: {NAIVE_DAYS} days, scaled by {YEAR_DAYS / NAIVE_DAYS:g}"
    )
    before, after = (" ".join(f"{load:.2f}" for load in three) for three in loads)
    print(f"load average {before} before, {after} after; {os.cpu_count()} CPUs")
    print(
        f"efssim {efssim.__version__}, Python {platform.python_version()}, "
        f"NumPy {np.__version__}, SimPy {simpy.__version__}"
    )


def main() -> None:
    """Measure and print; a measurement has no verdict, so the exit code is always 0."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "--pairs", type=int, default=3, metavar="N", help="rounds: 3, or 5 for figures to publish"
    )
    # What the fresh process is told; not for people.
    parser.add_argument("--memory", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.memory:
        run_efssim(scenario(YEAR_DAYS), seed=0)
        print(peak_mib())
        return
    # First, while this process is small: on Linux a child's ru_maxrss starts from its parent's.
    memory_mib = peak_mib_of_fresh_process()
    loads = [os.getloadavg()]
    run_efssim(scenario(1), seed=0)  # what is imported on first use is not measured
    year = scenario(YEAR_DAYS)
    rounds = [measure_round(year, seed) for seed in range(max(1, arguments.pairs))]
    loads.append(os.getloadavg())
    report(rounds, memory_mib, loads)


if __name__ == "__main__":
    main()

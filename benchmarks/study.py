"""Trials on workers beside the same trials without: `python -m benchmarks.study`.

s1 and s2: how much faster two workers are than one, beside how much faster two processes are that
know nothing of each other; interleaved rounds, minima. s3: many trials of a year, beside the work
of one times their number over the cores, and the peak memory of the parent. Needs Unix; s2 needs
the extra `distributed`.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path

import numpy as np

import efssim
from benchmarks import works
from benchmarks.timing import timed
from benchmarks.works import busy

ROOT = Path(__file__).resolve().parents[1]
DAYS = 15.0
"""Of a trial of s1 and s2: a tenth of a second or more."""
TRIALS = 120
POOL, DASK, YEARS = 0.85, 0.7, 3.0
"""What is wanted: shares of the scaling, and times the work."""
PEAK_MIB = 500
YEAR_MINUTES = 525_600


def work() -> efssim.Scenario:
    """Return the scenario of s1 and s2."""
    return busy(DAYS, records="off")


def alone(count: int, first: int, barrier: Barrier) -> None:
    """Run trials in a process that waits for the clock to start."""
    scenario = work()
    barrier.wait()
    for number in range(first, first + count):
        assert efssim.run(scenario, trial=number).summary


def independent(processes: int, trials: int) -> float:
    """Return the seconds of some processes with their share of the trials, without their start."""
    context = get_context("spawn")
    barrier = context.Barrier(processes + 1)
    share = trials // processes
    started = [
        context.Process(target=alone, args=(share, k * share, barrier)) for k in range(processes)
    ]
    for process in started:
        process.start()
    barrier.wait()

    def wait() -> None:
        for process in started:
            process.join()

    return timed(wait)


def report_scaling(trials: int, rounds: int) -> None:
    """Print s1 and s2."""
    from distributed import Client, LocalCluster

    scenario = work()
    with (
        LocalCluster(  # type: ignore[no-untyped-call]  # distributed has no types here
            n_workers=2, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
        ) as cluster,
        Client(cluster) as client,  # type: ignore[no-untyped-call]  # as above
    ):
        dask = client.get_executor()
        efssim.run_trials(scenario, 4, executor=dask)  # what its workers import is not measured
        works: list[Callable[[], float]] = [
            lambda: independent(1, trials),
            lambda: independent(2, trials),
            lambda: timed(lambda: efssim.run_trials(scenario, trials, workers=2)),
            lambda: timed(lambda: efssim.run_trials(scenario, trials, executor=dask)),
        ]
        seconds = [[measure() for measure in works] for _ in range(rounds)]
    one, two, pool, cluster_s = (min(column) for column in zip(*seconds, strict=True))
    print(f"   {trials} trials of {one / trials:.2f} s; two processes alone: {one / two:.2f} times")
    for name, title, took, wanted in (
        ("s1", "pool of two", pool, POOL),
        ("s2", "Dask, two workers", cluster_s, DASK),
    ):
        share = two / took
        reached = "reached" if share >= wanted else "MISSED"
        print(f"{name} {title}: {one / took:.2f} times, {share:.2f} of that, >= {wanted} {reached}")


def year(folder: Path) -> efssim.Scenario:
    """Return a year with a sync every 15 minutes and a trace of one row a minute."""
    rows = np.random.default_rng(0).integers(1_000, 10_000_000, YEAR_MINUTES).tolist()
    file = folder / "writes.csv"
    text = "".join(f"{minute * 60},{size}\n" for minute, size in enumerate(rows))
    file.write_text(f"timestamp,value\n{text}", encoding="utf-8")
    trace = {"file": str(file), "period": "1 min", "writes_per_row": 1}
    sync = {"interval": "15 min", "setup": {"exponential": {"mean": "30 s"}}}
    return works.scenario({"app": {"trace": trace}}, YEAR_MINUTES * 60, sync)


def report_years(trials: int) -> None:
    """Print s3; to be run in a process of its own, whose peak memory it prints."""
    with tempfile.TemporaryDirectory() as folder:
        scenario = year(Path(folder))
        # What it costs to read the trace, once in each process, is no part of a trial.
        single = min(timed(lambda: efssim.run(scenario).summary) for _ in range(4))
        took = timed(lambda: efssim.run_trials(scenario, trials).summary)
    cores = len(os.sched_getaffinity(0))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    ratio = took / (trials * single / cores)
    reached = "reached" if ratio <= YEARS else "MISSED"
    print(
        f"s3 {trials:,} trials of a year: {took:.0f} s on {cores} cores, {ratio:.2f} times the work"
        f" of one ({single:.2f} s), <= {YEARS:g} {reached}"
    )
    within = "reached" if peak <= PEAK_MIB else "MISSED"
    print(f"s3 peak memory of the parent {peak:.0f} MiB, <= {PEAK_MIB} {within}")


def main() -> None:
    """Measure and print; a measurement has no verdict of its own, so the exit code is 0."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.study", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="of s1, s2; default 3")
    parser.add_argument("--trials", type=int, default=1000, metavar="N", help="of s3")
    parser.add_argument("--years", action="store_true", help="s3 alone, in this process")
    arguments = parser.parse_args()
    if arguments.years:
        report_years(arguments.trials)
        return
    load = os.getloadavg()
    report_scaling(TRIALS, arguments.rounds)
    command = [sys.executable, "-m", "benchmarks.study", "--years", "--trials"]
    subprocess.run([*command, str(arguments.trials)], cwd=ROOT, check=True)
    averages = " ".join(f"{value:.2f}" for value in (*load, *os.getloadavg()))
    print(f"{arguments.rounds} rounds, minima; load average before and after: {averages}")


if __name__ == "__main__":
    main()

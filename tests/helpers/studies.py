"""Studies for tests: short scenarios, their whole content as bytes, executors and bad workers."""

from __future__ import annotations

import json
import os
import signal
import threading
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from efssim import Scenario, Trials, run_trials
from efssim.study.run import batch
from helpers.worlds import poisson, scenario

LINK = "us-east-1 -> us-west-2"


def chancy(duration: Any = "20 min", **top: Any) -> Scenario:
    """Return a short scenario in which about everything is drawn."""
    sync = {
        "interval": "60 s",
        "setup": {"exponential": {"mean": "5 s"}},
        "throughput": "20 MiB/s",
        "failure_probability": 0.1,
        "backoff": "10 s",
    }
    fault = {"link_outage": LINK, "every": {"exponential": {"mean": "10 min"}}, "for": "1 min"}
    given = {"rpo": {"target": "100 s"}, "faults": {"wan": fault}, **top}
    stream = poisson("1 per s", {"exponential": {"mean": "1 MiB"}})
    return scenario({"app": stream}, sync, duration, **given)


def content(trials: Trials) -> bytes:
    """Return all that a study tells: its summary, its table and its trials."""
    return json.dumps(
        [trials.summary, trials.table.to_csv(), [asdict(trial.summary) for trial in trials.trials]],
        allow_nan=False,
    ).encode()


class Shuffled(Executor):
    """Holds calls back and completes them in a random order, a few of those that it holds."""

    def __init__(self, seed: int, hold: int = 5) -> None:
        self._draws = np.random.default_rng(seed)
        self._max_workers = hold
        self._held: list[tuple[Future[Any], Any, tuple[Any, ...]]] = []
        self.order: list[int] = []
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(1)

    def submit(self, fn: Any, /, *args: Any, **_: Any) -> Future[Any]:
        future: Future[Any] = Future()
        with self._lock:
            self._held.append((future, fn, args))
        self._pool.submit(self._complete_one)
        return future

    def _complete_one(self) -> None:
        with self._lock:
            future, fn, args = self._held.pop(self._draws.integers(len(self._held)))
        self.order += args[1]
        future.set_result(fn(*args))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._pool.shutdown(wait, cancel_futures=cancel_futures)


class Dying:
    """A stand-in for `run_part` whose process is killed, `times` times, by one of the trials."""

    def __init__(self, folder: Path, number: int, times: int) -> None:
        self.folder, self.number, self.times = folder, number, times

    def __call__(self, job: batch.Job, numbers: tuple[int, ...]) -> batch.TrialBatch:
        if self.number in numbers:
            deaths = len(list(self.folder.iterdir()))
            if deaths < self.times:
                (self.folder / str(deaths)).touch()
                os.kill(os.getpid(), signal.SIGKILL)
        return batch.run_batch(job, numbers)


def main() -> None:
    """Run a study slowly, saying which trials are complete: `python studies.py FOLDER COUNT`."""
    import sys

    def tell(complete: int, wanted: int) -> None:
        print(complete, flush=True)

    folder, count = Path(sys.argv[1]), int(sys.argv[2])
    run_trials(chancy(), count, workers=2, resume=folder, on_progress=tell)


if __name__ == "__main__":
    main()

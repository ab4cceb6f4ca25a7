"""Trials of a scenario: run on any executor, in any order, with the same results."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from efssim.lag.pool import Pool
from efssim.scenario import Scenario
from efssim.study.executors import Workers, opened
from efssim.study.precision import trials_needed
from efssim.study.store import Store
from efssim.study.summary import study_summary, trial_table
from efssim.study.trial import Done, Trial, run_trials_of

if TYPE_CHECKING:
    import pandas as pd

LEAST = 10
"""Trials before a precision is judged."""
BUDGET = 1000
"""Most trials that a precision may ask for, unless told otherwise."""

_RETRIES = 3
"""Times that a part of the trials is begun again after its worker has died."""
_PART_S = 0.25
"""Trials are handed out in parts of about this long, so that handing out costs little."""
_PART_MAX = 64

Progress = Callable[[int, int], None]


@dataclass(frozen=True, repr=False)
class Trials:
    """The trials of a study, in the order of their numbers."""

    scenario: Scenario
    seed: int
    trials: tuple[Trial, ...]
    wanted: int
    """How many were asked for, or needed for the precision."""
    pool: Pool
    """The lags over all of them."""

    def __len__(self) -> int:
        return len(self.trials)

    def __repr__(self) -> str:
        partial = ", partial" * self.partial
        name = self.scenario.name
        return f"<efssim.Trials of {name!r}, seed {self.seed}, {len(self)} trials{partial}>"

    @property
    def partial(self) -> bool:
        """Whether it was interrupted before all were complete."""
        return len(self) < self.wanted

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The content of summary.json: means over trials, `ci95` and `pooled`."""
        name, pooled = self.scenario.name, self.pool.numbers()
        numbers = study_summary(name, self.seed, self.trials, pooled, partial=self.partial)
        return {**numbers, "digest": self.digest}

    @cached_property
    def table(self) -> pd.DataFrame:
        """Every number of every trial: a row for each trial and replication, dotted columns."""
        return trial_table(self.trials)

    @property
    def digest(self) -> str:
        """A hash of the digests of the trials, in the order of their numbers."""
        return study_digest(self.trials)


def study_digest(trials: tuple[Trial, ...]) -> str:
    """Return the SHA-256 over the trials' numbers and digests."""
    lines = (f"{trial.number} {trial.summary['digest']}\n" for trial in trials)
    return "sha256:" + hashlib.sha256("".join(lines).encode()).hexdigest()


def run_trials(
    scenario: Scenario,
    trials: int = 30,
    *,
    seed: int | None = None,
    precision: float | None = None,
    budget: int = BUDGET,
    executor: Executor | None = None,
    workers: int | None = None,
    resume: Path | None = None,
    on_progress: Progress | None = None,
) -> Trials:
    """Run independent trials of a scenario; Ctrl-C returns those that are complete.

    With `precision`, a share such as 0.02, as many trials as the mean age of every replication
    needs for a 95 % interval of that relative half-width, at least 10 and at most `budget`;
    `trials` is not used then. `executor` is any concurrent.futures.Executor, by default a pool of
    `workers` processes, one per CPU; 1 means this process. The results are the same whatever
    executes them. `resume` is a folder that keeps completed trials and takes up those it has.
    `on_progress` is told how many are complete, of how many.

    Raise TrialError if a trial raises, BrokenExecutor if workers keep dying, RunError if EFS
    refuses a part of the scenario, StoreError if the folder holds another study.
    """
    if trials < 1 or budget < 1:
        raise ValueError("at least one trial is needed")
    seed = scenario.seed if seed is None else seed
    store = None if resume is None else Store(resume, scenario, seed)
    study = _Study(scenario, seed, store, on_progress)
    try:
        with opened(executor, workers) as made:
            wanted = study.run(made, trials, precision, budget)
    finally:
        if store is not None:
            store.close()
    return Trials(scenario, seed, study.complete(wanted), wanted, study.pool)


class _Study:
    """The trials that are complete so far."""

    def __init__(
        self, scenario: Scenario, seed: int, store: Store | None, on_progress: Progress | None
    ) -> None:
        self._scenario, self._seed, self._store = scenario, seed, store
        self._on_progress = on_progress
        self.pool = Pool()
        self._trials: dict[int, Trial] = {}
        self._trial_s = _PART_S  # how long one takes, as far as known

    def run(self, workers: Workers, trials: int, precision: float | None, budget: int) -> int:
        """Run what is wanted and return how many that is; Ctrl-C ends it before."""
        wanted = trials if precision is None else min(LEAST, budget)
        try:
            self._run_up_to(wanted, workers)
            if precision is not None:
                first = self.complete(wanted)
                wanted = max(wanted, min(budget, trials_needed(first, precision)))
                self._run_up_to(wanted, workers)
        except KeyboardInterrupt:
            pass  # what is complete is a result, marked as partial
        return wanted

    def complete(self, wanted: int) -> tuple[Trial, ...]:
        """Return the complete ones of the first `wanted` trials, in order."""
        return tuple(self._trials[k] for k in range(wanted) if k in self._trials)

    def _run_up_to(self, wanted: int, workers: Workers) -> None:
        for done in [] if self._store is None else self._store.take(wanted):
            self._take(done)
        missing = [number for number in range(wanted) if number not in self._trials]
        self._tell(wanted)
        for part in _finished(self._parts(missing), self._scenario, self._seed, workers):
            for done in part.trials:
                self._take(done)
                if self._store is not None:
                    self._store.add(done)
            self._trial_s = part.seconds / len(part.trials)
            self._tell(wanted)

    def _take(self, done: Done) -> None:
        self._trials[done.trial.number] = done.trial
        self.pool.add(done.states)

    def _parts(self, missing: list[int]) -> Iterator[tuple[int, ...]]:
        """Yield the missing trials in parts, as many in each as take a while."""
        while missing:
            size = max(1, min(_PART_MAX, int(_PART_S / max(self._trial_s, 1e-9))))
            part, missing = tuple(missing[:size]), missing[size:]
            yield part

    def _tell(self, wanted: int) -> None:
        if self._on_progress is not None:
            self._on_progress(len(self.complete(wanted)), wanted)


@dataclass(frozen=True)
class Part:
    """Trials that ran one after the other, and how long they took."""

    trials: list[Done]
    seconds: float


def run_part(scenario: Scenario, seed: int, numbers: tuple[int, ...]) -> Part:
    """Run some trials; what a worker is asked for."""
    begin_s = perf_counter()
    trials = run_trials_of(scenario, seed, numbers)
    return Part(trials, perf_counter() - begin_s)


def _finished(
    parts: Iterator[tuple[int, ...]], scenario: Scenario, seed: int, workers: Workers
) -> Iterator[Part]:
    """Yield parts as they are complete; begin one again whose worker died."""
    running: dict[Future[Part], tuple[tuple[int, ...], int]] = {}

    def begin(numbers: tuple[int, ...], tries: int) -> None:
        future = workers.submit(run_part, scenario, seed, numbers)
        running[future] = numbers, tries

    try:
        for numbers in parts:
            begin(numbers, 0)
            while len(running) >= 2 * workers.count:
                yield from _next(running, begin)
        while running:
            yield from _next(running, begin)
    finally:
        for future in running:
            future.cancel()


def _next(
    running: dict[Future[Part], tuple[tuple[int, ...], int]],
    begin: Callable[[tuple[int, ...], int], None],
) -> Iterator[Part]:
    done, _ = wait(running, return_when=FIRST_COMPLETED)
    for future in [future for future in running if future in done]:
        numbers, tries = running.pop(future)
        try:
            part = future.result()
        except BrokenExecutor:
            if tries == _RETRIES:
                raise
            begin(numbers, tries + 1)
        else:
            yield part

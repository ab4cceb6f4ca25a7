"""A batch of trials, which a worker runs one after the other."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from functools import lru_cache
from time import perf_counter
from typing import Any

from efssim.errors import ArgumentError
from efssim.lag.kinds.asked import OF_TRIALS, Asked
from efssim.lag.kinds.table import LAG_MEASURES
from efssim.model.kernel.shared_draws import SharedDraws
from efssim.model.sync.lock_step import LEAST
from efssim.runs.together import pays_together
from efssim.scenario import Scenario
from efssim.scenario.grammar.disturbances.kinds import DISTURBANCES
from efssim.scenario.operations.table import OPERATIONS
from efssim.scenario.workload.processes.table import ARRIVALS
from efssim.study.run.deadline import Deadline, checking
from efssim.study.run.executors import Workers
from efssim.study.trial.outcome import Done, TrialError, run_trial, run_trials_together
from efssim.table import Table

_TABLES: tuple[Table[Any], ...] = (ARRIVALS, DISTURBANCES, LAG_MEASURES, OPERATIONS)
"""Tables that trials read, so that workers need the additions to them."""


class Additions:
    """The additions to the tables that trials read, in the process of the study."""

    def __init__(self, entries: bytes | tuple[tuple[Any, ...], ...]) -> None:
        """Hold the entries of each of `_TABLES`, or their pickled form."""
        self._entries = entries

    @classmethod
    def now(cls) -> Additions:
        """Return the additions in this process."""
        return cls(tuple(table.added for table in _TABLES))

    def __reduce__(self) -> tuple[type[Additions], tuple[bytes]]:
        # Unpickled when they are added, so that a trial can say which cannot be.
        return Additions, (self._pickled(),)

    def _pickled(self) -> bytes:
        if isinstance(self._entries, bytes):
            return self._entries
        try:
            return pickle.dumps(self._entries)
        except Exception as error:  # pickle raises errors of many kinds
            message = f"an entry that was added cannot be pickled for the workers: {error}"
            raise ArgumentError(message) from error

    def require_picklable(self) -> None:
        """Raise ArgumentError if an entry cannot be sent to another process."""
        self._pickled()

    def add_missing(self) -> None:
        """Add the entries that the tables of a worker lack."""
        held = self._entries
        found: tuple[tuple[Any, ...], ...]
        found = pickle.loads(held) if isinstance(held, bytes) else held
        for table, entries in zip(_TABLES, found, strict=True):
            for entry in entries:
                if entry.name not in table:
                    table.add(entry)


@dataclass(frozen=True)
class Job:
    """The scenario, the seed and the options that all trials of a study share."""

    scenario: bytes | Scenario
    """The pickled scenario, which a worker unpickles once: that reads and checks it anew. As it is
    where it was made for this process just now."""
    seed: int
    verify: bool
    additions: Additions
    asked: Asked
    """The measures that the study reads."""
    is_together: bool = False
    """Whether trials cost less side by side."""
    shared: SharedDraws | None = None
    """Draws that this study has in common with others; None: with none."""
    deadline: Deadline | None = None
    """Ends trials of this process; those of others end with them."""
    unit = "trial"

    def alone(self, number: int) -> str:
        """Return how a trial is repeated alone, as the end of a message."""
        again = f"efssim run FILE --seed {self.seed} --trial {number}"
        return f"of seed {self.seed}; to repeat one alone: {again}"

    @classmethod
    def of(
        cls,
        scenario: Scenario,
        seed: int,
        verify: bool,
        workers: Workers,
        asked: Asked = OF_TRIALS,
        shared: SharedDraws | None = None,
        deadline: Deadline | None = None,
    ) -> Job:
        """Return the job of a scenario; ArgumentError for additions that workers cannot have."""
        additions = Additions.now()
        if workers.start_processes:
            additions.require_picklable()  # now, as a pool that is half-way started is hard to end
        # Threads of an executor that is not ours would share them at the same time.
        one_by_one = workers.are_here or workers.start_processes
        held = shared if one_by_one else None
        is_here = workers.are_here and held is not None
        said = scenario if is_here else pickle.dumps(scenario)
        ends = deadline if workers.are_here else None
        return cls(said, seed, verify, additions, asked, pays_together(scenario), held, ends)


@dataclass(frozen=True)
class TrialBatch:
    """Complete trials, and how long they took."""

    trials: list[Done]
    seconds: float

    def __len__(self) -> int:
        return len(self.trials)


def run_batch(job: Job, numbers: tuple[int, ...]) -> TrialBatch:
    """Run the trials of these numbers, in a worker. Raise as `run_trial` does."""
    try:
        job.additions.add_missing()
        said = job.scenario
        scenario = said if isinstance(said, Scenario) else _unpickled(said)
    except Exception as error:  # a file or a module that it needs is not where the worker is
        cause = " ".join(f"{type(error).__name__}: {error}".split())
        raise TrialError(numbers[0], job.seed, cause) from error
    begin_s = perf_counter()
    how = job.verify, job.asked, job.shared
    check = checking(job.deadline)
    if job.is_together and len(numbers) >= LEAST:
        trials = run_trials_together(scenario, job.seed, numbers, *how, check)
    else:
        trials = [run_trial(scenario, job.seed, number, *how, check) for number in numbers]
    return TrialBatch(trials, perf_counter() - begin_s)


@lru_cache(maxsize=4)
def _unpickled(scenario: bytes) -> Scenario:
    found = pickle.loads(scenario)
    assert isinstance(found, Scenario)
    return found

"""A batch of trials, which a worker runs one after the other."""

from __future__ import annotations

import pickle
from dataclasses import dataclass
from functools import lru_cache
from time import perf_counter

from efssim.scenario import Scenario
from efssim.study.trial.outcome import Done, TrialError, run_trial


@dataclass(frozen=True)
class Job:
    """The scenario, the seed and the options that all trials of a study share."""

    scenario: bytes
    """The pickled scenario, which a worker unpickles once: that reads and checks it anew."""
    seed: int
    verify: bool

    @classmethod
    def of(cls, scenario: Scenario, seed: int, verify: bool) -> Job:
        """Return the job of a scenario."""
        return cls(pickle.dumps(scenario), seed, verify)


@dataclass(frozen=True)
class Batch:
    """Complete trials, and how long they took."""

    trials: list[Done]
    seconds: float


def run_batch(job: Job, numbers: tuple[int, ...]) -> Batch:
    """Run the trials of these numbers, in a worker. Raise as `run_trial` does."""
    try:
        scenario = _unpickled(job.scenario)
    except Exception as error:  # a file that the scenario names is not where the worker is
        cause = " ".join(f"{type(error).__name__}: {error}".split())
        raise TrialError(numbers[0], job.seed, cause) from error
    begin_s = perf_counter()
    trials = [run_trial(scenario, job.seed, number, job.verify) for number in numbers]
    return Batch(trials, perf_counter() - begin_s)


@lru_cache(maxsize=4)
def _unpickled(scenario: bytes) -> Scenario:
    found = pickle.loads(scenario)
    assert isinstance(found, Scenario)
    return found

"""A batch of parameter sets, which a worker runs one after the other."""

from __future__ import annotations

import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from time import perf_counter

from efssim.scenario import Scenario
from efssim.scenario.unknowns.parameters import UncertainParameter, uncertain_parameters
from efssim.study.run.batch import Additions
from efssim.study.run.deadline import Deadline, checking
from efssim.study.run.executors import Workers
from efssim.study.trial.outcome import TrialError
from efssim.study.uncertain.design import ParameterSet, scenario_of, settings
from efssim.study.uncertain.outcome import SetOutcome, run_set


@dataclass(frozen=True)
class SetJob:
    """The scenario and the parameter sets that all batches of a study share."""

    scenario: bytes
    sets: tuple[ParameterSet, ...]
    paths: tuple[str, ...]
    """Of the parameters, in the order of the values."""
    trials: int
    verify: bool
    additions: Additions
    deadline: Deadline | None = None
    """Ends trials of this process."""
    unit = "parameter set"
    is_together = False

    def alone(self, number: int) -> str:
        """Return the values of a set, as the end of a message."""
        chosen = self.sets[number]
        found = settings(*self.known(), chosen.values)
        values = " ".join(f"--set {path}={value}" for path, value in found.items())
        seed = chosen.seed
        return f"(to repeat one alone: efssim run FILE --seed {seed} {values})"

    def known(self) -> tuple[Scenario, list[UncertainParameter]]:
        """Return the scenario, and the parameters in the order of the values."""
        scenario, parameters = _unpickled(self.scenario)
        named = {each.path: each for each in parameters}
        return scenario, [named[path] for path in self.paths]

    @classmethod
    def of(
        cls,
        scenario: Scenario,
        parameters: Sequence[UncertainParameter],
        sets: tuple[ParameterSet, ...],
        trials: int,
        workers: Workers,
        *,
        verify: bool = False,
        deadline: Deadline | None = None,
    ) -> SetJob:
        """Return the job; ArgumentError for additions that workers cannot have."""
        additions = Additions.now()
        if workers.start_processes:
            additions.require_picklable()
        paths = tuple(each.path for each in parameters)
        ends = deadline if workers.are_here else None
        return cls(pickle.dumps(scenario), sets, paths, trials, verify, additions, ends)


@dataclass(frozen=True)
class SetBatch:
    """Complete parameter sets, and how long they took."""

    sets: list[SetOutcome]
    seconds: float

    def __len__(self) -> int:
        return len(self.sets)


def run_sets(job: SetJob, numbers: tuple[int, ...]) -> SetBatch:
    """Run the parameter sets of these numbers, in a worker.

    Raise TrialError for a trial that fails, ScenarioError for values that are not valid together,
    and RunError if EFS refuses a part of the scenario.
    """
    begin_s = perf_counter()
    found = [_run(job, number) for number in numbers]
    return SetBatch(found, perf_counter() - begin_s)


def _run(job: SetJob, number: int) -> SetOutcome:
    chosen = job.sets[number]
    try:
        job.additions.add_missing()
        scenario, parameters = job.known()
    except Exception as error:  # a file or a module that it needs is not where the worker is
        cause = " ".join(f"{type(error).__name__}: {error}".split())
        raise TrialError(0, chosen.seed, cause) from error
    world = scenario_of(scenario, parameters, chosen)
    try:
        check = checking(job.deadline)
        return run_set(world, chosen.seed, job.trials, number, job.verify, check)
    except TrialError as error:
        cause = f"{error.cause}, in parameter set {number} {job.alone(number)}"
        raise TrialError(error.number, error.seed, cause) from error


@lru_cache(maxsize=4)
def _unpickled(scenario: bytes) -> tuple[Scenario, tuple[UncertainParameter, ...]]:
    found = pickle.loads(scenario)
    assert isinstance(found, Scenario)
    return found, uncertain_parameters(found)

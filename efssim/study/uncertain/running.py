"""Running trials at parameter sets on any executor, in any order, with the same results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from efssim._version import __version__
from efssim.json_values import JsonObject
from efssim.scenario import Scenario
from efssim.scenario.unknowns.parameters import UncertainParameter, uncertain_parameters
from efssim.study.errors import StudyError
from efssim.study.known import require_rpo_alone
from efssim.study.run.deadline import Deadline
from efssim.study.run.dispatch import Dispatch
from efssim.study.run.executors import Workers
from efssim.study.run.interrupts import Interrupts, ctrl_c
from efssim.study.run.lines import LineStore, number_of
from efssim.study.statistics.evidence import ROUNDING
from efssim.study.trial.facts import fingerprint
from efssim.study.uncertain.batch import SetJob, run_sets
from efssim.study.uncertain.design import ParameterSet, parameter_sets, scenario_of, values_at
from efssim.study.uncertain.outcome import SetOutcome, SetReplication
from efssim.study.uncertain.sensitivity import (
    Floats,
    ReplicationSensitivity,
    Sensitivity,
    saltelli,
    sobol_indices,
    tornado,
    tornado_shares,
)
from efssim.study.uncertain.share import SHARE_OF_SETS
from efssim.study.uncertain.study import SetStudy

FILE = "sets.jsonl"
FORMAT = 3
NOTHING_UNKNOWN = (
    "no parameter is uncertain, so that all parameter sets are the same: give `uncertain:` or "
    "`sync: {preset: efs-unknown}`"
)

SetProgress = Callable[[int, int], None]
"""Called with the number of complete parameter sets, and that of all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetsAsked:
    """The numbers of a study of parameter sets."""

    sets: int
    trials: int
    """Of each set."""
    seed: int
    share_of_sets: float = SHARE_OF_SETS
    sobol: int | None = None
    """N of Saltelli's design; None: no Sobol indices."""
    verify: bool = False


class SetStore(LineStore[int, SetOutcome]):
    """The parameter sets of a study in a folder."""

    holds = "is not a file of parameter sets"
    other = "holds parameter sets of another scenario, seed, --sets, --trials, version or --verify"

    def __init__(self, folder: Path, scenario: Scenario, asked: SetsAsked) -> None:
        """Look into the folder; it is written to when the first set is added.

        Raise StoreError if it holds those of another study, and OSError.
        """
        study: JsonObject = {
            "format": FORMAT,
            "efssim": __version__,
            "seed": asked.seed,
            "sets": asked.sets,
            "trials": asked.trials,
            "verified": asked.verify,
            "scenario": fingerprint(scenario),
        }
        super().__init__(folder / FILE, study, SetOutcome)

    def key_in(self, content: JsonObject) -> int | None:
        """Return the number of a parameter set."""
        return number_of(content)


def parameters_of(scenario: Scenario) -> tuple[UncertainParameter, ...]:
    """Return the unknown parameters of a scenario; raise StudyError if there are none.

    Also where there are objectives besides the RPO.
    """
    found = uncertain_parameters(scenario)
    if not found:
        raise StudyError(NOTHING_UNKNOWN)
    require_rpo_alone(scenario, "a study of parameter sets")
    return found


def run_set_study(
    scenario: Scenario,
    asked: SetsAsked,
    workers: Workers,
    store: SetStore | None,
    on_progress: SetProgress | None,
) -> SetStudy:
    """Run trials at so many parameter sets; close the store at the end, and keep the workers.

    Ctrl-C returns the sets that are complete. Raise as `efssim.run_sets` does.
    """
    parameters = parameters_of(scenario)
    design = parameter_sets(parameters, asked.seed, asked.sets)
    for each in design:  # so that values which are not valid together are told at once
        scenario_of(scenario, parameters, each)
    job = SetJob.of(scenario, parameters, design, asked.trials, workers, verify=asked.verify)
    with ctrl_c() as interrupts, interrupts.held(), ExitStack() as closing:
        if store is not None:
            closing.callback(store.close)
        running = RunningSets(job, workers, interrupts, store, on_progress)
        closing.callback(running.cancel)
        running.run()
    outcomes = running.complete()
    partial = running.interrupted and len(outcomes) < asked.sets
    if partial:
        workers.close(at_once=True)
    study = SetStudy(
        scenario,
        asked.seed,
        asked.trials,
        parameters,
        design,
        outcomes,
        partial,
        share_of_sets=asked.share_of_sets,
    )
    if asked.sobol is None or partial:
        return study
    return with_sensitivity(study, asked.sobol, workers, on_progress)


class RunningSets:
    """The parameter sets that are complete so far."""

    def __init__(
        self,
        job: SetJob,
        workers: Workers,
        interrupts: Interrupts,
        store: SetStore | None = None,
        on_progress: SetProgress | None = None,
        deadline: Deadline | None = None,
    ) -> None:
        self._job, self._interrupts, self._store = job, interrupts, store
        self._on_progress = on_progress
        self._dispatch = Dispatch(run_sets, job, workers, interrupts, deadline)
        self._done: dict[int, SetOutcome] = {}
        self.interrupted = False

    def run(self) -> None:
        """Run all sets; Ctrl-C ends it before."""
        try:
            self._run()
        except KeyboardInterrupt:
            if self._interrupts.stops_at_once:
                raise
            self.interrupted = True  # the complete sets are a result, marked as partial

    def cancel(self) -> None:
        """Cancel the sets that have not begun, and keep the workers."""
        self._dispatch.cancel()

    def complete(self) -> tuple[SetOutcome, ...]:
        """Return the complete sets in the order of their numbers."""
        return tuple(self._done[number] for number in sorted(self._done))

    def _run(self) -> None:
        count = len(self._job.sets)
        if self._store is not None:
            for done in self._store.take(range(count)):
                self._done[done.number] = done
        self._tell()
        missing = [number for number in range(count) if number not in self._done]
        for batch in self._dispatch.results(missing):
            for done in batch.sets:
                self._done[done.number] = done
                if self._store is not None:
                    self._store.add(done)
            self._tell()

    def _tell(self) -> None:
        if self._on_progress is not None and not self._interrupts.presses:
            self._on_progress(len(self._done), len(self._job.sets))


def with_sensitivity(
    study: SetStudy, base: int, workers: Workers, on_progress: SetProgress | None
) -> SetStudy:
    """Return a study with Sobol indices and a tornado; as it is if Ctrl-C comes before."""
    paths = [each.path for each in study.parameters]
    saltelli_rows = saltelli(len(paths), base, study.seed)
    rows = rows_of(saltelli_rows, tornado_shares(len(paths)))
    design = tuple(
        ParameterSet(number, study.seed, values_at(study.parameters, row))
        for number, row in enumerate(rows)
    )
    job = SetJob.of(study.scenario, study.parameters, design, study.trials, workers)
    with ctrl_c() as interrupts, interrupts.held():
        running = RunningSets(job, workers, interrupts, None, on_progress)
        running.run()
        running.cancel()
    if running.interrupted:
        workers.close(at_once=True)
        return replace(study, partial=True)
    count = len(saltelli_rows)
    parts = {
        name: _of(study, name, design, running.complete(), count) for name in study.replications
    }
    return replace(study, sensitivity=Sensitivity(base, count, parts))


def rows_of(*designs: Floats) -> list[list[float]]:
    """Return the rows of several designs."""
    return [row for design in designs for row in design.tolist()]


def _reaches(part: SetReplication | None, goal: float) -> bool:
    """Return whether the trials of an evaluation reach an objective, shown or not."""
    if part is None or part.attainment is None or part.verdict == "missed" or part.too_short:
        return False
    return part.attainment >= goal - ROUNDING


def _of(
    study: SetStudy,
    name: str,
    design: Sequence[ParameterSet],
    outcomes: Sequence[SetOutcome],
    count: int,
) -> ReplicationSensitivity:
    import numpy as np

    paths = [each.path for each in study.parameters]
    found = [each.replications.get(name) for each in outcomes]
    attained = [None if part is None else part.attainment for part in found]
    goal = study.scenario.rpo.attainment
    reached = np.array([float(_reaches(part, goal)) for part in found[:count]])
    bars = tornado(paths, lambda row, k: design[count + row].values[k], attained[count:])
    indices = sobol_indices(paths, reached, study.seed)
    return ReplicationSensitivity(float(reached.mean()), indices, bars, attained[count])

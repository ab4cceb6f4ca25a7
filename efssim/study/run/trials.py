"""Running trials of a scenario on any executor, in any order, with the same results."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from efssim.lag.kinds.asked import OF_TRIALS, Asked
from efssim.lag.pool import Pool
from efssim.model.kernel.shared_draws import SharedDraws
from efssim.model.kernel.strata import strata_of
from efssim.scenario import Scenario
from efssim.study.run.batch import Job, TrialBatch, run_batch
from efssim.study.run.deadline import Deadline
from efssim.study.run.dispatch import Dispatch
from efssim.study.run.executors import Workers
from efssim.study.run.interrupts import Interrupts, ctrl_c
from efssim.study.run.store import KeepsTrials
from efssim.study.run.trial_set import TrialSet
from efssim.study.statistics.precision import Precision, first_stage
from efssim.study.statistics.weighing import Design
from efssim.study.trial.outcome import Done, Trial

TrialProgress = Callable[[int, int], None]
"""Called with the number of complete trials, and that of all."""


def run_study(
    scenario: Scenario,
    trials: int | Precision,
    seed: int,
    workers: Workers,
    store: KeepsTrials | None,
    *,
    verify: bool,
    on_progress: TrialProgress | None,
    asked: Asked = OF_TRIALS,
    shared: SharedDraws | None = None,
) -> TrialSet:
    """Run so many trials, or as many as a precision takes; close workers and store at the end.

    `asked` are the measures that are read of each trial; with a store they are all.
    With `shared`, which has the draws of other studies on the same workers, the workers stay open.
    Ctrl-C returns those that are complete. Raise as `efssim.run_trials` does.
    """
    assert store is None or asked == OF_TRIALS, "kept trials have all measures"
    with ctrl_c() as interrupts, interrupts.held(), ExitStack() as closing:
        if store is not None:
            closing.callback(store.close)
        job = Job.of(scenario, seed, verify, workers, asked, shared)
        dispatch = Dispatch(run_batch, job, workers, interrupts)
        closing.callback(dispatch.close if shared is None else dispatch.leave)
        running = _RunningTrials(scenario, dispatch, store, on_progress, interrupts)
        wanted = running.run(trials)
    return running.made(seed, wanted, trials if isinstance(trials, Precision) else None)


def run_by(
    deadline: Deadline,
    scenario: Scenario,
    trials: int,
    *,
    seed: int,
    workers: Workers,
    asked: Asked,
    shared: SharedDraws | None = None,
    begun: TrialSet | None = None,
    kept: KeepsTrials | None = None,
    on_progress: TrialProgress | None = None,
) -> TrialSet:
    """Run trials on workers that others use as well; Ctrl-C returns those that are complete.

    `shared` has the draws of other studies. `begun` are the first of these trials, which run no
    more; its pool goes on with the rest. `kept` has trials with the same measures, and stays open.
    Raise OutOfTimeError at the deadline, besides the
    exceptions of `run_study`.
    """
    job = Job.of(scenario, seed, False, workers, asked, shared, deadline)
    with ctrl_c() as interrupts, interrupts.held():
        dispatch = Dispatch(run_batch, job, workers, interrupts, deadline)
        running = _RunningTrials(scenario, dispatch, kept, on_progress, interrupts)
        if begun is not None:
            running.go_on_with(begun)
        try:
            wanted = running.run(trials)
        finally:
            dispatch.cancel()
    return running.made(seed, wanted, None)


class _RunningTrials:
    """The trials that are complete so far."""

    def __init__(
        self,
        scenario: Scenario,
        dispatch: Dispatch[Job, TrialBatch],
        store: KeepsTrials | None,
        on_progress: TrialProgress | None,
        interrupts: Interrupts,
    ) -> None:
        self._scenario = scenario
        self._dispatch, self._store, self._on_progress = dispatch, store, on_progress
        self._first, self._design = first_stage(strata_of(scenario)), Design.of(scenario)
        self._interrupts = interrupts
        self._trials: dict[int, Trial] = {}
        self.pool = Pool()
        self.interrupted = False

    def go_on_with(self, begun: TrialSet) -> None:
        """Take the trials of a study as complete."""
        self._trials = {trial.number: trial for trial in begun.trials}
        self.pool = begun.pool

    def run(self, trials: int | Precision) -> int:
        """Run the wanted trials and return their number; Ctrl-C ends it before."""
        wanted = min(self._first, trials.budget) if isinstance(trials, Precision) else trials
        try:
            self._run_up_to(wanted)
            if isinstance(trials, Precision):
                needed = trials.trials_needed(self.complete(), self._design)
                wanted = min(needed, trials.budget)
                self._run_up_to(wanted)
        except KeyboardInterrupt:
            if self._interrupts.stops_at_once:
                raise
            self.interrupted = True  # the complete trials are a result, marked as partial
        return wanted

    def made(self, seed: int, wanted: int, precision: Precision | None) -> TrialSet:
        """Return the trials that are complete as a study."""
        complete = self.complete()
        partial = self.interrupted and (precision is not None or len(complete) < wanted)
        found = TrialSet(self._scenario, seed, complete, wanted, self.pool, partial, precision)
        self.pool.weigh(found.weighing.each)
        return found

    def complete(self) -> tuple[Trial, ...]:
        """Return the complete trials in the order of their numbers."""
        return tuple(self._trials[number] for number in sorted(self._trials))

    def _run_up_to(self, wanted: int) -> None:
        numbers = range(len(self._trials), wanted)
        if self._store is not None:
            for done in self._store.take(numbers):
                self._take(done)
        self._tell(wanted)
        missing = [number for number in numbers if number not in self._trials]
        for batch in self._dispatch.results(missing):
            for done in batch.trials:
                self._take(done)
                if self._store is not None:
                    self._store.add(done)
            self._tell(wanted)

    def _take(self, done: Done) -> None:
        self._trials[done.trial.number] = done.trial
        self.pool.add(done.states, done.trial.stratum)

    def _tell(self, wanted: int) -> None:
        if self._on_progress is not None and not self._interrupts.presses:
            self._on_progress(len(self._trials), wanted)

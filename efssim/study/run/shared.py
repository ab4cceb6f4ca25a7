"""One set of workers for the many evaluations of a study."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager

from efssim.lag.kinds.asked import OF_TRIALS, Asked
from efssim.model.kernel.shared_draws import SharedDraws
from efssim.scenario import Scenario
from efssim.study.errors import OutOfTimeError
from efssim.study.run.deadline import Deadline
from efssim.study.run.executors import Workers
from efssim.study.run.store import KeepsTrials
from efssim.study.run.trial_set import TrialSet
from efssim.study.run.trials import TrialProgress, run_by


class Runner:
    """Trials of scenarios on the same workers, until a deadline.

    What scenarios have in common is drawn once: the draws of trials of the same number and seed, as
    far as neither scenario changes what they depend on.
    """

    def __init__(self, workers: Workers, deadline: Deadline) -> None:
        self._workers, self.deadline = workers, deadline
        self._shared = SharedDraws()

    def run(
        self,
        scenario: Scenario,
        trials: int,
        seed: int,
        asked: Asked = OF_TRIALS,
        begun: TrialSet | None = None,
        kept: KeepsTrials | None = None,
        on_progress: TrialProgress | None = None,
    ) -> TrialSet:
        """Run trials for the measures that are asked for.

        Raise KeyboardInterrupt if they were interrupted, else their own exception.

        `begun` are the first of them, from a call before; it is used up. `kept` has some of them,
        and keeps the others. OutOfTimeError at the
        deadline, which ends the running trials.
        """
        self.deadline.check()
        # A single one is not worth a process.
        workers = Workers(workers=1) if trials == 1 else self._workers
        try:
            done = run_by(
                self.deadline,
                scenario,
                trials,
                seed=seed,
                workers=workers,
                asked=asked,
                shared=self._shared,
                begun=begun,
                kept=kept,
                on_progress=on_progress,
            )
        except OutOfTimeError:
            self._workers.close(at_once=True)
            raise
        if done.partial:
            raise KeyboardInterrupt
        return done

    def abandon(self) -> None:
        """Terminate the running trials; nobody waits for them."""
        self._workers.close(at_once=True)


@contextmanager
def runner(
    executor: Executor | str | None, workers: int | None, seconds: float | None = None
) -> Iterator[Runner]:
    """Open workers as `run_trials` does, for as long as they are needed, or so many seconds."""
    with Workers(executor, workers) as made:
        yield Runner(made, Deadline(seconds))

"""One set of workers for the many evaluations of a study."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from typing import Any

from efssim.scenario import Scenario
from efssim.study.executors import SerialExecutor, Workers
from efssim.study.trials import Trials, run_trials


class _Lent(Executor):
    """Workers as an executor, which keeps them when a call is done with it."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Submit a call."""
        assert not kwargs, "trials are handed out by position"
        return self._workers.submit(fn, *args)


class Runner:
    """Runs trials of scenarios on the same workers."""

    def __init__(self, workers: Workers) -> None:
        self._workers, self._count, self._lent = workers, workers.count, _Lent(workers)

    def run(self, scenario: Scenario, trials: int, seed: int) -> Trials:
        """Run trials; raise KeyboardInterrupt if they were interrupted, else what they raise."""
        # A single one is not worth a process.
        executor = SerialExecutor() if trials == 1 else self._lent
        done = run_trials(scenario, trials, seed=seed, executor=executor, workers=self._count)
        if done.partial:
            raise KeyboardInterrupt
        return done

    def abandon(self) -> None:
        """Give up what is under way; nobody waits for it."""
        self._workers.close(at_once=True)


@contextmanager
def runner(executor: Executor | None, workers: int | None) -> Iterator[Runner]:
    """Open workers as `run_trials` does, for as long as they are needed."""
    made = Workers(executor, workers)
    try:
        yield Runner(made)
    except BaseException:  # nobody waits for what is under way
        made.close(at_once=True)
        raise
    made.close()

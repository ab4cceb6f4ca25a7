"""Trials of a scenario: the study that people hold, and the function that runs it."""

from __future__ import annotations

import sys
from concurrent.futures import Executor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from efssim.api.values import named_replication, values_by_field
from efssim.lag.kinds.asked import OF_TRIALS, Asked
from efssim.model.kernel.shared_draws import SharedDraws
from efssim.progress import bar_of_trials, told
from efssim.scenario import Scenario
from efssim.scenario.arguments import checked
from efssim.scenario.expansion.seeds import drawn_with
from efssim.study.known import require_known
from efssim.study.run.executors import Workers
from efssim.study.run.interrupts import ctrl_c
from efssim.study.run.store import KeepsTrials, Store
from efssim.study.run.summary import trials_to_json
from efssim.study.run.trial_set import TrialSet
from efssim.study.run.trials import TrialProgress, run_study
from efssim.study.statistics.precision import BUDGET, Precision

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Trials(TrialSet):
    """The trials of a study, in the order of their numbers."""

    @classmethod
    def of(cls, data: TrialSet) -> Trials:
        """Return trials with plots and a display."""
        return cls(**values_by_field(data))

    def __repr__(self) -> str:
        partial = ", partial" * self.partial
        name = self.scenario.name
        return f"<efssim.Trials of {name!r}, seed {self.seed}, {len(self)} trials{partial}>"

    def _repr_html_(self) -> str:
        """Show verdict and lags of every replication, with intervals, in Jupyter."""
        from efssim.report.notebook import trials_html

        return trials_html(self)

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The content of summary.json: means over trials, `ci95`, `pooled` and `evidence`."""
        return trials_to_json(self)

    def plot(self, replication: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw the same as `plot_attainment`; return the Axes."""
        return self.plot_attainment(replication, ax)

    def plot_attainment(self, replication: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw the attainment of each trial, its mean with the 95 % interval, and the objective.

        `replication` may be left out where there is only one; KeyError otherwise. Without `ax` it
        is a new figure of pyplot's.
        """
        from efssim.report.figures.study.trials import plot_attained

        return plot_attained(self, named_replication(self.replications, replication), ax)

    def plot_lag(self, replication: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw how often each lag is longer than x, over all trials together; return the Axes.

        Errors as for `plot_attainment`.
        """
        from efssim.report.figures.study.trials import plot_pooled_lag

        return plot_pooled_lag(self, named_replication(self.replications, replication), ax)


@checked("run_trials")
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
    verify: bool = False,
    on_progress: TrialProgress | None = None,
    progress: bool = False,
) -> Trials:
    """Run independent trials of a scenario; Ctrl-C returns those that are complete.

    With `precision`, a share such as 0.02, as many trials as the mean age of every replication
    needs for a 95 % interval of that relative half-width, at least 10 and at most `budget`;
    `trials` is not used then. `executor` is any concurrent.futures.Executor, by default a pool of
    `workers` processes, one per CPU; 1 means this process. With an executor of your own, `workers`
    says how many calls it runs at once, where it does not tell itself. The results are the same
    on any executor. `resume` is a folder that keeps completed trials and takes up those it
    has. `verify` checks the laws in each trial. `on_progress` gets how many are complete, of how
    many; `progress` shows a bar of it, in a notebook or on standard error. A second Ctrl-C stops at
    once, with KeyboardInterrupt.

    Raise TrialError if a trial raises, WorkersDiedError (a BrokenExecutor) if workers keep dying,
    RunError if EFS refuses a part of the scenario, StoreError if the folder holds another study,
    StateError if its workers would begin the script once more that begins them,
    StudyError where parameters are uncertain, as `run_sets` is for,
    UsageError for an argument of another kind, ArgumentError for numbers that make no sense.
    """
    wish = trials if precision is None else Precision(precision, budget)
    scenario = drawn_with(scenario, seed)
    chosen = scenario.seed if seed is None else seed
    pool = Workers(executor, workers)
    store = None if resume is None else Store(Path(resume), scenario, chosen, verified=verify)
    shown = bar_of_trials(sys.stderr) if progress else None
    with told(on_progress, shown) as tell:
        return trials_on(pool, scenario, wish, chosen, store, verify=verify, on_progress=tell)


def trials_on(
    workers: Workers,
    scenario: Scenario,
    trials: int | Precision,
    seed: int,
    store: KeepsTrials | None,
    *,
    verify: bool,
    on_progress: TrialProgress | None,
    asked: Asked = OF_TRIALS,
    shared: SharedDraws | None = None,
) -> Trials:
    """Run trials on workers; with `shared` they stay open for studies that have draws in common.

    `asked` are the measures that are read of each trial; with a store they are all. Raise as
    `run_trials` does.
    """
    require_known(scenario, "a study of trials")
    scenario = drawn_with(scenario, seed)
    with ctrl_c() as interrupts, interrupts.held():
        made = run_study(
            scenario,
            trials,
            seed,
            workers,
            store,
            verify=verify,
            on_progress=on_progress,
            asked=asked,
            shared=shared,
        )
    return Trials.of(made)

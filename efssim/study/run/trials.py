"""Trials of a scenario: run on any executor, in any order, with the same results."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from efssim.errors import UnknownNameError
from efssim.json_values import JsonObject, to_json
from efssim.lag.pool import Pool
from efssim.lag.summary import WindowSummary
from efssim.model.kernel.strata import strata_of
from efssim.progress import bar_of_trials, told
from efssim.scenario import Scenario
from efssim.scenario.arguments import checked
from efssim.scenario.shown.trace_use import trace_qualities
from efssim.study.run.deadline import Deadline
from efssim.study.run.dispatch import HandingOut
from efssim.study.run.executors import Workers
from efssim.study.run.interrupts import Interrupts, ctrl_c
from efssim.study.run.part import Job
from efssim.study.run.store import Store
from efssim.study.statistics.evidence import Evidence, evidence
from efssim.study.statistics.intervals import Estimate, Interval, quantile_interval, quantile_of
from efssim.study.statistics.precision import BUDGET, Precision, first_stage, stein_intervals
from efssim.study.statistics.quantiles import weighted_quantile
from efssim.study.statistics.summary import means_and_intervals, trial_table
from efssim.study.statistics.weighing import Design, Weighing
from efssim.study.trial.long_faults import long_faults
from efssim.study.trial.outcome import Done, Trial
from efssim.traces.quality import TraceQuality

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

Progress = Callable[[int, int], None]
"""Called with the number of complete trials, and that of all."""


@dataclass(frozen=True, repr=False)
class Trials:
    """The trials of a study, in the order of their numbers."""

    scenario: Scenario
    seed: int
    trials: tuple[Trial, ...]
    """Those that are complete."""
    wanted: int
    """How many were asked for, or needed for the precision, at most its budget."""
    pool: Pool
    """The lags over all of them."""
    partial: bool = False
    """Whether Ctrl-C came before all were complete."""
    precision: Precision | None = None
    """The precision that decided how many there are; None: a number that was given."""

    def __len__(self) -> int:
        return len(self.trials)

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
        stein = None
        if self.precision is not None:
            stein = stein_intervals(self.trials, self.design, self._first)
        means, intervals = means_and_intervals(self.trials, self.weighing, self.evidence, stein)
        return {
            "scenario": self.scenario.name,
            "seed": self.seed,
            "trials": len(self),
            "partial": self.partial,
            "precision": self._precision(),
            "window": self.trials[0].summary["window"] if self.trials else None,
            "replications": means,
            "ci95": intervals,
            "pooled": self._pooled(),
            "evidence": self._evidence(),
            "traces": self.trials[0].summary["traces"] if self.trials else {},
            "digest": self.digest,
        }

    @property
    def window(self) -> WindowSummary:
        """The window in which everything is measured, the same in each trial."""
        begin_s, end_s = self.scenario.warm_up, self.scenario.duration
        return WindowSummary(begin_s, end_s, end_s - begin_s)

    def _pooled(self) -> dict[str, dict[str, JsonObject]]:
        return {
            name: {lag: to_json(numbers) for lag, numbers in lags.items()}
            for name, lags in self.pool.numbers().items()
        }

    @cached_property
    def traces(self) -> dict[str, TraceQuality]:
        """Quality of the traces, by the path of the stream.

        Raise TraceErrors if a file changed since.
        """
        return trace_qualities(self.scenario)

    def _evidence(self) -> dict[str, Any]:
        """Return the evidence of each replication, and strata and long faults, if any, for all."""
        strata = self.weighing.as_json()
        found = {name: each._asdict() for name, each in self.evidence.items()}
        too_long = list(long_faults(self.scenario))
        of_all = {"strata": strata, "long_faults": too_long}
        return {**{name: part for name, part in of_all.items() if part}, **found}

    def _precision(self) -> dict[str, float | int | None] | None:
        if self.precision is None:
            return None
        needed = self.trials_needed
        return {"share": self.precision.share, "budget": self.precision.budget, "needed": needed}

    @property
    def trials_needed(self) -> int | None:
        """How many trials the precision takes, budget or not; None if that is not known."""
        if self.precision is None or len(self) < self._first:
            return None
        return self.precision.trials_needed(self.trials[: self._first], self.design)

    @property
    def _first(self) -> int:
        return first_stage(strata_of(self.scenario))

    @cached_property
    def design(self) -> Design:
        """The strata of the trials."""
        return Design.of(self.scenario)

    @cached_property
    def weighing(self) -> Weighing:
        """How much each trial counts."""
        return self.design.weighing([trial.stratum for trial in self.trials])

    @cached_property
    def evidence(self) -> dict[str, Evidence]:
        """Evidence of the trials on the objective of each replication."""
        parts = [trial.summary["replications"] for trial in self.trials]
        names = dict.fromkeys(name for part in parts for name in part)
        return {name: evidence(self.trials, name, self.design) for name in names}

    @cached_property
    def table(self) -> pd.DataFrame:
        """Every number of every trial: a row for each trial and replication, dotted columns."""
        return trial_table(self.trials, self.weighing)

    @property
    def replications(self) -> list[str]:
        """Names of the replications that any trial has, in the order of their creation."""
        return list(self.evidence)

    def plot(self, replication: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw the same as `plot_attainment`; return the Axes."""
        return self.plot_attainment(replication, ax)

    def plot_attainment(self, replication: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw the attainment of each trial, its mean with the 95 % interval, and the objective.

        `replication` may be left out where there is only one; KeyError otherwise. Without `ax` it
        is a new figure of pyplot's.
        """
        from efssim.report.figures.study.trials import plot_attained

        return plot_attained(self, self._named(replication), ax)

    def plot_lag(self, replication: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw how often each lag is longer than x, over all trials together; return the Axes.

        Errors as for `plot_attainment`.
        """
        from efssim.report.figures.study.trials import plot_pooled_lag

        return plot_pooled_lag(self, self._named(replication), ax)

    def _named(self, replication: str | None) -> str:
        if replication is None and len(self.replications) == 1:
            return self.replications[0]
        if replication not in self.replications:
            raise UnknownNameError(f"name one of the replications: {', '.join(self.replications)}")
        return replication

    def estimate(self, replication: str, column: str) -> Estimate:
        """Return the mean over trials of a number column of `table`, and its 95 % interval.

        Both as `summary` has them; None where there is none. Raise KeyError for a replication or a
        column that there is not.
        """
        found = []
        for tree in (self.summary["replications"], self.summary["ci95"]):
            node = tree[replication]
            for key in column.split("."):
                node = None if node is None else node.get(key)
            found.append(node)
        if column not in self.table.columns:
            raise UnknownNameError(f"no trial has a number {column!r}")
        value, bounds = found
        return Estimate(value, None if bounds is None else Interval(*bounds))

    def quantile(self, replication: str, column: str, p: float) -> Estimate:
        """Return the p-quantile over trials of a column of `table`, with its 95 % interval.

        As the median over trials of `rpo.longest_s`, the longest violation. The interval is from
        order statistics and holds whatever the distribution, as does that of strata; it is None
        where so few trials cannot enclose the quantile. Raise KeyError for a replication or a
        column that there is not, ValueError unless 0 < p < 1, TypeError for a column of texts.
        """
        rows = self.table[self.table["replication"] == replication]
        if not len(rows):
            raise UnknownNameError(f"no trial has a replication {replication!r}")
        rows = rows.dropna(subset=[column])
        values = [float(value) for value in rows[column]]
        if not self.weighing.is_plain:
            return weighted_quantile(values, rows["stratum"].tolist(), self.weighing, p)
        return Estimate(quantile_of(values, p), quantile_interval(values, p))

    @property
    def digest(self) -> str:
        """A hash of the digests of the trials, in the order of their numbers."""
        return study_digest(self.trials)


def study_digest(trials: tuple[Trial, ...]) -> str:
    """Return the SHA-256 over the trials' numbers and digests."""
    lines = (f"{trial.number} {trial.summary['digest']}\n" for trial in trials)
    return "sha256:" + hashlib.sha256("".join(lines).encode()).hexdigest()


@checked("run_trials")
def run_trials(
    scenario: Scenario,
    trials: int = 30,
    *,
    seed: int | None = None,
    precision: float | None = None,
    budget: int = BUDGET,
    executor: Executor | str | None = None,
    workers: int | None = None,
    resume: Path | None = None,
    verify: bool = False,
    on_progress: Progress | None = None,
    progress: bool = False,
) -> Trials:
    """Run independent trials of a scenario; Ctrl-C returns those that are complete.

    With `precision`, a share such as 0.02, as many trials as the mean age of every replication
    needs for a 95 % interval of that relative half-width, at least 10 and at most `budget`;
    `trials` is not used then. `executor` is any concurrent.futures.Executor, or the name of one
    (`"serial"`, `"processes"`, or one of `efssim.extend.executors`), by default a pool of `workers`
    processes, one per CPU; 1 means this process. With an executor of your own, `workers`
    says how many calls it runs at once, where it does not tell itself. The results are the same
    whatever executes them. `resume` is a folder that keeps completed trials and takes up those it
    has. `verify` checks the laws in each trial. `on_progress` gets how many are complete, of how
    many; `progress` shows a bar of it, in a notebook or on standard error. A second Ctrl-C stops at
    once, with KeyboardInterrupt.

    Raise TrialError if a trial raises, WorkersDiedError (a BrokenExecutor) if workers keep dying,
    RunError if EFS refuses a part of the scenario, StoreError if the folder holds another study,
    UsageError for an argument of another kind, ArgumentError for numbers that make no sense.
    """
    wish = None if precision is None else Precision(precision, budget)
    seed = scenario.seed if seed is None else seed
    store = None if resume is None else Store(Path(resume), scenario, seed, verified=verify)
    job = Job.of(scenario, seed, verify)
    shown = bar_of_trials(sys.stderr) if progress else None
    with ctrl_c() as interrupts, interrupts.held(), told(on_progress, shown) as tell:
        handing_out = HandingOut(job, Workers(executor, workers), interrupts)
        study = _Study(scenario, handing_out, store, tell, interrupts)
        try:
            wanted = study.run(trials, wish)
        finally:
            handing_out.close()
            if store is not None:
                store.close()
    return study.made(seed, wanted, wish)


def run_by(
    deadline: Deadline, scenario: Scenario, trials: int, *, seed: int, workers: Workers
) -> Trials:
    """Run trials on workers that others use as well; Ctrl-C returns those that are complete.

    Raise OutOfTimeError at the deadline, besides what `run_trials` raises.
    """
    job = Job.of(scenario, seed, False)
    with ctrl_c() as interrupts, interrupts.held():
        handing_out = HandingOut(job, workers, interrupts, deadline)
        study = _Study(scenario, handing_out, None, None, interrupts)
        try:
            wanted = study.run(trials, None)
        finally:
            handing_out.cancel()
    return study.made(seed, wanted, None)


class _Study:
    """The trials that are complete so far."""

    def __init__(
        self,
        scenario: Scenario,
        handing_out: HandingOut,
        store: Store | None,
        on_progress: Progress | None,
        interrupts: Interrupts,
    ) -> None:
        self._scenario = scenario
        self._handing_out, self._store, self._on_progress = handing_out, store, on_progress
        self._first, self._design = first_stage(strata_of(scenario)), Design.of(scenario)
        self._interrupts = interrupts
        self._trials: dict[int, Trial] = {}
        self.pool = Pool()
        self.interrupted = False

    def run(self, trials: int, precision: Precision | None) -> int:
        """Run the wanted trials and return their number; Ctrl-C ends it before."""
        wanted = trials if precision is None else min(self._first, precision.budget)
        try:
            self._run_up_to(wanted)
            if precision is not None:
                needed = precision.trials_needed(self.complete(), self._design)
                wanted = min(needed, precision.budget)
                self._run_up_to(wanted)
        except KeyboardInterrupt:
            if self._interrupts.stops_at_once:
                raise
            self.interrupted = True  # the complete trials are a result, marked as partial
        return wanted

    def made(self, seed: int, wanted: int, precision: Precision | None) -> Trials:
        """Return the trials that are complete as a study."""
        complete = self.complete()
        partial = self.interrupted and (precision is not None or len(complete) < wanted)
        found = Trials(self._scenario, seed, complete, wanted, self.pool, partial, precision)
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
        for part in self._handing_out.results(missing):
            for done in part.trials:
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

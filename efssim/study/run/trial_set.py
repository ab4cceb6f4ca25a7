"""The trials of one scenario as plain data: each of them, and their statistics."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from efssim.errors import UnknownNameError
from efssim.json_values import JsonObject, JsonValue, to_json
from efssim.lag.pool import Pool
from efssim.lag.summary import LagSummary, WindowSummary
from efssim.model.kernel.strata import strata_of
from efssim.scenario import Scenario
from efssim.scenario.shown.trace_use import trace_qualities
from efssim.study.means.alarms import AlarmOfTrials, alarms_of_trials
from efssim.study.means.cost import CostOfTrials, cost_of_trials
from efssim.study.means.fleets import FleetOfTrials, fleets_of_trials
from efssim.study.means.means import (
    Intervals,
    Means,
    intervals_of,
    means_of,
)
from efssim.study.means.table import trial_table
from efssim.study.statistics.evidence import Evidence, evidence, objective_evidence
from efssim.study.statistics.intervals import (
    Interval,
    IntervalEstimate,
    quantile_interval,
    quantile_of,
)
from efssim.study.statistics.precision import Precision, first_stage, stein_intervals
from efssim.study.statistics.quantiles import weighted_quantile
from efssim.study.statistics.weighing import Design, Weighing
from efssim.study.trial.outcome import Trial
from efssim.traces.quality import TraceQuality

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, repr=False)
class TrialSet:
    """Trials of one scenario and seed, in the order of their numbers."""

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

    @property
    def window(self) -> WindowSummary:
        """The window in which everything is measured, the same in each trial."""
        begin_s, end_s = self.scenario.warm_up, self.scenario.duration
        return WindowSummary(begin_s, end_s, end_s - begin_s)

    @cached_property
    def means(self) -> dict[str, Means]:
        """Means over trials by replication, with what the trials show of the RPO."""
        return means_of(self.trials, self.weighing, self.evidence, self.objective_evidence)

    @cached_property
    def fleets(self) -> dict[str, FleetOfTrials]:
        """Numbers of fleets over trials, by name."""
        return fleets_of_trials(self.trials, self.weighing, self.means)

    @cached_property
    def intervals(self) -> dict[str, Intervals]:
        """The 95 % intervals of the means, by replication."""
        stein: dict[str, Interval | None] = {}
        if self.precision is not None:
            stein = stein_intervals(self.trials, self.design, self._first)
        return intervals_of(self.trials, self.weighing, self.evidence, stein)

    @cached_property
    def pooled(self) -> dict[str, dict[str, LagSummary]]:
        """The numbers of each lag over all trials together, by replication and lag."""
        return self.pool.numbers()

    @cached_property
    def traces(self) -> dict[str, TraceQuality]:
        """Quality of the traces, by the path of the stream.

        Raise TraceErrors if a file changed since.
        """
        return trace_qualities(self.scenario)

    @cached_property
    def alarms(self) -> dict[str, AlarmOfTrials]:
        """How each alarm of the scenario did over the trials, by name."""
        return alarms_of_trials(self.trials, self.weighing)

    @cached_property
    def cost(self) -> CostOfTrials | None:
        """Mean costs over the trials; None where the scenario has no prices."""
        return cost_of_trials(self.trials, self.weighing)

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
        names = dict.fromkeys(name for trial in self.trials for name in trial.summary.replications)
        return {name: evidence(self.trials, name, self.design) for name in names}

    @cached_property
    def objective_evidence(self) -> dict[str, dict[str, Evidence]]:
        """Evidence on the objectives besides the RPO, by replication and objective."""
        return {name: objective_evidence(self.trials, name, self.design) for name in self.evidence}

    @cached_property
    def table(self) -> pd.DataFrame:
        """Every number of every trial: a row for each trial and replication, dotted columns."""
        return trial_table(self.trials, self.weighing, self.scenario.start)

    @property
    def replications(self) -> list[str]:
        """Names of the replications that any trial has, in the order of their creation."""
        return list(self.evidence)

    def estimate(self, replication: str, column: str) -> IntervalEstimate:
        """Return the mean over trials of a number column of `table`, and its 95 % interval.

        Both as `summary` has them; None where there is none. Raise KeyError for a replication or a
        column that there is not.
        """
        value, bounds = (
            _at(to_json(of_all[replication]), column) for of_all in (self.means, self.intervals)
        )
        if column not in self.table.columns:
            raise UnknownNameError(f"no trial has a number {column!r}")
        for name, fleet in self.fleets.items():
            if column == f"fleets.{name}.attainment_all":
                return IntervalEstimate(fleet.attainment_all, fleet.ci95.attainment_all)
        return IntervalEstimate(_number(value), _interval(bounds))

    def quantile(self, replication: str, column: str, p: float) -> IntervalEstimate:
        """Return the p-quantile over trials of a column of `table`, with its 95 % interval.

        As the median over trials of `rpo.longest_s`, the longest violation. The interval is from
        order statistics and holds for any distribution, as does that of strata; it is None
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
        return IntervalEstimate(quantile_of(values, p), quantile_interval(values, p))

    @property
    def digest(self) -> str:
        """A hash of the digests of the trials, in the order of their numbers."""
        return study_digest(self.trials)


def _at(tree: JsonObject, column: str) -> JsonValue:
    """Return the value of an object at a dotted name; None where the path ends before."""
    found: JsonValue = tree
    for key in column.split("."):
        found = found.get(key) if isinstance(found, dict) else None
    return found


def _number(value: JsonValue) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _interval(value: JsonValue) -> Interval | None:
    if not isinstance(value, list):
        return None
    low, high = value
    return Interval(low, high)


def study_digest(trials: tuple[Trial, ...]) -> str:
    """Return the SHA-256 over the trials' numbers and digests."""
    lines = (f"{trial.number} {trial.summary.digest}\n" for trial in trials)
    return "sha256:" + hashlib.sha256("".join(lines).encode()).hexdigest()

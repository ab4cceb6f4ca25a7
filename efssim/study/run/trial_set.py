"""The trials of one scenario as plain data: each of them, and their statistics."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from efssim.errors import UnknownNameError
from efssim.json_values import JsonObject, to_json
from efssim.lag.pool import Pool
from efssim.lag.summary import WindowSummary
from efssim.model.kernel.strata import strata_of
from efssim.scenario import Scenario
from efssim.scenario.shown.trace_use import trace_qualities
from efssim.study.statistics.evidence import Evidence, evidence
from efssim.study.statistics.intervals import Estimate, Interval, quantile_interval, quantile_of
from efssim.study.statistics.precision import Precision, first_stage, stein_intervals
from efssim.study.statistics.quantiles import weighted_quantile
from efssim.study.statistics.summary import means_and_intervals, trial_table
from efssim.study.statistics.weighing import Design, Weighing
from efssim.study.trial.long_faults import long_faults
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
        strata = [to_json(each) for each in self.weighing.strata()]
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
        return Estimate(quantile_of(values, p), quantile_interval(values, p))

    @property
    def digest(self) -> str:
        """A hash of the digests of the trials, in the order of their numbers."""
        return study_digest(self.trials)


def study_digest(trials: tuple[Trial, ...]) -> str:
    """Return the SHA-256 over the trials' numbers and digests."""
    lines = (f"{trial.number} {trial.summary['digest']}\n" for trial in trials)
    return "sha256:" + hashlib.sha256("".join(lines).encode()).hexdigest()

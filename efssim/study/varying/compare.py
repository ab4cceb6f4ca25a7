"""Comparing two studies by common random numbers: trial k of both shares its draws."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from efssim.errors import UsageError
from efssim.study.errors import StudyError
from efssim.study.run.trials import Trials
from efssim.study.statistics.pairs import Difference, apart, weighted_difference
from efssim.study.statistics.summary import PLACES

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MEASURES = (
    "time_since_last_sync_s.mean",
    "time_since_last_sync_s.p99",
    "time_since_last_sync_s.max",
    "write_lag_s.mean",
    "write_lag_s.p99",
    "pending_bytes.mean",
    "pending_bytes.max",
    "rpo.attainment",
    "rpo.violation_s",
    "syncs.duration_mean_s",
)
"""Measures of the text report and of the figure."""


@dataclass(frozen=True, repr=False)
class Comparison:
    """Differences of two studies, second minus first, over pairs of trials."""

    first: Trials
    second: Trials

    def __repr__(self) -> str:
        a, b = self.first.scenario.name, self.second.scenario.name
        return f"<efssim.Comparison of {a!r} and {b!r}: {len(self.numbers)} pairs of trials>"

    def _repr_html_(self) -> str:
        """Show the differences of the main measures in Jupyter."""
        from efssim.report.notebook import comparison_html

        return comparison_html(self)

    @cached_property
    def numbers(self) -> tuple[int, ...]:
        """Numbers of the trials that both have."""
        known = {trial.number for trial in self.second.trials}
        return tuple(trial.number for trial in self.first.trials if trial.number in known)

    @property
    def partial(self) -> bool:
        """Whether Ctrl-C came before all trials of both were complete."""
        return self.first.partial or self.second.partial

    @cached_property
    def replications(self) -> tuple[tuple[str, str], ...]:
        """Replications that belong together: of the same name, or the only one of each study."""
        names = [_replications(study) for study in (self.first, self.second)]
        if len(names[0]) == len(names[1]) == 1:
            return ((names[0][0], names[1][0]),)
        return tuple((name, name) for name in names[0] if name in names[1])

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per replication and measure: both means, the difference and its 95 % interval.

        `variance_saved` is the share of the difference's variance that pairing saved, over the
        `pairs` of trials in which both have the number.
        """
        import pandas as pd

        rows = []
        for a, b in self.replications:
            left, right = self._numbers(self.first, a), self._numbers(self.second, b)
            for measure in left.columns.intersection(right.columns, sort=False):
                pairs = pd.concat((left[measure], right[measure]), axis=1).dropna()
                if len(pairs) and measure not in PLACES:
                    found = self._difference(pairs, (a, b), measure)
                    name = a if a == b else f"{a}, {b}"
                    row = {"replication": name, "measure": measure, **found._asdict()}
                    rows.append({**row, "pairs": len(pairs) if self.is_paired else 0})
        columns = ["replication", "measure", "first", "second", "difference", "low", "high"]
        table = pd.DataFrame(rows, columns=[*columns, "variance_saved", "pairs"])
        numbers = dict.fromkeys([*columns[2:], "variance_saved"], "float64")
        return table.astype({"replication": "str", "measure": "str", "pairs": "int64", **numbers})

    @property
    def is_paired(self) -> bool:
        """Whether trials of one number are pairs: not where rare faults differ, and so strata."""
        return self.first.design == self.second.design

    def _difference(self, pairs: pd.DataFrame, names: tuple[str, str], measure: str) -> Difference:
        if not self.is_paired:
            studies = zip((self.first, self.second), names, strict=True)
            (a, of_a), (b, of_b) = (study.estimate(name, measure) for study, name in studies)
            return apart((a or 0.0, of_a), (b or 0.0, of_b))
        by_number = {trial.number: trial.stratum for trial in self.first.trials}
        strata = [by_number[int(number)] for number in pairs.index]
        both = set(self.numbers)
        weighing = self.first.design.weighing(
            [at for number, at in by_number.items() if number in both]
        )
        first, second = (pairs.iloc[:, column].tolist() for column in (0, 1))
        return weighted_difference(first, second, strata, weighing)

    def _numbers(self, study: Trials, replication: str) -> pd.DataFrame:
        """Return the numbers of the trials that both have, indexed by trial."""
        table = study.table
        table = table[table["replication"] == replication].set_index("trial")
        return table.loc[list(self.numbers)].drop(columns="replication").select_dtypes("number")

    @property
    def main(self) -> pd.DataFrame:
        """The rows of the measures that most people look at."""
        return self.table[self.table["measure"].isin(MEASURES)].reset_index(drop=True)

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The content of comparison.json; a number that does not exist is None."""
        import pandas as pd

        rows = self.table.astype(object).where(pd.notna(self.table), None)
        return {
            "first": self.first.scenario.name,
            "second": self.second.scenario.name,
            "seed": self.first.seed,
            "pairs": len(self.numbers) if self.is_paired else 0,
            "partial": self.partial,
            "traces": {
                study.scenario.name: study.summary["traces"] for study in (self.first, self.second)
            },
            "differences": rows.to_dict("records"),
        }

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the relative change of the main measures, with intervals; return the Axes.

        Without `ax` it is a new figure of pyplot's.
        """
        from efssim.report.figures.study.comparison import plot_comparison

        return plot_comparison(self, ax)


def compare(a: Trials, b: Trials) -> Comparison:
    """Compare two studies trial by trial, the second minus the first.

    Raise StudyError unless both have the same seed, a trial number and a replication in common:
    draws belong to names and to (seed, trial), so only then are trials pairs.
    """
    given: tuple[object, object] = (a, b)  # callers may break the annotations
    for study in given:
        if not isinstance(study, Trials):
            kind = type(study).__name__
            raise UsageError(f"efssim.compare: takes Trials of efssim.run_trials, not {kind}")
    if a.seed != b.seed:
        raise StudyError(f"seeds {a.seed} and {b.seed} share no draws; run both with one seed")
    made = Comparison(a, b)
    if not made.numbers:
        raise StudyError("no trial number is in both, so there are no pairs")
    if not made.replications:
        raise StudyError("no replication has the same name in both, so nothing is comparable")
    return made


def _replications(study: Trials) -> list[str]:
    return [str(name) for name in study.table["replication"].unique()]

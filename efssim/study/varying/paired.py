"""Two studies compared by common random numbers: trial k of both shares its draws."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING

from efssim.study.means.table import PLACES
from efssim.study.run.trial_set import TrialSet
from efssim.study.statistics.pairs import Difference, apart, weighted_difference

if TYPE_CHECKING:
    import pandas as pd

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


@dataclass(frozen=True, slots=True)
class MeasureDifference:
    """The means of a measure in both studies, and their difference with its 95 % interval."""

    replication: str
    measure: str
    first: float
    second: float
    difference: float
    low: float | None
    high: float | None
    variance_saved: float | None
    pairs: int


@dataclass(frozen=True, repr=False)
class PairedTrials:
    """Two studies trial by trial, and their differences: second minus first."""

    first: TrialSet
    second: TrialSet

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

        columns = [field.name for field in fields(MeasureDifference)]
        table = pd.DataFrame(map(asdict, self.differences), columns=columns)
        numbers = dict.fromkeys([*columns[2:-1]], "float64")
        return table.astype({"replication": "str", "measure": "str", "pairs": "int64", **numbers})

    @cached_property
    def differences(self) -> tuple[MeasureDifference, ...]:
        """The rows of `table`."""
        import pandas as pd

        rows = []
        for a, b in self.replications:
            left, right = self._numbers(self.first, a), self._numbers(self.second, b)
            for measure in left.columns.intersection(right.columns, sort=False):
                pairs = pd.concat((left[measure], right[measure]), axis=1).dropna()
                if len(pairs) and measure not in PLACES:
                    found = self._difference(pairs, (a, b), measure)
                    name = a if a == b else f"{a}, {b}"
                    count = len(pairs) if self.is_paired else 0
                    rows.append(MeasureDifference(name, measure, *found.as_floats(), count))
        return tuple(rows)

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

    def _numbers(self, study: TrialSet, replication: str) -> pd.DataFrame:
        """Return the numbers of the trials that both have, indexed by trial."""
        table = study.table
        table = table[table["replication"] == replication].set_index("trial")
        return table.loc[list(self.numbers)].drop(columns="replication").select_dtypes("number")

    @property
    def main(self) -> pd.DataFrame:
        """The rows of the measures that most people look at."""
        return self.table[self.table["measure"].isin(MEASURES)].reset_index(drop=True)

    @property
    def main_differences(self) -> tuple[MeasureDifference, ...]:
        """The rows of `main`."""
        return tuple(row for row in self.differences if row.measure in MEASURES)


def _replications(study: TrialSet) -> list[str]:
    return [str(name) for name in study.table["replication"].unique()]

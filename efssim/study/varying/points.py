"""Trials at many combinations of values, as plain data: their means, and the changes by values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from efssim.errors import UnknownNameError
from efssim.json_values import JsonValue
from efssim.records.column_types import categories
from efssim.scenario import Scenario
from efssim.scenario.shown.cells_use import CellsUse, cells_over
from efssim.study.errors import StudyError
from efssim.study.means.table import PLACES
from efssim.study.run.trial_set import TrialSet
from efssim.study.statistics.pairs import Difference, apart, weighted_difference
from efssim.study.varying.designs import Arrangement
from efssim.study.varying.space import VariedParameter
from efssim.text.suggestions import suggest
from efssim.traces.quality import TraceQuality

if TYPE_CHECKING:
    import pandas as pd

MEASURE = "time_since_last_sync_s.mean"
"""The measure that is drawn unless another is named: a column of the table."""


@dataclass(frozen=True)
class Point:
    """Trials at one combination of values."""

    values: Mapping[str, JsonValue]
    """By path; in SI units where they are numbers. A path that is not there is not varied."""
    trials: TrialSet


@dataclass(frozen=True, slots=True)
class PointMean:
    """The mean of a measure over the trials at a combination, with its 95 % interval."""

    values: Mapping[str, JsonValue]
    """Of every parameter, by path; None where it is not varied."""
    mean: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class ValueChange:
    """The change of a measure by one value alone."""

    path: str
    value: JsonValue
    change: Difference
    """From the base, which is the first, to the value."""


def _covered(found: TraceQuality) -> float:
    return 1.0 if found.coverage is None or not found.is_thin else found.coverage


@dataclass(frozen=True, repr=False)
class SweepPoints:
    """Trials at many combinations of values; trial numbers share their draws."""

    scenario: Scenario
    seed: int
    parameters: tuple[VariedParameter, ...]
    points: tuple[Point, ...]
    """Combinations in order, the last parameter fastest; one at a time: first the base."""
    arrangement: Arrangement = "grid"
    """How the values make combinations."""
    wanted: int | None = None
    """How many combinations were asked for; None: those that there are."""

    @property
    def one_at_a_time(self) -> bool:
        """Whether each value is tried alone, besides the scenario as it is."""
        return self.arrangement == "alone"

    @property
    def partial(self) -> bool:
        """Whether Ctrl-C came before all combinations were complete."""
        return self.wanted is not None and len(self.points) < self.wanted

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per combination, trial and replication: paths, then every number of the trial."""
        import pandas as pd

        # Without a value, as where another parameter is varied alone, a cell is empty.
        tables = []
        for point in self.points:
            table = point.trials.table.copy()
            for ordinal, vary in enumerate(self.parameters):
                value = point.values.get(vary.path)
                column = pd.Series([value] * len(table), index=table.index, dtype=_type_of(vary))
                table.insert(ordinal, vary.path, column)
            tables.append(table)
        joined = pd.concat(tables, ignore_index=True)
        names = (name for table in tables for name in table["replication"].cat.categories)
        return joined.assign(replication=categories(joined["replication"], names))

    @cached_property
    def traces(self) -> dict[str, TraceQuality]:
        """Quality of the traces, by the path of the stream.

        Of each stream where its coverage is least, for values that are varied may change it. Raise
        TraceErrors if a file changed since.
        """
        worst: dict[str, TraceQuality] = {}
        for point in self.points:
            for path, found in point.trials.traces.items():
                worst[path] = min(worst.get(path, found), found, key=_covered)
        return worst

    @cached_property
    def cells(self) -> dict[str, CellsUse]:
        """Streams that are drawn in cells, by their paths, over all points."""
        return cells_over(point.trials.scenario for point in self.points)

    def means(self, measure: str = MEASURE, replication: str | None = None) -> pd.DataFrame:
        """Return mean and 95 % interval of a measure, one row per combination.

        `measure` is a column of the table, such as `rpo.attainment`; StudyError if there is none.
        `replication` may be left out where there is only one; KeyError otherwise.
        """
        import pandas as pd

        ends = {"mean": "float64", "low": "float64", "high": "float64"}
        rows = [
            {**row.values, "mean": row.mean, "low": row.low, "high": row.high}
            for row in self.point_means(measure, replication)
        ]
        return pd.DataFrame(rows).astype(ends)

    def point_means(self, measure: str, replication: str | None = None) -> tuple[PointMean, ...]:
        """Return the rows of `means`."""
        self.check_measure(measure)
        name = self.named(replication)
        return tuple(self._mean(point, measure, name) for point in self.points)

    def _mean(self, point: Point, measure: str, name: str) -> PointMean:
        values = {vary.path: point.values.get(vary.path) for vary in self.parameters}
        mean, interval = point.trials.estimate(name, measure)
        return PointMean(values, None if mean is None else float(mean), *(interval or (None, None)))

    def check_measure(self, measure: str) -> None:
        """Raise StudyError unless every trial has a number of that name."""
        table, *others = (point.trials.table for point in self.points)
        having = [measure in each.columns for each in (table, *others)]
        if any(having) and not all(having):
            raise StudyError(f"not every combination has a measure '{measure}'")
        if not any(having) or measure in ("trial", "replication", *PLACES):
            known = [
                name
                for name in table.columns
                if table[name].dtype.kind in "fiu" and name not in PLACES
            ]
            raise StudyError(f"no measure '{measure}'{_meant(measure, known)}")

    def series(
        self, point: Point, measure: str, replication: str | None = None
    ) -> pd.Series[float]:
        """Return a measure of the trials at a point that have it, by trial; errors as `means`."""
        table = point.trials.table
        rows = table[table["replication"] == self.named(replication)]
        return rows.set_index("trial")[measure].dropna().astype("float64")

    def named(self, replication: str | None) -> str:
        """Return the replication that is meant; KeyError if it is none, or not clear."""
        known = list(self.points[0].trials.table["replication"].unique())
        if replication is None and len(known) == 1:
            return str(known[0])
        if replication is None or replication not in known:
            raise UnknownNameError(f"name one of the replications: {', '.join(known)}")
        return replication

    def tornado(self, measure: str = MEASURE, replication: str | None = None) -> pd.DataFrame:
        """Return the change by each value alone: paired differences from the base, largest first.

        Of a sweep one at a time; StudyError otherwise, KeyError as for `means`.
        """
        import pandas as pd

        rows = [
            {"path": row.path, "value": row.value, **row.change._asdict()}
            for row in self.changes(measure, replication)
        ]
        table = pd.DataFrame(rows, columns=["path", "value", *Difference._fields])
        table = table.astype(dict.fromkeys(Difference._fields, "float64") | {"path": "str"})
        return table.rename(columns={"first": "base", "second": "mean"})

    def changes(self, measure: str, replication: str | None = None) -> tuple[ValueChange, ...]:
        """Return the rows of `tornado`: of the parameter that changes most first."""
        import pandas as pd

        if not self.one_at_a_time:
            raise StudyError("a tornado needs a sweep of one parameter at a time")
        self.check_measure(measure)
        base = self.series(self.points[0], measure, replication)
        rows = []
        for point in self.points[1:]:
            ((path, value),) = point.values.items()
            pairs = pd.concat((base, self.series(point, measure, replication)), axis=1).dropna()
            if len(pairs):
                change = self._change(point, pairs, measure, self.named(replication))
                rows.append(ValueChange(path, value, change))
        reach: dict[str, float] = {}
        for row in rows:
            reach[row.path] = max(reach.get(row.path, 0.0), abs(row.change.difference))
        return tuple(sorted(rows, key=lambda row: -reach[row.path]))

    def _change(
        self, point: Point, pairs: pd.DataFrame, measure: str, replication: str
    ) -> Difference:
        """Return the difference by a value: over pairs, unless it makes other faults rare."""
        base, other = self.points[0].trials, point.trials
        if base.design != other.design:
            (a, of_a), (b, of_b) = (one.estimate(replication, measure) for one in (base, other))
            return apart((a or 0.0, of_a), (b or 0.0, of_b))
        by_number = {trial.number: trial.stratum for trial in base.trials}
        strata = [by_number[int(number)] for number in pairs.index]
        first, second = (pairs.iloc[:, column].tolist() for column in (0, 1))
        return weighted_difference(first, second, strata, base.weighing)


def _meant(measure: str, known: list[str]) -> str:
    """Return a suggestion of measures: those with that last part, else the closest name."""
    ending = [f"'{name}'" for name in known if name.split(".")[-1] == measure]
    return f" (did you mean {' or '.join(ending)}?)" if ending else suggest(measure, known)


def _type_of(vary: VariedParameter) -> str:
    """Return the dtype of a column of values, object unless they are numbers."""
    if vary.quantity is None:
        return "object"
    return "Int64" if vary.quantity.whole else "float64"

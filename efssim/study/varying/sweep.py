"""Sweeps: trials at every combination of values, or of one parameter at a time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import TYPE_CHECKING, Any

from efssim.errors import UnknownNameError, UsageError
from efssim.progress import bar_of_trials, told
from efssim.records.column_types import categories
from efssim.scenario import Scenario
from efssim.scenario.arguments import checked
from efssim.study.errors import StudyError
from efssim.study.run.interrupts import ctrl_c
from efssim.study.run.shared import runner
from efssim.study.run.trials import Trials
from efssim.study.statistics.pairs import Difference, apart, weighted_difference
from efssim.study.statistics.summary import PLACES
from efssim.study.varying.space import OPTION, Parameter, listed, parameter, values_of, with_value
from efssim.text.suggestions import suggest
from efssim.text.yaml.problems import Position
from efssim.traces.quality import TraceQuality

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

MEASURE = "time_since_last_sync_s.mean"
"""The measure that is drawn unless another is named: a column of the table."""

Progress = Callable[[int, int], None]
Values = Mapping[str, Sequence[object] | str]


@dataclass(frozen=True)
class Point:
    """Trials at one combination of values."""

    values: dict[str, Any]
    """By path; in SI units where they are numbers. A path that is not there is not varied."""
    trials: Trials


def _covered(found: TraceQuality) -> float:
    return 1.0 if found.coverage is None or not found.is_thin else found.coverage


@dataclass(frozen=True, repr=False)
class Sweep:
    """Trials at many combinations of values; trial numbers share their draws."""

    scenario: Scenario
    seed: int
    parameters: tuple[Parameter, ...]
    points: tuple[Point, ...]
    """Combinations in order, the last parameter fastest; one at a time: first the base."""
    one_at_a_time: bool = False
    wanted: int | None = None
    """How many combinations were asked for; None: those that there are."""

    def __repr__(self) -> str:
        paths = ", ".join(vary.path for vary in self.parameters)
        each, partial = len(self.points[0].trials), ", partial" * self.partial
        count = f"{len(self.points)} combinations of {each} trials{partial}"
        return f"<efssim.Sweep of {paths}: {count}>"

    @property
    def partial(self) -> bool:
        """Whether Ctrl-C came before all combinations were complete."""
        return self.wanted is not None and len(self.points) < self.wanted

    def _repr_html_(self) -> str:
        """Show the means in Jupyter."""
        from efssim.report.notebook import sweep_html

        return sweep_html(self)

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
    def summary(self) -> dict[str, Any]:
        """The content of sweep.json: values, means and intervals of each combination."""
        from efssim.report.files.sweep import sweep_summary

        return sweep_summary(self)

    def means(self, measure: str = MEASURE, replication: str | None = None) -> pd.DataFrame:
        """Return mean and 95 % interval of a measure, one row per combination.

        `measure` is a column of the table, such as `rpo.attainment`; StudyError if there is none.
        `replication` may be left out where there is only one; KeyError otherwise.
        """
        import pandas as pd

        self.check_measure(measure)
        rows = []
        for point in self.points:
            mean, interval = point.trials.estimate(self.named(replication), measure)
            low, high = interval or (None, None)
            rows.append({**self._all_values(point), "mean": mean, "low": low, "high": high})
        return pd.DataFrame(rows).astype(dict.fromkeys(("mean", "low", "high"), "float64"))

    def _all_values(self, point: Point) -> dict[str, Any]:
        return {vary.path: point.values.get(vary.path) for vary in self.parameters}

    def check_measure(self, measure: str) -> None:
        """Raise StudyError unless every trial has a number of that name."""
        table = self.points[0].trials.table
        if measure not in table.columns or measure in ("trial", "replication", *PLACES):
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

        if not self.one_at_a_time:
            raise StudyError("a tornado needs a sweep of one parameter at a time")
        self.check_measure(measure)
        base = self.series(self.points[0], measure, replication)
        rows = []
        for point in self.points[1:]:
            ((path, value),) = point.values.items()
            pairs = pd.concat((base, self.series(point, measure, replication)), axis=1).dropna()
            if len(pairs):
                found = self._change(point, pairs, measure, self.named(replication))
                rows.append({"path": path, "value": value, **found._asdict()})
        columns = ["path", "value", *Difference._fields]
        table = pd.DataFrame(rows, columns=columns)
        table = table.astype(dict.fromkeys(Difference._fields, "float64") | {"path": "str"})
        table = table.rename(columns={"first": "base", "second": "mean"})
        reach = table.assign(reach=table["difference"].abs()).groupby("path")["reach"]
        order = reach.transform("max").sort_values(ascending=False, kind="stable").index
        return table.loc[order].reset_index(drop=True)

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

    def plot(
        self, measure: str = MEASURE, replication: str | None = None, ax: Axes | None = None
    ) -> Axes:
        """Draw a measure and return the Axes: a curve with its band, a heat map or a tornado.

        A grid of two parameters is a heat map, one value at a time a tornado. `replication` may be
        left out where there is only one. Without `ax` it is a new figure of pyplot's. KeyError as
        for `means`; StudyError for a grid of more than two parameters.
        """
        from efssim.report.figures.study.sweep import plot_sweep

        return plot_sweep(self, measure, self.named(replication), ax)


@checked("sweep")
def sweep(
    scenario: Scenario,
    vary: Values,
    trials: int = 1,
    *,
    one_at_a_time: bool = False,
    seed: int | None = None,
    executor: Executor | str | None = None,
    workers: int | None = None,
    on_progress: Progress | None = None,
    progress: bool = False,
) -> Sweep:
    """Run trials at every combination of values.

    `vary` has a path as in `--set` for each parameter, with a list of values as a scenario has them
    or a text as on the command line: `"60 s,5 min"`, `"10 MiB/s..1 GiB/s:5log"`. With
    `one_at_a_time` each value is tried alone, besides the scenario as it is. Trials of one number
    share their draws. `executor`, `workers`: as for `run_trials`; `on_progress` is given how many
    combinations are complete, of how many; `progress` shows a bar of it. Ctrl-C returns the
    combinations that are complete, marked as `partial`; KeyboardInterrupt before the first.

    Raise ScenarioError for a path or value that does not fit the scenario, before anything runs,
    and what `run_trials` raises.
    """
    named = [_parsed(path, given, at) for at, (path, given) in enumerate(vary.items(), start=1)]
    return swept(
        scenario,
        named,
        trials,
        one_at_a_time=one_at_a_time,
        seed=seed,
        executor=executor,
        workers=workers,
        on_progress=on_progress,
        progress=progress,
    )


def _meant(measure: str, known: list[str]) -> str:
    """Return a suggestion of measures: those with that last part, else the closest name."""
    ending = [f"'{name}'" for name in known if name.split(".")[-1] == measure]
    return f" (did you mean {' or '.join(ending)}?)" if ending else suggest(measure, known)


def _type_of(vary: Parameter) -> str:
    """Return the dtype of a column of values, object unless they are numbers."""
    if vary.quantity is None:
        return "object"
    return "Int64" if vary.quantity.whole else "float64"


def _parsed(path: str, given: Sequence[object] | str, ordinal: int) -> tuple[Parameter, list[Any]]:
    chosen = parameter(path, Position(OPTION, ordinal, 1))
    if isinstance(given, str):
        return chosen, values_of(chosen, given)
    if not isinstance(given, Iterable):
        raise UsageError(
            f"efssim.sweep: {path} has to be a list of values, or a text such as '1,2'"
        )
    return chosen, listed(chosen, given)


def swept(
    scenario: Scenario,
    vary: Sequence[tuple[Parameter, list[Any]]],
    trials: int = 1,
    *,
    one_at_a_time: bool = False,
    seed: int | None = None,
    executor: Executor | str | None = None,
    workers: int | None = None,
    on_progress: Progress | None = None,
    progress: bool = False,
) -> Sweep:
    """Run trials at every combination of values that are parsed already: see `sweep`."""
    chosen = combinations(scenario, vary, one_at_a_time=one_at_a_time)
    seed = scenario.seed if seed is None else seed
    points: list[Point] = []
    shown = bar_of_trials(sys.stderr, "combinations") if progress else None
    with ctrl_c() as interrupts, interrupts.held(), told(on_progress, shown) as tell:
        try:
            with runner(executor, workers) as made:
                for values, world in chosen:
                    points.append(Point(values, made.run(world, trials, seed)))
                    if tell is not None:
                        tell(len(points), len(chosen))
        except KeyboardInterrupt:
            if interrupts.stops_at_once or not points:
                raise
    parameters = tuple(each for each, _ in vary)
    return Sweep(scenario, seed, parameters, tuple(points), one_at_a_time, len(chosen))


def combinations(
    scenario: Scenario, vary: Sequence[tuple[Parameter, list[Any]]], *, one_at_a_time: bool
) -> list[tuple[dict[str, Any], Scenario]]:
    """Return the values by path of each point, and the scenario; raise ScenarioError."""
    if not vary:
        raise StudyError("a sweep varies at least one parameter")
    paths = [each.segments for each, _ in vary]
    for ordinal, (each, _) in enumerate(vary):
        if each.segments == ("seed",):
            raise each.problem("trials have one seed for all values; more trials have more draws")
        if each.segments in paths[:ordinal]:
            raise each.problem("is varied already")
    if one_at_a_time:
        alone = [[(each, value)] for each, values in vary for value in values]
        points: list[list[tuple[Parameter, Any]]] = [[], *alone]
    else:
        grid = product(*(values for _, values in vary))
        points = [list(zip((each for each, _ in vary), values, strict=True)) for values in grid]
    base = with_value(scenario, "records", "off")
    return [({each.path: value for each, value in point}, _at(base, point)) for point in points]


def _at(scenario: Scenario, point: Sequence[tuple[Parameter, Any]]) -> Scenario:
    for vary, value in point:
        scenario = with_value(scenario, vary, value)
    return scenario

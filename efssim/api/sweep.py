"""Sweeps: trials at many values as people hold them, and the function that runs them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from efssim.api.trials import Trials
from efssim.api.values import values_by_field
from efssim.errors import UsageError
from efssim.progress import bar_of_trials, told
from efssim.scenario import Scenario
from efssim.scenario.arguments import checked
from efssim.scenario.expansion.seeds import drawn_with
from efssim.study.errors import StudyError
from efssim.study.kept.points import KeepsPoints, kept_sweep
from efssim.study.run.interrupts import ctrl_c
from efssim.study.run.shared import runner
from efssim.study.run.trials import TrialProgress
from efssim.study.varying.designs import (
    Arrangement,
    ParameterValues,
    VariedRange,
    design_range,
    designed,
)
from efssim.study.varying.points import MEASURE, Point, SweepPoints
from efssim.study.varying.screening import effects
from efssim.study.varying.space import OPTION, listed, parameter, values_of
from efssim.study.varying.summary import sweep_to_json
from efssim.study.varying.sweep import PointProgress, combinations, swept
from efssim.text.yaml.problems import Position

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

Values = Mapping[str, Sequence[object] | str]


class SweepPoint(Point):
    """Trials at one combination of values."""

    trials: Trials


class Sweep(SweepPoints):
    """Trials at many combinations of values; trial numbers share their draws."""

    points: tuple[SweepPoint, ...]
    """Combinations in order, the last parameter fastest; one at a time: first the base."""

    @classmethod
    def of(cls, data: SweepPoints) -> Sweep:
        """Return a sweep with plots and a display, as its trials have them."""
        points = tuple(SweepPoint(each.values, Trials.of(each.trials)) for each in data.points)
        return cls(**values_by_field(data) | {"points": points})

    def __repr__(self) -> str:
        paths = ", ".join(vary.path for vary in self.parameters)
        each, partial = len(self.points[0].trials), ", partial" * self.partial
        count = f"{len(self.points)} combinations of {each} trials{partial}"
        return f"<efssim.Sweep of {paths}: {count}>"

    def _repr_html_(self) -> str:
        """Show the means in Jupyter."""
        from efssim.report.notebook import sweep_html

        return sweep_html(self)

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The content of sweep.json: values, means and intervals of each combination."""
        return sweep_to_json(self)

    def effects(self, measure: str = MEASURE, replication: str | None = None) -> pd.DataFrame:
        """Return how much a measure hangs on each parameter, the most first.

        Of a Latin hypercube rank correlations, of Morris's trajectories the mean of the absolute
        elementary effects with `mean` and `deviation` of the effects; both with 95 % intervals.
        StudyError for another sweep, KeyError as for `means`.
        """
        import pandas as pd

        rows = [asdict(row) for row in effects(self, measure, replication)]
        numbers = ("effect", "low", "high", "mean", "deviation")
        return pd.DataFrame(rows).astype(dict.fromkeys(numbers, "float64"))

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
    latin: int | None = None,
    morris: int | None = None,
    seed: int | None = None,
    executor: Executor | None = None,
    workers: int | None = None,
    resume: Path | None = None,
    on_progress: TrialProgress | None = None,
    progress: bool = False,
) -> Sweep:
    """Run trials at every combination of values, or at the points of a design.

    `vary` has a path as in `--set` for each parameter, with a list of values as a scenario has them
    or a text as on the command line: `"60 s,5 min"`, `"10 MiB/s..1 GiB/s:5log"`. With
    `one_at_a_time` each value is tried alone, besides the scenario as it is. With `latin` (points
    of a Latin hypercube) or `morris` (trajectories of Morris's screening) each parameter has a
    range, as two ends or a text: `"10 MiB/s..1 GiB/s:log"`. Trials of one number share their draws.
    `executor`, `workers`: as for `run_trials`. `resume` is a folder that keeps
    complete trials of all combinations and takes up those it has. `on_progress` is given how many
    combinations are complete, of how many; `progress` shows a bar of it. Ctrl-C returns the
    combinations that are complete, marked as `partial`; KeyboardInterrupt before the first.

    Raise ScenarioError for a path or value that does not fit the scenario, before anything runs,
    StudyError for two designs at once or one of no sense, MissingExtraError for a design without
    SALib, and the exceptions of `run_trials`.
    """
    arrangement, count = asked_arrangement(one_at_a_time, latin, morris)
    if count is None:
        parsed = [_parsed(*item, at) for at, item in enumerate(vary.items(), start=1)]
    else:
        ranges = [_range(*item, at) for at, item in enumerate(vary.items(), start=1)]
        parsed = designed(ranges, arrangement, count, scenario.seed if seed is None else seed)
    return sweep_of(
        scenario,
        parsed,
        trials,
        arrangement=arrangement,
        seed=seed,
        executor=executor,
        workers=workers,
        resume=resume,
        on_progress=on_progress,
        progress=progress,
    )


def asked_arrangement(
    one_at_a_time: bool, latin: int | None, morris: int | None
) -> tuple[Arrangement, int | None]:
    """Return how values make combinations, and how many a design has; None: there is none.

    Raise StudyError if several are asked for.
    """
    asked: dict[Arrangement, bool] = {
        "alone": one_at_a_time,
        "latin": latin is not None,
        "morris": morris is not None,
    }
    chosen = [name for name, is_asked in asked.items() if is_asked]
    if len(chosen) > 1:
        raise StudyError("a sweep is one at a time, a Latin hypercube or Morris's: one of them")
    return (chosen[0] if chosen else "grid"), latin if latin is not None else morris


def _range(path: str, given: object, ordinal: int) -> VariedRange:
    return design_range(parameter(path, Position(OPTION, ordinal, 1)), given)


def _parsed(path: str, given: Sequence[object] | str, ordinal: int) -> ParameterValues:
    chosen = parameter(path, Position(OPTION, ordinal, 1))
    if isinstance(given, str):
        return chosen, values_of(chosen, given)
    if not isinstance(given, Iterable):
        raise UsageError(
            f"efssim.sweep: {path} has to be a list of values, or a text such as '1,2'"
        )
    return chosen, listed(chosen, given)


def sweep_of(
    scenario: Scenario,
    vary: Sequence[ParameterValues],
    trials: int = 1,
    *,
    arrangement: Arrangement = "grid",
    seed: int | None = None,
    executor: Executor | None = None,
    workers: int | None = None,
    resume: Path | None = None,
    kept: KeepsPoints | None = None,
    on_progress: TrialProgress | None = None,
    on_trials: PointProgress | None = None,
    progress: bool = False,
) -> Sweep:
    """Run trials at every combination of values that are parsed already: see `sweep`.

    `kept` has trials from elsewhere, in place of a folder.
    """
    scenario = drawn_with(scenario, seed)
    shown = bar_of_trials(sys.stderr, "combinations") if progress else None
    chosen = scenario.seed if seed is None else seed
    opened: AbstractContextManager[KeepsPoints | None] = nullcontext(kept)
    if resume is not None:
        opened = _opened(Path(resume), scenario, vary, chosen, arrangement)
    with (
        ctrl_c() as interrupts,
        interrupts.held(),
        told(on_progress, shown) as tell,
        opened as held,
        runner(executor, workers) as made,
    ):
        found = swept(
            scenario,
            vary,
            trials,
            chosen,
            made,
            arrangement=arrangement,
            on_progress=tell,
            kept=held,
            on_trials=on_trials,
        )
    return Sweep.of(found)


def _opened(
    folder: Path,
    scenario: Scenario,
    vary: Sequence[ParameterValues],
    seed: int,
    arrangement: Arrangement,
) -> AbstractContextManager[KeepsPoints]:
    """Open the folder that keeps the trials of a sweep."""
    worlds = [world for _, world in combinations(scenario, vary, arrangement)]
    return kept_sweep(folder, worlds, seed)

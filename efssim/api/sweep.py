"""Sweeps: trials at many values as people hold them, and the function that runs them."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
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
from efssim.study.kept.points import KeepsPoints, kept_sweep
from efssim.study.run.interrupts import ctrl_c
from efssim.study.run.shared import runner
from efssim.study.run.trials import TrialProgress
from efssim.study.varying.points import MEASURE, Point, SweepPoints
from efssim.study.varying.space import OPTION, listed, parameter, values_of
from efssim.study.varying.summary import sweep_to_json
from efssim.study.varying.sweep import ParameterValues, PointProgress, combinations, swept
from efssim.text.yaml.problems import Position

if TYPE_CHECKING:
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
    executor: Executor | None = None,
    workers: int | None = None,
    resume: Path | None = None,
    on_progress: TrialProgress | None = None,
    progress: bool = False,
) -> Sweep:
    """Run trials at every combination of values.

    `vary` has a path as in `--set` for each parameter, with a list of values as a scenario has them
    or a text as on the command line: `"60 s,5 min"`, `"10 MiB/s..1 GiB/s:5log"`. With
    `one_at_a_time` each value is tried alone, besides the scenario as it is. Trials of one number
    share their draws. `executor`, `workers`: as for `run_trials`. `resume` is a folder that keeps
    complete trials of all combinations and takes up those it has. `on_progress` is given how many
    combinations are complete, of how many; `progress` shows a bar of it. Ctrl-C returns the
    combinations that are complete, marked as `partial`; KeyboardInterrupt before the first.

    Raise ScenarioError for a path or value that does not fit the scenario, before anything runs,
    and the exceptions of `run_trials`.
    """
    parsed = [_parsed(path, given, at) for at, (path, given) in enumerate(vary.items(), start=1)]
    return sweep_of(
        scenario,
        parsed,
        trials,
        one_at_a_time=one_at_a_time,
        seed=seed,
        executor=executor,
        workers=workers,
        resume=resume,
        on_progress=on_progress,
        progress=progress,
    )


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
    one_at_a_time: bool = False,
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
        worlds = [world for _, world in combinations(scenario, vary, one_at_a_time=one_at_a_time)]
        opened = kept_sweep(Path(resume), worlds, chosen)
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
            one_at_a_time=one_at_a_time,
            on_progress=tell,
            kept=held,
            on_trials=on_trials,
        )
    return Sweep.of(found)

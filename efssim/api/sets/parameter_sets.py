"""Trials at parameter sets: the study that people hold, and the function that runs it."""

from __future__ import annotations

import sys
from concurrent.futures import Executor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from efssim.api.values import named_replication, values_by_field
from efssim.errors import ArgumentError
from efssim.progress import bar_of_trials, told
from efssim.scenario import Scenario
from efssim.scenario.arguments import checked
from efssim.scenario.expansion.seeds import drawn_with
from efssim.study.run.executors import Workers
from efssim.study.run.interrupts import ctrl_c
from efssim.study.statistics.salib import require_salib
from efssim.study.uncertain.running import (
    SetProgress,
    SetsAsked,
    SetStore,
    run_set_study,
)
from efssim.study.uncertain.share import SHARE_OF_SETS
from efssim.study.uncertain.study import SetStudy
from efssim.study.uncertain.summary import sets_to_json

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class ParameterSets(SetStudy):
    """Trials at parameter sets, in the order of their numbers; `table` has a row for each."""

    @classmethod
    def of(cls, data: SetStudy) -> ParameterSets:
        """Return parameter sets with plots and a display."""
        return cls(**values_by_field(data))

    def __repr__(self) -> str:
        partial = ", partial" * self.partial
        name = self.scenario.name
        return (
            f"<efssim.ParameterSets of {name!r}, seed {self.seed}, {len(self)} sets of "
            f"{self.trials} trials{partial}>"
        )

    def _repr_html_(self) -> str:
        """Show the verdict of every replication and what to measure first, in Jupyter."""
        from efssim.report.notebook import sets_html

        return sets_html(self)

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The content of summary.json."""
        return sets_to_json(self)

    def plot(self, replication: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw the attainment of each set against the unknown that matters most.

        `replication` may be left out where there is only one; KeyError otherwise. Without `ax` it
        is a new figure of pyplot's.
        """
        from efssim.report.figures.study.sets import plot_sets

        return plot_sets(self, named_replication(self.replications, replication), ax)

    def plot_tornado(self, replication: str | None = None, ax: Axes | None = None) -> Axes:
        """Draw attainment with each unknown low or high, and all others at their medians.

        Errors as for `plot`; ArgumentError for sets that were run without `sobol`.
        """
        from efssim.report.figures.study.sets import plot_set_tornado

        if self.sensitivity is None:
            raise ArgumentError("a tornado comes with Sobol indices: run_sets(…, sobol=64)")
        return plot_set_tornado(self, named_replication(self.replications, replication), ax)


@checked("run_sets")
def run_sets(
    scenario: Scenario,
    sets: int = 100,
    trials: int = 30,
    *,
    seed: int | None = None,
    share_of_sets: float = SHARE_OF_SETS,
    sobol: int | None = None,
    executor: Executor | None = None,
    workers: int | None = None,
    resume: Path | None = None,
    verify: bool = False,
    on_progress: SetProgress | None = None,
    progress: bool = False,
) -> ParameterSets:
    """Run trials at parameter sets, drawn from what is not known of a scenario.

    Of `sets` sets each has `trials` trials, or one where nothing is drawn. An objective is met if
    it is met in `share_of_sets` of the plausible sets. `sobol`, a power of 2, adds Sobol indices of
    the verdict by that many times the parameters and two evaluations, each of as many trials, and
    a tornado. The other arguments, and Ctrl-C, are as for `run_trials`; `resume` keeps sets.

    Raise StudyError where nothing is uncertain, MissingExtraError for `sobol` without SALib, and
    the exceptions of `run_trials`.
    """
    scenario = drawn_with(scenario, seed)
    asked = SetsAsked(
        sets=sets,
        trials=trials,
        seed=scenario.seed if seed is None else seed,
        share_of_sets=share_of_sets,
        sobol=sobol,
        verify=verify,
    )
    _require_sense(asked)
    pool = Workers(executor, workers)
    store = None if resume is None else SetStore(Path(resume), scenario, asked)
    shown = bar_of_trials(sys.stderr, "sets") if progress else None
    with ctrl_c() as interrupts, interrupts.held(), told(on_progress, shown) as tell, pool:
        made = run_set_study(scenario, asked, pool, store, tell)
    return ParameterSets.of(made)


def _require_sense(asked: SetsAsked) -> None:
    """Raise ArgumentError for numbers that make no sense, MissingExtraError without SALib."""
    if not 0 < asked.share_of_sets < 1:
        raise ArgumentError("efssim.run_sets: share_of_sets is above 0 and below 1")
    if asked.sobol is None:
        return
    if asked.sobol < 2 or asked.sobol & (asked.sobol - 1):
        raise ArgumentError("efssim.run_sets: sobol is a power of 2, as 64 or 128")
    require_salib("Sobol indices")

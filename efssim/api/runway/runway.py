"""A runway: the answer that people hold, and the function that finds it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from efssim.api.values import values_by_field
from efssim.json_values import JsonObject
from efssim.progress import bar_of_evaluations, told
from efssim.scenario import Scenario
from efssim.scenario.arguments import checked
from efssim.study.kept.points import KeepsPoints, kept_runway
from efssim.study.planning.asked import budget_s
from efssim.study.run.interrupts import ctrl_c
from efssim.study.run.shared import runner
from efssim.study.runway.asked import MONTHS, RunwayQuestion, runway_question
from efssim.study.runway.findings import MonthOutcome, RunwayFindings
from efssim.study.runway.search import MonthProgress, RunwaySearch
from efssim.study.runway.sentences import answer_text, month_text
from efssim.study.runway.summary import runway_to_json
from efssim.study.statistics.intervals import CONFIDENCE

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Runway(RunwayFindings):
    """The month in which growth first makes an objective missed, and the evidence for it."""

    @classmethod
    def of(cls, data: RunwayFindings) -> Runway:
        """Return a runway with a plot and a display."""
        return cls(**values_by_field(data))

    def __repr__(self) -> str:
        return f"<efssim.Runway of {self.scenario.name!r}: {self.text}>"

    def _repr_html_(self) -> str:
        """Show the answer and the months in Jupyter."""
        from efssim.report.runway.notebook import runway_html

        return runway_html(self)

    @property
    def text(self) -> str:
        """The answer in one sentence."""
        return answer_text(self)

    @cached_property
    def summary(self) -> JsonObject:
        """The content of runway.json."""
        return runway_to_json(self)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw attainment by month, with the changes and the objective; return the Axes.

        Without `ax` it is a new figure of pyplot's.
        """
        from efssim.report.runway.figure import plot_runway

        return plot_runway(self, ax)


@checked("runway")
def runway(
    scenario: Scenario,
    horizon: object = MONTHS,
    *,
    rpo: object = None,
    attainment: object = None,
    confidence: object = CONFIDENCE,
    replication: str | None = None,
    objective: str | None = None,
    trials: int = 30,
    sets: int | None = None,
    seed: int | None = None,
    executor: Executor | None = None,
    workers: int | None = None,
    budget: object = None,
    resume: Path | None = None,
    on_progress: MonthProgress | None = None,
    progress: bool = False,
) -> Runway:
    """Find the month in which the growth of a scenario first makes its RPO objective missed.

    Month m is the scenario's own window moved by m months of 30 days, with the same seeds and
    names: rates of streams with `growth: {per: month, factor: f}` times f^m, and size and files as
    they have become. `horizon` is the last month, as `"36 months"` or a number. All months are
    tried; the first one missed has an interval by a bootstrap over trials and, where parameters are
    uncertain, over `sets` parameter sets (default 20). The cause is named, and the changes are
    tried alone: throughput, file_rate, scan_rate, diff_rate and capacity doubled, interval and gap
    halved.

    A scenario without random draws takes one trial a month, another one `trials`. The other
    arguments are as for `plan`; `on_progress` is given each month, and the change it is tried with.
    Ctrl-C returns what is known by then, marked as `partial`.

    `resume` is a folder that keeps complete trials of all months and takes up those it has.

    Raise StudyError (a ValueError) where nothing grows by month, for fewer than 10 trials and an
    unknown replication, ScenarioError for a horizon that is no number of months or a month that
    cannot be simulated, and the exceptions of `run_trials`.
    """
    asked = runway_question(
        scenario,
        horizon,
        rpo=rpo,
        attainment=attainment,
        confidence=confidence,
        replication=replication,
        named=objective,
        trials=trials,
        seed=seed,
        sets=sets,
    )
    seconds = None if budget is None else budget_s(budget)
    opened = runner(executor, workers, seconds)
    shown = told(on_progress, _shown() if progress else None)
    kept = nullcontext() if resume is None else _kept(asked, Path(resume))
    with ctrl_c() as interrupts, interrupts.held(), kept as held, shown as tell, opened as made:
        return Runway.of(RunwaySearch(asked, made, tell, held).findings(interrupts))


def _kept(asked: RunwayQuestion, folder: Path) -> AbstractContextManager[KeepsPoints]:
    return kept_runway(folder, asked.scenario, asked.seed, asked.sets)


@contextmanager
def _shown() -> Iterator[MonthProgress]:
    """Show the months as they are made."""
    with bar_of_evaluations(sys.stderr) as show:

        def tell(made: MonthOutcome, change: str) -> None:
            show(month_text(made, change))

        yield tell

"""Choices among scenarios as people hold them, and the function that makes them."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from efssim.api.values import values_by_field
from efssim.json_values import JsonObject
from efssim.scenario import Scenario
from efssim.scenario.arguments import checked
from efssim.study.choosing.asked import choice_question
from efssim.study.choosing.choice import ChoiceFindings, ChoiceProgress, chosen
from efssim.study.choosing.sentences import choice_text
from efssim.study.choosing.summary import choice_to_json
from efssim.study.kept.points import KeepsPoints, kept_choice
from efssim.study.run.interrupts import ctrl_c
from efssim.study.run.shared import runner
from efssim.study.statistics.intervals import CONFIDENCE
from efssim.study.statistics.precision import BUDGET

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


class Choice(ChoiceFindings):
    """Which of several scenarios is best, and the evidence for it. Values are in SI units."""

    @classmethod
    def of(cls, data: ChoiceFindings) -> Choice:
        """Return a choice with a plot and a display."""
        return cls(**values_by_field(data))

    def __repr__(self) -> str:
        return f"<efssim.Choice among {len(self.alternatives)}: {self.text}>"

    def _repr_html_(self) -> str:
        """Show the answer and the scenarios in Jupyter."""
        from efssim.report.choice.display import choice_html

        return choice_html(self)

    @property
    def text(self) -> str:
        """The answer in one sentence."""
        return choice_text(self)

    @property
    def answer(self) -> str | None:
        """The name of the scenario that is best; None where none is shown to be."""
        return None if self.best is None else self.alternatives[self.best].name

    @cached_property
    def summary(self) -> JsonObject:
        """The content of choice.json."""
        return choice_to_json(self)

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per scenario: trials, mean with its 95 % interval, when it was dropped."""
        from efssim.report.choice.files import choice_table

        return choice_table(self)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the mean of each scenario with its 95 % interval; return the Axes.

        Without `ax` it is a new figure of pyplot's.
        """
        from efssim.report.choice.figure import plot_choice

        return plot_choice(self, ax)


@checked("choose")
def choose(
    scenarios: Sequence[Scenario],
    measure: str,
    best: str,
    indifference: object,
    *,
    replication: str | None = None,
    confidence: object = CONFIDENCE,
    trials: int = 30,
    budget: int = BUDGET,
    seed: int | None = None,
    executor: Executor | None = None,
    workers: int | None = None,
    resume: Path | None = None,
    on_progress: ChoiceProgress | None = None,
) -> Choice:
    """Choose the scenario with the least or the most mean of a measure, with few trials.

    `measure` is a column of the table of trials, such as `"write_lag_s.p99"`; `best` is `"least"`
    or `"most"`; `indifference` is the smallest difference of means that matters, as a scenario has
    it (`"30 s"`) or in SI units. The scenario that is chosen is within it of the best with this
    confidence, if the measure of a trial, or its mean over a round of strata, is about normal (Kim
    and Nelson's procedure). `trials` of each come before anything is decided, at least 10; who is
    clearly worse gets no more of them, the others up to `budget`. Trials of one number share their
    draws. `replication` may be left out where each scenario has one. `executor`, `workers`: as for
    `run_trials`. `resume` is a folder that keeps complete trials and takes up those it has.
    `on_progress` gets how many scenarios are left, and the trials of each. Ctrl-C
    returns what is known by then, marked as `partial`; KeyboardInterrupt before the first trials
    are complete.

    Raise StudyError (a ValueError) for fewer than two scenarios, two of one name, an unknown
    replication or measure, a trial without the number, numbers that make no sense; ScenarioError
    for a confidence that is no share; and the exceptions of `run_trials`.
    """
    asked = choice_question(
        scenarios,
        measure,
        best,
        indifference,
        replication=replication,
        confidence=confidence,
        trials=trials,
        budget=budget,
        seed=seed,
    )
    opened: AbstractContextManager[KeepsPoints | None] = nullcontext()
    if resume is not None:
        opened = kept_choice(Path(resume), asked.scenarios, asked.seed)
    with (
        ctrl_c() as interrupts,
        interrupts.held(),
        opened as kept,
        runner(executor, workers) as made,
    ):
        return Choice.of(chosen(asked, made, on_progress, kept))

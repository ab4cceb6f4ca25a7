"""A plan over parameter sets: the answer that people hold, and the function that finds it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from functools import cached_property
from typing import TYPE_CHECKING, Any

from efssim.api.values import values_by_field
from efssim.errors import ArgumentError
from efssim.scenario import Scenario
from efssim.scenario.arguments import checked
from efssim.study.planning.asked import budget_s, question
from efssim.study.run.deadline import Deadline
from efssim.study.run.executors import Workers
from efssim.study.run.interrupts import ctrl_c
from efssim.study.uncertain.plan_summary import set_answer_text, set_plan_to_json
from efssim.study.uncertain.planning import (
    SetEvaluationProgress,
    SetPlanFindings,
    SetPlanSearch,
)
from efssim.study.uncertain.share import SHARE_OF_SETS
from efssim.study.varying.space import VariedParameter

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class SetPlan(SetPlanFindings):
    """The answer of a plan over parameter sets; `table` has a row for each evaluation."""

    @classmethod
    def of(cls, data: SetPlanFindings) -> SetPlan:
        """Return a plan with a plot and a display."""
        return cls(**values_by_field(data))

    def __repr__(self) -> str:
        return f"<efssim.SetPlan of {self.scenario.name!r}: {set_answer_text(self)}>"

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The content of plan.json."""
        return set_plan_to_json(self)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the share of sets that meet the objective by value; return the Axes."""
        from efssim.report.figures.study.set_plan import plot_set_plan

        return plot_set_plan(self, ax)


@checked("plan_sets")
def plan_sets(
    scenario: Scenario,
    vary: str | VariedParameter,
    between: tuple[object, object],
    sets: int = 100,
    trials: int = 30,
    *,
    share_of_sets: float = SHARE_OF_SETS,
    rpo: object = None,
    attainment: object = None,
    confidence: object = 0.95,
    replication: str | None = None,
    seed: int | None = None,
    executor: Executor | None = None,
    workers: int | None = None,
    budget: object = None,
    on_progress: SetEvaluationProgress | None = None,
    on_begin: Callable[[], None] | None = None,
) -> SetPlan:
    """Find the smallest or largest value that meets an objective in a share of parameter sets.

    Each value is tried at `sets` parameter sets of `trials` trials, the same at every value; four
    times as many of another seed confirm the answer. A parameter that is varied is not uncertain.
    The other arguments are those of `plan`. Ctrl-C returns what is known by then, as `partial`.

    Raise StudyError where nothing else is uncertain, and the exceptions of `plan`.
    """
    if not 0 < share_of_sets < 1:
        raise ArgumentError("efssim.plan_sets: share_of_sets is above 0 and below 1")
    asked = question(
        scenario,
        vary,
        between,
        rpo=rpo,
        attainment=attainment,
        confidence=confidence,
        replication=replication,
        trials=trials,
        seed=seed,
    )
    deadline = Deadline(None if budget is None else budget_s(budget))
    if on_begin is not None:
        on_begin()
    pool = Workers(executor, workers)
    search = SetPlanSearch(asked, sets, share_of_sets, pool, deadline, on_progress)
    return SetPlan.of(_found(search, pool))


def _found(search: SetPlanSearch, pool: Workers) -> SetPlanFindings:
    """Search on workers, and close them."""
    with ctrl_c() as interrupts, interrupts.held(), pool:
        return search.findings(interrupts)

"""Plans: the answer that people hold, and the function that finds it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from efssim.api.values import values_by_field
from efssim.progress import bar_of_evaluations, told
from efssim.scenario import Scenario
from efssim.scenario.arguments import checked
from efssim.study.kept.points import KeepsPoints, kept_plan
from efssim.study.known import require_known
from efssim.study.planning.answer.sentences import answer_text
from efssim.study.planning.asked import PlanQuestion, budget_s, question
from efssim.study.planning.evaluation import Evaluation, said
from efssim.study.planning.findings import PlanFindings
from efssim.study.planning.plan import EvaluationProgress, PlanSearch, ValueProgress
from efssim.study.planning.summary import plan_to_json
from efssim.study.planning.what_if import SHARES
from efssim.study.run.interrupts import ctrl_c
from efssim.study.run.shared import Runner, runner
from efssim.study.statistics.intervals import CONFIDENCE
from efssim.study.varying.space import VariedParameter

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Plan(PlanFindings):
    """The answer of a plan, and the evidence for it. Values are in SI units."""

    @classmethod
    def of(cls, data: PlanFindings) -> Plan:
        """Return a plan with a plot and a display."""
        return cls(**values_by_field(data))

    def __repr__(self) -> str:
        return f"<efssim.Plan of {self.scenario.name!r}: {self.text}>"

    def _repr_html_(self) -> str:
        """Show the answer and the evaluations in Jupyter."""
        from efssim.report.notebook import plan_html

        return plan_html(self)

    @property
    def text(self) -> str:
        """The answer in one sentence."""
        return answer_text(self)

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The content of the plan as JSON; values are in SI units."""
        return plan_to_json(self)

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw attainment against the value, its intervals and the objective; return the Axes.

        Without `ax` it is a new figure of pyplot's.
        """
        from efssim.report.figures.study.attainment import plot_attainment

        return plot_attainment(self, ax)


@checked("plan")
def plan(
    scenario: Scenario,
    vary: str | VariedParameter,
    between: tuple[object, object],
    *,
    rpo: object = None,
    attainment: object = None,
    confidence: object = CONFIDENCE,
    replication: str | None = None,
    shares: Sequence[float] = SHARES,
    minimise: str | None = None,
    objective: str | None = None,
    trials: int = 30,
    seed: int | None = None,
    executor: Executor | None = None,
    workers: int | None = None,
    budget: object = None,
    resume: Path | None = None,
    on_begin: Callable[[], None] | None = None,
    on_progress: EvaluationProgress | None = None,
    on_trials: ValueProgress | None = None,
    progress: bool = False,
) -> Plan:
    """Find the smallest or largest value of a parameter that meets an RPO objective.

    `vary` is a path as in `--set`, of any number; `between` are two values as a scenario has them
    (`"10 MiB/s"`, or a number in SI units). `rpo` and `attainment` replace those of the scenario.
    The objective is that of the replication in the path, else of `replication`, else of each;
    `objective` is the name of one besides the RPO. A scenario without random draws takes one trial;
    otherwise `trials` in each evaluation of the search, four times as many or more to confirm.
    `shares` are those of the what-if table, besides that of the objective; none at all if it is
    empty. `minimise="cost"` also finds the value that costs least of those that meet the objective,
    for a scenario with prices. `executor`, `workers`: as for `run_trials`.
    `budget`, a duration of real time, ends it with the evidence by then; without one it takes as
    long as it takes. `resume` is a folder that keeps complete trials of all values and takes up
    those it has; each call has its own budget.
    `on_begin` is called before the first trial, when all is checked; `on_progress` is given each
    evaluation, and `on_trials` the value, how many of its trials are complete, and of how many;
    `progress` shows the last one as they are made. Ctrl-C returns what is known by
    then, marked as `partial`; KeyboardInterrupt before the first.

    Raise ScenarioError for a path or value that does not fit the scenario, StudyError (a
    ValueError) for fewer than 10 trials, an unknown replication, and a cost without prices, and the
    exceptions of `run_trials`.
    """
    require_known(scenario, "a plan")
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
        minimise=minimise,
        named=objective,
    )
    opened = runner(executor, workers, None if budget is None else budget_s(budget))
    shown = told(on_progress, _shown(asked.parameter) if progress else None)
    return Plan.of(_found(asked, shares, opened, _kept(asked, resume), shown, on_trials, on_begin))


def _kept(asked: PlanQuestion, resume: Path | None) -> AbstractContextManager[KeepsPoints | None]:
    if resume is None:
        return nullcontext()
    return kept_plan(Path(resume), asked.scenario, asked.parameter.path, asked.between, asked.seed)


def _found(
    asked: PlanQuestion,
    shares: Sequence[float],
    opened: AbstractContextManager[Runner],
    kept: AbstractContextManager[KeepsPoints | None],
    shown: AbstractContextManager[EvaluationProgress | None],
    on_trials: ValueProgress | None,
    on_begin: Callable[[], None] | None,
) -> PlanFindings:
    """Answer the question of a plan on workers; Ctrl-C ends it with the evidence by then."""
    if asked.objective.name is not None:
        shares = ()  # the violations of that table are those of the RPO
    with ctrl_c() as interrupts, interrupts.held(), kept as held:
        if on_begin is not None:
            on_begin()
        with shown as tell, opened as workers:
            return PlanSearch(asked, workers, tell, held, on_trials).findings(shares, interrupts)


@contextmanager
def _shown(vary: VariedParameter) -> Iterator[EvaluationProgress]:
    """Show the evaluations as they are made."""
    with bar_of_evaluations(sys.stderr) as show:

        def tell(made: Evaluation) -> None:
            show(f"{vary.text(made.value)}: {said(made)}")

        yield tell

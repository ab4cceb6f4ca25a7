"""Plans over parameter sets on the command line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from efssim.cli.common import deliver
from efssim.cli.output import say
from efssim.cli.uncertain.sets import SETS

if TYPE_CHECKING:
    from efssim.api.sets.plan import SetPlan
    from efssim.report.files.formats import TableFormat
    from efssim.scenario import Scenario
    from efssim.study.uncertain.planning import SetEvaluation
    from efssim.study.varying.space import VariedParameter


@dataclass(frozen=True, kw_only=True)
class SetPlanRequest:
    """The options of a plan over parameter sets."""

    sets: int | None
    share_of_sets: float | None
    trials: int
    rpo: str | None
    attainment: str | None
    confidence: str
    replication: str | None
    seed: int | None
    workers: int | None
    budget_s: float
    quiet: bool
    out: Path | None
    form: str
    tables: TableFormat
    again: str
    """The command that gives the same result again."""


def plan_of_sets(
    scenario: Scenario,
    chosen: VariedParameter,
    between: tuple[float, float],
    request: SetPlanRequest,
    on_begin: Callable[[], None] | None,
) -> SetPlan:
    """Find the value, print it and write its files."""
    from efssim.report.files.uncertain.set_plan import set_plan_json, write_set_plan
    from efssim.report.text.uncertain.set_plan import set_plan_report

    found = _find(scenario, chosen, between, request, on_begin)
    again, out = request.again, request.out
    deliver(
        None if out is None else partial(write_set_plan, found, out, again, request.tables),
        request.form,
        lambda: set_plan_json(found),
        lambda: set_plan_report(found, again),
    )
    return found


def _find(
    scenario: Scenario,
    chosen: VariedParameter,
    between: tuple[float, float],
    request: SetPlanRequest,
    on_begin: Callable[[], None] | None,
) -> SetPlan:
    from efssim.api.sets.plan import plan_sets
    from efssim.study.uncertain.share import SHARE_OF_SETS

    asked = request.share_of_sets
    return plan_sets(
        scenario,
        chosen,
        between,
        request.sets or SETS,
        request.trials,
        share_of_sets=SHARE_OF_SETS if asked is None else asked,
        rpo=request.rpo,
        attainment=request.attainment,
        confidence=request.confidence,
        replication=request.replication,
        seed=request.seed,
        workers=request.workers,
        budget=request.budget_s,
        on_begin=on_begin,
        on_progress=None if request.quiet else _tell(chosen),
    )


def _tell(vary: VariedParameter) -> Callable[[SetEvaluation], None]:
    """Return the callback that shows each evaluation."""

    def tell(made: SetEvaluation) -> None:
        from efssim.report.text.uncertain.set_plan import word_of_evaluation

        share = made.share
        counts = f"{share.met:,} of {share.count:,} sets meet it, {share.undecided:,} undecided"
        say(f"{vary.text(made.value)}: {counts}: {word_of_evaluation(made)} ({made.stage})")

    return tell

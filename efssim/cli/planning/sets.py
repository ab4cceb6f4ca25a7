"""Plans over parameter sets on the command line."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from efssim.cli.common import deliver, keeping_study, say_folder
from efssim.cli.output import say
from efssim.cli.planning.request import PlanRequest, tell_budget
from efssim.cli.uncertain.sets import SETS

if TYPE_CHECKING:
    from efssim.api.sets.plan import SetPlan
    from efssim.scenario import Scenario
    from efssim.study.uncertain.planning import SetEvaluation
    from efssim.study.varying.space import VariedParameter


def plan_of_sets(
    request: PlanRequest,
    scenario: Scenario,
    chosen: VariedParameter,
    between: tuple[float, float],
    seconds: float,
) -> None:
    """Find a value that meets the RPO in a share of the parameter sets."""
    from efssim.report.files.uncertain.set_plan import set_plan_json, write_set_plan
    from efssim.report.text.uncertain.set_plan import set_plan_report

    with keeping_study(request.file, request.overrides):
        again, out = request.reproducing(), request.out
        found = _find(request, scenario, chosen, between, seconds)
        deliver(
            None
            if out is None
            else partial(write_set_plan, found, out, again, request.table_format),
            request.form,
            lambda: set_plan_json(found),
            lambda: set_plan_report(found, again),
        )
        say_folder(out, request.quiet)
    if found.partial:
        raise KeyboardInterrupt


def _find(
    request: PlanRequest,
    scenario: Scenario,
    chosen: VariedParameter,
    between: tuple[float, float],
    seconds: float,
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
        budget=seconds,
        on_begin=None if request.quiet else partial(tell_budget, seconds),
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

"""`efssim plan --until-missed`: the month in which growth first makes an objective missed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

import click

from efssim.cli.common import (
    check_folder,
    deliver,
    keeping_study,
    refuse_absurd,
    say_folder,
    study_errors,
)
from efssim.cli.conflicts import refuse_ignored
from efssim.cli.output import say
from efssim.cli.planning.request import PlanRequest, tell_budget
from efssim.cli.studies.store import ResultPlace, Verdicts
from efssim.cli.uncertain.sets import require_uncertain

if TYPE_CHECKING:
    from efssim.api.runway.runway import Runway
    from efssim.scenario import Scenario
    from efssim.study.runway.findings import MonthOutcome


def plan_runway(request: PlanRequest, scenario: Scenario, seconds: float) -> None:
    """Find the month in which the objective is first missed."""
    from efssim.report.runway.files import runway_json, write_runway
    from efssim.report.runway.text import runway_report

    _check(request, scenario)
    place = ResultPlace(request, [scenario], "plan")
    if place.gives():
        return
    with keeping_study(request.file, request.overrides):
        if not request.quiet:
            tell_budget(seconds)
        found = _find(request, scenario, seconds)
        again, out = request.reproducing(), request.out
        verdicts = partial(_verdicts, found)
        deliver(
            None if out is None else partial(write_runway, found, out, again, request.table_format),
            request.form,
            lambda: runway_json(found),
            lambda: runway_report(found, again),
            # With more time another one may say more.
            None if found.partial or found.out_of_time else place.keeping(verdicts),
        )
        say_folder(out, request.quiet)
    if found.partial:
        raise KeyboardInterrupt


def _check(request: PlanRequest, scenario: Scenario) -> None:
    """Refuse options that do not go together, months that are absurd, and a folder of others."""
    beside = {
        "--vary": request.vary,
        "--minimise": request.minimise,
        "--share-of-sets": request.share_of_sets,
    }
    for option, value in beside.items():
        if value is not None:
            raise click.UsageError(f"{option} does not go with --until-missed")
    require_uncertain(scenario, {"--sets": request.sets})
    refuse_ignored(request.overrides, request.replaced_paths())
    with study_errors(request.file):
        for end in _ends(scenario, request.horizon):
            refuse_absurd(end, request.file, insist=request.yes)
    check_folder(request.out, "runway.json", f"months{request.table_format.suffix}")


def _ends(scenario: Scenario, horizon: str | None) -> Iterator[Scenario]:
    """Yield the scenarios of the first and the last month; of unknown parameters as written."""
    from efssim.scenario.unknowns.parameters import uncertain_parameters
    from efssim.study.runway.asked import MONTHS, horizon_months
    from efssim.study.runway.months import Months

    yield scenario
    last = MONTHS if horizon is None else horizon_months(horizon)
    if not uncertain_parameters(scenario):
        yield Months(scenario).at(last)


def _verdicts(found: Runway) -> Verdicts:
    month = "" if found.first_missed is None else f": month {found.first_missed}"
    so_far = ", so far" * (found.outcome == "always" and found.is_so_far)
    return Verdicts(words=(f"{found.outcome.replace('_', ' ')}{month}{so_far}",))


def _find(request: PlanRequest, scenario: Scenario, seconds: float) -> Runway:
    from efssim.api.runway.runway import runway
    from efssim.study.runway.asked import MONTHS

    return runway(
        scenario,
        request.horizon or MONTHS,
        rpo=request.rpo,
        attainment=request.attainment,
        confidence=request.confidence,
        replication=request.replication,
        objective=request.objective,
        trials=request.trials,
        sets=request.sets,
        seed=request.seed,
        workers=request.workers,
        budget=seconds,
        resume=request.resume,
        on_progress=None if request.quiet else _tell,
    )


def _tell(made: MonthOutcome, change: str) -> None:
    """Show a month that is complete."""
    from efssim.study.runway.sentences import month_text

    say(month_text(made, change))

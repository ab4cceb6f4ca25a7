"""`efssim plan --until-missed`: the month in which growth first makes an objective missed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from efssim.cli.common import deliver
from efssim.cli.output import say
from efssim.cli.studies.store import ResultPlace, Verdicts

if TYPE_CHECKING:
    from efssim.api.runway.runway import Runway
    from efssim.report.files.formats import TableFormat
    from efssim.scenario import Scenario
    from efssim.study.runway.findings import MonthOutcome


@dataclass(frozen=True, kw_only=True)
class RunwayRequest:
    """The options of a runway."""

    horizon: str | None
    rpo: str | None
    attainment: str | None
    confidence: str
    replication: str | None
    objective: str | None
    trials: int
    sets: int | None
    seed: int | None
    workers: int | None
    budget_s: float
    resume: Path | None
    quiet: bool
    out: Path | None
    form: str
    tables: TableFormat
    again: str
    """The command that gives the same result again."""


def refuse_beside(given: Mapping[str, str | float | None]) -> None:
    """Raise click.UsageError for options that do not go with --until-missed."""
    for option, value in given.items():
        if value is not None:
            raise click.UsageError(f"{option} does not go with --until-missed")


def ends_of(scenario: Scenario, horizon: str | None) -> Iterator[Scenario]:
    """Yield the scenarios of the first and the last month; of unknown parameters as written."""
    from efssim.scenario.unknowns.parameters import uncertain_parameters
    from efssim.study.runway.asked import MONTHS, horizon_months
    from efssim.study.runway.months import Months

    yield scenario
    last = MONTHS if horizon is None else horizon_months(horizon)
    if not uncertain_parameters(scenario):
        yield Months(scenario).at(last)


def runway_of(scenario: Scenario, request: RunwayRequest, place: ResultPlace) -> Runway:
    """Find the month, print it, write its files, and keep them where a store is to have them."""
    from efssim.report.runway.files import runway_json, write_runway
    from efssim.report.runway.text import runway_report

    found = _find(scenario, request)
    again, out = request.again, request.out
    deliver(
        None if out is None else partial(write_runway, found, out, again, request.tables),
        request.form,
        lambda: runway_json(found),
        lambda: runway_report(found, again),
        # With more time another one may say more.
        None if found.partial or found.out_of_time else place.keeping(partial(_verdicts, found)),
    )
    return found


def _verdicts(found: Runway) -> Verdicts:
    month = "" if found.first_missed is None else f": month {found.first_missed}"
    return Verdicts(words=(f"{found.outcome.replace('_', ' ')}{month}",))


def _find(scenario: Scenario, request: RunwayRequest) -> Runway:
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
        budget=request.budget_s,
        resume=request.resume,
        on_progress=None if request.quiet else _tell,
    )


def _tell(made: MonthOutcome, change: str) -> None:
    """Show a month that is complete."""
    from efssim.study.runway.sentences import month_text

    say(month_text(made, change))

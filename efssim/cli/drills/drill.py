"""`efssim drill`: a disaster, the runbook that answers it, and their cost in data and time."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import click

from efssim.cli.common import (
    Command,
    build,
    check_folder,
    deliver,
    handles_errors,
    keeping_results,
    placing_refusals,
    progress_of_trials,
    refuse,
    refuse_absurd,
    say_folder,
    study_errors,
)
from efssim.cli.conflicts import refuse_ignored
from efssim.cli.gates.forms import JUNIT, MARKDOWN, forms_of_drills
from efssim.cli.options import (
    effort_options,
    examples,
    result_options_with,
    seed_option,
    set_option,
    trials_option,
)
from efssim.cli.output import MISSED
from efssim.cli.request import requested
from efssim.cli.scenario_file import ScenarioFile, Source
from efssim.cli.studies.store import ResultPlace, Storing, Verdicts, store_option

if TYPE_CHECKING:
    from efssim.scenario import Scenario
    from efssim.study.drills.study import DrillStudy


@dataclass(frozen=True, kw_only=True)
class DrillRequest(Storing):
    """The request of `efssim drill`."""

    file: Source
    trials: int | None
    check: bool


@click.command(
    cls=Command,
    epilog=examples(
        "efssim drill scenario.yaml",
        "efssim drill scenario.yaml --trials 1000 --check",
        "efssim drill scenario.yaml --set 'drill.at=3 days' -o out",
    ),
)
@click.argument("file", type=ScenarioFile())
@trials_option("200 where anything is drawn, else 1")
@click.option("--check", is_flag=True, help="Exit with 1 unless every objective is met.")
@seed_option()
@set_option()
@store_option
@result_options_with(MARKDOWN, JUNIT)
@effort_options
@handles_errors
def drill(**asked: Any) -> None:
    """Rehearse the disaster of scenario FILE, and what its runbook loses and how long it takes.

    FILE - is standard input. A scenario without `drill` loses the Region of its only source at a
    random time.
    """
    from efssim.runs.drill.drill import PATIENCE_S
    from efssim.scenario.amounts.effort import rehearsed

    request = requested(DrillRequest, workers=None, **asked)
    refuse_ignored(request.overrides, {"--seed": "seed"} if request.seed is not None else {})
    scenario = request.file.load(request.overrides)
    refuse_absurd(scenario, request.file, insist=request.yes)
    refuse(rehearsed(scenario, PATIENCE_S), request.file, insist=request.yes)
    check_folder(request.out, "drills.json")
    place = ResultPlace(request, [scenario], "drill")
    if (kept := place.found()) is not None:
        place.deliver(kept)
        _end(request, lambda: kept.facts.passes)
        return
    build(scenario, request.file, request.overrides)
    _run(request, scenario, place)


def _end(request: DrillRequest, passed: Callable[[], bool | None]) -> None:
    """Say where the files are, and exit 1 under `--check` unless the drills passed."""
    say_folder(request.out, request.quiet)
    if request.check and not passed():
        sys.exit(MISSED)


def _run(request: DrillRequest, scenario: Scenario, place: ResultPlace) -> None:
    with keeping_results():
        found, passed = _delivered(request, scenario, place)
        if found.partial:
            say_folder(request.out, request.quiet)
            raise KeyboardInterrupt
    _end(request, passed)


def _delivered(
    request: DrillRequest, scenario: Scenario, place: ResultPlace
) -> tuple[DrillStudy, Callable[[], bool]]:
    """Run drills, print and write them; return them and whether they passed."""
    from efssim.report.drill.files import write_drills
    from efssim.report.drill.text import drill_report, drills_json
    from efssim.study.drills.study import drilled
    from efssim.study.drills.summary import passes

    with (
        placing_refusals(request.file, request.overrides),
        study_errors(request.file),
        progress_of_trials(request.quiet, "drills", 1) as tell,
    ):
        found = drilled(scenario, request.trials, request.seed, tell)
    again = request.reproducing(seed=found.seed)
    write = None
    if request.out is not None:
        write = partial(write_drills, found, request.out, again, request.table_format)

    @cache
    def passed() -> bool:
        return passes(found)

    def verdicts() -> Verdicts:
        return Verdicts(words=("met" if passed() else "not met",), passes=passed())

    deliver(
        write,
        request.form,
        lambda: drills_json(found),
        lambda: drill_report(found, again),
        None if found.partial else place.keeping(verdicts),
        forms_of_drills(found, again),
    )
    return found, passed

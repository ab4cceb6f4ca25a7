"""`efssim choose`: the best of several scenarios, with as few trials as that takes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
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
    refuse_absurd,
    say_folder,
    study_errors,
    study_failures,
)
from efssim.cli.conflicts import refuse_ignored
from efssim.cli.options import examples, study_options
from efssim.cli.output import say, shows_progress
from efssim.cli.request import requested
from efssim.cli.scenario_file import ScenarioFile, Source, load_all, once
from efssim.cli.studies.kept import refuse_resume, resume_option
from efssim.cli.studies.part import undivided
from efssim.cli.studies.store import ResultPlace, Storing, Verdicts, store_option
from efssim.text.largest import TRIALS_MAX

if TYPE_CHECKING:
    from pathlib import Path

    from efssim.api.choosing.choice import Choice
    from efssim.scenario import Scenario


@dataclass(frozen=True, kw_only=True)
class ChooseRequest(Storing):
    """The request of `efssim choose`."""

    files: tuple[Source, ...]
    measure: str
    best: str
    indifference: str
    replication: str | None
    confidence: str
    trials: int
    budget: int
    resume: Path | None


@click.command(
    cls=Command,
    epilog=examples(
        "efssim choose a.yaml b.yaml c.yaml --measure write_lag_s.p99 --best least"
        " --indifference 30s",
        "efssim choose a.yaml b.yaml --measure rpo.attainment --best most --indifference 0.1%",
    ),
)
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=ScenarioFile(), callback=once
)
@click.option("--measure", required=True, metavar="NAME", help="Whose mean decides.")
@click.option(
    "--best",
    required=True,
    type=click.Choice(["least", "most"]),
    help="Whether the smallest mean is the best, or the largest.",
)
@click.option(
    "--indifference",
    required=True,
    metavar="DIFFERENCE",
    help="The smallest difference of means that matters, as 30s, 1MiB or 0.1%.",
)
@click.option(
    "--replication",
    metavar="NAME",
    show_default="the only one of each",
    help="Whose measure it is.",
)
@click.option(
    "--confidence",
    default="95%",
    show_default=True,
    metavar="SHARE",
    help="How sure the answer has to be.",
)
@click.option(
    "--trials",
    "-n",
    type=click.IntRange(10, TRIALS_MAX),
    metavar="N",
    default=30,
    show_default=True,
    help="Trials of each before anything is decided; more as it takes.",
)
@click.option(
    "--budget",
    type=click.IntRange(10, TRIALS_MAX),
    metavar="N",
    default=1000,
    show_default=True,
    help="Trials of a scenario at most.",
)
@resume_option("Keep the trials of all scenarios")
@undivided("choose")
@store_option
@study_options
@handles_errors
def choose(**asked: Any) -> None:
    """Choose the best of several scenario FILEs by the mean of a measure over trials.

    Whoever is clearly worse gets no more trials. The answer is within the indifference of the best,
    with this confidence. Ctrl-C prints what is known by then.
    """
    request = requested(ChooseRequest, **asked)
    if len(request.files) < 2:
        raise click.UsageError("a choice is among two FILEs or more")
    refuse_resume(request.resume)
    refuse_ignored(request.overrides, {"--seed": "seed"} if request.seed is not None else {})
    scenarios = load_all(request.files, request.overrides)
    for file, scenario in scenarios:
        refuse_absurd(scenario, file, insist=request.yes)
    check_folder(request.out, "choice.json", f"scenarios{request.table_format.suffix}")
    place = ResultPlace(request, [scenario for _, scenario in scenarios], "choice")
    if place.gives():
        return
    for file, scenario in scenarios:
        build(scenario, file, request.overrides)
    _run(request, [scenario for _, scenario in scenarios], place)


def _run(request: ChooseRequest, scenarios: list[Scenario], place: ResultPlace) -> None:
    """Choose among scenarios, and print and write what is found."""
    from efssim.report.choice.files import choice_json, write_choice
    from efssim.report.choice.text import choice_report

    with (
        keeping_results(),
        placing_refusals(request.files[0], request.overrides),
        study_errors(request.files[-1]),
        study_failures(),
    ):
        found = _chosen(request, scenarios)
        again = request.reproducing(seed=found.question.seed)
        deliver(
            None
            if request.out is None
            else partial(write_choice, found, request.out, again, request.table_format),
            request.form,
            lambda: choice_json(found),
            lambda: choice_report(found, again),
            None if found.partial else place.keeping(lambda: _verdicts(found)),
        )
        say_folder(request.out, request.quiet)
    if found.partial:
        raise KeyboardInterrupt


def _verdicts(found: Choice) -> Verdicts:
    none = "not decided" if found.answer is None else ""
    names = [each.name for each in found.alternatives]
    return Verdicts(words=tuple("best" if name == found.answer else none for name in names))


def _chosen(request: ChooseRequest, scenarios: list[Scenario]) -> Choice:
    from efssim.api.choosing.choice import choose as find

    return find(
        scenarios,
        request.measure,
        request.best,
        request.indifference,
        replication=request.replication,
        confidence=request.confidence,
        trials=request.trials,
        budget=request.budget,
        seed=request.seed,
        workers=request.workers,
        resume=request.resume,
        on_progress=_tell if shows_progress(request.quiet) else None,
    )


def _tell(left: int, trials: int) -> None:
    say(f"{left} scenarios left, {trials:,} trials of each")

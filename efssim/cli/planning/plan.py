"""`efssim plan`: the smallest or largest value that meets an RPO objective."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from efssim.cli.common import (
    Command,
    check_folder,
    deliver,
    handles_errors,
    keeping_study,
    refuse_absurd,
    say_folder,
    study_failures,
)
from efssim.cli.conflicts import refuse_ignored
from efssim.cli.options import examples, study_options
from efssim.cli.output import say
from efssim.cli.planning.request import PlanRequest, tell_budget
from efssim.cli.planning.runway import plan_runway
from efssim.cli.planning.sets import plan_of_sets
from efssim.cli.request import requested
from efssim.cli.scenario_file import ScenarioFile
from efssim.cli.studies.kept import refuse_resume, resume_option
from efssim.cli.studies.part import undivided
from efssim.cli.studies.progress import plan_progress
from efssim.cli.studies.store import ResultPlace, Verdicts, store_option
from efssim.cli.uncertain.sets import require_uncertain, sets_option, share_option
from efssim.text.largest import TRIALS_MAX

if TYPE_CHECKING:
    from efssim.api.plan import Plan
    from efssim.scenario import Scenario
    from efssim.study.planning.evaluation import Evaluation
    from efssim.study.varying.space import VariedParameter


@click.command(
    cls=Command,
    epilog=examples(
        "efssim plan scenario.yaml --vary 'replications.dr.sync.throughput=10 MiB/s..1 GiB/s'",
        "efssim plan scenario.yaml --vary replications.dr.sync.interval=1min..1h --rpo 15min",
        "efssim plan scenario.yaml --until-missed --horizon '36 months'",
    ),
)
@click.argument("file", type=ScenarioFile())
@click.option("--vary", metavar="PATH=LOW..HIGH", show_default="none", help="What to look for.")
@click.option(
    "--until-missed",
    is_flag=True,
    help="Instead of --vary: the month in which growth first makes it missed.",
)
@click.option(
    "--horizon",
    metavar="MONTHS",
    show_default="36 months",
    help="With --until-missed: the last month, as '36 months' of 30 days.",
)
@click.option(
    "--rpo",
    metavar="DURATION",
    show_default="the scenario's",
    help="Largest acceptable age.",
)
@click.option(
    "--attainment",
    metavar="SHARE",
    show_default="the scenario's",
    help="Share of the time in which the age is at most that.",
)
@click.option(
    "--confidence",
    default="95%",
    show_default=True,
    metavar="SHARE",
    help="How sure the answer has to be.",
)
@click.option(
    "--replication",
    metavar="NAME",
    show_default="that of PATH, or all",
    help="Whose RPO is to be met.",
)
@click.option(
    "--trials",
    "-n",
    type=click.IntRange(10, TRIALS_MAX),
    metavar="N",
    default=30,
    show_default=True,
    help="Trials of each value in the search; more confirm the answer.",
)
@click.option(
    "--objective",
    metavar="NAME",
    show_default="the RPO",
    help="Which of the scenario's objectives is to be met.",
)
@click.option(
    "--minimise",
    type=click.Choice(["cost"]),
    show_default="nothing",
    help="Also find the cheapest value that meets it, by the scenario's prices.",
)
@sets_option("100")
@share_option()
@click.option(
    "--budget",
    default="5 min",
    show_default=True,
    metavar="DURATION",
    help="Real time after which it ends with what it knows.",
)
@resume_option("Keep the trials of all values")
@undivided("plan")
@store_option
@study_options
@handles_errors
def plan(**asked: Any) -> None:
    """Find the smallest (or largest) value that meets the RPO of scenario FILE.

    With --until-missed: the month up to which it is met as writes grow. FILE - is standard input.
    Ctrl-C prints what is known by then.
    """
    from efssim.study.planning.asked import budget_s

    request = requested(PlanRequest, **asked)
    refuse_resume(request.resume)
    scenario = request.file.load(request.overrides)
    seconds = budget_s(request.budget)
    if request.until_missed:
        plan_runway(request, scenario, seconds)
        return
    chosen, between = _range_of(request, scenario)
    check_folder(request.out, "plan.json", f"evaluations{request.table_format.suffix}")
    of_sets = {"--sets": request.sets, "--share-of-sets": request.share_of_sets}
    if require_uncertain(scenario, of_sets):
        for option, value in (
            ("--minimise", request.minimise),
            ("--objective", request.objective),
            ("--resume", request.resume),
            ("--store", request.store),
        ):
            if value is not None:
                raise click.UsageError(f"{option} does not go with parameters that are not known")
        plan_of_sets(request, scenario, chosen, between, seconds)
        return
    _plan_one(request, scenario, chosen, between, seconds)


def _plan_one(
    request: PlanRequest,
    scenario: Scenario,
    chosen: VariedParameter,
    between: tuple[float, float],
    seconds: float,
) -> None:
    """Find a value that meets the RPO, unless a store has the answer."""
    from efssim.report.files.plan import plan_json, write_plan
    from efssim.report.text.plan import plan_report

    place = ResultPlace(request, [scenario], "plan")
    if place.gives():
        return
    with keeping_study(request.file, request.overrides):
        found = _find(request, scenario, chosen, between, seconds)
        verdicts = partial(_verdicts_of_plan, found)
        again = request.reproducing()
        deliver(
            None
            if request.out is None
            else partial(write_plan, found, request.out, again, request.table_format),
            request.form,
            lambda: plan_json(found),
            lambda: plan_report(found, again),
            # With more time another one may say more.
            None if found.partial or found.out_of_time else place.keeping(verdicts),
        )
        say_folder(request.out, request.quiet)
    if found.partial:
        raise KeyboardInterrupt


def _verdicts_of_plan(found: Plan) -> Verdicts:
    from efssim.report.verdicts.stored import word_of_plan

    return Verdicts(words=(word_of_plan(found),))


def _range_of(
    request: PlanRequest, scenario: Scenario
) -> tuple[VariedParameter, tuple[float, float]]:
    """Return the parameter that is varied and both ends of its range, if they can be run."""
    from efssim.study.varying.space import parse_assignment, range_of, require_key, with_value

    if request.vary is None:
        raise click.UsageError("Missing option '--vary', or '--until-missed' for growth.")
    if request.horizon is not None:
        raise click.UsageError("--horizon goes with --until-missed only")
    chosen, text = parse_assignment(request.vary)
    require_key(scenario, chosen)
    replaced = request.replaced_paths()
    for option, path in replaced.items():
        if path == chosen.path:
            raise click.UsageError(f"--vary {chosen.path} undoes {option}")
    refuse_ignored(request.overrides, {**replaced, "--vary": chosen.path})
    between = range_of(chosen, text)
    for end in between:
        refuse_absurd(with_value(scenario, chosen, end), request.file, insist=request.yes)
    return chosen, between


def _find(
    request: PlanRequest,
    scenario: Scenario,
    chosen: VariedParameter,
    between: tuple[float, float],
    budget_s: float,
) -> Plan:
    from efssim.api.plan import plan as find

    with study_failures(), plan_progress(chosen, request.quiet) as tell:
        return find(
            scenario,
            chosen,
            between,
            rpo=request.rpo,
            attainment=request.attainment,
            confidence=request.confidence,
            replication=request.replication,
            trials=request.trials,
            seed=request.seed,
            minimise=request.minimise,
            objective=request.objective,
            workers=request.workers,
            budget=budget_s,
            resume=request.resume,
            on_begin=None if request.quiet else partial(tell_budget, budget_s),
            on_progress=None if request.quiet else _tell_evaluation(chosen),
            on_trials=tell,
        )


def _tell_evaluation(vary: VariedParameter) -> Callable[[Evaluation], None]:
    """Return the callback that shows each evaluation of a plan."""

    def tell(made: Evaluation) -> None:
        from efssim.study.planning.evaluation import said

        shown = f"{vary.text(made.value)}: attainment {made.attainment:.5f}, {said(made)}"
        say(f"{shown} ({made.stage}, {made.trials} trials)")

    return tell

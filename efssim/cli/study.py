"""`efssim plan` and `efssim sweep`: trials at many values of parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from efssim.cli.common import (
    Command,
    check_folder,
    deliver,
    handles_errors,
    keeping_results,
    placing_refusals,
    refuse_absurd,
    say_folder,
    study_errors,
)
from efssim.cli.conflicts import refuse_ignored
from efssim.cli.options import examples, study_options
from efssim.cli.output import say, shows_progress
from efssim.cli.request import Request, requested
from efssim.cli.scenario_file import ScenarioFile, Source
from efssim.cli.uncertain.plan import SetPlanRequest, plan_of_sets
from efssim.cli.uncertain.sets import require_uncertain, sets_option, share_option

if TYPE_CHECKING:
    from efssim.api.plan import Plan
    from efssim.api.sweep import Sweep
    from efssim.scenario import Scenario
    from efssim.study.planning.evaluation import Evaluation
    from efssim.study.varying.space import VariedParameter


@dataclass(frozen=True, kw_only=True)
class PlanRequest(Request):
    """The request of `efssim plan`."""

    file: Source
    vary: str
    rpo: str | None
    attainment: str | None
    confidence: str
    replication: str | None
    trials: int
    budget: str
    sets: int | None
    share_of_sets: float | None
    minimise: str | None
    objective: str | None

    def replaced_paths(self) -> dict[str, str]:
        """Return the paths of the scenario that options replace, by the option."""
        asked = {
            "--rpo": (self.rpo, "rpo.target"),
            "--attainment": (self.attainment, "rpo.attainment"),
            "--seed": (self.seed, "seed"),
        }
        return {option: path for option, (value, path) in asked.items() if value is not None}


@dataclass(frozen=True, kw_only=True)
class SweepRequest(Request):
    """The request of `efssim sweep`."""

    file: Source
    vary: tuple[str, ...]
    one_at_a_time: bool
    measure: str
    trials: int


@click.command(
    cls=Command,
    epilog=examples(
        "efssim plan scenario.yaml --vary 'replications.dr.sync.throughput=10 MiB/s..1 GiB/s'",
        "efssim plan scenario.yaml --vary replications.dr.sync.interval=1min..1h --rpo 15min",
    ),
)
@click.argument("file", type=ScenarioFile())
@click.option("--vary", required=True, metavar="PATH=LOW..HIGH", help="What to look for.")
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
    type=click.IntRange(min=10),
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
@study_options
@handles_errors
def plan(**asked: Any) -> None:
    """Find the smallest (or largest) value that meets the RPO of scenario FILE.

    FILE - is standard input. Ctrl-C prints what is known by then.
    """
    from efssim.report.files.plan import plan_json, write_plan
    from efssim.report.text.plan import plan_report
    from efssim.study.planning.asked import budget_s

    request = requested(PlanRequest, **asked)
    scenario = request.file.load(request.overrides)
    chosen, between = _range_of(request, scenario)
    check_folder(request.out, "plan.json", f"evaluations{request.table_format.suffix}")
    seconds = budget_s(request.budget)
    of_sets = {"--sets": request.sets, "--share-of-sets": request.share_of_sets}
    if require_uncertain(scenario, of_sets):
        for option, value in (
            ("--minimise", request.minimise),
            ("--objective", request.objective),
        ):
            if value is not None:
                raise click.UsageError(f"{option} does not go with parameters that are not known")
        _plan_sets(request, scenario, chosen, between, seconds)
        return
    with (
        keeping_results(),
        placing_refusals(request.file, request.overrides),
        study_errors(request.file),
    ):
        found = _find(request, scenario, chosen, between, seconds)
        again = request.reproducing()
        deliver(
            None
            if request.out is None
            else partial(write_plan, found, request.out, again, request.table_format),
            request.form,
            lambda: plan_json(found),
            lambda: plan_report(found, again),
        )
        say_folder(request.out, request.quiet)
    if found.partial:
        raise KeyboardInterrupt


def _plan_sets(
    request: PlanRequest,
    scenario: Scenario,
    chosen: VariedParameter,
    between: tuple[float, float],
    seconds: float,
) -> None:
    """Find a value that meets the RPO in a share of the parameter sets."""
    with (
        keeping_results(),
        placing_refusals(request.file, request.overrides),
        study_errors(request.file),
    ):
        asked = SetPlanRequest(
            sets=request.sets,
            share_of_sets=request.share_of_sets,
            trials=request.trials,
            rpo=request.rpo,
            attainment=request.attainment,
            confidence=request.confidence,
            replication=request.replication,
            seed=request.seed,
            workers=request.workers,
            budget_s=seconds,
            quiet=request.quiet,
            out=request.out,
            form=request.form,
            tables=request.table_format,
            again=request.reproducing(),
        )
        begin = None if request.quiet else partial(_tell_budget, seconds)
        found = plan_of_sets(scenario, chosen, between, asked, begin)
        say_folder(request.out, request.quiet)
    if found.partial:
        raise KeyboardInterrupt


def _range_of(
    request: PlanRequest, scenario: Scenario
) -> tuple[VariedParameter, tuple[float, float]]:
    """Return the parameter that is varied and both ends of its range, if they can be run."""
    from efssim.study.varying.space import parse_assignment, range_of, require_key, with_value

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
        on_begin=None if request.quiet else partial(_tell_budget, budget_s),
        on_progress=None if request.quiet else _tell_evaluation(chosen),
    )


@click.command(
    cls=Command,
    epilog=examples(
        "efssim sweep scenario.yaml --vary 'replications.dr.sync.interval=1 min,5 min,1 h'",
        "efssim sweep scenario.yaml --vary 'replications.dr.sync.throughput=1 MiB/s..1 GiB/s:5log'",
        "efssim sweep scenario.yaml --vary rpo.target=5min,1h -n 20 --measure rpo.attainment",
    ),
)
@click.argument("file", type=ScenarioFile())
@click.option(
    "--vary",
    required=True,
    multiple=True,
    metavar="PATH=VALUES",
    help="a,b,c or LOW..HIGH:n[log]; may be repeated.",
)
@click.option("--one-at-a-time", is_flag=True, help="Each value alone, and what it changes.")
@click.option(
    "--measure",
    default="time_since_last_sync_s.mean",
    show_default=True,
    metavar="NAME",
    help="What report and figures show; the files have every number.",
)
@click.option(
    "--trials",
    "-n",
    type=click.IntRange(min=1),
    metavar="N",
    default=1,
    show_default=True,
    help="Trials of each combination.",
)
@study_options
@handles_errors
def sweep(**asked: Any) -> None:
    """Run trials of scenario FILE at every combination of values.

    FILE - is standard input. Ctrl-C prints the combinations that are complete.
    """
    from efssim.report.files.sweep import sweep_json, write_sweep
    from efssim.report.text.sweep import sweep_report

    request = requested(SweepRequest, **asked)
    scenario = request.file.load(request.overrides)
    with study_errors(request.file):
        chosen, measure = _values_of(request, scenario), request.measure
    check_folder(request.out, "sweep.json", f"sweep{request.table_format.suffix}")
    with (
        keeping_results(),
        placing_refusals(request.file, request.overrides),
        study_errors(request.file),
    ):
        found = _swept(request, scenario, chosen)
        found.check_measure(measure)
        again = request.reproducing()
        deliver(
            None
            if request.out is None
            else partial(write_sweep, found, request.out, measure, again, request.table_format),
            request.form,
            lambda: sweep_json(found, measure),
            lambda: sweep_report(found, measure, again),
        )
        say_folder(request.out, request.quiet)
    if found.partial:
        raise KeyboardInterrupt


def _values_of(
    request: SweepRequest, scenario: Scenario
) -> list[tuple[VariedParameter, list[Any]]]:
    """Return the parameters that are varied and their values, if all combinations can be run."""
    from efssim.study.varying.space import parse_assignment, values_of
    from efssim.study.varying.sweep import combinations

    parsed = [parse_assignment(text, ordinal) for ordinal, text in enumerate(request.vary, 1)]
    replaced = {} if request.seed is None else {"--seed": "seed"}
    if not request.one_at_a_time:  # its base has the values set
        replaced |= {f"--vary {named.path}": named.path for named, _ in parsed}
    refuse_ignored(request.overrides, replaced)
    chosen = [(named, values_of(named, text)) for named, text in parsed]
    for _, world in combinations(scenario, chosen, one_at_a_time=request.one_at_a_time):
        refuse_absurd(world, request.file, insist=request.yes)
    return chosen


def _swept(
    request: SweepRequest, scenario: Scenario, chosen: list[tuple[VariedParameter, list[Any]]]
) -> Sweep:
    from efssim.api.sweep import sweep_of

    return sweep_of(
        scenario,
        chosen,
        request.trials,
        one_at_a_time=request.one_at_a_time,
        seed=request.seed,
        workers=request.workers,
        on_progress=_tell_combination if shows_progress(request.quiet) else None,
    )


def _tell_combination(done: int, wanted: int) -> None:
    say(f"{done} of {wanted} combinations")


def _tell_budget(seconds: float) -> None:
    from efssim.text.quantities import format_duration

    text = format_duration(seconds)
    say(f"planning for at most {text} (--budget), then with what is known")


def _tell_evaluation(vary: VariedParameter) -> Callable[[Evaluation], None]:
    """Return the callback that shows each evaluation of a plan."""

    def tell(made: Evaluation) -> None:
        from efssim.study.planning.evaluation import said

        shown = f"{vary.text(made.value)}: attainment {made.attainment:.5f}, {said(made)}"
        say(f"{shown} ({made.stage}, {made.trials} trials)")

    return tell

"""`efssim plan` and `efssim sweep`: trials at many values of parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
    study_failures,
)
from efssim.cli.conflicts import refuse_ignored
from efssim.cli.options import examples, study_options
from efssim.cli.output import say
from efssim.cli.request import requested
from efssim.cli.runway.runway import RunwayRequest, ends_of, refuse_beside, runway_of
from efssim.cli.scenario_file import ScenarioFile, Source
from efssim.cli.studies.kept import refuse_resume, resume_option
from efssim.cli.studies.part import Divisible, part_option, run_part_of, undivided
from efssim.cli.studies.progress import label_of, over_points, plan_progress, study_progress
from efssim.cli.studies.store import ResultPlace, Storing, Verdicts, store_option
from efssim.cli.uncertain.plan import SetPlanRequest, plan_of_sets
from efssim.cli.uncertain.sets import require_uncertain, sets_option, share_option

if TYPE_CHECKING:
    from pathlib import Path

    from efssim.api.plan import Plan
    from efssim.api.sweep import Sweep
    from efssim.scenario import Scenario
    from efssim.study.planning.evaluation import Evaluation
    from efssim.study.varying.designs import Arrangement
    from efssim.study.varying.space import VariedParameter
    from efssim.study.varying.sweep import PointProgress


@dataclass(frozen=True, kw_only=True)
class PlanRequest(Storing):
    """The request of `efssim plan`."""

    file: Source
    vary: str | None
    until_missed: bool
    horizon: str | None
    rpo: str | None
    attainment: str | None
    confidence: str
    replication: str | None
    trials: int
    budget: str
    resume: Path | None
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
class SweepRequest(Divisible):
    """The request of `efssim sweep`."""

    file: Source
    vary: tuple[str, ...]
    one_at_a_time: bool
    latin: int | None
    morris: int | None
    measure: str
    trials: int
    resume: Path | None

    @property
    def arrangement(self) -> Arrangement:
        """How the values make combinations."""
        return self.design[0]

    @property
    def design(self) -> tuple[Arrangement, int | None]:
        """How the values make combinations, and how many a design has."""
        from efssim.api.sweep import asked_arrangement

        return asked_arrangement(self.one_at_a_time, self.latin, self.morris)


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
        _plan_runway(request, scenario, seconds)
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
        _plan_sets(request, scenario, chosen, between, seconds)
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
    if (kept := place.found()) is not None:
        place.deliver(kept)
        say_folder(request.out, request.quiet)
        return
    with (
        keeping_results(),
        placing_refusals(request.file, request.overrides),
        study_errors(request.file),
    ):
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


def _plan_runway(request: PlanRequest, scenario: Scenario, seconds: float) -> None:
    """Find the month in which the objective is first missed."""
    refuse_beside(
        {
            "--vary": request.vary,
            "--minimise": request.minimise,
            "--share-of-sets": request.share_of_sets,
        }
    )
    require_uncertain(scenario, {"--sets": request.sets})
    refuse_ignored(request.overrides, request.replaced_paths())
    with study_errors(request.file):
        for end in ends_of(scenario, request.horizon):
            refuse_absurd(end, request.file, insist=request.yes)
    check_folder(request.out, "runway.json", f"months{request.table_format.suffix}")
    place = ResultPlace(request, [scenario], "plan")
    if (kept := place.found()) is not None:
        place.deliver(kept)
        say_folder(request.out, request.quiet)
        return
    with (
        keeping_results(),
        placing_refusals(request.file, request.overrides),
        study_errors(request.file),
    ):
        if not request.quiet:
            _tell_budget(seconds)
        found = runway_of(scenario, _runway_asked(request, seconds), place)
        say_folder(request.out, request.quiet)
    if found.partial:
        raise KeyboardInterrupt


def _runway_asked(request: PlanRequest, seconds: float) -> RunwayRequest:
    """Return the options of a runway."""
    return RunwayRequest(
        horizon=request.horizon,
        rpo=request.rpo,
        attainment=request.attainment,
        confidence=request.confidence,
        replication=request.replication,
        objective=request.objective,
        trials=request.trials,
        sets=request.sets,
        seed=request.seed,
        workers=request.workers,
        budget_s=seconds,
        resume=request.resume,
        quiet=request.quiet,
        out=request.out,
        form=request.form,
        tables=request.table_format,
        again=request.reproducing(),
    )


def _verdicts_of_plan(found: Plan) -> Verdicts:
    from efssim.report.verdicts.stored import word_of_plan

    return Verdicts(words=(word_of_plan(found),))


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
            on_begin=None if request.quiet else partial(_tell_budget, budget_s),
            on_progress=None if request.quiet else _tell_evaluation(chosen),
            on_trials=tell,
        )


@click.command(
    cls=Command,
    epilog=examples(
        "efssim sweep scenario.yaml --vary 'replications.dr.sync.interval=1 min,5 min,1 h'",
        "efssim sweep scenario.yaml --vary 'replications.dr.sync.throughput=1 MiB/s..1 GiB/s:5log'",
        "efssim sweep scenario.yaml --morris 10 --vary replications.dr.sync.interval=1min..1h:log"
        " --vary file_systems.data.growth=1..2",
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
    "--latin",
    type=click.IntRange(min=2),
    metavar="N",
    show_default="a grid",
    help="N points of a Latin hypercube; ranges are PATH=LOW..HIGH, or LOW..HIGH:log.",
)
@click.option(
    "--morris",
    type=click.IntRange(min=2),
    metavar="N",
    show_default="a grid",
    help="N trajectories of Morris's screening: which parameters matter; ranges as for --latin.",
)
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
@resume_option("Keep the trials of all combinations")
@part_option
@store_option
@study_options
@handles_errors
def sweep(**asked: Any) -> None:
    """Run trials of scenario FILE at every combination of values.

    FILE - is standard input. Ctrl-C prints the combinations that are complete.
    """
    request = requested(SweepRequest, **asked)
    refuse_resume(request.resume)
    request.refuse_with_part(resume=request.resume)
    sweep_asked(request)


def sweep_asked(request: SweepRequest) -> None:
    """Run a sweep, or a part of one, and print its report."""
    from efssim.report.files.sweep import sweep_json, write_sweep
    from efssim.report.text.sweep import sweep_report

    scenario = request.file.load(request.overrides)
    with study_errors(request.file):
        chosen, measure = _values_of(request, scenario), request.measure
    if request.part is not None:
        _run_part(request, scenario, chosen)
        return
    check_folder(request.out, "sweep.json", f"sweep{request.table_format.suffix}")
    place = ResultPlace(request, [scenario], "sweep")
    if (kept := place.found()) is not None:
        place.deliver(kept)
        say_folder(request.out, request.quiet)
        return
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
            None if found.partial else place.keeping(partial(_verdicts_of_sweep, found)),
        )
        say_folder(request.out, request.quiet)
    if found.partial:
        raise KeyboardInterrupt


def _verdicts_of_sweep(found: Sweep) -> Verdicts:
    from efssim.report.verdicts.stored import word_of_sweep

    return Verdicts(words=(word_of_sweep(found),))


def _run_part(
    request: SweepRequest, scenario: Scenario, chosen: list[tuple[VariedParameter, list[Any]]]
) -> None:
    """Run a part of the trials of each combination."""
    worlds = _worlds(request, scenario, chosen)
    seed = scenario.seed if request.seed is None else request.seed
    with placing_refusals(request.file, request.overrides):
        run_part_of(request, [request.file], worlds, seed)


def _worlds(
    request: SweepRequest, scenario: Scenario, chosen: list[tuple[VariedParameter, list[Any]]]
) -> list[Scenario]:
    from efssim.study.varying.sweep import combinations

    found = combinations(scenario, chosen, request.arrangement)
    return [world for _, world in found]


def _values_of(
    request: SweepRequest, scenario: Scenario
) -> list[tuple[VariedParameter, list[Any]]]:
    """Return the parameters that are varied and their values, if all combinations can be run."""
    from efssim.study.varying.designs import design_range, designed
    from efssim.study.varying.space import parse_assignment, values_of
    from efssim.study.varying.sweep import combinations

    parsed = [parse_assignment(text, ordinal) for ordinal, text in enumerate(request.vary, 1)]
    replaced = {} if request.seed is None else {"--seed": "seed"}
    if not request.one_at_a_time:  # its base has the values set
        replaced |= {f"--vary {named.path}": named.path for named, _ in parsed}
    refuse_ignored(request.overrides, replaced)
    arrangement, count = request.design
    if count is None:
        chosen = [(named, values_of(named, text)) for named, text in parsed]
    else:
        ranges = [design_range(named, text) for named, text in parsed]
        seed = scenario.seed if request.seed is None else request.seed
        chosen = designed(ranges, arrangement, count, seed)
    for _, world in combinations(scenario, chosen, request.arrangement):
        refuse_absurd(world, request.file, insist=request.yes)
    return chosen


def _swept(
    request: SweepRequest, scenario: Scenario, chosen: list[tuple[VariedParameter, list[Any]]]
) -> Sweep:
    from efssim.api.sweep import sweep_of

    with study_failures(), _telling(request, chosen) as tell:
        if request.parts is not None:
            request.parts.require(_worlds(request, scenario, chosen))
        return sweep_of(
            scenario,
            chosen,
            request.trials,
            arrangement=request.arrangement,
            seed=request.seed,
            workers=request.workers,
            resume=request.resume,
            kept=request.parts,
            on_trials=tell,
        )


@contextmanager
def _telling(
    request: SweepRequest, chosen: list[tuple[VariedParameter, list[Any]]]
) -> Iterator[PointProgress | None]:
    """Show how far the trials of the combinations are; yield the callback of the sweep."""
    from efssim.study.varying.designs import points_of

    with study_progress(request.quiet, request.workers) as tell:
        if tell is None:
            yield None
            return
        points = points_of(chosen, request.arrangement)
        told = over_points(len(points), tell)
        yield lambda point, complete, wanted: told(point, label_of(points[point]), complete, wanted)


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

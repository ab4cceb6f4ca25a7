"""`efssim run`: one run, or trials of one scenario or several."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
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
    progress,
    progress_of_trials,
    refuse_absurd,
    say_folder,
    study_errors,
    study_failures,
)
from efssim.cli.conflicts import refuse_ignored
from efssim.cli.options import (
    Folder,
    Share,
    effort_options,
    examples,
    result_options,
    seed_option,
    set_option,
    trials_option,
    workers_option,
)
from efssim.cli.output import MISSED, fail, say
from efssim.cli.request import Request, requested
from efssim.cli.scenario_file import ScenarioFile, Source, once
from efssim.cli.uncertain.sets import (
    SetsRequest,
    deliver_sets,
    refuse_fixed,
    require_uncertain,
    run_of_sets,
    sets_options,
)

if TYPE_CHECKING:
    from pathlib import Path

    from efssim.api.comparison import Comparison
    from efssim.api.result import Result
    from efssim.api.sets.parameter_sets import ParameterSets
    from efssim.api.trials import Trials
    from efssim.model.kernel.shared_draws import SharedDraws
    from efssim.progress import Progress
    from efssim.scenario import Scenario
    from efssim.study.run.executors import Workers
    from efssim.study.run.interrupts import Interrupts


_ONE_SET = (
    "has uncertain parameters, and a comparison has one parameter set: run each FILE by itself, or "
    "--set 'uncertain={}' (and a preset other than efs-unknown)"
)


@dataclass(frozen=True, kw_only=True)
class RunRequest(Request):
    """The request of `efssim run`."""

    files: tuple[Source, ...]
    trials: int | None
    precision: float | None
    budget: int | None
    resume: Path | None
    trial: int | None
    sets: int | None
    share_of_sets: float | None
    sobol: int | None
    png: bool
    verify: bool
    check: bool
    full: bool

    @property
    def are_many(self) -> bool:
        """Whether trials are asked for, be it one, and not a single run."""
        return self.trials is not None or self.precision is not None

    @property
    def of_sets(self) -> dict[str, object]:
        """The options that need uncertain parameters, with what was given."""
        return {
            "--sets": self.sets,
            "--share-of-sets": self.share_of_sets,
            "--sobol": self.sobol,
        }

    def refuse_contradictions(self) -> None:
        """Raise click.UsageError for options that do not go together, or have no effect."""
        if self.trials is not None and self.precision is not None:
            raise click.UsageError("--precision decides how many trials; --budget limits them")
        if self.budget is not None and self.precision is None:
            raise click.UsageError("--budget needs --precision")
        if self.trial is not None and self.are_many:
            raise click.UsageError("--trial repeats one of the trials alone: no --trials")
        for name, value in (("--workers", self.workers), ("--resume", self.resume)):
            if value is not None and not self.are_many:
                raise click.UsageError(f"{name} needs --trials or --precision")
        for name, given in self.of_sets.items():
            if given is not None and self.trials is None:
                raise click.UsageError(f"{name} needs --trials: trials of each parameter set")
        if self.full and self.form == "json":
            raise click.UsageError("--full is about the text: JSON has every number of each")
        self._refuse_files()
        refuse_ignored(self.overrides, {"--seed": "seed"} if self.seed is not None else {})

    def _refuse_files(self) -> None:
        if self.resume is not None and self.resume.exists() and not self.resume.is_dir():
            raise click.UsageError(f"{self.resume} is a file, not a folder for --resume")
        if self.resume is not None and self.resume.is_symlink() and not self.resume.exists():
            raise click.UsageError(f"{self.resume} is a link to what is not there")
        if self.png and self.are_many:
            raise click.UsageError("--png needs a single run: trials have no figures")
        if self.png and self.out is None:
            raise click.UsageError("--png needs --out, the folder for the figures")

    def refuse_several(self) -> None:
        """Raise click.UsageError for options that do not go with several scenarios."""
        if self.trials is None:
            raise click.UsageError("several FILEs are compared by their trials: give --trials")
        if self.full:
            raise click.UsageError("--full goes with one FILE")
        if self.resume is not None:
            raise click.UsageError("--resume keeps the trials of one FILE")
        for name, given in self.of_sets.items():
            if given is not None:
                raise click.UsageError(f"{name} goes with one FILE")


@click.command(
    cls=Command,
    epilog=examples(
        "efssim run scenario.yaml",
        "efssim run scenario.yaml -o out --check",
        "efssim run scenario.yaml -n 200 --set replications.dr.sync.interval=5min",
        "efssim run today.yaml tomorrow.yaml -n 50",
        "cat scenario.yaml | efssim run - --format json",
    ),
)
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=ScenarioFile(), callback=once
)
@seed_option()
@set_option()
@trials_option("a single run")
@click.option(
    "--precision",
    type=Share(),
    metavar="SHARE",
    show_default="none",
    help="As many trials as the mean age takes for a 95% interval of this half-width, as 2%.",
)
@click.option(
    "--budget",
    type=click.IntRange(min=10),
    metavar="N",
    show_default="1000",
    help="With --precision: most trials.",
)
@workers_option()
@click.option(
    "--resume",
    type=Folder(),
    metavar="DIR",
    show_default="nothing is kept",
    help="With trials: keep them here, and take up those that are here.",
)
@click.option(
    "--trial",
    type=click.IntRange(min=0),
    metavar="K",
    show_default="0",
    help="Repeat this one of the trials alone.",
)
@sets_options
@result_options
@click.option("--png", is_flag=True, help="With --out: the figures as PNG too, besides SVG.")
@click.option("--full", is_flag=True, help="Report each of many replications, not their sum.")
@click.option("--verify", is_flag=True, help="Check the laws that every run must satisfy.")
@click.option("--check", is_flag=True, help="Exit 1 unless the RPO is met throughout.")
@effort_options
@handles_errors
def run(**asked: Any) -> None:
    """Simulate scenario FILE and print its lag report.

    Of several FILEs, the trials of each are compared with those of the first, which share their
    random draws. FILE - is standard input.
    """
    request = requested(RunRequest, **asked)
    request.refuse_contradictions()
    if len(request.files) > 1:
        _run_several(request)
    else:
        _run_one(request)


def _run_one(request: RunRequest) -> None:
    """Run a scenario, once or in trials, and print its report."""
    (file,) = request.files
    scenario = file.load(request.overrides)
    refuse_absurd(scenario, file, insist=request.yes)
    check_folder(request.out, "summary.json")
    is_uncertain = require_uncertain(scenario, request.of_sets)
    if is_uncertain and request.are_many:
        _run_sets(scenario, file, request)
        return
    how = _run_trials if request.are_many else _run_once
    with keeping_results() as interrupts:
        with placing_refusals(file, request.overrides), _naming_the_trial(file, request):
            result = how(scenario, request, interrupts)
        again = request.reproducing(seed=result.seed)
        deliver(
            _writer(result, request, again),
            request.form,
            lambda: _json(result),
            lambda: _text(result, again, request.full),
        )
        _report_progress(request)
    if _is_partial(result):
        raise KeyboardInterrupt
    _check(request.check, [result])


def _run_sets(scenario: Scenario, file: Source, request: RunRequest) -> None:
    """Run trials at parameter sets and print their report."""
    if request.trials is None:
        raise click.UsageError(
            "--precision is about one parameter set, and this scenario has uncertain parameters: "
            "--trials and --sets"
        )
    refuse_fixed(scenario, request.overrides)
    with keeping_results() as interrupts:
        with placing_refusals(file, request.overrides):
            asked = SetsRequest(
                sets=request.sets,
                trials=request.trials,
                share_of_sets=request.share_of_sets,
                sobol=request.sobol,
                seed=request.seed,
                workers=request.workers,
                resume=request.resume,
                verify=request.verify,
                quiet=request.quiet,
            )
            found = run_of_sets(scenario, interrupts, asked)
        again = request.reproducing(seed=found.seed, sets=len(found.design))
        deliver_sets(found, request.out, request.form, again, request.table_format)
        _report_progress(request)
    if found.partial:
        raise KeyboardInterrupt
    _check(request.check, [found])


def _run_several(request: RunRequest) -> None:
    """Run the same trials of several scenarios and print how each differs from the first."""
    request.refuse_several()
    scenarios = _drawn_alike(_load_all(request.files, request.overrides))
    for file, scenario in scenarios:
        refuse_absurd(scenario, file, insist=request.yes)
        if require_uncertain(scenario, {}):
            fail(f"{file}: {_ONE_SET}")
    check_folder(request.out, "comparison.json")
    for _, scenario in scenarios:
        check_folder(request.out and request.out / scenario.name, "summary.json")
    with keeping_results() as interrupts:
        studies = _studies(scenarios, request, interrupts)
        with study_errors(request.files[-1]):
            found = _compared(studies)
        missing = "" if _are_complete(studies, scenarios) else _missing(studies, scenarios)
        _deliver_several(studies, found, missing, request)
        _report_progress(request)
    if missing:
        raise KeyboardInterrupt
    _check(request.check, studies)


def _studies(
    scenarios: list[tuple[Source, Scenario]],
    request: RunRequest,
    interrupts: Interrupts,
) -> list[Trials]:
    """Run the trials of scenarios, up to the first that is interrupted, if it has any by then."""
    from efssim.model.kernel.shared_draws import SharedDraws
    from efssim.study.run.executors import Workers

    seed = scenarios[0][1].seed if request.seed is None else request.seed
    studies: list[Trials] = []
    with Workers(workers=request.workers) as workers:
        beside = Beside(workers, SharedDraws(), seed)
        for file, scenario in scenarios:
            with placing_refusals(file, request.overrides), _naming_the_trial(file, request):
                try:
                    studies.append(_run_beside(scenario, request, interrupts, beside))
                except KeyboardInterrupt:
                    if interrupts.stops_at_once or not studies:
                        raise
                    break
            if studies[-1].partial:
                break
    return studies


@dataclass(frozen=True)
class Beside:
    """Workers, draws and seed that the studies of a comparison have in common."""

    workers: Workers
    draws: SharedDraws
    seed: int


def _run_beside(
    scenario: Scenario, request: RunRequest, interrupts: Interrupts, beside: Beside
) -> Trials:
    """Run a study that draws what it has in common with others once; as `_run_trials`."""
    from efssim.api.trials import trials_on

    assert request.trials is not None, "several scenarios are compared by their trials"
    with _begun(scenario, request, interrupts) as tell:
        found = trials_on(
            beside.workers,
            scenario,
            request.trials,
            beside.seed,
            None,
            verify=request.verify,
            on_progress=tell,
            shared=beside.draws,
        )
    if not len(found):
        raise KeyboardInterrupt
    return found


def _compared(studies: list[Trials]) -> list[Comparison]:
    from efssim.api.comparison import compare

    return [compare(studies[0], other) for other in studies[1:]]


def _are_complete(studies: list[Trials], scenarios: list[tuple[Source, Scenario]]) -> bool:
    return len(studies) == len(scenarios) and not studies[-1].partial


def _missing(studies: list[Trials], scenarios: list[tuple[Source, Scenario]]) -> str:
    """Return how far an interrupted comparison came."""
    name, last = scenarios[len(studies) - 1][1].name, studies[-1]
    count = f"{len(last)} of {last.wanted} trials of {name}"
    return f"PARTIAL: interrupted after {count}, scenario {len(studies)} of {len(scenarios)}"


def _deliver_several(
    studies: list[Trials], found: list[Comparison], missing: str, request: RunRequest
) -> None:
    """Write and print comparisons; the first study alone where there is none yet."""
    from efssim.report.files.comparison import comparisons_json
    from efssim.report.text.comparison import comparisons_report

    again = request.reproducing()
    alone = None if found else studies[0]
    deliver(
        None if request.out is None else partial(_write_several, studies, found, missing, request),
        request.form,
        lambda: comparisons_json(found, bool(missing), alone),
        lambda: comparisons_report(found, again, missing, alone),
    )


def _drawn_alike(scenarios: list[tuple[Source, Scenario]]) -> list[tuple[Source, Scenario]]:
    """Return scenarios whose streams with `drawn: auto` are drawn as those of the first."""
    from efssim.study.varying.drawn_as import drawn_as

    first = scenarios[0][1]
    return [(file, drawn_as(first, scenario)) for file, scenario in scenarios]


def _load_all(
    files: tuple[Source, ...], overrides: tuple[str, ...]
) -> list[tuple[Source, Scenario]]:
    """Load scenarios; raise ScenarioError with the problems of all."""
    from efssim.scenario import ScenarioError

    found, problems = [], []
    for file in files:
        try:
            found.append((file, file.load(overrides)))
        except ScenarioError as error:
            problems += list(error.problems)
    if problems:
        raise ScenarioError(tuple(problems))
    names = [scenario.name for _, scenario in found]
    for (file, scenario), before in zip(found, range(len(found)), strict=True):
        if scenario.name in names[:before]:
            fail(f"{file}: name: '{scenario.name}' is the name of another scenario, too")
    return found


def _write_several(
    studies: list[Trials], found: list[Comparison], missing: str, request: RunRequest
) -> None:
    from efssim.report.files.comparison import write_comparisons
    from efssim.report.files.trials import write_trials

    assert request.out is not None
    again = request.reproducing()
    for study in studies:
        write_trials(study, request.out / study.scenario.name, again, request.table_format)
    if found:
        write_comparisons(found, request.out, again, missing, request.table_format)


def _run_once(scenario: Scenario, request: RunRequest, interrupts: Interrupts) -> Result | Trials:
    """Run a scenario once; Ctrl-C ends it, as nothing of a run is a result before its end."""
    from efssim.api.simulation import run as simulate

    with interrupts.allowed(), progress(scenario, request.quiet) as tell:
        if _is_summed_up(scenario, request):
            return _without_curves(scenario, request, tell)
        return simulate(
            scenario,
            request.seed,
            verify=request.verify,
            trial=request.trial or 0,
            on_progress=tell,
        )


def _is_summed_up(scenario: Scenario, request: RunRequest) -> bool:
    """Return whether many replications are asked for in sum only, without pages and figures."""
    from efssim.report.verdicts.fleets import are_many

    return are_many(scenario.replications) and request.out is None and not request.full


def _without_curves(scenario: Scenario, request: RunRequest, tell: Progress | None) -> Result:
    """Run a scenario once, without the curves of figures: of thousands they take most memory."""
    from efssim.api.result import Result
    from efssim.lag.kinds.asked import OF_TRIALS
    from efssim.runs.measured import MeasuredWorld, last_run

    world = MeasuredWorld(
        scenario,
        request.seed,
        verify=request.verify,
        trial=request.trial or 0,
        metrics=False,
        asked=replace(OF_TRIALS, breaches=True),
    )
    world.advance_to_end(tell)
    return Result.of(last_run(world))


@contextmanager
def _begun(
    scenario: Scenario, request: RunRequest, interrupts: Interrupts
) -> Iterator[Callable[[int, int], None] | None]:
    """Begin a study: raise the errors of EFS at the start, before any bar of progress."""
    from efssim.model.world.world import World

    with interrupts.allowed():
        World(scenario, scenario.seed)
    with study_failures(), progress_of_trials(request.quiet) as tell:
        yield tell


def _run_trials(scenario: Scenario, request: RunRequest, interrupts: Interrupts) -> Trials:
    """Run a study; KeyboardInterrupt if it is interrupted before the first trial is complete."""
    from efssim.api.trials import run_trials
    from efssim.study.statistics.precision import BUDGET

    with _begun(scenario, request, interrupts) as tell:
        found = run_trials(
            scenario,
            seed=request.seed,
            trials=request.trials or 1,  # which a precision replaces
            precision=request.precision,
            budget=request.budget or BUDGET,
            workers=request.workers,
            resume=request.resume,
            verify=request.verify,
            on_progress=tell,
        )
    if not len(found):
        raise KeyboardInterrupt
    return found


def _writer(result: Result | Trials, request: RunRequest, again: str) -> Callable[[], None] | None:
    """Return the function that writes the files of a result; None if none are wanted."""
    from efssim.api.result import Result
    from efssim.report.files.run import write_files

    if request.out is None:
        return None
    if isinstance(result, Result):
        return partial(write_files, result, request.out, request.png, again, request.table_format)
    from efssim.report.files.trials import write_trials

    return partial(write_trials, result, request.out, again, request.table_format)


def _is_partial(result: Result | Trials) -> bool:
    from efssim.api.result import Result

    return not isinstance(result, Result) and result.partial


def _json(result: Result | Trials) -> str:
    from efssim.api.result import Result
    from efssim.report.files.run import summary_json
    from efssim.report.files.trials import trials_json

    return summary_json(result) if isinstance(result, Result) else trials_json(result)


def _text(result: Result | Trials, again: str, full: bool) -> str:
    from efssim.api.result import Result

    if isinstance(result, Result):
        from efssim.report.text.run import text_report

        return text_report(result, again, full)
    from efssim.report.text.trials import study_text

    return study_text(result, again, full)


@contextmanager
def _naming_the_trial(file: Source, request: RunRequest) -> Iterator[None]:
    """Report how a trial that failed can be repeated alone; its failure is a bug of ours."""
    if not request.are_many:
        yield
        return
    from efssim.study.trial.outcome import TrialError

    try:
        yield
    except TrialError as error:
        one = {"trials": None, "precision": None, "budget": None, "trial": error.number}
        alone = request.reproducing(files=file, seed=error.seed, **one)
        say(f"trial {error.number} failed; to repeat it alone: {alone}")
        raise


def _report_progress(request: RunRequest) -> None:
    if request.verify and not request.quiet:
        say("laws 1 to 5 hold")
    say_folder(request.out, request.quiet)


def _check(is_asked: bool, results: Sequence[Result | Trials | ParameterSets]) -> None:
    """Exit 1 under `--check` where a result is not as it has to be."""
    if is_asked and not all(map(_passes, results)):
        sys.exit(MISSED)


def _passes(result: Result | Trials | ParameterSets) -> bool:
    from efssim.api.result import Result
    from efssim.api.sets.parameter_sets import ParameterSets
    from efssim.report.verdicts.check import (
        checked_run,
        checked_sets,
        checked_trials,
        ignores_unknowns,
        passes,
    )
    from efssim.study.run.summary import trials_summary

    if isinstance(result, ParameterSets):
        return passes(checked_sets(result), result.traces)
    if isinstance(result, Result):
        unknown = ignores_unknowns(result)
        if unknown:
            say(unknown)
        thresholds = result.run_summary.thresholds
        return not unknown and passes(checked_run(result), result.traces, thresholds)
    return passes(checked_trials(result), result.traces, trials_summary(result).thresholds)

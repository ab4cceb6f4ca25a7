"""`efssim run`: one run, or trials of one scenario or several."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
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
from efssim.cli.gates.annotate import annotate_results, annotating_problems
from efssim.cli.gates.baseline import compared, opened
from efssim.cli.gates.forms import Forms, forms_of, forms_of_several, judged
from efssim.cli.gates.options import GatesRequest, gates_options
from efssim.cli.options import (
    Share,
    effort_options,
    examples,
    seed_option,
    set_option,
    trials_option,
    workers_option,
)
from efssim.cli.output import MISSED, fail, say
from efssim.cli.request import requested
from efssim.cli.scenario_file import ScenarioFile, Source, load_all, once
from efssim.cli.studies.kept import (
    kept_of_comparison,
    merged_trials,
    refuse_resume,
    resume_option,
)
from efssim.cli.studies.part import AS_IT_GOES, Divisible, part_option, run_part_of
from efssim.cli.studies.progress import PointTell, over_points, study_progress
from efssim.cli.studies.store import ResultPlace, Verdicts, store_option
from efssim.cli.uncertain.sets import (
    SETS,
    SetsRequest,
    deliver_sets,
    refuse_fixed,
    require_uncertain,
    run_of_sets,
    sets_options,
)
from efssim.cli.watching.watch import watch
from efssim.text.largest import TRIALS_MAX

if TYPE_CHECKING:
    from pathlib import Path

    from efssim.api.comparison import Comparison
    from efssim.api.result import Result
    from efssim.api.sets.parameter_sets import ParameterSets
    from efssim.api.trials import Trials
    from efssim.lag.kinds.asked import Asked
    from efssim.model.kernel.shared_draws import SharedDraws
    from efssim.progress import Progress
    from efssim.report.files.store.results import KeptResult
    from efssim.scenario import Scenario
    from efssim.study.baseline.regressions import BaselineSummary
    from efssim.study.kept.points import KeepsPoints
    from efssim.study.run.executors import Workers
    from efssim.study.run.interrupts import Interrupts


_ONE_SET = (
    "has uncertain parameters, and {} has one parameter set: run each FILE by itself, or "
    "--set 'uncertain={{}}' (and a preset other than efs-unknown)"
)


@dataclass(frozen=True, kw_only=True)
class RunRequest(GatesRequest, Divisible):
    """The request of `efssim run`."""

    files: tuple[Source, ...]
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
        self._refuse_undivided()
        if self.full and self.form != "text":
            raise click.UsageError("--full is about the text: JSON has every number of each")
        self._refuse_files()
        self.refuse_gates(self.files)
        refuse_ignored(self.overrides, {"--seed": "seed"} if self.seed is not None else {})

    def _refuse_undivided(self) -> None:
        """Raise click.UsageError for a part of a study that cannot be divided."""
        if self.part is not None and self.precision is not None:
            raise click.UsageError(AS_IT_GOES.format("--precision"))
        if self.part is not None and self.trials is None:
            raise click.UsageError("--part needs --trials, which it divides")
        self.refuse_with_part(
            resume=self.resume,
            check=self.check,
            png=self.png,
            sets=self.sets,
            share_of_sets=self.share_of_sets,
            sobol=self.sobol,
            annotate=self.annotate,
            baseline=self.baseline,
            watch=self.watch,
        )

    def _refuse_files(self) -> None:
        refuse_resume(self.resume)
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
    type=click.IntRange(10, TRIALS_MAX),
    metavar="N",
    show_default="1000",
    help="With --precision: most trials.",
)
@workers_option()
@resume_option("With trials: keep them")
@click.option(
    "--trial",
    type=click.IntRange(min=0),
    metavar="K",
    show_default="0",
    help="Repeat this one of the trials alone.",
)
@sets_options
@part_option
@gates_options
@store_option
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
    if request.watch:
        watch(request.files, partial(run_asked, request), request.out, request.quiet)
    with annotating_problems(request.annotate):
        run_asked(request)


def run_asked(request: RunRequest) -> None:
    """Run a scenario, trials of one or several, or a part of them, and print the report."""
    if request.part is not None:
        _run_part(request)
    elif len(request.files) > 1:
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
    sets = (request.sets or SETS) if is_uncertain and request.are_many else None
    place = _place([scenario], request, sets)
    if (kept := place.found()) is not None:
        _deliver_kept(place, kept, request)
        return
    if sets is not None:
        _run_sets(scenario, file, request, place)
        return
    how = _run_trials if request.are_many else _run_once
    seed = scenario.seed if request.seed is None else request.seed
    against = opened(request.baseline, request.margin, scenario, seed, request.trials)
    with keeping_results() as interrupts:
        with placing_refusals(file, request.overrides), _naming_the_trial(file, request):
            result = how(scenario, request, interrupts)
        again = request.reproducing(seed=result.seed)
        before = compared(against, result, quiet=request.quiet)
        forms = forms_of(result, again, before)
        deliver(
            _writer(result, request, again),
            request.form,
            lambda: _json(result, before),
            lambda: _text(result, again, request.full, before),
            None if _is_partial(result) else place.keeping(lambda: _verdicts([result])),
            forms,
        )
        _report_progress(request)
    if _is_partial(result):
        raise KeyboardInterrupt
    _conclude(request, [result], forms, before)


def _place(scenarios: list[Scenario], request: RunRequest, sets: int | None = None) -> ResultPlace:
    """Return where the result belongs in a store; nowhere without one.

    `sets` is the number of parameter sets, where there are some.
    """
    study = "run" if request.trial is None else f"trial {request.trial}"
    if request.are_many:
        known = f"{request.trials} trials"
        study = known if request.trials is not None else f"trials within {request.precision:g}"
    if sets is not None:
        study = f"{sets} sets of {study}"
    names = [each.name for each in scenarios] if len(scenarios) > 1 else []
    more = {"verify": request.verify, "png": request.png}
    return ResultPlace(request, scenarios, study, folders=(*names, ""), **more)


def _deliver_kept(place: ResultPlace, kept: KeptResult, request: RunRequest) -> None:
    """Print a result that a store has, write its files, and check it."""
    place.deliver(kept)
    _report_progress(request)
    if request.check:
        _end_checked(kept.facts.passes, kept.facts.caution)


def _run_sets(scenario: Scenario, file: Source, request: RunRequest, place: ResultPlace) -> None:
    """Run trials at parameter sets and print their report."""
    if request.baseline is not None:
        raise click.UsageError("--baseline is about one parameter set, and this scenario has many")
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
        keep = None if found.partial else place.keeping(lambda: _verdicts([found]))
        deliver_sets(found, request.out, request.form, again, request.table_format, keep)
        _report_progress(request)
    if found.partial:
        raise KeyboardInterrupt
    _conclude(request, [found], forms_of(found, again))


def _run_several(request: RunRequest) -> None:
    """Run the same trials of several scenarios and print how each differs from the first."""
    request.refuse_several()
    scenarios = _known_alike(request)
    check_folder(request.out, "comparison.json")
    for _, scenario in scenarios:
        check_folder(request.out and request.out / scenario.name, "summary.json")
    place = _place([scenario for _, scenario in scenarios], request)
    if (kept := place.found()) is not None:
        _deliver_kept(place, kept, request)
        return
    with keeping_results() as interrupts:
        studies = _studies(scenarios, request, interrupts)
        with study_errors(request.files[-1]):
            found = _compared(studies)
        missing = "" if _are_complete(studies, scenarios) else _missing(studies, scenarios)
        keep = None if missing else place.keeping(lambda: _verdicts(studies))
        _deliver_several(studies, found, missing, request, keep)
        _report_progress(request)
    if missing:
        raise KeyboardInterrupt
    forms = forms_of_several(studies, found, missing, request.reproducing())
    _conclude(request, studies, forms)


def _known_alike(request: RunRequest) -> list[tuple[Source, Scenario]]:
    """Return the scenarios of a comparison, or the only one, if all of it can be run."""
    scenarios = _drawn_alike(load_all(request.files, request.overrides))
    for file, scenario in scenarios:
        refuse_absurd(scenario, file, insist=request.yes)
        if require_uncertain(scenario, {}):
            study = "a comparison" if request.part is None else "a study in parts"
            fail(f"{file}: {_ONE_SET.format(study)}")
    return scenarios


def _run_part(request: RunRequest) -> None:
    """Run a part of the trials of each scenario."""
    if len(request.files) > 1:
        request.refuse_several()
    files, scenarios = zip(*_known_alike(request), strict=True)
    seed = scenarios[0].seed if request.seed is None else request.seed
    with placing_refusals(files[-1], request.overrides), _naming_the_trial(files[-1], request):
        run_part_of(request, files, scenarios, seed, verify=request.verify)


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
    with (
        _kept(scenarios, request, seed) as kept,
        study_progress(request.quiet, request.workers) as tell,
        Workers(workers=request.workers) as workers,
    ):
        told = None if tell is None else over_points(len(scenarios), tell)
        beside = Beside(workers, SharedDraws(), seed, kept, told)
        for ordinal, (file, scenario) in enumerate(scenarios):
            with placing_refusals(file, request.overrides), _naming_the_trial(file, request):
                try:
                    studies.append(_run_beside(scenario, request, interrupts, beside, ordinal))
                except KeyboardInterrupt:
                    if interrupts.stops_at_once or not studies:
                        raise
                    break
            if studies[-1].partial:
                break
    return studies


@contextmanager
def _kept(
    scenarios: list[tuple[Source, Scenario]], request: RunRequest, seed: int
) -> Iterator[KeepsPoints | None]:
    """Open the trials that are there already."""
    worlds = [scenario for _, scenario in scenarios]
    opened = kept_of_comparison(request, request.resume, worlds, seed, verified=request.verify)
    with study_failures(), opened as kept:
        yield kept


@dataclass(frozen=True)
class Beside:
    """Workers, draws, seed and kept trials that the studies of a comparison have in common."""

    workers: Workers
    draws: SharedDraws
    seed: int
    kept: KeepsPoints | None
    tell: PointTell | None


def _run_beside(
    scenario: Scenario,
    request: RunRequest,
    interrupts: Interrupts,
    beside: Beside,
    ordinal: int,
) -> Trials:
    """Run a study that draws what it has in common with others once; as `_run_trials`."""
    from efssim.api.trials import trials_on

    assert request.trials is not None, "several scenarios are compared by their trials"
    tell = None if beside.tell is None else partial(beside.tell, ordinal, scenario.name)
    _require_start(scenario, interrupts)
    with study_failures():
        found = trials_on(
            beside.workers,
            scenario,
            request.trials,
            beside.seed,
            None if beside.kept is None else beside.kept.at(ordinal),
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
    studies: list[Trials],
    found: list[Comparison],
    missing: str,
    request: RunRequest,
    keep: Callable[[Mapping[str, str]], None] | None,
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
        keep,
        forms_of_several(studies, found, missing, again),
    )


def _drawn_alike(scenarios: list[tuple[Source, Scenario]]) -> list[tuple[Source, Scenario]]:
    """Return scenarios whose streams with `drawn: auto` are drawn as those of the first."""
    from efssim.study.varying.drawn_as import drawn_as

    first = scenarios[0][1]
    return [(file, drawn_as(first, scenario)) for file, scenario in scenarios]


def _write_several(
    studies: list[Trials], found: list[Comparison], missing: str, request: RunRequest
) -> None:
    from efssim.report.files.comparison import write_comparisons
    from efssim.report.files.folders import staged
    from efssim.report.files.trials import write_trials

    assert request.out is not None
    again = request.reproducing()
    with staged(request.out, [study.scenario.name for study in studies]) as staging:
        for study in studies:
            write_trials(study, staging / study.scenario.name, again, request.table_format)
        if found:
            write_comparisons(found, staging, again, missing, request.table_format)


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
    from efssim.runs.parts.parted import run_to_end
    from efssim.scenario.expansion.seeds import drawn_with

    return Result.of(
        run_to_end(
            drawn_with(scenario, request.seed),
            request.seed,
            verify=request.verify,
            trial=request.trial or 0,
            asked=_read_of_many(scenario, request),
            on_progress=tell,
        )
    )


def _read_of_many(scenario: Scenario, request: RunRequest) -> Asked:
    """Return the measures of many replications that are read where they are summed up."""
    from efssim.lag.kinds.asked import OF_TRIALS
    from efssim.lag.summary import AGE, OLDEST_PENDING, WRITE_LAG

    found = replace(OF_TRIALS, breaches=True, pooled=())
    gates = request.annotate or request.check or request.baseline is not None
    if gates or request.store is not None or request.form not in ("text", "json"):
        return found
    if request.form == "json" or scenario.fleets or scenario.thresholds:
        return replace(found, rows=False)
    shown = AGE, WRITE_LAG, OLDEST_PENDING
    return replace(found, rows=False, lags=shown, without_quantiles=(OLDEST_PENDING,))


@contextmanager
def _begun(
    scenario: Scenario, request: RunRequest, interrupts: Interrupts
) -> Iterator[Callable[[int, int], None] | None]:
    """Begin a study: raise the errors of EFS at the start, before any bar of progress."""
    _require_start(scenario, interrupts)
    with study_failures(), progress_of_trials(request.quiet, workers=request.workers) as tell:
        yield tell


def _require_start(scenario: Scenario, interrupts: Interrupts) -> None:
    """Raise the errors of EFS at the start of a scenario."""
    from efssim.model.world.world import World

    with interrupts.allowed():
        World(scenario, scenario.seed)


def _run_trials(scenario: Scenario, request: RunRequest, interrupts: Interrupts) -> Trials:
    """Run a study; KeyboardInterrupt if it is interrupted before the first trial is complete."""
    from efssim.api.trials import run_trials
    from efssim.study.statistics.precision import BUDGET

    with _begun(scenario, request, interrupts) as tell:
        if request.parts is not None:
            return merged_trials(scenario, request, verify=request.verify)
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


def _json(result: Result | Trials, before: BaselineSummary | None) -> str:
    from efssim.api.result import Result

    if before is not None:
        from efssim.report.gates.baseline import baseline_json
        from efssim.report.words.json_text import json_text

        return json_text({**result.summary, "baseline": baseline_json(before)})
    from efssim.report.files.run import summary_json
    from efssim.report.files.trials import trials_json

    return summary_json(result) if isinstance(result, Result) else trials_json(result)


def _text(result: Result | Trials, again: str, full: bool, before: BaselineSummary | None) -> str:
    from efssim.api.result import Result

    if before is not None:
        from efssim.report.gates.baseline import baseline_text

        return f"{_text(result, again, full, None)}\n{baseline_text(before)}"
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


def _conclude(
    request: RunRequest,
    results: Sequence[Result | Trials | ParameterSets],
    forms: Forms,
    before: BaselineSummary | None = None,
) -> None:
    """Annotate the conditions that do not hold, and exit 1 under `--check` if there are any."""
    if request.annotate:
        gates = [judged(result, before) for result in results]
        annotate_results(gates, request.files, request.overrides, forms)
    _check(request.check, results)
    if request.check and before is not None and any(n.outcome != "holds" for n in before.numbers):
        sys.exit(MISSED)


def _check(is_asked: bool, results: Sequence[Result | Trials | ParameterSets]) -> None:
    """Exit 1 under `--check` where a result is not as it has to be."""
    if is_asked:
        found = _verdicts(results)
        _end_checked(found.passes, found.caution)


def _end_checked(passes: bool | None, caution: str) -> None:
    """Say the caution of a result that is checked, if any; exit 1 unless it passes."""
    if caution:
        say(caution)
    if not passes:
        sys.exit(MISSED)


def _verdicts(results: Sequence[Result | Trials | ParameterSets]) -> Verdicts:
    """Return the verdicts on results, by the conditions of `--check`."""
    from efssim.report.verdicts.stored import MET, NOT_DECIDED

    words, cautions = [], []
    for result in results:
        caution = _caution(result)
        word = _word(result)
        words.append(NOT_DECIDED if caution and word == MET else word)
        cautions += [caution] * bool(caution)
    passes = all(word == MET for word in words)
    return Verdicts(words=tuple(words), passes=passes, caution="\n".join(cautions))


def _caution(result: Result | Trials | ParameterSets) -> str:
    """Return why a result does not pass where parameters are not known; empty if all are."""
    from efssim.api.result import Result
    from efssim.report.verdicts.check import ignores_unknowns

    return ignores_unknowns(result) if isinstance(result, Result) else ""


def _word(result: Result | Trials | ParameterSets) -> str:
    from efssim.api.result import Result
    from efssim.api.sets.parameter_sets import ParameterSets
    from efssim.report.verdicts.check import checked_run, checked_sets, checked_trials
    from efssim.report.verdicts.stored import word_of
    from efssim.study.run.summary import thresholds_of

    if isinstance(result, ParameterSets):
        return word_of(checked_sets(result), result.traces)
    if isinstance(result, Result):
        return word_of(checked_run(result), result.traces, result.run_summary.thresholds)
    return word_of(checked_trials(result), result.traces, thresholds_of(result))

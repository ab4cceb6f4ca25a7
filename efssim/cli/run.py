"""`efssim run`: one run, or trials of one scenario or several."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from efssim.cli.common import (
    INTERNAL_ERROR,
    MISSED,
    check_folder,
    fail,
    handles_errors,
    placing_refusals,
    progress,
    refuse_absurd,
    show,
    shows_progress,
    study_errors,
    typed,
)
from efssim.study.options import Share, TrialOptions

if TYPE_CHECKING:
    from efssim.result import Result
    from efssim.scenario import Scenario
    from efssim.study.compare import Comparison
    from efssim.study.trials import Trials


@click.command()
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(path_type=Path)
)
@click.option("--seed", type=click.IntRange(min=0), help="Seed; replaces the scenario's.")
@click.option("--set", "overrides", multiple=True, metavar="PATH=VALUE", help="Change a value.")
@click.option("--trials", type=click.IntRange(min=1), help="Run so many trials, with confidence.")
@click.option("--precision", type=Share(), help="As many trials as this takes, such as 2%.")
@click.option("--budget", type=click.IntRange(min=10), help="With --precision: most trials.")
@click.option("--workers", type=click.IntRange(min=1), help="With trials: processes; default all.")
@click.option("--resume", type=click.Path(path_type=Path), help="With trials: keep and reuse them.")
@click.option("--trial", type=click.IntRange(min=0), help="Repeat this one of the trials alone.")
@click.option("--out", type=click.Path(path_type=Path), help="Also write the files here.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.option("--png", is_flag=True, help="With --out: the figures as PNG too, besides SVG.")
@click.option("--verify", is_flag=True, help="Check the laws that every run must satisfy.")
@click.option("--check", is_flag=True, help="Exit 1 unless the RPO is met throughout.")
@click.option("--yes", is_flag=True, help="Run however many writes are expected.")
@click.option("--quiet", is_flag=True, help="No progress and no messages on standard error.")
@handles_errors
def run(
    files: tuple[Path, ...],
    seed: int | None,
    overrides: tuple[str, ...],
    trials: int | None,
    precision: float | None,
    budget: int | None,
    workers: int | None,
    resume: Path | None,
    trial: int | None,
    out: Path | None,
    form: str,
    png: bool,
    verify: bool,
    check: bool,
    yes: bool,
    quiet: bool,
) -> None:
    """Simulate scenario FILE and print its lag report.

    Of several FILEs, the trials of each are compared with those of the first, which share their
    random draws.
    """
    from efssim.report.files import summary_json
    from efssim.scenario import load

    options = TrialOptions(trials, precision, budget, workers, resume, trial)
    _check_options(options, png)
    if len(files) > 1:
        _run_several(files, seed, overrides, options, out, form, verify, check, yes, quiet)
        return
    (file,) = files
    scenario = load(file, overrides)
    refuse_absurd(scenario, file, insist=yes)
    check_folder(out, png)
    how = _run_trials if options.are_many else _run_once
    with placing_refusals(file, overrides), _naming_the_trial(file, overrides, options):
        result = how(scenario, seed, options, verify, quiet)
    again = _command(file, result.seed, overrides, options)
    _write(result, out, png, again)
    show(form, lambda: summary_json(result), lambda: _text(result, again))
    if not quiet:
        _report_progress(out, verify)
    if result.summary.get("partial"):
        raise KeyboardInterrupt
    _check(check, [result])


def _run_several(
    files: tuple[Path, ...],
    seed: int | None,
    overrides: tuple[str, ...],
    options: TrialOptions,
    out: Path | None,
    form: str,
    verify: bool,
    check: bool,
    yes: bool,
    quiet: bool,
) -> None:
    """Run the same trials of several scenarios and print how each differs from the first."""
    from efssim.report.compare_text import comparisons_json, comparisons_report
    from efssim.study.compare import compare

    options.check_several()
    scenarios = _load_all(files, overrides)
    for file, scenario in scenarios:
        refuse_absurd(scenario, file, insist=yes)
    check_folder(out, png=False)
    seed = scenarios[0][1].seed if seed is None else seed
    studies = []
    for file, scenario in scenarios:
        with placing_refusals(file, overrides), _naming_the_trial(file, overrides, options):
            studies.append(_run_trials(scenario, seed, options, verify, quiet))
        if studies[-1].partial:  # nothing to compare with
            raise KeyboardInterrupt
    with study_errors(files[-1]):
        found = [compare(studies[0], other) for other in studies[1:]]
    if out is not None:
        _write_several(found, out, typed())
    show(form, lambda: comparisons_json(found), lambda: comparisons_report(found, typed()))
    if not quiet:
        _report_progress(out, verify)
    _check(check, studies)


def _load_all(files: tuple[Path, ...], overrides: tuple[str, ...]) -> list[tuple[Path, Scenario]]:
    """Load scenarios; raise ScenarioError with the problems of all."""
    from efssim.scenario import ScenarioError, load

    found, problems = [], []
    for file in files:
        try:
            found.append((file, load(file, overrides)))
        except ScenarioError as error:
            problems += list(error.problems)
    if problems:
        raise ScenarioError(tuple(problems))
    names = [scenario.name for _, scenario in found]
    for (file, scenario), before in zip(found, range(len(found)), strict=True):
        if scenario.name in names[:before]:
            fail(f"{file}: name: '{scenario.name}' is the name of another scenario, too")
    return found


def _write_several(found: list[Comparison], out: Path, again: str) -> None:
    from efssim.report.compare_text import write_comparisons
    from efssim.report.trials_files import write_trials

    for study in (found[0].first, *(comparison.second for comparison in found)):
        write_trials(study, out / study.scenario.name, again)
    write_comparisons(found, out, again)


def _check_options(options: TrialOptions, png: bool) -> None:
    options.check()
    if png and options.are_many:
        raise click.UsageError("--png needs a single run: trials have no figures")


def _run_once(
    scenario: Scenario, seed: int | None, options: TrialOptions, verify: bool, quiet: bool
) -> Result | Trials:
    from efssim.simulate import run as simulate

    with progress(scenario, quiet) as tell:
        return simulate(scenario, seed, verify=verify, trial=options.trial or 0, on_progress=tell)


def _run_trials(
    scenario: Scenario, seed: int | None, options: TrialOptions, verify: bool, quiet: bool
) -> Trials:
    """Run a study; KeyboardInterrupt if it is interrupted before the first trial is complete."""
    from concurrent.futures import BrokenExecutor

    from efssim.model.simulation import World
    from efssim.study.store import StoreError
    from efssim.study.trials import run_trials

    World(scenario, scenario.seed)  # raises what EFS refuses from the start, before there is a bar
    workers, resume = options.workers, options.resume
    try:
        with _progress_of_trials(quiet) as tell:
            found = run_trials(
                scenario,
                seed=seed,
                **options.size,
                workers=workers,
                resume=resume,
                verify=verify,
                on_progress=tell,
            )
    except StoreError as error:
        fail(str(error))
    except BrokenExecutor as error:
        click.echo(error, err=True)
        sys.exit(INTERNAL_ERROR)
    if not len(found):
        raise KeyboardInterrupt
    return found


def _write(result: Result | Trials, out: Path | None, png: bool, again: str) -> None:
    from efssim.report.files import write_files
    from efssim.result import Result

    if out is None:
        return
    if isinstance(result, Result):
        write_files(result, out, png, again)
    else:
        from efssim.report.trials_files import write_trials

        write_trials(result, out, again)


def _text(result: Result | Trials, again: str) -> str:
    from efssim.result import Result

    if isinstance(result, Result):
        from efssim.report.text import text_report

        return text_report(result, again)
    from efssim.report.trials_text import study_text

    return study_text(result, again)


@contextmanager
def _naming_the_trial(
    file: Path, overrides: tuple[str, ...], options: TrialOptions
) -> Iterator[None]:
    """Say how a trial that failed can be repeated alone; what failed is a bug of ours."""
    if not options.are_many:
        yield
        return
    from efssim.study.trial import TrialError

    try:
        yield
    except TrialError as error:
        alone = _command(file, error.seed, overrides, options.alone(error.number))
        click.echo(f"trial {error.number} failed; to repeat it alone: {alone}", err=True)
        raise


@contextmanager
def _progress_of_trials(quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    """Show how many trials are complete, on a terminal; yield what the study has to call."""
    if not shows_progress(quiet):
        yield None
        return
    from efssim.progress import bar_of_trials

    with bar_of_trials(sys.stderr) as tell:
        yield tell


def _command(file: Path, seed: int, overrides: tuple[str, ...], options: TrialOptions) -> str:
    words = ["efssim", "run", str(file), "--seed", str(seed), *options.words]
    for override in overrides:
        words += ["--set", override]
    return shlex.join(words)


def _report_progress(out: Path | None, verify: bool) -> None:
    if verify:
        click.echo("laws 1 to 5 hold", err=True)
    if out is not None:
        click.echo(f"wrote {out}{os.sep}", err=True)


def _check(is_asked: bool, results: Sequence[Result | Trials]) -> None:
    """Exit 1 under `--check` where a result is not as it has to be."""
    from efssim.report.check import passes

    if is_asked and not all(passes(each.summary, each.traces) for each in results):
        sys.exit(MISSED)

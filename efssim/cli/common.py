"""Common parts of the commands: a user's mistakes, Ctrl-C, progress, and the files of results."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, wraps
from typing import TYPE_CHECKING, ParamSpec

import click

from efssim.cli.output import INTERNAL_ERROR, fail, say, show, shows_progress
from efssim.cli.scenario_file import Source
from efssim.study.run.interrupts import Interrupts, ctrl_c

if TYPE_CHECKING:
    from pathlib import Path

    from efssim.progress import Progress, TimeEstimate
    from efssim.scenario import Scenario
    from efssim.scenario.amounts.effort import Refusal

P = ParamSpec("P")


class Command(click.Command):
    """A command that takes each option once: of two values one would be ignored."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse arguments; raise click.UsageError for an option with a value that comes twice."""
        _, _, order = self.make_parser(ctx).parse_args(list(args))
        for param in order:
            has_value = isinstance(param, click.Option) and not (param.multiple or param.is_flag)
            if has_value and order.count(param) > 1:
                raise click.UsageError(f"{param.opts[0]} is given twice", ctx)
        return super().parse_args(ctx, args)


def handles_errors(command: Callable[P, None]) -> Callable[P, None]:
    """Turn a user's mistake into its lines and exit code 2, never a traceback.

    Ctrl-C ends the command at once, but where it is held back since something is finished, which is
    printed first; then it ends with click.Abort.
    """

    @wraps(command)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            with ctrl_c() as interrupts:
                try:
                    with interrupts.allowed():
                        _told(command, *args, **kwargs)
                except SystemExit:
                    interrupts.check()
                    raise
            # From here on Python's own handler raises it.
            interrupts.check()
        except KeyboardInterrupt:
            say("")  # below the ^C of a terminal
            raise click.Abort from None

    return guarded


def _told(command: Callable[P, None], *args: P.args, **kwargs: P.kwargs) -> None:
    from efssim.scenario import ScenarioError
    from efssim.study.errors import StudyError

    try:
        command(*args, **kwargs)
    except (ScenarioError, StudyError) as error:
        fail(str(error))
    except OSError as error:
        fail(sentence(error))


def refuse_absurd(scenario: Scenario, file: Source, insist: bool) -> None:
    from efssim.scenario.amounts.effort import refusals

    refuse(refusals(scenario), file, insist)


def refuse(found_all: Iterable[Refusal], file: Source, insist: bool) -> None:
    """Fail with what a run is refused for, unless the user insists and that helps."""
    for found in found_all:
        if not (insist and found.insisting_helps):
            fail(f"{file}: {found.message}")


@contextmanager
def placing_refusals(file: Source, overrides: tuple[str, ...]) -> Iterator[None]:
    """Turn an error of EFS during a run into a problem of the scenario, with its position."""
    from efssim.model.entities.errors import RunError
    from efssim.text.yaml.problems import Problem, ScenarioError

    try:
        yield
    except RunError as error:
        document = file.document()
        for ordinal, text in enumerate(overrides, start=1):
            document.override(text, ordinal)
        position = document.key_position(error.path)
        raise ScenarioError((Problem(position, error.path, error.message),)) from None


def build(scenario: Scenario, file: Source, overrides: tuple[str, ...]) -> None:
    """Build the world of a scenario, which raises the errors of EFS at its start."""
    from efssim.model.world.world import World

    with placing_refusals(file, overrides):
        World(scenario, scenario.seed)
        if scenario.thresholds:
            from efssim.runs.thresholds.numbers import known_thresholds

            known_thresholds(scenario)


@contextmanager
def study_errors(file: Source) -> Iterator[None]:
    """Turn a study that cannot be made into one line of the user's."""
    from efssim.study.errors import StudyError

    try:
        yield
    except StudyError as error:
        fail(f"{file}: {error}")


def check_folder(out: Path | None, *names: str) -> None:
    """Refuse a folder for files of these names before anything runs."""
    from efssim.report.files.folders import refuse_folder

    if out is not None:
        refuse_folder(out, names)


@contextmanager
def keeping_results() -> Iterator[Interrupts]:
    """Hold Ctrl-C back while there is something to keep; the command ends with 130 after that."""
    with ctrl_c() as interrupts, interrupts.held():
        yield interrupts


@contextmanager
def keeping_study(file: Source, overrides: tuple[str, ...]) -> Iterator[None]:
    """Hold Ctrl-C back while a study of one scenario is finished, and place its mistakes."""
    with keeping_results(), placing_refusals(file, overrides), study_errors(file):
        yield


def deliver(
    write: Callable[[], None] | None,
    form: str,
    as_json: Callable[[], str],
    as_text: Callable[[], str],
    keep: Callable[[Mapping[str, str]], None] | None = None,
    others: Mapping[str, Callable[[], str]] | None = None,
) -> None:
    """Print a result and write its files, if there is a `write`; it is printed even if files fail.

    `others` are further forms by their names. `keep` is given what is printed in each form, once
    the files are written. End with a sentence if files cannot be written.
    """
    problem = None
    as_json, as_text = cache(as_json), cache(as_text)
    others = {name: cache(make) for name, make in (others or {}).items()}
    try:
        if write is not None:
            write()
        if keep is not None:
            more = {name: make() for name, make in others.items()}
            keep({"json": as_json(), "text": as_text(), **more})
    except OSError as error:
        problem = sentence(error)
    show(form, as_json, as_text, others)
    if problem is not None:
        fail(problem)


def sentence(error: OSError) -> str:
    """Return the message of an error of a file, or of the machine."""
    return f"{error.filename or 'efssim'}: {error.strerror or error}"


def say_folder(out: Path | None, quiet: bool) -> None:
    """Say that files were written into a folder, if any were."""
    if out is not None and not quiet:
        say(f"wrote {out}{os.sep}")


@contextmanager
def study_failures() -> Iterator[None]:
    """Turn a folder of another study, and workers that die, into a sentence and an exit code."""
    from concurrent.futures import BrokenExecutor

    from efssim.study.run.lines import StoreError

    try:
        yield
    except StoreError as error:
        fail(str(error))
    except BrokenExecutor as error:
        say(error)
        sys.exit(INTERNAL_ERROR)


@contextmanager
def progress_of_trials(
    quiet: bool, unit: str = "trials", workers: int | None = None
) -> Iterator[Callable[[int, int], None] | None]:
    """Show how many trials, or sets, are complete on a terminal; yield the study's callback.

    Where there is no terminal, tell how long a long study takes.
    """
    if quiet:
        yield None
    elif not shows_progress(quiet):
        yield time_estimate(workers, unit)
    else:
        from efssim.progress import bar_of_trials

        with bar_of_trials(sys.stderr, unit) as tell:
            yield tell


def time_estimate(workers: int | None, unit: str = "trials") -> TimeEstimate:
    """Return the callback of trials that tells their time on standard error, if it is long."""
    from efssim.progress import TimeEstimate
    from efssim.study.run.executors import Workers

    return TimeEstimate(say, Workers(workers=workers).count, unit)


@contextmanager
def progress(scenario: Scenario, quiet: bool) -> Iterator[Progress | None]:
    """Show the progress of a run on a terminal; yield the callback for the run."""
    if not shows_progress(quiet):
        yield None
        return
    from efssim.progress import bar

    with bar(sys.stderr, scenario.duration) as tell:
        yield tell

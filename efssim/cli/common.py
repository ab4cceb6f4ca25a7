"""What commands share: exit codes, a user's mistakes, what is shown and where."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, ParamSpec

import click

from efssim.errors import concise

if TYPE_CHECKING:
    from efssim.progress import Progress
    from efssim.scenario import Scenario

P = ParamSpec("P")


MISSED, BAD_INPUT, INTERNAL_ERROR, INTERRUPTED = 1, 2, 3, 130
"""Exit codes besides 0."""


def handles_errors(command: Callable[P, None]) -> Callable[P, None]:
    """Turn a user's mistake into its lines and exit code 2, never a traceback."""

    @wraps(command)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        from efssim.scenario import ScenarioError

        try:
            command(*args, **kwargs)
        except ScenarioError as error:
            fail(str(error))
        except BrokenPipeError:
            # The reader went away (`| head`): no mistake, and nothing more can be written.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(0)
        except OSError as error:
            fail(f"{error.filename or 'efssim'}: {error.strerror or error}")

    return guarded


_LINE_MAX = 1500
"""Characters of a line of a message at most; the parts of a problem have limits of their own."""


def fail(message: str) -> NoReturn:
    """Say what is wrong, a line for each problem, and exit."""
    for line in message.splitlines():
        click.echo(line if len(line) <= _LINE_MAX else concise(line, _LINE_MAX), err=True)
    sys.exit(BAD_INPUT)


def study_options(command: Callable[P, None]) -> Callable[P, None]:
    """Add the options of a command that varies parameters over trials."""
    for option in reversed(_OF_STUDIES):  # click adds the last one first
        command = option(command)
    return command


_OF_STUDIES = (
    click.option("--seed", type=click.IntRange(min=0), help="Seed; replaces the scenario's."),
    click.option(
        "--workers", type=click.IntRange(min=1), help="Processes; one per CPU unless set."
    ),
    click.option("--set", "overrides", multiple=True, metavar="PATH=VALUE", help="Change a value."),
    click.option("--out", type=click.Path(path_type=Path), help="Also write the files here."),
    click.option("--format", "form", type=click.Choice(["text", "json"]), default="text"),
    click.option("--yes", is_flag=True, help="Run however many writes are expected."),
    click.option("--quiet", is_flag=True, help="No messages on standard error."),
)


def refuse_absurd(scenario: Scenario, file: Path, insist: bool) -> None:
    from efssim.scenario.effort import refusals

    for found in refusals(scenario):
        if not (insist and found.insisting_helps):
            fail(f"{file}: {found.message}")


@contextmanager
def placing_refusals(file: Path, overrides: tuple[str, ...]) -> Iterator[None]:
    """Turn what EFS refuses during a run into a problem of the scenario, with its position."""
    from efssim.model.errors import RunError
    from efssim.scenario.document import Problem, ScenarioError, read_document

    try:
        yield
    except RunError as error:
        document = read_document(file)
        for ordinal, text in enumerate(overrides, start=1):
            document.override(text, ordinal)
        position = document.key_position(error.path)
        raise ScenarioError((Problem(position, error.path, error.message),)) from None


def build(scenario: Scenario, file: Path, overrides: tuple[str, ...]) -> None:
    """Build the world of a scenario, which tells what EFS would refuse at its start."""
    from efssim.model.simulation import World

    with placing_refusals(file, overrides):
        World(scenario, scenario.seed)


@contextmanager
def study_errors(file: Path) -> Iterator[None]:
    """Turn a study that cannot be made into one line of the user's."""
    from efssim.study.errors import StudyError

    try:
        yield
    except StudyError as error:
        fail(f"{file}: {error}")


def check_folder(out: Path | None, png: bool) -> None:
    if png and out is None:
        raise click.UsageError("--png needs --out, the folder for the figures")
    if out is not None and out.exists() and not out.is_dir():
        fail(f"{out}: is a file, not a folder for --out")


def show(form: str, as_json: Callable[[], str], as_text: Callable[[], str]) -> None:
    """Print a result in the form that was asked for; a report in what the output can show."""
    from efssim.report.terminal import coloured, encodable, wants_colour

    if form == "json":
        click.echo(as_json(), nl=False)
        return
    text = encodable(as_text(), sys.stdout.encoding)
    click.echo(coloured(text) if wants_colour(sys.stdout, os.environ) else text, nl=False)


@contextmanager
def progress(scenario: Scenario, quiet: bool) -> Iterator[Progress | None]:
    """Show how far a run is while it lasts, on a terminal; yield what the run has to call."""
    if not shows_progress(quiet):
        yield None
        return
    from efssim.progress import bar

    with bar(sys.stderr, scenario.duration) as tell:
        yield tell


def shows_progress(quiet: bool) -> bool:
    """Whether somebody looks at standard error and wants to see how far a command is."""
    return not quiet and sys.stderr.isatty()


def typed() -> str:
    """Return the command as it was typed, without what changes nothing about the result."""
    words = iter(sys.argv[1:])
    kept = ["efssim"]
    for word in words:
        if word == "--out":
            next(words, None)
        elif word != "--quiet" and not word.startswith("--out="):
            kept.append(word)
    return shlex.join(kept)

"""Output of the commands: results on standard output, everything else on standard error.

Either may be closed, full, or a pipe whose reader went away. A result that cannot be printed is an
error; a reader who stops early is none, and a message that cannot be written is no reason to fail.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from io import StringIO, UnsupportedOperation
from pathlib import Path
from typing import NoReturn, TextIO

import click

from efssim.errors import concise
from efssim.files.whole import create_whole

MISSED, BAD_INPUT, INTERNAL_ERROR, INTERRUPTED = 1, 2, 3, 130
"""Exit codes besides 0."""


_LINE_MAX = 1500
"""Characters of a line of a message at most; the parts of a problem have limits of their own."""


def fail(message: str) -> NoReturn:
    """Write a user's mistake, a line for each problem, and end with its exit code."""
    for line in message.splitlines():
        say(line if len(line) <= _LINE_MAX else concise(line, _LINE_MAX))
    sys.exit(BAD_INPUT)


def say(message: object) -> None:
    """Write a message on standard error, if that can be written."""
    try:
        click.echo(message, err=True)
    except OSError:
        give_up(sys.stderr)


def said(error: click.ClickException) -> str:
    """Return click's message of a mistake, with long quotations of arguments cut."""
    text = StringIO()
    error.show(text)
    return "\n".join(map(concise, text.getvalue().splitlines()))


def put(text: str) -> None:
    """Print a part of the result as it is; a failure to print is a mistake of the user's."""
    try:
        click.echo(text, nl=False)
    except BrokenPipeError:  # somebody has read enough, as `| head` does
        give_up(sys.stdout)
    except OSError as error:
        give_up(sys.stdout)
        fail(f"standard output: {error.strerror or error}")


def create(target: Path, text: str) -> None:
    """Write a file that is not there yet; end with a sentence if it is."""
    try:
        create_whole(target, text)
    except FileExistsError:
        fail(f"{target}: exists already and is left as it is")


def give_up(stream: TextIO) -> None:
    """Discard all output to a stream, with the part that it still holds when Python ends."""
    with suppress(UnsupportedOperation):  # no stream of the process
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)


def show(
    form: str,
    as_json: Callable[[], str],
    as_text: Callable[[], str],
    others: Mapping[str, Callable[[], str]] | None = None,
) -> None:
    """Print a result in the wanted form; a report in characters that the output can show.

    `others` are further forms by their names.
    """
    from efssim.report.words.terminal import coloured, encodable, wants_colour

    if form == "json":
        put(as_json())
        return
    if others is not None and form in others:
        put(encodable(others[form](), sys.stdout.encoding or "utf-8"))
        return
    text = encodable(as_text(), sys.stdout.encoding or "utf-8")
    is_report = form == "text" and wants_colour(sys.stdout, os.environ)
    put(coloured(text) if is_report else text)


def shows_progress(quiet: bool) -> bool:
    """Return whether somebody looks at standard error and wants to see how far a command is."""
    return not quiet and sys.stderr is not None and sys.stderr.isatty()


def keep_descriptors() -> None:
    """Open each of the descriptors 0, 1 and 2 that is closed on the null device.

    Else the next file that is opened gets its number, and messages for standard error, of C or
    of a worker, are written into it. Python's own streams stay None.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)

"""The loop of `--watch`: run, wait for a change of a file, run again."""

from __future__ import annotations

import shlex
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from efssim.cli.output import fail, said, say
from efssim.cli.scenario_file import Source
from efssim.cli.watching.live_page import LivePage
from efssim.study.run.interrupts import ctrl_c

_POLL_S = 0.2
"""Seconds between two looks at the files (chosen: as quick as an eye, and no load)."""
_ON_TERMINAL = "the last run failed; the terminal says why"

Stamp = tuple[tuple[int, int, int] | None, ...]
"""Of each file when it was changed, its size, and which file it is; None: it is not there."""


def watch(files: Sequence[Source], once: Callable[[], None], out: Path | None, quiet: bool) -> None:
    """Run once, and again on each change of a file, until Ctrl-C.

    A mistake in a file is shown, and it goes on. With a folder `out`, its page loads itself anew
    in a browser.
    """
    paths = [Path(file.given) for file in files]
    page = None if out is None else LivePage(out)
    try:
        while True:
            seen = _stamp(paths)
            if sys.stdout.isatty():
                click.clear()
            problem = _problem_of(once)
            if page is not None:
                page.update(problem)
            if not quiet:
                say(f"watching {shlex.join(map(str, paths))}; Ctrl-C ends")
            with ctrl_c() as interrupts, interrupts.allowed():  # also one that a run held back
                _wait_for_change(paths, seen)
    finally:
        if page is not None:
            page.end()


def _problem_of(once: Callable[[], None]) -> str:
    """Run once; return the user's mistake, which has been reported, or nothing."""
    from efssim.scenario import ScenarioError
    from efssim.study.errors import StudyError

    try:
        once()
    except (ScenarioError, StudyError) as error:
        return _reported(str(error))
    except click.ClickException as error:
        say(said(error))
        return error.format_message()
    except OSError as error:
        return _reported(f"{error.filename or 'efssim'}: {error.strerror or error}")
    except SystemExit as ended:  # of a command that has reported it
        return _ON_TERMINAL if ended.code else ""
    return ""


def _reported(message: str) -> str:
    try:
        fail(message)
    except SystemExit:
        return message


def _stamp(paths: Sequence[Path]) -> Stamp:
    return tuple(map(_stamp_of, paths))


def _stamp_of(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _wait_for_change(paths: Sequence[Path], seen: Stamp) -> None:
    """Wait until a file is another than it was seen, and then still while it is being written.

    One that is gone is being replaced, and comes back.
    """
    clock = threading.Event()  # never set: its wait is one of real time, at the edge
    before, now = seen, _stamp(paths)
    while now == seen or now != before or None in now:
        clock.wait(_POLL_S)
        before, now = now, _stamp(paths)

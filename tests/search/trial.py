"""One scenario through all its checks."""

from __future__ import annotations

import signal
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from pydantic import ValidationError

from efssim import ScenarioError
from search.checks.check import Case, Check, SkippedError
from search.checks.table import CHECKS
from search.maker import Json

LONGEST_S = 30.0
"""CPU seconds of one check: what takes longer hangs."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A check that does not hold."""

    check: str
    kind: str
    """What a smaller scenario has to show, too: the check, or the error that it met."""
    problems: tuple[str, ...]


@dataclass(slots=True)
class Tried:
    """What became of one scenario."""

    refused: str = ""
    """Why it does not run to its end: it is not valid, or a call that has to succeed does not."""
    made: list[str] = field(default_factory=list)
    """Checks that were made."""
    skipped: dict[str, str] = field(default_factory=dict)
    failure: Failure | None = None


class HangingError(Exception):
    """A check takes longer than it may."""


def try_out(data: Json, seed: int, folder: Path, only: str | None = None) -> Tried:
    """Make the checks of a scenario, up to the first that fails.

    `only` makes one of them, whether the seed draws it or not.
    """
    tried = Tried()
    with _limited():
        try:
            case = Case(data, seed, folder)
        except (ScenarioError, ValidationError) as error:
            tried.refused = str(error)
            return tried
        except Exception as error:
            tried.failure = _raised("validation", error)
            return tried
    for check in CHECKS:
        if tried.refused or tried.failure is not None:
            break
        is_drawn = case.random(f"share of {check.name}").random() < check.share
        if check.name == only or (only is None and is_drawn):
            _make(check, case, tried)
    return tried


def _make(check: Check, case: Case, tried: Tried) -> None:
    try:
        with _limited():
            tried.refused = case.ends
            problems = [] if tried.refused else check.problems(case)
    except SkippedError as reason:
        tried.skipped[check.name] = str(reason)
        return
    except Exception as error:
        tried.failure = _raised(check.name, error)
        return
    tried.made.append(check.name)
    if problems:
        tried.failure = Failure(check.name, check.name, tuple(problems))


def _raised(check: str, error: Exception) -> Failure:
    """Return the failure of a check that met an error, with the place where it was raised."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    name = type(error).__name__
    # Differences between laws are differences, and an error is that of its place.
    where = f"{Path(place.filename).name}:{place.lineno}"
    lines = tuple(str(error).splitlines()[:4])
    kind = f"{check}: {name}"
    return Failure(check, kind, (f"{name} at {where}", *lines))


@contextmanager
def _limited() -> Iterator[None]:
    """Raise HangingError after too much CPU time."""

    def stop(_: int, __: FrameType | None) -> None:
        raise HangingError(f"no end after {LONGEST_S:g} s")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, LONGEST_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)

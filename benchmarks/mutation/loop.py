"""Try mutants in a process that has loaded the package and collected all tests.

Each has a process of its own, forked from there, so that it costs its tests and little more.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.mutation.loaded import Change, Functions, changes
from benchmarks.mutation.sites import Mutant

TIMES, SLACK_S = 10.0, 10.0
"""CPU time that a test may take with a mutant: so many times its time without, and this on top."""
_FAILED = 1
_PATIENCE_S = 120.0
"""Time after which a test that takes no CPU time is ended."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A mutant that is to be tried, and the tests that cover its line with their seconds."""

    mutant: Mutant
    tests: dict[str, float]


class Loop:
    """A plugin of pytest that tries mutants in place of running the tests that it collected."""

    def __init__(
        self, folder: Path, wanted: list[Wanted], tell: Callable[[Mutant, str | None], None]
    ) -> None:
        """Try in a copy of the project; `tell` gets the test that notices each mutant, or None."""
        self._folder, self._wanted, self._tell = folder, wanted, tell
        self._items: dict[str, pytest.Item] = {}
        self._broken: set[str] = set()
        self._sound: set[str] = set()
        self._has_failed = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try all mutants that functions can take; the others are left."""
        self._items = {item.nodeid: item for item in session.items}
        functions = Functions(self._folder / "efssim")
        for each in self._wanted:
            file = self._folder / "efssim" / each.mutant.file
            text = file.read_text(encoding="utf-8")
            found = changes(text, each.mutant.of(text), file)
            if found is not None and all(map(functions.has, found)):
                self._tell(each.mutant, self._killer(each, functions, found))
        return True

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take note of a failure."""
        self._has_failed = self._has_failed or report.failed

    def _killer(self, wanted: Wanted, functions: Functions, found: list[Change]) -> str | None:
        """Return the test that notices a mutant; those that fail without it are left out."""
        while True:
            known = {k: v for k, v in wanted.tests.items() if k not in self._broken}
            failed = self._failing(known, functions, found) if known else None
            if failed is None or failed in self._sound:
                return failed
            if self._failing({failed: known[failed]}, functions, []) is None:
                self._sound.add(failed)
                return failed
            print(f"left out, as it fails: {failed}", flush=True)
            self._broken.add(failed)

    def _failing(
        self, tests: dict[str, float], functions: Functions, found: Iterable[Change]
    ) -> str | None:
        """Run tests in a process of their own; return the first that fails or takes too long."""
        shutil.rmtree(self._folder / ".hypothesis", ignore_errors=True)  # of earlier mutants
        now = self._folder / "now"
        now.write_text("", encoding="utf-8")
        child = os.fork()
        if not child:
            self._run(tests, functions, found, now)
        with os.fdopen(os.pidfd_open(child), "rb") as ended:
            limit_s = _PATIENCE_S + TIMES * sum(tests.values())
            if not select.select([ended], [], [], limit_s)[0]:
                os.killpg(child, signal.SIGKILL)
        code = os.waitpid(child, 0)[1]
        return now.read_text(encoding="utf-8") if code else None

    def _run(
        self, tests: dict[str, float], functions: Functions, found: Iterable[Change], now: Path
    ) -> None:
        """Run tests with a mutant; never return."""
        try:
            stand_alone(self._folder)
            for each in found:
                functions.put(each)
            self._run_all([self._items[name] for name in tests if name in self._items], tests, now)
        finally:
            os._exit(_FAILED)  # else it would go on as the parent does

    def _run_all(self, items: list[pytest.Item], tests: dict[str, float], now: Path) -> None:
        for item, following in zip(items, [*items[1:], None], strict=True):
            now.write_text(item.nodeid, encoding="utf-8")
            signal.setitimer(signal.ITIMER_PROF, TIMES * tests[item.nodeid] + SLACK_S)
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
            if self._has_failed:
                os._exit(_FAILED)
        os._exit(0)


def stand_alone(folder: Path) -> None:
    """Give this process a group of its own, and write what it says to the log of a copy."""
    os.setpgid(0, 0)
    log = os.open(folder / "log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(log, 1)
    os.dup2(log, 2)

"""Try a mutant: put it into a copy of the project, and run the tests that cover its line.

Mutants of functions are tried where the package is loaded (`loop.py`). The others have to be there
when it is imported: each has a process of its own, forked from one that has imported the libraries.
"""

from __future__ import annotations

import importlib
import os
import re
import select
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from benchmarks.mutation.loop import Loop, Wanted, stand_alone
from benchmarks.mutation.sites import Mutant

COPIED = ("efssim", "tests", "scenarios", "docs", "benchmarks", "notebooks")
FILES = ("pyproject.toml", "README.md", "CHANGELOG.md", "noxfile.py")
LIBRARIES = (
    "simpy", "numpy", "scipy.stats", "scipy.optimize", "pandas", "pydantic", "yaml", "click",
    "jinja2", "tqdm", "botocore.session",
)  # fmt: skip
"""What most tests import; not the package, which differs, nor what pytest changes as it loads."""
OPTIONS = ("-p", "no:cacheprovider", "--hypothesis-seed=0")
SLACK_S, TIMES = 20.0, 8.0
"""How long tests may take with a mutant: so many times their time without it, and this on top."""


class Place:
    """A copy of the project in which mutants are tried one after the other."""

    def __init__(self, root: Path, folder: Path) -> None:
        """Copy the project, and import the libraries once."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        bare = shutil.ignore_patterns("__pycache__")
        for name in COPIED:
            shutil.copytree(root / name, folder / name, ignore=bare)
        for name in FILES:
            shutil.copy(root / name, folder)
        self._folder = folder
        self._sound: set[str] = set()
        for name in LIBRARIES:
            importlib.import_module(name)

    def loaded(self, wanted: list[Wanted], tell: Callable[[Mutant, str | None], None]) -> None:
        """Try the mutants that only change functions in a process that has loaded the package."""
        child = os.fork()
        if not child:
            _loop_in_child(self._folder, wanted, tell)
        if os.waitpid(child, 0)[1]:
            print("the process with the package ended early; what is left is imported", flush=True)

    def killer(self, mutant: Mutant, tests: list[str], allowed_s: float) -> str | None:
        """Return the test that notices a mutant, or "too long"; None where all tests pass.

        Raises:
            RuntimeError: That test fails without the mutant, too.
        """
        file = self._folder / "efssim" / mutant.file
        source = file.read_text(encoding="utf-8")
        limit_s = allowed_s * TIMES + SLACK_S
        file.write_text(mutant.of(source), encoding="utf-8")
        try:
            found = self._failing(tests, limit_s)
        finally:
            file.write_text(source, encoding="utf-8")
        if found is not None and found not in self._sound:
            wanted = [found] if "::" in found else tests
            if self._failing(wanted, 10 * limit_s) is not None:
                raise RuntimeError(f"{mutant.name}: {found} fails without it")
            self._sound.add(found if "::" in found else "")
        return found

    def _failing(self, tests: list[str], limit_s: float) -> str | None:
        """Run tests in a process of their own; return the first that fails, or why they end."""
        shutil.rmtree(self._folder / ".hypothesis", ignore_errors=True)  # of earlier mutants
        (self._folder / "wanted").write_text("\n".join(tests), encoding="utf-8")
        child = os.fork()
        if not child:
            _run_in_child(self._folder)
        with os.fdopen(os.pidfd_open(child), "rb") as ended:
            in_time = select.select([ended], [], [], limit_s)[0]
        if in_time:
            return self._reason(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return "too long"

    def _reason(self, code: int) -> str | None:
        if code == pytest.ExitCode.OK:
            return None
        log = (self._folder / "log").read_text(encoding="utf-8", errors="replace")
        failed = re.search(r"^(?:FAILED|ERROR) (tests/\S+::.+?)(?: - .*)?$", log, re.MULTILINE)
        return failed[1] if failed else f"exit code {code}"


def _loop_in_child(
    folder: Path, wanted: list[Wanted], tell: Callable[[Mutant, str | None], None]
) -> None:
    """Collect the watched tests of the copy and try mutants there; never return."""
    code = int(pytest.ExitCode.INTERNAL_ERROR)
    try:
        _enter(folder)
        folders = sorted({name.split("/")[1] for each in wanted for name in each.tests})
        options = ["-q", "-s", f"--basetemp={folder / 'tmp'}", *OPTIONS]
        plugin = Loop(folder, wanted, tell)
        code = int(pytest.main([*options, *(f"tests/{name}" for name in folders)], [plugin]))
    except BaseException:  # else it would go on as the parent does
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


def _enter(folder: Path) -> None:
    """Make this process one that tests the copy."""
    os.chdir(folder)
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(folder))
    # Also of the commands that tests start.
    os.environ.update(PYTHONPATH=str(folder), PYTHONDONTWRITEBYTECODE="1")
    assert "efssim" not in sys.modules, "the package of this process would be tested"
    sys.modules["__main__"] = ModuleType("__main__")  # nothing that workers import once more


def _run_in_child(folder: Path) -> None:
    """Run the wanted tests against the copy; never return."""
    code = int(pytest.ExitCode.INTERNAL_ERROR)
    try:
        stand_alone(folder)
        _enter(folder)
        code = int(pytest.main(["-q", "-x", "-rfE", "--tb=no", *OPTIONS, "@wanted"]))
    except BaseException:  # else it would go on as the parent does
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)

"""Which tests run a line, from a run of the tests under coverage, and how long each takes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from coverage import CoverageData

from benchmarks.mutation.sites import FOLDERS

WATCHED = ("model", "lag", "study", "records", "runs", "closed_forms", "whole", "api")
"""Folders of tests that are watched, those that run the package in their own process."""


@dataclass(frozen=True, slots=True)
class Covering:
    """Tests by file and line of the package, and the seconds that each takes."""

    tests: dict[str, dict[int, list[str]]]
    seconds: dict[str, float]

    def of(self, file: str, line: int, budget_s: float) -> list[str]:
        """Return the tests that run a line: of its own folder first, then quick ones first.

        Lines that run while a module is imported belong to no test: all tests of the file do then.
        They are cut where their times add up to more than the budget.
        """
        lines = self.tests.get(file, {})
        found = lines.get(line) or sorted({test for tests in lines.values() for test in tests})
        near = f"tests/{Path(file).parts[0]}/"
        found = sorted(found, key=lambda test: (not test.startswith(near), self._cost_s(test)))
        chosen: list[str] = []
        spent_s = 0.0
        for test in found:
            spent_s += self._cost_s(test)
            if chosen and spent_s > budget_s:
                break
            chosen.append(test)
        return chosen

    def total_s(self, tests: list[str]) -> float:
        """Return how long tests take together."""
        return sum(map(self._cost_s, tests))

    def _cost_s(self, test: str) -> float:
        return self.seconds.get(test, 1.0)


def watch(root: Path, folder: Path) -> None:
    """Run the watched tests under coverage and store `covering.json` in a folder.

    A test that fails without a mutant shows nothing about one: it is named, and left out.
    """
    data, xml = folder / "coverage", folder / "tests.xml"
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "2"]
    command += ["--cov=efssim", "--cov-context=test", "--cov-report=", f"--junitxml={xml}"]
    command += [f"tests/{name}" for name in WATCHED]
    environment = {**os.environ, "COVERAGE_FILE": str(data), "COVERAGE_RCFILE": os.devnull}
    subprocess.run(command, cwd=root, env=environment, check=False)
    keep(root, folder)


def keep(root: Path, folder: Path) -> None:
    """Store `covering.json` from the data of a run of the tests that lie in a folder."""
    xml = folder / "tests.xml"
    failed = set(_failed(xml))
    print(*(f"left out, as it fails: {name}" for name in sorted(failed)), sep="\n")
    found = Covering(_tests(folder / "coverage", root / "efssim", failed), dict(_seconds(xml)))
    text = json.dumps({"tests": found.tests, "seconds": found.seconds})
    (folder / "covering.json").write_text(text, encoding="utf-8")


def stored(folder: Path) -> Covering:
    """Return what `watch` stored."""
    data = json.loads((folder / "covering.json").read_text(encoding="utf-8"))
    tests = {
        file: {int(line): found for line, found in lines.items()}
        for file, lines in data["tests"].items()
    }
    return Covering(tests, data["seconds"])


def _tests(file: Path, package: Path, failed: set[str]) -> dict[str, dict[int, list[str]]]:
    data = CoverageData(str(file))
    data.read()
    names = {Path(name): name for name in data.measured_files()}
    return {
        str(path.relative_to(package)): {
            line: sorted({context.rpartition("|")[0] for context in contexts} - {"", *failed})
            for line, contexts in data.contexts_by_lineno(name).items()
        }
        for path, name in sorted(names.items())
        if path.is_relative_to(package) and path.relative_to(package).parts[0] in FOLDERS
    }


def _seconds(xml: Path) -> Iterable[tuple[str, float]]:
    for case in ElementTree.parse(xml).iter("testcase"):
        yield _name(case), float(case.get("time", "0"))


def _failed(xml: Path) -> Iterable[str]:
    for case in ElementTree.parse(xml).iter("testcase"):
        if any(part.tag in ("failure", "error") for part in case):
            yield _name(case)


def _name(case: ElementTree.Element) -> str:
    return f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name')}"

"""Which tests run a line, from a run of the tests under coverage, and how long each takes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate, takewhile
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

    def of(self, file: str, line: int, budget_s: float) -> dict[str, float]:
        """Return the tests that run a line with their seconds: the quickest ones up to a budget.

        Lines that run while a module is imported belong to no test: all tests of the file do then.
        Tests of one file follow each other, as they share what they set up; files whose path is
        most like that of the line come first, then those that take least.
        """
        lines = self.tests.get(file, {})
        found = lines.get(line) or sorted({test for tests in lines.values() for test in tests})
        costs = {test: self._cost_s(test) for test in sorted(found, key=self._cost_s)}
        total_s = list(accumulate(costs.values()))
        chosen = [test for test, s in zip(costs, total_s, strict=True) if s <= budget_s]
        of_file: dict[str, list[str]] = {}
        for test in chosen or list(costs)[:1]:
            of_file.setdefault(test.split("::")[0], []).append(test)
        files = sorted(
            of_file,
            key=lambda name: (-_alike(name, file), sum(costs[test] for test in of_file[name])),
        )
        return {test: costs[test] for name in files for test in sorted(of_file[name])}

    def _cost_s(self, test: str) -> float:
        return self.seconds.get(test, 1.0)


def _alike(test: str, file: str) -> int:
    """Return how many folders a file of tests and a file of the package have in common."""
    pairs = zip(Path(test).parts[1:-1], Path(file).parts[:-1], strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


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

"""Hold what the tests miss of efssim against a list of reasons: `python .ci/covered.py`.

Reads the data of a run under coverage (`COVERAGE_FILE` names them), combines those of the processes
that it started, and prints the coverage of lines, branches and both. Exits 1 below LEAST, where a
function that is missed in part is not in `uncovered.toml`, and where one in it is not missed.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

LEAST = 97.0
"""Least per cent of branches, and of lines and branches together."""
REASONS = Path(__file__).with_name("uncovered.toml")


class Missed(NamedTuple):
    """A function that the tests miss in part."""

    name: str
    """File and qualified name, as `efssim/cli/main.py::main`; without a name: outside of all."""
    lines: list[int]
    branches: list[list[int]]
    """From a line to a line; negative: the end of the function."""

    def __str__(self) -> str:
        jumps = [f"{begin}->{'end' if end < 0 else end}" for begin, end in self.branches]
        return f"{self.name}: {', '.join([*map(str, self.lines), *jumps])}"


def measured() -> dict[str, Any]:
    """Return the report of coverage as JSON has it."""
    run = [sys.executable, "-m", "coverage"]
    subprocess.run([*run, "combine", "-q"], check=False)  # fails where that has been done
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "coverage.json")
        subprocess.run([*run, "json", "-q", "-o", str(file)], check=True)
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


def missed(report: dict[str, Any]) -> Iterator[Missed]:
    """Yield the functions that are missed in part."""
    for file, found in sorted(report["files"].items()):
        name = "efssim/" + file.replace("\\", "/").rpartition("efssim/")[2]
        for function, part in found["functions"].items():
            lines, branches = part["missing_lines"], part["missing_branches"]
            # A branch to a line that is missed goes without saying.
            branches = [branch for branch in branches if branch[1] not in lines]
            if lines or branches:
                yield Missed(f"{name}::{function}".removesuffix("::"), lines, branches)


def listed() -> dict[str, str]:
    """Return the reason of each pattern of names in the list."""
    reasons = tomllib.loads(REASONS.read_text(encoding="utf-8"))["reason"]
    found = {where: reason["why"] for reason in reasons for where in reason["where"]}
    assert len(found) == sum(len(reason["where"]) for reason in reasons), "listed twice"
    return found


def main() -> int:
    """Print what is missed without a reason, and the numbers; return the exit code."""
    report = measured()
    totals, reasons = report["totals"], listed()
    gaps = list(missed(report))
    bare = [gap for gap in gaps if not any(fnmatchcase(gap.name, each) for each in reasons)]
    stale = [each for each in reasons if not any(fnmatchcase(gap.name, each) for gap in gaps)]
    for gap in bare:
        print(f"missed, and not in {REASONS.name}: {gap}")
    for name in stale:
        print(f"in {REASONS.name}, and not missed: {name}")
    lines = 100 * totals["covered_lines"] / totals["num_statements"]
    branches = 100 * totals["covered_branches"] / totals["num_branches"]
    both = totals["percent_covered"]
    print(f"covered: {lines:.2f} % of lines, {branches:.2f} % of branches, {both:.2f} % of both;")
    print(f"at least {LEAST:g} % wanted; {len(gaps)} functions missed in part, with reasons listed")
    return 1 if bare or stale or min(branches, both) < LEAST else 0


if __name__ == "__main__":
    sys.exit(main())

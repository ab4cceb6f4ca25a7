"""Compare all outputs of two versions: `python -m benchmarks.same_outputs --before COMMIT`.

Runs every case (commands on the shipped scenarios, studies, mistakes, sessions in Python and of
boto3) with the efssim of a commit and with that of this folder, side by side in two processes, and
compares standard output, standard error, exit codes and all files, byte by byte. Exits 1 if
anything differs that the list of expected differences does not explain. Takes a few minutes.
"""

from __future__ import annotations

import argparse
import difflib
import fnmatch
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from benchmarks.same_outputs.cases import Case, cases
from benchmarks.same_outputs.differences import Difference, expected, read

ROOT = Path(__file__).resolve().parents[2]
WORKER = Path(__file__).with_name("worker.py")
EXCERPT_LINES, EXCERPT_WIDTH = 40, 400


def export(commit: str, tree: Path) -> None:
    """Write the files of a commit into a folder."""
    tree.mkdir()
    archive = subprocess.run(
        ["git", "-C", str(ROOT), "archive", commit], check=True, capture_output=True
    )
    subprocess.run(["tar", "-x", "-C", str(tree)], input=archive.stdout, check=True)


def start(listed: list[Case], folder: Path, tree: Path) -> subprocess.Popen[bytes]:
    """Start all cases with the efssim of `tree`."""
    folder.mkdir()
    order = folder.with_suffix(".json")
    order.write_text(json.dumps([asdict(case) for case in listed]), encoding="utf-8")
    # A fixed width, and neither the installed package nor what the caller has set.
    kept = {key: text for key, text in os.environ.items() if not key.startswith(("EFSSIM", "AWS"))}
    environment = {**kept, "PYTHONPATH": str(tree), "COLUMNS": "80", "NO_COLOR": "1"}
    worker = shutil.copy(WORKER, folder.with_name("worker.py"))  # the same path for both
    command = [sys.executable, "-P", worker, str(order), str(folder), str(tree)]
    return subprocess.Popen(command, env=environment)


def outputs(case: Case, folder: Path, tree: Path) -> dict[str, bytes]:
    """Return what a case left behind, by name, without the paths of this comparison."""
    found = {}
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = str(file.relative_to(folder)).removeprefix("files/")
        content = file.read_bytes()
        for path, stands_for in ((folder / "files", b"HERE"), (tree, b"TREE")):
            content = content.replace(os.fsencode(path), stands_for)
        if name == "manifest.json" or name.endswith("/manifest.json"):
            # The version is that of a release, and differs between two of them.
            content = re.sub(rb'("efssim": )"[^"]*"', rb'\1"VERSION"', content)
        found[f"{case.name} / {name}"] = content
    return found


def excerpt(before: bytes | None, after: bytes | None) -> str:
    """Return the beginning of a unified diff."""
    sides = [content and content.decode(errors="backslashreplace") for content in (before, after)]
    if None in sides:
        return f"  only {'after' if before is None else 'before'}"
    old, new = [(text or "").splitlines() for text in sides]
    differing = list(difflib.unified_diff(old, new, "before", "after", lineterm="", n=1))
    shown = [f"  {line[:EXCERPT_WIDTH]}" for line in differing[:EXCERPT_LINES]]
    more = len(differing) - len(shown)
    return "\n".join([*shown, *([f"  ... {more} lines more"] if more else [])])


def compare(
    before: dict[str, bytes], after: dict[str, bytes], differences: list[Difference]
) -> Counter[str]:
    """Print how each output compares; return how many are the same, expected and different."""
    counts: Counter[str] = Counter()
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name), after.get(name)
        wanted = expected(name, old, differences, new)
        verdict = "different" if wanted != new else "same" if old == new else "expected"
        counts[verdict] += 1
        print(f"{verdict:9}  {name}")
        if verdict == "different":
            print(excerpt(wanted, new))
    return counts


def parsed() -> argparse.Namespace:
    """Return the arguments."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.same_outputs")
    parser.add_argument("--before", required=True, metavar="COMMIT", help="the earlier version")
    parser.add_argument("--differences", type=Path, metavar="FILE", help="expected differences")
    parser.add_argument("--only", default="*", metavar="PATTERN", help="only cases of such names")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep all outputs in this folder")
    return parser.parse_args()


def main() -> int:
    """Run both versions and compare; return the exit code."""
    arguments = parsed()
    differences = read(arguments.differences)
    listed = [case for case in cases() if fnmatch.fnmatchcase(case.name, arguments.only)]
    with tempfile.TemporaryDirectory(prefix="same-outputs-") as temporary:
        place = (arguments.keep or Path(temporary)).resolve()
        place.mkdir(parents=True, exist_ok=True)
        trees = {"before": place / "tree", "after": ROOT}
        export(arguments.before, trees["before"])
        running = [start(listed, place / side, tree) for side, tree in trees.items()]
        codes = [process.wait() for process in running]
        if any(codes):
            return 2
        found = {
            side: {
                name: content
                for ordinal, case in enumerate(listed)
                for name, content in outputs(case, place / side / f"{ordinal:04}", tree).items()
            }
            for side, tree in trees.items()
        }
        counts = compare(found["before"], found["after"], differences)
    unseen = [each for each in differences if not each.seen] if arguments.only == "*" else []
    for difference in unseen:
        print(f"expected, but not seen: {difference.output}: {difference.reason}")
    print(f"{len(listed)} cases:", *(f"{count} {verdict}" for verdict, count in counts.items()))
    return 1 if counts["different"] or unseen else 0


sys.exit(main())

"""The command: `python -m search [--minutes N | --count N | --seed K | --file FILE]`."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from search.drawn import draw
from search.failing import again, keep_shrunk, read_back, retried
from search.report import lines
from search.tally import Found, Tally
from search.trial import Failure, Tried
from search.work import WORKERS, search


def main(arguments: Sequence[str] | None = None) -> int:
    """Search; return 1 if something failed."""
    given = _parser().parse_args(arguments)
    if given.seed is not None:
        return _one(given)
    if given.file is not None:
        data = read_back(given.file)
        seed = int(str(data["name"]).removeprefix("search-"))
        with tempfile.TemporaryDirectory() as folder:
            return _tell(seed, retried(data, seed, Path(folder), given.check))
    return _search(given)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("search", description="Search efssim for faults.")
    parser.add_argument("--minutes", type=float, help="how long (1 unless --count says how many)")
    parser.add_argument("--count", type=int, help="how many scenarios")
    parser.add_argument("--first", type=int, help="seed of the first (any)")
    parser.add_argument("--workers", type=int, default=WORKERS, help="processes")
    parser.add_argument("--out", type=Path, default=Path("search-failures"), help="shrunk files")
    parser.add_argument("--seed", type=int, help="repeat the scenario of this seed")
    parser.add_argument("--file", type=Path, help="repeat the scenario of a shrunk file")
    parser.add_argument("--check", help="with --seed or --file: this check alone")
    parser.add_argument("--whole", action="store_true", help="print all pairs and reasons")
    return parser


def _one(given: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory() as folder:
        drawn = draw(given.seed, Path(folder))
        print(f"{drawn.kind}: {', '.join(drawn.features) or 'drawn by the second model'}")
        tried = retried(drawn.data, given.seed, Path(folder), given.check)
    if tried.failure is not None:
        print(f"shrunk: {keep_shrunk(given.seed, tried.failure, given.out)}")
    return _tell(given.seed, tried)


def _tell(seed: int, tried: Tried) -> int:
    if tried.failure is not None:
        print(f"seed {seed} FAILED: {tried.failure.check}")
        print(*(f"  {line}" for line in tried.failure.problems), sep="\n")
        return 1
    said = f"refused: {tried.refused}" if tried.refused else f"passed: {', '.join(tried.made)}"
    print(f"seed {seed} {said}")
    return 0


def _search(given: argparse.Namespace) -> int:
    begin_s = time.monotonic()
    minutes = given.minutes if given.minutes or given.count else 1.0
    until_s = None if minutes is None else begin_s + 60 * minutes
    first = int.from_bytes(os.urandom(5)) if given.first is None else given.first
    print(f"from seed {first}", flush=True)
    whole, kept = Tally(), set[str]()
    for part in search(first, given.count, until_s, given.workers):
        whole.add(part)
        for found in part.failures:
            _say(found, given.out, kept)
    print(*lines(whole, time.monotonic() - begin_s, whole=given.whole), sep="\n")
    return 1 if whole.failures or not whole.passed else 0


def _say(found: Found, out: Path, kept: set[str]) -> None:
    """Print a failure and the command that repeats it; shrink the first of each kind."""
    print(f"seed {found.seed} FAILED: {found.check}: {again(found.seed)}")
    print(*(f"  {line}" for line in found.problems), sep="\n", flush=True)
    like = "".join(each for each in f"{found.check} {found.problems[0]}" if not each.isdigit())
    if like in kept:
        return
    kept.add(like)
    with tempfile.TemporaryDirectory() as folder:
        drawn = draw(found.seed, Path(folder))
        failure = retried(drawn.data, found.seed, Path(folder)).failure
    if isinstance(failure, Failure):
        print(f"  shrunk: {keep_shrunk(found.seed, failure, out)}", flush=True)
    else:
        print("  it passes when it is repeated in another process", flush=True)


if __name__ == "__main__":
    sys.exit(main())

"""How many random faults the tests notice: `python -m benchmarks.mutation`.

Draws mutants of `model/`, `lag/`, `study/` and `records/` (where the laws of `--verify` are), runs
the tests that cover the changed line, and prints the share that is killed and each survivor. A
folder (`--folder`) keeps what is known, so that the command goes on where it was ended. Two
processes share the work with `--part 1/2` and `--part 2/2`. A survivor that is right to survive has
its reason in `survivors.toml`. Needs Cosmic Ray and pytest-cov: `nox -s mutation`. Takes some two
hours.

Exits with 1 where fewer than 90 % are killed, or where a survivor has no reason. The share is a
lower bound: tests that start a command in a process of its own are not seen to cover a line, a
mutant of a function does not act on what was made while the package was imported, and each gets
tests of 40 s at most, or of `--budget`.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.mutation.covering import Covering, stored, watch
from benchmarks.mutation.loop import Wanted
from benchmarks.mutation.sites import Mutant, sample
from benchmarks.mutation.trying import Place

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "efssim"
REASONS = Path(__file__).with_name("survivors.toml")
FOLDER = ".mutation"
SIZE, SEED, WANTED = 1000, 20, 0.90
BUDGET_S = 40.0
"""The time of the tests that each mutant gets at most, as they take without a mutant (chosen)."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a mutant: the test that noticed it, or None."""

    mutant: Mutant
    killer: str | None


def main() -> int:
    """Try the mutants of a part, and report on all that were tried."""
    asked = _asked()
    folder = Path(asked.folder).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "covering.json").exists():
        watch(ROOT, folder)
    mutants = sample(PACKAGE, asked.size, asked.seed)
    part, parts = (int(number) for number in asked.part.split("/"))
    if not asked.report:
        name = f"{part}-of-{parts}"
        _try(mutants[part - 1 :: parts], folder, name, stored(folder), asked.budget)
    return _report(mutants, list(_known(folder)))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--folder", default=FOLDER, help="where what is known is kept")
    parser.add_argument("--size", type=int, default=SIZE, help="how many mutants")
    parser.add_argument("--seed", type=int, default=SEED, help="of the sample")
    parser.add_argument("--part", default="1/1", help="try every N-th of them, such as 1/2")
    parser.add_argument("--budget", type=float, default=BUDGET_S, help="seconds of tests of each")
    parser.add_argument("--report", action="store_true", help="say what is known, try none")
    return parser.parse_args()


def _try(
    mutants: list[Mutant], folder: Path, name: str, covering: Covering, budget_s: float
) -> None:
    """Try the mutants of which nothing is known; append what becomes of each to a file."""
    done = {fate.mutant for fate in _known(folder)}
    wanted = [
        Wanted(each, covering.of(each.file, each.line, budget_s))
        for each in mutants
        if each not in done
    ]
    del covering  # a GB that forks would share
    with (folder / f"fates-{name}.jsonl").open("a", encoding="utf-8") as file:

        def tell(mutant: Mutant, killer: str | None) -> None:
            row = [mutant.file, mutant.line, mutant.operator, mutant.occurrence, killer]
            print(json.dumps(row), file=file, flush=True)
            print(f"{'killed  ' if killer else 'SURVIVED'} {mutant.name}", flush=True)

        place = Place(ROOT, folder / f"copy-{name}")
        place.loaded(wanted, tell)
        done = {fate.mutant for fate in _known(folder)}
        for each in wanted:
            if each.mutant not in done:
                tests = list(each.tests)
                allowed_s = sum(each.tests.values())
                tell(each.mutant, place.killer(each.mutant, tests, allowed_s) if tests else None)


def _known(folder: Path) -> Iterator[Fate]:
    for file in sorted(folder.glob("fates-*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            *which, killer = json.loads(line)
            yield Fate(Mutant(*which), killer)


def _report(mutants: list[Mutant], known: list[Fate]) -> int:
    """Print the share that is killed and the survivors; return the exit code."""
    fates = {fate.mutant: fate for fate in known}
    tried = [fates[mutant] for mutant in mutants if mutant in fates]
    survivors = [fate.mutant for fate in tried if fate.killer is None]
    reasons = _reasons()
    bare = [mutant for mutant in survivors if _place(mutant) not in reasons]
    for mutant in survivors:
        print(f"survived {mutant.name}: {_line(mutant)}")
        print(f"    {reasons.get(_place(mutant), 'NO REASON')}")
    share = 1 - len(survivors) / len(tried) if tried else 0.0
    print(f"{len(tried)} of {len(mutants)} tried, {share:.1%} killed (wanted: {WANTED:.0%})")
    print(f"{len(survivors)} survive, {len(bare)} of them without a reason")
    return int(share < WANTED or bool(bare) or len(tried) < len(mutants))


def _line(mutant: Mutant) -> str:
    text = (PACKAGE / mutant.file).read_text(encoding="utf-8")
    return text.splitlines()[mutant.line - 1].strip()


def _place(mutant: Mutant) -> tuple[str, str, str]:
    """Name the place of a mutant as the list of reasons does: lines move."""
    return mutant.file, mutant.operator, _line(mutant)


def _reasons() -> dict[tuple[str, str, str], str]:
    rows = tomllib.loads(REASONS.read_text(encoding="utf-8")).get("survivor", [])
    return {(row["file"], row["operator"], row["line"]): row["why"] for row in rows}


if __name__ == "__main__":
    sys.exit(main())

"""Whether the tests notice small faults: `python -m benchmarks.mutants [NAME...]`.

Each mutant is one change of one file, found by hand to have gone unseen once. It is applied to a
copy of the package, the tests that should notice run against the copy, and the program exits with
1 if one survives or if its text is not in the file any more. Takes minutes.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MODEL, HAND = "tests/whole/test_independent_model.py", "tests/whole/test_by_hand.py"
REPORTS = "tests/report/text/test_numbers_in_reports.py"
LIMIT_S = 600
"""A mutant that keeps the tests from ending is noticed by that."""


@dataclass(frozen=True)
class Mutant:
    """A fault: in a file of the package one text stands instead of another."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]

    def apply(self, package: Path) -> bool:
        """Change the file; return whether its text was there, once."""
        file = package / self.file
        text = file.read_text(encoding="utf-8")
        if text.count(self.old) != 1:
            return False
        file.write_text(text.replace(self.old, self.new), encoding="utf-8")
        return True


MUTANTS = (
    Mutant(
        "a write at the begin of the window is before it",
        "lag/write_lag.py",
        'part.time_s.searchsorted(self._begin_s, "left")',
        'part.time_s.searchsorted(self._begin_s, "right")',
        (MODEL,),
    ),
    Mutant(
        "bytes are pending before the first LRT",
        "lag/write_lag.py",
        "math.inf if defined_s is None else max(self._begin_s, defined_s)",
        "math.inf if defined_s is None else self._begin_s",
        (MODEL,),
    ),
    Mutant(
        "an open or dropped write at the begin of the window is before it",
        "records/run_records.py",
        "late = sizes[times_s >= time_s]",
        "late = sizes[times_s > time_s]",
        (HAND, MODEL),
    ),
    Mutant(
        "a write dropped before the window counts",
        "lag/write_lag.py",
        "dropped.since(self._begin_s).bytes",
        "dropped.amount.bytes",
        (HAND,),
    ),
    Mutant(
        "a sync abandoned before the window counts",
        "lag/measures.py",
        "for s in self._records.abandoned if s.abandoned_s >= self._begin_s]",
        "for s in self._records.abandoned]",
        (HAND,),
    ),
    Mutant(
        "a sync abandoned at the begin of the window is before it",
        "lag/measures.py",
        "if s.abandoned_s >= self._begin_s]",
        "if s.abandoned_s > self._begin_s]",
        (HAND,),
    ),
    Mutant(
        "a peak at the begin of the window is before it",
        "lag/age/curves.py",
        "teeth.high[teeth.end_s >= self._begin_s]",
        "teeth.high[teeth.end_s > self._begin_s]",
        (MODEL,),
    ),
    Mutant(
        "a sync that completes at the begin of the window is before it",
        "lag/sync_totals.py",
        "counted = completed_s >= self._begin_s",
        "counted = completed_s > self._begin_s",
        (HAND,),
    ),
    Mutant(
        "what a sync publishes at the begin of the window was not pending before",
        "lag/sync_totals.py",
        '(block["completed_s"] < self._begin_s)',
        '(block["completed_s"] <= self._begin_s)',
        (HAND,),
    ),
    Mutant(
        "an age at the target is above it",
        "lag/age/rpo.py",
        "above = since < teeth.end_s",
        "above = since <= teeth.end_s",
        (HAND,),
    ),
    Mutant(
        "an age that falls to the target stays above it",
        "lag/age/rpo.py",
        "(begin - origin > self.target_s)",
        "(begin - origin >= self.target_s)",
        (HAND,),
    ),
    Mutant(
        "an outage that is open at the end takes no time",
        "lag/enabled_time.py",
        "(*stall, math.inf)[1]",
        "(*stall, stall[0])[1]",
        (HAND,),
    ),
    Mutant(
        "the link does not bound the utilisation",
        "runs/reckoned/sendable.py",
        "                rate_at(capacity, start, end_s, begin_s) * share,\n",
        "",
        (HAND,),
    ),
    Mutant(
        "the slope of a diverging run includes the warm-up",
        "lag/measures.py",
        "return self.pending_now - (written_before - self.syncs.published_before)",
        "return self.pending_now",
        (REPORTS,),
    ),
    Mutant(
        "the slope of a diverging run is over the whole run",
        "report/text/details.py",
        "outcome.end_s - min(result.scenario.warm_up, result.now_s)",
        "outcome.end_s",
        (REPORTS,),
    ),
    Mutant(
        "the pool of the oldest pending write forgets time without one",
        "lag/kinds/distributions.py",
        "return self.ramps.state(zero_s=self.zero_s)",
        "return self.ramps.state(zero_s=0.0)",
        (HAND,),
    ),
    Mutant(
        "the pool of the lag by byte is that by write",
        "lag/measures.py",
        "[WRITE_LAG_BY_BYTE] = LagOverWeights(lags.of_bytes(), lags.byte_s())",
        "[WRITE_LAG_BY_BYTE] = LagOverWeights(lags.of_writes(), lags.total_s())",
        (HAND,),
    ),
    Mutant(
        "the last cause to begin counts",
        "model/kernel/causes.py",
        "return next(iter(self._by_ordinal.values()))",
        "return list(self._by_ordinal.values())[-1]",
        (HAND,),
    ),
    Mutant(
        "an outage of a link reaches the way back",
        "model/world/effects.py",
        "return link_regions(cause.target) == regions",
        "return set(link_regions(cause.target)) == set(regions)",
        (MODEL,),
    ),
    Mutant(
        "a degraded link reaches nobody",
        "model/world/effects.py",
        "reached += [part for part in account.current() if _is_at",
        "reached += [part for part in () if _is_at",
        (HAND,),
    ),
    Mutant(
        "a failed file system's replication is not reached",
        "model/world/effects.py",
        "yield replication",
        "yield part",
        (HAND,),
    ),
    Mutant(
        "files are not copied at a reversal",
        "model/entities/replication.py",
        "self._last_replicated_s, self._replica = cut_s, (size_bytes, files)",
        "self._last_replicated_s, self._replica = cut_s, (size_bytes, self._held[1])",
        (MODEL,),
    ),
    Mutant(
        "a reversal sends more than the source holds",
        "model/entities/divergence.py",
        "min(size, differed + change_set.written_bytes)",
        "differed + change_set.written_bytes",
        (MODEL,),
    ),
    Mutant(
        "what is written after the creation does not differ",
        "model/entities/divergence.py",
        "min(size, differed + change_set.written_bytes)",
        "min(size, differed)",
        (MODEL,),
    ),
    Mutant(
        "a failed destination goes on protecting",
        "lag/protection.py",
        "        (inside(max(defined_s, records.destination.failed_s), gone_s), False),\n",
        "",
        (HAND,),
    ),
    Mutant(
        "what was written before the configuration is not lost without a recovery point",
        "lag/loss.py",
        "lost = writes + snapshot.carried.writes",
        "lost = writes",
        (MODEL,),
    ),
    Mutant(
        "a sync of nothing but files scans no inventory",
        "model/sync/sync_times.py",
        "change_set.writes > 0 or change_set.bytes > 0 or change_set.files > 0,",
        "change_set.writes > 0 or change_set.bytes > 0,",
        (MODEL,),
    ),
    Mutant(
        "a batch begins within one period",
        "text/moments.py",
        "return (begin - start).total_seconds() % _DAY_S",
        "return (begin - start).total_seconds() % 3600",
        (HAND,),
    ),
    Mutant(
        "the weekdays of a profile begin on Sunday",
        "scenario/workload/processes/profile.py",
        "[t.weekday() for t in local]",
        "[t.isoweekday() % 7 for t in local]",
        (HAND,),
    ),
    Mutant(
        "the bounds of a comparison are swapped",
        "report/text/comparison.py",
        "for end in (row.low, row.high))",
        "for end in (row.high, row.low))",
        (REPORTS,),
    ),
    Mutant(
        "the bounds of a sweep are swapped",
        "report/text/sweep.py",
        "for end in (low, high))",
        "for end in (high, low))",
        (REPORTS,),
    ),
    Mutant(
        "a plan shows minutes as seconds",
        "report/text/plan.py",
        "short(row.above_s_per_month)",
        "short(row.above_s_per_month / 60)",
        (REPORTS,),
    ),
)


def main() -> int:
    """Try the named mutants, or all; return 1 if one survives or cannot be made."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="parts of the names of mutants; all unless given")
    names = parser.parse_args().names
    chosen = [m for m in MUTANTS if not names or any(name in m.name for name in names)]
    with tempfile.TemporaryDirectory() as folder:
        fates = [_fate(mutant, Path(folder)) for mutant in [None, *chosen]]
    print(f"{fates.count('killed')} of {len(chosen)} killed")
    return 0 if fates == ["survived", *["killed"] * len(chosen)] else 1


def _fate(mutant: Mutant | None, folder: Path) -> str:
    """Return what becomes of a mutant; without one, of the package as it is."""
    place = folder / "copy"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    for name in ("efssim", "tests", "scenarios"):
        shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, place)
    if mutant is not None and not mutant.apply(place / "efssim"):
        fate, name = "NOT FOUND", mutant.name
    else:
        tests = (MODEL, HAND, REPORTS) if mutant is None else mutant.tests
        fate, name = _tested(place, tests), mutant.name if mutant else "nothing changed"
    print(f"{fate:<9} {name}", flush=True)
    return fate


def _tested(place: Path, tests: tuple[str, ...]) -> str:
    # The copy comes before the installed package; the tests say which one they run against.
    environment = {**os.environ, "PYTHONPATH": str(place), "PYTHONDONTWRITEBYTECODE": "1"}
    where = _run(
        [sys.executable, "-c", "import efssim; print(efssim.__file__)"], place, environment
    )
    if not where.stdout.startswith(str(place)):
        raise SystemExit(f"the tests would not run against the copy, but {where.stdout.strip()}")
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *tests]
    try:
        tried = _run(command, place, environment)
    except subprocess.TimeoutExpired:
        return "killed"
    if tried.returncode not in (0, 1):  # pytest's codes for all passed and some failed
        raise SystemExit(tried.stdout + tried.stderr)
    return "killed" if tried.returncode else "survived"


def _run(
    command: list[str], place: Path, environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=place,
        env=environment,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )


if __name__ == "__main__":
    sys.exit(main())

"""Run many cases, in a few processes that fork one for each, and count how they ended."""

from __future__ import annotations

import importlib
import json
import os
import shlex
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import ClassVar

from benchmarks.fuzz import apart, jobs
from benchmarks.fuzz.case import Case, Ended
from benchmarks.fuzz.effort import is_large, is_work
from benchmarks.fuzz.judge import REFUSED, faults
from benchmarks.fuzz.kinds import bases
from benchmarks.fuzz.kinds.table import case_of

_BATCH = 40
"""Cases of a fork."""
_MODULES = ("pandas", "scipy.stats", "matplotlib.backends.backend_svg", "jinja2", "pyarrow.parquet")
_WARM = (
    ("validate", "s.yaml", "--resolved"),
    ("run", "s.yaml", "-q", "-o", "out", "--verify"),
    ("run", "s.yaml", "-q", "-n", "3", "-w", "1", "--format", "json"),
    ("estimate", "s.yaml"),
    ("drill", "s.yaml", "-n", "2", "-q"),
    ("export", "s.yaml", "-q", "-o", "metrics"),
    ("traces", "metrics"),
    ("run", "nowhere.yaml"),
)


@dataclass(slots=True)
class Tally:
    """How cases of a kind ended."""

    COUNTS: ClassVar = ("cases", "refused", "ran", "long", "faults")
    cases: int = 0
    refused: int = 0
    ran: int = 0
    long: int = 0
    """Of a load that takes more than the limits, without a fault."""
    faults: int = 0

    def add(self, other: Tally) -> None:
        """Add the counts of another."""
        for name in self.COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))


def run_kinds(
    counts: Mapping[str, int], seed: int, first: int, workers: int, real: int, quick: bool = False
) -> dict[str, Tally]:
    """Run so many cases of each kind; print each fault; return the counts by kind."""
    numbers = [
        (kind, first + k) for kind, count in counts.items() for k in range(_sittings(kind, count))
    ]
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        if not quick:
            _warm(Path(folder))
        files = [Path(folder, f"worker-{worker}") for worker in range(workers)]
        started = [
            _started(numbers[worker::workers], seed, file, real)
            for worker, file in enumerate(files)
        ]
        for process in started:
            _, status = os.waitpid(process, 0)
            assert status == 0, "a worker of the fuzzer died"
        return _summed(counts, files)


def _sittings(kind: str, count: int) -> int:
    from benchmarks.fuzz.kinds.http import A_SITTING

    return -(-count // A_SITTING) if kind == "http" else count


def _started(numbers: list[tuple[str, int]], seed: int, place: Path, real: int) -> int:
    """Start a process that runs cases; return its id."""
    sys.stdout.flush()
    process = os.fork()
    if process:
        return process
    code = 1
    try:
        place.mkdir()
        with (place / "tally.jsonl").open("w", encoding="utf-8") as told:
            for begin in range(0, len(numbers), _BATCH):
                cases = [case_of(kind, seed, k) for kind, k in numbers[begin : begin + _BATCH]]
                for case, ended in zip(cases, ended_of(cases, place / "cases"), strict=True):
                    with_real = real > 0 and case.number % real == 0
                    one = _judged(case, ended, seed, place, with_real=with_real)
                    told.write(json.dumps([case.kind, asdict(one)]) + "\n")
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(code)


def _summed(counts: Mapping[str, int], files: list[Path]) -> dict[str, Tally]:
    found = {kind: Tally() for kind in counts}
    for file in files:
        for line in (file / "tally.jsonl").read_text(encoding="utf-8").splitlines():
            kind, one = json.loads(line)
            found[kind].add(Tally(**one))
    return found


def _judged(case: Case, ended: Ended, seed: int, place: Path, *, with_real: bool) -> Tally:
    """Print what is wrong with how a case ended, and count it."""
    found = list(faults(case, ended))
    is_long = is_large(ended) and is_work(case, place / "effort")
    if is_long:
        found = []
    if with_real and not found and not is_long and not case.requests:
        found = list(_in_a_fresh_process(case, ended, place))
    for fault in found:
        again = f"--kind {case.kind} --seed {seed} --first {case.number}"
        print(
            f"FAULT {fault}\n  {told(case)}\n  python -m benchmarks.fuzz {again} --keep DIR",
            flush=True,
        )
    refused = sum(status >= 400 for status in ended.statuses) or int(ended.code == REFUSED)
    ran = case.count - refused if not is_long and ended.code in (0, 1, 2) else 0
    return Tally(case.count, refused, ran, int(is_long), len(found))


def ended_of(cases: Sequence[Case], place: Path) -> Iterator[Ended]:
    """Run cases in a folder; yield how they ended."""
    for case, ended in zip(cases, apart.run(cases, place, jobs.run), strict=True):
        if is_large(ended) and len(cases) > 1:  # memory of the cases before is in its peak
            ended = next(apart.run([case], place.with_name("alone"), jobs.run))
        if case.requests and ended.code == 0:
            found = json.loads(ended.out.splitlines()[-1])
            statuses, wrong = tuple(found["statuses"]), tuple(found["faults"])
            yield replace(ended, statuses=statuses, faults=wrong)
        else:
            yield ended


def _in_a_fresh_process(case: Case, ended: Ended, place: Path) -> Iterator[str]:
    """Run it once more as users do, if they can type it; yield what is otherwise."""
    if not all(map(_can_be_typed, case.arguments)):
        return
    work = place / "fresh"
    work.mkdir(exist_ok=True)
    apart.lay_out(case, work)
    command = [sys.executable, "-P", "-m", "efssim", *case.arguments]
    done = subprocess.run(command, cwd=work, input=case.stdin, capture_output=True, timeout=120)
    if done.returncode != ended.code:
        yield f"FRESH: exit {done.returncode} in a fresh process, {ended.code} in a fork"
    subprocess.run(["rm", "-rf", str(work)], check=True)


def _can_be_typed(argument: str) -> bool:
    """Return whether a system takes an argument: not with a half of a surrogate pair."""
    try:
        os.fsencode(argument)
    except UnicodeEncodeError:
        return False
    return True


def told(case: Case) -> str:
    """Return the command of a case in a line."""
    return f"efssim {shlex.join(case.arguments)}"[:500].encode("utf-8", "replace").decode()


def keep(kind: str, seed: int, number: int, folder: Path) -> str:
    """Write the files of a case into a folder; return the commands that repeat it there."""
    case = case_of(kind, seed, number)
    folder.mkdir(parents=True, exist_ok=True)
    apart.lay_out(case, folder)
    if case.stdin:
        (folder / "stdin").write_bytes(case.stdin)
    for at, request in enumerate(case.requests):
        (folder / f"request-{at}").write_bytes(request)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as place:
        (ended,) = ended_of([case], Path(place))
    found = "\n".join(f"FAULT {fault}" for fault in faults(case, ended)) or "no fault"
    return f"cd {folder}\n{told(case)}\nexit {ended.code}\n{ended.err[-3000:]}{found}"


def _warm(folder: Path) -> None:
    """Import and make once what every case would otherwise pay for."""
    from efssim.scenario.grammar import types  # noqa: F401  # the models of the scenario

    for name in _MODULES:
        importlib.import_module(name)
    work = folder / "warm"
    work.mkdir()
    (work / "s.yaml").write_text(bases.texts()[-2], encoding="utf-8")
    here = Path.cwd()
    os.chdir(work)
    try:
        for words in _WARM:
            _once(words)
    finally:
        os.chdir(here)
    apart.settle()


def _once(words: tuple[str, ...]) -> None:
    with apart.silent():
        jobs.command(Case("warm", 0, {}, words))

"""Run cases apart: in a fork of this process, each in a folder of its own, within limits.

Imports are paid once, in the process that forks, and a fork runs a batch of cases. The limits are
the kernel's, so that nothing that a case does can hold them up: time on the processor, time on the
clock, memory, the size of files. A case that ends its process is the last of its batch; another
fork takes the rest.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import json
import os
import resource
import shutil
import signal
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks.fuzz.case import Case, Ended

CPU_S = 5
"""Seconds on the processor after which a case hangs."""
CLOCK_S = 60
"""Seconds on the clock after which it does: it waits, or the machine is busy."""
MEMORY_BYTES = 2**30
"""Memory that a case may take, beyond what this process has mapped, or in all."""
_FILE_BYTES = 2**28
HUNG = (-signal.SIGXCPU, -signal.SIGALRM, -signal.SIGKILL)
"""Exit codes of cases that did not end."""
_STREAMS = ("stdin", "stdout", "stderr")

Job = Callable[[Case], int]
"""Runs a case in its working folder; returns its exit code."""


def run(cases: Sequence[Case], folder: Path, job: Job) -> Iterator[Ended]:
    """Run a job on each of the cases in new folders; yield how they ended."""
    places = [folder / str(at) for at in range(len(cases))]
    for case, place in zip(cases, places, strict=True):
        _prepare(case, place)
    at = 0
    while at < len(cases):
        pairs = list(zip(cases, places, strict=True))[at:]
        ended = _batch(pairs, job)
        yield from ended
        at += len(ended)


def _prepare(case: Case, place: Path) -> None:
    shutil.rmtree(place, ignore_errors=True)
    (place / "work").mkdir(parents=True)
    lay_out(case, place / "work")
    (place / "stdin").write_bytes(case.stdin)


def lay_out(case: Case, work: Path) -> None:
    """Write the files of a case into a folder."""
    for name, content in case.files.items():
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_bytes(content)


def _batch(pairs: list[tuple[Case, Path]], job: Job) -> list[Ended]:
    """Run cases in a fork until one ends it; return how those ended that were run."""
    sys.stdout.flush()
    reading, writing = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reading)
        _run_all(pairs, job, writing)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="ascii") as told:
        facts = [json.loads(line) for line in told]
    _, status, used = os.wait4(process, 0)
    found = [_ended(*pair, *fact) for pair, fact in zip(pairs, facts, strict=False)]
    if len(found) < len(pairs):
        code, cpu_s = os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime
        cpu_s -= sum(fact[1] for fact in facts)
        found.append(_ended(*pairs[len(found)], code or 71, cpu_s, used.ru_maxrss * 1024))
    return found


def _ended(case: Case, place: Path, code: int, cpu_s: float, peak_bytes: int) -> Ended:
    """Return how a case ended, from what it left in its place."""
    out, err = ((place / name).read_text("utf-8", "replace") for name in _STREAMS[1:])
    return Ended(code, out, err, cpu_s, peak_bytes, tuple(_changed(case, place / "work")))


def _changed(case: Case, work: Path) -> Iterator[str]:
    """Yield the names of files that are not those of the case."""
    found = {p.relative_to(work).as_posix(): p for p in sorted(work.rglob("*")) if not p.is_dir()}
    for name in sorted({*found, *case.files}):
        is_same = name in found and found[name].is_file() and name in case.files
        if not is_same or found[name].read_bytes() != case.files[name]:
            yield name


def _run_all(pairs: list[tuple[Case, Path]], job: Job, told: int) -> None:
    """Run cases in this process, and tell of each: exit code, seconds, peak of memory in bytes."""
    for case, place in pairs:
        begin_s = _used_s()
        with contextlib.suppress(OSError):  # kernels without it tell the peak of the batch
            Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        code = _run_one(case, place, job)
        line = json.dumps([code, _used_s() - begin_s, _peak_bytes()]) + "\n"
        os.write(told, line.encode())


def _run_one(case: Case, place: Path, job: Job) -> int:
    os.chdir(place / "work")
    _open_streams(place)
    _limit()
    code = 70
    try:
        code = job(case)
    except BaseException:
        traceback.print_exc()
    signal.alarm(0)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(ValueError, OSError, AttributeError):
            stream.flush()
    return code


def _open_streams(place: Path) -> None:
    """Put files in the place of the standard streams, of Python's too."""
    for number, name in enumerate(_STREAMS):
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND if number else os.O_RDONLY
        opened = os.open(place / name, flags)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin, sys.stdout, sys.stderr = (
        open(number, mode, encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115  # descriptors, open to the end of the process
        for number, mode in ((0, "r"), (1, "w"), (2, "w"))
    )


def _limit() -> None:
    """Limit time, memory and files of this case; at the limit of time it says where it is."""
    for number in (signal.SIGXCPU, signal.SIGALRM):
        faulthandler.register(number, file=2, all_threads=False, chain=True)
    resource.setrlimit(resource.RLIMIT_CPU, (int(_used_s()) + CPU_S + 1, resource.RLIM_INFINITY))
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (_mapped_bytes() + MEMORY_BYTES, hard))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE_BYTES, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.alarm(CLOCK_S)


def _used_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _mapped_bytes() -> int:
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[0]
    return int(pages) * resource.getpagesize()


def _peak_bytes() -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


@contextlib.contextmanager
def silent() -> Iterator[None]:
    """Drop what is printed on both descriptors."""
    kept = [os.dup(1), os.dup(2)]
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        for number in (1, 2):
            os.dup2(nowhere, number)
        yield
    finally:
        for number, descriptor in zip((1, 2), kept, strict=True):
            os.dup2(descriptor, number)
            os.close(descriptor)
        os.close(nowhere)


def settle() -> None:
    """Keep what is in memory out of collections of garbage, so that forks share it."""
    gc.collect()
    gc.freeze()

"""Results on disk that were damaged: no command may take them for what was written."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benchmarks.fuzz import texts
from benchmarks.fuzz.case import Case, Random, chance, pick
from benchmarks.fuzz.kinds import bases

_FOUR = ("run", "s.yaml", "-q", "-n", "4", "-w", "1")
_VARY = ("--vary", "replications.dr.sync.interval=20s,30s")
_SWEEP = ("sweep", "s.yaml", "-q", "-n", "2", "-w", "1", *_VARY)


@dataclass(frozen=True, slots=True)
class Use:
    """A command that reads what others wrote, and what it prints where nothing was damaged."""

    makers: tuple[tuple[str, ...], ...]
    command: tuple[str, ...]
    spoils: tuple[str, ...]
    """Names of the files that may be damaged, with `*`."""


USES = (
    Use(((*_FOUR, "--resume", "r"),), (*_FOUR, "--resume", "r"), ("r/*",)),
    Use(((*_SWEEP, "--resume", "r"),), (*_SWEEP, "--resume", "r"), ("r/*",)),
    Use(
        ((*_FOUR, "--part", "1/2", "-o", "p1"), (*_FOUR, "--part", "2/2", "-o", "p2")),
        ("merge", "p1", "p2", "-q"),
        ("p1/*", "p2/*"),
    ),
    Use(((*_FOUR, "--part", "1/2", "-o", "p1"),), (*_FOUR, "--part", "1/2", "-o", "p1"), ("p1/*",)),
    Use(((*_FOUR, "--store", "t"),), ("results", "t"), ("t/*",)),
    Use(((*_FOUR, "--store", "t"),), (*_FOUR, "--store", "t"), ("t/*",)),
    Use(
        ((*_FOUR, "-o", "b"),),
        (*_FOUR, "--baseline", "b", "--check"),
        ("b/manifest.json", "b/summary.json", "b/trials.csv"),
    ),
    Use(
        (("run", "s.yaml", "-q", "-o", "b"),),
        ("run", "s.yaml", "-q", "--baseline", "b", "--format", "json"),
        ("b/manifest.json", "b/summary.json", "b/syncs.csv"),
    ),
)


@dataclass(frozen=True, slots=True)
class Made:
    """Files that were written, and what the command that reads them prints."""

    files: Mapping[str, bytes]
    spoilt: tuple[str, ...]
    printed: str
    """On standard output; empty where it is not known to be the same."""


@cache
def made(ordinal: int) -> Made:
    """Return the files of one of the uses, undamaged, and what is printed of them."""
    use = USES[ordinal]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "s.yaml").write_text(bases.TINY, encoding="utf-8")
        for words in use.makers:
            _efssim(folder, words)
        found = {
            file.relative_to(folder).as_posix(): file.read_bytes()
            for file in sorted(Path(folder).rglob("*"))
            if file.is_file() and file.suffix not in (".svg", ".html", ".md")
        }
        names = [file for glob in use.spoils for file in sorted(Path(folder).glob(glob))]
        spoilt = [file.relative_to(folder).as_posix() for file in names if file.is_file()]
        return Made(
            found, tuple(name for name in spoilt if name in found), _efssim(folder, use.command)
        )


def _efssim(folder: str, words: tuple[str, ...]) -> str:
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "efssim", *words]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def make(random: Random, number: int) -> Case:
    """Return a case with a folder of results in which a file is not as it was."""
    ordinal = int(random.integers(len(USES)))
    found, use = made(ordinal), USES[ordinal]
    name = pick(random, found.spoilt)
    files = {**found.files}
    way = pick(random, ("bytes", "bytes", "digit", "digit", "line", "gone", "other"))
    if way == "gone":
        del files[name]
    elif way == "other":
        files[name] = pick(random, (*found.files.values(), b"", b"{}", b"[]\n", b"null"))
    elif way == "digit":
        files[name] = _digit(random, files[name])
    elif way == "line":
        files[name] = _line(random, files[name])
    else:
        files[name] = texts.changed(random, files[name])
    honest = (found.printed,) if use.command[0] != "results" and found.printed else ()
    return Case("stored", number, files, use.command, honest=honest)


def _digit(random: Random, content: bytes) -> bytes:
    """Change one digit: what is left can be read, and says something else."""
    digits = [at for at, byte in enumerate(content) if 48 <= byte < 58]
    if not digits:
        return content[1:]
    at = pick(random, digits)
    return (
        content[:at]
        + b"%d" % ((content[at] - 48 + pick(random, (1, 5, 9))) % 10)
        + content[at + 1 :]
    )


def _line(random: Random, content: bytes) -> bytes:
    lines = content.splitlines(keepends=True)
    at = int(random.integers(len(lines)))
    with contextlib.suppress(IndexError):
        if chance(random, 0.5):
            del lines[at]
        else:
            lines[at] = pick(random, lines)
    return b"".join(lines)

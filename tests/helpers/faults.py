"""Commands in a process of their own, to which something happens at a known file operation."""

from __future__ import annotations

import builtins
import errno
import io
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from efssim import cli

FAILS, FULL, KILLED = "fails", "full", "killed"


@dataclass(frozen=True)
class Fault:
    """The fault of one process: at the file operation of a number, counted from 1.

    It fails, or it and all that need room do from then on, or the process is killed in it.
    """

    kind: str
    at: int


class FaultyFile(io.FileIO):
    """A file of which a write may stop half way."""

    def __init__(self, count: Callable[..., bool], path: Any, mode: str, *more: Any) -> None:
        self._count = count
        super().__init__(path, mode, *more)

    def write(self, data: Any, /) -> int:
        half = memoryview(data).nbytes // 2
        if self._count("write", self.name, lambda: super(FaultyFile, self).write(data[:half])):
            raise AssertionError("a fault raises")
        return super().write(data)


class Faults:
    """The file operations of this process below a folder, and the fault that one of them has."""

    def __init__(self, folder: Path, fault: Fault | None, log: int) -> None:
        self._folder, self._fault, self._log = f"{folder.resolve()}{os.sep}", fault, log
        self._done = 0

    def _is_inside(self, path: object) -> bool:
        if not isinstance(path, str | os.PathLike):
            return False
        return f"{Path.cwd() / path}".startswith(self._folder)

    def count(self, name: str, path: object, half: Callable[[], object] = lambda: None) -> bool:
        """Count an operation that is to begin; its fault happens here."""
        if not self._is_inside(path):
            return False
        self._done += 1
        os.write(self._log, f"{name} {path}\n".encode())
        if self._fault is None:
            return False
        here = self._done == self._fault.at
        if here and self._fault.kind == KILLED:
            half()
            os.kill(os.getpid(), signal.SIGKILL)
        takes_room = name in ("write", "mkdir", "open", "link")
        is_full = self._fault.kind == FULL and self._done >= self._fault.at and takes_room
        if is_full or (here and self._fault.kind == FAILS):
            half()
            if name == "write":  # Python names no file
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), path)
        return False

    def install(self) -> None:
        """Replace the operations by counted ones, for the rest of this process."""
        for name in ("rename", "replace", "link", "mkdir", "rmdir", "unlink"):
            setattr(os, name, self._counted(name, getattr(os, name)))
        opened = io.open

        def counted_open(
            file: Any,
            mode: str = "r",
            buffering: int = -1,
            encoding: str | None = None,
            errors: str | None = None,
            newline: str | None = None,
            closefd: bool = True,
            opener: Any = None,
        ) -> Any:
            if not set(mode) & set("wax+") or not self._is_inside(file):
                return opened(file, mode, buffering, encoding, errors, newline, closefd, opener)
            self.count("reopen" if "r" in mode else "open", file)  # the first takes no room
            raw = FaultyFile(self.count, file, mode.replace("b", ""), closefd, opener)
            if buffering == 0:
                return raw
            buffer = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
            if "b" in mode:
                return buffer
            text = io.TextIOWrapper(buffer, encoding, errors, newline)
            text.mode = mode  # type: ignore[misc]  # as open() does
            return text

        io.open = builtins.open = counted_open

    def _counted(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def counted(path: Any, *more: Any, **named: Any) -> Any:
            self.count(name, path)
            return real(path, *more, **named)

        return counted


def forked(run: Callable[[], object]) -> int:
    """Run a function in a fork of this process, which has all modules; return the fork's id."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of threads, which the fork has not
        child = os.fork()
    if child:
        return child
    code = 70
    try:  # from here on in the fork, which must not come back into the test
        try:
            run()
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
    finally:
        os._exit(code)


def begun(*words: object, fault: Fault | None = None, named: str = "") -> int:
    """Begin a command in a fork; it prints into NAMED.out, NAMED.err, NAMED.log beside the folder.

    The log has the file operations below the present folder.
    """

    def run() -> None:
        beside = _beside(named or "said")
        log = os.open(f"{beside}.log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        # Not closed: Python's own standard streams in this fork, up to its end.
        out = Path(f"{beside}.out").open("w", encoding="utf-8")  # noqa: SIM115
        err = Path(f"{beside}.err").open("w", encoding="utf-8")  # noqa: SIM115
        sys.stdout, sys.stderr, sys.argv = out, err, ["efssim", *map(str, words)]
        try:
            Faults(Path.cwd(), fault, log).install()
            cli.main()
        finally:
            out.flush()
            err.flush()

    return forked(run)


def ended(child: int) -> int:
    """Wait for a fork; return its exit code, negative for a signal."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed(child: int, after_s: float) -> bool:
    """Kill a fork after so many seconds, unless it ends before; return whether it was killed."""
    until_s = time.perf_counter() + after_s
    while time.perf_counter() < until_s:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            assert os.waitstatus_to_exitcode(status) == 0
            return False
        threading.Event().wait(0.002)
    os.kill(child, signal.SIGKILL)
    return ended(child) == -signal.SIGKILL


@dataclass(frozen=True)
class Said:
    """How a forked command ended, and its words."""

    code: int
    out: str
    err: str
    operations: list[str]


def done(*words: object, fault: Fault | None = None) -> Said:
    """Run a command in a fork to its end."""
    code = ended(begun(*words, fault=fault))
    log = Path(f"{_beside()}.log").read_text(encoding="utf-8")
    return Said(code, *said(), log.splitlines())


def said() -> tuple[str, str]:
    """Return what the last command printed here, and what it said on standard error."""
    texts = [Path(f"{_beside()}.{kind}").read_text(encoding="utf-8") for kind in ("out", "err")]
    return texts[0], texts[1]


def _beside(named: str = "said") -> Path:
    return Path.cwd().with_name(f"{Path.cwd().name}-{named}")


def leftovers(folder: str = ".") -> list[str]:
    """Return the hidden files and folders below a folder."""
    return sorted(str(path) for path in Path(folder).rglob(".*"))

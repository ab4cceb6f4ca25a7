"""Executors of trials: this process, a pool of processes, or one that a user brings."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from errno import EAGAIN
from multiprocessing import current_process
from types import TracebackType
from typing import Any

from efssim.errors import StateError
from efssim.study.run.interrupts import ctrl_c_put_off
from efssim.study.run.processes.pool import (
    end_if_begun_by_a_study,
    end_processes,
    has_dead,
    pool_of_processes,
    shut_down,
    without_script_of_stdin,
)
from efssim.table import Table

_UNKNOWN = 64
"""Workers that an executor is taken to have which does not tell."""
_NOT_STARTED = "the processes of workers cannot be started"
_DAEMONIC = "a daemonic process, as one of multiprocessing.Pool, may start no workers"
_ALONE = "with 1 worker all runs in one process"


class SerialExecutor(Executor):
    """An executor that runs each call at once, in this process."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Run a call and return its future, with its exception; KeyboardInterrupt is raised."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


@dataclass(frozen=True)
class ExecutorKind:
    """An entry of the table of executors."""

    name: str
    """As `executor=` takes it."""
    make: Callable[[int], Executor]
    """Returns an executor with so many workers; it is shut down when the study ends."""
    is_here: bool = False
    """Whether calls run in this process, one after the other."""


_MOST = 10_000
"""Processes at most: more than any machine runs, and below what an int of C counts (chosen)."""


class Workers:
    """The executor of a study; one of its own it replaces when a worker dies."""

    def __init__(self, executor: Executor | str | None = None, workers: int | None = None) -> None:
        """Use `executor`, one of its own by its name, or else `workers` processes.

        They are one per CPU by default, but 1 in a daemonic process, which may start none; 1 means
        this process. Raise UnknownNameError for a name that no executor has, and StateError for
        several in a daemonic process.
        """
        self._given = executor if isinstance(executor, Executor) else None
        known = _cpus() if self._given is None else _workers_of(self._given)
        self.count = min(workers or known, _MOST)
        self._kind = EXECUTORS[executor] if isinstance(executor, str) else _usual(self.count)
        if self._given is None and self._kind.is_here:
            self.count = 1
        self._own: Executor | None = None
        if self.start_processes:
            end_if_begun_by_a_study()
            if current_process().daemon:
                raise StateError(f"{_DAEMONIC}; {_ALONE}")

    @property
    def start_processes(self) -> bool:
        """Return whether they are processes of a pool of ours."""
        return self._given is None and self._kind is EXECUTORS["processes"]

    @property
    def are_here(self) -> bool:
        """Whether calls run in this process, one after the other."""
        return self._given is None and self._kind.is_here

    def submit(self, fn: Callable[..., Any], *args: Any) -> Future[Any]:
        """Submit a call; raise BrokenExecutor if a given executor cannot take it.

        Raise StateError where workers die since they load a script that begins workers.
        """
        if self._given is not None:
            return self._given.submit(fn, *args)
        with suppress(BrokenExecutor):
            return self._submitted(fn, *args)
        self._close_broken()
        return self._submitted(fn, *args)

    def _close_broken(self) -> None:
        """Shut down an own executor whose workers died; raise StateError as `submit` does."""
        own, self._own = self._own, None
        if own is not None:
            shut_down(own)

    def _pool(self) -> Executor:
        if self._own is None:
            self._own = self._kind.make(self.count)
        return self._own

    def _submitted(self, fn: Callable[..., Any], *args: Any) -> Future[Any]:
        """Submit to an own executor; raise OSError with a sentence if its workers cannot start."""
        try:
            with without_script_of_stdin():
                return self._pool().submit(fn, *args)
        except BrokenExecutor:
            raise
        except (OSError, EOFError, ImportError, NotImplementedError, RuntimeError) as error:
            # Files, semaphores or threads that the machine does not give.
            own, self._own = self._own, None
            if own is not None:
                end_processes(own)
                own.shutdown(wait=False, cancel_futures=True)
            reason = str(error) or "what starts them was killed"  # click takes EOFError for Ctrl-C
            raise OSError(EAGAIN, f"{_NOT_STARTED}: {reason}; {_ALONE}") from None

    def __enter__(self) -> Workers:
        """Return the workers; leaving the context closes them."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close(at_once=kind is not None)  # nobody waits for what runs after an exception

    def close(self, *, at_once: bool = False) -> None:
        """Shut down an own executor; `at_once` ends the processes of calls that are running.

        Of another executor than a pool of processes it leaves them to their end.
        """
        with ctrl_c_put_off() if at_once else nullcontext():
            own, self._own = self._own, None
            if at_once and own is not None:
                end_processes(own)
        if own is not None:
            own.shutdown(wait=not at_once, cancel_futures=True)

    def has_dead(self) -> bool:
        """Return whether a process of an own executor has ended, which it should not."""
        return has_dead(self._own)


def _cpus() -> int:
    """Return the CPUs that this process may use: 1 where it may start no others."""
    if current_process().daemon:
        return 1
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _workers_of(executor: Executor) -> int:
    # There is no public way to ask; the pools of the standard library have this one.
    return getattr(executor, "_max_workers", None) or _UNKNOWN


EXECUTORS: Table[ExecutorKind] = Table(
    "executor",
    (
        ExecutorKind("serial", lambda _: SerialExecutor(), is_here=True),
        ExecutorKind("processes", pool_of_processes),
    ),
)


def _usual(workers: int) -> ExecutorKind:
    """Return the default executor of a number of calls at once."""
    return EXECUTORS["serial" if workers == 1 else "processes"]

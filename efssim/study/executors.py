"""Where trials run: here, in a pool of processes, or on whatever executor a user brings."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any


class SerialExecutor(Executor):
    """Runs each call at once, in this process."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Return a future that is done."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future


class Workers:
    """Runs calls on an executor; one of its own it replaces when a worker dies."""

    def __init__(self, executor: Executor | None = None, workers: int | None = None) -> None:
        """Use `executor`, or else `workers` processes (default: one per CPU), 1: this process."""
        self.count = workers or os.cpu_count() or 1
        self._given = executor
        self._own: Executor | None = None

    def submit(self, fn: Callable[..., Any], *args: Any) -> Future[Any]:
        """Submit a call; raise BrokenExecutor if a given executor cannot take it."""
        if self._given is not None:
            return self._given.submit(fn, *args)
        try:
            return self._pool().submit(fn, *args)
        except BrokenExecutor:
            self.close()
            return self._pool().submit(fn, *args)

    def _pool(self) -> Executor:
        if self._own is None:
            self._own = SerialExecutor() if self.count == 1 else _processes(self.count)
        return self._own

    def close(self) -> None:
        """Give up what was started here; calls that have not begun never do."""
        if self._own is not None:
            self._own.shutdown(wait=False, cancel_futures=True)
            self._own = None


@contextmanager
def opened(executor: Executor | None, workers: int | None) -> Iterator[Workers]:
    """Open workers for as long as they are needed."""
    made = Workers(executor, workers)
    try:
        yield made
    finally:
        made.close()


def _processes(workers: int) -> Executor:
    # Not fork, which copies whatever threads of the caller hold locked.
    start = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(start)
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_leave_interrupts)


def _leave_interrupts() -> None:
    """Ctrl-C reaches all processes of a terminal; the parent decides what comes of it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

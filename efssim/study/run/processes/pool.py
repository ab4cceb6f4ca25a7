"""A pool of processes whose end, by whatever signal, leaves neither a process nor a file."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from multiprocessing.util import get_temp_dir
from pathlib import Path
from types import ModuleType
from typing import Any

from efssim.errors import StateError
from efssim.study.run.deadline import Deadline
from efssim.study.run.processes.forkserver_exit import FOLDER_VARIABLE, WORKERS_VARIABLE

_EXIT = "efssim.study.run.processes.forkserver_exit"
_TRIALS = "efssim.study.trial.outcome"
"""Module with the trials; loaded once, as each process that is forked then has it."""
_BEGAN_A_STUDY = 120
"""Exit code of a worker that would begin workers of its own (chosen: no usual one)."""
_TERMINATED_S = 1.0
"""Seconds in which terminated workers, and then the thread of their pool, end (chosen: 100 times
what they take)."""
_UNBLOCKED_S = 10.0
"""Seconds at most to read the rest of a result that nobody writes: some GiB (chosen)."""
_FILLING = bytes(1 << 16)
_UNGUARDED = (
    "each worker loads the script that begins it, and would run it once more: put what it runs "
    """under 'if __name__ == "__main__":', or give workers=1"""
)


def pool_of_processes(workers: int) -> ProcessPoolExecutor:
    """Return a pool of so many processes, which end with this one."""
    # Not fork, which copies locks that threads of the caller hold.
    start = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    if start == "forkserver":
        _begin_forkserver()
    context = multiprocessing.get_context(start)
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_begin_worker)


def end_if_begun_by_a_study() -> None:
    """End this process if it is a worker that only loads the script of its parent.

    For whoever begins workers: such a script would begin them again in each worker.
    """
    # There is no public way to ask; multiprocessing refuses to start processes by this.
    is_loading = getattr(multiprocessing.current_process(), "_inheriting", False)
    if is_loading and WORKERS_VARIABLE in os.environ:
        os._exit(_BEGAN_A_STUDY)  # quietly: its parent says so


def shut_down(own: Executor) -> None:
    """Shut down a pool whose workers have died, or another executor.

    Raise StateError if they died because each began the script, and so the study, once more.
    """
    processes = list(own._processes.values()) if isinstance(own, ProcessPoolExecutor) else []
    own.shutdown(wait=True, cancel_futures=True)
    if any(process.exitcode == _BEGAN_A_STUDY for process in processes):
        raise StateError(_UNGUARDED)


def end_processes(own: Executor) -> None:
    """Shut a pool down and end its processes, with what they run; of other executors none.

    Return once they have ended, or after some seconds.
    """
    if not isinstance(own, ProcessPoolExecutor):
        return
    # There is no public way before terminate_workers() of Python 3.14, which does the first half.
    parts = dict(vars(own))
    processes, thread = list(own._processes.values()), parts["_executor_manager_thread"]
    # First, so that the thread of the pool cancels what waits: that of Python 3.11 ends in a
    # traceback where a worker has died and somebody else has cancelled a call.
    own.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()
    if not _end_by_then(processes, Deadline(_TERMINATED_S)):
        for process in processes:
            process.kill()
    if thread is not None and thread.ident is not None:  # without an ident it did not begin
        _unblock(thread, parts["_result_queue"])


def _end_by_then(processes: Sequence[BaseProcess], deadline: Deadline) -> bool:
    """Wait for the end of processes; return whether all have ended."""
    left = [process.sentinel for process in processes]
    while left and deadline.left_s:
        ended = wait(left, deadline.left_s)
        left = [each for each in left if each not in ended]
    return not left


def _unblock(thread: threading.Thread, results: Any) -> None:
    """Wait for the thread of a pool whose processes have ended, perhaps within a result.

    The thread waits for the rest of that one. Closing our end of the pipe would not do: a process
    that the user has forked may have another one.
    """
    thread.join(_TERMINATED_S)
    deadline, pipe = Deadline(_UNBLOCKED_S), results._writer
    while thread.is_alive() and deadline.left_s:
        if not _is_filled(pipe):
            thread.join(0.01)
    if not thread.is_alive():
        results.close()


def has_dead(own: Executor | None) -> bool:
    """Return whether a process of a pool has ended, which none does while the pool is in use."""
    if not isinstance(own, ProcessPoolExecutor):
        return False
    return bool(wait([process.sentinel for process in list(own._processes.values())], timeout=0))


def _begin_forkserver() -> None:
    """Start the process that makes workers, deaf to Ctrl-C: so are they from their first instant.

    Ctrl-C reaches all processes of a terminal, and would end a worker that is only starting.
    """
    from multiprocessing import forkserver, resource_tracker

    resource_tracker.ensure_running()  # which clears the mask of signals
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        with _loaded_by(forkserver):
            forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _is_filled(pipe: Any) -> bool:
    """Write some bytes into a pipe if it has room for them; return whether it had."""
    if os.name != "posix":
        return False  # a message is written as a whole there
    os.set_blocking(pipe.fileno(), False)
    try:
        return os.write(pipe.fileno(), _FILLING) > 0
    except BlockingIOError:
        return False


@contextmanager
def _loaded_by(forkserver: ModuleType) -> Iterator[None]:
    """Let a forkserver that starts load what its end needs and what workers run."""
    # There is no public way to ask what a program wants loaded; this is what it is by itself.
    wanted = getattr(forkserver._forkserver, "_preload_modules", ["__main__"])
    # A library of macOS may not be used in a process that is forked from one that has loaded it.
    trials = [_TRIALS] if sys.platform == "linux" else []
    # Not the script, which Python 3.14 would load here: one that begins workers once more ends
    # the process that loads it, and that has to be a worker.
    loaded = [name for name in wanted if name != "__main__"]
    forkserver.set_forkserver_preload([*loaded, _EXIT, *trials])
    told = {WORKERS_VARIABLE: "1"}
    if not _has_folder_of_parent():
        told[FOLDER_VARIABLE] = get_temp_dir()
    os.environ.update(told)
    try:
        yield
    finally:
        for name in told:
            os.environ.pop(name, None)  # two threads may begin pools at once
        forkserver.set_forkserver_preload(wanted)


def _has_folder_of_parent() -> bool:
    """Return whether the folder of this process is that of its parent, who needs it longer."""
    # There is no public way to ask; a child gets this with all that its parent passes on.
    has_one = vars(multiprocessing.current_process())["_config"].get("tempdir") is not None
    return has_one and multiprocessing.parent_process() is not None


def _forget_forkserver() -> None:
    """Leave to a parent what is its own, in a process that was forked from it.

    Neither may this process ask the parent's forkserver for workers, nor remove its folder.
    """
    if found := sys.modules.get("multiprocessing.forkserver"):
        found._forkserver.__init__()
    vars(multiprocessing.current_process())["_config"].pop("tempdir", None)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_forkserver)


@contextmanager
def without_script_of_stdin() -> Iterator[None]:
    """Let workers start that would load a script from a file which is none, as `<stdin>` is."""
    main = sys.modules["__main__"]
    path = getattr(main, "__file__", None)
    if path is None or getattr(main, "__spec__", None) is not None or Path(path).exists():
        yield
        return
    del main.__file__
    try:
        yield
    finally:
        main.__file__ = path


def _begin_worker() -> None:
    # Ctrl-C reaches all processes of a terminal; the parent decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process once its parent has ended; a pool alone leaves it waiting for ever."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)

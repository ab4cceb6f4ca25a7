"""A pool of processes whose end, by whatever signal, leaves neither a process nor a file."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import wait
from multiprocessing.util import get_temp_dir
from pathlib import Path
from types import ModuleType

from efssim.errors import StateError
from efssim.study.run.processes.forkserver_exit import FOLDER_VARIABLE, WORKERS_VARIABLE

_EXIT = "efssim.study.run.processes.forkserver_exit"
_TRIALS = "efssim.study.trial.outcome"
"""Module with the trials; loaded once, as each process that is forked then has it."""
_BEGAN_A_STUDY = 120
"""Exit code of a worker that would begin workers of its own (chosen: no usual one)."""
_JOIN_S = 1.0
"""Seconds in which a pool ends whose workers have written whole results (chosen: 100 times it)."""
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

    Return once they have ended.
    """
    if not isinstance(own, ProcessPoolExecutor):
        return
    # There is no public way before terminate_workers() of Python 3.14, which does this but for the
    # pipe; without it the exit would wait for a trial.
    parts = dict(vars(own))
    processes, thread = list(own._processes.values()), parts["_executor_manager_thread"]
    # First, so that the thread of the pool cancels what waits: that of Python 3.11 ends in a
    # traceback where a worker has died and somebody else has cancelled a call.
    own.shutdown(wait=False, cancel_futures=True)
    for process in processes:
        process.terminate()
    if thread is not None:
        thread.join(_JOIN_S)
        # A worker may have ended within a result: else the thread would wait for the rest of it.
        parts["_result_queue"]._writer.close()
        thread.join()
    parts["_result_queue"].close()


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

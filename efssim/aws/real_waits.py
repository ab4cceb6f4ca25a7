"""Modules that wait for real events: for them time is real, also inside `patched`.

A wait of `subprocess` for a process, or of `queue` for another thread, ends when something real
has happened, which takes no simulated time. So the module that asks for the time decides which
time it gets, as with the ignore list of freezegun.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import FrameType

REAL_TIME_MODULES = (
    "_pyrepl",
    "asyncio",
    "concurrent",
    "ftplib",
    "imaplib",
    "multiprocessing",
    "nntplib",
    "poplib",
    "pty",
    "queue",
    "select",
    "selectors",
    "signal",
    "smtplib",
    "socket",
    "socketserver",
    "ssl",
    "subprocess",
    "telnetlib",
    "threading",
    "paramiko",
    "urllib3",
)
"""Modules, and packages with all that is in them, for which `time` is real; the last two are
installed packages. asyncio is simulated for a script by its event loop instead."""

_PASS_ON = {
    "asyncio.events": ("Handle._run",),
    "concurrent.futures.process": ("_process_chunk", "_process_worker"),
    "concurrent.futures.thread": ("WorkerContext.run", "_WorkItem.run"),
    "multiprocessing.pool": ("mapstar", "starmapstar", "worker"),
    "multiprocessing.process": ("BaseProcess.run",),
    "threading": ("Thread.run", "Timer.run"),
}
"""Functions of these modules that call functions of a script, as `pool.submit(time.sleep, 5)`."""


class RealWaits:
    """Decision by the caller whether a look at the clock, or a sleep, is in real time."""

    def __init__(self, more: Iterable[str] = ()) -> None:
        self._names = frozenset((*REAL_TIME_MODULES, *more))
        self._known: dict[str, bool] = {}

    def is_caller(self, frame: FrameType) -> bool:
        """Return whether a frame's code is in one of the modules, and calls on its own behalf."""
        name = frame.f_globals.get("__name__", "")
        if name not in self._known:
            parts = name.split(".")
            packages = (".".join(parts[:count]) for count in range(1, len(parts) + 1))
            self._known[name] = any(package in self._names for package in packages)
        return self._known[name] and frame.f_code.co_qualname not in _PASS_ON.get(name, ())

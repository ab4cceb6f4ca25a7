"""Locks of files: they end with the process that holds them, however it ends."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import IO


def lock(file: IO[bytes], *, wait: bool = False) -> bool | None:
    """Lock a file until it is closed; return whether that succeeded, False: somebody else has it.

    None where there are no locks: on Windows, and on file systems without them. With `wait`, wait
    until nobody else has it.
    """
    if find_spec("fcntl") is None:
        return None
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def is_at(file: IO[bytes], path: Path) -> bool:
    """Return whether an open file still stands at a path."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except OSError:
        return False

"""Memory that the machine has: a run that takes more of it is ended by us, with a sentence.

Linux gives memory that it does not have, and kills a process once it uses it.
"""

from __future__ import annotations

import os
from pathlib import Path

_ALWAYS_BYTES = 2**30
"""Memory that is taken without a look at the machine (chosen: the smallest machines have it)."""
_SHARE = 0.6
"""Of the memory, for the pending writes of a stream; the rest is for the copies that a report of
them takes (chosen)."""
_LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")
"""Files with the limit of a container, of version 2 and 1 of control groups."""


def check_memory(need_bytes: int, what: str) -> None:
    """Raise MemoryError with a sentence about `what` if the machine has too little memory."""
    if need_bytes <= _ALWAYS_BYTES:
        return
    has_bytes = machine_bytes()
    if has_bytes is not None and need_bytes > _SHARE * has_bytes:
        raise MemoryError(f"{what} would take {need_bytes / 2**30:.1f} GiB")


def machine_bytes() -> int | None:
    """Return the memory of the machine, or of the container if that is less; None if unknown."""
    found = [_physical_bytes(), *(_limit_bytes(Path(file)) for file in _LIMITS)]
    return min((limit for limit in found if limit is not None), default=None)


def _physical_bytes() -> int | None:
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):  # not of this system
        return None


def _limit_bytes(file: Path) -> int | None:
    try:
        text = file.read_text(encoding="ascii").strip()
    except OSError:
        return None
    return int(text) if text.isdecimal() else None  # `max`: no limit

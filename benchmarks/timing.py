"""The stopwatch, and how commands are run under it."""

from __future__ import annotations

import os
import resource
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

Work = Callable[[], object]
Clock = Callable[[Work], float]

PROGRAM = str(Path(sys.executable).with_name("efssim"))

# Installed programs have their bytecode; without it, compiling efssim itself would be measured.
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}


def timed(work: Work) -> float:
    """Return the seconds that a call takes."""
    begin_s = perf_counter()
    work()
    return perf_counter() - begin_s


def cpu_of_commands(work: Work) -> float:
    """Return the seconds of user CPU of the processes that a call starts and waits for."""
    begin_s = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    work()
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - begin_s

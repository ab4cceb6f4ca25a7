"""Unmodified scripts in simulated time: their clients, their sleeping, their looks at the clock."""

from __future__ import annotations

import asyncio
import copyreg
import datetime
import sched
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any
from unittest.mock import patch

from efssim.aws.clients.sessions import simulated_sessions
from efssim.aws.clock.event_loop import REAL_SLEEP, SimulatedLoops, simulated_event_loops
from efssim.aws.clock.functions import (
    REAL_CLASSES,
    REAL_TIME,
    SimulatedTime,
    is_simulated,
    timestamp_methods,
)
from efssim.aws.clock.replacing import StandIn, replaced
from efssim.aws.protocol.transport import Transport
from efssim.aws.real_waits import RealWaits
from efssim.aws.world import SimulatedWorld
from efssim.errors import StateError


@contextmanager
def patched(
    world: SimulatedWorld, *, also: Iterable[ModuleType] = (), real: Iterable[str] = ()
) -> Iterator[None]:
    """Let ordinary code inside a `with` block run against a simulation, in simulated time.

    Clients of boto3 and aiobotocore are answered by `world`, in the Region that they name; nothing
    of theirs reaches the network. `time.sleep` lets simulated time pass, as does an event loop of
    asyncio that has nothing to do; `time.time`, `time.monotonic`, `datetime.now`, `date.today` and
    their relatives read it. They are replaced in the modules `time` and `datetime`, and by name in
    modules that are not installed packages; `also` names more of those. Waits for something real
    (`efssim.aws.real_waits.REAL_TIME_MODULES`, and modules that `real` names) pass in real
    time.

    RuntimeError inside another `patched`, or where a process of a simulation runs. In the block,
    RuntimeError for a sleep or a call from another thread or process and for event loops that
    cannot be simulated, and ValueError for a sleep beyond the scenario's end.
    """
    if is_simulated(time.sleep):  # noqa: TID251  # looked at, not called
        raise StateError("efssim.aws.patched is in force already: it cannot be nested")
    if world.env.busy:
        raise StateError(
            "efssim.aws.patched cannot be entered inside a process of the simulation: "
            "time passes there by yield world.env.timeout(seconds)"
        )
    # Its compiled parts take over the classes of `datetime` as they are at its first import.
    import pandas as pd  # late: half a second

    clock = SimulatedTime(world, RealWaits(real))
    loops = SimulatedLoops(world, clock)
    with (
        simulated_sessions(Transport(world)),
        simulated_event_loops(loops),
        _simulated_time(clock, loops, also),
        patch.multiple(pd.Timestamp, **timestamp_methods(clock, pd.Timestamp)),
    ):
        yield


@contextmanager
def _simulated_time(
    clock: SimulatedTime, loops: SimulatedLoops, also: Iterable[ModuleType]
) -> Iterator[None]:
    functions, classes, sleep = clock.functions(), clock.classes(), {"sleep": loops.sleep()}
    real: dict[ModuleType, Mapping[str, StandIn]] = {
        time: REAL_TIME,
        datetime: REAL_CLASSES,
        asyncio: {"sleep": REAL_SLEEP},
    }
    made: dict[ModuleType, Mapping[str, StandIn]] = {
        time: functions,
        datetime: classes,
        asyncio: sleep,
    }
    # Its functions have those of `time` as their defaults.
    with replaced(real, made, [asyncio.tasks, sched, *also]), _pickling(classes):
        try:
            yield
        finally:
            clock.ended = True


@contextmanager
def _pickling(classes: dict[str, type]) -> Iterator[None]:
    """Let real instances be pickled although their classes cannot be found by name meanwhile."""
    before = copyreg.dispatch_table.copy()
    for name, real in REAL_CLASSES.items():
        copyreg.pickle(real, _reducing(classes[name]))
    try:
        yield
    finally:
        for real in REAL_CLASSES.values():
            copyreg.dispatch_table.pop(real)
        copyreg.dispatch_table.update(before)


def _reducing(made: type) -> Callable[[Any], tuple[type, Any]]:
    # Pickled is the name of the class, which is that of the real one.
    return lambda value: (made, value.__reduce_ex__(2)[1])

"""asyncio on the simulated clock: an event loop that has nothing to do lets simulated time pass.

Every event loop of asyncio's own that runs in the thread of a `patched` block reads simulated time.
Where the real one would sleep until its next timer, simulated time passes up to it. Real work that
the loop waits for (executors, processes, sockets) takes no simulated time: the clock stands still
until it is done, but no longer in real time than the next timer is away. So a timeout on something
real expires as it would, and simulated time is never ahead of real time while real work goes on.
"""

from __future__ import annotations

import asyncio
import threading
import time
from asyncio.base_events import BaseEventLoop
from asyncio.selector_events import BaseSelectorEventLoop
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from typing import Any, NoReturn
from unittest.mock import patch

from efssim.aws.clock.functions import SimulatedTime
from efssim.aws.world import SimulatedWorld
from efssim.errors import StateError

REAL_SLEEP = asyncio.sleep
_REAL_TIME = BaseEventLoop.time
_REAL_RUN_FOREVER = BaseEventLoop.run_forever
_REAL_RUN = asyncio.Runner.run


class RealWork:
    """Pending real work of event loops that no file descriptor shows."""

    def __init__(self) -> None:
        self._awaited: list[asyncio.Future[Any]] = []
        self._children: list[asyncio.SubprocessTransport] = []

    def is_pending(self) -> bool:
        """Return whether any of it is going on."""
        self._awaited = [future for future in self._awaited if not future.done()]
        self._children = [child for child in self._children if child.get_returncode() is None]
        return bool(self._awaited or self._children)

    def wrapping(self, real: Callable[..., Any]) -> Callable[..., Any]:
        """Return asyncio.wrap_future, which executors' futures go through, keeping them."""

        @wraps(real)
        def wrap_future(future: Any, *, loop: Any = None) -> Any:
            wrapped = real(future, loop=loop)
            self._awaited.append(wrapped)
            return wrapped

        return wrap_future

    def shutting_down(self, real: Callable[..., Any]) -> Callable[..., Any]:
        """Return a loop's shutdown_default_executor, during which it waits for threads."""

        @wraps(real)
        async def shutdown_default_executor(loop: Any, *arguments: Any, **named: Any) -> None:
            waiting = loop.create_future()
            self._awaited.append(waiting)
            try:
                await real(loop, *arguments, **named)
            finally:
                waiting.cancel()

        return shutdown_default_executor

    def making_child(self, real: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that makes the transport of a subprocess and keeps track of it."""

        @wraps(real)
        async def make(loop: Any, *arguments: Any, **named: Any) -> Any:
            child = await real(loop, *arguments, **named)
            self._children.append(child)
            return child

        return make


class IdleSelector:
    """The selector of a loop: as the real one, but simulated time passes where that would wait."""

    def __init__(self, real: Any, loop: Any, world: SimulatedWorld, work: RealWork) -> None:
        self._real, self._loop, self._world, self._work = real, loop, world, work
        self._timer: Any = None
        self._since_s = 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def select(self, timeout: float | None = None) -> Any:
        """Return the files that are ready; without any, let up to `timeout` seconds pass."""
        ready = self._real.select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if timeout is None:
            self._require_hope()
            return self._real.select(None)
        if self._is_real_work_pending():
            ready = self._real.select(max(0.0, timeout - self._waited_s()))
        if not ready:
            self._world.advance(timeout)
        return ready

    def _require_hope(self) -> None:
        """Raise StateError where nothing can ever wake the loop, and it would hang."""
        handlers = getattr(self._loop, "_signal_handlers", None)
        if not (self._is_real_work_pending() or handlers or threading.active_count() > 1):
            raise StateError(
                "the event loop waits for something that nothing brings about: no timer, no real "
                "work and no other thread is left"
            )

    def _is_real_work_pending(self) -> bool:
        # The loop's own wake-up pipe is no work.
        return len(self._real.get_map()) > self._loop._internal_fds or self._work.is_pending()

    def _waited_s(self) -> float:
        """Return for how long the timer that is next has been waited for in real time."""
        timer = self._loop._scheduled[0]
        if timer is not self._timer:
            self._timer, self._since_s = timer, time.perf_counter()
        return time.perf_counter() - self._since_s


class SimulatedLoops:
    """Stand-ins of event loops' methods and of asyncio.sleep, simulated in one thread."""

    def __init__(self, world: SimulatedWorld, clock: SimulatedTime) -> None:
        self._world, self._clock, self._work = world, clock, RealWork()
        self._outside = asyncio._get_running_loop()
        """The loop that runs already, which goes on in real time."""

    def methods(self) -> Iterator[tuple[Any, str, Any]]:
        """Yield owner, name and stand-in of everything that is replaced but asyncio.sleep."""
        selector_loop: Any = asyncio.SelectorEventLoop
        shutdown = BaseEventLoop.shutdown_default_executor
        make_child = selector_loop._make_subprocess_transport
        yield BaseEventLoop, "time", self._time()
        yield BaseEventLoop, "run_forever", self._run_forever()
        yield BaseEventLoop, "shutdown_default_executor", self._work.shutting_down(shutdown)
        yield selector_loop, "_make_subprocess_transport", self._work.making_child(make_child)
        for module in (asyncio, asyncio.futures):  # executors use the latter
            yield module, "wrap_future", self._work.wrapping(asyncio.wrap_future)
        yield asyncio.Runner, "run", self._run()
        for foreign in _foreign_loops(asyncio.AbstractEventLoop):
            yield foreign, "run_forever", self._run_foreign(foreign)

    def _time(self) -> Callable[[Any], float]:
        @wraps(_REAL_TIME)
        def time(loop: Any) -> float:
            if self._clock.at_home() and loop is not self._outside:
                return self._world.elapsed_s
            return _REAL_TIME(loop)

        return time

    def _run_forever(self) -> Callable[[Any], None]:
        @wraps(_REAL_RUN_FOREVER)
        def run_forever(loop: Any) -> None:
            if not self._clock.at_home():
                return _REAL_RUN_FOREVER(loop)
            if not isinstance(loop, BaseSelectorEventLoop):
                _refuse(loop)
            simulated: Any = loop
            real = simulated._selector
            simulated._selector = IdleSelector(real, loop, self._world, self._work)
            try:
                return _REAL_RUN_FOREVER(loop)
            finally:
                simulated._selector = real

        return run_forever

    def _run_foreign(self, foreign: Any) -> Callable[[Any], None]:
        real = foreign.run_forever

        @wraps(real)
        def run_forever(loop: Any) -> None:
            if self._clock.at_home():
                _refuse(loop)
            real(loop)

        return run_forever

    def _run(self) -> Callable[..., Any]:
        @wraps(_REAL_RUN)
        def run(runner: asyncio.Runner, main: Any, **named: Any) -> Any:
            # Loops of others are known by their classes, unless these were imported meanwhile.
            if self._clock.at_home() and not isinstance(runner.get_loop(), BaseEventLoop):
                main.close()
                _refuse(runner.get_loop())
            return _REAL_RUN(runner, main, **named)

        return run

    def sleep(self) -> Callable[..., Any]:
        """Return the stand-in of asyncio.sleep, which refuses where no simulated time can pass."""

        @wraps(REAL_SLEEP)
        async def sleep(delay: float, result: Any = None) -> Any:
            loop: Any = asyncio.get_running_loop()
            simulated = isinstance(getattr(loop, "_selector", None), IdleSelector)
            others = self._clock.ended or self._clock.is_bystander()
            if not (simulated or others or delay <= 0):
                raise StateError(
                    "asyncio.sleep in an event loop of real time: inside efssim.aws.patched "
                    "simulated time passes in the loops that are run inside it, by the thread that "
                    "entered it; so enter it around asyncio.run, not within"
                )
            return await REAL_SLEEP(delay, result)

        return sleep


def _foreign_loops(base: type) -> Iterator[type]:
    """Yield the classes of event loops, as uvloop's, that share no code with asyncio's own."""
    made: Any
    for made in base.__subclasses__():
        if not issubclass(made, BaseEventLoop):
            if made.__module__.partition(".")[0] != "asyncio":
                yield made
            yield from _foreign_loops(made)


def _refuse(loop: Any) -> NoReturn:
    kind = type(loop)
    raise StateError(
        f"the event loop {kind.__module__}.{kind.__qualname__} cannot run on the simulated clock: "
        "inside efssim.aws.patched, use asyncio.SelectorEventLoop, which asyncio.run has by "
        "default except on Windows"
    )


@contextmanager
def simulated_event_loops(loops: SimulatedLoops) -> Iterator[None]:
    """Run asyncio's event loops in the thread of a clock on that clock.

    RuntimeError for running a loop that is not one of asyncio's with a selector.
    """
    with ExitStack() as stack:
        for owner, name, stand_in in loops.methods():
            stack.enter_context(patch.object(owner, name, stand_in))
        yield

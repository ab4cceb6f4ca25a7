"""The simulated clock: SimPy's, with exact instants and an order within each of them."""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import IntEnum
from heapq import heappop, heappush
from typing import Any

import simpy
from simpy.events import EventPriority

from efssim.errors import ArgumentError, StateError


class Turn(IntEnum):
    """Order of events at one instant; SimPy's own events (urgent, normal) come before all."""

    WRITE = 1
    COMPLETION = 2
    DISTURBANCE_END = 3
    STATUS = 4
    """Something that takes its time has taken it: creating, pausing, deleting."""
    DISTURBANCE_BEGIN = 5
    CALL = 6
    DUE = 7
    """A sync is due and asks for a slot."""
    SLOT = 8
    CUT = 9
    DIVISION = 10
    """Shares of a link, once all its transfers of the instant have begun and ended."""


_DISTURBING = (Turn.DISTURBANCE_BEGIN, Turn.DISTURBANCE_END)


class Alarm(simpy.Event):
    """An event at an exact time, in its turn."""

    def __init__(self, clock: Clock, time_s: float, turn: Turn, value: Any = None) -> None:
        super().__init__(clock)
        self._ok, self._value = True, value
        clock.schedule(self, EventPriority(turn), delay_s(clock.now, time_s))


class Clock(simpy.Environment):
    """A SimPy environment that is always at an intended time, to the last bit."""

    def __init__(self) -> None:
        super().__init__()
        self.busy = False
        """Whether an event is being processed, so that code runs inside the simulation."""
        self.pauses = False
        """Whether processes pause the clock to be served together with those of other clocks."""
        self.paused: simpy.Event | None = None
        """Comes once it goes on; None while it runs."""
        self._disturbed_s: list[float] = []  # a heap: when disturbances will begin or end

    def step(self) -> None:
        """Process the next event; RuntimeError from inside another, where it would be too early."""
        self.require_idle()
        self.busy = True
        try:
            super().step()
        finally:
            self.busy = False

    def require_idle(self) -> None:
        """Raise RuntimeError while an event is being processed."""
        if self.busy:
            raise StateError(
                "time cannot pass inside a process or callback of the simulation: "
                "yield world.env.timeout(seconds) instead"
            )

    def timeout(self, delay: float = 0, value: Any = None) -> simpy.Event:  # type: ignore[override]  # a class there
        """Return an event after a delay, in the turn of calls.

        For processes that are added to a world: their looks and actions at an instant come after
        the instant's writes, syncs and disturbances, as with the calls among a scenario's events.
        """
        if not 0 <= delay < math.inf:
            raise ArgumentError(f"a delay has to be finite and not negative, not {delay}")
        return Alarm(self, self.now + delay, Turn.CALL, value)

    def at(self, time_s: float, turn: Turn) -> Alarm:
        """Return an event at a time that is not in the past."""
        if turn in _DISTURBING:
            heappush(self._disturbed_s, time_s)
        return Alarm(self, time_s, turn)

    def call_at(self, time_s: float, turn: Turn, action: Callable[[], None]) -> Alarm:
        """Run an action at a time that is not in the past; return the event that it hangs on."""
        alarm = self.at(time_s, turn)
        assert alarm.callbacks is not None
        alarm.callbacks.append(lambda _: action())
        return alarm

    @property
    def next_disturbance_s(self) -> float:
        """When a disturbance will begin or end next, as far as is known; infinity without one.

        It may reach nothing, and calls may disturb before it.
        """
        while self._disturbed_s and self._disturbed_s[0] <= self.now:
            heappop(self._disturbed_s)
        return self._disturbed_s[0] if self._disturbed_s else math.inf

    def pause(self) -> simpy.Event:
        """Pause, and return an event that comes before all others once `go_on` is called."""
        self.paused = self.never()
        return self.paused

    def go_on(self) -> None:
        """Go on after a pause."""
        event, self.paused = self.paused, None
        assert event is not None
        event._ok, event._value = True, None
        self.schedule(event, EventPriority(0))

    def never(self) -> simpy.Event:
        """Return an event that does not come by itself."""
        return simpy.Event(self)


def delay_s(now_s: float, time_s: float) -> float:
    """Return the delay that SimPy adds to `now_s` to arrive at exactly `time_s`.

    The difference of the two may miss it by a rounding error, and then two things of one instant
    would be two instants. A delay that hits exists, since it is no coarser than the sum.
    """
    assert now_s <= time_s < math.inf
    delay = time_s - now_s
    while now_s + delay < time_s:
        delay = math.nextafter(delay, math.inf)
    while now_s + delay > time_s:
        delay = math.nextafter(delay, 0.0)
    return delay

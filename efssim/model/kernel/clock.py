"""The simulated clock: SimPy's, with exact instants and an order within each of them.

Beside SimPy's events it has bells: calls at a time and in a turn, without an event. Where hundreds
of syncs depend on one another, bells cost a small part of the processes that would wait for events.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import IntEnum
from heapq import heappop, heappush
from itertools import count
from typing import Any

import simpy
from simpy.events import EventPriority

from efssim.errors import ArgumentError, StateError


class Turn(IntEnum):
    """Order of events at one instant; SimPy's own events (urgent, normal) come before all.

    docs/model.md has it as a table, with a reason for each line.
    """

    WRITE = 1
    COMPLETION = 2
    DISTURBANCE_END = 3
    STATUS = 4
    """Something that takes its time has taken it: creating, pausing, deleting."""
    DISTURBANCE_BEGIN = 5
    CALL = 6
    SAMPLE = 7
    """Sizes are sampled, for a metric or a bill: to look changes nothing."""
    DUE = 8
    """A sync is due and asks for a slot."""
    SLOT = 9
    CUT = 10
    DIVISION = 11
    """Shares of a link, once all its transfers of the instant have begun and ended."""


_Action = Callable[[float, int], None]
"""Of the time and the number of a bell."""
_Bell = tuple[float, Turn, int, _Action]
"""Time, turn, number and action."""

_DISTURBING = (Turn.DISTURBANCE_BEGIN, Turn.DISTURBANCE_END)


class Alarm(simpy.Event):
    """An event at an exact time, in its turn."""

    def __init__(self, clock: Clock, time_s: float, turn: Turn, value: Any = None) -> None:
        super().__init__(clock)
        self._ok, self._value = True, value
        clock.schedule_at(self, time_s, turn)


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
        self._bells: list[_Bell] = []  # a heap
        self._bell_numbers = count()

    def step(self) -> None:
        """Process the next event; RuntimeError from inside another, where it would be too early."""
        self.require_idle()
        self.busy = True
        try:
            if self._bells and self._bell_is_first():
                self._ring_next()
            else:
                super().step()
        finally:
            self.busy = False

    def step_until(self, time_s: float) -> None:
        """Process the next event; or, if a bell comes before it, all that do, up to a time."""
        self.require_idle()
        self.busy = True
        try:
            if self._bells and self._bell_is_first():
                self._ring_until(time_s)
            else:
                super().step()
        finally:
            self.busy = False

    def _ring_until(self, time_s: float) -> None:
        bells, queue = self._bells, self._queue
        while bells:
            at_s, turn, number, action = bells[0]
            if at_s > time_s:
                return
            if queue and queue[0][0] <= at_s:
                event_s, event_turn = queue[0][:2]
                if event_s < at_s or event_turn <= turn:
                    return
            heappop(bells)
            self._now = at_s
            action(at_s, number)

    def peek(self) -> float:
        """Return the time of the next event or bell; infinity without one."""
        next_s = super().peek()
        return min(next_s, self._bells[0][0]) if self._bells else next_s

    def schedule_at(self, event: simpy.Event, time_s: float, turn: Turn) -> None:
        """Let an event come at a time that is not in the past.

        Not by a delay, as SimPy does: added to the present it may miss the time by a rounding
        error, and then two things of one instant would be two instants.
        """
        assert self._now <= time_s < math.inf
        heappush(self._queue, (time_s, EventPriority(turn), next(self._eid), event))

    def ring_at(self, time_s: float, turn: Turn, action: _Action) -> int:
        """Run an action at a time that is not in the past, after the events of its turn.

        Return the number of the bell. The action is given the time and this number: nothing else
        tells it whether it is still wanted.
        """
        number = next(self._bell_numbers)
        heappush(self._bells, (time_s, turn, number, action))
        return number

    def is_over(self, now_s: float) -> bool:
        """Return whether nothing more is known to happen at this instant."""
        queue, bells = self._queue, self._bells
        return not (bells and bells[0][0] <= now_s) and not (queue and queue[0][0] <= now_s)

    def _bell_is_first(self) -> bool:
        """Return whether the next bell comes before all events."""
        if not self._queue:
            return True
        next_s, turn = self._queue[0][:2]
        bell_s, bell_turn = self._bells[0][:2]
        return bell_s < next_s or (bell_s == next_s and bell_turn < turn)

    def _ring_next(self) -> None:
        self._now, _, number, action = heappop(self._bells)
        action(self._now, number)

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
        self.let_come(event, 0)

    def never(self) -> simpy.Event:
        """Return an event that does not come by itself."""
        return simpy.Event(self)

    def let_come(self, event: simpy.Event, turn: int) -> None:
        """Let such an event come now, in its turn."""
        event._ok, event._value = True, None
        self.schedule(event, EventPriority(turn))

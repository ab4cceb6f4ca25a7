"""What happens when: a heap of actions, with the order of things within one instant."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from enum import IntEnum
from itertools import count

Action = Callable[[], None]

CLOSE_S = 1e-7
"""Two different times so close may be one instant or two, depending on the order of additions."""


class Turn(IntEnum):
    """The order within one instant (docs/model.md, Time)."""

    WRITE = 0
    COMPLETION = 1
    END = 2
    DELAY = 3
    BEGIN = 4
    CALL = 5
    DUE = 6
    SLOT = 7
    CUT = 8
    DIVISION = 9


class Agenda:
    """The clock and what is still to come."""

    def __init__(self) -> None:
        self.now = 0.0
        self.near_ties = 0
        """How often two times differed by a rounding error."""
        self._heap: list[tuple[float, Turn, int, Action]] = []
        self._ordinals = count()

    def at(self, time_s: float, turn: Turn, action: Action) -> None:
        """Do something at a time, in its turn; what shares both goes in the order of asking."""
        heapq.heappush(self._heap, (time_s, turn, next(self._ordinals), action))

    def run(self, until_s: float) -> None:
        """Do everything up to and including a time."""
        while self._heap and self._heap[0][0] <= until_s:
            time_s, _, _, action = heapq.heappop(self._heap)
            self.near_ties += 0 < time_s - self.now < CLOSE_S
            self.now = time_s
            action()
        self.near_ties += bool(self._heap) and self._heap[0][0] - until_s < CLOSE_S
        self.now = until_s

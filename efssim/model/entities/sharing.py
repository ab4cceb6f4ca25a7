"""The division of a link among the transfers on it: max-min fair, by weight, each up to its cap.

A transfer at full speed ends when it would end alone. The others are slowed: each has the same
rate for its weight, so one virtual clock counts the bytes that a weight of one has sent, and each
of them ends at a reading of it. A change moves only the transfers that become slowed or full by it.
"""

from __future__ import annotations

import math
from heapq import heappop, heappush
from itertools import count

from simpy.events import EventPriority

from efssim.model.kernel.clock import Clock, Turn

_UNIT = 2**40
"""Rates and weights are whole multiples of 1 / _UNIT, so that sums of them are exact."""

_Queue = list[tuple[float, int, "Transfer"]]


class Transfer:
    """A transfer on a link that is shared: its claim, and how far it is."""

    __slots__ = ("cap", "ends_s", "is_slowed", "is_there", "over", "rank", "was_slowed", "weight")

    def __init__(self, clock: Clock, ends_s: float, cap: float, weight: float) -> None:
        """Begin at full speed: it then ends at `ends_s`; `cap` is its full speed in bytes/s."""
        self.cap, self.weight = round(cap * _UNIT), max(1, round(weight * _UNIT))
        self.ends_s = ends_s
        """When it ends: at full speed a time, slowed a reading of the virtual clock."""
        self.is_there, self.is_slowed, self.was_slowed = False, False, False
        self.rank = self.cap / self.weight
        """Rate for its weight at full speed."""
        self.over = clock.never()
        """Comes when it ends."""


class LinkShares:
    """The transfers on a link, their rates, and when the next of them ends."""

    def __init__(self, clock: Clock, capacity: float) -> None:
        self._clock, self._capacity = clock, _whole(capacity)
        self._ordinals = count()
        self._came: list[Transfer] = []  # since the last division
        self._cap = self._weight = 0  # of all at full speed, and of all slowed
        self._level = 0.0  # bytes/s for a weight of one
        self._since_s = self._reading = 0.0  # of the virtual clock, in bytes for a weight of one
        # By end and by rank. Who has left, or changed sides, stays until it would be the first.
        self._full_ends: _Queue = []
        self._full_ranks: _Queue = []
        self._slow_ends: _Queue = []
        self._slow_ranks: _Queue = []
        self._is_due = False
        self._next: tuple[float, int] = (math.inf, 0)  # when the next transfer ends, and a token

    def resize(self, capacity: float) -> None:
        """Change the capacity, in bytes per second."""
        self._capacity = _whole(capacity)
        self._divide_later()

    def join(self, transfer: Transfer) -> None:
        """Let a transfer begin now."""
        transfer.is_there = True
        self._came.append(transfer)
        if self._clock.peek() > self._clock.now and not self._is_due:
            self._divide()  # nothing else can happen at this instant
        else:
            self._divide_later()

    def leave(self, transfer: Transfer) -> None:
        """Let a transfer stop now, before its end or at it."""
        if not transfer.is_there:
            return
        transfer.is_there = False
        if transfer in self._came:
            self._came.remove(transfer)
        elif transfer.is_slowed:
            self._weight -= transfer.weight
        else:
            self._cap -= transfer.cap
        self._divide_later()

    def left_s(self, transfer: Transfer, now_s: float) -> float:
        """Return how long the rest of a transfer takes at full speed."""
        if not transfer.is_there:
            return 0.0
        if not transfer.is_slowed:
            return max(0.0, transfer.ends_s - now_s)
        return max(0.0, (transfer.ends_s - self._at(now_s)) / transfer.rank)

    def slowness(self, transfer: Transfer) -> float:
        """Return how many times as long as at full speed a transfer takes at its present rate."""
        is_slow = transfer.is_slowed and transfer.is_there and self._level > 0
        return transfer.rank / self._level if is_slow else 1.0

    def _at(self, now_s: float) -> float:
        """Return the virtual clock's reading."""
        return self._reading + self._level * (now_s - self._since_s)

    # --- dividing -----------------------------------------------------------------------------

    def _divide_later(self) -> None:
        """Divide the link once all else of this instant has happened."""
        if not self._is_due:
            self._is_due = True
            self._clock.call_at(self._clock.now, Turn.DIVISION, self._divide)

    def _divide(self) -> None:
        self._is_due, now = False, self._clock.now
        self._reading, self._since_s = self._at(now), now
        for transfer in self._came:
            self._make_full(transfer)
        self._came.clear()
        self._slow_down(now)
        self._speed_up(now)
        if self._weight:
            self._level = max(0, self._capacity - self._cap) / self._weight
        else:
            self._level = self._reading = 0.0
            self._slow_ends.clear()
            self._slow_ranks.clear()
        self._wait()

    def _slow_down(self, now_s: float) -> None:
        """Slow the transfers that would have more than their share, those first that claim most."""
        left = self._capacity - self._cap
        while self._weight or left < 0:
            transfer = _first(self._full_ranks, slowed=False)
            # In whole numbers: whether the rank is at most the level.
            if transfer is None or transfer.cap * self._weight <= transfer.weight * left:
                return
            heappop(self._full_ranks)
            work_s = max(0.0, transfer.ends_s - now_s)
            transfer.is_slowed = transfer.was_slowed = True
            transfer.ends_s = self._reading + work_s * transfer.rank
            self._cap -= transfer.cap
            self._weight += transfer.weight
            left += transfer.cap
            ordinal = next(self._ordinals)
            heappush(self._slow_ends, (transfer.ends_s, ordinal, transfer))
            heappush(self._slow_ranks, (transfer.rank, ordinal, transfer))

    def _speed_up(self, now_s: float) -> None:
        """Give full speed to the transfers whose share is more, those first that claim least."""
        while self._weight:
            transfer = _first(self._slow_ranks, slowed=True)
            assert transfer is not None
            left = self._capacity - self._cap
            if transfer.cap * self._weight > transfer.weight * left:
                return
            heappop(self._slow_ranks)
            work_s = (transfer.ends_s - self._reading) / transfer.rank
            self._weight -= transfer.weight
            transfer.is_slowed, transfer.ends_s = False, now_s + max(0.0, work_s)
            self._make_full(transfer)

    def _make_full(self, transfer: Transfer) -> None:
        self._cap += transfer.cap
        ordinal = next(self._ordinals)
        heappush(self._full_ends, (transfer.ends_s, ordinal, transfer))
        heappush(self._full_ranks, (-transfer.rank, ordinal, transfer))

    # --- ends ---------------------------------------------------------------------------------

    def _wait(self) -> None:
        """Wait for the next transfer to end."""
        full, slow = _head(self._full_ends, slowed=False), _head(self._slow_ends, slowed=True)
        ends_s = math.inf if full is None else full
        if slow is not None and self._level:
            slow_s = self._since_s + max(0.0, slow - self._reading) / self._level
            ends_s = min(ends_s, slow_s)
        if ends_s == self._next[0]:
            return
        token = self._next[1] + 1
        self._next = ends_s, token
        if ends_s < math.inf:
            self._clock.call_at(ends_s, Turn.COMPLETION, lambda: self._end(token))

    def _end(self, token: int) -> None:
        """End the transfers that are due now."""
        if token != self._next[1]:
            return
        self._next, now = (math.inf, token), self._clock.now
        full = _head(self._full_ends, slowed=False)
        while full is not None and full <= now:
            self._finish(heappop(self._full_ends)[2])
            full = _head(self._full_ends, slowed=False)
        slow = _head(self._slow_ends, slowed=True)
        if slow is not None and self._level:
            # The reading that the first of them waits for may be missed by a rounding error.
            due = self._at(now)
            if self._since_s + max(0.0, slow - self._reading) / self._level <= now:
                due = max(due, slow)
            while slow is not None and slow <= due:
                self._finish(heappop(self._slow_ends)[2])
                slow = _head(self._slow_ends, slowed=True)
        self._divide_later()

    def _finish(self, transfer: Transfer) -> None:
        self.leave(transfer)
        transfer.over._ok, transfer.over._value = True, None
        self._clock.schedule(transfer.over, EventPriority(Turn.COMPLETION))


def _whole(rate: float) -> int:
    return round(rate * _UNIT)


def _first(queue: _Queue, *, slowed: bool) -> Transfer | None:
    """Return the first transfer of a queue that is still on its side of the link."""
    while queue:
        transfer = queue[0][2]
        if transfer.is_there and transfer.is_slowed == slowed:
            return transfer
        heappop(queue)
    return None


def _head(queue: _Queue, *, slowed: bool) -> float | None:
    """Return when the first transfer of a queue ends."""
    while _first(queue, slowed=slowed) is not None:
        ends_s, _, transfer = queue[0]
        if ends_s == transfer.ends_s:
            return ends_s
        heappop(queue)  # of an earlier time on this side
    return None

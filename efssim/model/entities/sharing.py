"""The division of a link among the transfers on it: max-min fair, by weight, each up to its cap.

A transfer at full speed ends when it would end alone. The others are slowed: each has the same
rate for its weight, so one virtual clock counts the bytes that a weight of one has sent, and each
of them ends at a reading of it. A change moves only the transfers that become slowed or full by it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from heapq import heappop, heappush
from itertools import count
from operator import attrgetter

from efssim.model.kernel.clock import Clock, Turn

_UNIT = 2**40
"""Rates and weights are whole multiples of 1 / _UNIT, so that sums of them are exact."""

_AWAY, _FULL, _SLOW = range(3)
"""Sides of a transfer: not there, at full speed, and slowed."""

_Queue = list[tuple[float, int, "Transfer"]]


class Transfer:
    """A transfer on a link that is shared: its claim, and how far it is."""

    __slots__ = ("cap", "ends_s", "finish", "rank", "side", "was_slowed", "weight")

    def __init__(
        self, ends_s: float, claim: Claim, finish: Callable[[float], None] = lambda _: None
    ) -> None:
        """Begin at full speed: it then ends at `ends_s`; `finish` is called with the time."""
        self.cap, self.weight, self.rank = claim
        self.ends_s, self.finish = ends_s, finish
        """When it ends: at full speed a time, slowed a reading of the virtual clock."""
        self.side, self.was_slowed = _AWAY, False


Claim = tuple[int, int, float]
"""Cap and weight in units, and the cap in bytes/s for a weight of one; see `claim`."""


@lru_cache(1024)  # one for all that claim the same
def claim(cap: float, weight: float) -> Claim:
    """Return the claim of a transfer to a link: its full speed in bytes/s, and its weight."""
    cap_units, weight_units = _whole(cap), max(1, _whole(weight))
    return cap_units, weight_units, cap_units / weight_units


_RANK = attrgetter("rank")


class LinkShares:
    """The transfers on a link, their rates, and when the next of them ends."""

    __slots__ = (
        "_bell",
        "_came",
        "_cap",
        "_capacity",
        "_clock",
        "_full_ends",
        "_full_ranks",
        "_has_less",
        "_has_more",
        "_is_due",
        "_level",
        "_next_s",
        "_ordinals",
        "_reading",
        "_since_s",
        "_slow_ends",
        "_slow_ranks",
        "_weight",
    )

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
        # Whether there is less for those at full speed, or more for the slowed, but for who came.
        self._has_less = self._has_more = False
        self._next_s, self._bell = math.inf, -1  # when the next transfer ends

    def resize(self, capacity: float) -> None:
        """Change the capacity, in bytes per second."""
        self._capacity = _whole(capacity)
        self._has_less = self._has_more = True
        self._divide_later()

    def join(self, transfer: Transfer) -> None:
        """Let a transfer begin now."""
        transfer.side = _FULL
        self._came.append(transfer)
        self._divide_soon(self._clock.now)

    def leave(self, transfer: Transfer) -> None:
        """Let a transfer stop now, before its end."""
        if transfer.side:
            self._take_out(transfer)
            self._divide_later()

    def left_s(self, transfer: Transfer, now_s: float) -> float:
        """Return how long the rest of a transfer takes at full speed."""
        if transfer.side == _AWAY:
            return 0.0
        if transfer.side == _FULL:
            return max(0.0, transfer.ends_s - now_s)
        return max(0.0, (transfer.ends_s - self._at(now_s)) / transfer.rank)

    def slowness(self, transfer: Transfer) -> float:
        """Return how many times as long as at full speed a transfer takes at its present rate."""
        is_slow = transfer.side == _SLOW and self._level > 0
        return transfer.rank / self._level if is_slow else 1.0

    def _at(self, now_s: float) -> float:
        """Return the virtual clock's reading."""
        return self._reading + self._level * (now_s - self._since_s)

    def _take_out(self, transfer: Transfer) -> None:
        if transfer.side == _SLOW:
            self._weight -= transfer.weight
        elif transfer in self._came:
            self._came.remove(transfer)
        else:
            self._cap -= transfer.cap
        transfer.side, self._has_more = _AWAY, True

    # --- dividing -----------------------------------------------------------------------------

    def _divide_soon(self, now_s: float) -> None:
        """Divide the link: now, if nothing else can happen at this instant."""
        if not self._is_due and self._clock.is_over(now_s):
            self._divide(now_s)
        else:
            self._divide_later()

    def _divide_later(self) -> None:
        """Divide the link once all else of this instant has happened."""
        if not self._is_due:
            self._is_due = True
            self._clock.ring_at(self._clock.now, Turn.DIVISION, self._divide)

    def _divide(self, now_s: float, _bell: int = 0) -> None:
        self._is_due = False
        self._reading += self._level * (now_s - self._since_s)
        self._since_s, left = now_s, self._capacity - self._cap
        if self._came or self._has_less:
            left = self._slow_down(left, now_s)
        if self._weight:
            if self._has_more:
                left = self._speed_up(left, now_s)
            if self._weight:
                self._level = left / self._weight if left > 0 else 0.0
        if not self._weight:
            self._level = self._reading = 0.0
            self._slow_ends.clear()
            self._slow_ranks.clear()
        self._has_less = self._has_more = False
        ends_s = self._next_end_s()
        if ends_s != self._next_s:
            self._next_s, self._bell = ends_s, -1
            if ends_s < math.inf:
                self._bell = self._clock.ring_at(ends_s, Turn.COMPLETION, self._end)

    def _slow_down(self, left: int, now_s: float) -> int:
        """Slow the transfers that would have more than their share, those first that claim most.

        Of those that came, let the others begin at full speed. Return what those at full speed
        leave of the capacity.
        """
        came, queue = self._came, self._full_ranks
        if len(came) > 1:
            came.sort(key=_RANK)  # the last claims most
        for transfer in came:
            left -= transfer.cap
        while self._weight or left < 0:
            top = _first(queue, _FULL) if queue else None
            is_new = bool(came) and (top is None or came[-1].rank >= top.rank)
            slower = came[-1] if is_new else top
            # In whole numbers: whether the rank is at most the level.
            if slower is None or slower.cap * self._weight <= slower.weight * left:
                break
            if is_new:
                came.pop()
            else:
                heappop(queue)
                self._cap -= slower.cap
            left += slower.cap
            self._make_slow(slower, now_s)
        if came:
            for transfer in came:
                self._make_full(transfer)
            came.clear()
        return left

    def _speed_up(self, left: int, now_s: float) -> int:
        """Give full speed to the transfers whose share is more, those first that claim least.

        Return what those at full speed leave of the capacity.
        """
        while self._weight:
            transfer = _first(self._slow_ranks, _SLOW)
            assert transfer is not None
            if transfer.cap * self._weight > transfer.weight * left:
                break
            heappop(self._slow_ranks)
            work_s = (transfer.ends_s - self._reading) / transfer.rank
            self._weight -= transfer.weight
            transfer.side, transfer.ends_s = _FULL, now_s + max(0.0, work_s)
            left -= transfer.cap
            self._make_full(transfer)
        return left

    def _make_slow(self, transfer: Transfer, now_s: float) -> None:
        work_s, rank = transfer.ends_s - now_s, transfer.rank
        transfer.side, transfer.was_slowed = _SLOW, True
        transfer.ends_s = ends = self._reading + (work_s * rank if work_s > 0.0 else 0.0)
        self._weight += transfer.weight
        ordinal = next(self._ordinals)
        heappush(self._slow_ends, (ends, ordinal, transfer))
        heappush(self._slow_ranks, (rank, ordinal, transfer))

    def _make_full(self, transfer: Transfer) -> None:
        self._cap += transfer.cap
        ordinal = next(self._ordinals)
        heappush(self._full_ends, (transfer.ends_s, ordinal, transfer))
        heappush(self._full_ranks, (-transfer.rank, ordinal, transfer))

    # --- ends ---------------------------------------------------------------------------------

    def _next_end_s(self) -> float:
        """Return when the next transfer ends, if nothing changes; infinity without one."""
        ends_s = _head(self._full_ends, _FULL) if self._full_ends else math.inf
        if self._level and self._slow_ends:
            slow_s = self._slow_end_s(_head(self._slow_ends, _SLOW))
            if slow_s < ends_s:
                return slow_s
        return ends_s

    def _slow_end_s(self, reading: float) -> float:
        """Return when the virtual clock will have a reading, if nothing changes its speed."""
        left = reading - self._reading
        return self._since_s + (left if left > 0.0 else 0.0) / self._level

    def _end(self, now_s: float, bell: int) -> None:
        """End the transfers that are due now."""
        if bell != self._bell:
            return
        self._next_s, self._bell = math.inf, -1
        if self._full_ends:
            while _head(self._full_ends, _FULL) <= now_s:
                self._finish(heappop(self._full_ends)[2], now_s)
        if self._level and self._slow_ends:
            due, first = self._at(now_s), _head(self._slow_ends, _SLOW)
            if due < first and self._slow_end_s(first) <= now_s:
                due = first  # the reading that it waits for was missed by a rounding error
            while first <= due:
                self._finish(heappop(self._slow_ends)[2], now_s)
                first = _head(self._slow_ends, _SLOW)
        self._divide_soon(now_s)

    def _finish(self, transfer: Transfer, now_s: float) -> None:
        self._take_out(transfer)
        transfer.finish(now_s)


def _whole(rate: float) -> int:
    return round(rate * _UNIT)


def _first(queue: _Queue, side: int) -> Transfer | None:
    """Return the first transfer of a queue that is still on its side of the link."""
    while queue:
        transfer = queue[0][2]
        if transfer.side == side:
            return transfer
        heappop(queue)
    return None


def _head(queue: _Queue, side: int) -> float:
    """Return when the first transfer of a queue ends; infinity without one."""
    while queue:
        ends_s, _, transfer = queue[0]
        # Whoever has another time was on this side before.
        if ends_s == transfer.ends_s and transfer.side == side:
            return ends_s
        heappop(queue)
    return math.inf

"""The queue of the writes of a throttled file system, a block of writes at a time.

A write is made at its wanted time plus the wait for the bytes ahead of it. Its own bytes delay
those behind it, not itself. Between two changes of the rate that is a Lindley recursion, a
cumulative maximum; the credits are straight lines between the ends of waits and of services.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from efssim.model.writes.throttle.permitted import Permitted
from efssim.records.stored import ThrottledMinutes

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MINUTE_S = 60.0

_WINDOW_LEAST, _WINDOW_MOST = 16, 65_536
"""Writes that are looked at at once: fewer after each change of the rate, then ever more."""


@dataclass(frozen=True, slots=True)
class _Served:
    """Some writes at one rate, as if it lasted."""

    made_s: Floats
    done_s: Floats
    """When the bytes of each are served."""
    free_s: float
    """When the bytes of earlier writes are served."""
    valid_s: float
    """Until when no later write shows."""


class ThrottledQueue:
    """The writes of all streams of one file system, first wanted first."""

    def __init__(self, permitted: Permitted, credits: float, begin_s: float = 0.0) -> None:
        """Begin at a time with some credits, in bytes, at most as many as are permitted."""
        self._now_s, self._permitted = begin_s, permitted
        self.credits = self.credits_min = min(credits, permitted.credits_max)
        """Burst credits now, and the fewest so far, in bytes."""
        self._left = 0.0  # bytes of writes made that are not served yet
        self._wanted_s: Floats = np.zeros(0)
        self._sizes: Ints = np.zeros(0, dtype=np.int64)
        self._window = _WINDOW_LEAST
        self._line: tuple[Floats, Floats] | None = None  # credits at the knots of a step
        self.minutes: list[ThrottledMinutes] | None = None
        """Credits at whole minutes as it goes on; None: they are not kept."""

    @property
    def permitted(self) -> Permitted:
        """The rates that it has now."""
        return self._permitted

    @property
    def rate(self) -> float:
        """Bytes per second that it serves at most now, the other load included."""
        return self._permitted.baseline if self._is_spent() else self._permitted.rate

    def change(self, permitted: Permitted) -> None:
        """Permit other rates from now on."""
        if permitted == self._permitted:
            return
        self._permitted = permitted
        self.credits = min(self.credits, permitted.credits_max)
        self.credits_min = min(self.credits_min, self.credits)
        self._window = _WINDOW_LEAST

    def want(self, wanted_s: Floats, sizes: Ints) -> None:
        """Add writes, in the order in which they are wanted, none before now or those added."""
        self._wanted_s = np.concatenate((self._wanted_s, wanted_s))
        self._sizes = np.concatenate((self._sizes, sizes))

    def waiting(self) -> int:
        """Return how many writes are wanted by now and not made."""
        return int(self._wanted_s.searchsorted(self._now_s, "right"))

    def drop(self) -> int:
        """Drop the writes that wait now; return how many."""
        count = self.waiting()
        self._forget(count)
        return count

    def take_back(self) -> None:
        """Forget the writes that are wanted after now."""
        count = self.waiting()
        self._wanted_s, self._sizes = self._wanted_s[:count], self._sizes[:count]

    def waiting_bytes(self) -> int:
        """Return the bytes of the writes that are wanted by now and not made."""
        return int(self._sizes[: self.waiting()].sum())

    def advance(self, until_s: float, stop_s: float = math.inf) -> Floats:
        """Go on to a time; return when the next writes were made, all of those made by then.

        With `stop_s` stop on the way there, with the same bits as if it had gone on.
        """
        made, end_s = [np.zeros(0)], min(until_s, stop_s)
        while self._now_s < end_s:
            made.append(self._step(until_s, stop_s))
        while not self._left and self.waiting():  # a step may end just before they are made
            made.append(self._step(end_s, end_s))
        return np.concatenate(made)

    def _forget(self, count: int) -> None:
        self._wanted_s, self._sizes = self._wanted_s[count:], self._sizes[count:]

    def _step(self, until_s: float, stop_s: float) -> Floats:
        """Go on at one rate; return when writes were made."""
        fewest, permitted, count = (
            self.credits_min,
            self._permitted,
            min(self._window, len(self._sizes)),
        )
        is_spent, self._line = self._is_spent(), None
        total = permitted.baseline if is_spent else permitted.rate
        served = self._served(count, max(0.0, total - permitted.other_load))
        end_s, is_changed = min(until_s, served.valid_s), False
        if is_spent:
            free_s = self._free_s(served, count)
            is_changed, end_s = free_s < end_s, min(end_s, free_s)
            credits = 0.0
        elif permitted.needs_credits:
            spent_s, credits = self._spend(served, end_s)
            is_changed, end_s = spent_s < end_s, min(end_s, spent_s)
        else:
            credits = self.credits
        if end_s > stop_s:
            end_s, is_changed, self.credits_min = stop_s, False, fewest
            if permitted.needs_credits and not is_spent:
                credits = self._spend(served, stop_s)[1]
        if self.minutes is not None and end_s // MINUTE_S > self._now_s // MINUTE_S:
            self.minutes.append(self._by_minute(end_s, credits, total))
        self._window = _WINDOW_LEAST if is_changed else min(2 * self._window, _WINDOW_MOST)
        return self._go(served, end_s, credits, max(0.0, total - permitted.other_load))

    def _by_minute(self, end_s: float, credits: float, total: float) -> ThrottledMinutes:
        """Return the credits of a step at the whole minutes after now and up to its end."""
        first, last = math.floor(self._now_s / MINUTE_S) + 1, math.floor(end_s / MINUTE_S)
        time_s = np.arange(first, last + 1) * MINUTE_S
        values: Floats = np.full(len(time_s), credits)
        if self._line is not None:
            values = np.interp(time_s, *self._line).clip(min=0.0)
        return ThrottledMinutes(time_s.astype(np.float64), values, total)

    def _is_spent(self) -> bool:
        """Return whether there are no credits, nor any to be earned now."""
        permitted = self._permitted
        if not permitted.needs_credits or self.credits > 0.0:
            return False
        is_busy = self._left > 0.0 or (len(self._sizes) and self._wanted_s[0] <= self._now_s)
        return permitted.rate > permitted.baseline and (
            bool(is_busy) or permitted.other_load >= permitted.baseline
        )

    def _served(self, count: int, rate: float) -> _Served:
        """Return how the next writes are served at a rate in bytes/s that is theirs."""
        times = np.maximum(self._wanted_s[:count], self._now_s)
        sizes = self._sizes[:count].astype(np.float64)
        following_s = self._wanted_s[count] if count < len(self._sizes) else math.inf
        if rate <= 0.0:
            return self._unserved(times, float(following_s))
        free_s = self._now_s + self._left / rate
        work_s = sizes / rate
        ahead_s = np.cumsum(work_s) - work_s
        latest = np.maximum.accumulate(np.maximum(times - ahead_s, free_s))
        # One that waits for nothing is made when it is wanted, to the bit.
        made_s = np.where(latest > times - ahead_s, np.maximum(latest + ahead_s, times), times)
        done_s = made_s + work_s
        last_s = done_s[-1] if count else free_s
        return _Served(made_s, done_s, free_s, max(float(following_s), float(last_s)))

    def _unserved(self, times: Floats, following_s: float) -> _Served:
        """Return how the next writes wait for ever, but for those behind no byte that is left."""
        made_s, done_s = np.full((2, len(times)), math.inf)
        if self._left:
            return _Served(made_s, done_s, math.inf, math.inf)
        # The first with bytes is made, and never served.
        has_bytes = self._sizes[: len(times)] > 0
        first = int(has_bytes.argmax()) if has_bytes.any() else len(times)
        made_s[: first + 1], done_s[:first] = times[: first + 1], times[:first]
        valid_s = following_s if first == len(times) else math.inf
        return _Served(made_s, done_s, self._now_s, valid_s)

    def _free_s(self, served: _Served, count: int) -> float:
        """Return when nothing waits or is served any more and credits grow again."""
        permitted = self._permitted
        if permitted.other_load >= permitted.baseline:
            return math.inf
        ends_s = np.concatenate(([served.free_s], served.done_s))
        following_s = np.append(self._wanted_s[:count], served.valid_s)
        if count < len(self._sizes):
            following_s[-1] = self._wanted_s[count]
        idle = np.flatnonzero(ends_s < following_s)
        return float(ends_s[idle[0]]) if len(idle) else math.inf

    def _spend(self, served: _Served, end_s: float) -> tuple[float, float]:
        """Return when the credits are spent (infinity: not by the end), and those at the end."""
        permitted = self._permitted
        knots_s, taken = self._knots(served, end_s)
        # By bytes: the spans of many short services, each rounded, would drift.
        earned = permitted.baseline - min(permitted.other_load, permitted.rate)
        free = self.credits + earned * (knots_s - self._now_s) - taken
        over = np.maximum.accumulate(np.maximum(free - permitted.credits_max, 0.0))
        credits = free - over
        self._line = knots_s, credits
        below = np.flatnonzero(credits[1:] < 0.0)
        if permitted.rate <= permitted.baseline:  # only rounding takes them below 0
            below, credits = below[:0], np.maximum(credits, 0.0)
        if not len(below):
            self.credits_min = min(self.credits_min, float(credits.min()))
            return math.inf, float(credits[-1])
        self.credits_min, at = 0.0, int(below[0])
        span_s, fall = knots_s[at + 1] - knots_s[at], credits[at] - credits[at + 1]
        return float(knots_s[at] + max(0.0, credits[at]) / fall * span_s), 0.0

    def _knots(self, served: _Served, end_s: float) -> tuple[Floats, Floats]:
        """Return when services begin and end, up to a time, and the bytes served by then."""
        count = len(served.made_s)
        knots_s, taken = np.empty(2 * count + 3), np.empty(2 * count + 3)
        knots_s[0], knots_s[1], knots_s[-1] = self._now_s, served.free_s, math.inf
        knots_s[2:-1:2], knots_s[3:-1:2] = served.made_s, served.done_s
        taken[0], taken[1:-1:2] = 0.0, self._left
        taken[3:-1:2] += self._sizes[:count].cumsum()
        taken[2::2] = taken[1::2]
        rate = max(0.0, self._permitted.rate - self._permitted.other_load)
        # Whoever is being served at the end has its bytes but for the rest.
        late = int(knots_s.searchsorted(end_s, "right"))
        if late < len(knots_s) and late % 2 == 1:
            rest_s = knots_s[late] - end_s
            rest = 0.0 if math.isinf(rest_s) else rest_s * rate
            taken[late] = taken[late - 1] if rate == 0.0 else taken[late] - rest
        return np.append(knots_s[:late], end_s), np.append(taken[:late], taken[late])

    def _go(self, served: _Served, end_s: float, credits: float, rate: float) -> Floats:
        """Go on to the end of a step; return when writes were made."""
        count = int(served.made_s.searchsorted(end_s, "right"))
        elapsed_s = end_s - self._now_s
        if not count:
            self._left = max(0.0, self._left - rate * elapsed_s) if rate else self._left
            self._left = 0.0 if served.free_s <= end_s else self._left
        else:
            done_s, size = served.done_s[count - 1], float(self._sizes[count - 1])
            left = size if math.isinf(done_s) else (done_s - end_s) * rate
            self._left = min(size, max(0.0, left))
        self._now_s, self.credits = end_s, credits
        self._forget(count)
        return served.made_s[:count]

"""The writes of a file system that wait for its throughput: a queue, moved from event to event.

In exact fractions, so that what should happen at one instant does.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from independent_model.agenda import Turn
from independent_model.streams import Write

if TYPE_CHECKING:
    from independent_model.world import World

KIB, MIB, GIB, TIB = 2**10, 2**20, 2**30, 2**40
FASTEST = ("us-east-1", "us-east-2", "us-west-2", "eu-west-1")
FAST_ELASTIC = (
    *FASTEST,
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "eu-central-1",
    "eu-west-2",
)
LOCK_S = 86_400.0
"""How long provisioned throughput cannot be left nor lowered after a change."""


def limit(mode: str, region: str, *, one_zone: bool) -> int:
    """Return the most that a file system takes, in bytes per second ("Amazon EFS quotas")."""
    if mode == "bursting":
        return 3 * GIB if region in (*FASTEST, "ap-southeast-2") else GIB
    if mode == "elastic":
        return 5 * GIB if region in FAST_ELASTIC and not one_zone else GIB
    return 3414 * MIB if region in FASTEST and not one_zone else GIB


@dataclass
class Terms:
    """How a file system throttles."""

    mode: str
    region: str
    one_zone: bool
    provisioned: Fraction
    credits: int | None
    load: Fraction
    share: Fraction


class Throttle:
    """One file system's queue and its burst credits."""

    def __init__(
        self,
        world: World,
        terms: Terms,
        size_at: Callable[[float], int],
        make: Callable[[Write], None],
    ) -> None:
        """Begin now; `make` is called with each write when it is made."""
        self.world, self.terms, self._size_at, self._make = world, terms, size_at, make
        self.waiting: list[Write] = []
        self.late: list[tuple[float, Write]] = []
        """Writes that were made later than wanted, and by how much."""
        self.fewest: Fraction | None = None
        """Credits of the window, where it was ever bursting in it."""
        self._now = Fraction(world.now)
        self._left = Fraction(0)  # of the write that is being served
        self._version = 0
        self._read_size()
        most = self._most_credits()
        self.credits = most if terms.credits is None else min(most, Fraction(terms.credits))
        begin_s = world.scenario.warm_up
        self._in_window = begin_s <= world.now
        self._note()
        if not self._in_window:
            world.agenda.at(begin_s, Turn.WRITE, self._window_begins)
        self._hourly()

    # --- rates ----------------------------------------------------------------------------------

    def _read_size(self) -> None:
        self._standard = self._size_at(self.world.now) * self.terms.share

    def _most_credits(self) -> Fraction:
        return Fraction(2.1) * TIB * max(Fraction(1), self._standard / TIB)

    def _baseline(self) -> Fraction:
        return max(Fraction(MIB), self._standard * 50 * KIB / GIB)

    def _limit(self) -> Fraction:
        terms = self.terms
        return Fraction(limit(terms.mode, terms.region, one_zone=terms.one_zone))

    def _burst(self) -> Fraction:
        return min(self._limit(), max(Fraction(100 * MIB), self._standard * 100 * MIB / TIB))

    def _rate(self) -> Fraction:
        """Return what it serves at most now, all in all."""
        low = min(self._limit(), self._baseline())
        if self.terms.mode == "elastic":
            return self._limit()
        if self.terms.mode == "provisioned":
            return min(self._limit(), max(self.terms.provisioned, low))
        busy = self._left > 0 or bool(self.waiting) or self.terms.load >= low
        return low if self.credits <= 0 and busy else self._burst()

    def _earned(self) -> Fraction:
        """Return how fast credits change now."""
        if self.terms.mode != "bursting":
            return Fraction(0)
        rate = self._rate()
        served = rate if self._left > 0 else min(rate, self.terms.load)
        change = min(self._limit(), self._baseline()) - served
        if change > 0 and self.credits >= self._most_credits():
            return Fraction(0)
        return Fraction(0) if change < 0 and self.credits <= 0 else change

    # --- time -----------------------------------------------------------------------------------

    def want(self, write: Write) -> None:
        """Queue a write that is wanted now; it is made once all writes of the instant are there."""
        self.waiting.append(write)
        self.waiting.sort(key=lambda each: (each.wanted_s, each.stream.path))
        self.world.agenda.at(self.world.now, Turn.WRITE, self._look)

    def look(self) -> None:
        """Be up to date, for whoever reads."""
        self._pass(Fraction(self.world.now))

    def drop(self) -> list[Write]:
        """Drop what waits."""
        self._pass(Fraction(self.world.now))
        dropped, self.waiting = self.waiting, []
        self._arrange()
        return dropped

    def change(self, mode: str, provisioned: float) -> None:
        """Throttle by another mode from now on."""
        self._pass(Fraction(self.world.now))
        self.terms.mode, self.terms.provisioned = mode, Fraction(provisioned)
        self.credits = min(self.credits, self._most_credits())
        self._note()
        self._arrange()

    def _look(self) -> None:
        self._arrive(Fraction(self.world.now))

    def _arrive(self, now: Fraction) -> None:
        self._pass(now)
        while self._left == 0 and self.waiting:
            write = self.waiting.pop(0)
            write.time_s = self.world.now
            delay_s = write.time_s - write.wanted_s
            if delay_s >= 1e-6:
                self.late.append((delay_s, write))
            self._left = Fraction(write.bytes)
            self._make(write)
        self._arrange()

    def _pass(self, now: Fraction) -> None:
        """Serve and earn up to now, since when nothing has happened."""
        span = now - self._now
        if span > 0:
            speed, earned = self._speed(), self._earned()
            self._left = max(Fraction(0), self._left - speed * span)
            self.credits = min(
                max(self._most_credits(), self.credits),
                max(Fraction(0), self.credits + earned * span),
            )
            self._now = now
        self._note()

    def _speed(self) -> Fraction:
        return max(Fraction(0), self._rate() - self.terms.load)

    def _arrange(self) -> None:
        """Wait for the next change of a rate, or for the end of a service."""
        self._version += 1
        version, spans = self._version, []
        if self._left > 0 and self._speed() > 0:
            spans.append(self._left / self._speed())
        earned = self._earned()
        if earned < 0:
            spans.append(self.credits / -earned)
        elif earned > 0:
            spans.append((self._most_credits() - self.credits) / earned)
        if not spans:
            return
        then = self._now + min(spans)

        def act() -> None:
            if self._version == version:
                self._arrive(then)

        self.world.agenda.at(max(self.world.now, float(then)), Turn.WRITE, act)

    # --- what is read at times ------------------------------------------------------------------

    def _note(self) -> None:
        if self._in_window and (self.terms.mode == "bursting" or self.fewest is not None):
            self.fewest = min(self.credits, self.credits if self.fewest is None else self.fewest)

    def _window_begins(self) -> None:
        # All that is made at this instant is in the window.
        self._in_window = True
        self._pass(Fraction(self.world.now))
        self._arrange()

    def _hourly(self) -> None:
        """Read the size at whole hours, once all that comes then has come."""
        next_s = 3600.0 * (math.floor(self.world.now / 3600) + 1)

        def read() -> None:
            self._pass(Fraction(self.world.now))
            self._read_size()
            self.credits = min(self.credits, self._most_credits())
            self._note()
            self._arrange()
            self._hourly()

        self.world.agenda.at(next_s, Turn.CUT, read)

"""The slots of a link: how many syncs may be under way on it at a time, first come first served."""

from __future__ import annotations

from heapq import heappop, heappush
from itertools import count

import simpy

from efssim.model.kernel.clock import Clock, Turn


class SlotClaim:
    """The claim of a sync to a slot: it waits, holds one, or has given it up."""

    __slots__ = ("_slots", "granted", "is_held", "is_over")

    def __init__(self, slots: Slots, granted: simpy.Event) -> None:
        self._slots, self.granted = slots, granted
        """Comes when it gets the slot, which is the time of the cut."""
        self.is_held = self.is_over = False

    def give_up(self) -> None:
        """Give back the slot, or leave the queue."""
        self._slots.give_up(self)


class Slots:
    """The slots of a link, and the syncs that wait for one."""

    def __init__(self, clock: Clock, most: int) -> None:
        self.most = most
        """How many there are."""
        self._clock = clock
        self._held = 0
        self._ordinals = count()
        self._waiting: list[tuple[float, str, int, SlotClaim]] = []
        self._is_due = False

    def ask(self, due_s: float, name: str) -> SlotClaim:
        """Wait for a slot with a sync that is due since some time, of a replication by name."""
        claim = SlotClaim(self, self._clock.never())
        heappush(self._waiting, (due_s, name, next(self._ordinals), claim))
        self._grant_later()
        return claim

    def hold(self) -> SlotClaim:
        """Take a slot for a sync that is under way already."""
        claim = SlotClaim(self, self._clock.never())
        claim.is_held = True
        self._held += 1
        return claim

    def give_up(self, claim: SlotClaim) -> None:
        """Take back a slot, or forget who waits for one."""
        if claim.is_held and not claim.is_over:
            self._held -= 1
            self._grant_later()
        claim.is_over = True

    def _grant_later(self) -> None:
        """Grant the free slots once everything of this instant that frees or asks has happened."""
        if not self._is_due:
            self._is_due = True
            self._clock.call_at(self._clock.now, Turn.SLOT, self._grant)

    def _grant(self) -> None:
        self._is_due = False
        while self._held < self.most and self._waiting:
            claim = heappop(self._waiting)[3]
            if claim.is_over:
                continue
            claim.is_held = True
            self._held += 1
            self._clock.let_come(claim.granted, Turn.CUT)

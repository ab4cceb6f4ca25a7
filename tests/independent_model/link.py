"""The link between two Regions: who sends how much of its capacity, and who may send at all."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from independent_model.agenda import Turn

if TYPE_CHECKING:
    from independent_model.replication import Replication
    from independent_model.world import World


class Link:
    """One direction between two Regions, as long as it has to be divided or waited for."""

    def __init__(self, world: World, slots: int | None) -> None:
        self.world, self.slots = world, slots
        self.replications: list[Replication] = []
        """Every replication over it, also those that are gone."""
        self.waiting: list[Replication] = []
        self.holders: list[Replication] = []
        self._divides = self._grants = False

    @property
    def is_shared(self) -> bool:
        """Whether several replications are or were on it, and it may be too narrow for them."""
        widest = [self.world.scheduled_capacity(each) for each in self.replications]
        return len(widest) > 1 and any(rate != math.inf for rate in widest)

    # --- the division ---------------------------------------------------------------------------

    def touch(self) -> None:
        """Divide it anew once all of this instant has happened."""
        if not self._divides:
            self._divides = True
            self.world.agenda.at(self.world.now, Turn.DIVISION, self._divide)

    def _divide(self) -> None:
        self._divides = False
        sending = [each for each in self.replications if each.sends()]
        if not sending:
            return
        capacity = self.world.capacity(sending[0])
        wanted = {each: each.full_speed() for each in sending}
        if sum(wanted.values()) <= capacity:
            given = wanted
        else:
            given = _fair(wanted, {each: each.timing.weight for each in sending}, capacity)
        for each in sending:
            speed = given[each]
            each.slow_down(1.0 if speed == wanted[each] else wanted[each] / speed)

    # --- slots ----------------------------------------------------------------------------------

    def ask(self, replication: Replication) -> None:
        """Let a sync that is due wait for a slot, or have one at this instant."""
        if replication not in self.waiting and replication not in self.holders:
            self.waiting.append(replication)
            self._grant_soon()

    def give_back(self, replication: Replication) -> None:
        """Let a replication hold no slot, and wait for none."""
        self.waiting = [each for each in self.waiting if each is not replication]
        if replication in self.holders:
            self.holders.remove(replication)
            self._grant_soon()

    def _grant_soon(self) -> None:
        if not self._grants:
            self._grants = True
            self.world.agenda.at(self.world.now, Turn.SLOT, self._grant)

    def _grant(self) -> None:
        self._grants = False
        self.waiting.sort(key=lambda each: (each.due_s, each.name))
        while self.waiting and (self.slots is None or len(self.holders) < self.slots):
            first = self.waiting.pop(0)
            self.holders.append(first)
            self.world.agenda.at(self.world.now, Turn.CUT, first.cut)


def _fair(
    wanted: dict[Replication, float], weights: dict[Replication, float], capacity: float
) -> dict[Replication, float]:
    """Return max-min fair rates: who wants less than a fair share has that, the others the rest."""
    given: dict[Replication, float] = {}
    open_, left = dict(wanted), capacity
    while open_:
        level = left / sum(weights[each] for each in open_)
        content = [each for each, speed in open_.items() if speed <= weights[each] * level]
        if not content:
            return given | {each: weights[each] * level for each in open_}
        for each in content:
            given[each] = open_.pop(each)
            left -= given[each]
    return given

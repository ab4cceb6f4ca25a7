"""Links between Regions, and the Regions: reachability, rates and opting in."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NoReturn

from efssim.model.entities.errors import RunError
from efssim.model.kernel.causes import Cause, Causes
from efssim.model.kernel.listener import SyncListener
from efssim.scenario.regions.facts import FILE_SYSTEMS
from efssim.text.quoting import all_of


@dataclass(frozen=True, slots=True)
class OptChange:
    """A time in which the account is being opted in to a Region or out of it."""

    begin_s: float
    end_s: float
    status: str
    """`ENABLING` or `DISABLING`."""


@dataclass
class RegionState:
    """A Region as the account sees it."""

    name: str
    by_default: bool = False
    """Whether AWS enables it by default, so that nobody opts out of it."""
    opted_in: bool = True
    opting_in_s: float = 0.0
    opting_out_s: float = 0.0
    zones: Mapping[str, str] = field(default_factory=dict)
    """AZ id of each AZ name."""
    most_file_systems: int = FILE_SYSTEMS
    """How many file systems the account may have in it at a time."""
    outages: Causes = field(default_factory=Causes)
    last_outage_s: float = -math.inf
    """When the latest outage began; minus infinity before the first."""
    opt_outs: Causes = field(default_factory=Causes)
    changes: list[OptChange] = field(default_factory=list)
    """In the order in which they were asked for."""

    def change_at(self, time_s: float) -> OptChange | None:
        """Return the change that goes on at a time; None without one."""
        going_on = (part for part in self.changes if part.begin_s <= time_s < part.end_s)
        return next(going_on, None)

    def forget_changes_after(self, time_s: float) -> None:
        """Forget the changes that would begin after a time: another one comes before them."""
        self.changes = [part for part in self.changes if part.begin_s <= time_s]

    def was_up_since(self, time_s: float) -> bool:
        """Return whether it has answered from a time on and does now."""
        return self.up and self.last_outage_s < time_s

    @property
    def up(self) -> bool:
        """Whether the Region answers."""
        return not self.outages

    @property
    def enabled(self) -> bool:
        """Whether the account is opted in."""
        return self.opted_in and not self.opt_outs


class LinkState:
    """The way from one Region to another; an absent link is one without limits.

    Links are not shared yet: where several replications use one, its capacity must not bind.
    """

    def __init__(self, name: str, capacity: float = math.inf, latency_s: float = 0.0) -> None:
        self.name, self.latency_s = name, latency_s
        """The latency is a round trip and adds to the setup of a sync."""
        self.capacity = self._undisturbed = capacity
        """Bytes per second, degradations included."""
        self._factors: dict[Cause, float] = {}
        self._users: dict[str, float] = {}  # most bytes per second that each may send
        self._wanted = Demand()  # of all of them
        self._syncs: dict[str, SyncListener] = {}

    @property
    def undisturbed_capacity(self) -> float:
        """Bytes per second without degradations."""
        return self._undisturbed

    @property
    def limited(self) -> bool:
        """Whether it has a capacity at all."""
        return self._undisturbed < math.inf

    def require_room(self, user: str, throughput: float) -> None:
        """Raise RunError if a further replication of some throughput would have to share."""
        wanted = self._wanted.with_(throughput)
        if self._users and self.capacity < wanted.rate:
            self._refuse([*self._users, user], self.capacity, wanted)

    def admit(self, user: str, throughput: float) -> None:
        """Take note of a replication of some throughput; RunError if it would have to share."""
        self.require_room(user, throughput)
        self._users[user] = throughput
        self._wanted = self._wanted.with_(throughput)

    def join(self, user: str, syncs: SyncListener) -> None:
        """Tell the syncs of an admitted replication before and after each change of the rate."""
        self._syncs[user] = syncs

    def leave(self, user: str) -> None:
        """Forget a replication."""
        self._wanted = self._wanted.without(self._users.pop(user))
        del self._syncs[user]

    def degrade(self, cause: Cause, factor: float) -> None:
        """Multiply the capacity by a factor until the cause is over."""
        self._change(self._factors | {cause: factor})

    def restore(self, cause: Cause) -> None:
        """Undo a degradation."""
        self._change({other: f for other, f in self._factors.items() if other != cause})

    def _change(self, factors: dict[Cause, float]) -> None:
        capacity = self._undisturbed * math.prod(factors.values())
        if len(self._users) > 1 and capacity < self._wanted.rate:
            self._refuse(self._users, capacity, self._wanted)
        for syncs in self._syncs.values():
            syncs.rate_will_change()
        self._factors, self.capacity = factors, capacity
        for syncs in self._syncs.values():
            syncs.rate_changes()

    def _refuse(self, users: Iterable[str], capacity: float, wanted: Demand) -> NoReturn:
        raise RunError(
            ("links", self.name),
            f"its capacity of {capacity:,.0f} bytes/s is below what {all_of(users)}"
            f" may send ({wanted.rate:,.0f} bytes/s); this version does not model how they would"
            " share it",
        )


@dataclass(frozen=True, slots=True)
class Demand:
    """The sum of rates, exact so that one after the other can come and go."""

    finite: Fraction = Fraction(0)
    """Bytes per second of those that have a limit."""
    unlimited: int = 0
    """How many have none."""

    @property
    def rate(self) -> float:
        """The sum in bytes per second, rounded once."""
        return math.inf if self.unlimited else float(self.finite)

    def with_(self, rate: float) -> Demand:
        """Return the sum with one more rate."""
        if rate == math.inf:
            return Demand(self.finite, self.unlimited + 1)
        return Demand(self.finite + Fraction(rate), self.unlimited)

    def without(self, rate: float) -> Demand:
        """Return the sum without one of its rates."""
        if rate == math.inf:
            return Demand(self.finite, self.unlimited - 1)
        return Demand(self.finite - Fraction(rate), self.unlimited)

"""Links between Regions, and the Regions: reachability, rates and opting in."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from efssim.model.entities.sharing import LinkShares
from efssim.model.entities.slots import Slots
from efssim.model.kernel.causes import Cause, Causes
from efssim.model.kernel.clock import Clock
from efssim.model.kernel.listener import SyncListener
from efssim.scenario.regions.facts import FILE_SYSTEMS


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

    Where all that its replications may send together is more than its capacity, it is shared: their
    transfers divide it. Where it has fewer slots than replications, their syncs wait for one.
    Otherwise none of them can notice the others.
    """

    def __init__(
        self,
        clock: Clock,
        name: str,
        capacity: float = math.inf,
        latency_s: float = 0.0,
        concurrency: int | None = None,
        capacities: Sequence[float] = (),
    ) -> None:
        """Begin without replications; `concurrency` syncs may be under way, None: any number.

        `capacities` are all those that it will have, where it does not stay as it is.
        """
        self.name, self.latency_s = name, latency_s
        """The latency is a round trip and adds to the setup of a sync."""
        self.capacity = self._undisturbed = capacity
        """Bytes per second, degradations included."""
        self._factors: dict[Cause, float] = {}
        self._users: dict[str, float] = {}  # most bytes per second that each may send
        self._wanted = Demand()  # of all of them
        self._syncs: dict[str, SyncListener] = {}
        finite = [size for size in (capacity, *capacities) if size < math.inf]
        self._widest = max(finite, default=math.inf)  # wherever it has a limit
        self._shares = LinkShares(clock, min(capacity, self._widest)) if finite else None
        self._slots = None if concurrency is None else Slots(clock, concurrency)
        self.slots: Slots | None = None
        """The slots of its syncs, while there are fewer than replications."""
        self.shares: LinkShares | None = None
        """The division among its transfers, while it is shared."""
        self.was_shared = False
        """Whether it was ever shared."""

    @property
    def undisturbed_capacity(self) -> float:
        """Bytes per second without degradations."""
        return self._undisturbed

    @property
    def usable_capacity(self) -> float:
        """Most bytes per second of one transfer: while it is shared, what is left is its share."""
        return self.capacity if self.shares is None else self._widest

    @property
    def has_slots(self) -> bool:
        """Whether only so many syncs may be under way."""
        return self._slots is not None

    @property
    def limited(self) -> bool:
        """Whether it has a capacity at all, at some time."""
        return self._shares is not None

    @property
    def wanted(self) -> float:
        """Bytes per second that its replications may send together."""
        return self._wanted.rate

    def admit(self, user: str, throughput: float) -> None:
        """Take note of a replication of some throughput."""
        self._users[user] = throughput
        self._wanted = self._wanted.with_(throughput)
        self._share_or_not()

    def readmit(self, user: str, throughput: float) -> None:
        """Take note that a replication has another throughput from now on."""
        self._wanted = self._wanted.without(self._users[user]).with_(throughput)
        self._users[user] = throughput
        self._share_or_not()

    def join(self, user: str, syncs: SyncListener) -> None:
        """Tell the syncs of an admitted replication before and after each change of the rate."""
        self._syncs[user] = syncs

    def leave(self, user: str) -> None:
        """Forget a replication."""
        self._wanted = self._wanted.without(self._users.pop(user))
        del self._syncs[user]
        self._share_or_not()

    def resize(self, capacity: float) -> None:
        """Change the capacity, degradations left out."""
        self._undisturbed = capacity
        present = capacity * math.prod(self._factors.values())
        most = max(self._users.values(), default=0.0)
        is_shared = (self.shares, self._shares_at(present)) != (None, None)
        if is_shared or most > min(present, self.capacity):
            self._change(self._factors)
            return
        self._set_shares(present)  # it bound nobody and does not now: nobody can notice
        self.capacity = present

    def degrade(self, cause: Cause, factor: float) -> None:
        """Multiply the capacity by a factor until the cause is over."""
        self._change(self._factors | {cause: factor})

    def restore(self, cause: Cause) -> None:
        """Undo a degradation."""
        self._change({other: f for other, f in self._factors.items() if other != cause})

    def _change(self, factors: dict[Cause, float]) -> None:
        capacity = self._undisturbed * math.prod(factors.values())
        self._factors = factors
        self._set_shares(capacity)
        self._become(capacity)

    def _set_shares(self, capacity: float) -> None:
        if self._shares is not None and capacity < math.inf:
            self._shares.resize(capacity)

    def _share_or_not(self) -> None:
        """Begin or stop to share, as the replications on it may now send more, or less."""
        if (self._shares_at(self.capacity), self._slots_now()) != (self.shares, self.slots):
            self._become(self.capacity)

    def _shares_at(self, capacity: float) -> LinkShares | None:
        has_to = len(self._users) > 1 and capacity < self._wanted.rate
        return self._shares if has_to else None

    def _slots_now(self) -> Slots | None:
        return None if self._slots is None or len(self._users) <= self._slots.most else self._slots

    def _become(self, capacity: float) -> None:
        shares, slots = self._shares_at(capacity), self._slots_now()
        if shares is not None and (shares, slots) == (self.shares, self.slots):
            self.capacity = capacity  # it divides itself anew
            return
        for syncs in self._syncs.values():
            syncs.rate_will_change()
        self.capacity, self.shares, self.slots = capacity, shares, slots
        self.was_shared |= shares is not None
        for syncs in self._syncs.values():
            syncs.rate_changes()


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

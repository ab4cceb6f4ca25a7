"""Links between Regions, and the Regions: reachability, rates and opting in."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from efssim.model.entities.errors import RunError
from efssim.model.kernel.causes import Cause, Causes
from efssim.model.kernel.listener import SyncListener


@dataclass
class RegionState:
    """A Region as the account sees it."""

    name: str
    opted_in: bool = True
    opting_in_s: float = 0.0
    opting_out_s: float = 0.0
    zones: dict[str, str] = field(default_factory=dict)
    """AZ id of each AZ name."""
    outages: Causes = field(default_factory=Causes)
    opt_outs: Causes = field(default_factory=Causes)

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
        self._refuse_to_share(self._users | {user: throughput}, self.capacity)

    def admit(self, user: str, throughput: float) -> None:
        """Take note of a replication of some throughput; RunError if it would have to share."""
        self.require_room(user, throughput)
        self._users[user] = throughput

    def join(self, user: str, syncs: SyncListener) -> None:
        """Tell the syncs of an admitted replication before and after each change of the rate."""
        self._syncs[user] = syncs

    def leave(self, user: str) -> None:
        """Forget a replication."""
        del self._users[user], self._syncs[user]

    def degrade(self, cause: Cause, factor: float) -> None:
        """Multiply the capacity by a factor until the cause is over."""
        self._change(self._factors | {cause: factor})

    def restore(self, cause: Cause) -> None:
        """Undo a degradation."""
        self._change({other: f for other, f in self._factors.items() if other != cause})

    def _change(self, factors: dict[Cause, float]) -> None:
        capacity = self._undisturbed * math.prod(factors.values())
        self._refuse_to_share(self._users, capacity)
        for syncs in self._syncs.values():
            syncs.rate_will_change()
        self._factors, self.capacity = factors, capacity
        for syncs in self._syncs.values():
            syncs.rate_changes()

    def _refuse_to_share(self, users: Mapping[str, float], capacity: float) -> None:
        wanted = math.fsum(users.values())
        if len(users) > 1 and capacity < wanted:
            raise RunError(
                ("links", self.name),
                f"its capacity of {capacity:,.0f} bytes/s is below what {' and '.join(users)}"
                f" may send ({wanted:,.0f} bytes/s); this version does not model how they would"
                " share it",
            )

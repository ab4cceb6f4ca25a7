"""A sync in flight: its attempt and the remaining times.

A stall freezes the phase that it meets; a change of the link's rate scales the rest of the
transfer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from operator import add

import simpy

from efssim.model.entities.sharing import LinkShares, Transfer
from efssim.model.kernel.clock import Clock, Turn
from efssim.model.writes.change_sets import ChangeSet
from efssim.records.run_records import NO_PHASES, Phases


@dataclass(slots=True)
class Attempt:
    """The remaining times of an attempt, in seconds."""

    fixed_s: float
    """Phases that no rate of the link changes: setup, inventory, diff."""
    transfer_s: float
    wait_s: float
    """Backoff after it failed."""
    fails: bool
    share: float = 1.0
    """Share of the whole transfer that it does until it ends."""
    phases: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Setup, inventory and diff of an attempt that succeeds, before any time passed."""
    whole_fixed_s: float = 0.0
    """Phases that no rate changes, of all of it, were it to succeed."""
    unreached_s: float = 0.0
    """The part of them that it does not come to, as it fails before."""

    @property
    def work_s(self) -> float:
        """Time of its phases."""
        return self.fixed_s + self.transfer_s

    @property
    def left_s(self) -> float:
        """Time to its end, the backoff included."""
        return self.work_s + self.wait_s

    def spent(self, seconds: float, running: bool) -> Phases:
        """Return how the next seconds divide into phases, in which it is running or frozen."""
        if self.fails:
            return Phases(repeated_s=seconds)
        left, fixed_s = [], self.fixed_s
        for phase_s in reversed(self.phases):  # the rest is the end of them
            left.append(min(phase_s, fixed_s))
            fixed_s -= left[-1]
        left.reverse()
        if not running:
            met = next((k for k, phase_s in enumerate(left) if phase_s > 0), 3)
            return Phases._make([seconds * (k == met) for k in range(4)] + [0.0])
        passed = []
        for phase_s in left:
            passed.append(min(phase_s, seconds))
            seconds -= passed[-1]
        return Phases._make([*passed, seconds, 0.0])

    def pass_time(self, seconds: float) -> None:
        """Let time pass: one phase after the other."""
        fixed_s = min(seconds, self.fixed_s)
        transfer_s = min(seconds - fixed_s, self.transfer_s)
        self.fixed_s -= fixed_s
        self.transfer_s -= transfer_s
        self.wait_s = max(0.0, self.wait_s - (seconds - fixed_s - transfer_s))


@dataclass(slots=True)
class Sharing:
    """The place of a transfer on a link that it shares."""

    shares: LinkShares
    transfer: Transfer
    over: simpy.Event
    """Comes when it ends."""

    @classmethod
    def awaited(cls, shares: LinkShares, transfer: Transfer, clock: Clock) -> Sharing:
        """Return the place of a transfer with an event for its end, whoever waited before."""
        over = clock.never()
        transfer.finish = lambda _: clock.let_come(over, Turn.COMPLETION)
        return cls(shares, transfer, over)

    def slowed_left_s(self, now_s: float) -> float | None:
        """Return the rest of a transfer that was slowed; None: it was at full speed all along."""
        if not self.transfer.was_slowed:
            return None
        return self.shares.left_s(self.transfer, now_s)

    @property
    def slowness(self) -> float:
        """How many times as long as at full speed the transfer takes at its present rate."""
        return self.shares.slowness(self.transfer)


@dataclass(slots=True)
class InFlight:
    """A sync between its cut and its end."""

    change_set: ChangeSet
    initial: bool
    attempt: Attempt
    since_s: float
    """The time of the last account, for which `attempt` holds."""
    transfer_s: float
    """The whole transfer at the rate that `attempt` reckons with."""
    failed: int = 0
    """Failed attempts before this one."""
    phases: Phases = NO_PHASES
    """How the time up to `since_s` was spent."""
    repeated_bytes: int = 0
    """Bytes that the failed attempts had sent."""
    sharing: Sharing | None = None
    """The place of its transfer on a link that it shares, while it has one."""
    is_sent: bool = False
    """Whether the transfer of its attempt had such a place and is over."""
    unsent: float | None = None
    """Share of the whole transfer that is left while it takes no time; None: all, or as it takes
    time."""

    def phases_at(self, now_s: float, running: bool) -> Phases:
        """Return how the time up to now was spent, since the last account running or not."""
        spent = self.attempt.spent(now_s - self.since_s, running)
        return Phases._make(map(add, self.phases, spent))

    def account_until(self, now_s: float, running: bool) -> None:
        """Account for the time up to now, in which it was running or not."""
        self.phases = self.phases_at(now_s, running)
        if running:
            left_s = None if self.sharing is None else self.sharing.slowed_left_s(now_s)
            if left_s is None:
                self.attempt.pass_time(now_s - self.since_s)
            else:
                self.attempt.fixed_s, self.attempt.transfer_s = 0.0, left_s
            if not self.transfer_s and not self.attempt.fixed_s and now_s > self.since_s:
                self.unsent = 0.0
        self.since_s = now_s

    def accounted_until(self, now_s: float, running: bool) -> InFlight:
        """Return a copy that has accounted for the time up to now."""
        copy = replace(self, attempt=replace(self.attempt))
        copy.account_until(now_s, running)
        return copy

    def reckon_with(self, transfer_s: float) -> None:
        """Scale the rest of the transfer to another time for the whole of it.

        While the whole takes no time, since nothing limits it, the share that is left is kept.
        """
        if self.transfer_s:
            if not transfer_s:
                self.unsent = self.attempt.transfer_s / self.transfer_s
            self.attempt.transfer_s *= transfer_s / self.transfer_s
        elif transfer_s:
            self.attempt.transfer_s = self._unsent * transfer_s
            self.unsent = None
        self.transfer_s = transfer_s

    @property
    def _unsent(self) -> float:
        return self.attempt.share if self.unsent is None else self.unsent

    @property
    def sent_share(self) -> float:
        """Share of the whole transfer that the attempt has done."""
        if not self.transfer_s:  # all that is left is there once the sync is complete
            return self.attempt.share - self._unsent
        return max(0.0, self.attempt.share - self.attempt.transfer_s / self.transfer_s)

    @property
    def _waits(self) -> bool:
        """Whether the attempt has failed, and its backoff goes on."""
        return self.attempt.fails and not self.attempt.work_s

    @property
    def bytes_done(self) -> int:
        """Bytes of the change set that the attempt has sent: none once it has failed."""
        return 0 if self._waits else math.floor(self.change_set.bytes * self.sent_share)

    @property
    def estimate_s(self) -> float:
        """Time to the completion at the present rates, as if no attempt failed from now on."""
        attempt = self.attempt
        if self._waits:
            return attempt.wait_s + attempt.whole_fixed_s + self.transfer_s
        fixed_s = attempt.fixed_s + attempt.unreached_s
        slowness = 1.0 if self.sharing is None else self.sharing.slowness
        return fixed_s + self.transfer_s * (1.0 - self.sent_share) * slowness

    @property
    def wire_bytes(self) -> int:
        """Bytes that all attempts have sent by the last account."""
        return self.repeated_bytes + math.floor(self.change_set.bytes * self.sent_share)

    @property
    def ends_s(self) -> float:
        """When the attempt ends, its backoff included, if nothing stops it."""
        return self.since_s + self.attempt.left_s

    @property
    def failed_attempts(self) -> int:
        """Failed attempts, including one that is in its backoff."""
        return self.failed + self._waits

"""The lane of a replication on a shared link: its regular syncs, one after the other, by bells.

When a sync on a shared link ends depends on the others, so nothing can be planned ahead. But while
nothing disturbs a replication, its syncs need no process either: a lane hangs on the clock by its
next bell, knows the writes as plain numbers, and hands completed syncs over as columns.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import simpy

from efssim.model.entities.sharing import LinkShares, Transfer
from efssim.model.kernel.clock import Clock, Turn
from efssim.model.sync.attempt import InFlight, Sharing
from efssim.model.sync.sync_times import SyncTimes
from efssim.model.sync.takes import Takes, takes_of
from efssim.model.writes.change_sets import Floats, Work
from efssim.model.writes.journal import Journal

_MANY = 1024
"""Completed syncs that wait to be handed over; no result depends on it."""


class LaneSyncs(NamedTuple):
    """Consecutive syncs that a lane has completed, a column each."""

    work: Work
    completed_s: Floats


class SyncLane:
    """The regular syncs of one replication whose first attempts succeed."""

    __slots__ = (
        "_bell",
        "_cap",
        "_claim",
        "_claim_cap",
        "_clock",
        "_completed_s",
        "_cut_after",
        "_cuts_s",
        "_ends_s",
        "_failing",
        "_gaps",
        "_is_cut",
        "_journal",
        "_over",
        "_record",
        "_setups",
        "_shares",
        "_takes",
        "_times",
        "_transfer",
        "cut_s",
        "is_used",
        "ordinal",
    )

    def __init__(
        self, clock: Clock, journal: Journal, times: SyncTimes, record: Callable[[], None]
    ) -> None:
        """Begin without syncs; `record` is called when it is time to hand over completed ones."""
        self._clock, self._journal, self._times, self._record = clock, journal, times, record
        self._cut_after = times.cuts.after
        self.is_used = False
        """Whether the next syncs are here."""
        self.cut_s = 0.0
        """Of the sync in flight, or of the next one."""
        self.ordinal = 0
        """Of that sync."""
        self._is_cut = False  # whether its writes are known, which may be before its cut
        self._bell = -1
        self._takes: Takes | None = None
        self._ends_s, self._cap = 0.0, 0.0  # of its transfer at full speed
        self._claim, self._claim_cap = times.claim(0.0), 0.0
        self._transfer: Transfer | None = None
        self._cuts_s, self._completed_s = array("d"), array("d")

    # --- used and left ------------------------------------------------------------------------

    def use(self, shares: LinkShares, cut_s: float, ordinal: int) -> simpy.Event:
        """Go on with a sync that is cut at a time; return an event for when the lane is left."""
        self.is_used, self.ordinal, self._shares = True, ordinal, shares
        self._over = self._clock.never()
        self._setups = self._times.setup.onwards(ordinal)
        self._gaps = self._times.gap.onwards(ordinal + 1)
        self._failing = self._times.fails_onwards(ordinal + 1) if self._times.may_fail else None
        self._takes = None
        self._plan(cut_s)
        return self._over

    def leave(self) -> InFlight | None:
        """Let no more syncs begin; return the one in flight, whose end can be waited for.

        All that are complete have been handed over. A cut at this very instant is still to come, or
        to come again: a script acts after it, as if it had not happened.
        """
        flying = self.in_flight() if self.cut_s < self._clock.now else None
        if flying is None and self._transfer is not None:
            self._shares.leave(self._transfer)
        if flying is not None and flying.sharing is not None:
            transfer = flying.sharing.transfer
            flying.sharing = Sharing.awaited(self._shares, transfer, self._clock)
        self.is_used, self._is_cut, self._bell = False, False, -1
        self._takes = self._transfer = None
        return flying

    def in_flight(self) -> InFlight | None:
        """Return the sync that is in flight now, as it was cut; None without one."""
        if not self._is_cut or self.cut_s > self._clock.now:
            return None
        change_set = self._journal.cut(self.cut_s)
        flying = self._times.begin(change_set, False, self.ordinal)
        if self._transfer is not None:
            flying.sharing = Sharing(self._shares, self._transfer, self._over)
        return flying

    def hand_over(self) -> LaneSyncs | None:
        """Return the syncs that are complete, each once; None without any."""
        count = len(self._cuts_s)
        if not count:
            return None
        assert self._takes is not None
        cuts_s, completed_s = np.array(self._cuts_s), np.array(self._completed_s)
        self._cuts_s, self._completed_s = array("d"), array("d")
        work = self._journal.work_between(cuts_s, self._takes.ends(count))
        return LaneSyncs(work, completed_s)

    # --- one sync after the other -------------------------------------------------------------

    def _plan(self, cut_s: float) -> None:
        """Take the writes of the next sync, as soon as they are known."""
        self.cut_s = cut_s
        if self._takes is None or cut_s >= self._takes.reach_s:
            if cut_s >= self._journal.horizon_s:
                self._is_cut = False
                self._bell = self._clock.ring_at(cut_s, Turn.CUT, self._cut)
                return
            self._record()  # so that the next one begins with the first unpublished write
            self._takes = takes_of(self._journal, self._times, cut_s)
        fixed_s, transfer_s, self._cap = self._takes.take(cut_s, next(self._setups))
        self._is_cut = True
        begins_s = cut_s + fixed_s
        # Whatever takes no time comes after the cut, which is last in its instant.
        turn = Turn.COMPLETION if begins_s > cut_s else Turn.CUT
        if transfer_s:
            self._ends_s = cut_s + (fixed_s + transfer_s)
            self._bell = self._clock.ring_at(begins_s, turn, self._send)
        else:
            self._bell = self._clock.ring_at(begins_s, turn, self._end)

    def _cut(self, _now_s: float, bell: int) -> None:
        if bell == self._bell:
            self._plan(self.cut_s)

    def _send(self, _now_s: float, bell: int) -> None:
        """Begin the transfer."""
        if bell != self._bell:
            return
        if self._cap != self._claim_cap:
            self._claim, self._claim_cap = self._times.claim(self._cap), self._cap
        self._transfer = Transfer(self._ends_s, self._claim, self._complete)
        self._shares.join(self._transfer)

    def _end(self, now_s: float, bell: int) -> None:
        if bell == self._bell:
            self._complete(now_s)

    def _complete(self, now_s: float) -> None:
        """Complete the sync, and go on with the next one unless its first attempt fails."""
        cut_s = self.cut_s
        self._cuts_s.append(cut_s)
        self._completed_s.append(now_s)
        self._transfer, self._is_cut = None, False
        self.ordinal += 1
        planned_s, ready_s = self._cut_after(cut_s), now_s + next(self._gaps)
        self.cut_s = planned_s if planned_s > ready_s else ready_s  # max costs a call
        if len(self._cuts_s) >= _MANY:
            self._record()
        if self._failing is not None and next(self._failing):
            self._bell = -1
            self._clock.let_come(self._over, Turn.COMPLETION)
        else:
            self._plan(self.cut_s)

"""The sync process of one replication: a loop of plan, wait, and what then is due.

It waits for the next cut or for the end of the attempt in flight, in the order that an instant has
(`Turn`). Whatever stops, frees or slows syncs settles the one in flight at that time and wakes the
process, which then plans again.
"""

from __future__ import annotations

from collections.abc import Generator

import simpy

from efssim.model.attempt import InFlight
from efssim.model.clock import Clock, Turn
from efssim.model.common import initial_work
from efssim.model.journal import Journal
from efssim.model.replication import Replication, Status
from efssim.model.sync_times import SyncTimes
from efssim.records import AbandonedSync, OpenSync


class SyncProcess:
    """Syncs a replication for as long as it exists."""

    def __init__(
        self,
        clock: Clock,
        replication: Replication,
        times: SyncTimes,
    ) -> None:
        self._clock, self._replication, self._times = clock, replication, times
        self._journal: Journal = replication.source.journal
        self._ordinal = 0
        self._in_flight: InFlight | None = None
        self._running = replication.runs
        self._next_cut_s = clock.now  # a new replication: at once when it is enabled
        if replication.last_replicated_s is not None:
            self._next_cut_s += times.interval_s or times.gap_s(0)
        self._process = clock.process(self._run())
        replication.changed = self.changed

    def _run(self) -> Generator[simpy.Event, None, None]:
        while True:
            try:
                yield self._due()
            except simpy.Interrupt:  # something changed: plan again
                continue
            if self._in_flight is None:
                self._cut()
            else:
                self._attempt_ended(self._in_flight)

    def _due(self) -> simpy.Event:
        """Return what comes next unless something changes."""
        if not self._running:
            return self._clock.never()
        flying = self._in_flight
        if flying is None:
            return self._clock.at(max(self._next_cut_s, self._clock.now), Turn.CUT)
        return self._clock.at(flying.since_s + flying.attempt.left_s, Turn.COMPLETION)

    def _cut(self) -> None:
        now = self._clock.now
        change_set = self._journal.cut(now)
        initial = self._replication.last_replicated_s is None
        if initial:
            size, files = initial_work(self._replication)
            change_set = change_set._replace(bytes=size, files=files, large_file_bytes=0)
        transfer_s = self._times.transfer_s(change_set, initial)
        attempt = self._times.attempt(change_set, transfer_s, initial, self._ordinal, 0)
        self._in_flight = InFlight(change_set, initial, attempt, now, transfer_s)

    def _attempt_ended(self, flying: InFlight) -> None:
        if not flying.attempt.fails:
            self._complete(flying)
            return
        flying.failed += 1
        flying.since_s = self._clock.now
        flying.attempt = self._times.attempt(
            flying.change_set, flying.transfer_s, flying.initial, self._ordinal, flying.failed
        )

    def _complete(self, flying: InFlight) -> None:
        """Record a completed sync: its change set is visible and LastReplicatedTimestamp moves."""
        change, now = flying.change_set, self._clock.now
        self._replication.replicated(change.cut_s)
        self._replication.records.syncs.append(
            change.cut_s,
            now,
            change.bytes,
            change.written_bytes,
            change.files,
            change.writes,
            flying.failed + 1,
            change.first_write_s,
        )
        self._journal.sent(change, now)
        if flying.initial:  # apart from the others, so that the measures can tell its writes
            self._journal.publish()
        self._in_flight = None
        self._ordinal += 1
        ready_s = now + self._times.gap_s(self._ordinal)
        self._next_cut_s = max(change.cut_s + self._times.interval_s, ready_s)

    # --- what happens in between --------------------------------------------------------------

    def changed(self) -> None:
        """Take note that the status or an outage has changed."""
        before, self._running = self._running, self._replication.runs
        enabled = self._replication.status is Status.ENABLED
        if self._in_flight is not None:
            self._interrupt(self._in_flight, before, enabled)
        if not enabled:  # the next cut is at the first instant at which syncs run again
            self._next_cut_s = self._clock.now
        if before or self._running:
            self._process.interrupt()

    def _interrupt(self, flying: InFlight, was_running: bool, enabled: bool) -> None:
        now = self._clock.now
        if flying.change_set.cut_s >= now and not self._running:
            # A cut comes last in its instant: this one has not happened.
            self._in_flight, self._next_cut_s = None, flying.change_set.cut_s
            return
        flying.settle(now, was_running)
        if not enabled:
            self._abandon(flying)

    def _abandon(self, flying: InFlight) -> None:
        change, attempts = flying.change_set, flying.failed_attempts + 1
        self._replication.records.abandoned.append(
            AbandonedSync(change.cut_s, self._clock.now, change.bytes, change.files, attempts)
        )
        self._in_flight = None
        self._ordinal += 1

    def rate_changed(self) -> None:
        """Scale what remains of a transfer to the present rate of the link."""
        flying = self._in_flight
        if flying is None:
            return
        flying.settle(self._clock.now, self._running)
        flying.reckon_with(self._times.transfer_s(flying.change_set, flying.initial))
        if self._running:
            self._process.interrupt()

    def open_sync(self) -> OpenSync | None:
        """Return the sync in flight, if there is one."""
        flying = self._in_flight
        if flying is None:
            return None
        change, now = flying.change_set, self._clock.now
        failed = flying.settled(now, self._running).failed_attempts
        return OpenSync(change.cut_s, change.bytes, change.files, change.writes, failed)

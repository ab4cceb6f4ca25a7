"""The sync process of one replication: a loop that plans, waits and acts.

While nothing disturbs it, it plans a stretch of syncs and waits for its end. A sync that was
disturbed, and the initial one, is waited for by itself, attempt by attempt. Events that stop, free
or slow syncs record those complete by then, account for the one in flight, and wake the process,
which then plans again.
"""

from __future__ import annotations

import math
from collections.abc import Generator

import numpy as np
import simpy

from efssim.model.entities.divergence import initial_work
from efssim.model.entities.replication import ReplicationState, Status
from efssim.model.entities.slots import SlotClaim, Slots
from efssim.model.kernel.clock import Clock, Turn
from efssim.model.sync.attempt import InFlight
from efssim.model.sync.completed import Completed
from efssim.model.sync.lane import SyncLane
from efssim.model.sync.lone_loop import LoneLoop
from efssim.model.sync.stretch import LONG, SHORT, Planner, Stretch
from efssim.model.sync.sync_times import SyncTimes
from efssim.model.writes.change_sets import Work
from efssim.model.writes.journal import Journal
from efssim.records.run_records import AbandonedSync, OpenSync


class SyncProcess:
    """The process that syncs a replication for as long as it exists."""

    def __init__(
        self,
        clock: Clock,
        replication: ReplicationState,
        times: SyncTimes,
        end_s: float,
        lengths: tuple[int, int] = (SHORT, LONG),
    ) -> None:
        """Sync until `end_s`, the end of the run; plan so many syncs at once, first and at most."""
        self._clock, self._replication, self._times = clock, replication, times
        self._journal: Journal = replication.source.journal
        self._completed = Completed(self._journal, replication.records)
        self._planner = Planner(clock, self._journal, times, end_s, lengths)
        self._ordinal = 0
        self._stretch: Stretch | None = None
        self._in_flight: InFlight | None = None
        self._running, self._begins = replication.runs, replication.begins
        self._next_cut_s = clock.now  # a new replication: at once when it is enabled
        self._initial = replication.last_replicated_s is None
        if not self._initial:
            self._next_cut_s += times.cuts.first_s or times.gap[0]
        self._changed_s = -math.inf  # when the rates changed last, or syncs could run again
        self._work: Work | None = None  # of the sync in flight, where that was cut by itself
        self._claim: SlotClaim | None = None  # to a slot of the link
        self._waited_s = 0.0  # of the sync in flight, or of the last one
        # Since when it is enabled, and since when syncs can begin: no stall, no blackout.
        self._enabled_s = self._ready_s = clock.now
        self._is_enabled = replication.status is Status.ENABLED
        self._lane = SyncLane(clock, self._journal, times, self._record_lane)
        self._process = clock.process(self._run())

    def _run(self) -> Generator[simpy.Event, None, None]:
        while True:
            try:
                yield self._due()
            except simpy.Interrupt:  # something changed: plan again
                self._planner.prepared = None
                continue
            if self._lane.is_used:
                self._leave_lane()  # the next sync is none for it
            elif self._in_flight is not None:
                if self._is_over(self._in_flight):
                    self._attempt_ended(self._in_flight)
            elif self._stretch is not None:
                self._end(self._stretch, len(self._stretch))
            elif self._may_cut():
                if self._initial:
                    self._cut_initial()
                elif self._times.one_by_one:
                    self._cut()

    def _due(self) -> simpy.Event:
        """Return the event that comes next unless something changes."""
        if not self._running:
            return self._clock.never()
        if self._in_flight is not None:
            return self._next_of(self._in_flight)
        if not self._begins:
            return self._clock.never()
        cut_s = max(self._next_cut_s, self._clock.now)
        if self._times.slots is not None:
            return self._slot(self._times.slots, cut_s)
        shares = self._times.shares
        if shares is not None and not self._initial and not self._times.fails(self._ordinal):
            return self._lane.use(shares, cut_s, self._ordinal)
        if self._initial or self._times.one_by_one or cut_s >= self._journal.horizon_s:
            return self._clock.at(cut_s, Turn.CUT)
        if self._clock.pauses and self._planner.prepare(cut_s, self._ordinal):
            return self._clock.pause()
        self._stretch = self._planner.plan(cut_s, self._ordinal)
        # A sync of no duration completes after its own cut, and that comes last in its instant.
        cut_s, completed_s = self._stretch.last
        turn = Turn.CUT if completed_s == cut_s else Turn.COMPLETION
        return self._clock.at(completed_s, turn)

    def _slot(self, slots: Slots, due_s: float) -> simpy.Event:
        """Return the event that comes next for a sync that needs a slot: it is due, or gets one."""
        if self._claim is None:
            if due_s > self._clock.now:
                return self._clock.at(due_s, Turn.DUE)
            since_s = max(self._next_cut_s, self._enabled_s)
            self._claim = slots.ask(since_s, self._replication.terms.name)
        return self._claim.granted

    def _may_cut(self) -> bool:
        """Return whether the next sync has the slot that it needs; note how long it waited."""
        if self._times.slots is None:
            return True
        if self._claim is None or not self._claim.is_held:
            return False
        self._waited_s = self._clock.now - max(self._next_cut_s, self._ready_s)
        return True

    def _give_up_slot(self) -> None:
        if self._claim is not None:
            self._claim.give_up()
            self._claim = None

    def _next_of(self, flying: InFlight) -> simpy.Event:
        """Return the event that comes next for a sync in flight."""
        if flying.sharing is not None:
            return flying.sharing.over
        if not self._times.is_shared or flying.is_sent or not flying.attempt.transfer_s:
            # One that a change ends, as nothing limits it, waits for the others of the instant.
            is_by_change = flying.ends_s <= self._changed_s
            return self._clock.at(flying.ends_s, Turn.CUT if is_by_change else Turn.COMPLETION)
        begins_s = flying.since_s + flying.attempt.fixed_s
        if begins_s > self._clock.now:
            return self._clock.at(begins_s, Turn.COMPLETION)
        return self._times.join(flying, self._clock)

    def _is_over(self, flying: InFlight) -> bool:
        """Return whether an attempt has ended, and not only a part of it that was waited for."""
        now = self._clock.now
        if flying.sharing is None:
            return flying.ends_s <= now
        if flying.sharing.transfer.was_slowed and flying.attempt.wait_s:
            flying.account_until(now, running=True)
            flying.attempt.transfer_s = 0.0
        flying.sharing, flying.is_sent = None, True
        return not flying.attempt.wait_s

    @property
    def prepared(self) -> LoneLoop | None:
        """The loop of the next syncs, while it is run with those of other trials."""
        return self._planner.prepared

    # --- stretches ----------------------------------------------------------------------------

    def before_cuts(self) -> None:
        """Record the syncs that are complete by now, before the cuts of this instant.

        Some may still wait to be passed on: the state of the replication is that of now.
        """
        if self._stretch is not None:
            self._record(self._stretch, self._stretch.done(self._clock.now))
        self._record_lane()

    def before_writes(self) -> None:
        """Record the syncs that were complete before now: at this instant, writes are to come."""
        if self._stretch is not None:
            completed_s, now = self._stretch.completed_s, self._clock.now
            self._record(self._stretch, int(completed_s.searchsorted(now, "left")))
        self._record_lane()
        self._completed.flush()

    def whole_instant(self) -> None:
        """Record the syncs that are complete by now, after all events of this instant."""
        if self._stretch is not None:
            self._record(self._stretch, self._stretch.completed(self._clock.now))
        self._record_lane()
        self._completed.flush()

    def _record(self, stretch: Stretch, done: int) -> None:
        """Record the first syncs of a stretch: they are visible on the destination."""
        begin = stretch.recorded
        if done <= begin:
            return
        last = stretch.work
        self._replication.replicated(
            last.cut_s.item(done - 1),
            last.source_bytes.item(done - 1),
            last.source_files.item(done - 1),
        )
        part = slice(begin, done)
        work, completed_s = stretch.work.part(part), stretch.completed_s[part]
        self._completed.add(work, completed_s, stretch.attempts[part])
        for row in stretch.repeated_until(done):
            self._replication.records.repeated.append(*row)
        stretch.recorded = done

    def _end(self, stretch: Stretch, done: int) -> None:
        """Leave a stretch after its first syncs."""
        self._record(stretch, done)
        self._ordinal = stretch.ordinal + done
        whole = done == len(stretch)
        self._next_cut_s = stretch.next_cut_s if whole else stretch.work.cut_s.item(done)
        self._stretch = None

    def _break(self) -> None:
        """Leave the stretch now: keep the sync in flight, forget those after it."""
        stretch, now = self._stretch, self._clock.now
        self._planner.prepared = None  # made for how things were
        if self._lane.is_used:
            self._leave_lane()
        if stretch is None:
            return
        begun = stretch.begun(now)
        done = max(stretch.recorded, min(stretch.completed(now), begun))
        self._end(stretch, done)
        self._planner.disturbed(self._ordinal)
        if begun > done:
            change_set = stretch.work.change_set(done)
            self._in_flight = self._times.at(change_set, self._ordinal, now)

    # --- a lane of a shared link --------------------------------------------------------------

    def _record_lane(self) -> None:
        """Record the syncs that the lane has completed."""
        done = self._lane.hand_over()
        if done is None:
            return
        work = done.work
        self._replication.replicated(
            work.cut_s.item(-1), work.source_bytes.item(-1), work.source_files.item(-1)
        )
        self._completed.add(work, done.completed_s, np.ones(len(work.cut_s), dtype=np.int64))

    def _leave_lane(self) -> None:
        """Go on with the sync in flight, if there is one, and those after it by themselves."""
        self._record_lane()
        self._in_flight, lane = self._lane.leave(), self._lane
        self._ordinal, self._next_cut_s = lane.ordinal, lane.cut_s

    # --- one sync -----------------------------------------------------------------------------

    def _cut(self) -> None:
        """Begin a sync that cannot be planned ahead."""
        self._work = self._journal.work(np.array([self._clock.now]))
        change_set = self._work.change_set(0)
        self._in_flight = self._times.begin(change_set, False, self._ordinal)

    def _cut_initial(self) -> None:
        """Begin the initial sync."""
        change_set = self._journal.cut(self._clock.now)
        size, files = initial_work(self._replication, change_set)
        change_set = change_set._replace(bytes=size, files=files, large_file_bytes=0)
        self._in_flight = self._times.begin(change_set, True, self._ordinal)

    def _attempt_ended(self, flying: InFlight) -> None:
        if flying.attempt.fails:
            self._times.retry(flying, self._ordinal, self._clock.now)
        else:
            self._complete(flying)

    def _complete(self, flying: InFlight) -> None:
        """Record a sync that was waited for by itself."""
        change, now = flying.change_set, self._clock.now
        self._replication.replicated(change.cut_s, change.source_bytes, change.source_files)
        attempts = np.array([flying.failed + 1])
        if self._claim is not None:
            self._replication.records.waited_s[change.cut_s] = self._waited_s
            self._give_up_slot()
        if not self._times.one_by_one or flying.initial or flying.since_s != change.cut_s:
            # Those of the others follow from their draws and their time in all.
            phases = flying.phases_at(now, running=True)
            self._replication.records.disturbed[change.cut_s] = phases
        work, self._work = self._work or Work.of(change), None
        self._completed.add(work, np.array([now]), attempts)
        if flying.failed:
            repeated = (change.cut_s, now, flying.repeated_bytes)
            self._replication.records.repeated.append(*repeated)
        self._in_flight, self._initial = None, False
        self._ordinal += 1
        ready_s = now + self._times.gap[self._ordinal]
        self._next_cut_s = max(self._times.cuts.after(change.cut_s), ready_s)

    # --- events in between --------------------------------------------------------------------

    def status_changes(self) -> None:
        """Start or stop syncs, as the status and the stalls of the replication say now."""
        self._break()
        before, self._running = self._running, self._replication.runs
        if self._running and not before:
            self._changed_s = self._clock.now
        enabled = self._replication.status is Status.ENABLED
        if enabled and not self._is_enabled:
            self._enabled_s = self._clock.now
        began, self._begins = self._begins, self._replication.begins
        if self._begins and not began:
            self._ready_s = self._clock.now
        self._is_enabled = enabled
        if self._in_flight is not None:
            self._interrupt(self._in_flight, before, enabled)
        if self._in_flight is None and not self._begins:
            self._give_up_slot()
        if not enabled:  # the next cut is at the first instant at which syncs run again
            self._next_cut_s = self._clock.now
        if before or self._running:
            self._process.interrupt()

    def _interrupt(self, flying: InFlight, was_running: bool, enabled: bool) -> None:
        now = self._clock.now
        if flying.change_set.cut_s >= now and not self._running:
            # A cut comes last in its instant: this one has not happened.
            self._in_flight = self._work = None
            self._next_cut_s = flying.change_set.cut_s
            return
        self._account(flying, was_running)
        if not enabled:
            self._abandon(flying)

    def _abandon(self, flying: InFlight) -> None:
        change, attempts = flying.change_set, flying.failed_attempts + 1
        abandoned = AbandonedSync(
            cut_s=change.cut_s,
            abandoned_s=self._clock.now,
            bytes=change.bytes,
            files=change.files,
            attempts=attempts,
            cause_ordinal=self._replication.cause_ordinal,  # only a change of status abandons
            wire_bytes=flying.wire_bytes,
        )
        self._replication.records.abandoned.append(abandoned)
        self._in_flight = self._work = None
        self._ordinal += 1

    def _account(self, flying: InFlight, was_running: bool) -> None:
        """Account for the time up to now, and give up the share of the link."""
        flying.account_until(self._clock.now, was_running)
        if flying.sharing is not None:
            flying.sharing.shares.leave(flying.sharing.transfer)
            flying.sharing = None

    def rate_will_change(self) -> None:
        """Account for the time at the rate that the link still has."""
        self._break()
        if self._in_flight is not None:
            self._account(self._in_flight, self._running)

    def rate_changes(self) -> None:
        """Scale the rest of a transfer to the rate that the link has now, and hold a slot."""
        flying, slots = self._in_flight, self._times.slots
        if slots is None:
            self._give_up_slot()
        elif flying is not None and self._claim is None:
            self._claim, self._waited_s = slots.hold(), 0.0
        if flying is not None:
            flying.reckon_with(self._times.transfer_s(flying.change_set, flying.initial))
        self._changed_s = self._clock.now
        if self._running:
            self._process.interrupt()

    @property
    def throughput(self) -> float:
        """Bytes per second now of all syncs, but for an initial one that has its own."""
        return self._times.throughput

    def throughput_changes(self, throughput: float) -> None:
        """Go on at another throughput, in bytes per second; a shared link is divided anew."""
        self.rate_will_change()
        self._times.throughput = throughput
        self.rate_changes()

    def writes_change(self) -> None:
        """Plan again: the writes that were drawn ahead are not those that will be made."""
        self._break()
        if self._running:
            self._process.interrupt()

    def received(self) -> tuple[int, int]:
        """Return bytes and files that the initial sync in flight has sent by now."""
        flying = self._in_flight
        if flying is None or not flying.initial:
            return 0, 0
        share = flying.accounted_until(self._clock.now, self._running).sent_share
        return round(flying.change_set.bytes * share), round(flying.change_set.files * share)

    def open_sync(self) -> OpenSync | None:
        """Return the sync in flight, if there is one; everything of this instant has happened."""
        flying, now = self._in_flight or self._planned(), self._clock.now
        if flying is None:
            return None
        change = flying.change_set
        now_flying = flying.accounted_until(now, self._running)
        return OpenSync(
            cut_s=change.cut_s,
            bytes=change.bytes,
            files=change.files,
            writes=change.writes,
            failed_attempts=now_flying.failed_attempts,
            is_initial=flying.initial,
            bytes_done=now_flying.bytes_done,
            left_s=now_flying.estimate_s if self._running else None,
            wire_bytes=now_flying.wire_bytes,
        )

    def _planned(self) -> InFlight | None:
        """Return the sync of the stretch that is in flight now, if there is one."""
        stretch, now = self._stretch, self._clock.now
        if self._lane.is_used:
            self._record_lane()
            return self._lane.in_flight()
        if stretch is None or stretch.recorded == len(stretch):
            return None
        change_set = stretch.work.change_set(stretch.recorded)
        if change_set.cut_s > now:
            return None
        return self._times.at(change_set, stretch.ordinal + stretch.recorded, now)

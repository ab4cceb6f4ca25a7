"""A replication configuration: its status, its syncs, and what keeps it from syncing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from independent_model.agenda import Turn
from independent_model.calendars import Rate
from independent_model.file_system import (
    READ_ONLY,
    FileSystem,
    bytes_to_send,
    changed_files,
    large_file_bytes,
)
from independent_model.given import Attempts, Numbers
from independent_model.streams import Write
from independent_model.sync import Done, Sync

if TYPE_CHECKING:
    from independent_model.world import World


@dataclass(frozen=True)
class Timing:
    """The parameters of a replication; what may be drawn is asked for by ordinals."""

    interval_s: float
    gap_s: Numbers
    setup_s: Attempts
    throughput: Rate
    file_rate: float
    scan_rate: float
    diff_rate: float
    initial_setup_s: Attempts
    initial_throughput: Rate
    initial_file_rate: float
    differing: int | None
    enabling_s: Numbers
    pausing_s: Numbers
    resuming_s: Numbers
    deleting_s: Numbers
    chance: Attempts
    """An attempt fails if this is below `failure_probability`, after that share of its time."""
    failure_probability: float
    backoff_s: Attempts
    backoff_max_s: float
    phase_s: float
    weight: float


@dataclass(frozen=True)
class Drop:
    """A write that could not be made."""

    time_s: float
    bytes: int
    cause: str


class Abandoned(NamedTuple):
    """A sync that ended before it was complete."""

    cut_s: float
    abandoned_s: float
    failures: int


class Replication:
    """A configuration from a source to a destination."""

    def __init__(
        self, world: World, name: str, timing: Timing, source: FileSystem, destination: FileSystem
    ) -> None:
        self.world, self.name, self.timing = world, name, timing
        self.source, self.destination = source, destination
        self.created_s = world.now
        self.gone_s: float | None = None
        self.status: str | None = None
        self.statuses: list[tuple[float, str | None]] = []
        self.lrt_s: float | None = None
        self.sync: Sync | None = None
        self.due_s = 0.0
        self.writes: list[Write] = []
        self.drops: list[Drop] = []
        self.syncs: list[Done] = []
        self.abandoned: list[Abandoned] = []
        self._ordinal = 0
        """How many syncs are over, completed or abandoned."""
        self.runnable: list[tuple[float, bool]] = []
        """When syncs could run and when not: ENABLED and no outage."""
        self.discarded: list[Write] = []
        self.lost_at_deletion: list[Write] | None = None
        self.held_at_deletion: int | None = None
        """Size of the source when the configuration was gone."""
        self.down_at_deletion = False
        """Whether the source could not be written any more then, from that instant on or before."""
        self.barred: str | None = None
        """In a blackout: what becomes of a sync under way, `finish` or `stall`."""
        self._may_resume_s = 0.0
        self._slowness = 1.0
        self.link = world.link(self)
        self.link.replications.append(self)
        self._take()

    def drop(self, time_s: float, write: Write, cause: str) -> None:
        """Count a write that could not be made to one of its file systems."""
        self.drops.append(Drop(time_s, write.bytes, cause))

    # --- the control plane ----------------------------------------------------------------------

    def _take(self) -> None:
        for side in (self.source, self.destination):
            side.replication = self
        self.destination.protection = "REPLICATING"
        self.destination.stop(self, READ_ONLY, self.world.now)

    def establish(self) -> None:
        """Begin ENABLED, with everything on the destination."""
        self.lrt_s = self.world.now
        self.world.agree(self, self.world.now)
        self._become("ENABLED")
        first_s = self.timing.interval_s - self.timing.phase_s or self.timing.gap_s(0)
        self._due(self.world.now + first_s)

    def create(self) -> None:
        """Begin ENABLING; the initial sync follows."""
        self.discarded = self.destination.unreplicated()
        for write in self.discarded:
            write.discarded = True
        self._become("ENABLING")
        self._after(self.timing.enabling_s(0), self._enable)

    def delete(self) -> None:
        """Begin DELETING."""
        if self.status != "DELETING":
            self._abandon()
            self._become("DELETING")
            self._after(self.timing.deleting_s(0), self._go)

    def _go(self) -> None:
        # What was written before the configuration was pending, too, until the initial sync.
        self.lost_at_deletion = self.source.unreplicated()
        self.held_at_deletion = self.source.size_at(self.world.now)
        self.down_at_deletion = bool(self.source.down) and self.source.down[-1][1]
        self.gone_s = self.world.now
        self._become(None)
        self.link.give_back(self)
        self._release()

    def _release(self) -> None:
        self.source.replication = self.destination.replication = None
        self.destination.protection = "ENABLED"
        for cause in (self, self.destination):  # also where a DISABLED one was read-only
            self.destination.go_on(cause, self.world.now)

    # --- statuses -------------------------------------------------------------------------------

    def _become(self, status: str | None) -> None:
        self.status = status
        self.statuses.append((self.world.now, status))
        self._note()
        if status != "ENABLED" and self.sync is None:
            self.link.give_back(self)

    def _note(self) -> None:
        runnable = self.status == "ENABLED" and not self.stalled
        if not self.runnable or self.runnable[-1][1] != runnable:
            self.runnable.append((self.world.now, runnable))

    def _after(self, delay_s: float, then: object) -> None:
        """Do something after a delay of the control plane, unless the status changes before."""
        changes = len(self.statuses)

        def act() -> None:
            if len(self.statuses) == changes:
                then()  # type: ignore[operator]

        self.world.agenda.at(self.world.now + delay_s, Turn.DELAY, act)

    def _enable(self) -> None:
        self._become("ENABLED")
        self._due(self.world.now)
        self.changed()

    def _paused(self) -> None:
        self._become("PAUSED")
        pauses = sum(status == "PAUSED" for _, status in self.statuses)
        resuming_s = self.timing.resuming_s(pauses - 1)
        self._may_resume_s = self.world.now + resuming_s
        self._after(resuming_s, self.changed)

    @property
    def held(self) -> bool:
        """Whether something pauses it."""
        return any(disturbance.holds(self) for disturbance in self.world.active)

    @property
    def stalled(self) -> bool:
        """Whether something keeps syncs from making progress."""
        if self.barred == "stall":
            return True
        return any(disturbance.stalls(self) for disturbance in self.world.active)

    @property
    def may_begin(self) -> bool:
        """Whether a sync may begin."""
        is_free = self.status == "ENABLED" and self.sync is None
        return is_free and not self.stalled and self.barred is None

    def changed(self) -> None:
        """Act on disturbances that began or ended."""
        if self.status is None:
            return
        if self.status not in ("ERROR", "DELETING") and self._broken():
            self._abandon()
            self._become("ERROR")
        if self.status == "ENABLED" and self.held:
            self._abandon()
            self._become("PAUSING")
            pauses = sum(status == "PAUSING" for _, status in self.statuses)
            self._after(self.timing.pausing_s(pauses - 1), self._paused)
        resumes = self.status == "PAUSED" and not self.held
        if resumes and self.world.now >= self._may_resume_s:
            self._enable()
        self._note()
        self._repace()
        self.link.touch()
        if self.sync is None and not self.may_begin:
            self.link.give_back(self)
        self._try_at(max(self.due_s, self.world.now))

    def _broken(self) -> bool:
        return self.source.failed or self.destination.failed

    # --- syncs ----------------------------------------------------------------------------------

    def _due(self, time_s: float) -> None:
        self.due_s = time_s
        self._try_at(time_s)

    def _try_at(self, time_s: float) -> None:
        self.world.agenda.at(time_s, Turn.DUE, self._ask)

    def _ask(self) -> None:
        if self.may_begin and self.world.now >= self.due_s:
            self.link.ask(self)

    def cut(self) -> None:
        """Begin a sync, with the slot that it needs."""
        assert self.may_begin
        self._slowness = 1.0
        self.sync = self._next_sync()
        self._arrange()
        self.link.touch()

    def _next_sync(self) -> Sync:
        now, initial = self.world.now, self.lrt_s is None
        writes = [write for write in self.writes if write.published_s is None]
        size, files = self._to_transfer(writes) if initial else _to_carry(writes)
        sync = Sync(now, initial, writes, size, files, 0.0, 0.0, 0.0, now)
        self._inventory = self.source.files_at(now)
        self._attempt(sync)
        return sync

    def _attempt(self, sync: Sync) -> None:
        """Begin an attempt of a sync, which may be one that fails."""
        timing, now = self.timing, self.world.now
        setup = timing.initial_setup_s if sync.initial else timing.setup_s
        attempt = len(sync.failures)
        before = setup(self._ordinal, attempt) + self.world.latency(self)
        if sync.writes or sync.bytes or sync.files:
            before += self._inventory / timing.scan_rate
            before += large_file_bytes([] if sync.initial else sync.writes) / timing.diff_rate
        self._slowness = 1.0
        alone_s = self._transfer_s(sync.initial, sync.bytes, sync.files)
        sync.again(now, before, alone_s)
        if timing.failure_probability:
            chance = timing.chance(self._ordinal, attempt)
            if chance < timing.failure_probability:
                backoff_s = timing.backoff_s(self._ordinal, attempt) * 2.0**attempt
                share = chance / timing.failure_probability
                sync.fail_after(share, alone_s, min(backoff_s, timing.backoff_max_s))

    def _to_transfer(self, writes: list[Write]) -> tuple[int, int]:
        """Return the bytes and files of an initial sync: files in proportion to the bytes."""
        now = self.world.now
        size, files = self.source.size_at(now), self.source.files_at(now)
        differing = self.world.differing(self)
        if differing is None and self.timing.differing is not None:
            differing = self.timing.differing + sum(write.bytes for write in writes)
        if differing is None or differing >= size:
            return size, files
        return differing, round(files * differing / size)

    def _transfer_s(self, initial: bool, size: int, files: int) -> float:
        timing = self.timing
        throughput = self.world.now_of(timing.initial_throughput if initial else timing.throughput)
        file_rate = timing.initial_file_rate if initial else timing.file_rate
        return max(size / min(throughput, self.world.capacity(self)), files / file_rate)

    def _arrange(self, *, by_change: bool = False) -> None:
        """Plan the end of what is left; `by_change`: as a rate changed or a stall is over."""
        sync = self.sync
        assert sync is not None
        version = sync.version

        def act() -> None:
            if self.sync is sync and sync.version == version:
                self._end_of(sync)

        if sync.running and sync.before_s:
            self.world.agenda.at(self.world.now + sync.before_s, Turn.COMPLETION, self.link.touch)
        if sync.running:
            end_s = self.world.now + sync.before_s + sync.transfer_s
            # One that a change ends at once waits for what else changes at this instant.
            is_at_once = by_change and end_s == self.world.now > sync.cut_s
            self.world.agenda.at(end_s, Turn.CUT if is_at_once else Turn.COMPLETION, act)

    def _end_of(self, sync: Sync) -> None:
        """End what the present attempt was about: all of it, its failing, or the wait after it."""
        if sync.fails:
            sync.wait(self.world.now)
        elif sync.waits:
            self._attempt(sync)
        else:
            self._complete(sync)
            return
        self._arrange()
        self.link.touch()

    def _repace(self) -> None:
        sync = self.sync
        if sync is not None:
            whole = self._transfer_s(sync.initial, sync.bytes, sync.files) * self._slowness
            if sync.repace(self.world.now, not self.stalled, whole):
                self._arrange(by_change=True)
                self.link.touch()

    # --- its share of the link ------------------------------------------------------------------

    def sends(self) -> bool:
        """Whether it asks for capacity now: a transfer of bytes is under way."""
        sync = self.sync
        if sync is None or not sync.running or not sync.bytes:
            return False
        # Sums, as `_arrange` has them: a difference of two instants is rounded in another way.
        begin_s = sync.since_s + sync.before_s
        return begin_s <= self.world.now < begin_s + sync.transfer_s

    def full_speed(self) -> float:
        """Return the bytes per second that its transfer would have alone."""
        sync = self.sync
        assert sync is not None
        alone_s = self._transfer_s(sync.initial, sync.bytes, sync.files)
        return sync.bytes / alone_s if alone_s else math.inf

    def slow_down(self, slowness: float) -> None:
        """Take so many times as long as alone, from now on."""
        if slowness != self._slowness:
            self._slowness = slowness
            self._repace()

    def _complete(self, sync: Sync) -> None:
        now = self.world.now
        for write in sync.writes:
            write.published_s = now
        for write in self.source.unreplicated():
            write.replicated = write.time_s <= sync.cut_s
        written = sum(write.bytes for write in sync.writes)
        failures = tuple(sync.failures)
        done = Done(sync.cut_s, now, sync.initial, sync.bytes, sync.files, written, failures)
        self.syncs.append(done)
        self.sync, self.lrt_s = None, sync.cut_s
        self._end_sync()
        self.destination.mirror(self.source, sync.cut_s, now)
        self.world.agree(self, sync.cut_s)
        self._due(max(sync.cut_s + self.timing.interval_s, now + self.timing.gap_s(self._ordinal)))

    def _abandon(self) -> None:
        if self.sync is not None:
            failures = len(self.sync.failures)
            self.abandoned.append(Abandoned(self.sync.cut_s, self.world.now, failures))
            self.sync = None
            self._end_sync()

    def _end_sync(self) -> None:
        self._ordinal += 1
        self.link.give_back(self)
        self.link.touch()


def _to_carry(writes: list[Write]) -> tuple[int, int]:
    return bytes_to_send(writes), changed_files(writes)

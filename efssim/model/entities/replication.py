"""A replication configuration: the status of its destination and its LastReplicatedTimestamp.

A disturbance or a call has one of four effects on it: it is held (paused), stalled (no progress),
or one of its file systems fails or may not be written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from efssim.model.entities.file_system import FileSystemState
from efssim.model.kernel.causes import Cause, Causes
from efssim.model.kernel.clock import Clock, Turn
from efssim.model.kernel.draws import Draws
from efssim.model.kernel.listener import NO_SYNCS, SyncListener
from efssim.records.run_records import ReplicationRecords, StatusChange
from efssim.records.timeline import DECLARED
from efssim.scenario.schema import Control, Initial, Sync


class Status(Enum):
    """ReplicationStatus of a destination, in EFS's words."""

    ENABLING = "ENABLING"
    ENABLED = "ENABLED"
    PAUSING = "PAUSING"
    PAUSED = "PAUSED"
    ERROR = "ERROR"
    DELETING = "DELETING"


EDGES: dict[Status | None, tuple[Status | None, ...]] = {
    None: (Status.ENABLING, Status.ENABLED),  # a new and an established replication
    Status.ENABLING: (Status.ENABLED, Status.ERROR, Status.DELETING),
    Status.ENABLED: (Status.PAUSING, Status.ERROR, Status.DELETING),
    Status.PAUSING: (Status.PAUSED, Status.ERROR, Status.DELETING),
    Status.PAUSED: (Status.ENABLED, Status.ERROR, Status.DELETING),
    Status.ERROR: (Status.DELETING,),
    Status.DELETING: (None,),  # gone
}
"""Every legal change of status; any other is a bug of the simulator."""


@dataclass(frozen=True)
class Terms:
    """The terms of a configuration, fixed when it was created."""

    name: str
    """Name in the results: the scenario's, or made from the source's."""
    sync: Sync
    control: Control
    initial: Initial
    original_source_arn: str
    """ARN of the source of the oldest configuration in a chain of reversals."""
    overhead_bytes: int = 0
    """Bytes that EFS keeps for itself on the destination."""
    initial_throughput: float = 0.0
    """Bytes per second of an initial sync that has a throughput of its own; 0 without one."""
    role_arn: str | None = None


class ControlTimes:
    """How long the control plane takes; each draw is addressed by its ordinal."""

    def __init__(self, control: Control, draws: Draws, path: str) -> None:
        self._series = {
            key: draws.of(f"{path}.control.{key}", control.draw(key))
            for key in ("enabling", "pausing", "resuming", "deleting", "protecting")
        }
        self._next = dict.fromkeys(self._series, 0)

    def draw_s(self, key: str) -> float:
        """Return the next duration of a kind."""
        ordinal = self._next[key]
        self._next[key] = ordinal + 1
        return self._series[key][ordinal]


class ReplicationOwner(Protocol):
    """The owner of replications, which starts their syncs and releases their file systems."""

    def start_syncs(self, replication: ReplicationState) -> SyncListener:
        """Start the syncs of a replication that has its first status; return them."""

    def let_go(self, replication: ReplicationState) -> None:
        """Let the file systems go: the configuration is gone, its last state still there."""


class ReplicationState:
    """The state of one replication and the records it appends to."""

    def __init__(
        self,
        clock: Clock,
        terms: Terms,
        source: FileSystemState,
        destination: FileSystemState,
        draws: Draws,
        records: ReplicationRecords,
        owner: ReplicationOwner,
    ) -> None:
        self.terms, self.source, self.destination = terms, source, destination
        self.records, self._owner = records, owner
        self._syncs: SyncListener = NO_SYNCS
        self.created_s = records.created_s = clock.now
        self.status: Status | None = None
        self._last_replicated_s: float | None = None
        self._held = destination.journal.stored()  # size and files before anything is received
        self._replica: tuple[int, int] | None = None  # size and files of the source as replicated
        self.differed_bytes: int | None = None
        """Bytes that the destination lacked when the configuration was created; None: all."""
        self._clock = clock
        self._control = ControlTimes(terms.control, draws, f"replications.{terms.name}")
        self._holds, self._stalls, self._bars = Causes(), Causes(), Causes()
        self.shows_protection = True
        """Whether the destination is shown as REPLICATING; it is read-only from the call on."""
        self._protecting_s = 0.0
        self._resumes_s = 0.0  # PAUSED lasts at least until then
        self._released_by = DECLARED  # ordinal of the end of the last hold

    def __repr__(self) -> str:
        return f"<Replication {self.terms.name!r} {self.status}>"

    # --- beginning and end --------------------------------------------------------------------

    def establish(self) -> None:
        """Begin ENABLED and in sync, as of now."""
        self._last_replicated_s = self.records.last_replicated_s = self._clock.now
        self.records.defined_s = self._clock.now
        self._replica = self.source.journal.stored()
        self._to(Status.ENABLED, "established", DECLARED)
        self._syncs = self._owner.start_syncs(self)

    def enable(self, cause_ordinal: int) -> None:
        """Begin with ENABLING."""
        self._protecting_s = self._control.draw_s("protecting")
        self.shows_protection = not self._protecting_s
        self._to(Status.ENABLING, "CreateReplicationConfiguration", cause_ordinal)
        self._later("enabling", self._enabled)
        self._syncs = self._owner.start_syncs(self)

    def delete(self, cause_ordinal: int) -> None:
        """Begin to delete the configuration; nothing if that has begun."""
        if self.status is not Status.DELETING:
            self._to(Status.DELETING, "DeleteReplicationConfiguration", cause_ordinal)
            self._later("deleting", self._gone)

    def _enabled(self) -> None:
        self._to(Status.ENABLED, "created", self.cause_ordinal)
        if self._protecting_s:
            shown_s = self._clock.now + self._protecting_s
            self._clock.call_at(shown_s, Turn.STATUS, self._show_protection)
        if self._holds:
            self._pause(self._holds.first)

    def _gone(self) -> None:
        # The owner needs the state before it is forgotten.
        self._owner.let_go(self)
        self._to(None, "deleted", self.cause_ordinal)

    def _show_protection(self) -> None:
        self.shows_protection = True

    # --- effects ------------------------------------------------------------------------------

    def hold(self, cause: Cause) -> None:
        """Pause for as long as this or another cause is left."""
        self._holds.add(cause)
        if self.status is Status.ENABLED:
            self._pause(cause)

    def release(self, cause: Cause, end_ordinal: int) -> None:
        """Remove a cause to pause, whose end has an ordinal of its own."""
        if self._holds.remove(cause):
            self._released_by = end_ordinal
            self._resume(f"{cause} over", end_ordinal)

    def stall(self, cause: Cause) -> None:
        """Make no progress for as long as this or another cause is left."""
        if self._stalls.add(cause):
            self.records.stalls.append([self._clock.now])
            self._syncs.status_changes()

    def go_on(self, cause: Cause) -> None:
        """Remove a cause to stall."""
        if self._stalls.remove(cause):
            self.records.stalls[-1].append(self._clock.now)
            self._syncs.status_changes()

    def bar(self, cause: Cause) -> None:
        """Begin no sync for as long as this or another cause is left; one under way goes on."""
        if self._bars.add(cause):
            self._syncs.status_changes()

    def unbar(self, cause: Cause) -> None:
        """Remove a cause to begin no sync."""
        if self._bars.remove(cause):
            self._syncs.status_changes()

    def fail(self, cause: Cause) -> None:
        """Go to ERROR: a file system is unrecoverable."""
        if self.status not in (Status.ERROR, Status.DELETING):
            self._to(Status.ERROR, str(cause), cause.ordinal)

    @property
    def runs(self) -> bool:
        """Whether syncs are running, that is make progress: ENABLED and not stalled."""
        return self.status is Status.ENABLED and not self._stalls

    @property
    def begins(self) -> bool:
        """Whether a sync may begin now."""
        return self.runs and not self._bars

    @property
    def paused_by(self) -> Cause | None:
        """The cause of the pause, None without one."""
        return self._holds.first if self._holds else None

    @property
    def last_replicated_s(self) -> float | None:
        """LastReplicatedTimestamp: the cut of the last completed sync; None: absent."""
        self._syncs.before_cuts()
        return self._last_replicated_s

    def replica(self) -> tuple[int, int]:
        """Return size and files of the destination: those of the source as of the last cut.

        Before there is one: its old content, and the part that the initial sync has sent. An
        attempt that fails and a sync that is abandoned leave nothing behind.
        """
        self._syncs.before_cuts()
        if self._replica is not None:
            return self._replica
        size, files = self._syncs.received()
        return self._held[0] + size, self._held[1] + files

    def replicated(self, cut_s: float, size_bytes: int, files: int) -> None:
        """Move LastReplicatedTimestamp to the cut of a sync that has completed.

        The destination then has the size and the files that the source had at the cut.
        """
        before = self._last_replicated_s
        assert before is None or cut_s >= before, "LastReplicatedTimestamp never decreases"
        self._last_replicated_s, self._replica = cut_s, (size_bytes, files)
        if before is None:
            self.records.defined_s = self._clock.now

    # --- the status machine -------------------------------------------------------------------

    def _pause(self, cause: Cause) -> None:
        self._to(Status.PAUSING, str(cause), cause.ordinal)
        self._later("pausing", self._paused)

    def _paused(self) -> None:
        self._to(Status.PAUSED, "paused", self.cause_ordinal)
        self._resumes_s = self._clock.now + self._control.draw_s("resuming")
        self._resume("no cause left", self._released_by)

    def _resume(self, why: str, end_ordinal: int) -> None:
        """Go back to ENABLED if nothing is in the way; the end of an obstacle calls this again."""
        if self.status is not Status.PAUSED or self._holds:
            return
        if self._clock.now >= self._resumes_s:
            self._to(Status.ENABLED, why, end_ordinal)
        else:
            self._at(self._resumes_s, lambda: self._resume(why, end_ordinal))

    def _later(self, key: str, action: Callable[[], None]) -> None:
        """Act after a time of the control plane, unless the status has changed by then."""
        self._at(self._clock.now + self._control.draw_s(key), action)

    def _at(self, time_s: float, action: Callable[[], None]) -> None:
        changes = len(self.records.statuses)

        def act() -> None:
            if len(self.records.statuses) == changes:
                action()

        self._clock.call_at(time_s, Turn.STATUS, act)

    @property
    def cause_ordinal(self) -> int:
        """Ordinal of the cause of the last change of status; there must be one."""
        return self.records.statuses[-1].cause_ordinal

    def _to(self, status: Status | None, cause: str, cause_ordinal: int) -> None:
        before = self.status
        assert status in EDGES[before], f"illegal change of status: {before} to {status}"
        self.status = status
        names = [None if part is None else part.value for part in (before, status)]
        change = StatusChange(self._clock.now, names[0], names[1], cause, cause_ordinal)
        self.records.statuses.append(change)
        self._syncs.status_changes()

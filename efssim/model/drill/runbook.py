"""The process that carries out a runbook: detect, decide, then one step after the other.

It acts as people do, by plain calls of the control plane in the turn of calls, and is refused as
they are.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from typing import TypeAlias

import simpy

from efssim.model.drill.failback import Failback
from efssim.model.drill.record import DrillPhase, DrillRecord, Ending
from efssim.model.drill.restoring import lacking, latest_backup, start_restore
from efssim.model.drill.targets import new_subnets
from efssim.model.entities.errors import EfsError
from efssim.model.entities.file_system import FileSystemState, LifeCycleState
from efssim.model.entities.replication import ReplicationState, Status
from efssim.model.kernel.clock import Turn
from efssim.model.world.backups import Backup
from efssim.model.world.world import World
from efssim.scenario.drill.section import PLANNED, RESTORING
from efssim.scenario.drill.steps import DELETE, MOUNT_TARGETS, RESTORE, RunbookStep
from efssim.scenario.grammar.distributions import Distribution
from efssim.scenario.grammar.types import Duration

Waiting: TypeAlias = Generator[simpy.Event, None, None]

DETECT, DECIDE, CATCH_UP, FAILBACK = "detect", "decide", "catch_up", "failback"
"""Phases before the steps, the third that of a planned switchover, and the one after them."""
_LOOK_S = 60.0
"""Longest time between two looks at a state that calls may change; chosen."""
_POLL_S = 15.0
"""Time between two looks at LastReplicatedTimestamp; chosen, as public scripts have it."""
_ABOUT = ("FileSystemId", "ResourceId")
"""Parameters that name the file system whose Region a call goes to."""


class Runbook:
    """A runbook of one drill in a world, which begins at the disaster."""

    def __init__(
        self, world: World, source: str, disaster_s: float, detect_s: float | None
    ) -> None:
        """Fail over the file system `source`; `detect_s` after the disaster it is known.

        None: it never is. The disaster itself is an event of the world's scenario.
        """
        drill = world.scenario.drill
        assert drill is not None
        self.record = DrillRecord(disaster_s, is_planned=drill.kind == PLANNED)
        self._world, self._drill, self._source_name = world, drill, source
        self._detect_s, self._steps = detect_s, drill.runbook
        self._target: FileSystemState | None = None
        world.clock.process(self._run())

    def _run(self) -> Waiting:
        yield self._world.clock.at(self.record.disaster_s, Turn.CALL)
        found = self._configuration()
        if found is None and self._drill.kind != RESTORING:
            self._end(Ending.NOT_APPLICABLE)
            return
        if found is not None:
            self._note(found)
            self._target = found.destination
        if self._drill.kind == PLANNED and found is not None:
            with self._phase(CATCH_UP):
                yield from self._catch_up(found)
            yield from self._carry_out(found)
            return
        if self._detect_s is None:
            self._end(Ending.UNDETECTED)
            return
        with self._phase(DETECT):
            yield self._after(self._detect_s)
        with self._phase(DECIDE):
            yield self._after(self._drawn(DECIDE, self._drill.decide))
        yield from self._carry_out(found)

    def _catch_up(self, replication: ReplicationState) -> Waiting:
        """Wait until all that was written before the fence is on the destination."""
        fenced_s = self.record.disaster_s
        while (replication.last_replicated_s or -1.0) < fenced_s:
            yield self._after(_POLL_S)

    def _carry_out(self, replication: ReplicationState | None) -> Waiting:
        """Take the steps, until one is refused for good."""
        moves_after = self._last_that_opens()
        for step in self._steps:
            with self._phase(step.title):
                try:
                    yield from self._take(step, replication)
                except EfsError as error:
                    self._refused(error)
                    self._end(Ending.FAILED)
                    return
            if step is moves_after:
                self._move_writers()
        self.record.recovered_s = self._world.now_s
        if self._drill.failback != "none" and replication is not None:
            yield from self._fail_back(replication)
        if not self.record.is_over:
            self._end(Ending.DONE)

    def _fail_back(self, replication: ReplicationState) -> Waiting:
        """Go back to the primary some time after the disaster has ended."""
        disaster = self._drill.disaster
        assert disaster is not None
        assert disaster.lasts is not None
        over_s = max(self.record.disaster_s + disaster.lasts, self._world.now_s)
        yield self._world.clock.at(over_s + self._drill.after, Turn.CALL)
        begin_s = self._world.now_s
        back = Failback(self._world, replication.source, replication.destination)
        with self._phase(FAILBACK):
            try:
                yield from back.discard() if self._drill.failback == "discard" else back.preserve()
            except EfsError as error:
                self._refused(error)
                self._end(Ending.FAILED)
                return
        self.record.discarded = back.discarded
        self.record.failback_s = self._world.now_s - begin_s

    def _take(self, step: RunbookStep, replication: ReplicationState | None) -> Waiting:
        if step.name == DELETE:
            if replication is not None:
                yield from self._delete(step, replication)
        elif step.name == RESTORE:
            yield from self._restore(step)
        elif step.name == MOUNT_TARGETS:
            yield from self._mount(step, self._opened())
        elif step.call is not None:
            yield from self._call(step)
        else:
            assert step.lasts is not None
            yield self._after(self._drawn(f"steps.{step.name}", step.lasts))

    # --- steps --------------------------------------------------------------------------------

    def _delete(self, step: RunbookStep, replication: ReplicationState) -> Waiting:
        """Delete the configuration from the destination's side; wait until it can be written."""
        while not _is_ending(replication):
            try:
                parameters = {"SourceFileSystemId": replication.source.id}
                region = replication.destination.region
                self._world.call("DeleteReplicationConfiguration", parameters, region)
                break
            except EfsError as error:
                yield self._again(step, error)
        if replication.status is not None:
            yield self._gone(replication)
        if self._drill.kind != RESTORING:
            yield from self._until_writable(replication)

    def _look_for_backup(self) -> Backup | None:
        """Return the latest backup of the source; record what it lacks."""
        source = self._source()
        found = latest_backup(self._world, source)
        self.record.restored = lacking(source, found, source.journal.stored()[0])
        return found

    def _until_writable(self, replication: ReplicationState) -> Waiting:
        destination = replication.destination
        while destination.life.unwritable.since_s is not None:
            _require_whole(destination)
            yield self._look_again()
        gone, now = replication.records.gone, self._world.now_s
        assert gone is not None
        self.record.writable_s = destination.life.writable_from(gone.now_s, now)

    def _restore(self, step: RunbookStep) -> Waiting:
        """Restore the latest backup of the source into a new file system."""
        while True:
            backup = self._look_for_backup()
            try:
                if backup is None:
                    raise EfsError("ResourceNotFoundException", "There is no complete backup.")
                job = start_restore(self._world, backup)
                break
            except EfsError as error:
                yield self._again(step, error)
        yield self._world.clock.at(job.ends_s, Turn.CALL)
        if job.created is None:
            raise EfsError("InternalServerError", f"The restore failed: {job.message}")
        self._target, self.record.writable_s = job.created, self._world.now_s

    def _mount(self, step: RunbookStep, destination: FileSystemState) -> Waiting:
        """Make mount targets of the destination, unless it has some; wait until they are there."""
        attached = self._world.account.attached
        existing = attached.mount_targets_of(destination)
        if any(part.state is LifeCycleState.AVAILABLE for part in existing):
            return
        lasts_s = 0.0
        for subnet in [] if existing else new_subnets(self._world.account, destination):
            creating_s = self._world.account.mount_target_s(destination)
            parameters = {"FileSystemId": destination.id, "SubnetId": subnet}
            yield from self._made(step, "CreateMountTarget", parameters, destination.region)
            lasts_s = max(lasts_s, creating_s)
        if step.lasts is not None:
            lasts_s = self._drawn("steps.mount_targets", step.lasts)
        yield self._after(lasts_s)

    def _call(self, step: RunbookStep) -> Waiting:
        assert step.call is not None
        region = step.region or self._home(step) or self._opened().region
        yield from self._made(step, step.call, step.parameters, region)

    def _made(
        self, step: RunbookStep, operation: str, parameters: dict[str, str], region: str
    ) -> Waiting:
        """Make a call, again and again while it is refused and the step says so."""
        while True:
            try:
                self._world.call(operation, parameters, region)
                return
            except EfsError as error:
                yield self._again(step, error)

    def _home(self, step: RunbookStep) -> str | None:
        """Return the Region of the file system that a call is about; None without one."""
        names = (step.parameters.get(key) for key in _ABOUT)
        found = (self._world.account.find(name) for name in names if isinstance(name, str))
        return next((part.region for part in found if part is not None), None)

    def _source(self) -> FileSystemState:
        """Return the source, which may have been lost, but not deleted."""
        found = self._world.account.find(self._source_name)
        if found is None:
            raise EfsError("FileSystemNotFound", f"'{self._source_name}' was deleted.")
        return found

    def _opened(self) -> FileSystemState:
        """Return the file system that the runbook opens: the destination, or the restored one."""
        return self._source() if self._target is None else self._target

    def _move_writers(self) -> None:
        """Let the streams that follow a failover write to the file system that was opened."""
        source, destination = self._source(), self._opened()
        if any(part.follows and part.home is source for part in self._world.account.streams):
            self._world.move_writes(source.name, destination.name, following=True)

    def _last_that_opens(self) -> RunbookStep:
        """Return the step after which applications can write to the destination."""
        steps, openers = self._steps, (DELETE, MOUNT_TARGETS, RESTORE)
        opening = [step for step in steps if step.name in openers]
        return opening[-1]

    # --- waiting ------------------------------------------------------------------------------

    def _after(self, seconds: float) -> simpy.Event:
        return self._world.clock.at(self._world.now_s + seconds, Turn.CALL)

    def _look_again(self) -> simpy.Event:
        """Return the event of the next change of a disturbance, or of the next look."""
        clock = self._world.clock
        return clock.at(min(clock.next_disturbance_s, clock.now + _LOOK_S), Turn.CALL)

    def _again(self, step: RunbookStep, error: EfsError) -> simpy.Event:
        """Return the event of the next try of a refused step; raise the error if there is none."""
        if step.retry is None:
            raise error
        self._refused(error)
        return self._after(step.retry)

    def _gone(self, replication: ReplicationState) -> simpy.Event:
        """Return the event at which a configuration is gone."""
        clock, gone = self._world.clock, self._world.clock.never()

        def come() -> None:
            gone.succeed()

        def tell(ended: ReplicationState) -> None:
            if ended is replication:
                clock.call_at(clock.now, Turn.CALL, come)

        self._world.account.ended.append(tell)
        return gone

    def _drawn(self, name: str, lasts: Distribution[Duration]) -> float:
        return self._world.account.draws.of(f"drill.{name}", lasts)[0]

    # --- the record ---------------------------------------------------------------------------

    def _configuration(self) -> ReplicationState | None:
        """Return the replication of the source; None if nothing replicates it."""
        account = self._world.account
        source = account.find(self._source_name)
        found = None if source is None else account.configuration_of(source)
        return found if found is not None and found.source is source else None

    def _note(self, replication: ReplicationState) -> None:
        """Record the state of the replication at the disaster."""
        replication.source.journal.account_for_drops()
        dropped = replication.records.dropped.values()
        record = self.record
        record.replication = replication.terms.name
        record.status = None if replication.status is None else replication.status.value
        record.dropped_bytes = sum(amount.bytes for amount in dropped)
        record.dropped_writes = sum(amount.writes for amount in dropped)

    @contextmanager
    def _phase(self, name: str) -> Iterator[None]:
        """Record a phase; one in which the drill ends has no end."""
        phase = DrillPhase(name, self._world.now_s)
        self.record.phases.append(phase)
        yield
        if not self.record.is_over:
            phase.end_s = self._world.now_s

    def _refused(self, error: EfsError) -> None:
        self.record.refusals += 1
        self.record.error, self.record.message = error.code, error.message

    def _end(self, ending: Ending) -> None:
        record = self.record
        record.ending, record.end_s = ending, self._world.now_s
        if self._drill.kind == RESTORING and record.restored is None:
            self._look_for_backup()
        if record.replication is not None:
            account = self._world.account
            record.left = account.snapshot(record.replication)
            record.recovery_point_s = account.replications[record.replication].last_replicated_s

    def give_up(self) -> None:
        """End a drill that has not ended with the world: a step was refused to the last."""
        if not self.record.is_over:
            self._end(Ending.FAILED)


def _is_ending(replication: ReplicationState) -> bool:
    """Return whether a configuration is gone or is being deleted already."""
    return replication.status in (None, Status.DELETING)


def _require_whole(destination: FileSystemState) -> None:
    """Raise EfsError for a destination that nobody will ever write to."""
    if destination.state is not LifeCycleState.AVAILABLE:
        state = destination.state.value
        raise EfsError(
            "IncorrectFileSystemLifeCycleState",
            f"File system '{destination.id}' is {state}, so it cannot be written.",
        )

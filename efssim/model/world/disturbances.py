"""Disturbances: they begin, reach all present and later parts at their target, and end.

`effects.py` says what they do, `schedule.py` when they happen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from efssim.model.account import Account
from efssim.model.efs.control_plane import ControlPlane
from efssim.model.entities.file_system import FileSystemState
from efssim.model.entities.replication import ReplicationState
from efssim.model.kernel.causes import Cause
from efssim.model.world.effects import reach_file_system, reach_replication, turn_off, turn_on
from efssim.records.timeline import Occurrence
from efssim.scenario import schema
from efssim.scenario.grammar.disturbances.effects import (
    Effect,
    FailCalls,
    MoveWrites,
    StopWrites,
)
from efssim.scenario.grammar.disturbances.kind import DisturbanceKind
from efssim.scenario.grammar.disturbances.kinds import DISTURBANCES

BLACKOUT = "blackout"
"""Kind of the times in which a calendar lets no sync begin, in the table of events."""


@dataclass(eq=False)
class Active:
    """A disturbance that goes on: its kind, its cause, and the parts that it reached."""

    kind: DisturbanceKind
    cause: Cause
    record: Occurrence
    reached: list[FileSystemState | ReplicationState]


class Disturbances:
    """The disturbances of a run: it begins and ends them and records them in the timeline."""

    def __init__(self, account: Account, control_plane: ControlPlane) -> None:
        self._account, self._control_plane = account, control_plane
        self._timeline = account.timeline
        self._active: list[Active] = []
        account.appeared.append(self._meet)

    def begin(self, spec: schema.Event | schema.Fault) -> Callable[[], None]:
        """Begin a disturbance; return a function that ends it. RunError if a link has no room."""
        kind = spec.entry
        target: str = getattr(spec, kind.name)
        fails_calls = kind.effect(FailCalls)
        if fails_calls is not None:
            record = self._record(kind, target, spec)
            self._timeline.entries.append(record)
            return self._inject(spec, fails_calls, record)
        return self._start(kind, target, spec)

    def begin_kind(self, kind: str, target: str) -> Callable[[], None]:
        """Begin a disturbance of a kind without options; return a function that ends it."""
        return self._start(DISTURBANCES[kind], target, None)

    def black_out(self, name: str, *, stalls: bool) -> Callable[[], None]:
        """Let no sync of a replication begin, or make progress; return a function that ends it."""
        part = self._account.replications[name]
        record = Occurrence(
            self._timeline.next_ordinal(), self._account.clock.now, BLACKOUT, name, (name,), (name,)
        )
        self._timeline.entries.append(record)
        cause = Cause(record.ordinal, BLACKOUT, name)
        begin, stop = (part.stall, part.go_on) if stalls else (part.bar, part.unbar)
        begin(cause)

        def end() -> None:
            record.end_s = self._account.clock.now
            record.end_ordinal = self._timeline.next_ordinal()
            stop(cause)

        return end

    def end_all(self, effect: type[Effect], *target: str) -> None:
        """End every disturbance with an effect on a target, also those with a later end.

        The target is given by all its names.
        """
        for active in list(self._active):
            if active.cause.target in target and active.kind.has(effect):
                self._end(active)

    def _record(
        self, kind: DisturbanceKind, target: str, spec: schema.Event | schema.Fault | None
    ) -> Occurrence:
        ordinal, now_s = self._timeline.next_ordinal(), self._account.clock.now
        is_planned = isinstance(spec, schema.Event)
        return Occurrence(ordinal, now_s, kind.name, target, is_planned=is_planned)

    def _start(
        self, kind: DisturbanceKind, target: str, spec: schema.Event | schema.Fault | None
    ) -> Callable[[], None]:
        record = self._record(kind, target, spec)
        active = Active(kind, _cause(kind, record), record, [])
        active.reached += turn_on(active.kind, active.cause, spec, self._account)
        self._timeline.entries.append(record)
        self._active.append(active)
        for file_system in list(self._account.file_systems.values()):
            self._reach(active, file_system)
        for replication in self._account.current():
            self._reach(active, replication)
        _note_reached(active)
        if kind.has(MoveWrites):
            self._end_moves()
        return lambda: self._end(active)

    def _end_moves(self) -> None:
        """End the moves for which no stream is elsewhere any more: others came after them."""
        for active in list(self._active):
            if active.kind.has(MoveWrites) and not self._account.moves(active.cause.ordinal):
                self._end(active)

    def _end(self, active: Active) -> None:
        if active not in self._active:
            return  # a call has ended it before its time
        cause = active.cause
        self._active.remove(active)
        end_ordinal = self._timeline.next_ordinal()
        active.record.end_s, active.record.end_ordinal = self._account.clock.now, end_ordinal
        turn_off(active.kind, cause, self._account)
        for part in active.reached:
            if isinstance(part, FileSystemState):
                part.allow_writes(cause)
            else:
                part.release(cause, end_ordinal)
                part.go_on(cause)

    def _meet(self, part: FileSystemState | ReplicationState) -> None:
        """Let every disturbance that goes on reach a part that has just been made."""
        for active in self._active:
            self._reach(active, part)
            _note_reached(active)

    def _reach(self, active: Active, part: FileSystemState | ReplicationState) -> None:
        if isinstance(part, FileSystemState):
            active.reached += reach_file_system(active.kind, active.cause, part, self._account)
        else:
            active.reached += reach_replication(active.kind, active.cause, part)

    def _inject(
        self, spec: schema.Event | schema.Fault, effect: FailCalls, record: Occurrence
    ) -> Callable[[], None]:
        code, times = spec.option(effect.code), spec.option(effect.times)
        region = spec.option(effect.region)
        token = self._control_plane.inject(spec.target, code, times, region)

        def end() -> None:
            record.end_s = self._account.clock.now
            record.end_ordinal = self._timeline.next_ordinal()
            self._control_plane.void(token)

        return end


def _cause(kind: DisturbanceKind, record: Occurrence) -> Cause:
    """Return the cause that a disturbance is of its effects."""
    stop = kind.effect(StopWrites)
    if stop is None or not stop.is_wanted:
        return Cause(record.ordinal, kind.name, record.target)
    return Cause(record.ordinal, stop.counted_as or kind.name, record.target, is_wanted=True)


def _note_reached(active: Active) -> None:
    """Record the names of the parts that a disturbance has reached, each once, in order."""
    affected: dict[str, None] = {}
    replications: dict[str, None] = {}
    for part in active.reached:
        if isinstance(part, FileSystemState):
            affected[part.name] = None
        else:
            affected[part.terms.name] = replications[part.terms.name] = None
    active.record.affected, active.record.replications = tuple(affected), tuple(replications)

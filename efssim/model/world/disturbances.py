"""Disturbances: they begin, reach whatever is or comes to be at their target, and end.

`effects.py` says what they do, `schedule.py` when they happen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from efssim.model.account import Fleet
from efssim.model.efs.control_plane import ControlPlane
from efssim.model.entities.file_system import FileSystem
from efssim.model.entities.replication import Replication
from efssim.model.kernel.causes import Cause
from efssim.model.world.effects import reach_file_system, reach_replication, turn_off, turn_on
from efssim.records.run_records import Event
from efssim.scenario import schema
from efssim.scenario.grammar.disturbances.effects import FailCalls
from efssim.scenario.grammar.disturbances.kind import DisturbanceKind


@dataclass(eq=False)
class Active:
    """A disturbance that goes on: its kind, its cause, and whom it reached."""

    kind: DisturbanceKind
    cause: Cause
    record: Event
    reached: list[FileSystem | Replication]


class Disturbances:
    """Begins and ends disturbances, and records them as events."""

    def __init__(self, fleet: Fleet, control_plane: ControlPlane, events: list[Event]) -> None:
        self._fleet, self._control_plane, self._events = fleet, control_plane, events
        self._active: list[Active] = []
        fleet.appeared.append(self._meet)

    def begin(self, spec: schema.Event | schema.Fault) -> Callable[[], None]:
        """Begin a disturbance; return what ends it. RunError if a link would have to be shared."""
        kind, target = spec.kind, spec.target
        record = Event(self._fleet.clock.now, None, kind, target, ())
        fails_calls = spec.entry.effect(FailCalls)
        if fails_calls is not None:
            self._events.append(record)
            return self._inject(spec, fails_calls, record)
        active = Active(spec.entry, self._fleet.cause(kind, target), record, [])
        active.reached += turn_on(active.kind, active.cause, spec, self._fleet)
        self._events.append(record)
        self._active.append(active)
        for file_system in list(self._fleet.file_systems.values()):
            self._reach(active, file_system)
        for replication in self._fleet.current():
            self._reach(active, replication)
        record.affected = _names(active.reached)
        return lambda: self._end(active)

    def _end(self, active: Active) -> None:
        cause = active.cause
        self._active.remove(active)
        active.record.end_s = self._fleet.clock.now
        turn_off(active.kind, cause, self._fleet)
        for part in active.reached:
            if isinstance(part, FileSystem):
                part.allow_writes(cause)
            else:
                part.release(cause)
                part.go_on(cause)

    def _meet(self, part: FileSystem | Replication) -> None:
        """Let every disturbance that goes on reach what has just been made."""
        for active in self._active:
            self._reach(active, part)
            active.record.affected = _names(active.reached)

    def _reach(self, active: Active, part: FileSystem | Replication) -> None:
        if isinstance(part, FileSystem):
            active.reached += reach_file_system(active.kind, active.cause, part)
        else:
            active.reached += reach_replication(active.kind, active.cause, part)

    def _inject(
        self, spec: schema.Event | schema.Fault, effect: FailCalls, record: Event
    ) -> Callable[[], None]:
        code, times = spec.option(effect.code), spec.option(effect.times)
        region = spec.option(effect.region)
        token = self._control_plane.inject(spec.target, code, times, region)

        def end() -> None:
            record.end_s = self._fleet.clock.now
            self._control_plane.void(token)

        return end


def _names(parts: list[FileSystem | Replication]) -> tuple[str, ...]:
    """Return the names of what was reached, each once, in order."""
    names = (part.name if isinstance(part, FileSystem) else part.terms.name for part in parts)
    return tuple(dict.fromkeys(names))

"""Disturbances: what each kind does to whom. A new kind is one entry of `KINDS`.

Every kind is composed of the four effects (`hold`, `stall`, `stop_writes`, `fail`) and, where the
world has a switch of its own, of turning that. `schedule.py` says when they happen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from efssim.model.account import Fleet
from efssim.model.efs.control_plane import ControlPlane
from efssim.model.entities.file_system import FileSystem
from efssim.model.entities.replication import Replication
from efssim.model.kernel.causes import Cause
from efssim.records.run_records import Event
from efssim.scenario import schema
from efssim.scenario.grammar.network import link_regions

Reaches = Callable[[str, Replication], bool]
Touches = Callable[[str, FileSystem], bool]


def _regions(part: Replication) -> tuple[str, str]:
    return part.source.region, part.destination.region


def _in_region(target: str, part: Replication) -> bool:
    return target in _regions(part)


def _on_link(target: str, part: Replication) -> bool:
    return link_regions(target) == _regions(part)


def _named(target: str, part: Replication) -> bool:
    return part.terms.name == target


@dataclass(eq=False)
class Active:
    """A disturbance that goes on: its cause, its spec, and whom it reached."""

    cause: Cause
    factor: float
    record: Event
    reached: list[FileSystem | Replication]


Turns = Callable[[Active, Fleet], None]


@dataclass(frozen=True)
class Kind:
    """Whom a kind of disturbance reaches, and with which effect."""

    holds: Reaches | None = None
    stalls: Reaches | None = None
    stops_writes: Touches | None = None
    fails: Touches | None = None
    begin: Turns | None = None
    """Turns a switch of the world, before the effects."""
    end: Turns | None = None
    """Turns it back."""


def _region_down(active: Active, fleet: Fleet) -> None:
    fleet.region(active.cause.target).outages.add(active.cause)


def _region_up(active: Active, fleet: Fleet) -> None:
    fleet.region(active.cause.target).outages.remove(active.cause)


def _opt_out(active: Active, fleet: Fleet) -> None:
    fleet.region(active.cause.target).opt_outs.add(active.cause)


def _opt_in(active: Active, fleet: Fleet) -> None:
    fleet.region(active.cause.target).opt_outs.remove(active.cause)


def _degrade(active: Active, fleet: Fleet) -> None:
    link = fleet.link(*link_regions(active.cause.target))
    if link.limited:
        active.reached += [part for part in fleet.current() if _on_link(active.cause.target, part)]
    link.degrade(active.cause, active.factor)


def _restore(active: Active, fleet: Fleet) -> None:
    fleet.link(*link_regions(active.cause.target)).restore(active.cause)


KINDS = {
    "opt_out": Kind(holds=_in_region, begin=_opt_out, end=_opt_in),
    "kms_key_disabled": Kind(holds=_named),
    "permission_lost": Kind(holds=_named),
    "link_outage": Kind(stalls=_on_link),
    "region_outage": Kind(
        stalls=_in_region,
        stops_writes=lambda target, part: part.region == target,
        begin=_region_down,
        end=_region_up,
    ),
    "link_degraded": Kind(begin=_degrade, end=_restore),
    "fail": Kind(fails=lambda target, part: target in (part.name, part.id, part.arn)),
}
"""Every kind of disturbance but `api_error`, which is the control plane's."""


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
        if spec.api_error is not None:
            self._events.append(record)
            return self._inject(spec, record)
        active = Active(self._fleet.cause(kind, target), spec.factor or 1.0, record, [])
        _turn(KINDS[kind].begin, active, self._fleet)
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
        _turn(KINDS[cause.kind].end, active, self._fleet)
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
            self._touch(active, part)
            return
        kind, cause = KINDS[active.cause.kind], active.cause
        if kind.holds is not None and kind.holds(cause.target, part):
            part.hold(cause)
            active.reached.append(part)
        if kind.stalls is not None and kind.stalls(cause.target, part):
            part.stall(cause)
            active.reached.append(part)

    def _touch(self, active: Active, part: FileSystem) -> None:
        kind, cause = KINDS[active.cause.kind], active.cause
        if kind.stops_writes is not None and kind.stops_writes(cause.target, part):
            part.stop_writes(cause)
            active.reached.append(part)
        if kind.fails is not None and kind.fails(cause.target, part):
            part.fail(cause)
            active.reached.append(part)
            if part.replication is not None:
                active.reached.append(part.replication)

    def _inject(self, spec: schema.Event | schema.Fault, record: Event) -> Callable[[], None]:
        assert spec.api_error is not None
        assert spec.code is not None
        token = self._control_plane.inject(spec.api_error, spec.code, spec.times, spec.region)

        def end() -> None:
            record.end_s = self._fleet.clock.now
            self._control_plane.void(token)

        return end


def _turn(switch: Turns | None, active: Active, fleet: Fleet) -> None:
    if switch is not None:
        switch(active, fleet)


def _names(parts: list[FileSystem | Replication]) -> tuple[str, ...]:
    """Return the names of what was reached, each once, in order."""
    names = (part.name if isinstance(part, FileSystem) else part.terms.name for part in parts)
    return tuple(dict.fromkeys(names))

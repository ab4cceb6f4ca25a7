"""The effects of disturbances: switches of the simulated world, and the parts they reach.

`scenario/grammar/disturbances/` says which effects a kind has; `disturbances.py` begins and ends
them.
"""

from __future__ import annotations

from collections.abc import Iterator

from efssim.model.account import Account
from efssim.model.entities.file_system import FileSystemState
from efssim.model.entities.replication import ReplicationState
from efssim.model.kernel.causes import Cause
from efssim.scenario import schema
from efssim.scenario.grammar.disturbances.effects import (
    Degrade,
    Lose,
    MoveWrites,
    OptOut,
    Pause,
    Silence,
    Stall,
    StopWrites,
    Target,
)
from efssim.scenario.grammar.disturbances.kind import DisturbanceKind
from efssim.scenario.grammar.network import link_regions
from efssim.text.items import counterpart, is_meant, means_all, meant


def turn_on(
    kind: DisturbanceKind, cause: Cause, spec: schema.Event | schema.Fault | None, account: Account
) -> list[FileSystemState | ReplicationState]:
    """Turn on the switches of a disturbance; return the parts that only those reach.

    One without `spec` is of a kind without options.
    """
    reached: list[FileSystemState | ReplicationState] = []
    for effect in kind.effects:
        if isinstance(effect, Silence):
            region = account.region(cause.target)
            region.outages.add(cause)
            region.last_outage_s = account.clock.now
        elif isinstance(effect, OptOut):
            account.region(cause.target).opt_outs.add(cause)
        elif isinstance(effect, Degrade):
            link = account.link(*link_regions(cause.target))
            if link.limited:
                reached += [part for part in account.current() if _is_at(kind, cause, part)]
            assert spec is not None
            link.degrade(cause, spec.option(effect.factor))
        elif isinstance(effect, MoveWrites):
            assert spec is not None
            to, following = spec.option(effect.to), spec.option(effect.following)
            for source in _sources(cause.target, account):
                there = counterpart(cause.target, source, to)
                reached += account.move_writes(source, there, cause.ordinal, following=following)
    return reached


def _sources(target: str, account: Account) -> list[str]:
    """Return the names of the file systems that a target means, which may be all of a fleet."""
    if not means_all(target):
        return [target]
    return list(meant(target, (part.name for part in account.ever)))


def turn_off(kind: DisturbanceKind, cause: Cause, account: Account) -> None:
    """Turn the switches back."""
    for effect in kind.effects:
        if isinstance(effect, Silence):
            account.region(cause.target).outages.remove(cause)
        elif isinstance(effect, OptOut):
            account.region(cause.target).opt_outs.remove(cause)
        elif isinstance(effect, Degrade):
            account.link(*link_regions(cause.target)).restore(cause)
        elif isinstance(effect, MoveWrites):
            account.move_home(cause.ordinal)


def reach_replication(
    kind: DisturbanceKind, cause: Cause, part: ReplicationState
) -> Iterator[ReplicationState]:
    """Let a disturbance have its effects on a replication; yield it for each."""
    for effect in kind.effects if _is_at(kind, cause, part) else ():
        if isinstance(effect, Pause):
            part.hold(cause)
            yield part
        elif isinstance(effect, Stall):
            part.stall(cause)
            yield part


def reach_file_system(
    kind: DisturbanceKind, cause: Cause, part: FileSystemState, account: Account
) -> Iterator[FileSystemState | ReplicationState]:
    """Let a disturbance have its effects on a file system; yield the part that each reaches."""
    for effect in kind.effects if _holds(kind, cause, part) else ():
        if isinstance(effect, StopWrites):
            part.stop_writes(cause)
            yield part
        elif isinstance(effect, Lose):
            replication = account.fail(part, cause)
            yield part
            if replication is not None:
                yield replication


def _is_at(kind: DisturbanceKind, cause: Cause, part: ReplicationState) -> bool:
    """Return whether a replication is at the target of a disturbance."""
    regions = part.source.region, part.destination.region
    if kind.target is Target.REGION:
        return cause.target in regions
    if kind.target is Target.LINK:
        return link_regions(cause.target) == regions
    if kind.target is Target.REPLICATION:
        keys = part.source.settings.kms_key_arn, part.destination.settings.kms_key_arn
        return is_meant(cause.target, part.terms.name) or cause.target in keys
    return _is_named(cause.target, part.source) or _is_named(cause.target, part.destination)


def _holds(kind: DisturbanceKind, cause: Cause, part: FileSystemState) -> bool:
    """Return whether a file system is at the target of a disturbance."""
    if kind.target is Target.REGION:
        return part.region == cause.target
    return kind.target is Target.FILE_SYSTEM and _is_named(cause.target, part)


def _is_named(name: str, part: FileSystemState) -> bool:
    return is_meant(name, part.name) or name in (part.id, part.arn)

"""The effects that kinds of disturbances are composed of, as data; the simulated world has them.

An effect lasts as long as its disturbance, on every part at the target: in a Region all file
systems and the replications from or to it, on a link the replications over it, at a file system the
replication that it is a part of.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar


class Target(Enum):
    """Targets of disturbances, in the words of messages."""

    REGION = "Region"
    LINK = "link"
    REPLICATION = "replication"
    FILE_SYSTEM = "file system"
    OPERATION = "operation"


_PLACES = (Target.REGION, Target.LINK, Target.REPLICATION, Target.FILE_SYSTEM)


@dataclass(frozen=True)
class Effect:
    """An effect of a disturbance while it lasts."""

    targets: ClassVar[tuple[Target, ...]] = _PLACES
    """Possible targets of a disturbance with this effect."""


@dataclass(frozen=True)
class Pause(Effect):
    """A pause of replications, which abandons their syncs: PAUSING, then PAUSED."""

    message: str
    """StatusMessage meanwhile. AWS documents that it says the cause and how to mend it."""


class Stall(Effect):
    """A stall of replications: no progress; a sync in flight goes on afterwards."""


class StopWrites(Effect):
    """A stop of the writes to file systems."""

    targets: ClassVar[tuple[Target, ...]] = (Target.REGION, Target.FILE_SYSTEM)
    is_wanted: ClassVar[bool] = False
    """Whether somebody asks for it; any other is a disaster of what it reaches."""
    counted_as: ClassVar[str | None] = None
    """The cause under which dropped writes are counted; None: the key of the kind."""


class Fence(StopWrites):
    """A stop of the writes to file systems that somebody asks for, before moving elsewhere."""

    is_wanted = True
    counted_as = "fenced"


@dataclass(frozen=True)
class MoveWrites(Effect):
    """The writes of the streams of a file system made on another one; back at the end."""

    to: str = "to"
    """The key that has the other file system."""
    following: str = "following"
    """The key that says whether streams that do not follow a failover stay."""
    targets: ClassVar[tuple[Target, ...]] = (Target.FILE_SYSTEM,)


class Lose(Effect):
    """The loss of file systems; the status of their replications is ERROR. It has no end."""

    targets: ClassVar[tuple[Target, ...]] = (Target.REGION, Target.FILE_SYSTEM)


class Silence(Effect):
    """No answer to calls in a Region."""

    targets: ClassVar[tuple[Target, ...]] = (Target.REGION,)


class OptOut(Effect):
    """Opting out of a Region; both ends take effect as late as the Region says."""

    targets: ClassVar[tuple[Target, ...]] = (Target.REGION,)


@dataclass(frozen=True)
class Degrade(Effect):
    """A factor on the capacity of a link."""

    factor: str = "factor"
    """The key that has the factor."""
    targets: ClassVar[tuple[Target, ...]] = (Target.LINK,)


@dataclass(frozen=True)
class FailCalls(Effect):
    """Failure of the next calls of an operation."""

    code: str = "code"
    """The key that has the error code."""
    times: str = "times"
    """The key that has how many calls fail."""
    region: str = "region"
    """The key that has the Region, None for all."""
    targets: ClassVar[tuple[Target, ...]] = (Target.OPERATION,)

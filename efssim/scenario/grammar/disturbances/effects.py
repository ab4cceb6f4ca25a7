"""The effects that kinds of disturbances are composed of, as data; the simulated world has them.

An effect lasts as long as its disturbance, on whatever is at the target: in a Region all file
systems and the replications from or to it, on a link the replications over it, at a file system the
replication that it is a part of.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar


class Target(Enum):
    """What a disturbance can be aimed at, in the words of messages."""

    REGION = "Region"
    LINK = "link"
    REPLICATION = "replication"
    FILE_SYSTEM = "file system"
    OPERATION = "operation"


_PLACES = (Target.REGION, Target.LINK, Target.REPLICATION, Target.FILE_SYSTEM)


@dataclass(frozen=True)
class Effect:
    """Something that a disturbance does while it lasts."""

    targets: ClassVar[tuple[Target, ...]] = _PLACES
    """What a disturbance with this effect can be aimed at."""


@dataclass(frozen=True)
class Pause(Effect):
    """Pauses replications, which abandons their syncs: PAUSING, then PAUSED."""

    message: str
    """StatusMessage meanwhile. AWS documents that it says the cause and how to mend it."""


class Stall(Effect):
    """Keeps replications from making progress; a sync in flight goes on afterwards."""


class StopWrites(Effect):
    """Keeps file systems from being written."""

    targets: ClassVar[tuple[Target, ...]] = (Target.REGION, Target.FILE_SYSTEM)


class Lose(Effect):
    """Loses file systems for good; the status of their replications is ERROR. It has no end."""

    targets: ClassVar[tuple[Target, ...]] = (Target.REGION, Target.FILE_SYSTEM)


class Silence(Effect):
    """Leaves calls in a Region without an answer."""

    targets: ClassVar[tuple[Target, ...]] = (Target.REGION,)


class OptOut(Effect):
    """Opts the account out of a Region; both ends take effect as late as the Region says."""

    targets: ClassVar[tuple[Target, ...]] = (Target.REGION,)


@dataclass(frozen=True)
class Degrade(Effect):
    """Multiplies the capacity of a link."""

    factor: str = "factor"
    """The key that has the factor."""
    targets: ClassVar[tuple[Target, ...]] = (Target.LINK,)


@dataclass(frozen=True)
class FailCalls(Effect):
    """Lets the next calls of an operation fail."""

    code: str = "code"
    """The key that has the error code."""
    times: str = "times"
    """The key that has how many calls fail."""
    region: str = "region"
    """The key that has the Region, None for all."""
    targets: ClassVar[tuple[Target, ...]] = (Target.OPERATION,)

"""The facts of one drill, as the runbook meets them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from efssim.records.run_records import Snapshot


class Ending(Enum):
    """How a drill ended."""

    OPEN = "open"
    """It has not ended."""
    DONE = "done"
    """The last step has ended, and the destination can be written."""
    FAILED = "failed"
    """EFS refused a step."""
    UNDETECTED = "undetected"
    """Nobody noticed the disaster."""
    NOT_APPLICABLE = "not_applicable"
    """Nothing replicated the source when the disaster came."""


@dataclass(slots=True)
class DrillPhase:
    """A part of a drill in time: detection, decision, or a step."""

    name: str
    begin_s: float
    end_s: float | None = None
    """None: it has not ended."""

    @property
    def seconds(self) -> float | None:
        """How long it took; None: it has not ended."""
        return None if self.end_s is None else self.end_s - self.begin_s


@dataclass(slots=True)
class DrillRecord:
    """The record of one drill. Times are seconds since the scenario's start."""

    disaster_s: float
    ending: Ending = Ending.OPEN
    phases: list[DrillPhase] = field(default_factory=list)
    replication: str | None = None
    """The replication that replicated the source when the disaster came."""
    status: str | None = None
    """Its status then."""
    dropped_bytes: int = 0
    dropped_writes: int = 0
    """Writes that were dropped before the disaster."""
    error: str | None = None
    """Code of the error by which EFS refused a step last."""
    message: str | None = None
    """That error in words."""
    refusals: int = 0
    """How often EFS refused a step."""
    writable_s: float | None = None
    """When the destination could be written after the deletion."""
    end_s: float | None = None
    """When the drill ended."""
    left: Snapshot | None = None
    """The state of the replication when its configuration was gone, or the drill ended before."""
    recovery_point_s: float | None = None
    """LastReplicatedTimestamp then; None: absent."""

    @property
    def is_over(self) -> bool:
        """Whether the drill has ended."""
        return self.ending is not Ending.OPEN

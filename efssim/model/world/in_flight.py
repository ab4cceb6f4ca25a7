"""Syncs in flight: how far each is, and when it is expected to be complete."""

from __future__ import annotations

from dataclasses import dataclass, field

from efssim.json_values import moment
from efssim.model.world.world import World
from efssim.records.run_records import OpenSync


@dataclass(frozen=True, slots=True)
class SyncInFlight:
    """The progress of a sync."""

    initial: bool
    """Whether it is the initial sync."""
    cut_s: float = field(metadata=moment("cut"))
    bytes: int
    """All that it has to send."""
    bytes_done: int
    """The part that is sent; nothing of a failed attempt."""
    bytes_left: int
    left_s: float | None
    """Estimate of the time to its completion as of now; None while it makes no progress."""
    failed_attempts: int

    @classmethod
    def of(cls, found: OpenSync) -> SyncInFlight:
        """Return the progress that a record has."""
        return cls(
            initial=found.is_initial,
            cut_s=found.cut_s,
            bytes=found.bytes,
            bytes_done=found.bytes_done,
            bytes_left=found.bytes - found.bytes_done,
            left_s=found.left_s,
            failed_attempts=found.failed_attempts,
        )


def syncs_in_flight(world: World) -> dict[str, SyncInFlight]:
    """Return the syncs in flight now, by the name of the replication."""
    return {name: SyncInFlight.of(found) for name, found in world.open_syncs()}

"""What disturbs a replication, and which of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from efssim.scenario.schema import Event, Fault

if TYPE_CHECKING:
    from independent_model.file_system import FileSystem
    from independent_model.replication import Replication

PAUSES = ("kms_key_disabled", "permission_lost")


@dataclass(frozen=True, eq=False)
class Disturbance:
    """One instance of a disturbance."""

    kind: str
    target: str
    factor: float

    @classmethod
    def of(cls, event: Event | Fault) -> Disturbance:
        """Return the disturbance of an event."""
        factor = event.option("factor")
        return cls(event.kind, event.target, 1.0 if factor is None else factor)

    def holds(self, replication: Replication) -> bool:
        """Whether it pauses a replication."""
        if self.kind == "opt_out":
            return self.target in _regions(replication)
        return self.kind in PAUSES and is_named(self.target, replication.name)

    def stalls(self, replication: Replication) -> bool:
        """Whether no sync of a replication makes progress."""
        if self.kind == "region_outage":
            return self.target in _regions(replication)
        return self.kind == "link_outage" and self.target == " -> ".join(_regions(replication))

    def degrades(self, replication: Replication) -> bool:
        """Whether a replication's link has less capacity."""
        return self.kind == "link_degraded" and self.target == " -> ".join(_regions(replication))

    def stops(self, file_system: FileSystem) -> bool:
        """Whether a file system cannot be written."""
        if self.kind == "region_outage":
            return self.target == file_system.region
        if self.kind == "fence":
            return is_named(self.target, file_system.name)
        return self.fails(file_system)

    @property
    def cause(self) -> str:
        """The name under which the writes that it stops are counted."""
        return "fenced" if self.kind == "fence" else self.kind

    def fails(self, file_system: FileSystem) -> bool:
        """Whether a file system is lost for good."""
        return self.kind == "fail" and is_named(self.target, file_system.name)


def _regions(replication: Replication) -> tuple[str, str]:
    return replication.source.region, replication.destination.region


def is_named(target: str, name: str) -> bool:
    """Whether a target is a name, or all items of the fleet that it is of: `orders[*]`."""
    before, is_all, after = target.partition("[*]")
    if not is_all:
        return target == name
    item = name[len(before) : len(name) - len(after)]
    is_item = item.startswith("[") and item.endswith("]") and item[1:-1].isdigit()
    return name.startswith(before) and name.endswith(after) and is_item

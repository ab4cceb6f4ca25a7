"""Requests for new file systems and replications, and the facts that only a scenario declares."""

from __future__ import annotations

from dataclasses import dataclass, field

from efssim.model.entities.file_system import Settings
from efssim.scenario import schema
from efssim.scenario.grammar.presets import overhead_of
from efssim.scenario.workload.throttling import Throttling, throttling_of


@dataclass(frozen=True)
class FileSystemRequest:
    """The arguments of a new file system, of a call or of a scenario."""

    name: str
    region: str
    settings: Settings
    zone: str | None = None
    token: str = ""
    throttling: Throttling | None = None
    """None: its writes do not wait."""


@dataclass(frozen=True)
class DeclaredFileSystem:
    """Declared facts of a file system that is there from the start, beyond those of a call."""

    name: str
    id: str | None = None
    size: int = 0
    files: int = 0
    throttling: Throttling | None = None


@dataclass(frozen=True)
class ReplicationSettings:
    """Settings of a replication: a scenario's entry, or the defaults for one of a call."""

    name: str
    """Name in the results."""
    sync: schema.Sync
    control: schema.Control
    initial: schema.Initial = field(default_factory=schema.Initial.model_construct)
    established: bool = False
    overhead: int | None = None
    throttle: bool | None = None
    """Whether writes to a new destination wait; None: as those to its source."""
    throttling: Throttling = field(default_factory=Throttling)
    """How, if they do."""

    @property
    def overhead_bytes(self) -> int:
        """Bytes that EFS keeps for itself on the destination."""
        return overhead_of(self.sync.preset) if self.overhead is None else self.overhead

    @property
    def initial_throughput(self) -> float:
        """Bytes per second of an initial sync that has a throughput of its own; 0 without one."""
        own = self.initial.throughput
        return 0.0 if own is None or self.established else own

    @staticmethod
    def of(name: str, spec: schema.Replication) -> ReplicationSettings:
        """Return the settings that a scenario gives a replication."""
        return ReplicationSettings(
            name,
            spec.sync,
            spec.control,
            spec.initial,
            spec.established,
            spec.overhead,
            spec.destination.throttle,
            throttling_of(spec.destination),
        )

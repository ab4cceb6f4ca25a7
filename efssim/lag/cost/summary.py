"""Cost of a run in its summary: amounts of the currency of the prices, for a month of 30 days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FileSystemCost:
    """Cost of one file system for a month. None: a price is missing."""

    region: str
    storage_class: str
    """`standard` or `one_zone`."""
    mean_bytes: float
    """Metered size over the window, with EFS's own bytes on a destination."""
    storage: float | None
    throughput: float | None
    """Of provisioned throughput beyond that which comes with the storage."""
    requests: float | None
    """Of bytes that clients write in elastic mode."""
    per_month: float | None


@dataclass(frozen=True, slots=True)
class ReplicationCost:
    """Cost that a replication adds: its destination's storage, and transfers between Regions."""

    wire_bytes: float
    """Bytes that regular syncs sent in the window, failed attempts and abandoned syncs included."""
    transfer: float | None
    """Of those, for a month."""
    storage: float | None
    """Of the destination, for a month."""
    per_month: float | None
    initial_wire_bytes: float
    initial_transfer: float | None
    """Of the initial sync, once."""


@dataclass(frozen=True, slots=True)
class CostSummary:
    """Cost of everything in the scenario."""

    currency: str
    source: str
    """Where the prices are from."""
    date: str
    per_month: float | None
    """Of all file systems and transfers; None where a price is missing."""
    file_systems: Mapping[str, FileSystemCost]
    replications: Mapping[str, ReplicationCost]
    missing: tuple[str, ...]
    """Paths of the prices that are missing, each with a cost that is not 0."""

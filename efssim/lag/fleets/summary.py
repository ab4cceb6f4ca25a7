"""The summary of a fleet: how its items differ, and how far they hold the RPO together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from efssim.json_values import SPREAD


@dataclass(frozen=True, slots=True)
class ItemSpread:
    """How a number differs over the items of a fleet that have it; None where none has.

    Quantiles are numbers of items: the smallest that so many do not exceed.
    """

    min: float | None
    p50: float | None
    p95: float | None
    max: float | None


@dataclass(frozen=True, slots=True)
class SpreadTree:
    """The numbers of a part of a replication's summary, and its parts, over items."""

    numbers: Mapping[str, ItemSpread] = field(metadata=SPREAD)
    parts: Mapping[str, SpreadTree] = field(metadata=SPREAD)


@dataclass(frozen=True, slots=True)
class FleetSummary:
    """The numbers of a fleet of replications."""

    count: int
    """How many items it has."""
    attainment_all: float | None
    """Share of the window in which no item is above the target or without a recovery point that the
    RPO counts; None where an item has no age at all, and that is not counted."""
    met: bool | None
    """Whether all items meet the RPO; None where one of them has no verdict and none misses it."""
    met_throughout: bool | None
    """Whether all met it, and always had a recovery point within the target."""
    worst: tuple[str, ...]
    """The items with the least attainment, at most ten, the worst first."""
    spread: SpreadTree = field(metadata=SPREAD)
    """Every number of a replication over the items, by the keys that it has there."""


def all_of(verdicts: list[bool | None]) -> bool | None:
    """Return whether all are met: not if one is missed, and not known if one is not."""
    if False in verdicts:
        return False
    return None if None in verdicts else True

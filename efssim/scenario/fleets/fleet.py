"""Fleets of a scenario that was read: written once, and there many times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from pydantic import BaseModel

from efssim.text.items import item_name
from efssim.text.written import Place, Written

EACH = "each"
Parts: TypeAlias = Mapping[str, BaseModel]
"""The parts of a section by name."""
KEPT = "kept fleets"
"""Where a scenario keeps its fleets, beside its fields."""


@dataclass(frozen=True)
class Fleet:
    """A part that is written once and there many times, and how its items differ."""

    section: str
    name: str
    count: int
    each: tuple[tuple[Place, object], ...] = ()
    """Numbers drawn for each item: path below the item, and the distribution as written."""
    items: Mapping[int, Written] = field(default_factory=dict)
    """Values that single items have otherwise, by their path below the item."""

    @property
    def members(self) -> list[str]:
        """The names of the items, in order."""
        return [item_name(self.name, ordinal) for ordinal in range(1, self.count + 1)]


@dataclass(frozen=True)
class KeptFleets:
    """The fleets of a scenario, and its sections with each of them once."""

    fleets: tuple[Fleet, ...]
    sections: Mapping[str, tuple[Parts, Parts]]
    """Sections of the scenario by name: with all items, and with each fleet once."""

    def written_once(self, dumped: Any) -> Any:
        """Return the data of a scenario that has each fleet once with what draws its numbers."""
        for fleet in self.fleets:
            parts = dumped.get(fleet.section, {})
            for place, written in fleet.each if fleet.name in parts else ():
                try:
                    parts[fleet.name] = put(parts[fleet.name], place, {EACH: written})
                except (KeyError, IndexError, TypeError):
                    continue  # left out of what was asked for
        return dumped


def put(part: Any, place: Place, value: object) -> Any:
    """Return a part as it was written with another value at a path that it has."""
    if not place:
        return value
    head, rest = place[0], place[1:]
    if isinstance(part, Mapping):
        return {**part, head: put(part[head], rest, value)}
    items = list(part)
    items[int(head)] = put(items[int(head)], rest, value)
    return items

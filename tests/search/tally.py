"""What a search has seen: scenarios, checks, pairs of features, keys of the grammar."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from search.features.table import FEATURES
from search.maker import Json

NAMED = re.compile(
    r"^(?:file_systems|replications|links|regions|faults|alarms|objectives|writes|uncertain)$"
)
"""Keys below which names stand that somebody chose."""


@dataclass(frozen=True, slots=True)
class Found:
    """A failure as a worker hands it over."""

    seed: int
    check: str
    problems: tuple[str, ...]
    features: tuple[str, ...]


@dataclass(slots=True)
class Tally:
    """Counts of many scenarios; those of two parts add up."""

    kinds: Counter[str] = field(default_factory=Counter)
    passed: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    made: Counter[str] = field(default_factory=Counter)
    skipped: Counter[tuple[str, str]] = field(default_factory=Counter)
    met: Counter[tuple[str, str]] = field(default_factory=Counter)
    keys: Counter[str] = field(default_factory=Counter)
    failures: list[Found] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Add the counts of another part."""
        for name in ("kinds", "refused", "made", "skipped", "met", "keys"):
            getattr(self, name).update(getattr(other, name))
        self.passed += other.passed
        self.failures += other.failures

    @property
    def count(self) -> int:
        """All scenarios that were drawn."""
        return sum(self.kinds.values())

    def meet(self, features: tuple[str, ...]) -> None:
        """Count each pair of features of one scenario."""
        self.met.update((a, b) for k, a in enumerate(features) for b in features[k + 1 :])

    def never_met(self) -> list[tuple[str, str]]:
        """Return the pairs that were in no scenario that ran."""
        names = [feature.name for feature in FEATURES]
        pairs = ((a, b) for k, a in enumerate(names) for b in names[k + 1 :])
        return [pair for pair in pairs if pair not in self.met]


def keys_of(part: Any, path: str = "") -> Iterator[str]:
    """Yield each key of a scenario by its path, with `*` for names that somebody chose."""
    if isinstance(part, dict):
        is_named = bool(NAMED.match(path.rsplit(".", 1)[-1]))
        for key, value in part.items():
            at = f"{path}.{'*' if is_named else key}".strip(".")
            yield at
            if key not in ("with", "where", "items"):
                yield from keys_of(value, at)
    elif isinstance(part, list):
        for each in part:
            yield from keys_of(each, path)


def leaves(schema: Json) -> set[str]:
    """Return the keys of all sections of the grammar, as its JSON Schema has them."""
    sections = [schema, *schema["$defs"].values()]
    return {key for section in sections for key in section.get("properties", {})}

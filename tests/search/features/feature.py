"""A feature of a scenario."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from search.maker import Json, Maker


@dataclass(frozen=True, slots=True)
class Feature:
    """One part of the grammar, which a swarm switches on."""

    name: str
    add: Callable[[Maker, Json], None]
    """Adds it to a scenario."""
    draws: bool = False
    """Whether something is drawn by it when the scenario runs."""
    second: bool = True
    """Whether the second model knows it."""

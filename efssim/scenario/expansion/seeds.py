"""Fleets of another seed than the scenario's own."""

from __future__ import annotations

from typing import TypeVar

from efssim.scenario.changes import changed
from efssim.scenario.schema import ScenarioKeys

S = TypeVar("S", bound=ScenarioKeys)


def drawn_with(scenario: S, seed: int | None) -> S:
    """Return a scenario whose fleets are drawn with a seed; itself without any, or for None."""
    if seed is None or seed == scenario.seed or not scenario.fleets:
        return scenario
    return changed(scenario, {}, [("seed", seed)])

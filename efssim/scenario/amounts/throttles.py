"""Whether writes may wait anywhere in a scenario, so that each of them has to be drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from efssim.scenario.schema import ScenarioKeys


def throttles(scenario: ScenarioKeys) -> bool:
    """Return whether a file system throttles its writes, or a destination once it has some."""
    return any(part.throttle for part in scenario.file_systems.values()) or any(
        part.destination.throttle for part in scenario.replications.values()
    )

"""How far an objective held, in the summary of a replication."""

from __future__ import annotations

from dataclasses import dataclass

from efssim.scenario.objectives import Of


@dataclass(frozen=True, slots=True)
class ObjectiveSummary:
    """How far an objective held."""

    of: Of
    target_s: float
    objective: float
    """Share that has to be within the target."""
    attainment: float | None
    """Share that is; None where there is nothing to judge."""
    met: bool | None
    within: float
    """Seconds, writes or bytes within the target; of writes in cells, as many as are expected."""
    missed: float
    left_out: float
    """Writes or bytes not replicated at the end of which the age is not above the target yet."""


def judged(
    of: Of, target_s: float, objective: float, within: float, total: float, left_out: float
) -> ObjectiveSummary:
    """Return the summary of how much of a total is within a target."""
    attained = within / total if total else None
    met = None if attained is None else attained >= objective
    missed = max(0.0, total - within)
    return ObjectiveSummary(of, target_s, objective, attained, met, within, missed, left_out)

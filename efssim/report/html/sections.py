"""Which replications have a section of their own on a page, and how its sentences begin."""

from __future__ import annotations

from collections.abc import Mapping

from efssim.runs.run import Run

SECTIONS = 6
"""How many replications have a section of their own: of more, those with the least attainment."""


def worst(attainments: Mapping[str, float | None]) -> list[str]:
    """Return the replications with a section, in their order, from the attainment of each."""

    def attainment(name: str) -> float:
        found = attainments[name]
        return -1.0 if found is None else found

    chosen = sorted(attainments, key=attainment)[:SECTIONS]
    return [name for name in attainments if name in chosen]


def attainments(result: Run) -> dict[str, float | None]:
    """Return the attainment of each replication of a run."""
    return {name: outcome.summary.rpo.attainment for name, outcome in result.outcomes.items()}


def sentence(text: str) -> str:
    """Return a text as a sentence of its own."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."

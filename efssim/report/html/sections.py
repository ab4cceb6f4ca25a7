"""Which replications have a section of their own on a page, and how its sentences begin."""

from __future__ import annotations

from efssim.runs.run import Run


def attainments(result: Run) -> dict[str, float | None]:
    """Return the attainment of each replication of a run."""
    return {name: outcome.summary.rpo.attainment for name, outcome in result.outcomes.items()}


def sentence(text: str) -> str:
    """Return a text as a sentence of its own."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."

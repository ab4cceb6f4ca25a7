"""Which replications have a section of their own on a page, and how its sentences begin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

SECTIONS = 6
"""How many replications have a section of their own: of more, those with the least attainment."""


def worst(replications: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the replications with a section, in their order; of `replications` in a summary."""

    def attainment(name: str) -> float:
        found = replications[name]["rpo"]["attainment"]
        return -1.0 if found is None else float(found)

    chosen = sorted(replications, key=attainment)[:SECTIONS]
    return [name for name in replications if name in chosen]


def sentence(text: str) -> str:
    """Return a text as a sentence of its own."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."

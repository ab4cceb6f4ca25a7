"""The outcome of a threshold, in a summary."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Held = Literal["holds", "fails", "undecided"]


@dataclass(frozen=True, slots=True)
class ThresholdSummary:
    """Whether a number keeps a threshold."""

    threshold: str
    """As it is written."""
    outcome: Held
    value: float | None
    """The number, of trials their mean; None where there is none."""
    low: float | None
    """Lower end of the 95 % interval of a mean; None: it has none. Likewise"""
    high: float | None
    """the upper end."""
    limit: float
    reason: str | None
    """Why it is undecided, or fails whatever the number is."""

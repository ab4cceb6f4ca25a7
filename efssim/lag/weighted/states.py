"""Distributions of lags in bins, as plain data that a trial passes to the pool of a study."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class EndsState:
    """How many ends of segments lie in some bins, and where in them they lie in total."""

    bins: list[int]
    counts: list[int]
    parts: list[int]


@dataclass(frozen=True, slots=True)
class RampsState:
    """A lag over time."""

    low: EndsState
    high: EndsState
    length_s: float
    """Sum of the lengths of the segments."""
    area: float
    """Sum of length times middle."""
    max_s: float
    zero_s: float
    """Time at 0, besides."""


@dataclass(frozen=True, slots=True)
class HistogramState:
    """A lag over writes or their bytes."""

    min: float | None
    max: float | None
    bins: list[int]
    counts: list[int]
    total: float
    """Sum of the values times their weights."""


LagState: TypeAlias = RampsState | HistogramState

"""Spans of time: how much of them is in others, and what is left of them without others."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Span: TypeAlias = tuple[float, float]
"""Begin and end, in seconds."""
Floats = NDArray[np.float64]


class Covered:
    """Time covered by disjoint spans, which are in order."""

    def __init__(self, begin_s: Floats, end_s: Floats) -> None:
        """Take begins and ends, of equal shapes."""
        self._edges_s = np.column_stack((begin_s, end_s)).ravel()
        done_s = np.cumsum(end_s - begin_s)
        self._covered_s = np.column_stack((done_s - (end_s - begin_s), done_s)).ravel()

    def within(self, span: Span) -> float:
        """Return the seconds of a span that are covered."""
        if not len(self._edges_s) or span[1] <= span[0]:
            return 0.0
        low, high = np.interp(span, self._edges_s, self._covered_s).tolist()
        return high - low


def clipped(span: Span, window: Span) -> Span:
    """Return the part of a span inside a window; one without length where there is none."""
    begin_s = max(span[0], window[0])
    return begin_s, max(begin_s, min(span[1], window[1]))


def length(span: Span) -> float:
    """Return the seconds of a span, 0 for one that ends before it begins."""
    return max(0.0, span[1] - span[0])


def without(span: Span, others: Iterable[Span]) -> list[Span]:
    """Return the parts of a span that are in none of some others, in order."""
    left = [span] if length(span) else []
    for begin_s, end_s in others:
        parts = ((a, min(b, begin_s)) for a, b in left)
        rest = ((max(a, end_s), b) for a, b in left)
        left = [part for part in (*parts, *rest) if part[1] > part[0]]
    return sorted(left)

"""Spans of time: how much of them is in others, and what is left of them without others."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
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


class Taken:
    """Time taken by spans one after another, kept as disjoint spans in order of time."""

    def __init__(self) -> None:
        """Begin with no time taken."""
        self._begin_s: list[float] = []
        self._end_s: list[float] = []

    def take(self, span: Span) -> list[Span]:
        """Take a span, and return the parts of it that were free, in order."""
        if not length(span):
            return []
        # Those that only touch it are joined as well, so that what is kept stays short.
        met = slice(bisect_left(self._end_s, span[0]), bisect_right(self._begin_s, span[1]))
        begins_s, ends_s = self._begin_s[met], self._end_s[met]
        edges = zip([span[0], *ends_s], [*begins_s, span[1]], strict=True)
        self._begin_s[met] = [min([span[0], *begins_s[:1]])]
        self._end_s[met] = [max([span[1], *ends_s[-1:]])]
        return [edge for edge in edges if length(edge)]


def clipped(span: Span, window: Span) -> Span:
    """Return the part of a span inside a window; one without length where there is none."""
    begin_s = max(span[0], window[0])
    return begin_s, max(begin_s, min(span[1], window[1]))


def length(span: Span) -> float:
    """Return the seconds of a span, 0 for one that ends before it begins."""
    return max(0.0, span[1] - span[0])

"""Spans of time in which something holds, from the instants at which it changed."""

from __future__ import annotations

from itertools import pairwise

Span = tuple[float, float]


def when(changes: list[tuple[float, bool]], end_s: float) -> list[Span]:
    """Return the spans in which something held; those that touch are one."""
    found: list[Span] = []
    for (since_s, holds), (until_s, _) in pairwise([*changes, (end_s, False)]):
        if not holds:
            continue
        begin_s = found.pop()[0] if found and found[-1][1] == since_s else since_s
        found.append((begin_s, until_s))
    return found


def complement(spans: list[Span], end_s: float) -> list[Span]:
    """Return the spans between others, from 0 to the end."""
    edges = [0.0, *(edge for span in spans for edge in span), end_s]
    return list(zip(edges[::2], edges[1::2], strict=True))


def overlap(spans: list[Span], begin_s: float, end_s: float) -> float:
    """Return the seconds of spans that do not overlap inside another."""
    return sum(max(0.0, min(b, end_s) - max(a, begin_s)) for a, b in spans)

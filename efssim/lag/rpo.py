"""Attainment of the recovery point objective, and the intervals that violate it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from efssim.lag.age import Teeth


@dataclass(frozen=True, slots=True)
class Violation:
    """A maximal interval in which time since last sync is above the target."""

    begin_s: float
    end_s: float
    peak_s: float


def violations(teeth: Teeth, target_s: float) -> list[Violation]:
    """Return the violations inside the given teeth (already cut to the window), in order."""
    above = teeth.end_s - teeth.origin_s > target_s
    begin, end, origin = teeth.begin_s[above], teeth.end_s[above], teeth.origin_s[above]
    if not len(begin):
        return []
    since = np.maximum(begin, origin + target_s)
    # A completion that leaves the age above the target does not end a violation.
    joins = (begin[1:] == end[:-1]) & (begin[1:] - origin[1:] > target_s)
    first = np.flatnonzero(np.concatenate(([True], ~joins)))
    last = np.append(first[1:] - 1, len(begin) - 1)
    peaks = np.maximum.reduceat(end - origin, first)
    rows = zip(since[first].tolist(), end[last].tolist(), peaks.tolist(), strict=True)
    return [Violation(*row) for row in rows]

"""Teeth of a sawtooth that rises one second per second, and those that syncs cut."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Teeth:
    """Pieces of a sawtooth: on [begin, end) the value is now - origin. Each shape (pieces,)."""

    begin_s: Floats
    end_s: Floats
    origin_s: Floats

    def within(self, begin_s: float, end_s: float) -> Teeth:
        """Return the part inside a window; pieces without length are left out."""
        begin, end = self.begin_s.clip(min=begin_s), self.end_s.clip(max=end_s)
        kept = end > begin
        if kept.all():
            return Teeth(begin, end, self.origin_s)
        return Teeth(begin[kept], end[kept], self.origin_s[kept])

    def around(self, begin_s: float, end_s: float) -> Teeth:
        """Return the pieces, which are in order, that have a part inside a window, as they are."""
        first = int(self.end_s.searchsorted(begin_s, "right"))
        last = int(self.begin_s.searchsorted(end_s, "left"))
        return Teeth(*(part[first:last] for part in (self.begin_s, self.end_s, self.origin_s)))

    @property
    def low(self) -> Floats:
        """Values at the begins."""
        return self.begin_s - self.origin_s

    @property
    def high(self) -> Floats:
        """Values at the ends."""
        return self.end_s - self.origin_s


def age_teeth(completed_s: Floats, cut_s: Floats, before: tuple[float, float] | None) -> Teeth:
    """Return time since last sync up to the last of some consecutive completions.

    `before` is where it was until the first of them: since when, and its origin; None: undefined,
    and the first completion is that of the initial sync.
    """
    if before is None:
        return Teeth(completed_s[:-1], completed_s[1:], cut_s[:-1])
    begin_s, origin_s = _shifted(before[0], completed_s), _shifted(before[1], cut_s)
    return Teeth(begin_s, completed_s, origin_s)


def _shifted(first: float, column: Floats) -> Floats:
    """Return a column moved on by one row, with a value before it."""
    moved = np.empty_like(column)
    moved[:1], moved[1:] = first, column[:-1]
    return moved

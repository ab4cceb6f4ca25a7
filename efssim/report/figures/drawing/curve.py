"""Curves of straight pieces, and their exact envelope where there are more pieces than pixels.

A month of syncs is 43,000 teeth, a year half a million: a picture can show no more of them than the
least and the largest value in each column of pixels, which are drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from efssim.runs.tables import pending_points

if TYPE_CHECKING:
    from efssim.runs.outcome import Outcome
    from efssim.runs.run import Run

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PiecewiseCurve:
    """Pieces from `first` at `begin_s` to `last` at `end_s`, in order of time, none overlapping.

    Each of shape (pieces,). Where no piece is, the curve is undefined.
    """

    begin_s: Floats
    end_s: Floats
    first: Floats
    last: Floats

    def __len__(self) -> int:
        return len(self.begin_s)

    @property
    def top(self) -> float:
        """The largest value, 0 without any."""
        return max(float(self.first.max(initial=0.0)), float(self.last.max(initial=0.0)))

    def within(self, begin_s: float, end_s: float) -> PiecewiseCurve:
        """Return the part inside a window; pieces without length are left out."""
        kept = np.minimum(self.end_s, end_s) > np.maximum(self.begin_s, begin_s)
        begin, end = self.begin_s[kept], self.end_s[kept]
        first, last = self.first[kept], self.last[kept]
        inside = PiecewiseCurve(begin, end, first, last)
        cut = np.flatnonzero((begin < begin_s) | (end > end_s))
        begins, ends = begin[cut].clip(min=begin_s), end[cut].clip(max=end_s)
        first[cut], last[cut] = inside._at(cut, begins), inside._at(cut, ends)
        begin[cut], end[cut] = begins, ends
        return inside

    def polyline(self) -> tuple[Floats, Floats]:
        """Return times and values of its corners, with NaN in every gap."""
        time_s = np.column_stack((self.begin_s, self.end_s)).ravel()
        values = np.column_stack((self.first, self.last)).ravel()
        gaps = 2 * np.flatnonzero(self.begin_s[1:] > self.end_s[:-1]) + 2
        return np.insert(time_s, gaps, time_s[gaps]), np.insert(values, gaps, np.nan)

    def envelope(self, edges_s: Floats) -> tuple[Floats, Floats]:
        """Return the least and the largest value between each two edges, which are rising.

        Both of shape (edges - 1,): the exact bounds of the curve inside each column, NaN where it
        is undefined throughout. A value only at an edge belongs to the column in which it is a
        limit: the tip of a tooth to the one before, its foot to the one after.
        """
        low = np.full(len(edges_s) - 1, np.inf)
        high = np.full(len(edges_s) - 1, -np.inf)
        for value, begins in self.within(edges_s[0], edges_s[-1])._limits(edges_s):
            column = np.flatnonzero(np.diff(begins, append=len(value)))
            begins = begins[column]
            low[column] = np.minimum(low[column], np.minimum.reduceat(value, begins))
            high[column] = np.maximum(high[column], np.maximum.reduceat(value, begins))
        nothing = high < low
        low[nothing] = high[nothing] = np.nan
        return low, high

    def _limits(self, edges_s: Floats) -> Iterator[tuple[Floats, NDArray[np.intp]]]:
        """Yield values that the curve has or nears, in order of time.

        With them comes where those of each column begin: it ends where those of the next begin.
        """
        left_s = edges_s[:-1]
        if not len(self):
            return
        yield self.first, self.begin_s.searchsorted(left_s, "left")
        yield self.last, self.end_s.searchsorted(left_s, "right")
        # Few pieces cross an edge, where each has a value in the columns on both sides.
        piece = self.begin_s.searchsorted(edges_s, "left") - 1
        crossed = np.flatnonzero((piece >= 0) & (self.end_s[piece] > edges_s))
        if len(crossed):
            values = self._at(piece[crossed], edges_s[crossed])
            yield values, crossed.searchsorted(np.arange(len(left_s)))
            yield values, (crossed - 1).searchsorted(np.arange(len(left_s)))

    def _at(self, piece: NDArray[np.intp], time_s: Floats) -> Floats:
        """Return the values of pieces at times within them; at their ends without rounding."""
        begin_s, end_s = self.begin_s[piece], self.end_s[piece]
        share = (time_s - begin_s) / (end_s - begin_s)
        between = self.first[piece] + share * (self.last[piece] - self.first[piece])
        return np.where(time_s == end_s, self.last[piece], between)


def age_curve(outcome: Outcome) -> PiecewiseCurve:
    """Return time since last sync in the window, in seconds."""
    teeth = outcome.age
    first, last = teeth.begin_s - teeth.origin_s, teeth.end_s - teeth.origin_s
    return PiecewiseCurve(teeth.begin_s, teeth.end_s, first, last)


def pending_curve(result: Run, name: str) -> PiecewiseCurve:
    """Return pending bytes; between two completions they grow, here along a straight line."""
    result.require_records()
    moments_s, counted = pending_points(result.outcomes[result.named(name)])
    # Times as the table has them, in microseconds.
    time_s, size = np.rint(moments_s * 1e6) / 1e6, counted.astype(np.float64)
    return PiecewiseCurve(time_s[0::2], time_s[1::2], size[0::2], size[1::2]).within(
        0.0, result.now_s
    )


def credits_curve(result: Run, name: str) -> PiecewiseCurve:
    """Return burst credits of the source of a replication in bytes, along straight lines.

    Of each hour the fewest are in its middle, if they are not at its begin or end.
    """
    rows = result.throttled[result.outcomes[name].source]
    corners = [(rows[0].time_s, rows[0].credits)]
    for before, row in pairwise(rows):
        if row.time_s > before.time_s:
            if row.credits_min < min(before.credits, row.credits):
                corners.append(((before.time_s + row.time_s) / 2, row.credits_min))
            corners.append((row.time_s, row.credits))
    time_s, credits = np.array(corners).T
    return PiecewiseCurve(time_s[:-1], time_s[1:], credits[:-1], credits[1:])


def has_credits(result: Run, name: str) -> bool:
    """Return whether the source of a replication is throttled, and its credits ever mattered."""
    throttled = result.outcomes[name].summary.throttled
    return throttled is not None and throttled.credits_min_bytes is not None

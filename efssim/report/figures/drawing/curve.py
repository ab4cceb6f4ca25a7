"""Curves of straight pieces, and their exact envelope where there are more pieces than pixels.

A month of syncs is 43,000 teeth, a year half a million: a picture can show no more of them than the
least and the largest value in each column of pixels, which are drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

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
        begin, end = self.begin_s.clip(min=begin_s), self.end_s.clip(max=end_s)
        kept = end > begin
        inside = PiecewiseCurve(
            self.begin_s[kept], self.end_s[kept], self.first[kept], self.last[kept]
        )
        begin, end = begin[kept], end[kept]
        piece = np.arange(len(inside))
        return PiecewiseCurve(begin, end, inside._at(piece, begin), inside._at(piece, end))

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
        for begin_s, value in self.within(edges_s[0], edges_s[-1])._limits(edges_s):
            column = edges_s.searchsorted(begin_s, "right") - 1
            np.minimum.at(low, column, value)
            np.maximum.at(high, column, value)
        nothing = high < low
        low[nothing] = high[nothing] = np.nan
        return low, high

    def _limits(self, edges_s: Floats) -> Iterator[tuple[Floats, Floats]]:
        """Cut the pieces at the edges; yield the begin of each part with the values at its ends."""
        if not len(self):
            return
        knots = np.unique(np.concatenate((self.begin_s, self.end_s, edges_s)))
        piece = self.begin_s.searchsorted(knots[:-1], "right") - 1
        # Between two knots there is one piece or none.
        defined = (piece >= 0) & (self.end_s[piece] > knots[:-1])
        piece, begin_s, end_s = piece[defined], knots[:-1][defined], knots[1:][defined]
        yield begin_s, self._at(piece, begin_s)
        yield begin_s, self._at(piece, end_s)

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
    import pandas as pd

    table = result.pending(name)
    elapsed = pd.DatetimeIndex(table.index) - pd.Timestamp(result.scenario.start)
    time_s = elapsed.total_seconds().to_numpy()
    size = table["pending_bytes"].to_numpy(dtype=np.float64)
    return PiecewiseCurve(time_s[0::2], time_s[1::2], size[0::2], size[1::2]).within(
        0.0, result.now_s
    )

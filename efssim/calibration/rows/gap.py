"""Bounds of the gap that no model of durations is needed for, and waiting that no sync explains."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from efssim.calibration.data import Floats
from efssim.calibration.rows.interval import CutInterval
from efssim.calibration.rows.rows import Flags, Rows

CHANCE = 1e-3
"""Share of paced syncs that may be none: a late one is on time again by chance; assumed."""


@dataclass(frozen=True, slots=True)
class GapBounds:
    """Bounds of the gap, and the rows whose waiting exceeds them. Columns of shape (rows,)."""

    low_s: float
    high_s: float
    is_disturbed: Flags
    """Late rows that waited for longer: a pause or an outage."""
    is_telling: Flags
    """Late rows that a gap within the bounds explains."""


def gap_bounds(rows: Rows, interval: CutInterval | None, slack_s: float) -> GapBounds:
    """Return the gap that most late syncs have in common, which is the lowest such.

    A late sync with spacing s and a duration in (low, high] has a gap in [s - high, s - low).
    Disturbances only add to the waiting, so every upper bound holds.
    """
    least = np.where(rows.is_late, rows.spacing_s - rows.high_s - slack_s, -np.inf)
    most = np.where(rows.is_late, rows.spacing_s - rows.low_s + slack_s, np.inf)
    ceiling = float(most.min(initial=np.inf))
    if interval is not None:
        # A paced sync's duration may be stretched by a disturbance only if it still was on time.
        room = interval.high_s - rows.low_s[rows.is_paced] + slack_s
        if len(room):
            ceiling = min(ceiling, float(np.sort(room)[int(CHANCE * len(room))]))
    ceiling = max(ceiling, 0.0)
    fitting = rows.is_late & (least <= ceiling)
    low_s, high_s = _plateau(least[fitting], most[fitting], ceiling)
    telling = fitting & (least <= high_s) & (most >= low_s)
    return GapBounds(max(low_s, 0.0), max(high_s, 0.0), rows.is_late & (least > high_s), telling)


def _plateau(least: Floats, most: Floats, ceiling: float) -> tuple[float, float]:
    """Return the lowest stretch up to the ceiling that lies in most of the intervals."""
    if not len(least):
        return 0.0, ceiling
    edges = np.unique(np.clip(np.concatenate(([0.0, ceiling], least, most)), 0.0, ceiling))
    if len(edges) == 1:
        return ceiling, ceiling
    middle = (edges[:-1] + edges[1:]) / 2
    counts = np.searchsorted(np.sort(least), middle, "right")
    counts = counts - np.searchsorted(np.sort(most), middle, "left")
    first = int(counts.argmax())
    last = first
    while last + 1 < len(counts) and counts[last + 1] == counts[first]:
        last += 1
    return float(edges[first]), float(edges[last + 1])

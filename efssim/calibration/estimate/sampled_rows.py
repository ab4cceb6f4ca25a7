"""Rows that take part, of more than are needed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from efssim.calibration.data import Floats
from efssim.calibration.estimate.ensemble import LikelyRegion
from efssim.calibration.estimate.likelihood import Likelihood
from efssim.calibration.rows.rows import Flags

FIRST_ROWS, ASKED_ROWS, ROWS = 1200, 40_000, 2500
"""Rows of the first walk, those that are asked, and of the second walk, at most; assumed."""
EXTREME = 0.2
"""Share of them that have the most bytes, which tell the rate; assumed."""
SAYS = 1e-6
"""Fall of the log likelihood below which a row says nothing; 2,500 of them move no interval."""
POINTS = 48
"""Points of a region at which rows are asked; assumed."""


def some_of(bytes_of: Floats, most: int) -> NDArray[np.int64]:
    """Return the numbers of some rows in order, chosen by their bytes alone.

    A choice by anything that depends on durations would move the estimate.
    """
    if len(bytes_of) <= most:
        return np.arange(len(bytes_of))
    order = bytes_of.argsort(kind="stable")
    extreme = int(EXTREME * most)
    rest = order[:-extreme]
    step = len(rest) / (most - extreme)
    strided = rest[(np.arange(most - extreme) * step).astype(np.int64)]
    return np.sort(np.concatenate((strided, order[-extreme:])))


def says_something(likelihood: Likelihood, region: LikelyRegion) -> Flags:
    """Return the rows whose likelihood is not the same, and certain, all over a region."""
    least = np.zeros(likelihood.count)
    for point in region.spread(POINTS):
        least = np.minimum(least, likelihood.of_each(point))
    says: Flags = (least < -SAYS) | likelihood.is_telling
    return says

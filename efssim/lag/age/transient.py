"""Where a series settles: how much of its begin to leave out of a mean.

MSER-5 (K. P. White, Simulation 69, 1997): of the means of batches of five, those are left out
whose removal makes the standard error of the mean of the others, taken as independent, least.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
BATCH = 5
"""Observations of a batch: White's."""


def mser5(values: Floats) -> int | None:
    """Return how many observations to leave out, shape (observations,), a multiple of five.

    None where that is more than half of them, so that the series has not settled, and for fewer
    than four batches. Of several numbers that are as good it is the smallest.
    """
    batches = len(values) // BATCH
    if batches < 4:
        return None
    means = values[: batches * BATCH].reshape(batches, BATCH).mean(axis=1)
    left = np.arange(batches, 0, -1)
    last = (means[::-1].cumsum()[::-1], (means**2)[::-1].cumsum()[::-1])
    errors = (last[1] - last[0] ** 2 / left).clip(min=0) / left**2
    # The last few always look alike, so the search ends at half, and one beyond tells of no end.
    half = batches // 2
    best = int(np.argmin(errors[: half + 1]))
    return None if best >= half else best * BATCH

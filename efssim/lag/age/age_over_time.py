"""Time since last sync at given times, and its exact mean over given periods."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from efssim.lag.age.sawtooth import Teeth

Floats = NDArray[np.float64]


def age_at(teeth: Teeth, time_s: Floats) -> Floats:
    """Return the age at some times, in seconds, shape (times,); NaN where it is undefined.

    `teeth` are in order of time. At a completion it is the age after it, at the very end of the
    last tooth before a gap the age just before.
    """
    if not len(teeth.begin_s):
        return np.full(len(time_s), np.nan)
    tooth = (teeth.begin_s.searchsorted(time_s, "right") - 1).clip(min=0)
    inside = (teeth.begin_s[tooth] <= time_s) & (time_s <= teeth.end_s[tooth])
    return np.where(inside, time_s - teeth.origin_s[tooth], np.nan)


def age_means(teeth: Teeth, edges_s: Floats) -> Floats:
    """Return the mean age between each two edges, which are rising: shape (edges - 1,), seconds.

    It is the integral of the sawtooth over the time in which it is defined, so nothing is sampled;
    NaN where it is defined nowhere.
    """
    defined_s, integral = (np.diff(_up_to(teeth, edges_s, power)) for power in (1, 2))
    means = np.full(len(defined_s), np.nan)
    np.divide(integral / 2, defined_s, out=means, where=defined_s > 0)
    return means


def _up_to(teeth: Teeth, time_s: Floats, power: int) -> Floats:
    """Return the sum over sawtooth teeth, up to some times, of high ** power - low ** power."""
    whole = np.concatenate(([0.0], (teeth.high**power - teeth.low**power).cumsum()))
    tooth = teeth.end_s.searchsorted(time_s, "left")  # the first that is not over by then
    sums = whole[tooth]
    begun = np.append(teeth.begin_s, np.inf)[tooth] < time_s
    partly = tooth[begun]
    sums[begun] += (time_s[begun] - teeth.origin_s[partly]) ** power - teeth.low[partly] ** power
    return sums

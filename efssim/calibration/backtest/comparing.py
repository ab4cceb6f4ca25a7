"""Measured and simulated ages, compared sample by sample time."""

from __future__ import annotations

import numpy as np

from efssim.calibration.backtest.findings import AgeQuantiles
from efssim.calibration.data import Floats

_SHARES = (0.5, 0.95, 0.99, 1.0)
_MILLISECOND = 1e-3
_NEARLY_ALL = 0.95
"""Share of the ages that lie in step; assumed."""


def quantiles(ages_s: Floats) -> AgeQuantiles:
    """Return quantiles of samples: the smallest with at least that share at or below it."""
    ordered = np.sort(ages_s)
    at = [max(0, int(np.ceil(share * len(ordered))) - 1) for share in _SHARES]
    return AgeQuantiles(*(float(ordered[k]) for k in at))


def age_step_s(ages_s: Floats, period_s: float) -> float:
    """Return the step in which samples tell ages: 0 unless they are taken in step with the syncs.

    Where the interval is a whole number of periods, ages differ by whole periods. Nearly all of
    them, modulo a period, then lie in a part of it, and an age shows once it is off by the rest.
    """
    if not len(ages_s):
        return 0.0
    rest = np.sort(ages_s % period_s)
    count = int(np.ceil(_NEARLY_ALL * len(rest)))
    around = np.concatenate((rest, rest + period_s))
    starts = np.arange(len(rest))
    arc_s = float((around[starts + count - 1] - around[starts]).min())
    return period_s - arc_s if arc_s < period_s / 2 else 0.0


def relative_error(simulated: float, measured: float) -> float:
    """Return by which share a simulated age is above the measured one, or above a second if 0."""
    return (simulated - measured) / (measured or 1.0)


def ks_distance(first: Floats, second: Floats) -> float:
    """Return the largest distance between two empirical distribution functions.

    Ages count in milliseconds, so that no rounding of a number makes two equal ones differ.
    """
    whole = [np.sort(np.round(ages_s / _MILLISECOND)) for ages_s in (first, second)]
    points = np.concatenate(whole)
    shares = [one.searchsorted(points, "right") / len(one) for one in whole]
    return float(np.abs(shares[0] - shares[1]).max())


def unlike_share(first: Floats, second: Floats, tolerance: float) -> float:
    """Return the largest share of one distribution that is beyond the other and a tolerance.

    It is the distance of Kolmogorov and Smirnov if each age may be longer or shorter by a share of
    `tolerance`, at least of the median. Ages that take few values, as where the sampling is locked
    to the syncs, have a distance of 1 once they differ by nothing to speak of; this one has none
    then.
    """
    ordered = np.sort(first), np.sort(second)
    least_s = tolerance * float(np.median(first))
    return max(
        _beyond(*ordered, tolerance, least_s),
        _beyond(*ordered[::-1], tolerance, least_s),
    )


def _beyond(lower: Floats, upper: Floats, tolerance: float, least_s: float) -> float:
    """Return the share by which ages outnumber, at most, those of the other up to a tolerance."""
    at_most = np.arange(1, len(lower) + 1) / len(lower)
    allowed = lower + np.maximum(tolerance * lower, least_s) + _MILLISECOND
    return float((at_most - upper.searchsorted(allowed, "right") / len(upper)).max())

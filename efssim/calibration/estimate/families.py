"""Distributions of a sync's duration around its mean: skewed like its random fixed time.

A duration is a random fixed time plus the error of its bytes, which is as good as normal. Their
sum is taken for one of the fixed time's own family, shifted so that mean, variance and skewness
are those of the sum: a gamma (Pearson's type III, by Wilson and Hilferty's cube root) or a
lognormal. `normal_of` maps such a duration to a standard normal one.
"""

from __future__ import annotations

import numpy as np

from efssim.calibration.data import Floats, SetupFamily

LEAST_SKEWNESS = 1e-3
"""Below it a family is the normal one to three digits; it keeps the formulas finite."""

MOST_SKEWNESS = 3.0
"""Above it the approximations are none; assumed."""


def skewness_of(family: SetupFamily, cv: Floats) -> Floats:
    """Return the skewness of a family by its coefficient of variation."""
    if family is SetupFamily.GAMMA:
        return 2 * cv
    if family is SetupFamily.LOGNORMAL:
        return (cv * cv + 3) * cv
    return np.zeros_like(cv)


def normal_of(family: SetupFamily, z: Floats, skewness: Floats) -> tuple[Floats, Floats]:
    """Return the standard normal value of a standardized duration, and its derivative.

    A negative skewness is that of the mirrored distribution. Bytes have one even if the fixed time
    is constant or normal, and are then taken for a gamma.
    """
    size = np.clip(np.abs(skewness), LEAST_SKEWNESS, MOST_SKEWNESS)
    sign = np.where(skewness < 0, -1.0, 1.0)
    mapped = _of_lognormal if family is SetupFamily.LOGNORMAL else _of_gamma
    value, pace = mapped(sign * z, size)
    return sign * value, pace


def _of_gamma(z: Floats, skewness: Floats) -> tuple[Floats, Floats]:
    inside = np.maximum(1 + z * skewness / 2, 1e-9)
    root = np.cbrt(inside)
    value = 6 / skewness * (root - 1 + skewness**2 / 36)
    return value, 1 / (root * root)


def _of_lognormal(z: Floats, skewness: Floats) -> tuple[Floats, Floats]:
    # cv of the shifted lognormal with this skewness: the real root of y³ + 3 y = skewness.
    y = 2 * np.sinh(np.arcsinh(skewness / 2) / 3)
    variance = np.log1p(y * y)
    inside = np.maximum(1 + y * z, 1e-9)
    root = np.sqrt(variance)
    return (np.log(inside) + variance / 2) / root, y / (inside * root)

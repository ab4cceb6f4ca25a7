"""Numbers beside their bounds: printed, so that `pytest -rP` shows how near each comes."""

from __future__ import annotations

import math

import numpy as np
from scipy import stats

CONFIDENCE = 0.999
HALF_WIDTH = 0.02


def interval(values: np.ndarray) -> tuple[float, float]:
    """Return mean and half-width of the 99.9 % t interval of independent values."""
    spread = values.std(ddof=1) / math.sqrt(len(values))
    return float(values.mean()), float(stats.t.ppf((1 + CONFIDENCE) / 2, len(values) - 1) * spread)


def agrees(values: np.ndarray, expected: float, what: str) -> bool:
    """Whether a closed form lies in the interval of independent values, which must be narrow."""
    mean, half = interval(values)
    print(f"{what}: {mean:.7g} ± {half:.2g} ({half / expected:.2%}), closed form {expected:.7g}")
    assert half <= HALF_WIDTH * expected, "not enough data: take ten times as much"
    return abs(mean - expected) <= half


def within(measured: float, expected: float, relative: float, what: str) -> bool:
    """Whether a number is a closed form's up to a relative error."""
    error = abs(measured / expected - 1)
    print(
        f"{what}: {measured:.10g}, closed form {expected:.10g}, off {error:.1e} <= {relative:.1e}"
    )
    return error <= relative


def batches(column: np.ndarray, count: int = 40) -> np.ndarray:
    """Return the sums of so many consecutive stretches of equal length; the rest is left out."""
    size = len(column) // count
    sums: np.ndarray = column[: size * count].reshape(count, size).sum(axis=1)
    return sums

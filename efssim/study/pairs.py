"""Pairs of trials: two scenarios share the draws of a trial number, so differences are sharp."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from efssim.study.intervals import CONFIDENCE, student_t


class Difference(NamedTuple):
    """What pairs of trials say about the difference of two means, second minus first."""

    first: float
    """Mean of the first."""
    second: float
    """Mean of the second."""
    difference: float
    low: float | None
    """95 % interval of the difference; None for fewer than two pairs."""
    high: float | None
    variance_saved: float | None
    """Share of the variance of the difference that pairing saved: 1 - Var(b - a) / (Var a + Var b).

    Near 1: it takes that much fewer trials than with independent draws. Negative: pairing harms.
    None where nothing varies.
    """


def difference(first: Sequence[float], second: Sequence[float]) -> Difference:
    """Return Student's t interval for the mean of b - a over pairs of trials."""
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    n, gaps = len(a), b - a
    mean = math.fsum(gaps) / n
    means = math.fsum(a) / n, math.fsum(b) / n
    if n < 2:
        return Difference(*means, mean, None, None, None)
    half = student_t(CONFIDENCE, n - 1) * float(gaps.std(ddof=1)) / math.sqrt(n)
    alone = float(a.var(ddof=1) + b.var(ddof=1))
    saved = 1 - float(gaps.var(ddof=1)) / alone if alone else None
    return Difference(*means, mean, mean - half, mean + half, saved)

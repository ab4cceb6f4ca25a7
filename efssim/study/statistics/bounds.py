"""Bounds of the mean of numbers between 0 and 1 that hold for any distribution and any sample.

They bet against a mean (I. Waudby-Smith and A. Ramdas, Estimating means of bounded random variables
by betting, JRSS B 86, 2024): somebody who stakes a fixed share on "the numbers are above m" gets
1 + stake · (x - m) for each of them. While the mean is at most m the capital does not grow on
average, so it ever reaches 1 / alpha with a probability of at most alpha (Ville's inequality);
any m for which it does reach that is too small. The stakes are a fixed mixture, as in T. Cover's
universal portfolio (Mathematical Finance 1, 1991), so the order of the numbers does not matter, and
looking again after more numbers costs nothing.

The numbers may come in groups with unequal means, as the days of a week do: if they are independent
and the stake is one for all of a group, the capital grows on average at most as for their mean (of
the inequality of the arithmetic and the geometric mean), so the bounds are those of the mean of the
groups.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_STAKES: Floats = 0.5 ** np.arange(13, dtype=np.float64)
"""Shares of the largest stake that cannot lose more than everything; 1 to 1 / 4,096.

Assumed: neighbours are close enough that the best of them gains 8/9 of the gain of any stake.
"""
_ALL_IN = 0.8
"""Weight in the mixture of the largest stake against a mean that is larger than the numbers.

Assumed: that stake is the best where few numbers are above 0, as for an objective of 99.9 %; so
without any loss it takes ln(1 / (0.8 alpha)) / -ln(objective) numbers to show it.
"""
_ROUNDS = 44
"""Halvings of the interval that holds a bound: to 6e-14."""


class Units:
    """Independent numbers between 0 and 1, each with the length that it counts for.

    Lengths are relative to their mean, and bounded beforehand: a number x of length c counts as
    c · x of c.
    """

    def __init__(self, values: Sequence[float], lengths: Sequence[float] | None = None) -> None:
        """Take values with their lengths, by default all the same."""
        x = np.asarray(values, dtype=np.float64)
        c = np.ones_like(x) if lengths is None else np.asarray(lengths, dtype=np.float64)
        assert ((x >= 0.0) & (x <= 1.0)).all()
        pairs, counts = np.unique(np.stack((x, c), axis=1), axis=0, return_counts=True)
        self.count = len(x)
        self._won, self._length = pairs[:, 0] * pairs[:, 1], pairs[:, 1]
        self._times = counts.astype(np.float64)
        self._longest = float(c.max(initial=1.0))
        self.mean = float((self._won @ self._times) / (self._length @ self._times or 1.0))
        """The mean of the numbers, by length; 0 without any."""

    def high(self, alpha: float, times: float = 1.0) -> float:
        """Return an upper bound of the mean, which fails with a probability of at most alpha.

        `times`: as if there were so many times these numbers.
        """
        weights = np.full(len(_STAKES), (1 - _ALL_IN) / (len(_STAKES) - 1))
        weights[0] = _ALL_IN

        def refuted(mean: float) -> bool:
            stakes: Floats = _STAKES / (self._longest * (1.0 - mean))
            return self._refuted(stakes, -1.0, mean, weights, alpha, times)

        return 1.0 - _first(lambda below: refuted(1.0 - below))

    def low(self, alpha: float, times: float = 1.0) -> float:
        """Return a lower bound of the mean, which fails with a probability of at most alpha."""
        weights = np.full(len(_STAKES), 1 / len(_STAKES))

        def refuted(mean: float) -> bool:
            stakes: Floats = _STAKES / (self._longest * mean)
            return self._refuted(stakes, 1.0, mean, weights, alpha, times)

        return _first(refuted)

    def _refuted(
        self,
        stakes: Floats,
        sign: float,
        mean: float,
        weights: Floats,
        alpha: float,
        times: float,
    ) -> bool:
        """Return whether the capital of a mixture of stakes against a mean reaches 1 / alpha."""
        if not self.count:
            return False
        gains = sign * np.outer(stakes, self._won - mean * self._length)
        with np.errstate(divide="ignore"):  # a stake that has lost everything
            grown = np.log1p(np.maximum(gains, -1.0)) @ (times * self._times)
        return _log_sum(np.log(weights) + grown) >= -math.log(alpha)


def _log_sum(terms: Floats) -> float:
    """Return the logarithm of a sum of exponentials."""
    most = float(terms.max())
    return most + math.log(float(np.exp(terms - most).sum())) if math.isfinite(most) else most


def _first(refuted: Callable[[float], bool]) -> float:
    """Return the largest number between 0 and 1 up to which `refuted` holds; 0 if nowhere.

    It is never asked of 0 or 1.
    """
    low, high = 0.0, 1.0
    for _ in range(_ROUNDS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        low, high = (middle, high) if refuted(middle) else (low, middle)
    return low

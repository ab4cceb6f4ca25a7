"""A histogram of nonnegative numbers whose bins follow the leading bits of a float.

Its state depends on the values only, not on their order or grouping, and it merges
exactly: bins hold integers. Sums of the values are left to the caller, since a float sum would
depend on the order.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from efssim.lag.weighted.bin_sums import BinSums
from efssim.lag.weighted.bins import bin_numbers, midpoints, sums_by_bin
from efssim.lag.weighted.states import HistogramState

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_MAX_COUNT = 2**63 - 1


class LogHistogram:
    """Weighted values, exact up to a number of them and in logarithmic bins from there on.

    A bin is at most 0.79 % wide and stands for its midpoint, so a quantile is within 0.4 % (for
    values of at least 2.3e-308, the smallest normal float; 0 and all below 2e-310 count as 0).
    """

    def __init__(self, exact_limit: int = 100_000) -> None:
        """Keep the values themselves while they are at most `exact_limit`."""
        self.count = 0
        """Sum of the weights."""
        self.minimum: float | None = None
        self.maximum: float | None = None
        self._exact_limit = exact_limit
        self._raw: list[tuple[Floats, Ints | None]] = []  # without weights: each 1
        self._raw_values = 0
        self._cells: BinSums | None = None  # once there are too many
        self._points: tuple[Floats, Ints] | None = None  # cached until a value is added
        self._ranks: Ints | None = None  # the same

    def add(self, values: Floats, weights: Ints | None = None) -> None:
        """Add values, each with its weight, by default 1; both of shape (values,).

        A value of weight 0 leaves no trace. AssertionError for a value that is negative, infinite
        or NaN, for a negative weight, and for a sum of weights of 2^63 or more.
        """
        if weights is not None:
            values, weights = _with_weight(values, weights)
        if not len(values):
            return
        least, most = float(values.min()), float(values.max())
        # Comparisons with NaN are false, and min and max pass NaN on.
        assert least >= 0.0
        assert most < np.inf
        self._extend(len(values) if weights is None else _exact_total(weights), least, most)
        if least == 0.0:
            values = values + 0.0  # -0.0 becomes 0.0, whose bits are all 0
        if self._cells is None and self._raw_values + len(values) <= self._exact_limit:
            # Copies: the caller may reuse its arrays, or a view may keep a large one alive.
            self._raw.append((values.copy(), None if weights is None else weights.copy()))
            self._raw_values += len(values)
        else:
            self._spilled().add(bin_numbers(values), 1 if weights is None else weights)

    def merge(self, other: LogHistogram) -> None:
        """Add all that `other` holds, and leave `other` as it is.

        AssertionError if the two keep different numbers of exact values.
        """
        assert self._exact_limit == other._exact_limit
        if other._cells is None:
            for values, weights in list(other._raw):
                self.add(values, weights)
            return
        assert other.minimum is not None
        assert other.maximum is not None
        self._extend(other.count, other.minimum, other.maximum)
        bins, (sums,) = other._cells.used()
        self._spilled().add(bins, sums)

    def state(self, total: float) -> HistogramState:
        """Return the bins in use, for `add_state`, with the sum of the values in them."""
        used, (sums,) = self._raw_bins() if self._cells is None else self._cells.used()
        bins, counts = used.tolist(), sums.tolist()
        return HistogramState(self.minimum, self.maximum, bins, counts, total)

    def _raw_bins(self) -> tuple[Ints, list[Ints]]:
        """Return the bins of the values kept so far, and the weight of each."""
        if not self._raw:
            return np.zeros(0, dtype=np.int64), [np.zeros(0, dtype=np.int64)]
        values, weights = self.points()
        return sums_by_bin(bin_numbers(values), weights)

    def add_state(self, state: HistogramState) -> None:
        """Add the state of another histogram, which has bins and no exact values."""
        if state.min is None or state.max is None:
            return
        self._extend(sum(state.counts), state.min, state.max)
        bins, counts = np.array([state.bins, state.counts], dtype=np.int64)
        self._spilled().add(bins, counts)

    def add_bins(self, bins: Ints, weights: Ints, minimum: float, maximum: float) -> None:
        """Add whole weights in bins, which values between a least and a largest one have."""
        self._extend(int(weights.sum()), minimum, maximum)
        self._spilled().add(bins, weights)

    def quantile(self, p: float) -> float | None:
        """Return the smallest x with at least the share p of the weight at or below it.

        None without weight; AssertionError unless 0 < p <= 1. `p` is taken as the decimal number
        that it prints as, so that 0.07 of 100 is 7 and not a rounding above.
        """
        assert 0.0 < p <= 1.0
        if not self.count:
            return None
        over, under = _share(p)
        rank = -(-over * self.count // under)
        if rank == self.count:
            return self.maximum
        values, weights = self.points()
        if self._ranks is None:
            self._ranks = weights.cumsum()
        return values.item(self._ranks.searchsorted(rank, "left"))

    def share_at_most(self, x: float) -> float | None:
        """Return the share of the weight at or below x, a bin's at its midpoint; None without."""
        if not self.count:
            return None
        if self.maximum is not None and x >= self.maximum:
            return 1.0
        values, weights = self.points()
        return int(weights[values <= x].sum()) / self.count

    def _extend(self, count: int, minimum: float, maximum: float) -> None:
        assert self.count + count <= _MAX_COUNT
        self._points = self._ranks = None
        self.count += count
        self.minimum = minimum if self.minimum is None else min(self.minimum, minimum)
        self.maximum = maximum if self.maximum is None else max(self.maximum, maximum)

    def _spilled(self) -> BinSums:
        """Return the bins, after moving the values kept so far into them."""
        if self._cells is None:
            self._cells = BinSums()
            for values, weights in self._raw:
                self._cells.add(bin_numbers(values), 1 if weights is None else weights)
            self._raw, self._raw_values = [], 0
        return self._cells

    def points(self) -> tuple[Floats, Ints]:
        """Return the values in rising order, or one for each bin in use, and their weights."""
        if self._points is None:
            self._points = self._rising()
        return self._points

    def _rising(self) -> tuple[Floats, Ints]:
        if self._cells is not None:
            assert self.minimum is not None
            assert self.maximum is not None
            used, (weights,) = self._cells.used()
            return midpoints(used).clip(self.minimum, self.maximum), weights
        values = np.concatenate([values for values, _ in self._raw])
        if all(weights is None for _, weights in self._raw):
            values.sort()
            return values, _ones(values)
        weights = np.concatenate([_ones(values) if w is None else w for values, w in self._raw])
        if weights.min() == weights.max():  # any order of them will do
            values.sort()
            return values, weights
        order = values.argsort()
        return values[order], weights[order]


@lru_cache(64)  # few shares are asked for, of each of many lags
def _share(p: float) -> tuple[int, int]:
    """Return a share as a fraction: that of the decimal number that it prints as."""
    return Fraction(repr(float(p))).as_integer_ratio()


def _ones(values: Floats) -> Ints:
    return np.ones(len(values), dtype=np.int64)


def _with_weight(values: Floats, weights: Ints) -> tuple[Floats, Ints]:
    """Return the values and weights without those of weight 0."""
    assert values.shape == weights.shape
    least = weights.min(initial=1)
    assert least >= 0
    if least == 0:
        values, weights = values[weights > 0], weights[weights > 0]
    return values, weights


def _exact_total(weights: Ints) -> int:
    """Return the sum of the weights even where 64 bits are too few: then in halves of 32 bits."""
    if int(weights.max()) <= _MAX_COUNT // len(weights):
        return int(weights.sum())
    return (int((weights >> 32).sum()) << 32) + int((weights & 0xFFFFFFFF).sum())

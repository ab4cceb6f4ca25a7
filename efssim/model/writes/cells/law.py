"""The law of a cell: how many small writes it has and the sum of their bytes; what is big.

A Poisson stream is the sum of two: its big writes, above a quantile of the sizes, which are drawn
one by one, and its small ones, of which a cell has a count and a sum. Without the big writes the
sum is nearly normal; the terms of Cornish and Fisher for skewness and kurtosis do the rest.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from efssim.scenario.grammar.distributions import Distribution
from efssim.scenario.schema import LARGEST_FILE_BYTES
from efssim.scenario.workload.drawing import CELL_S
from efssim.scenario.workload.processes.on_periods import OnPeriods

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_SKEW = 0.15
"""Skewness of the sum of small writes in a cell up to which a number of big ones is enough; found
by comparing with the exact law."""
_LIGHT = 0.05
"""Excess kurtosis of a cell up to which a stream without big writes will do."""
_BIG_IN_A_CELL = (0.25, 0.5, 1.0, 2.0, 4.0)
"""Mean numbers of big writes in a cell to choose from."""


@dataclass(frozen=True, slots=True)
class CellLaw:
    """The law of the small writes of a cell, and which share of the writes is big."""

    small_per_cell: float
    """Mean number of small writes."""
    big_share: float
    """Share of all writes that is big: above the size that this share exceeds."""
    mean: float
    """Mean bytes of a small write."""
    deviation: float
    """Standard deviation of the bytes of a small write."""
    skew: float
    """Third cumulant of the bytes of a small write over the deviation's third power."""
    excess: float
    """Fourth cumulant over the deviation's fourth power."""

    def draw(self, counts: Ints, normal: Floats) -> Ints:
        """Return the sums of the bytes of cells with some counts, from standard normal numbers."""
        n = counts.astype(np.float64)
        root = np.sqrt(np.maximum(n, 1.0))
        skew, excess = self.skew / root, self.excess / (root * root)
        square = normal * normal
        shaped = normal + skew * (square - 1) / 6
        shaped += normal * (excess * (square - 3) / 24 - skew * skew * (2 * square - 5) / 36)
        sums = np.rint(n * self.mean + shaped * (root * self.deviation))
        np.maximum(sums, 0.0, out=sums)
        sums[counts == 0] = 0.0
        return np.asarray(sums.astype(np.int64))


def cell_law(size: Distribution[int], per_s: float) -> CellLaw:
    """Return the law of a cell of a stream with a mean number of writes per second."""
    per_cell = per_s * CELL_S
    for big in (0.0, *_BIG_IN_A_CELL):
        law, skew, excess = _split(size, per_cell, min(big / per_cell, 0.5))
        if skew <= MOST_SKEW and (big or excess <= _LIGHT):
            break
    return law


def _split(
    size: Distribution[int], per_cell: float, big_share: float
) -> tuple[CellLaw, float, float]:
    """Return the law with a share of big writes; skewness and excess of the sum of a cell."""
    values, weights = _small_sizes(size, big_share)
    first = float((values * weights).sum())
    # Not from the moments about 0, whose differences are noise where all sizes are nearly equal.
    about = values - first
    variance, third, fourth = (float((about**power * weights).sum()) for power in (2, 3, 4))
    deviation = math.sqrt(variance)
    skew = excess = 0.0
    if deviation > 1e-9 * first:
        skew, excess = third / deviation**3, fourth / variance**2 - 3
    else:
        deviation = 0.0
    small = per_cell * (1 - big_share)
    law = CellLaw(small, big_share, first, deviation, skew, excess)
    if not first:
        return law, 0.0, 0.0
    second, third, fourth = (float((values**power * weights).sum()) for power in (2, 3, 4))
    return law, third / second**1.5 / math.sqrt(small), fourth / second**2 / small


_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)


def _small_sizes(size: Distribution[int], big_share: float) -> tuple[Floats, Floats]:
    """Return sizes that are not big, and their weights, which add up to 1."""
    shares, weights = _grid(big_share) if size.empirical is None else _atoms(size, big_share)
    values = np.minimum(size.exceeded_by(shares), float(LARGEST_FILE_BYTES))
    return values, weights / (1 - big_share)


def _grid(big_share: float) -> tuple[Floats, Floats]:
    """Return probabilities above `big_share` and their weights, for an integral up to 1."""
    last = -math.log(big_share) if big_share else 120.0
    edges = np.concatenate(([0.0], np.geomspace(1e-9, 0.5, 60), np.linspace(0.5, last, 200)[1:]))
    middle, half = (edges[1:] + edges[:-1]) / 2, np.diff(edges) / 2
    logs = (middle[:, None] + half[:, None] * _NODES).ravel()
    shares = np.exp(-logs)
    return shares, (half[:, None] * _WEIGHTS).ravel() * shares


def _atoms(size: Distribution[int], big_share: float) -> tuple[Floats, Floats]:
    """Return a probability inside each value of a list, and how much of the value is not big."""
    assert size.empirical is not None
    count = len(size.empirical.numbers())
    begins = np.arange(count) / count  # of the probabilities at or below, in rising order
    kept = ((1 - big_share) - begins).clip(0.0, 1 / count)
    return 1 - begins - 0.5 / count, kept


class BigSizes:
    """The sizes of big writes, as a distribution to sample: the upper tail of another."""

    def __init__(self, size: Distribution[int], share: float) -> None:
        self._size, self._share = size, share

    def sample(self, generator: np.random.Generator, n: int) -> Floats:
        """Draw n sizes, shape (n,)."""
        return self._size.exceeded_by((1.0 - generator.random(n)) * self._share)


def means_of_cells(edges_s: Floats, rates: Floats) -> Floats:
    """Return the mean count of each cell from rates between edges; of one where all are equal.

    A cell in which the edges end has the last rate up to its own end: writes are spread evenly over
    the whole of it, and a run that ends there takes its part.
    """
    if len(rates) == 1:
        return rates * CELL_S
    cells_s = CELL_S * np.arange(math.ceil(edges_s.item(-1) / CELL_S) + 1)
    ends_s = np.append(edges_s[:-1], cells_s.item(-1))
    total = np.concatenate(([0.0], (np.diff(ends_s) * rates).cumsum()))
    means: Floats = np.diff(np.interp(cells_s, ends_s, total)).clip(min=0.0)
    return means


Clock = Callable[[], OnPeriods | None]
"""Returns a clock that begins anew, or none; it draws as it is asked, so each world has its own."""


def no_clock() -> None:
    """Return no clock: cells are of the time of the run."""


class SmallWrites:
    """The draws of a stream's small writes: cells in order, and a key for what is inside."""

    def __init__(
        self,
        law: CellLaw,
        counts: np.random.Generator,
        sums: np.random.Generator,
        key: int,
        means: Floats | None = None,
        new_clock: Clock = no_clock,
    ) -> None:
        """Take the mean counts of the cells from `means`, whose last one holds from there on.

        Cells are of the time that a clock shows, where there is one.
        """
        self.law, self.key, self.new_clock = law, key, new_clock
        self._means = np.array([law.small_per_cell]) if means is None else means
        self._counts, self._sums, self._next = counts, sums, 0

    def take(self, n: int) -> tuple[Ints, Ints]:
        """Return counts and bytes of the next n cells."""
        means: Floats | float = self._means.item(-1)
        if len(self._means) > 1:
            cells = np.arange(self._next, self._next + n)
            means = self._means[np.minimum(cells, len(self._means) - 1)]
        self._next += n
        counts = self._counts.poisson(means, n)
        return counts, self.law.draw(counts, self._sums.standard_normal(n))

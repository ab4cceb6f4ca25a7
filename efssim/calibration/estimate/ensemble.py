"""The region of high likelihood, walked through by an ensemble of points.

Affine-invariant moves (Goodman and Weare 2010, "Ensemble samplers with affine invariance"; here
in two halves as in Foreman-Mackey and others 2013) follow ridges of any slope without tuning, and
need no derivative of a likelihood that is a staircase where fixed times are constant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from efssim.calibration.data import Floats

STRETCH = 2.0
"""Largest stretch of a move; the authors' value."""
SEED = 20261128
"""The same walk for the same data."""


@dataclass(frozen=True, slots=True)
class LikelyRegion:
    """Points and their log likelihoods, in the order in which they were visited."""

    points: Floats
    """Shape (points, coordinates)."""
    value: Floats

    @property
    def best(self) -> Floats:
        """Return the point of the largest likelihood."""
        best: Floats = self.points[int(self.value.argmax())]
        return best

    def spread(self, count: int) -> Floats:
        """Return points from all along the walk."""
        at = np.linspace(0, len(self.points) - 1, count).astype(np.int64)
        result: Floats = self.points[at]
        return result

    def within(self, drop: float) -> LikelyRegion:
        """Return the points whose log likelihood is at most so much below the largest."""
        inside = self.value >= self.value.max() - drop
        return LikelyRegion(self.points[inside], self.value[inside])


def walked(
    value_of: Callable[[Floats], Floats], start: Floats, rounds: int, *, kept_from: int
) -> LikelyRegion:
    """Return the points that an ensemble visits; those before round `kept_from` are dropped.

    `start` has the shape (walkers, coordinates), an even number of walkers.
    """
    rng = np.random.default_rng(SEED)
    points, value = start.copy(), value_of(start)
    half = len(points) // 2
    kept_points, kept_value = [], []
    for number in range(rounds):
        for moving, others in ((slice(half), slice(half, None)), (slice(half, None), slice(half))):
            _move(rng, value_of, points, value, moving, points[others])
        if number >= kept_from:
            kept_points.append(points.copy())
            kept_value.append(value.copy())
    return LikelyRegion(np.concatenate(kept_points), np.concatenate(kept_value))


def _move(
    rng: np.random.Generator,
    value_of: Callable[[Floats], Floats],
    points: Floats,
    value: Floats,
    moving: slice,
    others: Floats,
) -> None:
    """Move half of the points along lines through points of the other half, in place."""
    here = points[moving]
    n, dimensions = here.shape
    stretch = (1 + (STRETCH - 1) * rng.random((n,))) ** 2 / STRETCH
    partner = others[rng.integers(len(others), size=n)]
    there: Floats = partner + stretch[:, None] * (here - partner)
    found = value_of(there)
    gain = (dimensions - 1) * np.log(stretch) + found - value[moving]
    taken = np.log(rng.random(n)) < gain
    here[taken] = there[taken]  # `here` is a view
    value[moving] = np.where(taken, found, value[moving])

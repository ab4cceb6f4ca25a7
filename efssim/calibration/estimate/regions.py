"""Walks through the region of high likelihood, begun all over what the bounds of rows allow."""

from __future__ import annotations

import numpy as np

from efssim.calibration.data import Floats
from efssim.calibration.estimate.ensemble import LikelyRegion, walked
from efssim.calibration.estimate.likelihood import Likelihood
from efssim.calibration.estimate.linear import Program, usual_miss

WALKERS, ROUNDS, WARM_UP = 32, 320, 120
"""Size and length of a walk, and the rounds at its begin that are dropped; assumed."""
LEAST_S, MOST_S = 0.3, 300.0
"""Bounds of the spread of the fixed time with which a walk begins; assumed."""
SEED = 1
"""The same begin for the same data."""


def starting_points(likelihood: Likelihood, start: Floats) -> Floats:
    """Return points between the corners of what bounds allow, around the best one.

    Bounds are linear, so whatever lies between two allowed points is allowed.
    """
    program = Program.of(likelihood, len(likelihood.phases_s) // 2)
    sigma_s = min(max(usual_miss(np.maximum(program.missed_s(start), 0.0)), LEAST_S), MOST_S)
    corners = np.concatenate((program.extremes(start, sigma_s), start[None]))
    rng = np.random.default_rng(SEED)
    low, high = likelihood.bounds
    points = np.empty((WALKERS, len(low)))
    points[:, :3] = rng.dirichlet(np.full(len(corners), 0.3), size=WALKERS) @ corners
    points[:, 3] = np.log(sigma_s) + rng.uniform(-1.0, 1.0, WALKERS)
    points[:, 4] = rng.uniform(low[4], high[4], WALKERS)
    points[:, 5] = rng.uniform(-4.0, 1.0, WALKERS)
    # A little inside the bounds, and no two alike: a walk cannot leave a plane that all lie in.
    room = np.where(np.isfinite(high), high - low, 1e-3)
    inset = 1e-3 * room * rng.random(points.shape)
    return np.clip(points, low + inset, high - inset)


def walk(likelihood: Likelihood, points: Floats) -> LikelyRegion:
    """Return the region of high likelihood; a coordinate without room stays where it is."""
    low, high = likelihood.bounds
    free = high > low

    def value_of(walking: Floats) -> Floats:
        whole = np.tile(points[0], (len(walking), 1))
        whole[:, free] = walking
        return likelihood(whole)

    region = walked(value_of, points[:, free], ROUNDS, kept_from=WARM_UP)
    visited = np.tile(points[0], (len(region.points), 1))
    visited[:, free] = region.points
    return LikelyRegion(visited, region.value)

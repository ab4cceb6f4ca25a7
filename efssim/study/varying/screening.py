"""Which parameters matter: rank correlations over a Latin hypercube, and Morris's effects."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from efssim.model.kernel.draws import Draws
from efssim.study.errors import StudyError
from efssim.study.statistics.intervals import CONFIDENCE
from efssim.study.statistics.salib import problem
from efssim.study.varying.designs import LEVELS, Arrangement, morris_shares
from efssim.study.varying.points import SweepPoints

Floats = NDArray[np.float64]
_RESAMPLES = 1000
_NORMAL = 1.96
_SPREAD = 1.06
"""Variance of Fisher's z of a rank correlation, times n - 3 (Fieller, Hartley and Pearson,
Biometrika 44, 1957)."""
SCREENINGS: tuple[Arrangement, ...] = ("latin", "morris")


@dataclass(frozen=True, slots=True)
class ParameterEffect:
    """How much a measure hangs on a parameter."""

    path: str
    effect: float
    """Latin hypercube: Spearman's rank correlation. Morris: mean of the absolute elementary
    effects, the change of the measure over the whole range."""
    low: float | None
    """95 % interval; None for fewer than four points."""
    high: float | None
    mean: float | None
    """Morris: mean of the elementary effects with their signs; None elsewhere."""
    deviation: float | None
    """Morris: their standard deviation: large where the parameter acts together with others, or not
    in proportion. None elsewhere."""


def effects(
    sweep: SweepPoints, measure: str, replication: str | None = None
) -> tuple[ParameterEffect, ...]:
    """Return how much a measure hangs on each parameter, the most first.

    Raise StudyError for another design, one that is not complete, and where the mean does not exist
    at a point; KeyError as `SweepPoints.means`.
    """
    if sweep.arrangement not in SCREENINGS:
        raise StudyError("effects take a Latin hypercube or Morris's trajectories")
    if sweep.partial:
        raise StudyError("the design is not complete, so it shows no effects")
    means = [row.mean for row in sweep.point_means(measure, replication)]
    if None in means:
        raise StudyError(f"a combination has no {measure}, so there are no effects on it")
    results = np.array(means, dtype=np.float64)
    found = _correlations if sweep.arrangement == "latin" else _elementary
    return tuple(sorted(found(sweep, results), key=lambda row: -abs(row.effect)))


def _correlations(sweep: SweepPoints, results: Floats) -> list[ParameterEffect]:
    rows = []
    for vary in sweep.parameters:
        values = np.array([point.values[vary.path] for point in sweep.points], dtype=np.float64)
        found = rank_correlation(values, results)
        low, high = correlation_interval(found, len(results))
        rows.append(ParameterEffect(vary.path, found, low, high, None, None))
    return rows


def rank_correlation(first: Floats, second: Floats) -> float:
    """Return Spearman's rank correlation; 0 where either is the same everywhere."""
    from scipy.stats import rankdata

    one, other = rankdata(first), rankdata(second)
    if one.min() == one.max() or other.min() == other.max():
        return 0.0
    return float(np.corrcoef(one, other)[0, 1])


def correlation_interval(found: float, points: int) -> tuple[float | None, float | None]:
    """Return the 95 % interval of a rank correlation, by Fisher's z."""
    if points < 4:
        return None, None
    if abs(found) >= 1:
        return found, found
    half = _NORMAL * math.sqrt(_SPREAD / (points - 3))
    return math.tanh(math.atanh(found) - half), math.tanh(math.atanh(found) + half)


def _elementary(sweep: SweepPoints, results: Floats) -> list[ParameterEffect]:
    from SALib.analyze import morris

    count = len(sweep.parameters)
    trajectories = len(results) // (count + 1)
    names = [vary.path for vary in sweep.parameters]
    found = morris.analyze(
        problem(count),
        morris_shares(count, trajectories, sweep.seed),
        results,
        num_resamples=_RESAMPLES,
        conf_level=CONFIDENCE,
        num_levels=LEVELS,
        seed=int(Draws(sweep.seed).generator("morris bootstrap").integers(2**31)),
    )
    columns = (found[key].tolist() for key in ("mu_star", "mu_star_conf", "mu", "sigma"))
    return [
        ParameterEffect(path, size, max(0.0, size - half), size + half, mean, deviation)
        for path, size, half, mean, deviation in zip(names, *columns, strict=True)
    ]

"""Estimates with intervals of setup, seconds per byte, gap, noise and phase."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from efssim.calibration.data import Floats, SetupFamily
from efssim.calibration.estimate.ensemble import LikelyRegion, walked
from efssim.calibration.estimate.likelihood import Likelihood
from efssim.calibration.estimate.linear import Program
from efssim.calibration.rows.gap import GapBounds
from efssim.calibration.rows.interval import CutInterval
from efssim.calibration.rows.rows import Flags, Rows

DROP = 2.5
"""Fall of the log likelihood at the ends of an interval: 1.92 is 95 % for one parameter; the rest
is for what a finite walk and the approximations leave out; assumed, checked by the benchmark."""
ROWS, EXTREME_ROWS = 4000, 800
"""Rows that take part at most, and how many of them have the most bytes."""
WALKERS, ROUNDS, WARM_UP = 32, 260, 80
STRAY_DEVIATIONS, STRAY_LEAST_S = 6.0, 2.0
"""Distance of a duration from its expectation beyond which no model explains it; assumed."""
TAIL = 0.005
"""Share of the visited points beyond each end of an interval: a finite walk seldom comes to the
corners of a region of six dimensions, so the interval holds both; assumed, as DROP."""
WIDER = 0.04
"""Share of its width by which an interval is widened: a finite walk stays inside; assumed."""
CONSTANT_S = 1.0
"""Standard deviation up to which a fixed time may be constant: then bounds are a polytope."""


@dataclass(frozen=True, slots=True)
class Bounded:
    """A best value and the ends of its 95 % interval."""

    value: float
    low: float
    high: float

    def joined(self, low: float, high: float) -> Bounded:
        """Return the interval widened to hold another."""
        return replace(self, low=min(self.low, low), high=max(self.high, high))


@dataclass(frozen=True, slots=True)
class DurationEstimate:
    """Fixed time, rate, gap, noise and phase of durations, each with its interval."""

    setup_s: Bounded
    slope: Bounded
    """Seconds per byte."""
    gap_s: Bounded
    sigma_s: Bounded
    """Standard deviation of the fixed time."""
    phase_s: Bounded
    family: SetupFamily
    is_stray: Flags
    """Rows that the best fit cannot explain: shape (rows,)."""
    median_s: float
    """Median of the expected durations."""


@dataclass(frozen=True, slots=True)
class Told:
    """All that an estimate needs beside the rows."""

    interval: CutInterval | None
    gap: GapBounds
    phases_s: Floats
    resolution_s: float

    def likelihood(self, rows: Rows, which: NDArray[np.int64], telling: Flags) -> Likelihood:
        """Return the likelihood of some rows."""
        interval_s = math.inf if self.interval is None else self.interval.value_s
        gap_s = self.gap.low_s, max(self.gap.high_s, self.gap.low_s + 1e-6)
        return Likelihood.of(
            rows.only(which), telling[which], interval_s, gap_s, self.phases_s, self.resolution_s
        )


def estimate(rows: Rows, told: Told, which: Flags) -> DurationEstimate:
    """Return the estimate from the rows that `which` names."""
    chosen = _chosen(rows, which)
    telling = told.gap.is_telling
    likelihood = told.likelihood(rows, chosen, telling)
    program = Program.of(likelihood, len(told.phases_s) // 2)
    start = program.best()
    stray = _stray(rows, told, start, likelihood.byte_unit)
    for _ in range(2):
        keep = ~stray[chosen]
        likelihood = told.likelihood(rows, chosen[keep], telling & ~stray)
        program = Program.of(likelihood, len(told.phases_s) // 2)
        start = program.best()
        stray = _stray(rows, told, start, likelihood.byte_unit)
    region = _region(likelihood, program, start)
    sigma_s = float(np.exp(region.best[3]))
    families = [(SetupFamily.NORMAL, region)]
    if sigma_s > CONSTANT_S:
        for family in (SetupFamily.GAMMA, SetupFamily.LOGNORMAL):
            other = replace(likelihood, family=family)
            families.append((family, _around(other, region)))
    return _estimate(families, likelihood, stray, rows, which)


def _chosen(rows: Rows, which: Flags) -> NDArray[np.int64]:
    """Return the numbers of rows that take part, chosen by their bytes alone."""
    possible = np.flatnonzero(which)
    if len(possible) <= ROWS:
        return possible
    order = possible[rows.middle_bytes[possible].argsort(kind="stable")]
    rest = order[:-EXTREME_ROWS]
    step = len(rest) / (ROWS - EXTREME_ROWS)
    strided = rest[(np.arange(ROWS - EXTREME_ROWS) * step).astype(np.int64)]
    return np.sort(np.concatenate((strided, order[-EXTREME_ROWS:])))


def _stray(rows: Rows, told: Told, point: Floats, byte_unit: float) -> Flags:
    """Return the rows that lie far from a point, beside how far rows lie usually."""
    mean_s = point[0] + point[1] * rows.middle_bytes / byte_unit
    deviation_s = np.abs(point[1]) / byte_unit * np.sqrt(rows.variance)
    missed_s = np.maximum(rows.low_s - mean_s, mean_s - rows.high_s)
    missed_s = np.maximum(missed_s, 0.0)
    telling = told.gap.is_telling
    missed_s = np.where(telling, np.abs(rows.spacing_s - point[2] - mean_s), missed_s)
    known = np.isfinite(missed_s)
    usual_s = _usual(missed_s[known])
    far: Flags = known & (
        missed_s > STRAY_LEAST_S + STRAY_DEVIATIONS * np.hypot(usual_s, deviation_s)
    )
    return far


def _usual(missed_s: Floats) -> float:
    """Return the scale of how far rows lie outside their bounds, those that do not left out.

    Of rows with normal errors whose bounds are far apart few miss them; of those that do, the
    median is about half a standard deviation.
    """
    outside = missed_s[missed_s > 1e-6]
    if len(outside) < max(3, len(missed_s) // 200):
        return 0.0
    return 2.0 * float(np.median(outside))


def _region(likelihood: Likelihood, program: Program, start: Floats) -> LikelyRegion:
    """Return the region of high likelihood, begun from all of what the bounds allow."""
    missed_s = np.maximum(program.matrix @ start - program.limit, 0.0)
    sigma_s = min(max(_usual(missed_s), 0.3), 300.0)
    corners = np.concatenate((program.extremes(start, sigma_s), start[None]))
    rng = np.random.default_rng(1)
    shares = rng.dirichlet(np.full(len(corners), 0.3), size=WALKERS)
    points = np.empty((WALKERS, 6))
    points[:, :3] = shares @ corners
    points[:, 3] = np.log(sigma_s) + rng.uniform(-1.0, 1.0, WALKERS)
    points[:, 5] = rng.uniform(-4.0, 1.0, WALKERS)
    low, high = likelihood.bounds
    points[:, 4] = rng.uniform(low[4], max(high[4], 1e-9), WALKERS)
    inset = np.where(np.isfinite(high), (high - low) * 1e-3 * rng.random((WALKERS, 6)), 0.0)
    inset = np.where(np.isfinite(inset), inset, 0.0)
    points = np.clip(points, low + inset, high - inset)
    points[:, :2] += rng.random((WALKERS, 2)) * 1e-6
    if low[4] == high[4]:
        return _fixed_phase(likelihood, points)
    region = walked(likelihood, points, ROUNDS, kept_from=WARM_UP)
    return _again(likelihood, region)


def _again(likelihood: Likelihood, region: LikelyRegion) -> LikelyRegion:
    """Return the region after a walk from its best points: a walk that began far off is late."""
    order = region.value.argsort()[::-1][: 40 * WALKERS : 40]
    return walked(likelihood, region.points[order], ROUNDS, kept_from=WARM_UP // 2)


def _around(likelihood: Likelihood, region: LikelyRegion) -> LikelyRegion:
    return _again(likelihood, region)


def _fixed_phase(likelihood: Likelihood, points: Floats) -> LikelyRegion:
    """Return the region where the phase is known, so that a coordinate less is walked."""

    def value_of(short: Floats) -> Floats:
        return likelihood(np.insert(short, 4, likelihood.phases_s[0], axis=1))

    region = walked(value_of, np.delete(points, 4, axis=1), 2 * ROUNDS, kept_from=WARM_UP)
    return LikelyRegion(np.insert(region.points, 4, likelihood.phases_s[0], axis=1), region.value)


def _estimate(
    families: list[tuple[SetupFamily, LikelyRegion]],
    likelihood: Likelihood,
    stray: Flags,
    rows: Rows,
    which: Flags,
) -> DurationEstimate:
    """Return the union of the regions of all families that fit about as well as the best."""
    best_value = max(float(region.value.max()) for _, region in families)
    family, region = next(one for one in families if one[1].value.max() == best_value)
    fitting = [one for _, one in families if one.value.max() > best_value - 2.0]
    near = np.concatenate([one.within(DROP).points for one in fitting])
    # The middle of the region: of a staircase, the best point is anywhere on the highest step.
    best = region.points.mean(axis=0)
    unit = likelihood.byte_unit
    bounded = [
        Bounded(float(best[k]), *_widened(near[:, k], region.points[:, k], low, high))
        for k, (low, high) in enumerate(likelihood.bounds.T[:5])
    ]
    sigma_s = float(np.exp(best[3]))
    if sigma_s <= CONSTANT_S:
        family = SetupFamily.CONSTANT
    slope = Bounded(*(float(end) / unit for end in _parts(bounded[1])))
    expected_s = best[0] + best[1] / unit * rows.middle_bytes[which]
    return DurationEstimate(
        bounded[0],
        slope,
        bounded[2],
        Bounded(*(math.exp(end) for end in _parts(bounded[3]))),
        bounded[4],
        family,
        stray,
        float(np.median(expected_s)),
    )


def _parts(one: Bounded) -> tuple[float, float, float]:
    return one.value, one.low, one.high


def _widened(near: Floats, visited: Floats, low: float, high: float) -> tuple[float, float]:
    """Return the ends of an interval, within bounds, from the points near the best and from all."""
    least, most = _ends(near)
    lowest, highest = np.quantile(visited, (TAIL, 1 - TAIL))
    least, most = min(least, float(lowest)), max(most, float(highest))
    more = WIDER * (most - least)
    return max(least - more, low), min(most + more, high)


def _ends(values: Floats) -> tuple[float, float]:
    return float(values.min()), float(values.max())

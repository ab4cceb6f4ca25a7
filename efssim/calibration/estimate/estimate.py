"""Estimates with intervals of setup, seconds per byte, gap, noise and phase."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from efssim.calibration.data import Floats, SetupFamily
from efssim.calibration.estimate.ensemble import LikelyRegion
from efssim.calibration.estimate.likelihood import Likelihood
from efssim.calibration.estimate.linear import Program, usual_miss
from efssim.calibration.estimate.linearity import Bend, bend_of
from efssim.calibration.estimate.regions import WALKERS, starting_points, walk
from efssim.calibration.estimate.sampled_rows import (
    ASKED_ROWS,
    FIRST_ROWS,
    ROWS,
    says_something,
    some_of,
)
from efssim.calibration.rows.gap import GapBounds
from efssim.calibration.rows.interval import CutInterval
from efssim.calibration.rows.rows import Flags, Rows

DROP = 2.5
"""Fall of the log likelihood at the ends of an interval: 1.92 is 95 % for one parameter; the rest
is for what a finite walk and the approximations leave out; assumed, checked by the benchmark."""
TAIL = 0.005
"""Share of the visited points beyond each end of an interval: a finite walk seldom comes to the
corners of a region of six dimensions, so the interval holds both; assumed, as DROP."""
WIDER = 0.04
"""Share of its width by which an interval is widened: a finite walk stays inside; assumed."""
STRAY_DEVIATIONS, STRAY_LEAST_S = 6.0, 2.0
"""Distance of a duration from its expectation beyond which no model explains it; assumed."""
CONSTANT_S = 1.0
"""Standard deviation of the fixed time up to which it may be constant; assumed."""
MOST_SHARE = 0.5
"""Error of the slope that the shape of the bytes adds at most, over the slope; assumed."""
SHAPE = 0.1
"""Error of a fixed time, over the mean standard deviation that the bytes inside minutes give to a
duration: their distribution is taken for a gamma, which few large writes do not have; assumed,
and checked by the benchmark, which without it found fixed times off by up to 0.15."""
AS_GOOD = 2.0
"""Fall of the log likelihood up to which another family is as good as the best; assumed."""


@dataclass(frozen=True, slots=True)
class Bounded:
    """A best value and the ends of its 95 % interval."""

    value: float
    low: float
    high: float

    def wider(self, by: float, least: float, most: float) -> Bounded:
        """Return the interval with both ends moved outwards, within bounds."""
        low, high = max(self.low - by, least), min(self.high + by, most)
        return replace(self, low=float(low), high=float(high))


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
    bend: Bend


@dataclass(frozen=True, slots=True)
class Told:
    """All that an estimate needs beside the rows."""

    interval: CutInterval | None
    gap: GapBounds
    phases_s: Floats
    resolution_s: float

    def likelihood(self, rows: Rows, telling: Flags, byte_unit: float) -> Likelihood:
        """Return the likelihood of rows, of which `telling` show duration plus gap."""
        interval_s = math.inf if self.interval is None else self.interval.value_s
        gap_s = self.gap.low_s, max(self.gap.high_s, self.gap.low_s + 1e-6)
        return Likelihood.of(
            rows, telling, interval_s, gap_s, self.phases_s, self.resolution_s, byte_unit
        )


def estimate(rows: Rows, told: Told, which: Flags) -> DurationEstimate:
    """Return the estimate from the rows that `which` names.

    A first walk over some of the rows finds a region that is too wide, a second over all that say
    anything inside it the region.
    """
    possible = rows.only(which)
    telling = told.gap.is_telling[which]
    unit = max(float(np.abs(possible.bytes).max(initial=0.0)), 1.0)
    some = some_of(possible.middle_bytes, FIRST_ROWS)
    start, stray = _start(possible, telling, told, some, unit)
    some = some[~stray[some]]
    likelihood = told.likelihood(possible.only(some), telling[some], unit)
    region = walk(likelihood, starting_points(likelihood, start))
    asked = some_of(possible.middle_bytes, ASKED_ROWS)
    asked = asked[~stray[asked]]
    saying = says_something(told.likelihood(possible.only(asked), telling[asked], unit), region)
    kept = asked[saying]
    kept = kept[some_of(possible.middle_bytes[kept], ROWS)]
    likelihood = told.likelihood(possible.only(kept), telling[kept], unit)
    region = walk(likelihood, region.spread(WALKERS))
    families = [(SetupFamily.NORMAL, region)]
    if float(np.exp(region.points[:, 3].mean())) > CONSTANT_S:
        for family in (SetupFamily.GAMMA, SetupFamily.LOGNORMAL):
            other = replace(likelihood, family=family)
            families.append((family, walk(other, region.spread(WALKERS))))
    is_stray = np.zeros(len(rows), dtype=bool)
    is_stray[which] = stray
    return _estimate(families, likelihood, is_stray, possible)


def _start(
    rows: Rows, telling: Flags, told: Told, some: NDArray[np.int64], unit: float
) -> tuple[Floats, Flags]:
    """Return the point with the least sum of violations, and the rows that lie far from it."""
    stray = np.zeros(len(rows), dtype=bool)
    start = np.zeros(3)
    for _ in range(3):
        near = some[~stray[some]]
        likelihood = told.likelihood(rows.only(near), telling[near], unit)
        start = Program.of(likelihood, len(told.phases_s) // 2).best()
        stray = _stray(rows, telling, start, unit)
    return start, stray


def _stray(rows: Rows, telling: Flags, point: Floats, byte_unit: float) -> Flags:
    """Return the rows that lie far from a point, beside how far rows lie usually."""
    mean_s = point[0] + point[1] * rows.middle_bytes / byte_unit
    deviation_s = point[1] / byte_unit * np.sqrt(rows.variance)
    missed_s = np.maximum(np.maximum(rows.low_s - mean_s, mean_s - rows.high_s), 0.0)
    missed_s = np.where(telling, np.abs(rows.spacing_s - point[2] - mean_s), missed_s)
    usual_s = np.hypot(usual_miss(missed_s), deviation_s)
    far: Flags = missed_s > STRAY_LEAST_S + STRAY_DEVIATIONS * usual_s
    return far


def _estimate(
    families: list[tuple[SetupFamily, LikelyRegion]],
    likelihood: Likelihood,
    stray: Flags,
    rows: Rows,
) -> DurationEstimate:
    """Return the union of the regions of all families that fit about as well as the best."""
    best_value = max(float(region.value.max()) for _, region in families)
    family, region = next(one for one in families if one[1].value.max() == best_value)
    fitting = [one for _, one in families if one.value.max() > best_value - AS_GOOD]
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
    byte_s = best[1] * math.exp(best[5] / 2) * np.sqrt(likelihood.variance)
    allowance_s = SHAPE * float(np.mean(byte_s))
    bounded[0] = bounded[0].wider(allowance_s, 0.0, math.inf)
    bounded[2] = bounded[2].wider(allowance_s, *likelihood.gap_s)
    spread_s = best[1] * float(np.std(likelihood.bytes[len(likelihood.bytes) // 2]))
    share = min(allowance_s / spread_s, MOST_SHARE) if spread_s > 0 else MOST_SHARE
    value, low, high = (end / unit for end in _parts(bounded[1]))
    slope = Bounded(value, low / (1 + share), high * (1 + share))
    expected_s = best[0] + best[1] / unit * rows.middle_bytes
    return DurationEstimate(
        bounded[0],
        slope,
        bounded[2],
        Bounded(*(math.exp(end) for end in _parts(bounded[3]))),
        bounded[4],
        family,
        stray,
        float(np.median(expected_s)),
        bend_of(replace(likelihood, family=families[0][0]), families[0][1].best),
    )


def _parts(one: Bounded) -> tuple[float, float, float]:
    return one.value, one.low, one.high


def _widened(near: Floats, visited: Floats, low: float, high: float) -> tuple[float, float]:
    """Return the ends of an interval, within bounds, from the points near the best and from all."""
    least, most = _ends(near)
    lowest, highest = np.quantile(visited, (TAIL, 1 - TAIL))
    least, most = min(least, float(lowest)), max(most, float(highest))
    more = WIDER * (most - least)
    return float(max(least - more, low)), float(min(most + more, high))


def _ends(values: Floats) -> tuple[float, float]:
    return float(values.min()), float(values.max())

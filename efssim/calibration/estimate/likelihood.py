"""The likelihood of rows of syncs: durations between bounds, and those that spacings show."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from efssim.calibration.data import Floats, SetupFamily
from efssim.calibration.estimate.families import normal_of, skewness_of
from efssim.calibration.rows.rows import Flags, Rows

STRAY = 1e-4
"""Share of syncs that follow no model: it bounds the weight of each of them; assumed."""
STRAY_S = 1000.0
"""Span over which the durations of those are spread; assumed."""
LEAST_SIGMA_S, MOST_SIGMA_S = 0.02, 600.0
"""Standard deviations of the fixed time that are considered; assumed."""

LEAST_FACTOR, MOST_FACTOR = 1e-5, 9.0
"""Of the variance of a sync's bytes. It may be nearly nothing, as writes that come one like the
other have none; so nothing follows from a lack of noise. Assumed."""


@dataclass(frozen=True, slots=True)
class Likelihood:
    """The rows, and the log likelihood of points in the shape (points, 6).

    A point is setup, seconds per `byte_unit`, gap, ln σ, phase, and ln of a factor of the bytes'
    variance.
    """

    low_s: Floats
    high_s: Floats
    spacing_s: Floats
    is_paced: Flags
    is_telling: Flags
    bytes: Floats
    """For each phase, in units of `byte_unit`: shape (phases, rows)."""
    variance: Floats
    third: Floats
    """Third central moment of the bytes."""
    interval_s: float
    gap_s: tuple[float, float]
    phases_s: Floats
    resolution_s: float
    byte_unit: float
    family: SetupFamily

    @classmethod
    def of(
        cls,
        rows: Rows,
        is_telling: Flags,
        interval_s: float,
        gap_s: tuple[float, float],
        phases_s: Floats,
        resolution_s: float,
        byte_unit: float,
    ) -> Likelihood:
        """Return the likelihood of rows; `is_telling` says which show duration plus gap."""
        return cls(
            rows.low_s,
            rows.high_s,
            rows.spacing_s,
            rows.is_paced,
            is_telling,
            np.ascontiguousarray(rows.bytes.T) / byte_unit,
            rows.variance / byte_unit**2,
            rows.third / byte_unit**3,
            interval_s,
            gap_s,
            phases_s,
            resolution_s,
            byte_unit,
            SetupFamily.NORMAL,
        )

    @property
    def bounds(self) -> Floats:
        """Return the least and the largest value of each coordinate: shape (2, 6)."""
        sigma = math.log(LEAST_SIGMA_S), math.log(MOST_SIGMA_S)
        span = self.phases_s[0], self.phases_s[-1]
        factor = math.log(LEAST_FACTOR), math.log(MOST_FACTOR)
        limits = (0.0, np.inf), (0.0, np.inf), self.gap_s, sigma, span, factor
        return np.array(limits).T

    @property
    def count(self) -> int:
        """Return the number of rows."""
        return len(self.low_s)

    def deviation_s(self, point: Floats) -> Floats:
        """Return the standard deviation of each duration at one point; shape (rows,)."""
        own = np.exp(2 * point[3]) + self.resolution_s**2 / 12
        result: Floats = np.sqrt(own + point[1] ** 2 * np.exp(point[5]) * self.variance)
        return result

    def of_each(self, point: Floats) -> Floats:
        """Return the log likelihood of each row at one point; shape (rows,)."""
        result = np.zeros(self.count)
        censored, shown = self._of_rows(point[None])
        result[~self.is_telling] = censored[0]
        result[self.is_telling] = shown[0]
        return result

    def __call__(self, points: Floats) -> Floats:
        """Return the log likelihood of points; minus infinity outside the bounds."""
        low, high = self.bounds
        inside = ((points >= low) & (points <= high)).all(axis=1)
        result = np.full(len(points), -np.inf)
        if inside.any():
            censored, shown = self._of_rows(points[inside])
            result[inside] = censored.sum(axis=1) + shown.sum(axis=1)
        return result

    def _of_rows(self, points: Floats) -> tuple[Floats, Floats]:
        """Return the log likelihoods of rows that have bounds, and of those that tell the gap.

        Shapes are (points, rows of the kind).
        """
        setup_s, slope, gap_s, log_sigma, phase_s, factor = (points[:, k, None] for k in range(6))
        mean_s = setup_s + slope * self._bytes_at(phase_s[:, 0])
        sigma_s = np.exp(log_sigma)
        own = sigma_s**2 + self.resolution_s**2 / 12
        deviation_s = np.sqrt(own + slope**2 * np.exp(factor) * self.variance)
        own = skewness_of(self.family, sigma_s / np.maximum(setup_s, sigma_s / 2))
        third = own * sigma_s**3 + (slope * np.exp(factor / 2)) ** 3 * self.third
        skewness = third / deviation_s**3
        return (
            self._censored(gap_s, mean_s, deviation_s, skewness),
            self._shown(gap_s, mean_s, deviation_s, skewness),
        )

    def _bytes_at(self, phase_s: Floats) -> Floats:
        """Return the bytes of each row at some phases: shape (points, rows)."""
        if len(self.bytes) == 1:
            return self.bytes
        step_s = self.phases_s[1] - self.phases_s[0]
        at = phase_s / step_s
        first = np.minimum(at.astype(np.int64), len(self.phases_s) - 2)
        share = (at - first)[:, None]
        result: Floats = self.bytes[first] * (1 - share) + self.bytes[first + 1] * share
        return result

    def _censored(
        self, gap_s: Floats, mean_s: Floats, deviation_s: Floats, skewness: Floats
    ) -> Floats:
        """Return the log likelihood of the rows that only have bounds."""
        from scipy.special import ndtr

        which = ~self.is_telling
        high_s = np.where(
            self.is_paced, np.minimum(self.high_s, self.interval_s - gap_s), self.high_s
        )
        chosen = [
            one if one.shape[1] == 1 else one[:, which] for one in (mean_s, deviation_s, skewness)
        ]
        mean_s, deviation_s, skewness = chosen
        below = normal_of(self.family, (self.low_s[which] - mean_s) / deviation_s, skewness)[0]
        above = normal_of(self.family, (high_s[:, which] - mean_s) / deviation_s, skewness)[0]
        # A lower bound of 0 is none: durations are never negative.
        under = np.where(self.low_s[which] > 0, ndtr(below), 0.0)
        share = np.maximum(ndtr(above) - under, 0.0)
        total: Floats = np.log(STRAY + (1 - STRAY) * share)
        return total

    def _shown(
        self, gap_s: Floats, mean_s: Floats, deviation_s: Floats, skewness: Floats
    ) -> Floats:
        """Return the log likelihood of the rows whose spacing is duration plus gap."""
        which = self.is_telling
        chosen = [
            one if one.shape[1] == 1 else one[:, which] for one in (mean_s, deviation_s, skewness)
        ]
        mean_s, deviation_s, skewness = chosen
        z = (self.spacing_s[which] - gap_s - mean_s) / deviation_s
        value, pace = normal_of(self.family, z, skewness)
        density = np.exp(-value * value / 2) * pace / (math.sqrt(2 * math.pi) * deviation_s)
        total: Floats = np.log(STRAY / STRAY_S + (1 - STRAY) * density)
        return total

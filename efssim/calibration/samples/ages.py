"""One age a minute, checked: what every sample says about a cut."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from efssim.calibration.data import Floats, LagSamples
from efssim.calibration.refusal import CannotFitError

MINUTE_S = 60.0
"""CloudWatch's finest period for metrics of AWS services; documented."""
FEWEST = 30
"""Samples below which nothing is fitted; assumed."""
ROUGH_S = 1e-3
"""Rounding of ages that are not whole seconds: exports print milliseconds; assumed."""


@dataclass(frozen=True, slots=True)
class Ages:
    """Samples of the age, one value each, in order of time. Columns have the shape (samples,)."""

    time_s: Floats
    """Seconds since `origin_s`, so that small differences keep their digits."""
    age_s: Floats
    origin_s: float
    period_s: float
    resolution_s: float
    """1 for whole seconds (the true age is up to so much larger), else 0."""
    is_truncated: bool
    """Whether times are whole minutes, so that the samples were taken somewhere after them."""

    @property
    def tolerance_s(self) -> float:
        """Return the largest difference between two readings of one cut."""
        return 1.5 * self.resolution_s + ROUGH_S

    @property
    def cut_s(self) -> Floats:
        """Return the cut that each sample shows."""
        return self.time_s - self.age_s


def single_ages(lag: LagSamples) -> Ages:
    """Return samples that hold one value each; raise CannotFitError for others."""
    columns = np.stack((lag.mean, lag.least, lag.largest))
    with np.errstate(invalid="ignore"):
        differ = lag.largest - lag.least > ROUGH_S
    if differ.sum() > max(1, len(differ) // 200):
        raise CannotFitError(
            f"{differ.sum()} of {len(differ)} minutes hold several ages: samples of two "
            "replications, or of two Regions, lie over each other"
        )
    known = np.isfinite(columns)
    value = np.take_along_axis(columns, known.argmax(axis=0)[None], axis=0)[0]
    here = known.any(axis=0)
    return ages_of(lag.time_s[here], value[here], lag.period_s)


def ages_of(time_s: Floats, age_s: Floats, period_s: float) -> Ages:
    """Return ages that can be fitted to; raise CannotFitError where they cannot be."""
    if len(time_s) < FEWEST:
        raise CannotFitError(
            f"{len(time_s)} samples of the lag are too few; at least {FEWEST} are needed"
        )
    if not (np.diff(time_s) > 0).all():
        raise CannotFitError("the times of the samples do not increase: a time comes twice")
    if (age_s < 0).any():
        raise CannotFitError(f"{(age_s < 0).sum()} ages are negative: this is no time since a sync")
    if (age_s % MINUTE_S == 0).all() and np.ptp(age_s) > 0:
        raise CannotFitError("all ages are whole minutes, too coarse to tell when syncs were cut")
    origin_s = float(time_s[0])
    ages = Ages(
        time_s - origin_s,
        age_s,
        origin_s,
        period_s,
        1.0 if (age_s == np.round(age_s)).all() else 0.0,
        bool((time_s % MINUTE_S == 0).all()),
    )
    _check_growth(ages)
    return ages


def _check_growth(ages: Ages) -> None:
    """Raise CannotFitError unless ages grow with time, or fall: cuts never move back."""
    growth_s, elapsed_s = np.diff(ages.age_s), np.diff(ages.time_s)
    too_fast = growth_s > elapsed_s + ages.tolerance_s
    if too_fast.sum() > max(2, len(too_fast) // 200):
        pace = float(np.median(growth_s[too_fast] / elapsed_s[too_fast]))
        if 500 < pace < 2000:
            raise CannotFitError("ages grow by 1000 in a second: they are in ms, not in seconds")
        if (growth_s - elapsed_s).max() < ages.period_s and np.quantile(ages.age_s, 0.9) > 120:
            raise CannotFitError(
                "ages that grow with time do so unevenly, by less than a minute: the samples were "
                "taken at another second of each minute, which their times do not show"
            )
        raise CannotFitError(
            f"{too_fast.sum()} of {len(too_fast)} ages grow faster than time passes: samples of "
            "two sources lie over each other"
        )

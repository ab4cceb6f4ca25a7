"""Statistics of a number over drills, where some of them have none: they never end, say."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from efssim.study.statistics.intervals import (
    Interval,
    mean_interval,
    mean_of,
    quantile_interval,
    quantile_of,
)

Values = Sequence[float | None]
"""A value of each drill; None: it has none, which is worse than any."""


@dataclass(frozen=True, slots=True)
class DrillStatistic:
    """The statistics of a number over drills."""

    mean: float | None
    """Over the drills that have one."""
    p50: float | None
    p95: float | None
    """Quantiles over all drills; None where one that has no number stands there."""
    max: float | None
    """None where any drill has no number."""
    count: int
    """How many drills have one."""


@dataclass(frozen=True, slots=True)
class DrillIntervals:
    """The 95 % intervals of statistics; None where so few drills give none."""

    mean: Interval | None
    p50: Interval | None
    p95: Interval | None


def statistic_of(values: Values) -> DrillStatistic:
    """Return the statistics of a number."""
    known, ordered = _known(values), _ordered(values)
    return DrillStatistic(
        mean=mean_of(known) if known else None,
        p50=quantile(values, 0.5),
        p95=quantile(values, 0.95),
        max=_finite(max(ordered, default=math.inf)),
        count=len(known),
    )


def intervals_of(values: Values) -> DrillIntervals:
    """Return the intervals of its statistics."""
    ordered = _ordered(values)
    return DrillIntervals(
        mean=mean_interval(_known(values)) if len(_known(values)) > 1 else None,
        p50=_finite_interval(quantile_interval(ordered, 0.5)),
        p95=_finite_interval(quantile_interval(ordered, 0.95)),
    )


def quantile(values: Values, share: float) -> float | None:
    """Return a quantile over all drills; None where a drill without a number stands there."""
    found = quantile_of(_ordered(values), share)
    return None if found is None else _finite(found)


def _known(values: Values) -> list[float]:
    return [value for value in values if value is not None]


def _ordered(values: Values) -> list[float]:
    return [math.inf if value is None else value for value in values]


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _finite_interval(found: Interval | None) -> Interval | None:
    return found if found is not None and math.isfinite(found.high) else None

"""The profile of a measured lag: samples of TimeSinceLastSync."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from efssim.json_values import moment
from efssim.traces.metric import MetricSeries
from efssim.traces.profile.grid import Coverage, coverage_of_series
from efssim.traces.profile.writes import described


@dataclass(frozen=True, slots=True)
class LagProfile:
    """The samples of a lag, in seconds; a quantile is the smallest with that share at or below."""

    name: str
    statistic: str | None
    coverage: Coverage
    samples: int
    p50_s: float
    p90_s: float
    p95_s: float
    p99_s: float
    max_s: float
    max_at_s: float = field(metadata=moment("max_at"))


def profile_of_lag(series: MetricSeries) -> LagProfile:
    """Return the profile of a lag; raise ProfileError for a single sample without a period."""
    coverage = coverage_of_series(series)
    p50, p90, p95, p99 = np.quantile(
        series.value, [0.5, 0.9, 0.95, 0.99], method="inverted_cdf"
    ).tolist()
    largest = int(series.value.argmax())
    return LagProfile(
        described(series.metric, series.dimensions),
        series.statistic,
        coverage,
        samples=len(series.value),
        p50_s=p50,
        p90_s=p90,
        p95_s=p95,
        p99_s=p99,
        max_s=float(series.value[largest]),
        max_at_s=float(series.time_s[largest]),
    )

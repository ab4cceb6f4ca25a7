"""A back-test as plain data."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from efssim.calibration.data import Floats
from efssim.json_values import HIDDEN, moment


class Trust(StrEnum):
    """Whether a forecast with the fitted parameters is to be trusted."""

    YES = "yes"
    """It was right, on enough data."""
    ROUGHLY = "roughly"
    """It was off by more than it should, and not by much."""
    NO = "no"
    """It was wrong."""
    UNKNOWN = "unknown"
    """The data are too few to tell."""


@dataclass(frozen=True, slots=True)
class AgeQuantiles:
    """Quantiles of sampled ages, seconds."""

    p50: float
    p95: float
    p99: float
    max: float


@dataclass(frozen=True, slots=True)
class AgeErrors:
    """Errors of quantiles as shares of the measured ones, and the distance of distributions."""

    p50_error: float
    p95_error: float
    p99_error: float
    max_error: float
    ks: float

    @property
    def worst(self) -> float:
        """Largest of the four errors, without its sign."""
        return max(map(abs, (self.p50_error, self.p95_error, self.p99_error, self.max_error)))


@dataclass(frozen=True, slots=True)
class AgeTrack:
    """Ages at the same samples, measured and simulated. Columns have the shape (samples,)."""

    time_s: Floats
    """Begin of each period, as the export has it; ascending, with gaps where samples miss."""
    measured_s: Floats
    simulated_s: Floats


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, seconds as the export has them."""

    begin_s: float = field(metadata=moment("begin"))
    end_s: float = field(metadata=moment("end"))

    @property
    def seconds(self) -> float:
        """Its length."""
        return self.end_s - self.begin_s


@dataclass(frozen=True, slots=True)
class Backtest:
    """A forecast of the later part of the metrics with what the first part shows.

    Errors are shares of the measured quantile: simulated / measured - 1.
    """

    p50_error: float
    p95_error: float
    p99_error: float
    max_error: float
    ks: float
    """Kolmogorov-Smirnov distance of the two distributions of ages."""
    trust: Trust
    sentence: str
    """Whether to trust the forecast, and why, in words."""
    measured_s: AgeQuantiles
    simulated_s: AgeQuantiles
    samples: int
    """Samples of the predicted part that were compared."""
    syncs: int
    """Syncs that the predicted part shows."""
    disturbances: int
    """Pauses and outages in the predicted part that were replayed."""
    disturbed_s: float
    """Seconds of the predicted part that they, and catching up after them, take."""
    undisturbed: AgeErrors | None
    """The errors without that time; None where there is none, or nothing is left."""
    fitted_part: Span
    predicted_part: Span
    track: AgeTrack = field(metadata=HIDDEN)
    why: str = field(metadata=HIDDEN)
    """The sentence without its beginning, which says whether."""
    replayed: tuple[Span, ...] = field(default=(), metadata=HIDDEN)
    """The pauses and outages, as they were replayed."""


@dataclass(frozen=True, slots=True)
class NoBacktest:
    """A back-test that could not be made."""

    reason: str
    """A sentence."""

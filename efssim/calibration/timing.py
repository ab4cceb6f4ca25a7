"""Fitted timing as a scenario's `sync` has it."""

from __future__ import annotations

import math
from dataclasses import dataclass

from efssim.calibration.data import Fitted, FittedParameter, SetupFamily, SetupNoise
from efssim.json_values import JsonObject, JsonValue


@dataclass(frozen=True, slots=True)
class SyncTiming:
    """The numbers that a sync is simulated with: seconds and bytes per second."""

    interval_s: float
    gap_s: float
    setup_s: float
    throughput: float
    """Infinite without a limit."""
    file_rate: float = math.inf
    noise: SetupNoise = SetupNoise()  # noqa: RUF009 - frozen

    @classmethod
    def of(cls, fitted: Fitted) -> SyncTiming | None:
        """Return the timing of a fit; None where an interval is neither known nor bounded."""
        found = {one.name: one for one in fitted.parameters}
        interval_s = found["interval"].stand_in
        if interval_s is None:
            return None
        return cls(
            interval_s,
            found["gap"].stand_in or 0.0,
            found["setup"].stand_in or 0.0,
            _rate(found["throughput"]),
            _rate(found["file_rate"]) if "file_rate" in found else math.inf,
            fitted.noise,
        )

    def duration_s(self, size_bytes: float) -> float:
        """Return how long a sync of some bytes takes on average."""
        return self.setup_s + size_bytes / self.throughput

    def keys(self) -> JsonObject:
        """Return the keys of `sync`, numbers in SI units; limits that there are not are `none`."""
        return {
            "preset": "none",
            "interval": self.interval_s,
            "gap": self.gap_s,
            "setup": self.setup_key(),
            "throughput": _key(self.throughput),
            "file_rate": _key(self.file_rate),
        }

    def setup_key(self) -> JsonValue:
        """Return the fixed time of a sync: a number, or its distribution."""
        mean_s, sigma_s = self.setup_s, self.noise.sigma_s
        if self.noise.family == SetupFamily.CONSTANT or not (mean_s > 0 and sigma_s > 0):
            return mean_s
        cv = sigma_s / mean_s
        if self.noise.family == SetupFamily.LOGNORMAL:
            spread = math.log1p(cv * cv)
            return {
                "lognormal": {"median": mean_s * math.exp(-spread / 2), "sigma": math.sqrt(spread)}
            }
        # A normal one could be below 0: the gamma of the same mean and spread is close to it.
        return {"gamma": {"mean": mean_s, "cv": cv}}


def _rate(found: FittedParameter) -> float:
    """Return a rate; of one that is only bounded below the bound, which forecasts longer lags."""
    if found.value is not None:
        return found.value
    return found.low if found.low > 0 else math.inf


def _key(rate: float) -> float | str:
    return "none" if math.isinf(rate) else rate

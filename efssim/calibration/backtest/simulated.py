"""The predicted part of a back-test, simulated: real writes, fitted timing, replayed outages."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from efssim.calibration.backtest.findings import Span
from efssim.calibration.backtest.pieces import shows_inside, single_writes
from efssim.calibration.data import Floats, Phase, WriteTotals
from efssim.calibration.timing import SyncTiming
from efssim.json_values import JsonObject
from efssim.lag.age.age_over_time import age_at
from efssim.runs.measured import MeasuredWorld
from efssim.scenario import Scenario

SOURCE_REGION, DESTINATION_REGION = "source-region", "destination-region"
"""Custom Regions, as metrics do not say theirs."""
_MINUTE_S = 60.0
"""Seconds between two samples of the metric; documented."""
_EVEN_S = 1.0
"""Seconds between the writes that a period's total is spread over; assumed."""
_ORIGIN = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Forecast:
    """The ingredients of a simulation of one part."""

    timing: SyncTiming
    writes: WriteTotals
    outages: Sequence[Span]
    """As the export has its times."""
    first_cut_s: float
    """Cut of the sync that the simulation begins with, as the export has its times."""
    end_s: float
    phase: Phase
    resolution_s: float
    seed: int

    @property
    def are_single(self) -> bool:
        """Whether writes are drawn one by one, and not spread evenly over their periods."""
        return shows_inside(self.writes, self.timing.interval_s)

    def scenario(self, trace: Path) -> Scenario:
        """Return the scenario; its writes are in a file that `write_trace` wrote."""
        return Scenario.model_validate(
            {
                "name": "back-test",
                "start": _ORIGIN + timedelta(seconds=self.first_cut_s + self.phase.value_s),
                "duration": self.end_s - self.first_cut_s,
                "regions": {
                    SOURCE_REGION: {"custom": True},
                    DESTINATION_REGION: {"custom": True},
                },
                "file_systems": {
                    "source": {"region": SOURCE_REGION, "writes": self._writes(trace)}
                },
                "replications": {
                    "dr": {
                        "source": "source",
                        "destination": {"region": DESTINATION_REGION},
                        "established": True,
                        "sync": self.timing.keys(),
                    }
                },
                "events": [self._event(outage) for outage in self.outages],
            }
        )

    def _event(self, outage: Span) -> JsonObject:
        begin_s = max(outage.begin_s - self.first_cut_s, 0.0)
        return {
            "at": begin_s,
            "link_outage": f"{SOURCE_REGION} -> {DESTINATION_REGION}",
            "for": outage.end_s - self.first_cut_s - begin_s,
        }

    def _writes(self, trace: Path) -> JsonObject:
        totals: JsonObject = {
            "period": self.writes.period_s,
            "writes_per_row": max(1, round(self.writes.period_s / _EVEN_S)),
            "missing": "zero",
        }
        columns: JsonObject = {"file": str(trace), "time": "time_s", "bytes": "bytes"}
        kind: JsonObject = {} if self.are_single else totals
        return {"measured": {"trace": {**columns, **kind}, "new_bytes": 0}}

    def write_trace(self, file: Path) -> None:
        """Write the writes of the part as a trace, times in seconds since the start."""
        time_s, size = self.writes.begin_s, self.writes.bytes
        if self.are_single:
            time_s, size = single_writes(self.writes, self.seed)
        since_s = time_s - self.first_cut_s - self.phase.value_s
        rows = zip(since_s.tolist(), size.tolist(), strict=True)
        lines = ["time_s,bytes", *(f"{at_s!r},{some!r}" for at_s, some in rows)]
        file.write_text("\n".join(lines) + "\n", encoding="ascii")


def simulated_ages(forecast: Forecast, time_s: Floats, period_s: float) -> Floats:
    """Return the largest age of each period, sampled each minute as the metric is; NaN: none.

    `time_s` are begins of periods, as the export has them. Shape (periods,).
    """
    with tempfile.TemporaryDirectory(prefix="efssim-") as folder:
        trace = Path(folder, "writes.csv")
        forecast.write_trace(trace)
        world = MeasuredWorld(forecast.scenario(trace), forecast.seed, metrics=False)
        world.advance_to_end()
    teeth = world.so_far().outcomes["dr"].age
    minutes = np.arange(max(1, round(period_s / _MINUTE_S))) * _MINUTE_S
    at_s = (time_s[:, None] + minutes[None, :] - forecast.first_cut_s).ravel()
    ages_s = age_at(teeth, at_s)
    if forecast.resolution_s:
        ages_s = np.floor(ages_s / forecast.resolution_s) * forecast.resolution_s
    largest_s: Floats = ages_s.reshape(len(time_s), len(minutes)).max(axis=1, initial=-np.inf)
    return largest_s

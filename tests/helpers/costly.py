"""Random scenarios of a day at the edges of what is valid, to count what they cost.

Each number is drawn from many orders of magnitude, so that something is rare, sudden or tiny beside
something else: writes that hardly ever come, periods far shorter than the time between them, jobs
that write all at once, attempts that nearly always fail, disturbances that come before a sync is
over. How much happens in a day is bounded, so that hundreds of them can be run.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

DAY_S = 86_400
SOURCE, DESTINATION = "us-east-1", "us-west-2"
LINK = f"{SOURCE} -> {DESTINATION}"

Json = dict[str, Any]
T = TypeVar("T")


def costly_scenario(seed: int, folder: Path) -> Json:
    """Return a scenario; a trace that it reads is written into the folder."""
    return _Maker(seed, folder).scenario()


class _Maker:
    """Draws one scenario."""

    def __init__(self, seed: int, folder: Path) -> None:
        self._seed, self._folder, self._traces = seed, folder, 0
        self._random = np.random.default_rng(seed)

    # --- draws ----------------------------------------------------------------------------------

    def one_of(self, values: Sequence[T]) -> T:
        return values[int(self._random.integers(len(values)))]

    def chance(self, probability: float) -> bool:
        return bool(self._random.random() < probability)

    def between(self, low: float, high: float) -> float:
        """Return a number whose logarithm is uniform."""
        return float(low * (high / low) ** self._random.random())

    def maybe(self, probability: float, **keys: Any) -> Json:
        return keys if self.chance(probability) else {}

    def duration(self, low: float, high: float) -> Any:
        """Return seconds, or a distribution of them with about this mean."""
        mean = self.between(low, high)
        kinds: list[Any] = [
            mean,
            {"exponential": {"mean": mean}},
            {"lognormal": {"median": mean, "sigma": self.between(0.1, 2)}},
            {"gamma": {"mean": mean, "cv": self.between(0.1, 3)}},
            {"uniform": {"low": 0, "high": 2 * mean}},
            {"pareto": {"min": mean / 2, "alpha": 1.2, "max": 1000 * mean}},
            {"empirical": {"values": [mean / 2, mean, 2 * mean]}},
        ]
        return self.one_of(kinds)

    # --- the scenario ---------------------------------------------------------------------------

    def scenario(self) -> Json:
        systems = {f"fs{k}": self.file_system() for k in range(self.one_of([1, 1, 2]))}
        return {
            "name": f"costly-{self._seed}",
            "duration": DAY_S,
            "records": self.one_of(["on", "off"]),
            **self.maybe(0.2, warm_up=self.between(1, DAY_S / 2)),
            "file_systems": systems,
            "replications": {f"dr{k}": self.replication(fs) for k, fs in enumerate(systems)},
            "faults": {f"f{k}": self.fault() for k in range(self.one_of([0, 0, 1, 1, 2]))},
            "regions": {DESTINATION: {"default": False, **self.maybe(0.5, opting_out=600)}},
            # Together they may not ask for more than a link has.
            **self.maybe(0.3 * (len(systems) == 1), links={LINK: {"capacity": 1e6}}),
        }

    def file_system(self) -> Json:
        count = self.one_of([0, 1, 1, 1, 2, 3])
        return {
            "region": SOURCE,
            **self.maybe(0.2, growth=self.between(1e-6, 1)),
            "writes": {f"s{k}": self.stream() for k in range(count)},
        }

    # --- writes ---------------------------------------------------------------------------------

    def stream(self) -> Json:
        if self.chance(0.12):
            return {"trace": self.trace()}
        return {
            "arrivals": self.arrivals(),
            "size": self.size(),
            **self.maybe(0.2, growth=self.between(1e-6, 1)),
            **self.maybe(0.2, files=3),
            **self.maybe(0.2, hot_set={"size": "64 MiB", "block": "4 KiB", "share": 0.5}),
        }

    def size(self) -> Any:
        mean = int(self.between(10, 1e7))
        kinds: list[Any] = [
            mean,
            {"exponential": {"mean": mean}},
            {"lognormal": {"median": mean, "sigma": 1.5}},
            {"gamma": {"mean": mean, "cv": 2}},
            {"pareto": {"min": mean, "alpha": 1.5, "max": 1000 * mean}},
            {"empirical": {"values": [mean, 3 * mean]}},
        ]
        return self.one_of(kinds)

    def rate(self, most: float = 1.0) -> str:
        return f"{self.between(1e-9, most) if self.chance(0.5) else self.between(1e-2, most)} per s"

    def arrivals(self) -> Json:
        kind = self.one_of(["constant", "poisson", "on_off", "profile", "batch"])
        if kind == "on_off":
            shortest = self.between(0.5, 5000)
            on, off = self.duration(shortest, 10 * shortest), self.duration(shortest, 1e5)
            return {"on_off": {"on": on, "off": off, "rate": self.rate(3)}}
        if kind == "batch":
            every = self.between(10, 1e6)
            over = self.one_of([0, every / 1000, every])
            writes = max(1, int(self.between(1, 2e4) * min(1.0, every / DAY_S)))
            at = self.one_of(["00:01", "02:00", "23:59"])
            zone = self.maybe(0.3, timezone="Europe/Berlin")
            return {"batch": {"at": at, "every": every, "writes": writes, "over": over, **zone}}
        if kind == "profile":
            hours = [0.0] * 24
            for _ in range(self.one_of([1, 1, 3, 24])):
                hours[int(self._random.integers(24))] = self.between(1e-3, 1e3)
            return {"profile": {"rate": self.rate(), "hours": hours}}
        return {kind: {"rate": self.rate()}}

    def trace(self) -> Json:
        """Return a trace of single writes, or of totals, that may be short, late or crowded."""
        step_s, is_repeated = self.one_of([0.01, 1, 60, 600]), self.chance(0.6)
        rows = int(self.between(1, 1000)) if is_repeated else DAY_S // 60 + 1
        step_s, first_s = (step_s, 0) if is_repeated else (60, self.one_of([0, 50_000]))
        self._traces += 1
        path = self._folder / f"costly-{self._seed}-{self._traces}.csv"
        lines = [f"{first_s + step_s * k},{self.one_of([0, 1, 4096])}" for k in range(rows)]
        path.write_text("\n".join(["timestamp,value", *lines]) + "\n")
        length = max(60.0, 2 * step_s * rows)
        pieces = self.one_of([1, 7, 100] if step_s > 1 else [1])
        totals = {"period": step_s, "writes_per_row": pieces, "missing": "zero"}
        return {
            "file": str(path),
            **({"align": "start"} if first_s else {}),
            **(totals if step_s >= 1 and self.chance(0.4) else {}),
            **({"repeat": True, "length": length} if is_repeated else {}),
        }

    # --- replications ---------------------------------------------------------------------------

    def replication(self, source: str) -> Json:
        return {
            "source": source,
            "destination": {"region": DESTINATION},
            "established": self.chance(0.7),
            "sync": self.sync(),
            **self.maybe(0.3, initial={"setup": self.duration(1, 1e4)}),
        }

    def sync(self) -> Json:
        interval = self.one_of([0, self.between(5, 60), self.between(60, 1e5), 60])
        shortest = 5 if interval == 0 else 1e-3
        failing = self.one_of([0.01, 0.5, 0.9, 0.999, self.between(1e-6, 0.99)])
        return {
            "preset": self.one_of(["none", "none", "efs"]),
            "interval": interval,
            "gap": self.duration(shortest, 100) if interval == 0 or self.chance(0.3) else 0,
            "setup": self.duration(1e-3, 300),
            "throughput": self.one_of(["none", self.between(1e-3, 1e9), self.between(1e5, 1e9)]),
            **self.maybe(0.2, file_rate=self.between(1e-3, 1e4)),
            **self.maybe(0.2, scan_rate=self.between(1, 1e6)),
            **self.maybe(0.35, failure_probability=failing, backoff=self.duration(1e-2, 600)),
        }

    # --- disturbances ---------------------------------------------------------------------------

    def fault(self) -> Json:
        kinds: list[Json] = [
            {"link_outage": LINK},
            {"link_degraded": LINK, "factor": self.one_of([0.001, 0.5, 1])},
            {"opt_out": DESTINATION},
            {"region_outage": self.one_of([SOURCE, DESTINATION])},
            {"kms_key_disabled": "dr0"},
            {"permission_lost": "dr0"},
        ]
        shortest = self.one_of([200, 200, 2000])
        return {
            **self.one_of(kinds),
            "every": self.duration(shortest, 1e6),
            "for": self.one_of([0, self.duration(1e-3, 1e4), self.duration(1, 300)]),
        }

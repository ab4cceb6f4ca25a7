"""What features draw from: a lattice of times, few sizes and rates, and names that are there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

Json = dict[str, Any]
T = TypeVar("T")

SOURCE, DESTINATION, THIRD, OPTIONAL = "us-east-1", "us-west-2", "eu-west-1", "eu-south-1"
CUSTOM = "lab-1"
LINK = f"{SOURCE} -> {DESTINATION}"
THROTTLED_UNIT = 2**19
"""Throughput is permitted in MiB/s, so where writes wait for it a byte of the others is so many."""


class Maker:
    """Draws one scenario: its numbers, from few that meet often.

    Times lie on a lattice, so that much falls on one instant. Where nothing may be drawn when the
    scenario runs (`is_exact`), all of them do, rates are powers of two and sizes multiples of
    256 B, so that times are exact in floats. Else some times are off it, by little or anything.
    """

    def __init__(self, seed: int, folder: Path, is_exact: bool, chosen: frozenset[str]) -> None:
        self.seed, self.folder, self.is_exact, self.chosen = seed, folder, is_exact, chosen
        self._random = np.random.default_rng((seed, 1))
        self._files = 0
        is_throttled = "throttle" in chosen
        self.step = self.one_of((50, 100, 200) if is_throttled else (1, 5, 5, 10, 10, 30, 60))
        self.unit = THROTTLED_UNIT if is_throttled else 1
        self.duration = self.step * self.between(20, 60)
        self.count = self.between(1, 3) if "fleet" in chosen else 0
        """Items of the fleet; 0: there is none."""
        self.existing = "existing destination" in chosen
        self.second = "second replication" in chosen
        self.place = SOURCE if "one region" in chosen else DESTINATION
        if "custom region" in chosen:
            self.place = CUSTOM

    # --- draws ----------------------------------------------------------------------------------

    def one_of(self, values: Sequence[T]) -> T:
        """Return one of some values."""
        return values[int(self._random.integers(len(values)))]

    def between(self, low: int, high: int) -> int:
        """Return a whole number of a range, its ends included."""
        return int(self._random.integers(low, high + 1))

    def chance(self, probability: float) -> bool:
        """Return true with a probability."""
        return bool(self._random.random() < probability)

    def maybe(self, probability: float, **keys: Any) -> Json:
        """Return keys with a probability, else none."""
        return keys if self.chance(probability) else {}

    def time(self, low: int, high: int) -> Any:
        """Return seconds, from so many steps of the lattice to so many."""
        found = self.step * self.between(low, high)
        if self.is_exact or not self.chance(0.06):
            return found
        return max(0.0, found + self.one_of((1e-6, 0.5, 1 / 3, -1e-6, 0.1)))

    def when(self) -> Any:
        """Return a time of the run, its ends included."""
        return min(self.time(0, self.duration // self.step), self.duration)

    def varying(self, value: Any) -> Any:
        """Return a duration or a size, perhaps as a distribution about it."""
        if self.is_exact or not value or self.chance(0.4):
            return value
        mean, spread = {"mean": value}, {"median": value, "sigma": self.one_of((0.3, 1.5))}
        values = [value, 2 * value, value]
        return self.one_of(
            [
                {"constant": value},
                {"exponential": mean},
                {"lognormal": spread},
                {"gamma": {"mean": value, "cv": self.one_of((0.5, 1, 2))}},
                {"uniform": {"low": value, "high": 2 * value}},
                {"pareto": {"min": value, "alpha": self.one_of((0.8, 1, 2)), "max": 9 * value}},
                {"empirical": {"values": values}},
                {"empirical": {"file": self.file("\n".join(str(each) for each in values) + "\n")}},
            ]
        )

    def file(self, text: str, suffix: str = "txt") -> str:
        """Write a file that the scenario reads; return its name."""
        self._files += 1
        name = f"{self.seed}-{self._files}.{suffix}"
        file = self.folder / name
        file.write_text(text, encoding="utf-8")
        return str(file)

    # --- names ----------------------------------------------------------------------------------

    def items(self, name: str) -> list[str]:
        """Return a name, or those of the items of its fleet."""
        return [f"{name}[{k}]" for k in range(1, self.count + 1)] or [name]

    @property
    def replicas(self) -> list[str]:
        """Names of the destinations of `dr`."""
        if self.existing:
            return self.items("z")
        return [f"{name}.destination" for name in self.items("dr")]

    @property
    def members(self) -> list[str]:
        """Names of all file systems."""
        others = ["b", "dr2.destination"] if self.second else []
        return [*self.items("a"), *self.replicas, *others]

    @property
    def replications(self) -> list[str]:
        """Names of all replications."""
        return [*self.items("dr"), *["dr2"] * self.second]

    def target(self, names: Sequence[str]) -> str:
        """Return one of some names, or all items of its fleet at once."""
        name = self.one_of(names)
        if self.count and name.endswith("]") and self.chance(0.4):
            return name[: name.index("[")] + "[*]"
        return name

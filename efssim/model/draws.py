"""Random draws by name: a draw belongs to a component's name, never to the order of creation.

So a file system added to a scenario moves no draw of another, and scenarios that share names share
their random numbers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Sampler = Callable[[np.random.Generator, int], NDArray[np.float64]]

_BLOCK = 1024


@dataclass(frozen=True, slots=True)
class Draws:
    """The random numbers of one trial of one seed."""

    seed: int
    trial: int = 0

    def generator(self, name: str) -> np.random.Generator:
        """Return a fresh generator that belongs to `name`."""
        words = np.frombuffer(hashlib.sha256(name.encode()).digest()[:16], dtype="<u4")
        key = (self.trial, *(int(word) for word in words))
        return np.random.Generator(
            np.random.PCG64(np.random.SeedSequence(self.seed, spawn_key=key))
        )

    def series(self, name: str, sample: Sampler) -> Series:
        """Return draws of `sample` that are addressed by ordinal."""
        return Series(self, name, sample)


class Series:
    """Draws addressed by ordinal: asking again gives the same, and asking changes nothing."""

    def __init__(self, draws: Draws, name: str, sample: Sampler) -> None:
        self._draws, self._name, self._sample = draws, name, sample
        self._block = -1
        self._values: list[float] = []

    def __getitem__(self, ordinal: int) -> float:
        block = ordinal // _BLOCK
        if block != self._block:
            generator = self._draws.generator(f"{self._name}#{block}")
            self._values = self._sample(generator, _BLOCK).tolist()
            self._block = block
        return self._values[ordinal % _BLOCK]

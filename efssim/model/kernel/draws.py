"""Random draws by name: a draw belongs to a component's name, never to the order of creation.

So a file system added to a scenario moves no draw of another, and scenarios that share names share
their random numbers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import repeat
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from efssim.model.kernel.shared_draws import SharedDraws

Floats = NDArray[np.float64]
Sampler = Callable[[np.random.Generator, int], Floats]

_BLOCK = 1024


@dataclass(frozen=True, slots=True)
class Draws:
    """The random numbers of one trial of one seed."""

    seed: int
    trial: int = 0
    shared: SharedDraws | None = field(default=None, compare=False)
    """Of the worlds that this one has draws in common with; None: of none."""

    def generator(self, name: str) -> np.random.Generator:
        """Return a fresh generator that belongs to `name`."""
        words = np.frombuffer(hashlib.sha256(name.encode()).digest()[:16], dtype="<u4")
        key = (self.trial, *(int(word) for word in words))
        return np.random.Generator(
            np.random.PCG64(np.random.SeedSequence(self.seed, spawn_key=key))
        )

    def series(self, name: str, sample: Sampler) -> DrawSeries:
        """Return draws of `sample` that are addressed by ordinal."""
        return DrawSeries(self, name, sample)

    def of(self, name: str, form: Form) -> DrawSeries | Same:
        """Return draws of a distribution that are addressed by ordinal."""
        if form.constant is not None:
            return Same(float(form.constant))
        shared = self.shared
        if shared is None:
            return self.series(name, form.sample)
        key = self.seed, self.trial, name
        return shared.of(key, form, lambda: KeptSeries(self, name, form.sample))


class Form(Protocol):
    """A distribution: a constant, or something to sample."""

    @property
    def constant(self) -> float | None:
        """Always this value; None where it varies."""

    def sample(self, generator: np.random.Generator, n: int) -> Floats:
        """Draw n values."""


@dataclass(frozen=True, slots=True)
class UnitUniform:
    """The uniform distribution on [0, 1), as a form; one is like another."""

    @property
    def constant(self) -> None:
        """No constant."""

    def sample(self, generator: np.random.Generator, n: int) -> Floats:
        """Draw n values."""
        return generator.random(n)


class Same:
    """A constant, asked like a series of draws."""

    def __init__(self, value: float) -> None:
        self._value = value
        self._values = np.array([value])

    def __getitem__(self, ordinal: int) -> float:
        return self._value

    def take(self, start: int, n: int) -> Floats:  # noqa: ARG002  # asked like a Series
        """Return the n draws from an ordinal on."""
        return self._values.repeat(n)  # less to do than np.full has

    def onwards(self, start: int) -> Iterator[float]:  # noqa: ARG002  # asked like a Series
        """Yield the draws from an ordinal on, without an end."""
        return repeat(self._value)


class DrawSeries:
    """Draws addressed by ordinal: asking again gives the same, and asking changes nothing."""

    def __init__(self, draws: Draws, name: str, sample: Sampler) -> None:
        self._draws, self._name, self._sample = draws, name, sample
        self._block = -1
        self._values: Floats = np.zeros(0)

    def __getitem__(self, ordinal: int) -> float:
        block, index = divmod(ordinal, _BLOCK)
        return self._drawn(block).item(index)

    def take(self, start: int, n: int) -> Floats:
        """Return the n draws from an ordinal on."""
        first, last = start // _BLOCK, (start + n - 1) // _BLOCK
        blocks = [self._drawn(block) for block in range(first, last + 1)]
        drawn = blocks[0] if len(blocks) == 1 else np.concatenate(blocks)
        offset = start - first * _BLOCK
        return drawn[offset : offset + n]

    def onwards(self, start: int) -> Iterator[float]:
        """Yield the draws from an ordinal on, without an end."""
        block, index = divmod(start, _BLOCK)
        while True:
            yield from self._drawn(block)[index:].tolist()
            block, index = block + 1, 0

    def _drawn(self, block: int) -> Floats:
        if block != self._block:
            generator = self._draws.generator(f"{self._name}#{block}")
            self._values, self._block = self._sample(generator, _BLOCK), block
        return self._values


class KeptSeries(DrawSeries):
    """Draws that many worlds ask for: blocks are kept as long as there is room."""

    def __init__(self, draws: Draws, name: str, sample: Sampler) -> None:
        super().__init__(draws, name, sample)
        assert draws.shared is not None
        self._room, self._blocks = draws.shared, dict[int, Floats]()

    def _drawn(self, block: int) -> Floats:
        if block not in self._blocks:
            values = super()._drawn(block)
            if not self._room.keep(values.nbytes):
                return values
            self._blocks[block] = values
        return self._blocks[block]

"""Random draws by name: a draw belongs to a component's name, never to the order of creation.

So a file system added to a scenario moves no draw of another, and scenarios that share names share
their random numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import repeat
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from efssim.model.kernel.shared_draws import SharedDraws
from efssim.scenario.fleets.named import named_generator

Floats = NDArray[np.float64]
Sampler = Callable[[np.random.Generator, int], Floats]

_BLOCK = 1024
_FIRST = 16
"""Draws of a block that are made at once, at least."""


@dataclass(frozen=True, slots=True)
class Draws:
    """The random numbers of one trial of one seed."""

    seed: int
    trial: int = 0
    shared: SharedDraws | None = field(default=None, compare=False)
    """Of the worlds that this one has draws in common with; None: of none."""

    def generator(self, name: str) -> np.random.Generator:
        """Return a fresh generator that belongs to `name`."""
        return named_generator(self.seed, self.trial, name)

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
    """Draws addressed by ordinal: asking again gives the same, and asking changes nothing.

    Each block of ordinals has a generator of its own and is drawn as far as it is asked for: a
    tenth attempt is made by few syncs, and most scenarios have fewer faults than a block.
    """

    def __init__(self, draws: Draws, name: str, sample: Sampler) -> None:
        self._draws, self._name, self._sample = draws, name, sample
        self._block = -1
        self._generator: np.random.Generator | None = None  # of the rest of the block
        self._values: Floats = np.zeros(0)

    def __getitem__(self, ordinal: int) -> float:
        block, index = divmod(ordinal, _BLOCK)
        return self._drawn(block, index + 1).item(index)

    def take(self, start: int, n: int) -> Floats:
        """Return the n draws from an ordinal on."""
        first, (last, index) = start // _BLOCK, divmod(start + n - 1, _BLOCK)
        blocks = [self._drawn(block, _BLOCK) for block in range(first, last)]
        blocks.append(self._drawn(last, index + 1))
        drawn = blocks[0] if len(blocks) == 1 else np.concatenate(blocks)
        offset = start - first * _BLOCK
        return drawn[offset : offset + n]

    def onwards(self, start: int) -> Iterator[float]:
        """Yield the draws from an ordinal on, without an end."""
        block, index = divmod(start, _BLOCK)
        while True:
            values = self._drawn(block, index + 1)
            yield from values[index:].tolist()
            index = len(values)
            if index == _BLOCK:
                block, index = block + 1, 0

    def _drawn(self, block: int, least: int) -> Floats:
        """Return the first draws of a block, at least some number of them."""
        if block != self._block or self._generator is None:
            self._generator = self._draws.generator(f"{self._name}#{block}")
            self._values, self._block = np.zeros(0), block
        known = len(self._values)
        if known < least:
            wanted = min(_BLOCK, max(least, 2 * known, _FIRST))
            drawn = self._sample(self._generator, wanted - known)
            self._values = np.concatenate((self._values, drawn)) if known else drawn
        return self._values


class KeptSeries(DrawSeries):
    """Draws that many worlds ask for: blocks are kept as long as there is room."""

    def __init__(self, draws: Draws, name: str, sample: Sampler) -> None:
        super().__init__(draws, name, sample)
        assert draws.shared is not None
        self._room, self._blocks = draws.shared, dict[int, Floats]()

    def _drawn(self, block: int, least: int) -> Floats:  # noqa: ARG002  # whole blocks are kept
        if block not in self._blocks:
            values = super()._drawn(block, _BLOCK)
            if not self._room.keep(values.nbytes):
                return values
            self._blocks[block] = values
        return self._blocks[block]

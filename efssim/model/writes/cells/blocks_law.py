"""How many blocks some writes dirty, of which only the count and the bytes are known.

A write fills whole blocks but the last: its padding is the rest of that one. Given count and bytes
of many writes, the sum of their paddings is nearly normal, and its mean is linear in both.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from efssim.model.writes.cells.chance import (
    LOW_BITS,
    MASK,
    hashed,
    hashes,
    normals,
    normals_list,
)
from efssim.scenario.grammar.distributions import Distribution
from efssim.scenario.schema import LARGEST_FILE_BYTES

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_POINTS = 1 << 16
"""Equally likely sizes from which the law is reckoned."""


@dataclass(frozen=True, slots=True)
class BlocksLaw:
    """Blocks given count and bytes: a normal number, its mean and its variance linear in them."""

    block_bytes: int
    per_write: float
    per_byte: float
    variance: float
    """Variance of the blocks of a write, given its bytes."""
    key: int
    """63 random bits of the stream."""

    def at(self, begin: int, end: int, count: int, size: int) -> int:
        """Return the blocks of the writes between two times, given by their bits."""
        if count <= 0:
            return 0
        table = normals_list()
        word = hashed(hashed((begin + self.key) & MASK) ^ end)
        wide = table[word & LOW_BITS] * math.sqrt(count * self.variance)
        blocks = round(count * self.per_write + size * self.per_byte + wide)
        # A block has at most its bytes, and no write more than one that is not full.
        return min(max(blocks, -(-size // self.block_bytes)), size // self.block_bytes + count)

    def many_at(self, begins: Ints, ends: Ints, counts: Ints, sizes: Ints) -> Ints:
        """Return `at` of many spans."""
        words = hashes(begins.view(np.uint64) + np.uint64(self.key)) ^ ends.view(np.uint64)
        wide = normals()[hashes(words).view(np.int64) & LOW_BITS] * np.sqrt(counts * self.variance)
        blocks = np.rint(counts * self.per_write + sizes * self.per_byte + wide).astype(np.int64)
        full = sizes // self.block_bytes
        blocks = np.minimum(np.maximum(blocks, -(-sizes // self.block_bytes)), full + counts)
        return np.asarray(np.where(counts > 0, blocks, 0))


def blocks_law(size: Distribution[int], big_share: float, block_bytes: int, key: int) -> BlocksLaw:
    """Return the law of the blocks of writes that are not big."""
    sizes, weights = _sizes(size, big_share)
    paddings = -sizes % block_bytes
    mean, padding = float(sizes @ weights), float(paddings @ weights)
    off, away = sizes - mean, paddings - padding
    variance, both = float(off**2 @ weights), float((off * away) @ weights)
    slope = both / variance if variance > 1e-12 * mean**2 else 0.0
    left = float((away - slope * off) ** 2 @ weights)
    return BlocksLaw(
        block_bytes=block_bytes,
        per_write=(padding - slope * mean) / block_bytes,
        per_byte=(1.0 + slope) / block_bytes,
        variance=left / block_bytes**2,
        key=key,
    )


def _sizes(size: Distribution[int], big_share: float) -> tuple[Floats, Floats]:
    """Return whole sizes that are not big, and their weights."""
    if size.empirical is None:
        shares = big_share + (1 - big_share) * (np.arange(_POINTS) + 0.5) / _POINTS
        weights = np.full(_POINTS, 1 / _POINTS)
    else:
        count = len(size.empirical.numbers())
        begins = np.arange(count) / count  # of the probabilities at or below, in rising order
        shares = 1 - begins - 0.5 / count
        weights = ((1 - big_share) - begins).clip(0.0, 1 / count) / (1 - big_share)
    sizes = np.minimum(size.exceeded_by(shares), float(LARGEST_FILE_BYTES))
    return np.rint(sizes), weights

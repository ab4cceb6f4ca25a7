"""A time inside a cell: a binary tree over it, whose random numbers belong to its nodes.

At each node the count divides as a binomial number and the sum given the counts, nearly normal; a
factor on its variance keeps the third cumulant at every level. Below the leaves, 0.23 s long,
writes are evenly spaced. One time as plain numbers, many as arrays, and all leaves of some cells
go through the same operations in the same order: they agree to the last bit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from efssim.model.writes.cells.chance import (
    LOW_BITS,
    MASK,
    TABLE_SIZE,
    hashed,
    hashes,
    normals,
    normals_list,
)
from efssim.model.writes.cells.law import CellLaw

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEVELS = 8
LEAVES = 1 << LEVELS
_NODE_BITS = LEVELS + 1
_WHOLE = 6755399441055744.0
"""1.5 * 2^52: a number below 2^51 added to it and taken off again is rounded to a whole one."""
_SPREADS = (0.0, 0.1667, 0.5496, 0.7557, 1.0)
"""Variances of the normal number whose rounding divides 0 to 4 writes as coins do; from 5 on, the
binomial variance less the 1/12 that rounding adds."""
_FEW = len(_SPREADS)
_BELOW = np.arange(LEVELS, 0, -1)[:, None]
_TOP = (1 << np.arange(LEVELS))[:, None]
"""Of each level: how many are below it, and its first node."""
_TOGETHER = 2048
"""Times whose arrays stay in a processor's cache."""
_SHIFT = TABLE_SIZE.bit_length() - 1


@dataclass(frozen=True, slots=True)
class CellTree:
    """The tree of one stream's cells; counts and bytes are whole numbers, as floats."""

    law: CellLaw
    key: int
    """63 random bits of the stream."""

    @property
    def _terms(self) -> tuple[float, float, float]:
        """Variance of the bytes of a write; the mean; how the variance grows with the mean."""
        law = self.law
        slope = law.skew / law.deviation if law.deviation else 0.0
        return law.deviation * law.deviation, law.mean, slope

    def at(self, cell: int, share: float, count: float, size: float) -> tuple[float, float]:
        """Return count and bytes up to a share of a cell with a count and bytes."""
        variance, mean, slope = self._terms
        place = share * LEAVES
        leaf = int(place)
        base, table = (self.key + (cell << _NODE_BITS)) & MASK, normals_list()
        count_before = size_before = 0.0
        for level in range(LEVELS):
            bits = hashed((base + ((1 << level) | (leaf >> (LEVELS - level)))) & MASK)
            spread = _SPREADS[int(count)] if count < _FEW else count * 0.25 - 1 / 12
            left = count * 0.5 + table[bits & LOW_BITS] * math.sqrt(spread)
            left = (left + _WHOLE) - _WHOLE
            left = 0.0 if left < 0.0 else count if left > count else left
            several = count if count > 1.0 else 1.0
            part = left / several
            factor = 1.0 + slope * (size / several - mean)
            factor = 0.0 if factor < 0.0 else factor
            wide = math.sqrt(variance * (part * (count - left)) * factor)
            left_size = size * part + table[(bits >> _SHIFT) & LOW_BITS] * wide
            left_size = (left_size + _WHOLE) - _WHOLE
            left_size = 0.0 if left_size < 0.0 else size if left_size > size else left_size
            if (leaf >> (LEVELS - 1 - level)) & 1:
                count_before, size_before = count_before + left, size_before + left_size
                count, size = count - left, size - left_size
            else:
                count, size = left, left_size
        return self.in_leaf(place - leaf, count_before, size_before, count, size)

    @staticmethod
    def in_leaf(
        share: float, count_before: float, size_before: float, count: float, size: float
    ) -> tuple[float, float]:
        """Return count and bytes up to a share of a leaf with a count and bytes."""
        some = (share * count + _WHOLE) - _WHOLE
        part = some / (count if count > 1.0 else 1.0)
        return count_before + some, size_before + ((size * part + _WHOLE) - _WHOLE)

    def many_at(
        self, cells: Ints, shares: Floats, counts: Floats, sizes: Floats
    ) -> tuple[Floats, Floats]:
        """Return `at` of many times, each of shape (times,)."""
        done = np.empty((2, len(cells)))
        for begin in range(0, len(cells), _TOGETHER):
            part = slice(begin, begin + _TOGETHER)
            done[:, part] = self._some_at(cells[part], shares[part], counts[part], sizes[part])
        return done[0], done[1]

    def _some_at(
        self, cells: Ints, shares: Floats, counts: Floats, sizes: Floats
    ) -> tuple[Floats, Floats]:
        places = shares * LEAVES
        leaves = places.astype(np.int64)
        bases = (cells << _NODE_BITS).view(np.uint64) + np.uint64(self.key)
        # Row by row the levels; all their random numbers at once.
        numbers = bases + ((leaves >> _BELOW) | _TOP).view(np.uint64)
        for_counts, for_sizes = _normals_of(numbers)
        rights = ((leaves >> (_BELOW - 1)) & 1).astype(np.float64)
        count_before, size_before = np.zeros(len(cells)), np.zeros(len(cells))
        for level in range(LEVELS):
            drawn = for_counts[level], for_sizes[level]
            left, left_size = self._divide(*drawn, counts, sizes)
            # Whole numbers: products with 0 and 1 and their sums are exact.
            right = rights[level]
            count_before += left * right
            size_before += left_size * right
            counts = left + right * (counts - 2 * left)
            sizes = left_size + right * (sizes - 2 * left_size)
        places -= leaves
        some = (places * counts + _WHOLE) - _WHOLE
        part = some / np.maximum(counts, 1.0)
        return count_before + some, size_before + ((sizes * part + _WHOLE) - _WHOLE)

    def leaves(self, first: int, counts: Floats, sizes: Floats) -> tuple[Floats, Floats]:
        """Return count and bytes of all leaves of consecutive cells, shape (cells * LEAVES,)."""
        cells = np.arange(first, first + len(counts), dtype=np.uint64)
        bases = (cells << np.uint64(_NODE_BITS)) + np.uint64(self.key)
        counts, sizes = counts[:, None], sizes[:, None]
        for level in range(LEVELS):
            nodes = np.arange(1 << level, 2 << level, dtype=np.uint64)
            drawn = _normals_of(bases[:, None] + nodes)
            left, left_size = self._divide(*drawn, counts, sizes)
            counts = _interleaved(left, counts - left)
            sizes = _interleaved(left_size, sizes - left_size)
        return counts.ravel(), sizes.ravel()

    def _divide(
        self, for_counts: Floats, for_sizes: Floats, counts: Floats, sizes: Floats
    ) -> tuple[Floats, Floats]:
        """Return count and bytes of the left halves of nodes, from normal numbers."""
        variance, mean, slope = self._terms
        spread = counts * 0.25 - 1 / 12
        few = counts < _FEW
        if few.any():
            spread[few] = np.array(_SPREADS)[counts[few].astype(np.int64)]
        left = counts * 0.5 + for_counts * np.sqrt(spread)
        left = (left + _WHOLE) - _WHOLE
        np.minimum(np.maximum(left, 0.0, out=left), counts, out=left)
        several = np.maximum(counts, 1.0)
        part = left / several
        factor = np.maximum(1.0 + slope * (sizes / several - mean), 0.0)
        wide = np.sqrt(variance * (part * (counts - left)) * factor)
        left_size = sizes * part + for_sizes * wide
        left_size = (left_size + _WHOLE) - _WHOLE
        np.minimum(np.maximum(left_size, 0.0, out=left_size), sizes, out=left_size)
        return left, left_size


def _normals_of(numbers: NDArray[np.uint64]) -> tuple[Floats, Floats]:
    """Return the two normal numbers of each node, for its count and its bytes; overwrite them."""
    table, bits = normals(), hashes(numbers).view(np.int64)
    return table[bits & LOW_BITS], table[(bits >> _SHIFT) & LOW_BITS]


def _interleaved(left: Floats, right: Floats) -> Floats:
    return np.stack((left, right), axis=2).reshape(len(left), -1)

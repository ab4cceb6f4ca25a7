"""A time inside a cell: a binary tree over it, whose random numbers belong to its nodes.

At each node the count divides as a binomial number and the sum given the counts, nearly normal; a
factor on its variance keeps the third cumulant at every level. Below the leaves, 0.23 s long,
writes are evenly spaced. One time as plain numbers, many as arrays, and all leaves of some cells
go through the same operations in the same order: they agree to the last bit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cache

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
_SPREADS = (0.0, 0.6668, 2.1984, 3.0228, 4.0)
"""Four times the variances of the normal number whose rounding divides 0 to 4 writes as coins do;
from 5 on, four times the binomial variance less the 1/12 that rounding adds."""
_FEW = len(_SPREADS)
_ROUNDING = 1 / 3
_BELOW = np.arange(LEVELS, 0, -1)[:, None]
"""How many levels are below each."""
_TOGETHER = 1024
"""Times whose arrays stay in a processor's cache."""
_SHIFT = TABLE_SIZE.bit_length() - 1


@cache
def _plenty() -> float:
    """Return a count of a cell from which on no node can have few writes, whatever is drawn."""
    widest, count = normals_list()[-1], float(_FEW)
    for _ in range(LEVELS):  # the least count whose least half, rounded down, is this one
        root = (widest + math.sqrt(widest * widest + 4 * (2 * count + 2))) / 2
        count = math.ceil(root * root)
    return count


@dataclass(frozen=True, slots=True)
class CellTree:
    """The tree of one stream's cells; counts and bytes are whole numbers, as floats."""

    law: CellLaw
    key: int
    """63 random bits of the stream."""

    _terms: tuple[float, float, float] = field(init=False)
    """Variance of the bytes of a write; how it grows with their mean; its factor at mean 0."""

    def __post_init__(self) -> None:
        law = self.law
        slope = law.skew / law.deviation if law.deviation else 0.0
        terms = law.deviation * law.deviation, slope, 1.0 - slope * law.mean
        object.__setattr__(self, "_terms", terms)

    def at(self, cell: int, share: float, count: float, size: float) -> tuple[float, float]:
        """Return count and bytes up to a share of a cell with a count and bytes."""
        variance, slope, at_zero = self._terms
        sqrt, whole = math.sqrt, _WHOLE
        place = share * LEAVES
        leaf = int(place)
        node = LEAVES | leaf  # its bits are the way from the top, which is node 1
        base, table = (self.key + (cell << _NODE_BITS)) & MASK, normals_list()
        count_before = size_before = 0.0
        for level in range(LEVELS):
            bits = hashed((base + (node >> (LEVELS - level))) & MASK)
            spread = _SPREADS[int(count)] if count < _FEW else count - _ROUNDING
            left = (count + table[bits & LOW_BITS] * sqrt(spread)) * 0.5
            left = (left + whole) - whole
            left = 0.0 if left < 0.0 else count if left > count else left
            rest, several = count - left, count if count > 1.0 else 1.0
            part = left / several
            wide = table[(bits >> _SHIFT) & LOW_BITS] * sqrt(part * rest * variance)
            factor = size * (slope / several) + at_zero
            factor = 0.0 if factor < 0.0 else factor
            left_size = sqrt(factor) * wide + size * part
            left_size = (left_size + whole) - whole
            left_size = 0.0 if left_size < 0.0 else size if left_size > size else left_size
            if node >> (LEVELS - 1 - level) & 1:
                count_before, size_before = count_before + left, size_before + left_size
                count, size = rest, size - left_size
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

    def many_at(self, cells: Ints, shares: Floats, amounts: Floats) -> Floats:
        """Return `at` of many times; amounts and answer are counts and bytes, shape (2, times)."""
        if len(cells) <= _TOGETHER:
            return self._some_at(cells, shares, amounts)
        done = np.empty((2, len(cells)))
        for begin in range(0, len(cells), _TOGETHER):
            part = slice(begin, begin + _TOGETHER)
            done[:, part] = self._some_at(cells[part], shares[part], amounts[:, part])
        return done

    def _some_at(self, cells: Ints, shares: Floats, amounts: Floats) -> Floats:
        places = shares * LEAVES
        leaves = places.astype(np.int64)
        places -= leaves
        if (leaves == leaves[0]).all():  # as syncs that are whole cells apart
            leaves = leaves[:1]
        bases = (cells << _NODE_BITS).view(np.uint64) + np.uint64(self.key)
        # Row by row the levels. First all random numbers, then all counts, then all bytes.
        nodes = leaves | LEAVES
        for_counts, for_sizes = _normals_of(bases + (nodes >> _BELOW).view(np.uint64))
        rights = (nodes >> (_BELOW - 1) & 1).astype(np.bool_)
        lefts, rests = np.empty((2, *for_counts.shape)), np.empty(for_counts.shape)
        counts, sizes = amounts
        several = counts.min() >= _plenty()
        for right, left, rest, drawn in zip(rights, lefts[0], rests, for_counts, strict=True):
            _left_counts(drawn, counts, left, several)
            np.subtract(counts, left, out=rest)
            counts = _half(right, left, rest)
        terms = self._terms_of_sizes(for_sizes, lefts[0] + rests, lefts[0], rests)
        for right, left, part, wide, grows in zip(rights, lefts[1], *terms, strict=True):
            self._left_sizes(sizes, part, wide, grows, left)
            sizes = _half(right, left, sizes - left)
        # Whole numbers: products with 0 and 1 and their sums are exact.
        done: Floats = (lefts * rights).sum(axis=1)
        some = np.rint(places * counts)
        done[0] += some
        some /= np.maximum(counts, 1.0)
        done[1] += np.rint(some * sizes)
        return done

    def leaves(self, first: int, counts: Floats, sizes: Floats) -> tuple[Floats, Floats]:
        """Return count and bytes of all leaves of consecutive cells, shape (cells * LEAVES,)."""
        cells = np.arange(first, first + len(counts), dtype=np.uint64)
        bases = (cells << np.uint64(_NODE_BITS)) + np.uint64(self.key)
        several = counts.min() >= _plenty()
        counts, sizes = counts[:, None], sizes[:, None]
        for level in range(LEVELS):
            nodes = np.arange(1 << level, 2 << level, dtype=np.uint64)
            for_counts, for_sizes = _normals_of(bases[:, None] + nodes)
            left, left_size = np.empty((2, *counts.shape))
            _left_counts(for_counts, counts, left, several)
            rest = counts - left
            self._left_sizes(sizes, *self._terms_of_sizes(for_sizes, counts, left, rest), left_size)
            counts = _interleaved(left, rest)
            sizes = _interleaved(left_size, sizes - left_size)
        return counts.ravel(), sizes.ravel()

    def _terms_of_sizes(
        self, drawn: Floats, counts: Floats, lefts: Floats, rests: Floats
    ) -> tuple[Floats, Floats, Floats]:
        """Return of nodes: the left share, how wide it varies, and how that grows with bytes.

        Overwrite `drawn`, normal numbers.
        """
        variance, slope, _ = self._terms
        several = np.maximum(counts, 1.0)
        part = lefts / several
        wide = rests * part
        wide *= variance
        drawn *= np.sqrt(wide, out=wide)
        return part, drawn, np.divide(slope, several, out=several)

    def _left_sizes(
        self, sizes: Floats, part: Floats, wide: Floats, grows: Floats, left: Floats
    ) -> None:
        """Write the bytes of the left halves of nodes into `left`."""
        np.multiply(sizes, grows, out=left)
        left += self._terms[2]
        np.maximum(left, 0.0, out=left)
        np.sqrt(left, out=left)
        left *= wide
        left += sizes * part
        np.rint(left, out=left)
        np.maximum(left, 0.0, out=left)
        np.minimum(left, sizes, out=left)


def _left_counts(drawn: Floats, counts: Floats, left: Floats, several: bool) -> None:
    """Write the counts of the left halves of nodes into `left`, from normal numbers.

    Where there are `several` writes in each, none can have more or less than its node has.
    """
    np.subtract(counts, _ROUNDING, out=left)
    if not several:
        few = counts < _FEW
        left[few] = np.array(_SPREADS)[counts[few].astype(np.int64)]
    np.sqrt(left, out=left)
    left *= drawn
    left += counts
    left *= 0.5
    np.rint(left, out=left)
    if not several:
        np.maximum(left, 0.0, out=left)
        np.minimum(left, counts, out=left)


def _half(right: NDArray[np.bool_], left: Floats, rest: Floats) -> Floats:
    """Return the halves of nodes that are theirs; `right` says of each or of all which it is."""
    if len(right) == 1:
        return rest if right.item() else left
    return np.where(right, rest, left)


def _normals_of(numbers: NDArray[np.uint64]) -> tuple[Floats, Floats]:
    """Return the two normal numbers of each node, for its count and its bytes; overwrite them."""
    table, bits = normals(), hashes(numbers).view(np.int64)
    return table.take(bits & LOW_BITS), table.take((bits >> _SHIFT) & LOW_BITS)


def _interleaved(left: Floats, right: Floats) -> Floats:
    return np.stack((left, right), axis=2).reshape(len(left), -1)

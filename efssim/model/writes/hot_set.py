"""Hot sets: the distinct blocks that a sync sends, some overwritten more than once."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from efssim.model.writes.cells.blocks_law import BlocksLaw
from efssim.scenario.schema import HotSet

Ints = NDArray[np.int64]


class HotBlocks:
    """The hot set of a stream: blocks that are overwritten again and again.

    A share of the writes, drawn, is hot; a hot write dirties whole blocks, chosen uniformly with
    replacement. No block numbers are drawn: a sync sends the expectation of the distinct
    blocks, given how many were dirtied.
    """

    def __init__(self, spec: HotSet, generator: np.random.Generator | None) -> None:
        """Draw which writes are hot from a generator; without one, all are."""
        self._block_bytes, self._share = spec.block, spec.share
        self._blocks = spec.size / spec.block
        self._generator = generator

    @property
    def block_bytes(self) -> int:
        """Bytes of one block."""
        return self._block_bytes

    def amounts(self, sizes: Ints) -> Ints:
        """Return bytes, hot bytes and dirtied blocks of the next writes, shape (3, n)."""
        hot: NDArray[np.bool_] | int = 1
        if self._generator is not None:
            hot = self._generator.random(len(sizes)) < self._share
        blocks = -(-sizes // self._block_bytes)
        return np.stack((sizes, sizes * hot, blocks * hot))

    def sent_bytes(self, dirtied: int) -> int:
        """Return the bytes of the distinct blocks among `dirtied`: N (1 - (1 - 1/N)^n) blocks."""
        if not dirtied:
            return 0
        if self._blocks <= 1.0:
            return self._block_bytes
        distinct = -math.expm1(dirtied * math.log1p(-1.0 / self._blocks)) * self._blocks
        return round(self._block_bytes * distinct)


class DirtiedBlocks(HotBlocks):
    """The hot writes that are a part of a stream: each block counts as often as it is dirtied.

    Only all parts together say which blocks are overwritten.
    """

    def __init__(self, spec: HotSet) -> None:
        super().__init__(spec, None)

    def sent_bytes(self, dirtied: int) -> int:
        return self.block_bytes * dirtied


class CellBlocks(DirtiedBlocks):
    """The hot writes of a part that is drawn in cells: blocks are drawn given count and bytes."""

    def __init__(self, spec: HotSet, law: BlocksLaw) -> None:
        super().__init__(spec)
        self._law = law

    def sent(self, begin: int, end: int, count: int, size: int) -> int:
        """Return the bytes of the blocks dirtied between two times, given by their bits."""
        return self.sent_bytes(self._law.at(begin, end, count, size))

    def sent_many(self, begins: Ints, ends: Ints, counts: Ints, sizes: Ints) -> Ints:
        """Return `sent` of many spans."""
        return self._law.many_at(begins, ends, counts, sizes) * self.block_bytes

"""Hot sets: the distinct blocks that a sync sends, some overwritten more than once."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from efssim.scenario.schema import HotSet

Ints = NDArray[np.int64]


class HotBlocks:
    """The hot set of a stream: blocks that are overwritten again and again.

    A share of the writes, drawn, is hot; a hot write dirties whole blocks, chosen uniformly with
    replacement. No block numbers are drawn: a sync sends the expectation of the distinct
    blocks, given how many were dirtied.
    """

    def __init__(self, spec: HotSet, generator: np.random.Generator) -> None:
        self._block_bytes, self._share = spec.block, spec.share
        self._blocks = spec.size / spec.block
        self._generator = generator

    def amounts(self, sizes: Ints) -> Ints:
        """Return bytes, hot bytes and dirtied blocks of the next writes, shape (3, n)."""
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

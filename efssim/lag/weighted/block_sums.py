"""Sums of floats that come in pieces, with a rounding that does not depend on the pieces."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_TERMS = 16_384


class BlockSums:
    """A sum of terms in order, taken over blocks of a fixed number of terms.

    So its last bit depends on the terms alone, and its memory hardly grows with them.
    """

    def __init__(self) -> None:
        self._sums: list[float] = []
        self._parts: list[Floats] = []
        self._waiting = 0

    def add(self, terms: Floats) -> None:
        """Take in the next terms, shape (terms,)."""
        missing = _TERMS - self._waiting
        self._parts.append(terms[:missing])
        if len(terms) < missing:
            self._waiting += len(terms)
            return
        self._sums.append(float(np.concatenate(self._parts).sum()))
        self._begin(terms[missing:])

    def _begin(self, terms: Floats) -> None:
        """Add terms that follow a whole block."""
        whole = len(terms) - len(terms) % _TERMS
        self._sums += terms[:whole].reshape(-1, _TERMS).sum(axis=1).tolist()
        self._parts, self._waiting = [terms[whole:].copy()], len(terms) - whole

    def total(self) -> float:
        """Return the sum of all."""
        parts = self._parts
        if not parts:
            return math.fsum(self._sums)
        rest = float((parts[0] if len(parts) == 1 else np.concatenate(parts)).sum())
        return math.fsum([*self._sums, rest]) if self._sums else rest

    def copy(self) -> BlockSums:
        """Return an independent copy of the sum so far."""
        other = BlockSums()
        other._sums, other._parts = list(self._sums), list(self._parts)
        other._waiting = self._waiting
        return other

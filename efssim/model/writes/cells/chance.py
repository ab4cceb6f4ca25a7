"""Random numbers by a number: the same for one and for arrays of them, to the last bit.

A hash of integers chooses from tables of normal and exponential numbers. So a number belongs to its
place, whoever asks for it, in which order, and how often. Integer arithmetic, square roots and
rounding only: Python's numbers and NumPy's arrays agree.
"""

from __future__ import annotations

import math
from functools import cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Words = NDArray[np.uint64]

MASK = (1 << 64) - 1
_FIRST, _SECOND = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
_TABLE_BITS = 12
TABLE_SIZE = 1 << _TABLE_BITS
LOW_BITS = TABLE_SIZE - 1
_ROUND_TO = 2.0**40
"""Entries are rounded, so that no library's last bit shows."""


def hashed(number: int) -> int:
    """Return 64 well mixed bits of a number of 64 bits."""
    number = ((number ^ (number >> 30)) * _FIRST) & MASK
    number = ((number ^ (number >> 27)) * _SECOND) & MASK
    return number ^ (number >> 31)


_U27, _U30, _U31 = np.uint64(27), np.uint64(30), np.uint64(31)
_U_FIRST, _U_SECOND = np.uint64(_FIRST), np.uint64(_SECOND)


def hashes(numbers: Words) -> Words:
    """Return `hashed` of each number; overwrite them."""
    numbers ^= numbers >> _U30
    numbers *= _U_FIRST
    numbers ^= numbers >> _U27
    numbers *= _U_SECOND
    numbers ^= numbers >> _U31
    return numbers


@cache
def normals() -> Floats:
    """Return the means of equally likely parts of the normal law, scaled to variance 1."""
    law = NormalDist()
    edges = [law.inv_cdf(k / TABLE_SIZE) for k in range(1, TABLE_SIZE)]
    heights = np.array([0.0, *(law.pdf(edge) for edge in edges), 0.0])
    means = -np.diff(heights) * TABLE_SIZE
    return _rounded(means / math.sqrt(float((means**2).mean())))


@cache
def exponentials() -> Floats:
    """Return the means of equally likely parts of the exponential law."""
    edges = [1 - k / TABLE_SIZE for k in range(TABLE_SIZE + 1)]  # shares that are above
    # The integral of x e^-x is -(x + 1) e^-x.
    above = np.array([share * (1 - math.log(share)) if share else 0.0 for share in edges])
    return _rounded(-np.diff(above) * TABLE_SIZE)


@cache
def normals_list() -> list[float]:
    """Return `normals` as plain numbers."""
    plain: list[float] = normals().tolist()
    return plain


def _rounded(values: Floats) -> Floats:
    return np.asarray(np.rint(values * _ROUND_TO) / _ROUND_TO)

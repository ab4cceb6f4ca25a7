"""Bins of nonnegative numbers that follow the leading bits of a float: 128 an octave.

A bin is at most 0.79 % wide; the first has 0 and all below 2e-310.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

OCTAVE_BITS = 7
"""Bits of the mantissa that tell the bins of an octave apart."""
BINS = 2047 << OCTAVE_BITS
"""Bins of all finite floats."""
_SHIFT = 52 - OCTAVE_BITS
"""Bits of a float below those that are its bin: then sign and exponent are left as well."""


def bin_numbers(values: Floats) -> Ints:
    """Return the bin of each value; none negative, and none -0.0."""
    bits: Ints = values.view(np.int64)
    return bits >> _SHIFT


def bins_of(values: Floats) -> tuple[Ints, Floats]:
    """Return the bins of values that are not negative, and where in them they lie, from 0 to 1."""
    bits: Ints = values.view(np.int64)
    inside = (bits & ((1 << _SHIFT) - 1)).astype(np.float64)
    return bin_numbers(values), inside * 2.0**-_SHIFT


def bin_edges(first: int, last: int) -> Floats:
    """Return where the bins from `first` to before `last` begin, and where the last of them ends.

    Inside an octave a float is linear in its bits, so the edges are evenly spaced there.
    """
    bits: Ints = np.arange(first, last + 1, dtype=np.int64) << _SHIFT
    return bits.view(np.float64)


def midpoints(bins: NDArray[np.intp]) -> Floats:
    """Return the middle of each bin; 0 for the bin of 0."""
    # Half a bin of bits is half its width.
    bits = (bins.astype(np.int64) << _SHIFT) + (1 << (_SHIFT - 1))
    return np.where(bins > 0, bits.view(np.float64), 0.0)


def sums_by_bin(bins: Ints, *amounts: Ints) -> tuple[Ints, list[Ints]]:
    """Return the bins that occur, rising, and the sum of each kind of amount in each of them.

    For few values: it touches nothing of the size of all bins.
    """
    order = bins.argsort(kind="stable")
    ordered = bins[order]
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)])
    if not len(starts):
        return ordered, [amount[:0] for amount in amounts]
    return ordered[starts], [np.add.reduceat(amount[order], starts) for amount in amounts]

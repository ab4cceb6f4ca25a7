"""Multiples of a length of time that is written in decimals, each of them rounded once.

A float holds no 4.1 s. Sums of it, and its products with whole numbers, miss the nearest float of
the decimal multiple; then what falls on one instant by the scenario falls on two.
"""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NANO = 10**9
"""Largest denominator: whole nanoseconds, and periods such as 1/7 s."""
_EXACT = 2**53
"""Whole numbers up to it are floats."""
_LARGEST = 2**63 - 1


def written(seconds: float) -> Fraction:
    """Return the decimal that a float was read from: the shortest one that reads as the float."""
    return Fraction(repr(seconds))


class Multiples:
    """The multiples of a fraction, and what is added to each: `NANO` is their least common part."""

    def __init__(self, step: Fraction, offset: Fraction = Fraction(0)) -> None:  # it is immutable
        """Take the step in seconds, above 0, and an offset of at least 0."""
        self.step, self.offset_s = step, float(offset)
        self._denominator = math.lcm(step.denominator, offset.denominator)
        self._numerator, self._offset = (int(part * self._denominator) for part in (step, offset))
        self._most = (_LARGEST - self._offset) // self._numerator
        self._step_s = float(step)
        self.per_s = step.denominator / step.numerator
        """How many of them are in a second."""

    @property
    def is_exact(self) -> bool:
        """Whether they are rounded once."""
        return self._denominator <= NANO

    def at(self, ordinal: int) -> float:
        """Return a multiple: the float next to it, up to 292 years in nanoseconds."""
        if ordinal > self._most:
            return ordinal * self._step_s + self.offset_s
        return (ordinal * self._numerator + self._offset) / self._denominator

    def many(self, ordinals: Ints) -> Floats:
        """Return multiples as `at` does; ordinals are rising and at least 0."""
        total = ordinals * self._numerator + self._offset
        if not len(total) or (ordinals.item(-1) <= self._most and total.item(-1) <= _EXACT):
            return total / self._denominator
        if ordinals.item(-1) * self._step_s > _EXACT:  # no seconds of any run: one by one
            return np.array([self.at(ordinal) for ordinal in ordinals.tolist()])
        # Whole seconds are floats, and the rest is rounded to 2^-54. No multiple of a nanosecond is
        # so close to the middle of two floats of a time of which the nanoseconds pass 2^53.
        whole, rest = np.divmod(total, self._denominator)
        few = total <= _EXACT
        exact = np.where(few, total / self._denominator, whole + rest / self._denominator)
        return np.where(ordinals <= self._most, exact, ordinals * self._step_s + self.offset_s)

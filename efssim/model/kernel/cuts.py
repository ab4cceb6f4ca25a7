"""The cuts of syncs that are on time: one interval after the other, without a drift."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from efssim.scenario.workload.multiples import NANO, Multiples, written

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_DYADIC = 2**20
"""Parts of a second of which sums are exact, up to 272 years."""
_MICRO = 10**6
"""Finest decimals that are told apart by floats, up to 285 years."""
_NEAR_S = 1e-6
"""Far above the rounding of a cut, and below any gap that matters: it decides what is looked up."""


class Cuts:
    """Each cut follows from the one before it: the same, whoever plans it and however many at once.

    Sums of an interval such as 4.1 s would drift, by tenths of a second in ten years, and miss the
    writes that come at the same instants. So a cut that is a multiple of a unit is followed by the
    multiple that is an interval later. The unit is the last decimal of the interval, so that any
    cut at a written time keeps in step; below a microsecond it is the interval itself.
    """

    def __init__(self, interval_s: float, phase_s: float = 0.0) -> None:
        """Take the interval in seconds, 0 for none, and how much of it is over at the start."""
        self.interval_s = interval_s
        step, phase = written(interval_s), written(phase_s)
        self.first_s = float(step - phase)
        """The first cut after the start."""
        parts = math.lcm(step.denominator, phase.denominator)
        if parts > NANO:  # a phase that was drawn
            parts, phase = step.denominator, Fraction(0)
        self.adds = not step or _DYADIC % parts == 0 or parts > NANO
        """Whether they are plain sums: exact ones, or of an interval that was not written."""
        is_coarse = self.adds or parts <= _MICRO
        self._steps = int(step * parts) if is_coarse else 1
        self._units = Multiples(Fraction(1, parts)) if is_coarse else Multiples(step, -phase % step)

    def after(self, cut_s: float) -> float:
        """Return the next cut that is on time."""
        if self.adds:
            return cut_s + self.interval_s
        ordinal = round((cut_s - self._units.offset_s) * self._units.per_s)
        if self._units.at(ordinal) == cut_s:
            return self._units.at(ordinal + self._steps)
        return cut_s + self.interval_s

    def after_each(self, cuts_s: Floats) -> Floats:
        """Return the next cut after each of some rising ones."""
        planned_s = cuts_s + self.interval_s
        if not self.adds:
            in_step = self._in_step(cuts_s)
            ordinals = self._ordinals(cuts_s[in_step]) + self._steps
            if len(ordinals):
                planned_s[in_step] = self._units.many(ordinals)
        return planned_s

    def row(self, cut_s: float, length: int) -> Floats:
        """Return a cut and those that follow it on time, shape (length,), length at least 1."""
        cuts_s = np.full(length, self.interval_s)
        cuts_s[0] = cut_s
        cuts_s.cumsum(out=cuts_s)
        if not self.adds:
            in_step = self._in_step(cuts_s)
            first = int(in_step.argmax())
            if in_step.item(first):
                begin = self._ordinals(cuts_s[first : first + 1])
                more = np.arange(length - first) * self._steps
                cuts_s[first:] = self._units.many(begin + more)
        return cuts_s

    def may_follow(self, before_s: float, cut_s: float) -> bool:
        """Return whether a cut seems to be on time after another, to look ahead by."""
        return abs(before_s + self.interval_s - cut_s) < _NEAR_S

    def _in_step(self, cuts_s: Floats) -> Bools:
        return np.asarray(self._units.many(self._ordinals(cuts_s)) == cuts_s)

    def _ordinals(self, cuts_s: Floats) -> NDArray[np.int64]:
        return np.rint((cuts_s - self._units.offset_s) * self._units.per_s).astype(np.int64)

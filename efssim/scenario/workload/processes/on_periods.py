"""The clock of a process that is on and off in turn: it runs only while the process is on."""

from __future__ import annotations

import numpy as np

from efssim.scenario.grammar.distributions import Distribution
from efssim.scenario.workload.processes.times import Floats

_AT_ONCE = 256
"""On and off periods that are drawn at once, at least."""


class OnPeriods:
    """The on periods, drawn as far as they are asked for, and the on time up to any time."""

    def __init__(
        self,
        on: Distribution[float],
        off: Distribution[float],
        generators: tuple[np.random.Generator, np.random.Generator],
    ) -> None:
        """Draw on periods from the first generator and off periods from the second."""
        self._on, self._off, self._generators = on, off, generators
        self._on_total = self._off_total = 0.0
        # Of each kept period: begin, end, and the on time before and up to each.
        self._begins_s, self._ends_s, self._before_s, self._after_s = np.zeros((4, 0))
        self._reach(0.0)

    def _reach(self, time_s: float) -> None:
        """Draw on up to a period that begins after a time."""
        while not len(self._begins_s) or self._begins_s.item(-1) <= time_s:
            self._extend()

    def _extend(self) -> None:
        n = max(_AT_ONCE, len(self._begins_s))
        lasts = self._on.sample(self._generators[0], n)
        pauses = self._off.sample(self._generators[1], n)
        # Running sums go on from the last ones, as those of the times of drawn writes do.
        on, off = _running(self._on_total, lasts), _running(self._off_total, pauses)
        before, waited = on[:-1], off[:-1]
        new = before + waited, on[1:] + waited, before, on[1:]
        old = self._begins_s, self._ends_s, self._before_s, self._after_s
        kept = [np.concatenate(both) for both in zip(old, new, strict=True)]
        self._begins_s, self._ends_s, self._before_s, self._after_s = kept
        self._on_total, self._off_total = on.item(-1), off.item(-1)

    def forget(self, on_s: float) -> None:
        """Forget the periods that end before an on time, of which nobody asks any more."""
        gone = min(int(self._after_s.searchsorted(on_s, "left")), len(self._after_s) - 1)
        if gone > _AT_ONCE:
            old = self._begins_s, self._ends_s, self._before_s, self._after_s
            self._begins_s, self._ends_s, self._before_s, self._after_s = (
                part[gone:].copy() for part in old
            )

    def at(self, time_s: float) -> float:
        """Return the on time up to a time."""
        self._reach(time_s)
        k = int(self._begins_s.searchsorted(time_s, "right")) - 1
        end_s = self._after_s.item(k)
        if time_s >= self._ends_s.item(k):
            return end_s
        return min(self._before_s.item(k) + (time_s - self._begins_s.item(k)), end_s)

    def many_at(self, times_s: Floats) -> Floats:
        """Return `at` of many times; less than what is asked of where periods are forgotten."""
        self._reach(float(times_s.max()))
        k = np.maximum(self._begins_s.searchsorted(times_s, "right") - 1, 0)
        ends_s = self._after_s[k]
        on_s = np.minimum(self._before_s[k] + (times_s - self._begins_s[k]), ends_s)
        return np.where(times_s >= self._ends_s[k], ends_s, on_s)

    def times(self, on_s: Floats) -> Floats:
        """Return the first times up to which there is so much on time, of those drawn."""
        k = np.minimum(self._after_s.searchsorted(on_s, "left"), len(self._after_s) - 1)
        return np.minimum(self._begins_s[k] + (on_s - self._before_s[k]), self._ends_s[k])

    def between(self, begin_s: float, end_s: float) -> Floats:
        """Return the begins and ends of periods between two times, in no order."""
        self._reach(end_s)
        edges = []
        for edges_s in (self._begins_s, self._ends_s):
            first, last = (
                edges_s.searchsorted(begin_s, "right"),
                edges_s.searchsorted(end_s, "left"),
            )
            edges.append(edges_s[first:last])
        return np.concatenate(edges)


def _running(before: float, terms: Floats) -> Floats:
    """Return a sum and those that follow it by terms."""
    return np.asarray(np.concatenate(([before], terms)).cumsum())

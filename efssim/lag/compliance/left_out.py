"""The time that the second column of compliance leaves out, each window with its reason.

An initial sync, the pauses that `events` ordered, and the catch-up that follows either. What
`faults` do counts, and so does a catch-up into which anything else comes.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from efssim.lag.compliance.spans import Span, Taken, clipped
from efssim.lag.compliance.summary import CATCH_UP, INITIAL_SYNC, PLANNED_PAUSE, LeftOutWindow
from efssim.records.timeline import Occurrence
from efssim.scenario.grammar.disturbances.effects import Pause, Stall
from efssim.scenario.grammar.disturbances.kinds import DISTURBANCES

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Replicated:
    """When a replication was there, and when its age was above the target."""

    window_s: Span
    created_s: float
    defined_s: float
    """When its age was defined first; infinity: never."""
    gone_s: float
    """When its configuration was gone; infinity: never."""
    has_initial_sync: bool
    begin_s: Floats
    """Begins of violations, in order of time, cut to the window."""
    end_s: Floats
    peak_s: Floats
    target_s: float
    disturbances: Sequence[Occurrence]
    """Those that reached it."""

    @property
    def defined_span(self) -> Span:
        """The part of the window in which the age is defined."""
        return clipped((self.defined_s, self.gone_s), self.window_s)


def stops_syncs(each: Occurrence) -> bool:
    """Return whether a disturbance pauses or stalls syncs, and has not another effect alone."""
    kind = DISTURBANCES.get(each.kind)
    return kind is not None and (kind.has(Pause) or kind.has(Stall))


def left_out(found: Replicated) -> list[LeftOutWindow]:
    """Return the windows that are left out, in order of time; no two overlap."""
    taken = Taken()
    windows: list[LeftOutWindow] = []
    for reason, cause, span in _wanted(found):
        inside = clipped(clipped(span, (found.created_s, found.gone_s)), found.window_s)
        for begin_s, end_s in taken.take(inside):
            windows.append(LeftOutWindow(reason, cause, begin_s, end_s, end_s - begin_s))
    return sorted(windows, key=lambda window: window.begin_s)


class _Others:
    """The disturbances that make the time after a stop count: all but planned pauses."""

    def __init__(self, disturbances: Sequence[Occurrence]) -> None:
        """Take all disturbances, and order those that count by begin."""
        others = [each for each in disturbances if not _is_planned_pause(each)]
        others.sort(key=lambda each: each.begin_s)
        ends_s = [math.inf if each.end_s is None else each.end_s for each in others]
        self._begin_s = [each.begin_s for each in others]
        self._latest_end_s = list(accumulate(ends_s, max))
        """Latest end of each and of all that began before it."""

    def first_after(self, over_s: float) -> float:
        """Return when the first of them lasts after a time; infinity: none does."""
        begun = bisect_right(self._begin_s, over_s)
        if begun and self._latest_end_s[begun - 1] > over_s:
            return over_s
        return self._begin_s[begun] if begun < len(self._begin_s) else math.inf


def _is_planned_pause(each: Occurrence) -> bool:
    return each.is_planned and stops_syncs(each)


def _wanted(found: Replicated) -> Iterator[tuple[str, str, Span]]:
    """Yield reason, cause and span of each window; of two that overlap the first has the time."""
    if found.has_initial_sync:
        yield INITIAL_SYNC, "", (found.created_s, found.defined_s)
    others = _Others(found.disturbances)
    pauses = [each for each in found.disturbances if _is_planned_pause(each)]
    for each in pauses:
        over_s = found.window_s[1] if each.end_s is None else each.end_s
        yield PLANNED_PAUSE, str(each), (each.begin_s, over_s)
    if found.has_initial_sync:
        for span in _caught_up(found, others, (found.defined_s, found.defined_s), after_s=0.0):
            yield CATCH_UP, INITIAL_SYNC, span
    for each in pauses:
        if each.end_s is not None:
            paused = each.begin_s, each.end_s
            for span in _caught_up(found, others, paused, after_s=found.target_s):
                yield CATCH_UP, str(each), span


def _caught_up(found: Replicated, others: _Others, stop: Span, after_s: float) -> Iterator[Span]:
    """Yield the parts of violations in which a replication catches up with a stop.

    They begin in the stop, or so soon after it (`after_s`) that the sync before it is what the age
    counts from, and come to an end: nothing shows that one which does not is a catch-up.
    """
    other_s = others.first_after(stop[1])
    first = int(np.searchsorted(found.begin_s, stop[0], "left"))
    last = int(np.searchsorted(found.begin_s, stop[1] + after_s, "right"))
    for begin_s, end_s in zip(
        found.begin_s[first:last].tolist(), found.end_s[first:last].tolist(), strict=True
    ):
        if stop[1] < end_s < found.defined_span[1]:
            yield max(begin_s, stop[1]), min(end_s, other_s)

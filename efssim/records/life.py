"""The life of one file system: its creation, failure and deletion, and its unwritable spans.

Facts that the model appends and the measures read. Times are seconds since the scenario's start.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field

Span = tuple[float, float]


@dataclass(slots=True)
class Spans:
    """The maximal spans of time in which at least one of some causes holds, in order."""

    begins_s: list[float] = field(default_factory=list)
    ends_s: list[float] = field(default_factory=list)
    """The last is infinite while a cause holds."""
    _holding: set[int] = field(default_factory=set)

    def begin(self, time_s: float, ordinal: int) -> None:
        """Note that a cause holds from a time on, which is not before any other."""
        if not self._holding:
            if self.ends_s and self.ends_s[-1] == time_s:
                self.ends_s[-1] = math.inf  # one without a gap to the last is the same span
            else:
                self.begins_s.append(time_s)
                self.ends_s.append(math.inf)
        self._holding.add(ordinal)

    def end(self, time_s: float, ordinal: int) -> None:
        """Note that a cause is over; nothing if it did not hold."""
        if ordinal in self._holding:
            self._holding.remove(ordinal)
            if not self._holding:
                self.ends_s[-1] = time_s

    @property
    def since_s(self) -> float | None:
        """Since when a cause holds now; None if none does."""
        return self.begins_s[-1] if self._holding else None

    def at(self, time_s: float) -> Span | None:
        """Return the span [begin, end) that holds a time; None without one."""
        k = bisect_right(self.begins_s, time_s) - 1
        holds = k >= 0 and time_s < self.ends_s[k]
        return (self.begins_s[k], self.ends_s[k]) if holds else None

    def between(self, begin_s: float, end_s: float) -> Iterator[Span]:
        """Yield the parts of the spans inside a span of time, those without length left out."""
        for k in range(bisect_right(self.ends_s, begin_s), len(self.ends_s)):
            if self.begins_s[k] >= end_s:
                return
            if self.ends_s[k] > self.begins_s[k]:
                yield max(begin_s, self.begins_s[k]), min(end_s, self.ends_s[k])


@dataclass(slots=True)
class Life:
    """The life of a file system up to now."""

    created_s: float = 0.0
    """From when on it exists."""
    failed_s: float = math.inf
    """When its LifeCycleState became `error`; infinite: it has not."""
    gone_s: float = math.inf
    """When it was deleted; infinite: it has not been."""
    unwritable: Spans = field(default_factory=Spans)
    """When it could not be written, by any cause."""
    switches_s: list[float] = field(default_factory=list)
    """Rising times at which one of its streams began or ended to write to it."""
    disasters: Spans = field(default_factory=Spans)
    """When it could not be written although nobody wanted that."""

    def stop(self, time_s: float, ordinal: int, *, is_wanted: bool) -> None:
        """Note that from now on a cause keeps it from being written; unwanted, it is a disaster."""
        self.unwritable.begin(time_s, ordinal)
        if not is_wanted:
            self.disasters.begin(time_s, ordinal)

    def resume(self, time_s: float, ordinal: int) -> None:
        """Note that a cause is over."""
        self.unwritable.end(time_s, ordinal)
        self.disasters.end(time_s, ordinal)

    def healthy_span(self, begin_s: float, end_s: float) -> Span:
        """Return the part of [begin, end] in which it exists and has not failed; (0, 0): none."""
        first_s, last_s = max(begin_s, self.created_s), min(end_s, self.failed_s, self.gone_s)
        return (first_s, last_s) if last_s > first_s else (0.0, 0.0)

    def writable_from(self, time_s: float, now_s: float) -> float | None:
        """Return when it can first be written, from a time on and up to now; None: it cannot."""
        span = self.unwritable.at(time_s)
        first_s = time_s if span is None else span[1]
        return first_s if first_s <= now_s else None

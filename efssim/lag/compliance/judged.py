"""Compliance of a replication, from its violations and the time in which it had an age."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

import numpy as np

from efssim.lag.age.sawtooth import Teeth
from efssim.lag.compliance.left_out import Replicated, left_out
from efssim.lag.compliance.months import CalendarMonth, months_between
from efssim.lag.compliance.spans import Covered, Span, clipped, length
from efssim.lag.compliance.summary import (
    AchievableRpo,
    Breach,
    ComplianceSummary,
    JudgedTime,
    LastSync,
    LeftOutWindow,
    MonthCompliance,
)
from efssim.lag.weighted.time_weighted import SHARE_ROUNDING, Ramps, TimeWeighted

BREACHES = 1000
"""Breaches that are listed at most; chosen. The table of violations has all."""

_ROUNDING = 1e-9
"""Largest difference of two sums of the same time, relative to it."""
_MINUTE = 60


@dataclass(frozen=True, slots=True)
class ComplianceTerms:
    """The terms of compliance: the objective, and whose calendar has the months."""

    objective: float
    start: datetime
    zone: tzinfo
    timezone: str


@dataclass(frozen=True, slots=True)
class Unprotected:
    """Seconds of a span without a recovery point."""

    whole: Callable[[Span], float]
    counted: Callable[[Span], float]
    """The same, without an initial sync."""


class Compliance:
    """The compliance of one replication in a window."""

    def __init__(self, found: Replicated, terms: ComplianceTerms, unprotected: Unprotected) -> None:
        """Judge a replication by some terms."""
        self._found, self._terms, self._unprotected = found, terms, unprotected
        self._violated = Covered(found.begin_s, found.end_s)
        self.left_out: list[LeftOutWindow] = left_out(found)

    @property
    def spans(self) -> list[Span]:
        """The spans that are left out, in order."""
        return [(window.begin_s, window.end_s) for window in self.left_out]

    def summary(
        self, age: TimeWeighted, teeth: Teeth | None, last_sync: LastSync | None, *, lists: bool
    ) -> ComplianceSummary:
        """Return the summary; `lists`: with windows and breaches, not only their sums.

        `age` is the distribution of the age in the window, `teeth` its sawtooth; None: not kept.
        """
        months = {month.name: self._month(month) for month in self._months()}
        breaches = list(self._breaches()) if lists else []
        return ComplianceSummary(
            timezone=self._terms.timezone,
            months=months,
            counted=self._counted(self._found.window_s),
            left_out=tuple(self.left_out) if lists else (),
            breaches=tuple(breaches),
            breaches_unlisted=len(self._found.begin_s) - len(breaches),
            achievable_rpo_min=self._achievable(age, teeth),
            last_sync=last_sync,
        )

    def _months(self) -> Iterator[CalendarMonth]:
        return months_between(self._terms.start, *self._found.window_s, self._terms.zone)

    def _month(self, month: CalendarMonth) -> MonthCompliance:
        begin_s, end_s = span = clipped((month.begin_s, month.end_s), self._found.window_s)
        inside = np.minimum(self._found.end_s, end_s) - np.maximum(self._found.begin_s, begin_s)
        return MonthCompliance(
            begin_s=begin_s,
            end_s=end_s,
            partial=span != (month.begin_s, month.end_s),
            seconds=end_s - begin_s,
            whole=self._whole(span),
            violations=int((inside > 0).sum()),
            longest_s=max(0.0, inside.max(initial=0.0).item()),
            left_out_s=math.fsum(map(length, self._left_out_in(span))),
            counted=self._counted(span),
        )

    def _left_out_in(self, span: Span) -> list[Span]:
        return [clipped(window, span) for window in self.spans]

    def _whole(self, span: Span) -> JudgedTime:
        defined_s = length(clipped(span, self._found.defined_span))
        return self._judged(defined_s, self._violated.within(span), self._unprotected.whole(span))

    def _counted(self, span: Span) -> JudgedTime:
        """Return how far the RPO held in a span without the time that is left out."""
        windows = self._left_out_in(span)
        defined = [clipped(window, self._found.defined_span) for window in windows]
        whole = self._whole(span)
        scale_s = length(self._found.window_s)
        return self._judged(
            _less(whole.defined_s, map(length, defined), scale_s),
            _less(whole.violation_s, map(self._violated.within, windows), scale_s),
            self._unprotected.counted(span),
        )

    def _judged(self, defined_s: float, violation_s: float, unprotected_s: float) -> JudgedTime:
        attained = None
        if defined_s:
            attained = min(1.0, max(0.0, (defined_s - violation_s) / defined_s))
        is_met = None if attained is None else attained >= self._terms.objective
        if unprotected_s:
            is_met = False
        return JudgedTime(defined_s, violation_s, unprotected_s, attained, is_met)

    def _breaches(self) -> Iterator[Breach]:
        """Yield the longest violations, in order of time."""
        found = self._found
        lengths = found.end_s - found.begin_s
        longest = np.sort(np.argsort(-lengths, kind="stable")[:BREACHES])
        spans = self.spans
        taken = Covered(np.array([a for a, _ in spans]), np.array([b for _, b in spans]))
        for at in longest.tolist():
            span = found.begin_s.item(at), found.end_s.item(at)
            yield Breach(*span, length(span), found.peak_s.item(at), taken.within(span))

    def _achievable(self, age: TimeWeighted, teeth: Teeth | None) -> AchievableRpo:
        objective, window_s = self._terms.objective, self._found.window_s
        least = counted = None
        if not self._unprotected.whole(window_s):
            least = achievable_min(age, objective)
        if teeth is not None and not self._unprotected.counted(window_s):
            counted = achievable_without_min(age, _ages_in(teeth, self.spans), objective)
        return AchievableRpo(all=least, counted=counted)


def achievable_min(age: TimeWeighted, objective: float) -> int | None:
    """Return the least target in whole minutes that meets an objective; None without an age.

    At least one minute.
    """
    if not age.total_s:
        return None

    def meets(minutes: int) -> bool:
        share = age.share_at_most(float(_MINUTE * minutes))
        return share is not None and share >= objective - SHARE_ROUNDING

    if meets(1):
        return 1
    # The quantile may be off by a rounding, which must not decide about a minute.
    minutes = max(1, math.ceil(float(age.quantile(objective)) / _MINUTE - _ROUNDING))
    while not meets(minutes):
        minutes += 1
    while minutes > 1 and meets(minutes - 1):
        minutes -= 1
    return minutes


def achievable_without_min(age: TimeWeighted, left_out: Ramps, objective: float) -> int | None:
    """Return the same for the time of a distribution without parts that are left out of it."""
    largest, counted_s = age.max(), age.total_s - left_out.total_s
    if largest is None or counted_s <= _ROUNDING * age.total_s:
        return None

    def meets(minutes: int) -> bool:
        x = float(_MINUTE * minutes)
        left_s = (left_out.share_at_most(x) or 0.0) * left_out.total_s
        return (age.time_at_most(x) - left_s) / counted_s >= objective - _ROUNDING

    missing, enough = 0, max(1, math.ceil(largest / _MINUTE))
    while enough - missing > 1:
        middle = (missing + enough) // 2
        missing, enough = (missing, middle) if meets(middle) else (middle, enough)
    return enough


def _ages_in(teeth: Teeth, spans: Sequence[Span]) -> Ramps:
    """Return the distribution of the age in some spans."""
    parts = [teeth.around(*span).within(*span) for span in spans]
    low = np.concatenate([part.low for part in parts] or [np.zeros(0)])
    high = np.concatenate([part.high for part in parts] or [np.zeros(0)])
    return Ramps(low, high)


def _less(total_s: float, parts_s: Iterator[float], scale_s: float) -> float:
    """Return a time without parts of it; what rounding leaves of sums over `scale_s` is none."""
    rest_s = total_s - math.fsum(parts_s)
    return rest_s if rest_s > _ROUNDING * scale_s else 0.0

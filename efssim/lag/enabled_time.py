"""When syncs could run: the time in status ENABLED without an outage."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from operator import itemgetter

from efssim.records.run_records import ReplicationRecords
from efssim.scenario.grammar.calendars.rates import RateSpan

Span = tuple[float, float]

_ENABLED = "ENABLED"


def status_spans(records: ReplicationRecords, end_s: float) -> list[tuple[str, float, float]]:
    """Return every status with its begin and end in seconds, in order of time."""
    edges = [*(change.time_s for change in records.statuses), end_s]
    return [
        (change.after, change.time_s, min(until, end_s))
        for change, until in zip(records.statuses, edges[1:], strict=True)
        if change.after is not None
    ]


class RunningTime:
    """The time in which the syncs of a replication could run."""

    def __init__(self, records: ReplicationRecords) -> None:
        """Take the spans in status ENABLED and those of outages, both disjoint and in order."""
        statuses = status_spans(records, math.inf)
        self._enabled = [(a, b) for name, a, b in statuses if name == _ENABLED]
        self._stalls = [(stall[0], (*stall, math.inf)[1]) for stall in records.stalls]

    def within(self, window: Span) -> float:
        """Return the seconds of it in a window."""
        inside = [_common(span, window) for span in _met(self._enabled, window)]
        return math.fsum(_length(span) - self._stalled_s(span) for span in inside)

    def _stalled_s(self, span: Span) -> float:
        return math.fsum(_length(_common(span, stall)) for stall in _met(self._stalls, span))


def running_s(records: ReplicationRecords, begin_s: float, end_s: float) -> float:
    """Return the seconds of [begin, end] in which syncs could run."""
    return RunningTime(records).within((begin_s, end_s))


def mean_rate(
    records: ReplicationRecords, begin_s: float, end_s: float, rates: Iterable[RateSpan]
) -> float:
    """Return the mean, in bytes per second, of rates over the time in which syncs could run."""
    time = RunningTime(records)
    running = [
        (rate.rate, time.within((max(begin_s, rate.begin_s), min(end_s, rate.end_s))))
        for rate in rates
        if rate.begin_s < end_s and rate.end_s > begin_s
    ]
    sendable = math.fsum(rate * length_s for rate, length_s in running if length_s > 0)
    could_run_s = math.fsum(length_s for _, length_s in running)
    return sendable / could_run_s if could_run_s else math.inf


def _length(span: Span) -> float:
    return max(0.0, span[1] - span[0])


def _common(span: Span, other: Span) -> Span:
    return max(span[0], other[0]), min(span[1], other[1])


def _met(spans: Sequence[Span], span: Span) -> Sequence[Span]:
    """Return those of disjoint spans in order that have time in common with a span."""
    first = bisect_right(spans, span[0], key=itemgetter(1))
    return spans[first : bisect_left(spans, span[1], key=itemgetter(0))]

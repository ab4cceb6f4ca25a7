"""When syncs could run: the time in status ENABLED without an outage."""

from __future__ import annotations

import math
from collections.abc import Iterable

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


def running_s(records: ReplicationRecords, begin_s: float, end_s: float) -> float:
    """Return the seconds of [begin, end] in which syncs could run."""
    enabled = [(a, b) for name, a, b in status_spans(records, end_s) if name == _ENABLED]
    stalls = [(stall[0], stall[1] if len(stall) > 1 else end_s) for stall in records.stalls]
    inside = [(max(a, begin_s), min(b, end_s)) for a, b in enabled]
    return math.fsum(_length(span) - _overlap(span, stalls) for span in inside)


def mean_rate(
    records: ReplicationRecords, begin_s: float, end_s: float, rates: Iterable[RateSpan]
) -> float:
    """Return the mean, in bytes per second, of rates over the time in which syncs could run."""
    running = [
        (rate.rate, running_s(records, max(begin_s, rate.begin_s), min(end_s, rate.end_s)))
        for rate in rates
        if rate.begin_s < end_s and rate.end_s > begin_s
    ]
    sendable = math.fsum(rate * length_s for rate, length_s in running if length_s > 0)
    could_run_s = math.fsum(length_s for _, length_s in running)
    return sendable / could_run_s if could_run_s else math.inf


def _length(span: Span) -> float:
    return max(0.0, span[1] - span[0])


def _overlap(span: Span, others: Iterable[Span]) -> float:
    return math.fsum(_length((max(span[0], a), min(span[1], b))) for a, b in others)

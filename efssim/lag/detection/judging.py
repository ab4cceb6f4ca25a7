"""Detection, misses and false alarms: the states of an alarm beside violations.

Durations in seconds, times in seconds since the scenario's start.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from efssim.lag.detection.summary import ALARM, INSUFFICIENT_DATA, OK, AlarmChange, DelaySummary

MONTH_S = 30 * 86_400.0
"""A month has 30 days in all of efssim."""
Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Watched:
    """The window and the violations of the replication that an alarm is for."""

    window_s: Span
    violations: Sequence[Span] = ()
    undefined: Sequence[Span] = ()
    """Spans without a recovery point, in which the age is not defined."""


@dataclass(frozen=True, slots=True)
class AlarmCounts:
    """The numbers of an alarm that follow from its states and the violations."""

    fired_s: tuple[float, ...]
    violations: int
    missed: int
    late: int
    open_at_end: int
    false_alarms: int
    unwarranted_s: float
    muted: int
    delays_s: tuple[float, ...]


def alarm_spans(changes: Sequence[AlarmChange], window_s: Span) -> list[Span]:
    """Return the spans in ALARM that have a part in the window, not cut at its begin."""
    ends = [change.time_s for change in changes[1:]] + [math.inf]
    spans = (
        (change.time_s, end)
        for change, end in zip(changes, ends, strict=bool(changes))
        if change.after == ALARM
    )
    return [(begin, min(end, window_s[1])) for begin, end in spans if end > window_s[0]]


def notified_spans(spans: Sequence[Span], muted: Sequence[Span]) -> list[Span]:
    """Return the spans in ALARM from when somebody is notified on, without those that end before.

    Who goes to ALARM while muted notifies at the end of the mute, if it is in ALARM still.
    """
    found = []
    for begin, end in spans:
        since = next((until for since, until in muted if since <= begin < until), begin)
        if since < end:
            found.append((since, end))
    return found


def judged(
    changes: Sequence[AlarmChange],
    watched: Watched,
    lookback_s: float,
    muted: Sequence[Span] = (),
) -> AlarmCounts:
    """Return how an alarm did.

    `lookback_s` is how far back an evaluation looks; `muted` are spans of mute rules that do not
    touch.
    """
    in_alarm = alarm_spans(changes, watched.window_s)
    spans = notified_spans(in_alarm, muted)
    delays, late, open_at_end, missed = [], 0, 0, 0
    for begin, end in watched.violations:
        entered = [max(start, begin) for start, stop in spans if start <= end and stop > begin]
        if entered:
            delays.append(min(entered) - begin)
        elif end >= watched.window_s[1]:
            open_at_end += 1
        else:
            missed += 1
            late += any(end < start <= end + lookback_s for start, _ in spans)
    fired = [span for span in spans if span[0] >= watched.window_s[0]]
    false = sum(not _has_cause(span, watched, lookback_s) for span in fired)
    return AlarmCounts(
        fired_s=tuple(begin for begin, _ in fired),
        violations=len(watched.violations),
        missed=missed,
        late=late,
        open_at_end=open_at_end,
        false_alarms=false,
        unwarranted_s=_unwarranted_s(spans, watched, lookback_s),
        muted=len(in_alarm) - len(spans),
        delays_s=tuple(delays),
    )


def _has_cause(span: Span, watched: Watched, lookback_s: float) -> bool:
    """Return whether an ALARM period overlaps a violation, follows one, or has no age at all."""
    begin, end = span
    return any(
        since <= end and until >= begin - lookback_s
        for since, until in (*watched.violations, *watched.undefined)
    )


def _unwarranted_s(spans: Sequence[Span], watched: Watched, lookback_s: float) -> float:
    """Return the time of the window in ALARM without a violation, or one in the lookback."""
    begin, end = watched.window_s
    causes = [*((a, b + lookback_s) for a, b in watched.violations), *watched.undefined]
    edges = sorted({begin, end, *(x for span in (*spans, *causes) for x in span)})
    inside = [x for x in edges if begin <= x <= end]
    return math.fsum(
        until - since
        for since, until in pairwise(inside)
        if _covers(spans, since, until) and not _covers(causes, since, until)
    )


def _covers(spans: Sequence[Span], since: float, until: float) -> bool:
    return any(begin <= since and until <= end for begin, end in spans)


def times_in_states(changes: Sequence[AlarmChange], window_s: Span) -> dict[str, float]:
    """Return the time of a window in each state; INSUFFICIENT_DATA is the first."""
    found = dict.fromkeys((OK, ALARM, INSUFFICIENT_DATA), 0.0)
    begin, end = window_s
    since, state = begin, INSUFFICIENT_DATA
    for change in changes:
        until = min(max(change.time_s, begin), end)
        found[state] += until - since
        since, state = until, change.after
    found[state] += end - since
    return found


def per_month(count: float, seconds: float) -> float:
    """Return a count in a window as one in a month."""
    return count * MONTH_S / seconds if seconds else 0.0


def delay_summary(delays_s: Sequence[float]) -> DelaySummary:
    """Return mean, median and longest of delays; None without any."""
    if not delays_s:
        return DelaySummary(None, None, None)
    ordered = sorted(delays_s)
    median = ordered[math.ceil(len(ordered) / 2) - 1]
    return DelaySummary(math.fsum(ordered) / len(ordered), median, ordered[-1])

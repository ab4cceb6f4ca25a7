"""Detection, misses and false alarms: the states of an alarm beside violations.

Durations in seconds, times in seconds since the scenario's start.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from efssim.lag.detection.summary import ALARM, INSUFFICIENT_DATA, OK, AlarmChange, DelaySummary
from efssim.scenario.alarms.mute import joined_spans

MONTH_S = 30 * 86_400.0
"""A month has 30 days in all of efssim; assumed for costs, as AWS bills calendar months."""
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
    region_down: int
    delays_s: tuple[float, ...]
    untold_s: tuple[Span, ...]


def alarm_spans(changes: Sequence[AlarmChange], window_s: Span) -> list[Span]:
    """Return the spans in ALARM that have a part in the window, not cut at its begin."""
    ends = [change.time_s for change in changes[1:]] + [math.inf]
    spans = (
        (change.time_s, end)
        for change, end in zip(changes, ends, strict=bool(changes))
        if change.after == ALARM
    )
    return [(begin, min(end, window_s[1])) for begin, end in spans if end > window_s[0]]


def notified_spans(spans: Sequence[Span], untold: Sequence[Span]) -> list[Span]:
    """Return the spans in ALARM from when somebody is notified on, without those that end before.

    `untold` are spans in which it notifies nobody, apart: who goes to ALARM in one notifies at its
    end, if it is in ALARM still.
    """
    found = []
    for begin, end in spans:
        last = bisect_right(untold, begin, key=_begin) - 1
        since = begin if last < 0 else max(begin, untold[last][1])
        if since < end:
            found.append((since, end))
    return found


def judged(
    changes: Sequence[AlarmChange],
    watched: Watched,
    lookback_s: float,
    muted: Sequence[Span] = (),
    down: Sequence[Span] = (),
) -> AlarmCounts:
    """Return how an alarm did.

    `lookback_s` is how far back an evaluation looks; `muted` are the spans of mute rules, `down`
    those in which its Region is down.
    """
    in_alarm = alarm_spans(changes, watched.window_s)
    untold = joined_spans([*muted, *down])
    spans, unmuted = notified_spans(in_alarm, untold), notified_spans(in_alarm, muted)
    causes = _causes(watched, lookback_s)
    delays, late, open_at_end, missed = [], 0, 0, 0
    for begin, end in watched.violations:
        delay_s = _delay_s(spans, begin, end)
        if delay_s is not None:
            delays.append(delay_s)
        elif end >= watched.window_s[1]:
            open_at_end += 1
        else:
            missed += 1
            late += _has_begin(spans, end, end + lookback_s)
    fired = [span for span in spans if span[0] >= watched.window_s[0]]
    return AlarmCounts(
        fired_s=tuple(begin for begin, _ in fired),
        violations=len(watched.violations),
        missed=missed,
        late=late,
        open_at_end=open_at_end,
        false_alarms=sum(not _touches(causes, *span) for span in fired),
        unwarranted_s=_time_outside(spans, causes, watched.window_s),
        muted=len(in_alarm) - len(unmuted),
        region_down=len(unmuted) - len(spans),
        delays_s=tuple(delays),
        untold_s=tuple(untold),
    )


def _causes(watched: Watched, lookback_s: float) -> list[Span]:
    """Return the spans that explain an ALARM, in order and apart: violations and no age at all.

    Each lasts as long as an evaluation looks back to it.
    """
    found: list[Span] = []
    for begin, end in sorted((*watched.violations, *watched.undefined)):
        if found and begin <= found[-1][1]:
            begin, end = found[-1][0], max(found[-1][1], end + lookback_s)
            found[-1] = begin, end
        else:
            found.append((begin, end + lookback_s))
    return found


def _begin(span: Span) -> float:
    return span[0]


def _end(span: Span) -> float:
    return span[1]


def _delay_s(spans: Sequence[Span], begin: float, end: float) -> float | None:
    """Return the time from a begin to the first of ordered spans that is still on then, or None."""
    first = bisect_right(spans, begin, key=_end)
    if first == len(spans) or spans[first][0] > end:
        return None
    return max(spans[first][0] - begin, 0.0)


def _has_begin(spans: Sequence[Span], after: float, until: float) -> bool:
    """Return whether one of ordered spans begins after a time and not after another."""
    first = bisect_right(spans, after, key=_begin)
    return first < len(spans) and spans[first][0] <= until


def _touches(causes: Sequence[Span], begin: float, end: float) -> bool:
    """Return whether one of ordered spans has a part, or an end, in common with a span."""
    first = bisect_left(causes, begin, key=_end)
    return first < len(causes) and causes[first][0] <= end


def _time_outside(spans: Sequence[Span], causes: Sequence[Span], window_s: Span) -> float:
    """Return the time of a window in some spans and not in others; both are in order and apart."""
    if not spans:
        return 0.0
    begin, end = np.clip(np.array(spans), *window_s).T
    edges = np.array(causes).reshape(-1, 2)
    lengths = edges[:, 1] - edges[:, 0]
    covered = np.stack((lengths.cumsum() - lengths, lengths.cumsum()), axis=1).ravel()

    def inside(time_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how much of the causes lies before each time."""
        return np.interp(time_s, edges.ravel(), covered) if len(edges) else np.zeros_like(time_s)

    return math.fsum(((end - begin) - (inside(end) - inside(begin))).tolist())


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

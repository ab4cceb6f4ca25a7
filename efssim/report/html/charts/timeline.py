"""The data of an age timeline for the script of a page, which zooms into it and reads it out."""

from __future__ import annotations

import json

import numpy as np
from numpy.typing import NDArray

from efssim.records.timeline import ApiCall, Entry
from efssim.report.facts.concerning import concerning
from efssim.report.figures.drawing.curve import Floats, PiecewiseCurve, age_curve
from efssim.report.figures.drawing.events.looks import look_of
from efssim.report.figures.run.over_time import BANDS, Span, window_of
from efssim.report.html.svg import colour_of
from efssim.runs.run import Run
from efssim.scenario.grammar.disturbances.kinds import words_of

Integers = NDArray[np.int64]

_TENTHS = 10
"""Times are whole tenths of a second: a page shows no finer ones."""
_EXACT = 45_000
"""Teeth of all timelines of a page up to which each is in it: a month of syncs each minute. At 8
letters a tooth that is a fifth of the 2 MiB that a page may have."""
_SUMMED = 12_000
"""Items of all timelines of a page where there are more teeth; at 20 letters an item."""
_MOST = 400
"""Events, and spans of statuses, of a timeline: of more the longest."""


def timeline_json(run: Run, name: str, timelines: int) -> str:
    """Return the age of a replication, its statuses and its events as JSON.

    `timelines` share a page. Of more teeth than a page has room for, the highest are exact, and the
    others are summed up by the least and the largest age in each column of time.
    """
    window = window_of(run)
    curve = age_curve(run.outcomes[name]).within(*window)
    is_exact = len(curve) <= _EXACT // timelines
    begin, end, low, high = items(curve, window, len(curve) if is_exact else _SUMMED // timelines)
    begins, ends, lows, highs = (_in_tenths(each) for each in (begin, end, low, high))
    gaps = begins - np.concatenate(([0], ends[:-1]))[: len(begins)]
    return json.dumps(
        {
            "start": run.scenario.start.timestamp(),
            "window": list(window),
            "target": run.scenario.rpo.target,
            # An item begins where the one before ends, but for the gaps.
            "gaps": _nonzero(gaps),
            "length": (ends - begins).tolist(),
            "low": lows.tolist(),
            "high": _nonzero(highs),
            "statuses": _statuses(run, name, window),
            "events": _events(run, name, window),
        },
        separators=(",", ":"),
    )


def _in_tenths(seconds: Floats) -> Integers:
    return np.rint(_TENTHS * seconds).astype(np.int64)


def _nonzero(values: Integers) -> list[tuple[int, int]]:
    """Return place and value of those that are not 0."""
    found = np.flatnonzero(values)
    return list(zip(found.tolist(), values[found].tolist(), strict=True))


def items(curve: PiecewiseCurve, window: Span, most: int) -> tuple[Floats, Floats, Floats, Floats]:
    """Return begin, end, least and largest age of about so many items at most; all in seconds.

    The largest age of a single tooth, which rises from the least by its length, is 0.
    """
    count = len(curve)
    if count <= most:
        return curve.begin_s, curve.end_s, curve.first, np.zeros(count)
    exact = most // 3
    kept = curve.last > np.partition(curve.last, count - exact - 1)[count - exact - 1]
    columns = most - 2 * exact
    column = ((curve.begin_s - window[0]) * columns / (window[1] - window[0])).astype(np.int64)
    starts = np.ones(count, dtype=np.bool_)
    starts[1:] = kept[1:] | kept[:-1] | (np.diff(column) > 0)
    starts[1:] |= curve.begin_s[1:] > curve.end_s[:-1]
    first: NDArray[np.intp] = np.flatnonzero(starts)
    sizes = np.diff(first, append=count)
    last = first + sizes - 1
    high = np.where(sizes > 1, np.maximum.reduceat(curve.last, first), 0.0)
    return curve.begin_s[first], curve.end_s[last], np.minimum.reduceat(curve.first, first), high


def _statuses(run: Run, name: str, window: Span) -> list[tuple[float, float, str]]:
    """Return begin, end and status of the spans of statuses other than ENABLED."""
    changes = run.outcomes[name].statuses
    ends = [*(change.time_s for change in changes[1:]), window[1]]
    spans = [
        (max(change.time_s, window[0]), min(end_s, window[1]), change.after)
        for change, end_s in zip(changes, ends, strict=True)
        if change.after in BANDS
    ]
    found = [(begin_s, end_s, status) for begin_s, end_s, status in spans if end_s > begin_s]
    found.sort(key=lambda span: span[0] - span[1])
    return sorted(found[:_MOST])


def _events(run: Run, name: str, window: Span) -> list[tuple[float, float, str, str]]:
    """Return begin, end, words and colour of the events that concern a replication."""
    found = [
        (max(one.begin_s, window[0]), _end(one, window[1]), _words(one), colour_of(look_of(one)[1]))
        for one in concerning(run, name)
        if one.begin_s <= window[1] and _end(one, window[1]) >= window[0]
    ]
    found.sort(key=lambda event: event[0] - event[1])
    return sorted(found[:_MOST])


def _end(event: Entry, now_s: float) -> float:
    return now_s if event.end_s is None else min(event.end_s, now_s)


def _words(event: Entry) -> str:
    """Return an event in words, with its target."""
    if isinstance(event, ApiCall):
        return f"{event}{' refused' * bool(event.error)}"
    return f"{words_of(event.kind)} {event.target}".rstrip()

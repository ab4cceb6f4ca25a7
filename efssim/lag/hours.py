"""Simulated time cut at the hours of a time zone: which hour of the week each piece falls into."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

HOURS = 168
"""Hours of a week."""
_HOUR = 3600
_LOOK = 6 * _HOUR
"""Seconds between two looks at the offset of a time zone: none changes it twice in that time."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_HOUR = 3 * 24
"""Hour of the week at which the epoch begins, a Thursday, if Monday begins with 0."""


class Hours(NamedTuple):
    """Consecutive pieces of time, none longer than an hour."""

    edges_s: Floats
    """Where they begin, and the last one ends, in seconds since the start; shape (pieces + 1,)."""
    hour: Ints
    """Hour of the week of each by the local clock, 0 from Monday 00:00 on; shape (pieces,)."""


def hours_between(start: datetime, begin_s: float, end_s: float, zone: tzinfo) -> Hours:
    """Cut the time from `begin_s` to `end_s`, seconds since `start`, at the hours of a time zone.

    Where the clock is put back an hour comes twice, where it is put forward one is missing.
    `start` is aware; begin <= end.
    """
    zero, rest = divmod((start - _EPOCH) // timedelta(microseconds=1), 1_000_000)
    first = math.floor(zero + begin_s)
    end = max(math.ceil(zero + 1 + end_s), first + 1)
    edges, hours = [], []
    for begin, until, offset in _offsets(first, end, zone):
        whole = np.arange((begin + offset) // _HOUR * _HOUR - offset, until, _HOUR, dtype=np.int64)
        marks = np.append(begin, whole[whole > begin])
        edges.append(marks)
        hours.append(((marks + offset) // _HOUR + _EPOCH_HOUR) % HOURS)
    seconds = np.append(np.concatenate(edges), end) - zero
    return Hours(seconds - rest / 1e6, np.concatenate(hours))


def _offsets(begin: int, end: int, zone: tzinfo) -> Iterator[tuple[int, int, int]]:
    """Yield begin, end and offset, in seconds, of each time in which the offset stays the same.

    They are seconds since the epoch; begin < end.
    """
    since, offset = begin, _offset(begin, zone)
    for before, after in pairwise([*range(begin, end, _LOOK), end]):
        found = _offset(after, zone)
        if found != offset:
            change = _change(before, after, zone)
            yield since, change, offset
            since, offset = change, found
    if since < end:
        yield since, end, offset


def _change(before: int, after: int, zone: tzinfo) -> int:
    """Return the second at which the offset changes from that at `before` to that at `after`."""
    later = _offset(after, zone)
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (before, middle) if _offset(middle, zone) == later else (middle, after)
    return after


def _offset(second: int, zone: tzinfo) -> int:
    """Return by how many seconds the zone is ahead of UTC at a second since the epoch."""
    offset = (_EPOCH + timedelta(seconds=second)).astimezone(zone).utcoffset()
    assert offset is not None, "the time is aware"
    return round(offset.total_seconds())

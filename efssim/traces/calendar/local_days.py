"""Days of a time zone, each in parts in which its clock runs evenly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DAY_S, HOUR_S = 86_400.0, 3_600.0
DAYS_OF_WEEK = 7
_EPOCH_WEEKDAY = 3
"""1970-01-01 was a Thursday, the third day after Monday."""

EDGE_S = 1e-6
"""Seconds by which a time may be off by rounding, also of times written in decimals."""

_UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class DayParts:
    """Parts of local days, one after the other; columns have the shape (parts,).

    A day is one part unless a span ends in it or its clock is changed.
    """

    begin_s: Floats
    """Seconds since the origin."""
    end_s: Floats
    day: Ints
    """Local days since 1970-01-01."""
    clock_s: Floats
    """Local time of day at the begin, seconds after midnight."""

    @property
    def is_whole(self) -> NDArray[np.bool_]:
        """Which parts are a day of 24 hours from midnight to midnight."""
        is_long = np.abs(self.end_s - self.begin_s - DAY_S) < EDGE_S
        return np.asarray((self.clock_s == 0) & is_long, dtype=np.bool_)


def weekday(day: Ints) -> Ints:
    """Return the day of the week, from Monday on, of days since 1970-01-01."""
    found: Ints = (day + _EPOCH_WEEKDAY) % DAYS_OF_WEEK
    return found


def week(day: Ints) -> Ints:
    """Return the number of the week, which begins on Monday, of days since 1970-01-01."""
    found: Ints = (day + _EPOCH_WEEKDAY) // DAYS_OF_WEEK
    return found


def day_parts(origin: datetime, begin_s: float, end_s: float, zone: tzinfo) -> DayParts:
    """Return the parts of local days from `begin_s` to `end_s`, seconds since an aware origin."""
    pieces = [_split(origin, *piece, zone) for piece in _even(origin, begin_s, end_s, zone)]
    columns = zip(*pieces, strict=True) if pieces else [[np.zeros(0)]] * 4
    begin, end, day, clock = (np.concatenate(list(column)) for column in columns)
    return DayParts(begin, end, day.astype(np.int64), clock)


def _split(
    origin: datetime, begin_s: float, end_s: float, zone: tzinfo
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return begin, end, day and clock of the parts of a span in which the clock runs evenly."""
    # From the local midnight before the origin, so that midnights are exact where a float can be.
    local = (origin.astimezone(UTC) - _UNIX_EPOCH) + _offset(origin, begin_s, zone)
    first_day, clock = divmod(local, timedelta(days=1))
    midnight_s = clock.total_seconds()
    first = int((begin_s + midnight_s) // DAY_S)
    last = int(-(-(end_s + midnight_s) // DAY_S))
    ordinals = np.arange(first, last, dtype=np.float64)
    midnights: Floats = ordinals * DAY_S - midnight_s
    begins, ends = np.maximum(midnights, begin_s), np.minimum(midnights + DAY_S, end_s)
    return begins, ends, ordinals + float(first_day), begins - midnights


def _even(
    origin: datetime, begin_s: float, end_s: float, zone: tzinfo
) -> Iterator[tuple[float, float]]:
    """Yield the spans between changes of the clock, of which no day has more than one."""
    from_s = begin_s
    while from_s < end_s:
        at_s = min(from_s + DAY_S, end_s)
        before = _offset(origin, from_s, zone)
        while at_s < end_s and _offset(origin, at_s, zone) == before:
            at_s = min(at_s + DAY_S, end_s)
        if _offset(origin, at_s, zone) != before:
            at_s = _change(origin, max(from_s, at_s - DAY_S), at_s, zone)
        if at_s > from_s:
            yield from_s, min(at_s, end_s)
        from_s = at_s


def _change(origin: datetime, low_s: float, high_s: float, zone: tzinfo) -> float:
    """Return the whole second, by UTC, at which the clock is changed between two times."""
    # Of the origin's fractions of a second, which no change has.
    shift_s = (origin.astimezone(UTC) - _UNIX_EPOCH).total_seconds() % 1.0
    low, high = int((low_s + shift_s) // 1), int(-(-(high_s + shift_s) // 1))
    before = _offset(origin, low_s, zone)
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(origin, middle - shift_s, zone) == before:
            low = middle
        else:
            high = middle
    return high - shift_s


def _offset(origin: datetime, time_s: float, zone: tzinfo) -> timedelta:
    """Return how far the local clock is ahead of UTC."""
    moment = (origin + timedelta(seconds=time_s)).astimezone(zone)
    offset = moment.utcoffset()
    assert offset is not None, "a moment in a time zone has an offset"
    return offset

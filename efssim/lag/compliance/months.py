"""Calendar months of a time zone in simulated time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple

_YEAR_MAX = 9999


class CalendarMonth(NamedTuple):
    """A calendar month; times in seconds since the scenario's start."""

    name: str
    """Year and month, as 2026-01."""
    begin_s: float
    end_s: float


def months_between(
    start: datetime, begin_s: float, end_s: float, zone: tzinfo
) -> Iterator[CalendarMonth]:
    """Yield the months with a part in a window, in order; whole, also where the window is not.

    A month begins where its first day does by the local clock. `start` is aware; a window without
    length has no month.
    """
    if end_s <= begin_s:
        return
    local = (start + timedelta(seconds=begin_s)).astimezone(zone)
    year, month = local.year, local.month
    while year <= _YEAR_MAX:
        first_s = _begin_s(start, year, month, zone)
        following = (year, month + 1) if month < 12 else (year + 1, 1)
        last_s = _begin_s(start, *following, zone) if following[0] <= _YEAR_MAX else end_s
        if first_s >= end_s or last_s <= first_s:
            return
        if last_s > begin_s:
            yield CalendarMonth(f"{year:04}-{month:02}", first_s, last_s)
        year, month = following


def _begin_s(start: datetime, year: int, month: int, zone: tzinfo) -> float:
    """Return when a month begins; where its midnight is skipped, when the clock goes on."""
    return (datetime(year, month, 1, tzinfo=zone).astimezone(UTC) - start).total_seconds()

"""Rates that follow the clock: the local wall clock is looked at every few seconds of a run."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from efssim.scenario.grammar.calendars.rates import RateCalendar
from efssim.scenario.grammar.calendars.windows import Blackouts, Window

Rate = float | RateCalendar

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAY = timedelta(days=1)


def rate_at(rate: Rate, start: datetime, time_s: float) -> float:
    """Return what a rate is at a time of a run: the last window that holds has the word."""
    if not isinstance(rate, RateCalendar):
        return rate
    local = (start.astimezone(UTC) + timedelta(seconds=time_s)).astimezone(ZoneInfo(rate.timezone))
    found = rate.base
    for window in rate.windows:
        if holds(window, local.replace(tzinfo=None)):
            found = window.value
    return found


def holds(window: Window, local: datetime) -> bool:
    """Return whether the clock on the wall is in a window."""
    if window.begin is not None and window.end is not None:
        return window.begin <= local < window.end
    assert window.begins is not None
    assert window.ends is not None
    for day in (local.date() - DAY, local.date()):
        if DAYS[day.weekday()] in window.weekdays:
            begin = datetime.combine(day, time()) + timedelta(minutes=window.begins)
            end = datetime.combine(day, time()) + timedelta(minutes=window.ends)
            if begin <= local < (end if end > begin else end + DAY):
                return True
    return False


@lru_cache(maxsize=64)
def steps(rate: Rate, start: datetime, end_s: float) -> tuple[tuple[float, float], ...]:
    """Return what a rate is from when on.

    All windows begin and end on multiples of 5 s since the start; of 1 s in runs of up to 100 s.
    """
    if not isinstance(rate, RateCalendar):
        return ((0.0, rate),)
    grid_s = 1 if end_s <= 100 else 5
    seconds = [(float(k), rate_at(rate, start, k)) for k in range(0, int(end_s) + 1, grid_s)]
    return (seconds[0], *(then for now, then in pairwise(seconds) if then[1] != now[1]))


def blackouts(spec: Blackouts, start: datetime, end_s: float) -> list[tuple[float, bool]]:
    """Return when a blackout begins (True) and ends, on the same grid."""
    grid_s = 1 if end_s <= 100 else 5
    zone = ZoneInfo(spec.timezone)

    def is_dark(time_s: float) -> bool:
        local = (start.astimezone(UTC) + timedelta(seconds=time_s)).astimezone(zone)
        return any(holds(window, local.replace(tzinfo=None)) for window in spec.windows)

    found = [(0.0, False)]
    for k in range(0, int(end_s) + 1, grid_s):
        if is_dark(k) != found[-1][1]:
            found.append((float(k), is_dark(k)))
    return found[1:]

"""Calendars: windows by weekday and time of the day, or by date, on the clock of a time zone.

An instant is judged by its local wall clock. So a window from 02:30 to 02:45 does not exist in the
night in which clocks are put forward, and comes twice in that in which they are put back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    BeforeValidator,
    Field,
    PlainSerializer,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from efssim.scenario.grammar.base import Found, Model
from efssim.text.quoting import quoted
from efssim.text.written import Written
from efssim.text.zones import time_zone

DAY_MIN = 24 * 60
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)")
_DAY = timedelta(days=1)
_LATEST = datetime.max.replace(tzinfo=UTC) - _DAY

Weekday = Literal["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
WEEKDAYS: tuple[Weekday, ...] = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def _clock_minutes(value: object) -> object:
    """Return the minutes from midnight to a time such as `22:00`; `24:00` is the end of a day."""
    found = _CLOCK.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is not None:
        hours, minutes = int(found[1]), int(found[2])
        if minutes < 60 and hours * 60 + minutes <= DAY_MIN:
            return hours * 60 + minutes
    if isinstance(value, int) and not isinstance(value, bool):
        return value  # of a scenario that was validated before
    raise ValueError(f"{quoted(str(value))} is not a time of the day such as '22:00'")


def _wall_clock(value: object) -> object:
    """Return a date and time without an offset, on the clock of the calendar's time zone."""
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            raise ValueError(f"'{value}' is not a date such as '2026-03-01T00:00'") from None
    if isinstance(value, datetime) and value.tzinfo is not None:
        raise ValueError("takes no offset: it is on the clock of `timezone`")
    return value


ClockTime = Annotated[
    int,
    BeforeValidator(_clock_minutes),
    Field(ge=0, le=DAY_MIN),
    PlainSerializer(lambda minutes: f"{minutes // 60:02d}:{minutes % 60:02d}", when_used="json"),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": r"^\s*[0-9]{1,2}:[0-9]{2}\s*$"},
                {"type": "integer", "minimum": 0, "maximum": DAY_MIN},
            ],
            "description": "A time of the day; a bare number is minutes from midnight.",
            "examples": ["22:00", "24:00"],
        }
    ),
]
"""Minutes from midnight; 1440 is the end of the day."""

WallClock = Annotated[
    datetime,
    BeforeValidator(_wall_clock),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ].+)?\s*$",
            "description": "A date and time on the clock of the time zone, without an offset.",
            "examples": ["2026-03-01T00:00"],
        }
    ),
]
"""A date and time on the clock of a time zone."""


class Window(Model):
    """A window: from a time of the day to another, or between two dates."""

    weekdays: tuple[Weekday, ...] = WEEKDAYS
    """Days on which it begins, such as `[Mon, Tue]`; every day unless set."""
    begins: ClockTime | None = Field(default=None, alias="from")
    """Time of the day at which it begins, such as `22:00`."""
    ends: ClockTime | None = Field(default=None, alias="to")
    """Time of the day at which it ends; one that is not after `from` is of the next day."""
    begin: WallClock | None = None
    """Date and time at which it begins, once."""
    end: WallClock | None = None
    """Date and time at which it ends."""

    @classmethod
    def misfits(cls, data: Written) -> Iterator[Found]:
        yield from super().misfits(data)
        daily = [key for key in ("from", "to", "weekdays") if key in data]
        once = [key for key in ("begin", "end") if key in data]
        if data.get("weekdays") in ([], ()):
            yield ("weekdays",), "needs at least one day"
        if daily and once:
            yield (once[0],), f"cannot stand beside {daily[0]}"
        elif len(once) == 1 or (not once and not {"from", "to"} <= set(data)):
            yield (), "needs `from` and `to`, or `begin` and `end`"

    @model_validator(mode="after")
    def _ends_later(self) -> Self:
        if self.begin is not None and self.end is not None and self.end <= self.begin:
            raise ValueError("`end` is not after `begin`")
        return self

    def has(self, local: datetime) -> bool:
        """Return whether a time of the wall clock lies in it."""
        if self.begin is not None and self.end is not None:
            return self.begin <= local < self.end
        assert self.begins is not None
        assert self.ends is not None
        minutes = local.hour * 60 + local.minute + local.second / 60 + local.microsecond / 6e7
        today, day_before = local.weekday(), (local.weekday() - 1) % 7
        if self.begins < self.ends:
            return self._is_on(today) and self.begins <= minutes < self.ends
        is_late = self._is_on(today) and minutes >= self.begins
        return is_late or (self._is_on(day_before) and minutes < self.ends)

    def _is_on(self, weekday: int) -> bool:
        return WEEKDAYS[weekday] in self.weekdays

    def edges(self, days: Sequence[date]) -> Iterator[datetime]:
        """Yield every time of the wall clock on some days at which it may begin or end."""
        if self.begin is not None and self.end is not None:
            yield from (self.begin, self.end)
            return
        for day in days:
            for minutes in (self.begins, self.ends):
                assert minutes is not None
                yield datetime.combine(day, time()) + timedelta(minutes=minutes)


class Calendar(Model):
    """Windows on the clock of a time zone: a part with the keys `timezone` and `windows`."""

    @classmethod
    def misfits(cls, data: Written) -> Iterator[Found]:
        yield from super().misfits(data)
        if data.get("windows") in ([], ()):
            # Not by a bound of the field, which counts those that are valid alone.
            yield ("windows",), "needs at least one window"

    @field_validator("timezone", check_fields=False)
    @classmethod
    def _known_zone(cls, name: str) -> str:
        return time_zone(name).key


class Blackouts(Calendar):
    """Times in which no sync of a replication begins."""

    timezone: str = "UTC"
    """IANA time zone of the windows."""
    windows: tuple[Window, ...] = Field(json_schema_extra={"minItems": 1})
    """When; where windows overlap, they are one."""
    in_flight: Literal["finish", "stall"] = "finish"
    """Whether a sync that is under way goes on, or makes no progress either."""

    def spans(self, start: datetime, duration_s: float) -> list[tuple[float, float]]:
        """Return when no sync begins, `[begin, end)` in seconds since `start`, in order."""
        return spans(self.windows, ZoneInfo(self.timezone), start, duration_s)


def with_its_end(start: datetime, duration_s: float) -> float:
    """Return the seconds of a time that is a little longer than a run, if the calendar goes on.

    Windows of that time are those of the run and of its last instant, which is in the run.
    """
    is_last = start + timedelta(seconds=duration_s) > _LATEST
    return duration_s if is_last else duration_s + 1.0


def spans(
    windows: Sequence[Window], zone: ZoneInfo, start: datetime, duration_s: float
) -> list[tuple[float, float]]:
    """Return the times of a run that lie in a window, `[begin, end)` in seconds, in order."""
    found: list[tuple[float, float]] = []
    for begin_s, end_s, _ in in_force(windows, zone, start, duration_s):
        if found and found[-1][1] == begin_s:
            begin_s = found.pop()[0]
        found.append((begin_s, end_s))
    return found


def in_force(
    windows: Sequence[Window], zone: ZoneInfo, start: datetime, duration_s: float
) -> list[tuple[float, float, int]]:
    """Return begin and end, in seconds, of each time of a run in which a window is in force.

    The third is the index of the window: of those that an instant lies in, the last. They come in
    order of time, and without those in which none is in force.
    """
    end = start + timedelta(seconds=duration_s)
    edges = [start, *(t for t in _instants(windows, zone, start, end) if start < t < end), end]
    found: list[tuple[float, float, int]] = []
    for begin, after in pairwise(edges):
        local = begin.astimezone(zone).replace(tzinfo=None)
        last = next((k for k in reversed(range(len(windows))) if windows[k].has(local)), None)
        if begin == after or last is None:
            continue
        begin_s, after_s = (begin - start).total_seconds(), (after - start).total_seconds()
        if found and found[-1][1:] == (begin_s, last):
            begin_s = found.pop()[0]
        found.append((begin_s, after_s, last))
    return found


def _instants(
    windows: Sequence[Window], zone: ZoneInfo, start: datetime, end: datetime
) -> list[datetime]:
    """Return every instant at which a window may begin or end, in order: also those of the clock.

    A time that the clock shows twice stands for two instants, and one that it leaves out for those
    that the offsets before and after make of it: too many do no harm.
    """
    first, last = start.toordinal() - 2, end.toordinal() + 2
    most = date.max.toordinal() - 2
    days = [date.fromordinal(day) for day in range(max(3, first), min(last, most) + 1)]
    found = set(_clock_changes(zone, days))
    for window in windows:
        for local in window.edges(days):
            for fold in (0, 1):
                found.add(local.replace(tzinfo=zone, fold=fold).astimezone(UTC))
    return sorted(found)


def _clock_changes(zone: ZoneInfo, days: Sequence[date]) -> Iterator[datetime]:
    """Yield the instants at which the clock is put forward or back, at most one a day."""
    midnights = [datetime.combine(day, time(), UTC) for day in days]
    for begin, end in pairwise(midnights):
        before = _offset(begin, zone)
        if _offset(end, zone) == before:
            continue
        low, high = 0, int(_DAY.total_seconds())  # seconds before the change, and from it on
        while high - low > 1:
            middle = (low + high) // 2
            if _offset(begin + timedelta(seconds=middle), zone) == before:
                low = middle
            else:
                high = middle
        yield begin + timedelta(seconds=high)


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta | None:
    return instant.astimezone(zone).utcoffset()

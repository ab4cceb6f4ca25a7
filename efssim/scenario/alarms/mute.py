"""Mute rules: spans in which an alarm changes its state and notifies nobody.

Source: "Alarm Mute Rules" in the CloudWatch User Guide: cron and at expressions, a duration from
one minute to 15 days, and a time zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, Field

from efssim.scenario.grammar.base import Model
from efssim.scenario.grammar.types import Duration, Instant
from efssim.text.quoting import quoted
from efssim.text.zones import time_zone

_CRON = re.compile(r"cron\((.*)\)|([^()]*)")
_AT = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d)\)")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_DAY_S, _MOST_S = 86_400, 15 * 86_400
_LEAST_S = 60


@dataclass(frozen=True, slots=True)
class CronTimes:
    """The times of a cron expression, as sets of numbers; None: any day."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int] | None
    """Days of the month; 0 is the last."""
    months: frozenset[int]
    weekdays: frozenset[tuple[int, int]] | None
    """Day of the week from 0, Sunday, and which of the month: 0 every, -1 the last."""

    def has(self, day: date) -> bool:
        """Return whether a day is one of them."""
        if day.month not in self.months:
            return False
        last = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        if self.days is not None:
            return day.day in self.days or (0 in self.days and day == last)
        if self.weekdays is None:
            return True
        weekday, ordinal = day.isoweekday() % 7, (day.day - 1) // 7 + 1
        is_last = last.day - day.day < 7
        found = {(weekday, 0), (weekday, ordinal), *([(weekday, -1)] if is_last else [])}
        return bool(found & self.weekdays)


def cron_times(text: str) -> CronTimes:
    """Return the times of an expression of five fields; ValueError for any other text."""
    fields = text.upper().split()
    if len(fields) != 5:
        raise ValueError("has five fields: minute, hour, day of month, month, day of week")
    minute, hour, day, month, weekday = fields
    days = None if day in ("*", "?") else _days(day)
    weekdays = None if weekday in ("*", "?") else frozenset(_weekdays(weekday))
    if days is not None and weekdays is not None:
        raise ValueError("has a day of month and a day of week; one of them has to be * or ?")
    months = _numbers(month, 1, 12, _MONTHS)
    return CronTimes(_numbers(minute, 0, 59), _numbers(hour, 0, 23), days, months, weekdays)


def _days(field: str) -> frozenset[int]:
    parts = field.split(",")
    others = [part for part in parts if part != "L"]
    found = _numbers(",".join(others), 1, 31) if others else frozenset()
    return found | ({0} if len(others) < len(parts) else frozenset())


def _weekdays(field: str) -> Iterator[tuple[int, int]]:
    for part in field.split(","):
        name, _, ordinal = part.partition("#")
        if ordinal:
            if ordinal not in ("1", "2", "3", "4", "5"):
                raise ValueError(f"{quoted(part)}: after # stands a number from 1 to 5")
            yield from ((day, int(ordinal)) for day in _week(name))
        elif part.endswith("L") and len(part) > 1:
            yield from ((day, -1) for day in _week(part[:-1]))
        else:
            yield from ((day, 0) for day in _week(part))


def _week(text: str) -> frozenset[int]:
    return frozenset(day % 7 for day in _numbers(text, 0, 7, _DAYS))


def _numbers(field: str, low: int, high: int, names: tuple[str, ...] = ()) -> frozenset[int]:
    """Return the numbers of a field of a cron expression; ValueError for a malformed one."""
    found: set[int] = set()
    for part in field.split(","):
        span, slash, step = part.partition("/")
        begin, dash, end = ("*", "", "") if span == "*" else span.partition("-")
        first = low if begin == "*" else _number(begin, low, names)
        last = high if begin == "*" or (slash and not dash) else first
        last = _number(end, low, names) if dash else last
        every = int(step) if step.isdecimal() else 0 if slash else 1
        if not low <= first <= last <= high or not every:
            raise ValueError(f"{quoted(part)} is not within {low} to {high}")
        found.update(range(first, last + 1, every))
    return frozenset(found)


def _number(text: str, low: int, names: tuple[str, ...]) -> int:
    if text in names:
        return low + names.index(text)
    if text.isdecimal():
        return int(text)
    raise ValueError(f"{quoted(text)} is no number")


def _expression(text: str) -> str:
    if _AT.fullmatch(text.strip()):
        _once(text)
        return text
    found = _CRON.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{quoted(text)} is not as cron(0 2 * * SUN) or at(2026-03-01T02:00)")
    cron_times(found[1] if found[1] is not None else found[2])
    return text


def _once(text: str) -> datetime | None:
    """Return the time of an at expression, by its clock; None for others."""
    found = _AT.fullmatch(text.strip())
    return None if found is None else datetime.fromisoformat(found[1])


def _zone(name: str) -> str:
    time_zone(name)
    return name


class MuteRule(Model):
    """A rule that mutes an alarm for a while, again and again or once."""

    expression: Annotated[str, AfterValidator(_expression)]
    """When it begins: `cron(0 2 * * SUN)`, or once `at(2026-03-01T02:00)`."""
    duration: Annotated[Duration, Field(ge=_LEAST_S, le=_MOST_S)]
    """How long it mutes, from one minute to 15 days."""
    timezone: Annotated[str, AfterValidator(_zone)] = "UTC"
    """Time zone of the expression."""
    start: Instant | None = None
    """It does not begin before."""
    expire: Instant | None = None
    """It does not begin from then on."""

    def spans(self, start: datetime, duration_s: float) -> list[tuple[float, float]]:
        """Return the muted spans of a run, in seconds since its start, in order of begins."""
        begins = (moment.astimezone(UTC) for moment in self._begins(start, duration_s))
        allowed = (
            moment
            for moment in begins
            if (self.start is None or moment >= self.start)
            and (self.expire is None or moment < self.expire)
        )
        seconds = sorted((moment - start).total_seconds() for moment in allowed)
        spans = ((begin, begin + self.duration) for begin in seconds)
        return [(begin, end) for begin, end in spans if begin < duration_s and end > 0]

    def _begins(self, start: datetime, duration_s: float) -> Iterator[datetime]:
        """Yield the times at which it may begin to mute a part of a run."""
        zone, once = time_zone(self.timezone), _once(self.expression)
        if once is not None:
            yield once.replace(tzinfo=zone)
            return
        found = _CRON.fullmatch(self.expression.strip())
        assert found is not None, "it was validated"
        times = cron_times(found[1] if found[1] is not None else found[2])
        day = (start - timedelta(seconds=self.duration + _DAY_S)).astimezone(zone).date()
        last = (start + timedelta(seconds=duration_s)).astimezone(zone).date()
        while day <= last:
            if times.has(day):
                for hour in sorted(times.hours):
                    for minute in sorted(times.minutes):
                        yield datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
            day += timedelta(days=1)


def joined_spans(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return spans in order, with those that touch made one."""
    found: list[tuple[float, float]] = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return found

"""When an event happens: a time since the start of the run, or a date."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from efssim.text import bounds
from efssim.text.quantities import ISO_DATE, parse_datetime, parse_duration
from efssim.text.written import Written

_DAY_S = 86_400.0


def clock_time(text: str) -> str:
    """Return a time of day as it is; raise ValueError for a text that is none."""
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?", text, re.ASCII):
        raise ValueError(f"'{text}' is not a time of day such as \"02:00\"")
    return text


def first_at(of_day: str, start: datetime) -> float:
    """Return the seconds from `start` to the next time of day in UTC, 0 if it is now."""
    then = time.fromisoformat(of_day)
    begin = start.astimezone(UTC).replace(
        hour=then.hour, minute=then.minute, second=then.second, microsecond=0
    )
    return (begin - start).total_seconds() % _DAY_S


class Moment(float):
    """Seconds since the start of a run, of an instant that was written as a date.

    It is written as its date again, so that it stays where it is if the start moves.
    """

    instant: datetime

    def __new__(cls, instant: datetime, start: datetime) -> Moment:
        """Return the seconds from `start` to `instant`, which are negative before it."""
        made = super().__new__(cls, (instant - start).total_seconds())
        made.instant = instant
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        """Return constructor and arguments for pickle: a float with attributes needs both."""
        return Moment, (self.instant, self.instant - timedelta(seconds=float(self)))


def is_date(value: object) -> bool:
    """Return whether a value is meant as a date and not as a duration."""
    return isinstance(value, date) or (
        isinstance(value, str) and ISO_DATE.match(value.strip()) is not None
    )


def seconds_at(value: object, start: datetime) -> float:
    """Return the seconds since `start` of a date or a duration; raise ValueError for neither."""
    if isinstance(value, Moment):
        return Moment(value.instant, start)
    return Moment(parse_datetime(value), start) if is_date(value) else parse_duration(value)


def with_moments(data: Written, start: datetime | None) -> Written:
    """Return a scenario as it was written, with the dates of its events as moments.

    One that is no date stays as it is, and is reported when the event is read.
    """
    events = data.get("events")
    if start is None or not isinstance(events, list | tuple):
        return data
    return {**data, "events": [_placed(event, start) for event in events]}


def _placed(event: Any, start: datetime) -> Any:
    if not isinstance(event, Mapping) or not is_date(event.get("at")):
        return event
    try:
        return {**event, "at": seconds_at(event["at"], start)}
    except ValueError:
        return event


def parse_at(value: object) -> float:
    """Return seconds, or a moment as it is; raise ValueError for a date, which needs a start."""
    if is_date(value):
        parse_datetime(value)  # raises ValueError: it is malformed
        raise ValueError("a date needs the start of a scenario")
    seconds = value if isinstance(value, Moment) else parse_duration(value)
    problem = bounds.out_of(bounds.DURATION, abs(seconds))
    if problem is not None:
        raise ValueError(problem)
    return seconds


def _written(value: float) -> object:
    return f"{value.instant:%Y-%m-%dT%H:%M:%S.%fZ}" if isinstance(value, Moment) else value


At = Annotated[
    float,
    PlainValidator(parse_at),
    PlainSerializer(_written),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string"}, {"type": "number", "minimum": 0.0}],
            "description": "A time since the start of the run, or a date.",
            "examples": ["3 days", "36 h", "2026-01-31T12:00:00Z"],
        }
    ),
]
"""Seconds since the start of the run; a Moment where a date was written."""

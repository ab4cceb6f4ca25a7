"""Rates that follow the clock: what holds usually, and other values in windows of a calendar."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import (
    Field,
    PlainSerializer,
    TypeAdapter,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from efssim.scenario.grammar.calendars.windows import Calendar, Window, in_force
from efssim.scenario.grammar.types import ByteRate


@dataclass(frozen=True, slots=True)
class RateSpan:
    """A time of a run in which a window of a calendar is in force."""

    begin_s: float
    end_s: float
    rate: float
    """Bytes per second; infinite without a limit."""


class RateWindow(Window):
    """A window with the rate in it."""

    value: ByteRate
    """Bytes per second in the window; `none` lifts the limit."""


class RateCalendar(Calendar):
    """A rate that follows the clock."""

    base: ByteRate
    """Bytes per second outside the windows; `none` lifts the limit."""
    timezone: str = "UTC"
    """IANA time zone of the windows."""
    windows: tuple[RateWindow, ...] = Field(json_schema_extra={"minItems": 1})
    """When there is another rate; where windows overlap, the last of them is in force."""

    def spans(self, start: datetime, duration_s: float) -> tuple[RateSpan, ...]:
        """Return when a window is in force in a run, in order; the rate is `base` in between."""
        return _spans(self, start, duration_s)

    @property
    def rates(self) -> tuple[float, ...]:
        """Every rate that it may have, in bytes per second; the first is that outside windows."""
        return (self.base, *(window.value for window in self.windows))


@lru_cache(maxsize=64)  # replications of a fleet have one calendar, and trials one start
def _spans(calendar: RateCalendar, start: datetime, duration_s: float) -> tuple[RateSpan, ...]:
    found = in_force(calendar.windows, ZoneInfo(calendar.timezone), start, duration_s)
    return tuple(RateSpan(begin, end, calendar.windows[k].value) for begin, end, k in found)


@cache  # the class is defined by then, and it is built once
def _plain() -> TypeAdapter[float]:
    return TypeAdapter(ByteRate)


def _number_or_calendar(given: Any, _: ValidatorFunctionWrapHandler) -> float | RateCalendar:
    """Return a rate or a calendar by how it is written, so that a mistake is told of one alone."""
    if isinstance(given, Mapping | RateCalendar):
        return RateCalendar.model_validate(given)
    return _plain().validate_python(given)


def _json_limit(rate: float | RateCalendar) -> float | str | RateCalendar:
    return "none" if rate == math.inf else rate  # JSON has no infinity


ScheduledRate = Annotated[
    ByteRate | RateCalendar,
    WrapValidator(_number_or_calendar),
    PlainSerializer(_json_limit, when_used="json"),
]
"""Bytes per second, or a calendar of them."""


def base_of(rate: float | RateCalendar) -> float:
    """Return the rate outside the windows."""
    return rate.base if isinstance(rate, RateCalendar) else float(rate)


def most_of(rate: float | RateCalendar) -> float:
    """Return the largest of the rates that it may have."""
    return max(rate.rates) if isinstance(rate, RateCalendar) else float(rate)


def least_of(rate: float | RateCalendar) -> float:
    """Return the smallest of the rates that it may have."""
    return min(rate.rates) if isinstance(rate, RateCalendar) else float(rate)


def rate_at(rate: float | RateCalendar, start: datetime, duration_s: float, time_s: float) -> float:
    """Return the rate in force at a time of a run, in seconds since its start."""
    spans = spans_of(rate, start, duration_s)
    at = bisect_right(spans, time_s, key=lambda span: span.begin_s) - 1
    return spans[at].rate if at >= 0 and time_s < spans[at].end_s else base_of(rate)


def spans_of(
    rate: float | RateCalendar | None, start: datetime, duration_s: float
) -> tuple[RateSpan, ...]:
    """Return when a window is in force in a run; nothing for a rate without a calendar."""
    return rate.spans(start, duration_s) if isinstance(rate, RateCalendar) else ()

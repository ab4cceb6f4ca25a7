"""When a stream writes: the arrival processes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Annotated, Any, Self

from pydantic import Field, field_validator, model_validator

from efssim.scenario.grammar.base import Found, Model, one_of
from efssim.scenario.grammar.distributions import Distribution
from efssim.scenario.grammar.types import Count, Duration, EventRate, Factor, PositiveDuration
from efssim.scenario.workload.volume_rate import ByRate
from efssim.text.quantities import parse_duration
from efssim.text.written import Written, parsed
from efssim.text.zones import time_zone

_DAY_S = 86_400.0


class Constant(ByRate):
    """Writes at equal distances: write k at k / rate."""


class Poisson(ByRate):
    """Writes of a Poisson process."""


class OnOff(Model):
    """Poisson writes while on, none while off; starts on. A bare duration is a mean."""

    on: Distribution[Duration]
    """How long an on period lasts."""
    off: Distribution[Duration]
    """How long an off period lasts."""
    rate: EventRate
    """Mean writes per time while on."""

    @field_validator("on", "off", mode="before")
    @classmethod
    def _bare_is_mean(cls, value: Any) -> Any:
        return value if isinstance(value, dict | Model) else {"exponential": {"mean": value}}

    @field_validator("on", "off")
    @classmethod
    def _takes_time(cls, value: Distribution[Duration]) -> Distribution[Duration]:
        if value.always_zero():
            raise ValueError("must last longer than 0 s on average")
        return value


class Profile(ByRate):
    """Poisson writes whose rate, a mean over the week, follows the hour and the day of the week."""

    hours: tuple[Factor, ...] = Field(default=(1.0,) * 24, min_length=24, max_length=24)
    """24 factors from midnight on, scaled to mean 1."""
    weekdays: tuple[Factor, ...] = Field(default=(1.0,) * 7, min_length=7, max_length=7)
    """7 factors from Monday on, scaled to mean 1."""
    timezone: str = "UTC"
    """IANA time zone of the hours and days."""

    @field_validator("hours", "weekdays")
    @classmethod
    def _not_all_zero(cls, factors: tuple[float, ...]) -> tuple[float, ...]:
        if sum(factors) == 0:
            raise ValueError("needs at least one factor above 0")
        return factors

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        return time_zone(name).key


class Batch(Model):
    """A job that makes `writes` writes, evenly over `over`, every `every`."""

    at: str
    """Time of day of the first job, as "02:00"; of every job, where `every` is whole days."""
    every: PositiveDuration
    """Time from one job's start to the next."""
    writes: Annotated[Count, Field(gt=0)]
    """Writes per job."""
    over: Duration
    """How long a job writes; write k of n falls k / n of it after the job's start."""
    timezone: str = "UTC"
    """IANA time zone of `at`."""

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        return time_zone(name).key

    @field_validator("at")
    @classmethod
    def _clock_time(cls, text: str) -> str:
        if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?", text, re.ASCII):
            raise ValueError(f"'{text}' is not a time of day such as \"02:00\"")
        return text

    @classmethod
    def misfits(cls, data: Written) -> Iterator[Found]:
        yield from super().misfits(data)
        over, every = (parsed(parse_duration, data.get(key)) for key in ("over", "every"))
        if over is not None and every is not None and over > every > 0:
            yield (), "over is longer than every, so jobs would overlap"

    def first_after(self, start: datetime) -> float:
        """Return when the first job begins, in seconds after `start`."""
        if self.timezone == "UTC":
            of_day = time.fromisoformat(self.at)
            begin = start.astimezone(UTC).replace(
                hour=of_day.hour, minute=of_day.minute, second=of_day.second, microsecond=0
            )
            return (begin - start).total_seconds() % _DAY_S
        local = start.astimezone(time_zone(self.timezone)).date()
        days = (self._on(local + timedelta(days=ahead), start) for ahead in range(-1, 3))
        return min(begin_s for begin_s in days if begin_s >= 0)

    def begins(self, start: datetime) -> Iterator[float]:
        """Yield when each job begins, in seconds after `start`, without an end.

        Jobs every so many whole days follow the clock of their time zone over its changes; one that
        this would let begin during the job before begins at its end. The others are evenly spaced.
        """
        begin_s, days = self.first_after(start), self.every / _DAY_S
        if self.timezone == "UTC" or days != int(days):
            yield from (begin_s + job * self.every for job in count())
        first = (start + timedelta(seconds=begin_s)).astimezone(time_zone(self.timezone)).date()
        for job in count(1):
            yield begin_s
            try:
                begin_s = max(
                    self._on(first + timedelta(days=job * int(days)), start), begin_s + self.over
                )
            except OverflowError:  # beyond the year 9999 there is no local time, nor a run
                begin_s += self.every

    def _on(self, day: date, start: datetime) -> float:
        """Return the seconds after `start` of the time of day on a day of the time zone."""
        zone = time_zone(self.timezone)
        moment = datetime.combine(day, time.fromisoformat(self.at), zone)
        return (moment - start).total_seconds()


class Arrivals(Model):
    """When a stream writes: exactly one arrival process."""

    constant: Constant | None = None
    """`{constant: {rate: 1 per min}}`."""
    poisson: Poisson | None = None
    """`{poisson: {rate: 40 per s}}`."""
    on_off: OnOff | None = None
    """`{on_off: {on: 10 min, off: 1 h, rate: 40 per s}}`."""
    profile: Profile | None = None
    """`{profile: {rate: 40 per s, hours: [...], weekdays: [...], timezone: UTC}}`."""
    batch: Batch | None = None
    """`{batch: {at: "02:00", every: 1 day, writes: 50000, over: 20 min}}`."""

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        one_of(self)
        return self

    def with_size(self, mean_bytes: float) -> Self:
        """Return the arrivals with a rate of writes where one of bytes was written.

        `mean_bytes` is the mean size of a write. Raise ValueError if it is not finite and above 0.
        """
        name = one_of(self)
        part = getattr(self, name)
        made = part.with_size(mean_bytes) if isinstance(part, ByRate) else part
        return self if made is part else self.model_copy(update={name: made})

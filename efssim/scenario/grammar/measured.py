"""Which parameters of a replication were fitted to metrics, and the interval of each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Self

from pydantic import model_validator

from efssim.scenario.grammar.base import Model
from efssim.scenario.grammar.calendars.rates import RateCalendar, base_of
from efssim.scenario.grammar.distributions import Distribution
from efssim.scenario.grammar.timing import Sync
from efssim.scenario.grammar.types import ByteRate, Duration, Limit


class MeasuredInterval(Model):
    """A 95 % interval."""

    low: float
    high: float

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.low > self.high:
            raise ValueError("low is above high")
        return self


class MeasuredDuration(MeasuredInterval):
    """The 95 % interval of a duration, or of the mean of one that varies."""

    low: Duration
    """Lower end."""
    high: Duration
    """Upper end."""


class MeasuredByteRate(MeasuredInterval):
    """The 95 % interval of a rate of bytes."""

    low: ByteRate
    """Lower end."""
    high: ByteRate
    """Upper end."""


class MeasuredFileRate(MeasuredInterval):
    """The 95 % interval of a rate of files."""

    low: Limit
    """Lower end."""
    high: Limit
    """Upper end."""


class Measured(Model):
    """Parameters of `sync` that were fitted to the metrics of a real replication.

    A value is shown as measured only while it lies within its interval.
    """

    KEYS: ClassVar = ("interval", "gap", "setup", "throughput", "file_rate")
    """Parameters that can be fitted."""

    interval: MeasuredDuration | None = None
    """Of `sync.interval`."""
    gap: MeasuredDuration | None = None
    """Of `sync.gap`, or of its mean."""
    setup: MeasuredDuration | None = None
    """Of `sync.setup`, or of its mean."""
    throughput: MeasuredByteRate | None = None
    """Of `sync.throughput`."""
    file_rate: MeasuredFileRate | None = None
    """Of `sync.file_rate`."""
    source: str = ""
    """Where the intervals come from, for the report."""

    def intervals(self) -> Iterator[tuple[str, MeasuredInterval]]:
        """Yield the parameters that were fitted, each with its interval."""
        for key in self.KEYS:
            interval: MeasuredInterval | None = getattr(self, key)
            if interval is not None:
                yield key, interval

    def holds(self, key: str, sync: Sync) -> bool:
        """Return whether a parameter is set to a value within its interval."""
        interval: MeasuredInterval | None = getattr(self, key)
        value: float | RateCalendar | Distribution[Duration] | None = getattr(sync, key)
        if interval is None or value is None:
            return False
        mean = value.expected() if isinstance(value, Distribution) else base_of(value)
        return interval.low <= mean <= interval.high

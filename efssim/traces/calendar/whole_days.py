"""Whole days of a trace, drawn anew with replacement: the writes of a run that none has measured.

A day of a run has the writes of one whole day of the trace, each at its own time of day by the
clock of a time zone. Where the clock of the run's day leaves out an hour, its writes are left out,
and where an hour comes twice, so do they.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from efssim.traces.calendar.local_days import (
    DAY_S,
    DAYS_OF_WEEK,
    EDGE_S,
    DayParts,
    day_parts,
    week,
    weekday,
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ResampledUnit = Literal["days", "weeks"]

LEAST_UNITS: dict[str, int] = {"days": 7, "weeks": 4}
"""Whole days or weeks below which draws say too little of other ones, so that `--check` fails;
assumed: a week has days of every kind, four weeks are about a month."""


@dataclass(frozen=True, slots=True)
class DrawnUnits:
    """Which part of a trace draws are from."""

    unit: ResampledUnit
    timezone: str
    whole: int
    """Whole days or weeks to draw from."""
    days_cut: int
    """Days in which the trace begins or ends, which are left out."""
    days_gaps: int
    """Days with a missing period, which are left out."""
    days_clock: int
    """Days on which the clock was changed, which are left out."""
    days_beside: int
    """Whole days that belong to no whole week, where weeks are drawn."""

    @property
    def is_thin(self) -> bool:
        """Whether there are too few for a verdict that rests on them."""
        return self.whole < LEAST_UNITS[self.unit]

    def counted(self) -> str:
        """Return the number of whole days or weeks, in words."""
        return f"{self.whole:,} whole {self.unit if self.whole != 1 else self.unit[:-1]}"

    def text(self) -> str:
        """Return the units that are drawn and the days that are left out, in words."""
        left = (
            (self.days_cut, "in which the trace begins or ends"),
            (self.days_gaps, "with a missing period"),
            (self.days_clock, "on which the clock was changed"),
            (self.days_beside, "of no whole week"),
        )
        parts = [f"{n:,} day{'s' * (n != 1)} {why}" for n, why in left if n]
        without = f" ({', '.join(parts)} left out)" if parts else ""
        return f"{self.counted()} drawn with replacement, by the clock of {self.timezone}{without}"


@dataclass(frozen=True, eq=False)
class WholeDays:
    """Whole days of a trace, and the units of them that are drawn together."""

    found: DrawnUnits
    origin: datetime
    zone: tzinfo
    time_s: Floats
    """Of all rows, seconds since the origin, ascending; shape (rows,)."""
    bytes: Floats
    midnight_s: Floats
    """Begin of each whole day; shape (days,)."""
    units: Ints
    """Ordinals of the days of each unit; shape (units, 1 or 7)."""

    @property
    def count(self) -> int:
        """How many days can be drawn."""
        return self.units.size

    def covers(self, time_s: Floats) -> NDArray[np.bool_]:
        """Return which times are on a day that can be drawn."""
        begins = np.append(-np.inf, self.midnight_s[self.units.ravel()]) - EDGE_S
        inside = time_s - begins[begins.searchsorted(time_s, "right") - 1] < DAY_S
        return np.asarray(inside, dtype=np.bool_)

    def most_bytes(self, duration_s: float) -> float:
        """Return the bytes of a run in which each day is the one that has the most."""
        days = [self._rows(day, 0.0, DAY_S) for day in self.units.ravel().tolist()]
        most = max((float(self.bytes[rows].sum()) for rows in days), default=0.0)
        return most * _days_in(duration_s)

    def most_rows(self, duration_s: float) -> int:
        """Return the rows of a run in which each day is the one that has the most of them."""
        days = [self._rows(day, 0.0, DAY_S) for day in self.units.ravel().tolist()]
        most = max((rows.stop - rows.start for rows in days), default=0)
        return most * _days_in(duration_s)

    def drawn(
        self, generator: np.random.Generator, begin_s: float, end_s: float
    ) -> tuple[Floats, Floats]:
        """Return times and bytes of rows from `begin_s` to `end_s`, seconds since the origin."""
        parts = day_parts(self.origin, begin_s, end_s, self.zone)
        days = self._days_of(parts, generator)
        times, sizes = [np.zeros(0)], [np.zeros(0)]
        for k, day in enumerate(days.tolist()):
            clock_s, from_s = float(parts.clock_s[k]), float(parts.begin_s[k])
            rows = self._rows(day, clock_s, clock_s + float(parts.end_s[k]) - from_s)
            # Differences of times of one day, so that whole seconds stay whole.
            times.append(from_s + (self.time_s[rows] - self.midnight_s[day] - clock_s))
            sizes.append(self.bytes[rows])
        return np.concatenate(times), np.concatenate(sizes)

    def _days_of(self, parts: DayParts, generator: np.random.Generator) -> Ints:
        """Return the ordinal of the drawn day for each part of a day."""
        is_weekly = self.found.unit == "weeks"
        place = week(parts.day) if is_weekly else parts.day
        ordinal = place - place[0] if len(place) else place
        drawn = generator.integers(len(self.units), size=int(ordinal.max(initial=-1)) + 1)
        column = weekday(parts.day) if is_weekly else 0
        days: Ints = self.units[drawn[ordinal], column]
        return days

    def _rows(self, day: int, from_s: float, to_s: float) -> slice:
        """Return the rows of a whole day between two times of day."""
        ends = self.midnight_s[day] + np.array([from_s, to_s]) - EDGE_S
        first, last = self.time_s.searchsorted(ends).tolist()
        return slice(first, last)


def _days_in(duration_s: float) -> int:
    """Return how many local days a run touches at most; one of 25 hours has some rows twice."""
    return 2 + math.ceil(duration_s / DAY_S * (25 / 24))


def whole_days(
    unit: ResampledUnit,
    zone: tzinfo,
    origin: datetime,
    rows: tuple[Floats, Floats],
    span_s: tuple[float, float],
    begins_s: Floats | None,
    period_s: float | None,
) -> WholeDays:
    """Return the whole days of a trace that covers `span_s`, both seconds since the origin.

    `rows` are times and bytes. `begins_s` are the distinct begins of the periods of `period_s` that
    were measured, and a day without one of them is not whole; None: none can be missing.
    """
    parts = day_parts(origin, *span_s, zone)
    of_24_h = parts.is_whole
    midnights, numbers = parts.begin_s[of_24_h], parts.day[of_24_h]
    measured = np.ones(len(midnights), dtype=np.bool_)
    if begins_s is not None and period_s is not None:
        measured = np.array([_is_measured(m, begins_s, period_s) for m in midnights], dtype=bool)
    midnights, numbers = midnights[measured], numbers[measured]
    units = _weeks(numbers) if unit == "weeks" else np.arange(len(numbers))[:, None]
    touched = len(np.unique(parts.day))
    cut = _cut_days(parts)
    found = DrawnUnits(
        unit=unit,
        timezone=str(zone),
        whole=len(units),
        days_cut=cut,
        days_gaps=int(np.count_nonzero(~measured)),
        days_clock=touched - int(np.count_nonzero(of_24_h)) - cut,
        days_beside=len(numbers) - units.size,
    )
    return WholeDays(found, origin, zone, *rows, midnights, units)


def _cut_days(parts: DayParts) -> int:
    """Return how many days the span begins or ends in, after their midnight or before the next."""
    if not len(parts.day):
        return 0
    cut = set()
    if parts.clock_s[0] > EDGE_S:
        cut.add(int(parts.day[0]))
    # The last part ends at midnight where a whole day does, or one whose clock was changed.
    if DAY_S - float(parts.clock_s[-1] + parts.end_s[-1] - parts.begin_s[-1]) > EDGE_S:
        cut.add(int(parts.day[-1]))
    return len(cut)


def _is_measured(midnight_s: float, begins_s: Floats, period_s: float) -> bool:
    """Return whether each period of a day has been measured."""
    periods = round(DAY_S / period_s)
    first, last = begins_s.searchsorted([midnight_s - EDGE_S, midnight_s + DAY_S - EDGE_S])
    if last - first < periods:
        return False
    index = np.floor((begins_s[first:last] - midnight_s) / period_s + EDGE_S)
    return len(np.unique(index)) == periods


def _weeks(days: Ints) -> Ints:
    """Return the ordinals of the days, which ascend, of each week that is whole."""
    _, first, counts = np.unique(week(days), return_index=True, return_counts=True)
    whole = first[counts == DAYS_OF_WEEK]
    found: Ints = whole[:, None] + np.arange(DAYS_OF_WEEK)
    return found

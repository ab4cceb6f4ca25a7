"""Times of a trace: dates, seconds since the start, or a count since an epoch.

Numbers are recognised by their magnitude, which for dates of the years 1973 to 5138 is different
for each unit that exports have.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median_low
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from efssim.errors import EfssimError
from efssim.text.quoting import cut

Number = int | float

UNIX_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

FILETIME_EPOCH_S = -11_644_473_600
"""1601-01-01 UTC, seconds since 1970 (Windows, FILETIME: 100 ns each; MS-DTYP 2.3.3)."""

SINCE_START_MAX_S = 1e8
"""Seconds (3.2 years): smaller numbers count from the scenario's start, larger ones from an epoch.
The limits below are those of powers of ten between the units, for times after March 1973."""

LAST_S = 253_402_300_800
"""Seconds from 1970 to the end of the year 9999, the last that a date has."""


@dataclass(frozen=True)
class TimeUnit:
    """A unit in which times are counted."""

    name: str
    """As reports name it."""
    per_s: int
    """How many there are in a second."""
    epoch_s: int | None
    """Seconds from 1970 to where it counts from; None: the scenario's start."""

    def seconds(self, value: Number, start_us: int) -> float:
        """Return seconds since the start, which is `start_us` microseconds after 1970.

        Exact for integers but for one rounding: a float holds no nanoseconds since 1970.
        """
        if self.epoch_s is None:
            return value / self.per_s
        origin_us = start_us - self.epoch_s * 1_000_000
        if isinstance(value, int):
            return (value * 1_000_000 - origin_us * self.per_s) / (self.per_s * 1_000_000)
        return value / self.per_s - origin_us / 1e6

    def all_seconds(self, values: Sequence[Number], start_us: int) -> NDArray[np.float64]:
        """Return the seconds since the start of each of many values, as `seconds` does of one."""
        origin = 0 if self.epoch_s is None else (start_us - self.epoch_s * 1_000_000) * self.per_s
        if origin % 1_000_000 or max(map(abs, values)) >= _EXACT:
            return np.array([self.seconds(value, start_us) for value in values], dtype=np.float64)
        # Whole numbers of units are exact in floats, and so are their differences.
        return (np.array(values, dtype=np.float64) - origin // 1_000_000) / self.per_s


_EXACT = 2**53
"""Up to here a float has every integer."""

SINCE_START = TimeUnit("seconds since start", 1, None)

_EPOCHS = {
    "s": TimeUnit("epoch s", 1, 0),
    "ms": TimeUnit("epoch ms", 10**3, 0),
    "us": TimeUnit("epoch us", 10**6, 0),
    "ns": TimeUnit("epoch ns", 10**9, 0),
    "filetime": TimeUnit("FILETIME", 10**7, FILETIME_EPOCH_S),
}

UNITS = tuple(_EPOCHS)
"""Values of `time_unit`."""

_LIMITS = (
    (1e8, SINCE_START),
    (1e11, _EPOCHS["s"]),
    (1e14, _EPOCHS["ms"]),
    (1e16, _EPOCHS["us"]),
    (1e17, None),  # between the microseconds of the year 2286 and the FILETIME of 1917
    (1e18, _EPOCHS["filetime"]),
    (1e19, _EPOCHS["ns"]),
)
"""The first limit above the median decides."""

_COMPACT = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?")


class TimeCell(NamedTuple):
    """A time as a file has it."""

    line: int
    value: Number


class TimesError(EfssimError, ValueError):
    """Times that cannot be recognised; `line` is where, None for the file as a whole."""

    def __init__(self, line: int | None, message: str) -> None:
        super().__init__(line, message)  # all that it takes to be pickled
        self.line, self.message = line, message

    def __str__(self) -> str:
        return self.message


def number_of(text: str) -> Number:
    """Return a number as it is written: an integer exactly; the text is one for certain."""
    return int(text) if text.lstrip("+-").isdigit() and len(text) <= 30 else float(text)


def recognised(cells: Sequence[TimeCell], said: str | None) -> TimeUnit:
    """Return the unit of times that are numbers, of which there is at least one.

    `said` is a name of `UNITS` that overrides. Raise TimesError where numbers are no times, or of
    more than one kind.
    """
    middle = median_low(cell.value for cell in cells)
    if said is not None:
        return _said(said, middle)
    _refuse_compact_date(middle)
    unit = _by_magnitude(middle)
    if unit is None or (middle < 0 and unit is not SINCE_START):
        raise TimesError(
            None,
            f"times such as {cut(middle)} are neither seconds since the start nor a date in "
            "s, ms, us, ns since 1970 or FILETIME",
        )
    low, high = _band(unit)
    for cell in cells:
        if not low <= abs(cell.value) < high:
            raise TimesError(
                cell.line,
                f"time {cut(cell.value)} is of another kind than most, which are {unit.name}; "
                "use one kind in a file",
            )
    return unit


def unit_of_all(values: NDArray[np.float64]) -> tuple[TimeUnit | None, int | None]:
    """Return the unit that the median of many numbers says, and the first that has another one.

    None for the unit where the numbers are no times; None for the index where all agree.
    """
    if not len(values):
        return SINCE_START, None
    middle = float(np.sort(values)[(len(values) - 1) // 2])
    unit = _by_magnitude(middle)
    if unit is None or (middle < 0 and unit is not SINCE_START):
        return None, None
    low, high = _band(unit)
    other = (np.abs(values) < low) | (np.abs(values) >= high)
    return unit, int(other.argmax()) if other.any() else None


def _said(said: str, middle: Number) -> TimeUnit:
    epoch = _EPOCHS[said]
    if said == "filetime" or abs(middle) / epoch.per_s >= SINCE_START_MAX_S:
        unit = epoch
    else:
        name = SINCE_START.name if said == "s" else f"{said} since start"
        unit = TimeUnit(name, epoch.per_s, None)
    if unit.epoch_s is not None and abs(middle) / unit.per_s + unit.epoch_s > LAST_S:
        raise TimesError(
            None, f"times such as {cut(middle)} in {said} lie after the year 9999; drop `time_unit`"
        )
    return unit


def _by_magnitude(value: Number) -> TimeUnit | None:
    """Return the unit that a number's magnitude says; None if there is none."""
    return next((unit for limit, unit in _LIMITS if abs(value) < limit), None)


def _band(unit: TimeUnit) -> tuple[float, float]:
    """Return from and below which magnitude numbers are of a unit."""
    limits = [0.0, *(limit for limit, _ in _LIMITS)]
    ordinal = [known for _, known in _LIMITS].index(unit)
    return limits[ordinal], limits[ordinal + 1]


def _refuse_compact_date(middle: Number) -> None:
    """Raise TimesError for 20260131120000: as milliseconds it would be in the year 2612."""
    match = _COMPACT.fullmatch(str(middle))
    if match is None:
        return
    try:
        moment = datetime(*(int(part or 0) for part in match.groups()))  # type: ignore[arg-type]  # noqa: DTZ001 - for its digits alone
    except ValueError:
        return
    raise TimesError(
        None, f"times such as {middle} look like dates without separators; write {moment} instead"
    )

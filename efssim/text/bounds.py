"""The least and the most of every quantity that a scenario can have: one table, for all its keys.

Beyond them a number is a slip (a unit too many, an exponent) or leads to times that the clock
cannot tell apart. All are assumed, wide on purpose, and not from AWS; 0 is allowed where a key
allows it. Shapes of distributions (sigma, alpha, cv) have their own bounds beside their meaning.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple, TypeVar

from efssim.text.quantities import MAX_WHOLE, Rate

T = TypeVar("T", int, float)


class Bounds(NamedTuple):
    """The least above 0 and the most that a quantity can be."""

    least: float
    most: float
    least_text: str
    most_text: str
    why_least: str
    """Why there is nothing below it, as the end of a sentence."""


DURATION = Bounds(1e-6, 3.2e11, "1 µs", "10,000 years", "to which times are told apart")
"""Seconds. Times are recorded to 1 µs; the calendar of a run ends with the year 9999."""
SIZE = Bounds(1, MAX_WHOLE, "1 B", "8 EiB", "than which no size is smaller")
"""Bytes, in 64 bits with a sign."""
BYTE_RATE = Bounds(1e-6, 1e18, "1e-6 B/s", "1e18 B/s", "a byte in 12 days")
"""Bytes per second; without a limit it is `none`."""
RATE = Bounds(1e-12, 1e9, "1e-12 per s", "1e9 per s", "once in 32,000 years")
"""Events per second."""
LIMIT = Bounds(1e-12, 1e18, "1e-12 per s", "1e18 per s", "one in 32,000 years")
"""Things per second; without a limit it is `none`."""
COUNT = Bounds(1, MAX_WHOLE, "1", f"{MAX_WHOLE:_}", "than which no count is smaller")
"""Things, in 64 bits with a sign."""
FACTOR = Bounds(1e-9, 1e9, "1e-9", "1e9", "next to nothing")
"""Factors without a unit, such as growth."""
FAILURE_PROBABILITY = Bounds(1e-12, 0.9999, "1e-12", "99.99 %", "one attempt in a million million")
"""Share of attempts: above it a sync takes more than 10,000 of them, each with its own draws."""


def within(bounds: Bounds) -> Callable[[T], T]:
    """Return a check that returns a number as it is; it raises ValueError out of bounds."""

    def check(value: T) -> T:
        problem = out_of(bounds, float(value))
        if problem is not None:
            raise ValueError(problem)
        return value

    return check


def rate_within(rate: Rate) -> Rate:
    """Return a rate of events as it is; raise ValueError for one out of bounds."""
    for bounds, value in ((RATE, rate.per_s), (DURATION, rate.period_s)):
        problem = out_of(bounds, value)
        if problem is not None:
            raise ValueError(problem)
    return rate


def out_of(bounds: Bounds, value: float) -> str | None:
    """Return the complaint about a number out of bounds, None within; 0 and infinity are within."""
    if value == 0 or value == math.inf:
        return None
    if value < bounds.least:
        return f"is below {bounds.least_text}, {bounds.why_least}"
    return f"is above {bounds.most_text}, the most there can be" if value > bounds.most else None

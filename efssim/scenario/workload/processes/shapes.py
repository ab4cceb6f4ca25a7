"""Shapes of load over time, from which closed forms reckon.

Writes that are drawn are a Poisson process of the rate that the shape has at a time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from efssim.scenario.grammar.distributions import Distribution


class JobTimes(Protocol):
    """The times at which jobs begin."""

    def first_after(self, start: datetime) -> float:
        """Return when the first job begins, in seconds after `start`."""

    def begins(self, start: datetime) -> Iterator[float]:
        """Yield when each job begins, in seconds after `start`, without an end."""


@dataclass(frozen=True, slots=True)
class Even:
    """The same mean rate at any time."""


@dataclass(frozen=True, slots=True)
class Weekly:
    """A rate that follows the hour and the day of the week of a time zone."""

    hours: tuple[float, ...]
    """24 factors from midnight on."""
    weekdays: tuple[float, ...]
    """7 factors from Monday on."""
    timezone: str


@dataclass(frozen=True, slots=True)
class Jobs:
    """Jobs that write evenly over `over_s` seconds, one every `every_s`."""

    every_s: float
    over_s: float
    times: JobTimes


@dataclass(frozen=True, slots=True)
class Alternating:
    """A rate that is on and off in turn; the lengths are distributions of seconds."""

    on: Distribution[float]
    off: Distribution[float]


@dataclass(frozen=True, slots=True)
class Unknown:
    """No closed form is known: numbers that depend on the arrivals are not estimated."""

    reason: str


Shape = Even | Weekly | Jobs | Alternating | Unknown

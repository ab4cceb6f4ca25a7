"""Compliance of a replication with the RPO: calendar months, breaches, and the time left out.

Durations in seconds, times in seconds since the scenario's start.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from efssim.json_values import SPREAD, moment


@dataclass(frozen=True, slots=True)
class JudgedTime:
    """How far the RPO held in some time."""

    defined_s: float
    """With a defined age."""
    violation_s: float
    unprotected_s: float
    """Without any recovery point that the scenario does not leave out."""
    attainment: float | None
    """Share of the time with a defined age that is at or below the target; None without any."""
    met: bool | None
    """Whether that is at least the objective and no time was unprotected; None if neither tells."""


@dataclass(frozen=True, slots=True)
class MonthCompliance:
    """A calendar month, as far as it is in the window."""

    begin_s: float = field(metadata=moment("begin"))
    end_s: float = field(metadata=moment("end"))
    partial: bool
    """Whether a part of the month is outside the window."""
    seconds: float
    whole: JudgedTime = field(metadata=SPREAD)
    violations: int
    """Those with a part in the month."""
    longest_s: float
    """The longest part of a violation in the month."""
    left_out_s: float
    counted: JudgedTime
    """Without the time that is left out."""


@dataclass(frozen=True, slots=True)
class LeftOutWindow:
    """A window that the second column leaves out."""

    reason: str
    """One of `REASONS`."""
    cause: str
    """The disturbance that it is, or follows; empty for an initial sync."""
    begin_s: float = field(metadata=moment("begin"))
    end_s: float = field(metadata=moment("end"))
    seconds: float


@dataclass(frozen=True, slots=True)
class Breach:
    """A violation of the RPO."""

    begin_s: float = field(metadata=moment("begin"))
    end_s: float = field(metadata=moment("end"))
    seconds: float
    peak_s: float
    left_out_s: float
    """Of its time, in windows that are left out."""


@dataclass(frozen=True, slots=True)
class LastSync:
    """The last completed sync."""

    cut_s: float = field(metadata=moment("cut"))
    completed_s: float = field(metadata=moment("completed"))
    duration_s: float
    bytes: int


@dataclass(frozen=True, slots=True)
class AchievableRpo:
    """The smallest targets in whole minutes that would have met the objective.

    None where no target would have: without an age, or while there was no recovery point.
    """

    all: int | None
    counted: int | None
    """Without the time that is left out; None also where no sync was kept."""


@dataclass(frozen=True, slots=True)
class ComplianceSummary:
    """Compliance of a replication with the RPO."""

    timezone: str
    """Of the calendar."""
    months: Mapping[str, MonthCompliance]
    """By year and month, as 2026-01."""
    counted: JudgedTime
    """The whole window without the time that is left out."""
    left_out: tuple[LeftOutWindow, ...]
    breaches: tuple[Breach, ...]
    """The longest, in order of time."""
    breaches_unlisted: int
    achievable_rpo_min: AchievableRpo
    last_sync: LastSync | None


INITIAL_SYNC, PLANNED_PAUSE, CATCH_UP = "initial sync", "planned pause", "catch-up"
REASONS = (INITIAL_SYNC, PLANNED_PAUSE, CATCH_UP)
"""Reasons for which time is left out."""

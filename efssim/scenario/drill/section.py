"""A drill: a disaster that is rehearsed, the runbook that answers it, and the time objective."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, get_args

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    Tag,
    field_validator,
)

from efssim.scenario.drill.steps import DELETE, RESTORE, Steps, always, default_steps, name_of
from efssim.scenario.grammar.base import Found, Model
from efssim.scenario.grammar.distributions import Distribution
from efssim.scenario.grammar.events import Disaster
from efssim.scenario.grammar.types import Attainment, Duration, PositiveDuration
from efssim.text.written import Written, mapping
from efssim.text.zones import time_zone

RANDOM = "random"
DISASTER: Literal["disaster"] = "disaster"
PLANNED: Literal["planned"] = "planned"
RESTORING: Literal["restore"] = "restore"
"""Kinds of drills."""
Weekday = Literal["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)

_HOURS = 24


class Rto(Model):
    """The recovery time objective of drills."""

    bare = "target"

    target: PositiveDuration
    """Longest acceptable time from the disaster to the end of the last step."""
    attainment: Attainment = 0.95
    """Share of the drills that has to be within the target."""


Hour = Annotated[int, Field(ge=0, le=_HOURS, strict=True)]


class DisasterTimes(Model):
    """The hours and weekdays in which the disaster comes, at a random time."""

    hours: tuple[Hour, ...] = Field((0, _HOURS), min_length=2, max_length=2)
    """From the first full hour up to the second; where that is not later, on the next day."""
    weekdays: tuple[Weekday, ...] = WEEKDAYS
    """Days of the week, `Mon` to `Sun`, by the clock of the time zone."""
    timezone: str = "UTC"
    """IANA name of the time zone."""

    @field_validator("weekdays")
    @classmethod
    def _has_days(cls, days: tuple[Weekday, ...]) -> tuple[Weekday, ...]:
        if not days:
            raise ValueError("has no day, so the disaster would never come")
        return days

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        return time_zone(name).key

    def has(self, hour_of_week: int) -> bool:
        """Return whether the disaster may come in an hour of the week, 0 from Monday 00:00 on."""
        day, hour = divmod(hour_of_week, _HOURS)
        first, last = self.hours
        within = first <= hour < last if first < last else not last <= hour < first
        return within and WEEKDAYS[day] in self.weekdays


class Detect(Distribution[Duration]):
    """How long it takes until the disaster is known: a time, or by an alarm."""

    alarm: str | None = None
    """`{alarm: NAME}`: at the first period in ALARM at or after the disaster."""


def _at(value: object) -> object:
    """Return a time of the disaster as written; raise ValueError for a text that is none."""
    if isinstance(value, str) and value.strip().isalpha() and value != RANDOM:
        raise ValueError(f"'{value}' is not `random`, a duration or {{hours: [8, 18]}}")
    return value


def _kind_of_at(value: object) -> str:
    """Return which of the forms of `at` a value has."""
    if isinstance(value, Mapping | DisasterTimes):
        return "times"
    return RANDOM if value == RANDOM else "duration"


class Drill(Model):
    """A rehearsed disaster of a replication's source, and the runbook that fails over."""

    kind: Literal["disaster", "planned", "restore"] = DISASTER
    """`planned`: no disaster, but a switchover without loss. Writes are fenced, and the steps begin
    once LastReplicatedTimestamp has passed that. `restore`: the latest backup of the source is
    restored into a new file system."""

    replication: str | None = None
    """Name of the replication; required where there are several."""
    disaster: Disaster | None = None
    """An entry of `events` without `at`; an outage of the source's Region unless set."""
    at: Annotated[
        Annotated[Literal["random"], Tag(RANDOM)]
        | Annotated[DisasterTimes, Tag("times")]
        | Annotated[Duration, Tag("duration")],
        Discriminator(_kind_of_at),
        BeforeValidator(_at),
    ] = "random"
    """`random` (uniform over the window), a time since the start, or
    `{hours: [8, 18], weekdays: [Mon, Tue], timezone: UTC}`."""
    detect: Detect = Detect.model_construct(constant=0.0)
    """From the disaster until it is known: a time, or `{alarm: NAME}`."""
    decide: Distribution[Duration] = always(0.0)
    """From then until somebody has decided to fail over."""
    steps: Steps | None = None
    """Steps of the runbook, one after the other: `delete`, `mount_targets`, `restore`,
    {NAME: DURATION} or {call: OPERATION, with: …}. Unless set `delete` (of a restore: `restore`)
    and {mount_targets: 2 min}."""

    failback: Literal["none", "discard", "preserve"] = "none"
    """The way back after the disaster: `discard` overwrites what was written on the replica,
    `preserve` replicates it to the old primary first."""
    after: Duration = 0.0
    """With `failback`: time from the end of the disaster, or of the steps if that is later, until
    it begins."""

    @property
    def runbook(self) -> Steps:
        """The steps, the default ones where none are set."""
        first = RESTORE if self.kind == RESTORING else DELETE
        return default_steps(first) if self.steps is None else self.steps

    @classmethod
    def misfits(cls, data: Written) -> Iterator[Found]:
        yield from super().misfits(data)
        returns = data.get("failback") in ("discard", "preserve")
        if returns and data.get("kind", DISASTER) != DISASTER:
            yield ("failback",), "goes with `kind: disaster` only"
        elif returns and "for" not in mapping(data, "disaster"):
            yield ("failback",), "needs `disaster: {…, for: …}`: it begins after the end of that"
        if "after" in data and not returns:
            yield ("after",), "goes with `failback: discard` or `preserve` only"
        for key in ("disaster", "detect", "decide") if data.get("kind") == PLANNED else ():
            if key in data:
                yield (key,), "goes with `kind: disaster` only: nothing is lost, and all is decided"
        steps = data.get("steps")
        if not isinstance(steps, list | tuple):
            return
        named = [name_of(step) for step in steps]
        if data.get("kind") == RESTORING:
            if RESTORE not in named:
                yield ("steps",), f"lacks `{RESTORE}`, without which nothing is restored"
        elif DELETE not in named:
            yield ("steps",), f"lacks `{DELETE}`, without which the destination stays read-only"
        if data.get("kind") != RESTORING and RESTORE in named:
            yield ("steps", named.index(RESTORE)), f"goes with `kind: {RESTORING}` only"
        for ordinal, name in enumerate(named):
            if name is not None and name in named[:ordinal]:
                yield ("steps", ordinal), f"another step is named '{name}' already"

"""How long replicating takes: the sync process, the control plane and the initial sync."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator

from efssim.scenario.grammar.base import Found, Model, plain_message
from efssim.scenario.grammar.calendars.rates import ScheduledRate, base_of
from efssim.scenario.grammar.distributions import Distribution
from efssim.scenario.grammar.presets import CONTROL_PRESETS, SYNC_PRESETS, PresetName, PresetValue
from efssim.scenario.grammar.types import ByteRate, Duration, Fraction, Limit, Size
from efssim.text import bounds
from efssim.text.bounds import within
from efssim.text.written import Written

LEAST_WEIGHT, MOST_WEIGHT = 1e-3, 1e6
"""Bounds of the weight of a replication on a shared link; chosen."""

FailureProbability = Annotated[
    Fraction, Field(lt=1), AfterValidator(within(bounds.FAILURE_PROBABILITY))
]


class Tuned(Model):
    """Parameters of which those that are not set come from a preset."""

    presets: ClassVar[Mapping[PresetName, Mapping[str, PresetValue]]]

    preset: PresetName = "efs"
    """`efs` (derived from what AWS documents), `efs-unknown` (the same values, each with a range of
    what it may be) or `none` (no limits, zero times)."""

    def preset_value(self, key: str) -> PresetValue:
        """Return the preset's value of a key."""
        return self.presets[self.preset][key]

    def draw(self, key: str) -> Distribution[Duration]:
        """Return a parameter that may vary."""
        value: Distribution[Duration] | None = getattr(self, key)
        return _always(self.preset_value(key).value) if value is None else value


@cache  # presets have few values, and every replication asks for them
def _always(duration_s: float) -> Distribution[Duration]:
    return Distribution[Duration].model_construct(constant=duration_s)


class Cycle(Tuned):
    """Parameters that decide when the next sync begins."""

    presets = SYNC_PRESETS

    interval: Duration | None = None
    """Least time from one cut to the next; a constant."""
    phase: Duration = 0.0
    """By how much earlier than after one interval an established replication is first cut."""
    gap: Distribution[Duration] | None = None
    """Least time from a completion to the next cut."""
    setup: Distribution[Duration] | None = None
    """Fixed time of a sync."""

    @model_validator(mode="after")
    def _time_passes(self) -> Self:
        varying = self.draw("gap"), self.draw("setup")
        if self.number("interval") == 0 and all(part.always_zero() for part in varying):
            raise ValueError("interval, gap and setup are all zero, so no time can pass")
        return self

    @model_validator(mode="after")
    def _phase_is_within(self) -> Self:
        interval_s = self.number("interval")
        if self.phase and self.phase >= interval_s:
            raise ValueError(f"phase has to be below the interval, {interval_s:g} s")
        return self

    def number(self, key: str) -> float:
        """Return a parameter that does not vary: seconds, bytes/s, files/s or a probability.

        Of a calendar it is the rate outside the windows.
        """
        value = getattr(self, key)
        return self.preset_value(key).value if value is None else base_of(value)


class Sync(Cycle):
    """Parameters of the sync process. What is not set comes from the preset."""

    is_shared = True

    bare = "interval"

    throughput: ScheduledRate | None = None
    """Bytes transferred per second; `none` lifts the limit. Also a calendar."""
    file_rate: Limit | None = None
    """Changed files transferred per second; `none` lifts the limit."""
    scan_rate: Limit | None = None
    """Files of the inventory scanned per second; `none` lifts the limit."""
    diff_rate: ByteRate | None = None
    """Bytes of touched large files compared per second; `none` lifts the limit."""
    weight: Annotated[float, Field(ge=LEAST_WEIGHT, le=MOST_WEIGHT)] = 1.0
    """Share of a link that replications have to divide, next to those of the others; up to what
    its throughput allows."""
    failure_probability: FailureProbability | None = None
    """Probability that an attempt fails."""
    backoff: Distribution[Duration] | None = None
    """Wait after the first failed attempt of a sync; it doubles with each further one."""
    backoff_max: Duration | None = None
    """Upper bound of that wait."""

    @classmethod
    def misfits(cls, data: Written) -> Iterator[Found]:
        yield from super().misfits(data)
        # Alone, so that a malformed throughput does not hide that no time can pass.
        deciding = {key: data[key] for key in Cycle.grammar() if data.get(key) is not None}
        try:
            Cycle.model_validate(deciding)
        except ValidationError as error:
            for line in error.errors():
                if not line["loc"]:
                    yield (), plain_message(line)


class Control(Tuned):
    """Delays of the control plane. What is not set comes from the preset."""

    is_shared = True

    presets = CONTROL_PRESETS

    enabling: Distribution[Duration] | None = None
    """From the creation of a configuration until it is ENABLED."""
    pausing: Distribution[Duration] | None = None
    """How long it stays PAUSING before it is PAUSED."""
    resuming: Distribution[Duration] | None = None
    """How long it is PAUSED at least, however soon the last cause ends."""
    deleting: Distribution[Duration] | None = None
    """From the call until the configuration is gone."""
    protecting: Distribution[Duration] | None = None
    """From ENABLED until the destination's overwrite protection is shown as REPLICATING and no
    longer as DISABLED; with 0 it is from the creation of the configuration on."""
    mount_target: Distribution[Duration] | None = None
    """From the call until a mount target is available; that of a file system which is or was in a
    replication, otherwise that of `defaults`."""


class Initial(Model):
    """The initial sync, where it differs from the syncs after it."""

    is_shared = True

    throughput: ByteRate | None = None
    """Bytes transferred per second; that of `sync` unless set, `none` lifts the limit."""
    file_rate: Limit | None = None
    """Files transferred per second; that of `sync` unless set, `none` lifts the limit."""
    setup: Distribution[Duration] | None = None
    """Fixed time; that of `sync` unless set."""
    differing: Size | None = None
    """With an existing destination: bytes that differ; unless set, the size of the source."""

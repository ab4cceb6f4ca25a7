"""The scenario: what a user writes, validated and frozen. Durations in seconds, sizes in bytes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic.functional_validators import ModelWrapValidatorHandler

from efssim.scenario.base import Model, collect, one_of, problem
from efssim.scenario.checks import DEFAULT_START, cross_problems
from efssim.scenario.distributions import Distribution, beside_scenario
from efssim.scenario.presets import SYNC_PRESETS, PresetName, PresetValue
from efssim.scenario.trace import Trace, TraceSpec, read_trace
from efssim.scenario.types import (
    ByteRate,
    Count,
    Duration,
    EventRate,
    Fraction,
    Instant,
    Limit,
    PositiveDuration,
    Size,
)

LARGEST_FILE_BYTES = 52_673_613_135_872
"""Largest file of EFS (EFS User Guide, quotas: 47.9 TiB); no single write is larger."""

Factor = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Growth = Annotated[float, Field(gt=0, allow_inf_nan=False)]
ScenarioName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=100)]
Name = Annotated[str, Field(min_length=1, max_length=200)]


class Constant(Model):
    """Writes at equal distances: write k at k / rate."""

    rate: EventRate
    """Writes per time, such as `40 per s`."""


class Poisson(Model):
    """Writes of a Poisson process."""

    rate: EventRate
    """Mean writes per time."""


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


class Profile(Model):
    """Poisson writes whose rate follows the hour of the day and the day of the week."""

    rate: EventRate
    """Mean writes per time, over the week."""
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
        try:
            ZoneInfo(name)
        except (KeyError, OSError, ValueError):  # unknown names, directories, malformed keys
            raise ValueError(f"unknown time zone '{name}'") from None
        return name


class Batch(Model):
    """A job that makes `writes` writes, evenly over `over`, every `every`."""

    at: str
    """Time of day (UTC) of the first job, as "02:00"."""
    every: PositiveDuration
    """Time from one job's start to the next."""
    writes: Annotated[Count, Field(gt=0)]
    """Writes per job."""
    over: Duration
    """How long a job writes; write k of n falls k / n of it after the job's start."""

    @field_validator("at")
    @classmethod
    def _clock_time(cls, text: str) -> str:
        if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?", text, re.ASCII):
            raise ValueError(f"'{text}' is not a time of day such as \"02:00\"")
        return text

    @model_validator(mode="after")
    def _no_overlap(self) -> Self:
        if self.over > self.every:
            raise ValueError("over is longer than every, so jobs would overlap")
        return self

    def first_after(self, start: datetime) -> float:
        """Return when the first job begins, in seconds after `start`."""
        of_day = time.fromisoformat(self.at)
        begin = start.astimezone(UTC).replace(
            hour=of_day.hour, minute=of_day.minute, second=of_day.second, microsecond=0
        )
        return (begin - start).total_seconds() % 86_400.0


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


class TraceFile(Model):
    """A CSV file of single writes or, with `period`, of totals per period."""

    file: Path
    """CSV file, relative to the scenario."""
    time: str = "timestamp"
    """Column of the time: datetimes, or seconds since the scenario's start."""
    bytes: str = "value"
    """Column of the bytes."""
    period: PositiveDuration | None = None
    """Rows are totals of this long; without it each row is one write."""
    writes_per_row: Annotated[Count, Field(gt=0, le=1_000_000)] = 60
    """With `period`: equal writes that a row is spread into."""
    align: Literal["start"] | None = None
    """`start` moves the first row to the scenario's start."""
    repeat: bool = False
    """Start over at the end of the trace."""
    length: PositiveDuration | None = None
    """With `repeat` and without `period`: time from one beginning of the trace to the next."""

    @field_validator("file")
    @classmethod
    def _beside_scenario(cls, file: Path, info: ValidationInfo) -> Path:
        return beside_scenario(file, info)

    def read(self, scenario: Scenario) -> Trace:
        """Read the file; raise TraceErrors if it changed since the scenario was validated."""
        return read_trace(self.spec(), scenario.start, scenario.duration)

    def spec(self) -> TraceSpec:
        """Return what the reader needs to know."""
        return TraceSpec(
            file=self.file,
            time=self.time,
            bytes=self.bytes,
            period_s=self.period,
            writes_per_row=self.writes_per_row,
            align_start=self.align == "start",
            repeat=self.repeat,
            length_s=self.length,
        )


class WriteStream(Model):
    """Writes of one kind: either arrivals and sizes, or a trace."""

    later: ClassVar[Mapping[str, str]] = {
        "hot_set": "overwriting hot blocks (coalescing)",
        "in_file": "writing into one large file",
    }

    arrivals: Arrivals | None = None
    """When writes are made."""
    size: Distribution[Size] | None = None
    """Bytes of one write."""
    trace: TraceFile | None = None
    """Measured writes."""
    files: Annotated[Count, Field(gt=0)] = 1
    """Files that one write changes."""
    growth: Growth = 1.0
    """Multiplies the arrival rate; for traces and batches the bytes."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.trace is not None and (self.arrivals is not None or self.size is not None):
            raise ValueError("has a trace as well as arrivals or size; a trace says both")
        if self.trace is None and (self.arrivals is None or self.size is None):
            raise ValueError("needs arrivals and size, or a trace")
        return self

    @field_validator("size")
    @classmethod
    def _fits_a_file(cls, size: Distribution[Size] | None) -> Distribution[Size] | None:
        if size is not None and size.expected() > LARGEST_FILE_BYTES:
            raise ValueError("is above 47.9 TiB, the largest file that EFS takes")
        return size


_CONTROL_PLANE = "the EFS control plane"


class FileSystem(Model):
    """A file system and the streams that write to it."""

    later: ClassVar[Mapping[str, str]] = {
        "availability_zone": "a One Zone file system",
        "throughput_mode": _CONTROL_PLANE,
        "provisioned_throughput": _CONTROL_PLANE,
        "encrypted": _CONTROL_PLANE,
        "id": _CONTROL_PLANE,
    }

    region: str
    """Region, such as `us-east-1`."""
    size: Size = 0
    """Bytes stored; a constant."""
    files: Count = 0
    """Files stored: the inventory that every sync scans; a constant."""
    growth: Growth = 1.0
    """Multiplies the growth of every stream."""
    writes: dict[Name, WriteStream] = Field(default_factory=dict)
    """Write streams by name; they add up."""


class Destination(Model):
    """Where a replication goes."""

    later: ClassVar[Mapping[str, str]] = {
        "availability_zone": "a One Zone destination",
        "kms_key_id": _CONTROL_PLANE,
        "file_system": "replicating to an existing file system",
    }

    region: str
    """Region of the destination."""


class Sync(Model):
    """Parameters of the sync process. What is not set comes from the preset."""

    preset: PresetName = "efs"
    """`efs` (derived from what AWS documents) or `none` (no limits, zero times)."""
    interval: Duration | None = None
    """Least time from one cut to the next; a constant."""
    gap: Distribution[Duration] | None = None
    """Least time from a completion to the next cut."""
    setup: Distribution[Duration] | None = None
    """Fixed time of a sync."""
    throughput: ByteRate | None = None
    """Bytes transferred per second; `none` lifts the limit."""
    file_rate: Limit | None = None
    """Changed files transferred per second; `none` lifts the limit."""
    scan_rate: Limit | None = None
    """Files of the inventory scanned per second; `none` lifts the limit."""
    diff_rate: ByteRate | None = None
    """Bytes of touched large files compared per second; `none` lifts the limit."""
    failure_probability: Annotated[Fraction, Field(lt=1)] | None = None
    """Probability that an attempt fails."""
    backoff: Distribution[Duration] | None = None
    """Wait after the first failed attempt of a sync; it doubles with each further one."""
    backoff_max: Duration | None = None
    """Upper bound of that wait."""

    @model_validator(mode="after")
    def _time_passes(self) -> Self:
        varying = self.draw("gap"), self.draw("setup")
        if self.number("interval") == 0 and all(part.always_zero() for part in varying):
            raise ValueError("interval, gap and setup are all zero, so no time can pass")
        return self

    def preset_value(self, key: str) -> PresetValue:
        """Return what the preset says about a key."""
        return SYNC_PRESETS[self.preset][key]

    def number(self, key: str) -> float:
        """Return a parameter that does not vary: seconds, bytes/s, files/s or a probability."""
        value = getattr(self, key)
        return self.preset_value(key).value if value is None else float(value)

    def draw(self, key: str) -> Distribution[Duration]:
        """Return a parameter that may vary."""
        value: Distribution[Duration] | None = getattr(self, key)
        if value is None:
            return Distribution[Duration](constant=self.preset_value(key).value)
        return value


class Replication(Model):
    """A replication configuration: one source, one destination, and its sync process."""

    later: ClassVar[Mapping[str, str]] = {
        "control": "timing the control plane",
        "initial": "the initial sync",
    }

    source: str
    """Name of the source file system."""
    destination: Destination
    """Where it goes."""
    established: Literal[True]
    """The replication is ENABLED and in sync at the scenario's start."""
    sync: Sync = Sync()
    """Parameters of the sync process."""

    @model_validator(mode="wrap")
    @classmethod
    def _established(cls, data: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        # `established: false` is legal grammar of a later version, so it gets that sentence.
        if isinstance(data, Mapping) and data.get("established", False) is False:
            late = problem(
                ("established",),
                "a new replication (its initial sync) is not available in this version of efssim;"
                " write `established: true`",
            )
            return collect(cls.__name__, [late], lambda: handler({**data, "established": True}))
        return handler(data)


class Region(Model):
    """What a scenario says about a Region."""

    later: ClassVar[Mapping[str, str]] = {
        "opted_in": "opting in and out of Regions",
        "opting_in": "opting in and out of Regions",
        "opting_out": "opting in and out of Regions",
        "default": "opting in and out of Regions",
    }

    custom: bool = False
    """Declares a Region that AWS does not have."""


class Rpo(Model):
    """The recovery point objective: age at most `target` for at least `attainment` of the time."""

    target: PositiveDuration = 900.0
    """Largest acceptable age; 15 minutes is what AWS documents "for most file systems"."""
    attainment: Fraction = 0.999
    """Share of the time in which the target has to hold."""


class Scenario(Model):
    """A scenario of Amazon EFS replication."""

    later: ClassVar[Mapping[str, str]] = {
        "links": "a link that limits or delays transfers",
        "events": "scheduling disturbances",
        "faults": "drawing random disturbances",
        "defaults": _CONTROL_PLANE,
    }

    name: ScenarioName
    """Name of the scenario."""
    description: str = ""
    """What the scenario is about."""
    start: Instant = DEFAULT_START
    """Time at which the simulation starts; naive times are UTC."""
    duration: PositiveDuration
    """Simulated time."""
    warm_up: Duration = 0.0
    """Left out of every statistic."""
    seed: Annotated[Count, Field(ge=0)] = 1
    """Seed of every random draw."""
    rpo: Rpo = Rpo()
    """The recovery point objective."""
    regions: dict[Name, Region] = Field(default_factory=dict)
    """Regions with something to say about; the others are known to AWS and opted in."""
    file_systems: dict[Name, FileSystem] = Field(default_factory=dict)
    """File systems by name."""
    replications: dict[Name, Replication] = Field(default_factory=dict)
    """Replications by name."""

    @model_validator(mode="wrap")
    @classmethod
    def _cross_check(
        cls, data: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo
    ) -> Self:
        # References are checked on what was written, so that they are reported beside the
        # problems of single values and not only after those are mended.
        base: Path = (info.context or {}).get("base", Path())
        found = cross_problems(data, base) if isinstance(data, Mapping) else []
        problems = [problem(loc, message) for loc, message in found]
        return collect(cls.__name__, problems, lambda: handler(data))

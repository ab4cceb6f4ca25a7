"""The keys of a scenario, validated and frozen. Durations in seconds, sizes in bytes."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    Field,
    SerializerFunctionWrapHandler,
    WithJsonSchema,
    field_validator,
    model_serializer,
)

from efssim.scenario.alarms.section import Alarms
from efssim.scenario.backups import BackupPlan
from efssim.scenario.checks.cross import DEFAULT_START
from efssim.scenario.drill.section import Drill, Rto
from efssim.scenario.fleets.fleet import KEPT, Fleet, KeptFleets
from efssim.scenario.fleets.paths import MOST_ITEMS
from efssim.scenario.grammar.base import Found, Model
from efssim.scenario.grammar.calendars.windows import Blackouts
from efssim.scenario.grammar.events import Event, Fault
from efssim.scenario.grammar.measured import Measured
from efssim.scenario.grammar.network import Link, LinkName, Region, Subnet
from efssim.scenario.grammar.presets import FILE_SYSTEM_TIMES
from efssim.scenario.grammar.timing import Control, Initial, Sync
from efssim.scenario.grammar.types import (
    ByteRate,
    Count,
    Duration,
    Flag,
    Fraction,
    Instant,
    PositiveDuration,
    Size,
)
from efssim.scenario.grammar.undocumented import CHOICES
from efssim.scenario.objectives import Objective
from efssim.scenario.prices.section import PriceSection
from efssim.scenario.regions.names import zone_region
from efssim.scenario.thresholds import ThresholdText
from efssim.scenario.uncertain.keys import UncertainKeys
from efssim.scenario.workload.arrivals import Arrivals
from efssim.scenario.workload.growth import GrowthOfAll
from efssim.scenario.workload.streams import (
    LARGEST_FILE_BYTES,
    HotSet,
    InFile,
    TraceFile,
    WritesFollow,
    WriteStream,
)
from efssim.scenario.workload.throttling import (
    THROTTLE_KEYS,
    ThrottledPlace,
    cells_that_wait,
    unthrottled_keys,
)
from efssim.text.suggestions import suggest
from efssim.text.written import Written, mapping
from efssim.text.yaml.limits import MAX_VALUES, MOST_VALUES
from efssim.text.zones import time_zone

__all__ = [
    "LARGEST_FILE_BYTES",
    "Arrivals",
    "BackupPlan",
    "CloudWatch",
    "Control",
    "Defaults",
    "Destination",
    "Drill",
    "Event",
    "Fault",
    "FileSystem",
    "FileSystemDefaults",
    "HotSet",
    "InFile",
    "Initial",
    "Limits",
    "Link",
    "Region",
    "Replication",
    "Rpo",
    "Rto",
    "ScenarioKeys",
    "Subnet",
    "Sync",
    "TraceFile",
    "WriteStream",
]

ScenarioName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$", max_length=100)]
Name = Annotated[str, Field(min_length=1, max_length=200)]
Items = Annotated[
    dict[str, dict[str, Any]],
    WithJsonSchema(
        {
            "type": "object",
            "patternProperties": {"^[1-9][0-9]*$": {"type": "object"}},
            "additionalProperties": False,
            "examples": [{"3": {"size": "2 TiB"}}],
        }
    ),
]
"""Values of single items of a fleet, by their ordinals and by their paths below the item."""

_FILE_SYSTEM_ID, _SUBNET_ID = "^fs-[0-9a-f]{8,40}$", "^subnet-[0-9a-f]{8,40}$"


def _id_like(pattern: str, prefix: str) -> AfterValidator:
    def checked(text: str) -> str:
        if not re.fullmatch(pattern, text):
            raise ValueError(f"'{text}' is not an id: `{prefix}-` and 8 to 40 hexadecimal digits")
        return text

    return AfterValidator(checked)


FileSystemId = Annotated[
    str,
    _id_like(_FILE_SYSTEM_ID, "fs"),
    WithJsonSchema({"type": "string", "pattern": _FILE_SYSTEM_ID}),
]
SubnetId = Annotated[
    str,
    _id_like(_SUBNET_ID, "subnet"),
    WithJsonSchema({"type": "string", "pattern": _SUBNET_ID}),
]


class FileSystem(ThrottledPlace):
    """A file system and the streams that write to it."""

    is_shared = True

    bare = "region"

    size: Size = 0
    """Bytes stored at the start; writes add to them (`new_bytes`)."""
    files: Count = 0
    """Files stored at the start, the inventory that every sync scans; writes add to them
    (`new_files`)."""
    throughput_mode: Literal["bursting", "provisioned", "elastic"] = "bursting"
    """Throughput mode, as the API has it."""
    provisioned_throughput: ByteRate | None = None
    """With `throughput_mode: provisioned`: bytes per second."""
    throttle: Flag = False
    """Whether writes wait for the throughput that its mode and its size permit."""
    encrypted: Flag = True
    """Whether it is encrypted at rest."""
    id: FileSystemId | None = None
    """Id, `fs-` and hexadecimal digits; made from the name unless set."""
    growth: GrowthOfAll = 1.0
    """Multiplies the growth of every stream; `{per: month, factor: 1.05}`: by so much more every 30
    days, with `size` and `files` also what is stored."""
    writes: dict[Name, WriteStream] = Field(default_factory=dict)
    """Write streams by name; they add up."""
    writes_follow: WritesFollow = "none"
    """`failover`: once a drill has failed over, its streams write to the destination, and back
    after a failback; a stream may say otherwise."""
    backups: BackupPlan | None = None
    """When it is backed up; never unless set."""
    count: Annotated[Count, Field(ge=1, le=MOST_ITEMS)] | None = None
    """How many there are: a fleet of `NAME[1]`, `NAME[2]` and so on, each with its replication; one
    of that name unless set."""
    items: Items = Field(default_factory=dict)
    """With `count`: values that single items have otherwise."""

    @property
    def home(self) -> str:
        """The Region."""
        region = self.region or zone_region(self.availability_zone or "")
        assert region is not None
        return region

    @classmethod
    def misfits(cls, data: Written) -> Iterator[Found]:
        yield from super().misfits(data)
        if not {"region", "availability_zone"} & set(data):
            yield (), "needs region or availability_zone"
        if "items" in data and "count" not in data:
            yield ("items",), "goes with `count` only"
        mode = data.get("throughput_mode", "bursting")
        if mode == "provisioned" and "provisioned_throughput" not in data:
            yield ("provisioned_throughput",), "is required"
        if mode in ("bursting", "elastic") and "provisioned_throughput" in data:
            yield ("provisioned_throughput",), "goes with `throughput_mode: provisioned` only"
        throttles = data.get("throttle") is True
        yield from cells_that_wait(data) if throttles else unthrottled_keys(data)

    @field_validator("provisioned_throughput")
    @classmethod
    def _finite(cls, rate: float | None) -> float | None:
        if rate == math.inf:
            raise ValueError("needs a rate of bytes, not `none`")
        return rate


class Destination(ThrottledPlace):
    """Where a replication goes: a new file system somewhere, or one that exists."""

    is_shared = True

    bare = "region"

    file_system: str | None = None
    """Name of an existing file system that becomes the destination."""
    kms_key_id: str | None = None
    """Key of a new destination; the key of the service unless set."""
    throttle: Flag | None = None
    """Whether writes to a new destination wait for its throughput, once it can be written; as
    those to its source unless set."""

    @classmethod
    def misfits(cls, data: Written) -> Iterator[Found]:
        yield from super().misfits(data)
        if "file_system" in data:
            for key in ("throttle", *THROTTLE_KEYS):
                if key in data:
                    yield (key,), "goes with a new destination; `file_systems` has it of this one"
        elif data.get("throttle") is False:
            yield from unthrottled_keys(data)
        if not {"region", "availability_zone", "file_system"} & set(data):
            yield (), "needs region, availability_zone or file_system"


class Replication(Model):
    """A replication configuration: one source, one destination, and its sync process."""

    source: str
    """Name of the source file system."""
    destination: Destination
    """Where it goes."""
    established: Flag = False
    """ENABLED and in sync at the scenario's start; otherwise ENABLING, then an initial sync."""
    # Defaults are constructed: validating them would build a validator for each of their classes.
    sync: Sync = Sync.model_construct()
    """Parameters of the sync process."""
    control: Control = Control.model_construct()
    """Delays of the control plane."""
    initial: Initial = Initial.model_construct()
    """The initial sync, where it differs from the others."""
    blackouts: Blackouts | None = None
    """Times in which no sync begins."""
    overhead: Size | None = None
    """Bytes that EFS keeps for itself on the destination: 12 MiB, with `sync: {preset: none}` 0."""
    measured: Measured | None = None
    """Which parameters of `sync` were fitted to metrics, with the interval of each: written by
    `efssim calibrate`; it changes no result."""
    items: Items = Field(default_factory=dict)
    """Where the source is a fleet: values that the replications of single items have otherwise."""

    @classmethod
    def misfits(cls, data: Written) -> Iterator[Found]:
        yield from super().misfits(data)
        initial, destination = mapping(data, "initial"), mapping(data, "destination")
        if "differing" in initial and "file_system" not in destination:
            yield ("initial", "differing"), "goes with `destination.file_system` only"
        sync = mapping(data, "sync")
        for key in mapping(data, "measured"):
            if key in Measured.KEYS and key not in sync:
                yield ("measured", str(key)), f"`sync` does not set {key}, so nothing is measured"


def _zone(name: str) -> str:
    time_zone(name)
    return name


class Rpo(Model):
    """The recovery point objective: age at most `target` for at least `attainment` of the time."""

    bare = "target"

    target: PositiveDuration = 900.0
    """Largest acceptable age; 15 minutes is what AWS documents "for most file systems"."""
    attainment: Fraction = 0.999
    """Share of the time in which the target has to hold."""
    initial_sync: Literal["counted", "excluded"] = "counted"
    """Whether the time from the creation of a replication to its first recovery point counts."""
    after_deletion: Literal["counted", "excluded"] = "counted"
    """Whether the time without a configuration counts: once it is gone, and before it is made."""


class ComplianceSection(Model):
    """Compliance with the RPO by calendar month."""

    timezone: Annotated[str, AfterValidator(_zone)] = "UTC"
    """Time zone of the calendar, an IANA name."""


class CloudWatch(Model):
    """How CloudWatch's view of the run is made."""

    phase: Annotated[Duration, Field(lt=60)] | None = None
    """When within its minute TimeSinceLastSync is sampled; drawn anew for each minute unless set.
    AWS documents only that there is a sample a minute."""


class FileSystemDefaults(Model):
    """How long it takes to create and to delete a file system."""

    creating: Duration = FILE_SYSTEM_TIMES["creating"].value
    """From the call until the file system is available."""
    deleting: Duration = FILE_SYSTEM_TIMES["deleting"].value
    """From the call until the file system is gone."""


Undocumented = Annotated[
    dict[str, str],
    WithJsonSchema(
        {
            "type": "object",
            "properties": {
                name: {"enum": choice.values, "default": choice.default, "description": choice.why}
                for name, choice in CHOICES.items()
            },
            "additionalProperties": False,
        }
    ),
]


class Defaults(Model):
    """What holds for whatever an API call creates, and what EFS does not document."""

    sync: Sync = Sync.model_construct()
    """Parameters of the sync process."""
    control: Control = Control.model_construct()
    """Delays of the control plane."""
    file_system: FileSystemDefaults = FileSystemDefaults.model_construct()
    """Delays of file systems."""
    drawn: Literal["auto", "each", "cells"] = "auto"
    """How the writes of streams are drawn that do not say it."""
    undocumented: Undocumented = Field(default_factory=dict)
    """Choices where the documentation is silent or contradicts itself."""

    def choice(self, name: str) -> str:
        """Return the chosen alternative of an undocumented behaviour."""
        return self.undocumented.get(name, CHOICES[name].default)

    @classmethod
    def misfits(cls, data: Written) -> Iterator[Found]:
        yield from super().misfits(data)
        chosen = data.get("undocumented")
        if isinstance(chosen, Mapping):
            for name, value in chosen.items():
                message = _choice_problem(str(name), value)
                if message is not None:
                    yield ("undocumented", name), message


def _choice_problem(name: str, value: object) -> str | None:
    if name not in CHOICES:
        return f"unknown key{suggest(name, CHOICES)}"
    values = CHOICES[name].values
    if isinstance(value, str) and value not in values:
        return f"'{value}' is not one of {', '.join(values)}{suggest(value, values)}"
    return None


class Limits(Model):
    """Limits of the file, so that none costs more than was meant; they change no result."""

    bare = "values"

    values: Annotated[Count, Field(ge=1, le=MOST_VALUES)] = MAX_VALUES
    """Values that the file may have below this key, each alias counted as what it stands for."""


class ScenarioKeys(Model):
    """The keys of the top level, each validated by itself."""

    name: ScenarioName
    """Name of the scenario."""
    description: str = ""
    """What the scenario is about."""
    limits: Limits = Limits.model_construct()
    """Limits of the file itself."""
    start: Instant = DEFAULT_START
    """Time at which the simulation starts; naive times are UTC."""
    duration: PositiveDuration
    """Simulated time."""
    warm_up: Duration = 0.0
    """Left out of every statistic."""
    seed: Annotated[Count, Field(ge=0)] = 1
    """Seed of every random draw."""
    records: Literal["on", "off"] = "on"
    """Whether syncs are kept; `off` keeps the summary, in memory that does not grow with them."""
    rpo: Rpo = Rpo.model_construct()
    """The recovery point objective."""
    objectives: dict[Name, Objective] = Field(default_factory=dict)
    """Objectives besides the RPO, by name."""
    compliance: ComplianceSection | None = None
    """Attainment of the RPO by calendar month; without it, runs of 28 days or more have it."""
    rto: Rto | None = None
    """The recovery time objective, by which drills are judged."""
    drill: Drill | None = None
    """A disaster to rehearse and the runbook that answers it, for `efssim drill`."""
    thresholds: tuple[ThresholdText, ...] = ()
    """Comparisons of numbers of the summary, as `dr.write_lag_s.p99 < 10 min`; `--check` fails
    where one does not hold."""
    cloudwatch: CloudWatch = CloudWatch.model_construct()
    """How CloudWatch's view of the run is made."""
    regions: dict[Name, Region] = Field(default_factory=dict)
    """Regions with something to say about; the others are known to AWS and opted in."""
    links: dict[LinkName, Link] = Field(
        default_factory=dict, json_schema_extra={"additionalProperties": False}
    )
    """Links by name, as `us-east-1 -> eu-south-1`; an absent one never limits a transfer."""
    subnets: dict[SubnetId, Subnet] = Field(default_factory=dict)
    """Subnets by id; one that is not here lies in a zone picked by its id, in the default VPC."""
    file_systems: dict[Name, FileSystem] = Field(default_factory=dict)
    """File systems by name."""
    replications: dict[Name, Replication] = Field(default_factory=dict)
    """Replications by name."""
    events: tuple[Event, ...] = ()
    """What happens at given times."""
    faults: dict[Name, Fault] = Field(default_factory=dict)
    """What happens at random times, by name."""
    alarms: Alarms = Field(default_factory=dict)
    """Metric alarms of CloudWatch by name; `file` reads those of describe-alarms."""
    prices: PriceSection | None = None
    """Prices of AWS; `file` reads them from a file. Without any there is no cost."""
    defaults: Defaults = Defaults.model_construct()
    """What holds for whatever an API call creates."""
    uncertain: dict[Annotated[str, Field(min_length=1, max_length=1000)], UncertainKeys] = Field(
        default_factory=dict
    )
    """Distributions of parameters that are not known, by the path of each; `--trials` draws
    parameter sets from them, and a single run has the values as written."""

    @property
    def fleets(self) -> tuple[Fleet, ...]:
        """Fleets, which the sections have item by item."""
        kept: KeptFleets | None = vars(self).get(KEPT)
        return () if kept is None else kept.fleets

    @property
    def once(self) -> Self:
        """The scenario with each fleet once, as it is written; itself where there is none."""
        kept: KeptFleets | None = vars(self).get(KEPT)
        if kept is None:
            return self
        # A copy may have other parts since.
        sections = kept.sections.items()
        found = {key: one for key, (whole, one) in sections if getattr(self, key) is whole}
        made = self.model_copy(update=found)
        vars(made).pop(KEPT)
        return made

    @model_serializer(mode="wrap")
    def _each_fleet_once(self, handler: SerializerFunctionWrapHandler) -> Any:
        kept: KeptFleets | None = vars(self).get(KEPT)
        return handler(self) if kept is None else kept.written_once(handler(self.once))

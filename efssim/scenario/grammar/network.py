"""Regions and the links between them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from typing import Annotated

from pydantic import AfterValidator, Field, WithJsonSchema

from efssim.scenario.grammar.base import Found, Model
from efssim.scenario.grammar.calendars.rates import ScheduledRate
from efssim.scenario.grammar.types import Count, Duration, Flag
from efssim.scenario.regions.facts import FILE_SYSTEMS
from efssim.scenario.regions.names import zone_region
from efssim.text.written import Written


@cache  # links are few, and every disturbance of one asks
def link_regions(name: str) -> tuple[str, str]:
    """Return the two Regions of a link, from `us-east-1 -> eu-south-1`; raise ValueError."""
    ends = [end.strip() for end in name.split("->")]
    if len(ends) != 2 or not all(ends):
        raise ValueError(f"'{name}' is not a link such as 'us-east-1 -> eu-south-1'")
    return ends[0], ends[1]


def link_name(name: str) -> str:
    """Return the canonical name of a link; raise ValueError for any other text."""
    return " -> ".join(link_regions(name))


def _zone(name: str) -> str:
    if zone_region(name) is None:
        raise ValueError(f"'{name}' is not an Availability Zone such as 'us-east-1a'")
    return name


LinkName = Annotated[
    str,
    AfterValidator(link_name),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": "^.*[^ ].*->.*[^ ].*$",
            "description": "A link from one Region to another.",
            "examples": ["us-east-1 -> eu-south-1"],
        }
    ),
]
"""Two Regions in their order; the white space around the arrow is normalised."""

ZoneName = Annotated[
    str,
    AfterValidator(_zone),
    WithJsonSchema({"type": "string", "pattern": "^.*[0-9][a-z]+$", "examples": ["us-east-1a"]}),
]
"""An Availability Zone, whose name is that of its Region and a letter."""


class Quotas(Model):
    """How much an account may have in a Region."""

    file_systems: Annotated[Count, Field(ge=0)] = FILE_SYSTEMS
    """File systems at a time, those that replications create included; AWS raises it on request."""


class Region(Model):
    """What a scenario says about a Region."""

    custom: Flag = False
    """Declares a Region that AWS does not have."""
    opted_in: Flag = True
    """Whether the account has opted in to the Region at the start."""
    opting_in: Duration = 0.0
    """From the call that opts in until it takes effect."""
    opting_out: Duration = 0.0
    """From the call that opts out until it takes effect."""
    default: Flag | None = None
    """Whether AWS enables the Region by default; one that is cannot be opted out of."""
    availability_zones: dict[ZoneName, str] = Field(default_factory=dict)
    """Ids of Availability Zones by name, which differ from account to account."""
    quotas: Quotas = Quotas.model_construct()
    """How much the account may have there."""


class Subnet(Model):
    """Where a subnet lies."""

    bare = "availability_zone"

    availability_zone: ZoneName
    """Its Availability Zone."""
    vpc: Annotated[str, Field(pattern="^vpc-[0-9a-f]{8,40}$")] | None = None
    """Id of its VPC; the default one of the Region unless set."""


class Link(Model):
    """What limits or delays transfers from one Region to another."""

    bare = "capacity"

    capacity: ScheduledRate = Field(
        default=math.inf,
        json_schema_extra={"default": "none"},  # JSON has no infinity
    )
    """Bytes per second; `none` is no limit. Also a calendar."""
    latency: Duration = 0.0
    """Round-trip time, which adds to the setup of every sync."""
    concurrency: Annotated[Count, Field(gt=0)] | None = None
    """Most syncs under way at a time; the others wait, first come first served."""


class Place(Model):
    """A Region or one of its Availability Zones."""

    region: str | None = None
    """Region, such as `us-east-1`."""
    availability_zone: ZoneName | None = None
    """Availability Zone, such as `us-east-1a`, for One Zone storage."""

    @classmethod
    def misfits(cls, data: Written) -> Iterator[Found]:
        yield from super().misfits(data)
        region, zone = data.get("region"), data.get("availability_zone")
        if not isinstance(region, str) or not isinstance(zone, str):
            return
        if zone_region(zone) not in (None, region):
            yield ("availability_zone",), f"'{zone}' is not in Region '{region}'"

"""What disturbances and calls are aimed at: one rule for a scenario's entries and for `apply`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from efssim.scenario.checks.places import always_on, enabled_by_default, regions_known
from efssim.scenario.checks.references import new_destinations
from efssim.scenario.grammar.base import Found
from efssim.scenario.grammar.network import link_regions
from efssim.text import written
from efssim.text.suggestions import suggest

_OF_REGIONS = ("opt_out", "region_outage", "region")
_OF_LINKS = ("link_outage", "link_degraded")
_OF_NAMES = {
    "kms_key_disabled": "replication",
    "permission_lost": "replication",
    "fail": "file system",
}


@dataclass(frozen=True)
class Known:
    """What can be aimed at."""

    regions: Collection[str]
    enabled_by_default: Callable[[str], bool]
    """Whether AWS enables a Region by default, so that nobody can opt out of it."""
    named: Mapping[str, Collection[str]]
    """Names of each `replication` and `file system`."""


def known_in(raw: Mapping[str, Any]) -> Known:
    """Return what the entries of a scenario can be aimed at, as it was written."""
    systems = [*written.names(raw, "file_systems"), *new_destinations(raw)]
    named = {"replication": written.names(raw, "replications"), "file system": systems}
    return Known(regions_known(raw), lambda region: enabled_by_default(raw, region), named)


def disturbance_problems(raw: Mapping[str, Any]) -> Iterator[Found]:
    """Yield the targets of events and faults that do not exist or cannot be hit."""
    known = known_in(raw)
    for path, part in written.disturbances(raw):
        for place, message in target_problems(part, known):
            yield (*path, *place), message


def target_problems(part: Mapping[str, Any], known: Known) -> Iterator[Found]:
    """Yield what is wrong with the targets of one event or fault, as it was written."""
    for key, region in _regions_of(part):
        if region not in known.regions:
            yield (key,), f"unknown Region '{region}'{suggest(region, known.regions)}"
        elif key == "opt_out" and known.enabled_by_default(region):
            yield (key,), always_on(region)
    for key, what in _OF_NAMES.items():
        name = written.text(part, key)
        if name is not None and name not in known.named[what]:
            hint = suggest(name, known.named[what])
            yield (key,), f"no {what} is named '{name}'{hint}"


def _regions_of(part: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for key in _OF_REGIONS:
        region = written.text(part, key)
        if region is not None:
            yield key, region
    for key in _OF_LINKS:
        for end in written.parsed(link_regions, part.get(key)) or ():
            yield key, end

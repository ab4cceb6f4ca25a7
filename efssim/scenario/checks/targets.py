"""Targets of disturbances and calls: one rule for a scenario's entries and for `apply`."""

from __future__ import annotations

from collections.abc import Iterator

from efssim.scenario.checks.places import always_on, enabled_by_default, regions_known
from efssim.scenario.checks.references import dangling, new_destinations
from efssim.scenario.grammar.base import Found
from efssim.scenario.grammar.disturbances.effects import OptOut, Target
from efssim.scenario.grammar.disturbances.kind import Known
from efssim.scenario.grammar.disturbances.kinds import DISTURBANCES
from efssim.scenario.grammar.network import link_regions
from efssim.text import written
from efssim.text.items import first_meant, one_of_fleet
from efssim.text.suggestions import suggest
from efssim.text.written import Written


def known_in(raw: Written) -> Known:
    """Return the targets of a scenario as it was written."""
    systems = [*written.names(raw, "file_systems"), *new_destinations(raw)]
    # Mappings, as names are looked up: there may be thousands.
    named = {
        Target.REPLICATION: dict.fromkeys(written.names(raw, "replications")),
        Target.FILE_SYSTEM: dict.fromkeys(systems),
    }
    return Known(regions_known(raw), lambda region: enabled_by_default(raw, region), named)


def disturbance_problems(raw: Written) -> Iterator[Found]:
    """Yield the targets of events and faults that do not exist or cannot be hit."""
    known = known_in(raw)
    for path, part in written.disturbances(raw):
        for place, message in [*target_problems(part, known), *_called_on_all(part, known)]:
            yield (*path, *place), message


def _called_on_all(part: Written, known: Known) -> Iterator[Found]:
    """Yield the fleets that a call names: each call is about one file system."""
    for key, value in written.mapping(part, "with").items():
        if not isinstance(value, str):
            continue
        hint = one_of_fleet("a call", value, known.named[Target.FILE_SYSTEM])
        if hint:
            yield ("with", key), hint


def target_problems(part: Written, known: Known) -> Iterator[Found]:
    """Yield the mistakes in the targets of one event or fault, as it was written."""
    for key, region in _regions_of(part):
        if region not in known.regions:
            yield (key,), f"unknown Region '{region}'{suggest(region, known.regions)}"
        elif _opts_out(key) and known.enabled_by_default(region):
            yield (key,), always_on(region)
    for kind in DISTURBANCES:
        name, names = written.text(part, kind.name), known.named.get(kind.target)
        if name is not None and names is not None and first_meant(name) not in names:
            yield (kind.name,), dangling(kind.target.value, name, names)
    for kind in DISTURBANCES:
        if kind.check is not None and kind.name in part:
            yield from kind.check(part, known)


def _opts_out(key: str) -> bool:
    kind = DISTURBANCES.get(key)
    return kind is not None and kind.has(OptOut)


def _regions_of(part: Written) -> Iterator[tuple[str, str]]:
    """Yield the keys that name a Region, with the Region: targets, where calls go, and links."""
    targets = [kind.name for kind in DISTURBANCES if kind.target is Target.REGION]
    for key in (*targets, "region"):
        region = written.text(part, key)
        if region is not None:
            yield key, region
    for kind in DISTURBANCES:
        if kind.target is Target.LINK:
            for end in written.parsed(link_regions, part.get(kind.name)) or ():
                yield kind.name, end

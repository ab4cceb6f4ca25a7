"""Checks of the replications, file systems and Regions that alarms name."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from efssim.scenario.alarms.names import as_named, renamed
from efssim.scenario.checks.places import regions_known
from efssim.scenario.checks.references import dangling, new_destinations
from efssim.scenario.grammar.base import Found
from efssim.text import written
from efssim.text.items import one_of_fleet
from efssim.text.suggestions import suggest
from efssim.text.written import Written


def alarm_problems(raw: Written) -> Iterator[Found]:
    """Yield dangling names in the alarms of a scenario as it was written."""
    systems = dict.fromkeys([*written.names(raw, "file_systems"), *new_destinations(raw)])
    if raw.get("records") == "off" and written.names(raw, "alarms"):
        yield ("records",), "alarms need the syncs, which `records: off` does not keep"
    replications = dict.fromkeys(written.names(raw, "replications"))
    regions = regions_known(raw)
    for name, part in written.section(raw, "alarms").items():
        if name == "ids" and "file" in written.mapping(raw, "alarms"):
            for key, system in part.items():
                if isinstance(system, str) and system not in systems:
                    yield ("alarms", name, key), dangling("file system", system, systems)
            continue
        for place, message in _alarm_problems(part, systems, replications, regions):
            yield ("alarms", name, *place), message


def _alarm_problems(
    part: Written,
    systems: Collection[str],
    replications: Collection[str],
    regions: Collection[str],
) -> Iterator[Found]:
    """Yield the dangling names in one alarm."""
    alarm = renamed(part)
    of, region = written.text(alarm, "replication"), written.text(alarm, "region")
    if of is not None and of not in replications:
        hint = one_of_fleet("an alarm", of, replications)
        yield ("replication",), hint or dangling("replication", of, replications)
    if region is not None and region not in regions:
        yield ("region",), f"unknown Region '{region}'{suggest(region, regions)}"
    for key, system in written.mapping(alarm, "dimensions").items():
        is_name = isinstance(system, str) and not system.startswith("fs-")
        if is_name and key.endswith("FileSystemId") and system not in systems:
            where = (as_named(part, "dimensions"), key)
            hint = one_of_fleet("an alarm", str(system), systems)
            yield where, hint or dangling("file system", str(system), systems)

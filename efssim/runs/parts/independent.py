"""Parts of a scenario whose replications cannot notice each other, so that each may run alone."""

from __future__ import annotations

import math
from collections import Counter, defaultdict

from efssim.scenario import Scenario
from efssim.scenario.amounts.throttles import throttles
from efssim.scenario.grammar.calendars.rates import RateCalendar
from efssim.scenario.grammar.network import link_regions
from efssim.scenario.regions.facts import FILE_SYSTEMS
from efssim.scenario.regions.names import zone_region
from efssim.scenario.schema import Destination

LEAST = 64
"""Replications from which parts pay (chosen)."""
_PART = 32
"""Replications of a part: what they draw and record for a day stays in a cache (chosen)."""


def parts_of(scenario: Scenario) -> list[Scenario] | None:
    """Return parts with a few replications each, in the order of these names; None if it has none.

    A part has the keys of the whole, but for file systems and replications. It has none where
    replications are few, where anything but their own syncs happens, where a link may bind, and
    where what one creates could matter to another.
    """
    replications = scenario.replications
    if len(replications) < LEAST or not _is_calm(scenario) or not _is_apart(scenario):
        return None
    names = sorted(replications)
    parts = [names[begin : begin + _PART] for begin in range(0, len(names), _PART)]
    unused = set(scenario.file_systems) - {each.source for each in replications.values()}
    systems = [[replications[name].source for name in part] for part in parts]
    systems[0] += [name for name in scenario.file_systems if name in unused]
    return [
        scenario.model_copy(
            update={
                "file_systems": {name: scenario.file_systems[name] for name in sources},
                "replications": {name: replications[name] for name in part},
            }
        )
        for part, sources in zip(parts, systems, strict=True)
    ]


def _is_calm(scenario: Scenario) -> bool:
    """Return whether nothing but writes and syncs happens, and nobody watches all at once."""
    acts = scenario.events, scenario.faults, scenario.alarms
    if any(acts) or scenario.prices is not None or throttles(scenario):
        return False
    if any(isinstance(link.capacity, RateCalendar) for link in scenario.links.values()):
        return False
    return not any(system.backups for system in scenario.file_systems.values()) and not any(
        each.blackouts is not None or isinstance(each.sync.throughput, RateCalendar)
        for each in scenario.replications.values()
    )


def _is_apart(scenario: Scenario) -> bool:
    """Return whether no replication shares a file system, a name, a quota or a link with another.

    Those that go to a file system of the scenario, and ids that are chosen, are not looked into.
    """
    systems, replications = scenario.file_systems, scenario.replications
    sources = {each.source for each in replications.values()}
    return (
        len(sources) == len(replications)
        and sources <= set(systems)
        and not any(each.destination.file_system for each in replications.values())
        and not any(f"{name}.destination" in systems for name in replications)
        and not any(system.id for system in systems.values())
        and _have_room(scenario)
        and all(_can_all_send(scenario, *each) for each in _by_link(scenario).items())
    )


def _have_room(scenario: Scenario) -> bool:
    """Return whether the account may have all file systems at a time."""
    counts = Counter(system.home for system in scenario.file_systems.values())
    counts.update(_home(each.destination) for each in scenario.replications.values())
    quotas = {name: region.quotas.file_systems for name, region in scenario.regions.items()}
    return all(count <= quotas.get(name, FILE_SYSTEMS) for name, count in counts.items())


def _home(destination: Destination) -> str:
    return destination.region or zone_region(destination.availability_zone or "") or ""


def _by_link(scenario: Scenario) -> dict[tuple[str, str], list[float]]:
    """Return the most bytes per second that each replication may send, by its Regions."""
    found: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for each in scenario.replications.values():
        ends = scenario.file_systems[each.source].home, _home(each.destination)
        own = 0.0 if each.established else each.initial.throughput or 0.0
        found[ends].append(max(each.sync.number("throughput"), own))
    return found


def _can_all_send(scenario: Scenario, ends: tuple[str, str], rates: list[float]) -> bool:
    """Return whether a link has room and slots for all of its replications at a time."""
    for name, link in scenario.links.items():
        if link_regions(name) == ends:
            assert not isinstance(link.capacity, RateCalendar)
            has_slots = link.concurrency is None or len(rates) <= link.concurrency
            return has_slots and (len(rates) == 1 or math.fsum(rates) <= link.capacity)
    return True

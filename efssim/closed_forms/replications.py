"""From a replication of a scenario to its sync process, its initial sync and its outages."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from efssim.closed_forms.cycles.failures import Failures
from efssim.closed_forms.cycles.syncs import Moments, Syncs
from efssim.closed_forms.inflow.growth import added_bytes, added_files
from efssim.closed_forms.inflow.streams import flows_of
from efssim.scenario import Scenario
from efssim.scenario.grammar.calendars.rates import RateCalendar, base_of, least_of, most_of
from efssim.scenario.grammar.distributions import Distribution
from efssim.scenario.grammar.disturbances.effects import Degrade, OptOut, Stall, StopWrites, Target
from efssim.scenario.grammar.events import CALL, Disturbance, Event
from efssim.scenario.grammar.network import Link
from efssim.scenario.regions.names import zone_region
from efssim.scenario.schema import Replication
from efssim.text.items import is_meant


@dataclass(frozen=True)
class Outage:
    """A time without syncs."""

    cause: str
    length_s: float
    """Until syncs can go on."""
    writes_stop: bool
    """Whether the source is not written meanwhile."""
    restarts: bool
    """Whether the sync in flight is abandoned, as by a pause; otherwise it goes on."""
    at_s: float | None = None
    """When it begins, in seconds since the start; None: whenever it costs most."""


def syncs_of(scenario: Scenario, name: str) -> Syncs:
    """Return the regular syncs of a replication; raise TraceErrors as `flows_of` does."""
    replication = scenario.replications[name]
    source, sync = scenario.file_systems[replication.source], replication.sync
    link, flows = _link(scenario, replication), flows_of(source, scenario)
    # Half of the run's additions to the inventory: its mean, if it grows evenly.
    half = added_files(source.writes.values(), flows, scenario.duration / 2)
    scan_rate = sync.number("scan_rate")
    return Syncs(
        flows=flows,
        interval_s=sync.number("interval"),
        gap=_moments(sync.draw("gap")),
        setup=_moments(sync.draw("setup"), link.latency),
        throughput=min(sync.number("throughput"), base_of(link.capacity)),
        file_rate=sync.number("file_rate"),
        inventory_s=(source.files + half) / scan_rate,
        inventory_growth_s=half / scan_rate,
        diff_rate=sync.number("diff_rate"),
        failures=Failures(
            sync.number("failure_probability"),
            sync.draw("backoff").expected(),
            sync.number("backoff_max"),
        ),
    )


def _moments(times: Distribution[float], more_s: float = 0.0) -> Moments:
    return Moments(times.expected() + more_s, times.variance())


def _homes(scenario: Scenario, replication: Replication) -> tuple[str, str]:
    """Return the Regions of source and destination."""
    destination = replication.destination
    existing = scenario.file_systems.get(destination.file_system or "")
    there = destination.region or zone_region(destination.availability_zone or "")
    if existing is not None:
        there = existing.home
    assert there is not None, "a destination without a Region is refused"
    return scenario.file_systems[replication.source].home, there


def link_between(scenario: Scenario, replication: Replication) -> str:
    """Return the name of the link that a replication sends over."""
    return " -> ".join(_homes(scenario, replication))


def _link(scenario: Scenario, replication: Replication) -> Link:
    return scenario.links.get(link_between(scenario, replication), Link())


def link_binds(scenario: Scenario, name: str) -> bool:
    """Return whether the link of a replication carries less than its syncs could send."""
    replication = scenario.replications[name]
    capacity = base_of(_link(scenario, replication).capacity)
    return capacity < replication.sync.number("throughput")


def sharing(scenario: Scenario, name: str) -> list[str]:
    """Return why a replication has no closed forms, if it may have to share its link."""
    link = link_between(scenario, scenario.replications[name])
    others = [
        other for other, part in scenario.replications.items() if _crosses(scenario, part, link)
    ]
    spec = scenario.links.get(link, Link())
    wanted = math.fsum(_most(scenario.replications[other]) for other in others)
    reasons = []
    if len(others) > 1 and wanted > least_of(spec.capacity) * _degraded(scenario, link):
        reasons.append(f"link '{link}' is shared: how long a transfer takes depends on the others")
    if spec.concurrency is not None and len(others) > spec.concurrency:
        reasons.append(f"syncs wait for a slot of link '{link}'")
    return reasons


def blacked_out(scenario: Scenario, name: str) -> list[str]:
    """Return why a replication has no closed forms, if it has blackouts."""
    has_some = scenario.replications[name].blackouts is not None
    return ["no closed form is known of blackouts"] if has_some else []


def throttled(scenario: Scenario, name: str) -> list[str]:
    """Return why a replication has no closed forms, if writes to its source may wait."""
    source = scenario.file_systems[scenario.replications[name].source]
    return ["no closed form is known of a throttled source"] if source.throttle else []


def by_the_clock(scenario: Scenario, name: str) -> list[str]:
    """Return why a replication has no closed forms, if a rate of it follows a calendar."""
    replication = scenario.replications[name]
    link = link_between(scenario, replication)
    rates = {
        f'links."{link}".capacity': scenario.links.get(link, Link()).capacity,
        f"replications.{name}.sync.throughput": replication.sync.throughput,
    }
    return [
        f"no closed form is known of calendars, and {path} has one"
        for path, rate in rates.items()
        if isinstance(rate, RateCalendar)
    ]


def _crosses(scenario: Scenario, replication: Replication, link: str) -> bool:
    return link_between(scenario, replication) == link


def _most(replication: Replication) -> float:
    """Return the most bytes per second that a replication may send."""
    given, initial = replication.sync.throughput, replication.initial.throughput
    usual = replication.sync.number("throughput") if given is None else most_of(given)
    return usual if replication.established or initial is None else max(usual, initial)


def _degraded(scenario: Scenario, link: str) -> float:
    """Return the share of a link that is left if all its degradations coincide."""
    disturbances = [*scenario.events, *scenario.faults.values()]
    found = 1.0
    for disturbance in disturbances:
        effect = None if disturbance.kind == CALL else disturbance.entry.effect(Degrade)
        if effect is not None and disturbance.target == link:
            found *= disturbance.option(effect.factor)
    return found


def initial_sync(scenario: Scenario, name: str, syncs: Syncs) -> tuple[float, int]:
    """Return mean seconds and bytes of the initial sync of a replication, as if it were new.

    Setup + inventory + the longer of bytes / throughput and files / file rate, and the work of
    failed attempts. Writes while the replication is ENABLING are sent, too, at their mean.
    """
    replication = scenario.replications[name]
    source, initial = scenario.file_systems[replication.source], replication.initial
    enabling_s = replication.control.draw("enabling").expected()
    streams = source.writes.values()
    stored = source.size + round(added_bytes(streams, syncs.flows, enabling_s))
    inventory = source.files + added_files(streams, syncs.flows, enabling_s)
    size = stored
    if initial.differing is not None:
        written = math.fsum(flow.bytes_per_s for flow in syncs.flows) * enabling_s
        size = min(stored, initial.differing + round(written))
    share = size / stored if stored else 1.0
    files = round(inventory * share)
    link = _link(scenario, replication)
    throughput = syncs.throughput
    if initial.throughput is not None:
        throughput = min(initial.throughput, base_of(link.capacity))
    file_rate = syncs.file_rate if initial.file_rate is None else initial.file_rate
    setup_s = syncs.setup.mean
    if initial.setup is not None:
        setup_s = initial.setup.expected() + link.latency
    scan_rate = replication.sync.number("scan_rate")
    inventory_s = inventory / scan_rate if size or files else 0.0
    once_s = setup_s + inventory_s + max(size / throughput, files / file_rate)
    return syncs.failures.duration_s(once_s), size


def outages_of(scenario: Scenario, name: str) -> Iterator[Outage]:
    """Yield the outages and pauses among the events that concern a replication and that end."""
    for event in scenario.events:
        if event.lasts is not None:
            found = _outage(scenario, name, event, event.lasts)
            if found is not None:
                yield replace(found, at_s=event.at)


def disturbances_of(scenario: Scenario, name: str) -> list[str]:
    """Return `events`, `faults`, both or neither: those that can reach a replication.

    A call of the API can reach any; an API error only calls, which are events of their own.
    """
    kinds = {"events": scenario.events, "faults": list(scenario.faults.values())}
    return [key for key, found in kinds.items() if any(concerns(scenario, name, d) for d in found)]


def concerns(scenario: Scenario, name: str, disturbance: Disturbance) -> bool:
    """Return whether a disturbance, or a call, can reach a replication."""
    if disturbance.kind == CALL:
        return True
    targets = _targets(scenario, name, disturbance.entry.target)
    return any(each is not None and is_meant(disturbance.target, each) for each in targets)


def _targets(scenario: Scenario, name: str, target: Target) -> tuple[str | None, ...]:
    """Return the targets of a sort that concern a replication."""
    replication = scenario.replications[name]
    homes = _homes(scenario, replication)
    if target is Target.REGION:
        return homes
    if target is Target.LINK:
        return (" -> ".join(homes),)
    if target is Target.REPLICATION:
        return (name,)
    if target is Target.FILE_SYSTEM:
        return replication.source, replication.destination.file_system
    return ()


def _outage(scenario: Scenario, name: str, event: Event, lasts_s: float) -> Outage | None:
    if event.kind == CALL or not concerns(scenario, name, event):
        return None
    kind, cause = event.entry, f"{event.kind} {event.target}"
    if kind.pauses:
        if kind.has(OptOut):
            lasts_s += _opting_s(scenario, event.target)
        least_s = _least_pause_s(scenario.replications[name])
        return Outage(cause, max(lasts_s, least_s), _stops_writes(scenario, name, event), True)
    if kind.has(Stall):
        return Outage(cause, lasts_s, _stops_writes(scenario, name, event), False)
    return None


def _stops_writes(scenario: Scenario, name: str, event: Event) -> bool:
    """Return whether a disturbance of a replication keeps its source from being written."""
    source = scenario.replications[name].source
    places = (source, scenario.file_systems[source].home)
    return event.entry.has(StopWrites) and any(is_meant(event.target, each) for each in places)


def _least_pause_s(replication: Replication) -> float:
    """Return how long a pause takes at least, in seconds, on average."""
    delays = replication.control.draw("pausing"), replication.control.draw("resuming")
    return math.fsum(delay.expected() for delay in delays)


def _opting_s(scenario: Scenario, name: str) -> float:
    """Return by how much longer a Region is out than the time between the two calls."""
    region = scenario.regions.get(name)
    return 0.0 if region is None else region.opting_in - region.opting_out

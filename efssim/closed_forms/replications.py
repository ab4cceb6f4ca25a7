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
from efssim.scenario.grammar.distributions import Distribution
from efssim.scenario.grammar.events import Disturbance, Event
from efssim.scenario.grammar.network import Link
from efssim.scenario.regions.names import zone_region
from efssim.scenario.schema import Replication


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
        throughput=min(sync.number("throughput"), link.capacity),
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


def _link(scenario: Scenario, replication: Replication) -> Link:
    return scenario.links.get(" -> ".join(_homes(scenario, replication)), Link())


def link_binds(scenario: Scenario, name: str) -> bool:
    """Whether the link of a replication carries less than its syncs could send."""
    replication = scenario.replications[name]
    return _link(scenario, replication).capacity < replication.sync.number("throughput")


def initial_sync(scenario: Scenario, name: str, syncs: Syncs) -> tuple[float, int]:
    """Return mean seconds and bytes of the initial sync of a replication, as if it were new.

    Setup + inventory + the longer of bytes / throughput and files / file rate, and what failed
    attempts add. What is written while the replication is ENABLING is sent, too, at its mean.
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
        throughput = min(initial.throughput, link.capacity)
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
    return [key for key, found in kinds.items() if any(_concerns(scenario, name, d) for d in found)]


def _concerns(scenario: Scenario, name: str, disturbance: Disturbance) -> bool:
    replication = scenario.replications[name]
    homes = _homes(scenario, replication)
    targets = {
        "opt_out": homes,
        "region_outage": homes,
        "link_outage": (" -> ".join(homes),),
        "link_degraded": (" -> ".join(homes),),
        "kms_key_disabled": (name,),
        "permission_lost": (name,),
        "fail": (replication.source, replication.destination.file_system),
        "api_error": (),
    }
    return disturbance.target in targets.get(disturbance.kind, (disturbance.target,))


def _outage(scenario: Scenario, name: str, event: Event, lasts_s: float) -> Outage | None:
    replication, target = scenario.replications[name], event.target
    homes, cause = _homes(scenario, replication), f"{event.kind} {target}"
    if event.kind == "link_outage" and target == " -> ".join(homes):
        return Outage(cause, lasts_s, writes_stop=False, restarts=False)
    if event.kind == "region_outage" and target in homes:
        return Outage(cause, lasts_s, writes_stop=target == homes[0], restarts=False)
    if event.kind == "opt_out" and target in homes:
        lasts_s += _opting_s(scenario, target)
    elif event.kind not in ("kms_key_disabled", "permission_lost") or target != name:
        return None
    delays = replication.control.draw("pausing"), replication.control.draw("resuming")
    least_s = math.fsum(delay.expected() for delay in delays)
    return Outage(cause, max(lasts_s, least_s), writes_stop=False, restarts=True)


def _opting_s(scenario: Scenario, name: str) -> float:
    """Return by how much longer a Region is out than the time between the two calls."""
    region = scenario.regions.get(name)
    return 0.0 if region is None else region.opting_in - region.opting_out

"""The numbers of an estimate, each from a closed form."""

from __future__ import annotations

import math
from dataclasses import replace

from efssim.closed_forms.approximations import approximations
from efssim.closed_forms.cycles.catch_up import CatchUp, LongCycle, catch_up, worst_begin_s
from efssim.closed_forms.cycles.sizing import largest_write_rate, smallest_throughput
from efssim.closed_forms.cycles.steady import Steady, shortest_interval, steady
from efssim.closed_forms.cycles.syncs import Syncs
from efssim.closed_forms.estimated import (
    CatchUpEstimate,
    CycleEstimate,
    RatesEstimate,
    Regime,
    ReplicationEstimate,
    SizingEstimate,
)
from efssim.closed_forms.inflow.streams import unknown_forms
from efssim.closed_forms.replications import (
    Outage,
    blacked_out,
    by_the_clock,
    initial_sync,
    outages_of,
    sharing,
    syncs_of,
    throttled,
)
from efssim.closed_forms.verdict import Beginning, verdict
from efssim.scenario import Scenario

_LONG_S = 60.0
"""Seconds over which the busiest rate is taken where there is no steady cycle."""


def numbers(scenario: Scenario, name: str, supposed: Outage) -> ReplicationEstimate:
    """Return the estimated numbers of a replication, with the catch-up after a supposed outage."""
    unknown = unknown_forms(scenario.file_systems[scenario.replications[name].source], scenario)
    unknown += sharing(scenario, name) + blacked_out(scenario, name)
    unknown += by_the_clock(scenario, name) + throttled(scenario, name)
    if unknown:
        return _means_alone(syncs_of(scenario, name), unknown)
    syncs, new = syncs_of(scenario, name), not scenario.replications[name].established
    usual = steady(syncs)
    initial_s, initial_bytes = initial_sync(scenario, name, syncs)
    beginning = _beginning(scenario, name, syncs, usual, initial_s) if new else None
    caught_up = _catch_ups(scenario, name, syncs, usual, supposed)
    if beginning is not None:
        caught_up.append(_after("initial_sync", initial_s, None, beginning.catch_up))
    found = verdict(scenario, name, syncs, usual, beginning)
    return ReplicationEstimate(
        regime=_regime(usual),
        rates=_rates(syncs, usual),
        cycle=_cycle(usual),
        attainment=0.0 if usual is None else usual.share_at_most(scenario.rpo.target),
        rpo_met=found.met,
        rpo_reasons=found.reasons,
        growth_bytes_per_s=None if usual else syncs.bytes_per_s * (1 - 1 / syncs.load()),
        sizing=_sizing(syncs, usual, scenario.rpo.target),
        initial_sync_s=initial_s,
        initial_bytes=initial_bytes,
        catch_up=tuple(caught_up),
        approximations=tuple(approximations(scenario, scenario.replications[name], syncs, usual)),
    )


def _means_alone(syncs: Syncs, reasons: list[str]) -> ReplicationEstimate:
    """Return the estimate of streams without closed forms: their mean rates, and else None."""
    rates = RatesEstimate(written_bytes_per_s=syncs.bytes_per_s, writes_per_s=syncs.writes_per_s)
    return ReplicationEstimate(
        regime=None,
        rates=rates,
        cycle=CycleEstimate(),
        attainment=None,
        rpo_met=None,
        rpo_reasons=tuple(reasons),
        growth_bytes_per_s=None,
        sizing=SizingEstimate(),
        initial_sync_s=None,
        initial_bytes=None,
        catch_up=(),
        approximations=tuple(reasons),
    )


def _regime(usual: Steady | None) -> Regime:
    if usual is None:
        return "diverging"
    return "on_time" if usual.on_time else "back_to_back"


def _rates(syncs: Syncs, usual: Steady | None) -> RatesEstimate:
    span_s = usual.cycle_s if usual else math.inf
    busiest = syncs.busiest(usual.cycle_s if usual else _LONG_S)
    by_bytes, by_files = syncs.utilisation(span_s)
    limit, both = min(syncs.throughput, syncs.file_rate), max(by_bytes, by_files)
    return RatesEstimate(
        written_bytes_per_s=syncs.bytes_per_s,
        writes_per_s=syncs.writes_per_s,
        sent_bytes_per_s=syncs.sent_bytes_per_s(span_s),
        busiest_bytes_per_s=busiest.bytes_per_s,
        utilisation=_limited(both, limit),
        utilisation_by_bytes=_limited(by_bytes, syncs.throughput),
        utilisation_by_files=_limited(by_files, syncs.file_rate),
        utilisation_with_failures=_limited(both * syncs.failures.factor, limit),
        busiest_utilisation=_limited(max(busiest.utilisation(span_s)), limit),
    )


def _limited(share: float, limit: float) -> float | None:
    return share if limit < math.inf else None


def _cycle(usual: Steady | None) -> CycleEstimate:
    if usual is None:
        return CycleEstimate()
    return CycleEstimate(
        cycle_s=usual.cycle_s,
        sync_s=usual.sync_s,
        age_mean_s=usual.age_mean_s,
        age_peak_s=usual.age_peak_s,
        write_lag_mean_s=usual.write_lag_mean_s,
    )


def _sizing(syncs: Syncs, usual: Steady | None, target_s: float) -> SizingEstimate:
    """Return the sizing by the busiest cycle; writes as a mean rate with the same timetable."""
    busy = syncs.busiest(usual.cycle_s if usual else _LONG_S)
    largest = largest_write_rate(busy, target_s)
    if largest is not None and busy.bytes_per_s:
        largest *= syncs.bytes_per_s / busy.bytes_per_s
    return SizingEstimate(
        shortest_interval_s=shortest_interval(busy),
        smallest_throughput_bytes_per_s=smallest_throughput(busy, target_s),
        largest_write_bytes_per_s=None if largest == math.inf else largest,
    )


def _beginning(
    scenario: Scenario, name: str, syncs: Syncs, usual: Steady | None, initial_s: float
) -> Beginning:
    """Return how a new replication begins, its catch-up with the writes of that very time."""
    enabling = scenario.replications[name].control.draw("enabling")
    since_s = enabling.expected()
    drawn = enabling.variance() or syncs.setup.variance or syncs.failures.probability
    cycle = LongCycle(initial_s, initial_s, since_s)
    found = None if usual is None else catch_up(syncs, usual, cycle)
    return Beginning(since_s + initial_s, not drawn, found)


def _catch_ups(
    scenario: Scenario,
    name: str,
    syncs: Syncs,
    usual: Steady | None,
    supposed: Outage,
) -> list[CatchUpEstimate]:
    """Return the catch-ups after a supposed outage and after those of the events."""
    varies = any(flow.timetable for flow in syncs.flows)
    begin_s = worst_begin_s(syncs, supposed.length_s, scenario.duration)
    found = [replace(supposed, at_s=begin_s), *outages_of(scenario, name)]
    # Where the rate never changes it does not matter when an outage begins.
    found = list(dict.fromkeys(o if varies else replace(o, at_s=None) for o in found))
    return [_after_outage(outage, syncs, usual) for outage in found]


def _after_outage(outage: Outage, syncs: Syncs, usual: Steady | None) -> CatchUpEstimate:
    """Return the catch-up after an outage that begins at the worst moment of a cycle.

    That is just before a cut; where the sync in flight is lost, just before it would complete. The
    long cycle then takes the outage and a cycle, or the duration of that sync besides.
    """
    if usual is None:
        return _after(outage.cause, outage.length_s, outage.at_s, None)
    before_s = usual.cycle_s + (usual.sync_s if outage.restarts else 0.0)
    written_s = before_s + (0.0 if outage.writes_stop else outage.length_s)
    since_s = None if outage.at_s is None else outage.at_s - before_s
    cycle = LongCycle(before_s + outage.length_s, written_s, since_s)
    return _after(outage.cause, outage.length_s, outage.at_s, catch_up(syncs, usual, cycle))


def _after(
    cause: str, lasts_s: float, at_s: float | None, found: CatchUp | None
) -> CatchUpEstimate:
    if found is None:
        return CatchUpEstimate(cause, at_s, lasts_s, None, None, None)
    return CatchUpEstimate(cause, at_s, lasts_s, found.age_peak_s, found.duration_s, found.syncs)

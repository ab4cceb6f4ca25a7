"""The simplifications of an estimate, in sentences: those that matter for its scenario."""

from __future__ import annotations

from collections.abc import Iterator

from efssim.closed_forms.cycles.steady import Steady
from efssim.closed_forms.cycles.syncs import Syncs
from efssim.scenario import Scenario
from efssim.scenario.schema import Replication, WriteStream
from efssim.scenario.workload.arrivals import chosen_process
from efssim.scenario.workload.processes.shapes import Even

_NEAR = 0.5
"""Shares of the limits that are nearer than this can take turns in being the larger."""

_ALWAYS = 0.999
"""Share of the syncs with something to send from which on the others do not matter."""


def approximations(
    scenario: Scenario, replication: Replication, syncs: Syncs, usual: Steady | None
) -> list[str]:
    """Return a sentence for each simplification that an estimate makes of a scenario."""
    streams = list(scenario.file_systems[replication.source].writes.values())
    return [
        *_of_the_run(scenario, replication),
        *_of_the_writes(streams),
        *_of_the_syncs(syncs, usual),
        "catch-up: each outage by itself, at the worst moment of a cycle; writes as a flow",
        "smallest throughput, largest writes: fluid, for a mean peak at the target, all streams at"
        " their busiest at once",
    ]


def _of_the_run(scenario: Scenario, replication: Replication) -> Iterator[str]:
    if replication.established:
        yield "steady state: the beginning of a run, where nothing is pending, is not in it"
    else:
        yield "steady state: the time until the initial sync is caught up with is not in it"
    if scenario.events or scenario.faults:
        yield "undisturbed: events and faults are not in the steady numbers"
    if any(event.call == "CreateReplicationConfiguration" for event in scenario.events):
        yield "replications that a call creates are not estimated"


def _of_the_writes(streams: list[WriteStream]) -> Iterator[str]:
    shapes = [
        process.shape(said)
        for process, said in (chosen_process(w.arrivals) for w in streams if w.arrivals)
    ]
    if streams:
        yield "fluid: writes as a constant flow; a whole write more or less is not seen"
    if not all(isinstance(shape, Even) for shape in shapes):
        yield "mean rates in the steady numbers; busy hours only in what is named the busiest"
    if any(stream.trace for stream in streams):
        yield "mean rate of the trace in the steady numbers; busy times only in the busiest"
    if any(stream.new_files for stream in streams):
        yield "inventory: as in the middle of the run; as at its end in what is named the busiest"
    if any(stream.hot_set for stream in streams):
        yield "hot sets: the mean of distinct blocks; of random sizes over 20,000 draws"


def _of_the_syncs(syncs: Syncs, usual: Steady | None) -> Iterator[str]:
    if usual is None:
        yield "the growth holds from one completion to another; a run ends anywhere in a cycle"
        return
    varies = syncs.setup.variance or syncs.gap.variance or syncs.failures.probability
    if varies or any(flow.random for flow in syncs.flows):
        yield (
            "on time at the mean: single syncs that take longer than the interval are not seen"
            if usual.on_time
            else "the spread of cycles as if they depended on the one before along a straight line"
        )
    if syncs.failures.probability:
        yield "failed attempts: their mean work; a random backoff at its mean"
    by_bytes, by_files = syncs.utilisation(usual.cycle_s)
    if min(by_bytes, by_files) > _NEAR * max(by_bytes, by_files):
        yield "the larger of two means, transfer by bytes and by files, not the mean of the larger"
    if any(flow.touched(usual.cycle_s) < _ALWAYS for flow in syncs.flows):
        yield "inventory and diff: their mean over syncs with and without anything to send"

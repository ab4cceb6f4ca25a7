"""Spans of a trial that are evidence by themselves, as the process starts anew between them.

A day of a trial says as much as another trial if nothing of the days before shows in it. That is so
between two cuts of a sync that are on time, each right after one on time: then the recovery point
and the begin of the pending writes are known, and draws are made anew for every write and every
sync. It is claimed only where the scenario leaves nothing else to remember, no fault can come
(there is none, or the trial is of the stratum without any), and every one of the cuts between the
spans was found to be on time. Where that fails in one trial of a stratum, trials are the units in
all of it: the units must not depend on the losses.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from efssim.lag.age.fresh_cuts import FreshCuts
from efssim.lag.age.rpo import Violation
from efssim.model.kernel.strata import Strata
from efssim.runs.measured import MeasuredWorld
from efssim.runs.run import Run
from efssim.scenario import Scenario
from efssim.scenario.amounts.throttles import throttles
from efssim.scenario.amounts.volume import steps_of
from efssim.scenario.grammar.calendars.rates import RateCalendar
from efssim.scenario.schema import FileSystem, Replication
from efssim.scenario.workload.arrivals import chosen_process
from efssim.scenario.workload.streams import WriteStream

DAY_S = 86_400.0

Floats = NDArray[np.float64]
LossSpan = list[float]
"""Length, and how much of it is in violation; both in seconds."""


@dataclass(frozen=True)
class Division:
    """Where trials are divided: `edges_s` from the begin to the end of the window."""

    replication: str
    interval_s: float
    edges_s: Floats


def division(scenario: Scenario, strata: Strata, ordinal: int) -> Division | None:
    """Return where trials of a stratum may be divided; None: too much is remembered.

    Spans are at least a day, or as long as the period of a load that follows the clock.
    """
    if ordinal or len(strata.rare) < len(scenario.faults):
        return None
    if len(scenario.replications) != 1:  # links and file systems may be shared
        return None
    ((name, replication),) = scenario.replications.items()
    interval_s = replication.sync.number("interval")
    streams = [
        stream for system in scenario.file_systems.values() for stream in system.writes.values()
    ]
    if interval_s <= 0 or not replication.established or any(map(_remembers, streams)):
        return None
    if _has_calendar(scenario, replication):  # it follows the clock, and no span is its period
        return None
    if math.isfinite(replication.sync.number("scan_rate")) and any(map(_grows, streams)):
        return None
    if any(map(partial(_steps_up, scenario), scenario.file_systems.values())):
        return None  # later spans have another load
    if throttles(scenario):  # credits and what waits are remembered
        return None
    period_s = max([DAY_S, *map(_period_s, streams)])
    return Division(name, interval_s, _edges(scenario, interval_s, period_s))


def _has_calendar(scenario: Scenario, replication: Replication) -> bool:
    """Return whether blackouts, throughput or the capacity of a link follow a calendar."""
    rates = [replication.sync.throughput, *(link.capacity for link in scenario.links.values())]
    by_the_clock = any(isinstance(rate, RateCalendar) for rate in rates)
    return by_the_clock or replication.blackouts is not None


def _remembers(stream: WriteStream) -> bool:
    """Return whether a stream's state lasts from one cut to the next."""
    if stream.trace is not None and stream.trace.resample is not None:
        return True  # a day that was drawn goes on
    return stream.arrivals is not None and chosen_process(stream.arrivals).process.remembers


def _grows(stream: WriteStream) -> bool:
    """Return whether a stream may make files, and so change the inventory of later spans."""
    return bool(getattr(stream, "new_files", 0))


def _steps_up(scenario: Scenario, system: FileSystem) -> bool:
    """Return whether the load of a file system changes by month within the run."""
    return not all(
        steps_of(stream, system, scenario).is_steady for stream in system.writes.values()
    )


def _period_s(stream: WriteStream) -> float:
    if stream.arrivals is None:
        return DAY_S
    process, said = chosen_process(stream.arrivals)
    return process.period_s(said)


def _edges(scenario: Scenario, interval_s: float, period_s: float) -> Floats:
    """Return as many edges as spans of whole intervals and at least a period have."""
    begin_s, end_s = scenario.warm_up, scenario.duration
    first = math.ceil(begin_s / interval_s)
    whole = max(0, math.floor(end_s / interval_s) - first)
    count = max(1, int(whole // math.ceil(period_s / interval_s)))
    inner = [round(whole * k / count) for k in range(1, count)]
    return np.array([begin_s, *((first + k) * interval_s for k in inner), end_s])


class Watch:
    """A watch on a trial for the cuts at which it starts anew."""

    def __init__(self, simulation: MeasuredWorld, divided: Division) -> None:
        self._divided = divided
        self._cuts = FreshCuts(divided.edges_s[1:-1], divided.interval_s)
        simulation.on_syncs(divided.replication, self._cuts.add)

    def spans(self, result: Run) -> dict[str, list[LossSpan]]:
        """Return the spans of a complete trial by replication; none: the trial is the unit."""
        name = self._divided.replication
        outcome = result.outcomes[name]
        undefined_s = outcome.summary.age.undefined_s
        if undefined_s or not self._cuts.all_found:
            return {}
        return {name: _divided(self._divided.edges_s, outcome.violations)}


def _divided(edges_s: Floats, violations: Iterable[Violation]) -> list[LossSpan]:
    begins_s, ends_s = edges_s[:-1], edges_s[1:]
    lost_s = np.zeros(len(begins_s))
    for violation in violations:
        inside = np.minimum(ends_s, violation.end_s) - np.maximum(begins_s, violation.begin_s)
        lost_s += inside.clip(min=0.0)
    lengths_s = ends_s - begins_s
    pairs: list[LossSpan] = np.stack((lengths_s, np.minimum(lost_s, lengths_s)), axis=1).tolist()
    return pairs

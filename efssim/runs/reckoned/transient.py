"""Advice on the warm-up of a run: where the age settles, if it does and if that matters."""

from __future__ import annotations

import math

import numpy as np

from efssim.lag.age.age_over_time import age_means
from efssim.lag.age.transient import BATCH, mser5
from efssim.runs.outcome import Outcome
from efssim.scenario import Scenario
from efssim.scenario.amounts.volume import steps_of
from efssim.scenario.grammar.calendars.rates import RateCalendar
from efssim.scenario.workload.arrivals import chosen_process
from efssim.scenario.workload.processes.shapes import Alternating, Even
from efssim.scenario.workload.streams import WriteStream

_BINS = 500
"""Observations: means of the age over as many equal parts of the window. Chosen."""
_MATTERS = 0.01
"""Share of the mean age by which the begin has to move it. Chosen."""
_CLEAR = 3.0
"""Standard errors by which the begin has to differ from the rest, so that chance is no advice."""


def transient_end_s(scenario: Scenario, outcome: Outcome) -> float | None:
    """Return when the age of a replication settles within its window; None: no advice.

    There is none where the age has no steady state to settle in (loads that follow the clock, a
    trace, growth, calendars, disturbances, work beyond capacity), where it has one from the start,
    or where the begin moves the mean age by less than a hundredth.
    """
    if not _has_steady_state(scenario, outcome):
        return None
    begin_s, end_s = outcome.window_s
    edges_s = np.linspace(begin_s, end_s, _BINS + 1)
    means = age_means(outcome.age, edges_s)
    known = np.flatnonzero(~np.isnan(means))
    if not len(known) or len(outcome.syncs) < _BINS / BATCH:
        return None
    values = means[known[0] :]
    if np.isnan(values).any():
        return None
    dropped = mser5(values)
    if not dropped or not _matters(values, dropped):
        return None
    return float(edges_s[known[0] + dropped])


def _matters(values: np.ndarray, dropped: int) -> bool:
    """Return whether the begin differs clearly from the rest, and moves the mean."""
    first, rest = values[:dropped], values[dropped:]
    whole = len(rest) // BATCH
    batches = rest[: whole * BATCH].reshape(whole, BATCH).mean(axis=1)
    spread = float(batches.std(ddof=1)) * math.sqrt(BATCH / dropped + 1 / whole)
    gap = abs(float(first.mean() - rest.mean()))
    moved = abs(float(values.mean() - rest.mean()))
    return gap > _CLEAR * spread and moved > _MATTERS * float(rest.mean())


def _has_steady_state(scenario: Scenario, outcome: Outcome) -> bool:
    summary, source = outcome.summary, scenario.file_systems.get(outcome.source)
    if source is None or summary.syncs.diverging or source.throttle or outcome.disturbances:
        return False
    rates = [outcome.sync.throughput, *(link.capacity for link in scenario.links.values())]
    spec = scenario.replications.values()
    if any(isinstance(rate, RateCalendar) for rate in rates) or any(r.blackouts for r in spec):
        return False
    return all(
        _is_steady(stream) and steps_of(stream, source, scenario).is_steady
        for stream in source.writes.values()
    )


def _is_steady(stream: WriteStream) -> bool:
    """Return whether a stream neither follows the clock nor a file, nor begins or ends within."""
    if stream.arrivals is None:
        return False
    process, said = chosen_process(stream.arrivals)
    is_steady = isinstance(process.shape(said), Even | Alternating)
    return is_steady and not stream.begins and stream.ends is None


def round_up(seconds: float) -> float:
    """Return the next whole minute, hour or day, whichever it is worth saying to.

    Hours from three hours on, and days from ten days on.
    """
    unit = 86_400.0 if seconds >= 864_000 else 3_600.0 if seconds >= 10_800 else 60.0
    return math.ceil(seconds / unit) * unit

"""Expected work of a run besides writing, so that a run without an end is refused before.

Bounds, not estimates: the counts are at least those of a run, up to a factor of two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from pydantic import BaseModel

from efssim.scenario.amounts.volume import BYTES_MAX, WRITES_MAX, expected_volume
from efssim.scenario.grammar.calendars.rates import RateCalendar
from efssim.scenario.grammar.calendars.windows import Blackouts
from efssim.scenario.grammar.distributions import Distribution
from efssim.scenario.schema import Fault, ScenarioKeys, Sync
from efssim.scenario.workload.arrivals import chosen_process
from efssim.scenario.workload.processes.process import DAY_S
from efssim.text.digits import about

SYNCS_MAX = 10**8
"""Expected syncs above which a run is refused unless asked for twice: a year of three a second."""
ATTEMPTS_MAX = 10**8
"""Expected attempts of syncs above which it is refused."""
OCCURRENCES_MAX = 10**7
"""Expected disturbances, or periods of writing, above which it is refused."""
WINDOWS_MAX = 2 * 10**6
"""Windows of calendars, by the days of a run, above which it is refused: two minutes of looking
them up, measured; 300 replications with two a day for nine years."""
RETRIES_MAX = 10**8
"""Times that steps of a runbook may be tried again before a drill is given up, above which it is
refused: a year of three a second, or twenty minutes of each drill, measured."""
PERIODS_MAX = 10**9
"""Periods of alarms, or minutes of an export, above which it is refused: some minutes, measured;
190 alarms of a minute for ten years."""
_MINUTE_S = 60.0
_DRAWS = 4096
"""Draws that the mean of a cut distribution is taken from: within a few per cent."""


class Refusal(NamedTuple):
    """Why a run is refused."""

    message: str
    """A sentence without the name of the file."""
    insisting_helps: bool
    """Whether `--yes` runs it all the same."""


def refusals(scenario: ScenarioKeys, simulates: bool = True) -> Iterator[Refusal]:
    """Yield why a run of a scenario would have no end, or cannot be counted.

    Unless it `simulates`, why closed forms would have none, which takes fewer reasons.
    """
    if not simulates:
        windows = [("windows of calendars", _windows(scenario), WINDOWS_MAX)]
        yield from _above(windows, "; --yes estimates all the same")
        return
    written = expected_volume(scenario)
    if written.bytes > BYTES_MAX:
        text = f"about {about(written.bytes)} bytes are expected, more than can be counted"
        yield Refusal(text, insisting_helps=False)
    counts = [("writes", written.writes, WRITES_MAX), *_counts(scenario)]
    yield from _above(counts, "; --yes runs it all the same")


def exported(scenario: ScenarioKeys) -> Iterator[Refusal]:
    """Yield why an export would have no end."""
    minutes = [("minutes of metrics", scenario.duration / _MINUTE_S, PERIODS_MAX)]
    yield from _above(minutes, "; --yes exports them all the same")


def rehearsed(scenario: ScenarioKeys, patience_s: float) -> Iterator[Refusal]:
    """Yield why a drill would have no end: EFS may refuse a step until it is given up.

    That is so many seconds after the end of the run.
    """
    steps = () if scenario.drill is None else scenario.drill.steps or ()
    lasts_s = scenario.duration + patience_s
    tries = [("tries of a step", lasts_s / each.retry, RETRIES_MAX) for each in steps if each.retry]
    yield from _above(tries, "; --yes runs it all the same")


def _above(counts: Iterable[tuple[str, float, int]], insisting: str) -> Iterator[Refusal]:
    for what, expected, most in counts:
        if expected > most:
            text = f"about {about(expected)} {what} are expected{insisting}"
            yield Refusal(text, insisting_helps=True)


def _counts(scenario: ScenarioKeys) -> Iterator[tuple[str, float, int]]:
    syncs = [_syncs(part.sync, scenario) for part in scenario.replications.values()]
    yield "syncs", sum(count for count, _ in syncs), SYNCS_MAX
    yield "attempts of syncs", sum(attempts for _, attempts in syncs), ATTEMPTS_MAX
    faults = scenario.faults.values()
    yield "disturbances", sum(_faults(part, scenario.duration) for part in faults), OCCURRENCES_MAX
    streams = [w for system in scenario.file_systems.values() for w in system.writes.values()]
    chosen = [chosen_process(stream.arrivals) for stream in streams if stream.arrivals]
    drawn = [parts for process, spec in chosen if (parts := process.periods(spec))]
    periods = (renewals(parts, scenario.duration) for parts in drawn)
    yield "periods of writing", sum(periods), OCCURRENCES_MAX
    times = (process.occurrences(spec, scenario.duration) for process, spec in chosen)
    yield "jobs that write", sum(times), OCCURRENCES_MAX
    plans = [s.backups for s in scenario.file_systems.values() if s.backups is not None]
    yield "backups", sum(scenario.duration / each.every for each in plans), OCCURRENCES_MAX
    yield "windows of calendars", _windows(scenario), WINDOWS_MAX
    alarms = [each.period for each in scenario.alarms.values() if each.period is not None]
    yield "periods of alarms", sum(scenario.duration / each for each in alarms), PERIODS_MAX


def _windows(scenario: ScenarioKeys) -> float:
    """Return the windows of all calendars: each is looked up at every day of a run."""
    days = scenario.duration / DAY_S
    return sum(len(each.windows) * days for each in _calendars(scenario))


def _calendars(part: object) -> Iterator[Blackouts | RateCalendar]:
    """Yield the calendars in a part of a scenario, wherever they stand."""
    if isinstance(part, Blackouts | RateCalendar):
        yield part
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from _calendars(getattr(part, name))
    elif isinstance(part, Mapping):
        for each in part.values():
            yield from _calendars(each)


def _syncs(sync: Sync, scenario: ScenarioKeys) -> tuple[float, float]:
    """Return the most syncs that are expected, and attempts at them."""
    cycle = [sync.draw("setup"), sync.draw("gap")]
    interval_s, p = sync.number("interval"), sync.number("failure_probability")
    by_interval = scenario.duration / interval_s if interval_s else np.inf
    count = 1 + min(by_interval, renewals(cycle, scenario.duration))
    return count, count / (1 - p)


def _faults(fault: Fault, duration_s: float) -> float:
    once = fault.entry.endless is not None
    parts = [fault.every, *([] if fault.lasts is None else [fault.lasts])]
    return 1.0 if once else renewals(parts, duration_s)


def renewals(parts: Sequence[Distribution[Any]], duration_s: float) -> float:
    """Return a bound of the expected number of cycles, each the sum of draws of the parts.

    By Wald's identity for cycles cut at the duration T: the last of N cycles that begin before T
    ends by 2 T, so E[N] E[min(X, T)] <= 2 T. A mean alone would not do, as a heavy tail can make it
    large where nearly all draws are tiny.
    """
    drawn = sum(_drawn(part) for part in parts)
    mean_s = float(np.minimum(drawn, duration_s).mean())
    return 2 * duration_s / mean_s if mean_s > 0 else np.inf


def _drawn(part: Distribution[Any]) -> Any:
    # Always the same draws, from no stream of the run: this measures the distribution.
    return part.sample(np.random.Generator(np.random.PCG64(0)), _DRAWS)

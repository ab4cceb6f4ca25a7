"""Cautions beside a verdict that would mislead alone: writes lost or too fast, rare faults."""

from __future__ import annotations

from collections.abc import Iterator

from efssim.lag.limits.throttled import ThrottledSummary, throttled_summary
from efssim.report.facts.evidence import long_text, stratum_name
from efssim.report.words.lines import clock, counted, percent
from efssim.runs.outcome import Outcome
from efssim.runs.reckoned.transient import round_up, transient_end_s
from efssim.runs.run import Run
from efssim.study.trial.long_faults import long_faults
from efssim.study.trial.not_in_run import not_in_run
from efssim.study.trial.own_stratum import stratum_of
from efssim.text.quantities import format_byte_rate, format_duration, format_size

_NAMED = 4
"""Parameters that are named when they are not known."""


def cautions(outcome: Outcome, result: Run) -> list[str]:
    """Return a sentence for each."""
    return [
        *_unknown(result),
        *_discarded(outcome, result),
        *_too_fast(outcome, result),
        *_throttled(outcome, result),
        *_transient(outcome, result),
        *_of_chance(result),
    ]


def cautions_of_run(result: Run) -> list[str]:
    """Return the sentences that hold for every replication alike."""
    return [*_unknown(result), *_of_chance(result)]


def _unknown(result: Run) -> Iterator[str]:
    found = result.uncertain
    if not found:
        return
    listed = ", ".join(each.path for each in found[:_NAMED])
    listed += f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    yield (
        f"NOT KNOWN: {counted(len(found), 'parameter')} ({listed}). A single run ignores that and "
        "has the values as written; --trials N says in how many plausible parameter sets the RPO "
        "is met."
    )


def _of_chance(result: Run) -> Iterator[str]:
    """Yield sentences on the stratum of a trial, and on faults that the run's end cuts or hides."""
    stratum = result.trial and stratum_of(result.scenario, result.seed, result.trial)
    if stratum:
        name = stratum_name(stratum.faults)
        yield (
            f"Trial {result.trial} is drawn with {name}, as {percent(stratum.probability)} of all "
            "runs are."
        )
    text = long_text(long_faults(result.scenario))
    if text:
        yield text
    yield from not_in_run(result.scenario)


def _discarded(outcome: Outcome, result: Run) -> Iterator[str]:
    found = outcome.summary.discarded
    if found.first_s is None or found.last_s is None:
        return
    first, last = (clock(result.scenario, time_s) for time_s in (found.first_s, found.last_s))
    yield (
        f"DISCARDED: {counted(found.writes, 'write')} of {format_size(found.bytes)}, made on "
        f"the destination from {first} to {last} and never replicated, were overwritten when it "
        f"became the destination."
    )


def _throttled(outcome: Outcome, result: Run) -> Iterator[str]:
    """Yield sentences on what waited for the throughput of the source, or of the destination."""
    found = outcome.summary.throttled
    if found is not None:
        yield from late_texts(outcome.source, found)
    begin_s = result.window.begin_s
    for name, rows in result.throttled.items():
        if name in _destinations(outcome, result):
            yield from late_texts(name, throttled_summary(rows, begin_s))


def _destinations(outcome: Outcome, result: Run) -> list[str]:
    """Return the destination of an outcome, if it is no source of another."""
    sources = {other.source for other in result.outcomes.values()}
    found = []
    for name, other in result.outcomes.items():
        spec = result.scenario.replications.get(name)
        existing = None if spec is None else spec.destination.file_system
        if other is outcome:
            found.append(existing or f"{name}.destination")
    return [name for name in found if name not in sources]


def late_texts(name: str, found: ThrottledSummary) -> Iterator[str]:
    """Yield sentences on the writes to a file system that were late, and on those that wait."""
    if found.writes:
        mean = format_duration(found.delay_s / found.writes)
        spent = found.credits_min_bytes == 0
        yield (
            f"THROTTLED: {counted(found.writes, 'write')} of {format_size(found.bytes)} to {name} "
            f"waited for its throughput, {mean} on average"
            f"{', and its burst credits ran out' if spent else ''}. Lags count from when a write "
            "was made."
        )
    if found.waiting_bytes:
        yield (
            f"STILL WAITING at the end: {format_size(found.waiting_bytes)} of writes to {name} are "
            "wanted and not made. No lag and no attainment counts them."
        )


def _transient(outcome: Outcome, result: Run) -> Iterator[str]:
    """Yield advice on the warm-up, where the age settles later than that."""
    end_s = transient_end_s(result.scenario, outcome) if result.has_records else None
    if end_s is None:
        return
    near = format_duration(round_up(end_s))
    yield (
        f"The transient seems to end near {near} (MSER-5) and moves the mean of the age: where the "
        f"steady state is the question, `warm_up: {near}` leaves it out of every number."
    )


def _too_fast(outcome: Outcome, result: Run) -> Iterator[str]:
    found = outcome.summary.source_throughput
    if found.limit_bytes_per_s is None or found.busiest_hour_bytes_per_s is None:
        return
    busiest = format_byte_rate(found.busiest_hour_bytes_per_s)
    limit = format_byte_rate(found.limit_bytes_per_s)
    at = clock(result.scenario, found.first_above_s or 0.0)
    yield (
        f"WRITTEN FASTER THAN THE SOURCE COULD TAKE: {counted(found.hours_above, 'hour')}, the "
        f"first from {at}, when its throughput mode took {limit} at most; the busiest hour has "
        f"{busiest}. Writes are not throttled here, so all of this holds for a source that takes "
        f"them."
    )

"""The part of the report on one replication below its verdict."""

from __future__ import annotations

import math

from efssim.lag.kinds.table import measures_of
from efssim.lag.summary import LagColumn, ReplicationSummary, SyncsSummary
from efssim.records.timeline import ApiCall
from efssim.report.facts.assumptions import assumed_parameters
from efssim.report.facts.concerning import concerning, entry_of
from efssim.report.facts.load import load_text
from efssim.report.facts.sync_time import sync_time_text
from efssim.report.text.distribution import distribution
from efssim.report.text.lags import lag_table
from efssim.report.verdicts.words import is_too_short
from efssim.report.words.compliance import compliance_text
from efssim.report.words.lines import clock, counted, percent, short, wrapped
from efssim.runs.outcome import Outcome
from efssim.runs.run import Run
from efssim.text.quantities import format_duration, format_size

_COLUMNS: tuple[LagColumn, ...] = ("mean", "p50", "p90", "p99", "p99_9", "max")
_CAUSES = 4
"""How many causes of violations are listed."""


def details(name: str, outcome: Outcome, result: Run) -> list[str]:
    """Return the table of lags and the sentences below it."""
    diverging = diverging_text(outcome, result)
    texts = [*sentences(name, outcome, result), _assumed(outcome, result)]
    return [
        *(wrapped(diverging, indent=2) if diverging else _lag_table(outcome, result)),
        "",
        *(line for text in texts if text for line in wrapped(text, indent=2)),
    ]


def sentences(name: str, outcome: Outcome, result: Run) -> list[str]:
    """Return the sentences beside the verdict and the lags, for every report."""
    summary = outcome.summary
    found = [
        load_text(result.scenario, outcome.source),
        _syncs(summary.syncs),
        sync_time_text(outcome),
        _writes(summary),
        _initial(outcome, result),
        _statuses(outcome, result),
        _violations(name, outcome, result),
        compliance_text(
            summary.compliance,
            is_diverging=summary.syncs.diverging,
            is_too_short=is_too_short(summary),
        ),
    ]
    return [text for text in found if text]


def diverging_text(outcome: Outcome, result: Run) -> str:
    """Return how fast pending bytes grow where a replication diverges; nothing elsewhere."""
    utilisation = outcome.summary.syncs.utilisation
    if utilisation is None or not outcome.summary.syncs.diverging:
        return ""
    seconds = outcome.end_s - min(result.scenario.warm_up, result.now_s)
    slope = format_size(outcome.pending_growth_bytes / seconds * 3600)
    return (
        f"DIVERGING: more is written than can be sent (utilisation "
        f"{percent(utilisation)}). Pending bytes grow by {slope} per "
        f"hour, so no percentile of any lag is stationary and none is shown; --format json has "
        f"those of this window."
    )


def _lag_table(outcome: Outcome, result: Run) -> list[str]:
    summary = outcome.summary
    rows = (
        (lag.title, [short(summary.lags[lag.name].column(c)) for c in _COLUMNS])
        for lag in measures_of(summary.lags)
    )
    age = outcome.exceedance["time_since_last_sync_s"]
    longest_s = summary.age.max
    shares = distribution(age, longest_s, result.scenario.rpo.target)
    return [*lag_table(_COLUMNS, rows), *([""] * bool(shares)), *shares]


def _syncs(syncs: SyncsSummary) -> str:
    text = f"{counted(syncs.completed, 'sync')} completed"
    if syncs.duration_mean_s is not None:
        text += f", {format_duration(syncs.duration_mean_s)} on average"
    text += f", {format_size(syncs.bytes)} sent"
    if syncs.failed_attempts:
        text += f", {counted(syncs.failed_attempts, 'failed attempt')}"
    if syncs.abandoned:
        text += f", {syncs.abandoned:,} abandoned"
    if syncs.utilisation is not None:
        text += f", utilisation {percent(syncs.utilisation)}"
    return f"{text}."


def _writes(summary: ReplicationSummary) -> str:
    writes, pending = summary.writes, summary.pending_bytes
    still, lost = counted(pending.open_at_end_writes, "write"), pending.lost_at_deletion
    text = f"{counted(writes.count, 'write')} of {format_size(writes.bytes)}"
    when = "not yet replicated at the end" if lost is None else "never replicated"
    text += f"; {still} ({format_size(pending.open_at_end)}) {when}."
    coalesced = writes.coalesced_bytes
    if coalesced:
        share = coalesced / (coalesced + summary.syncs.bytes)
        saved = format_size(coalesced)
        text += f" {saved} ({percent(round(share, 3))}) were overwritten before a sync: not sent."
    dropped = {cause: size for cause, size in writes.dropped_bytes.items() if size}
    if dropped:
        listed = ", ".join(f"{format_size(size)} ({cause})" for cause, size in dropped.items())
        text += f" Dropped, as they could not be made: {listed}."
    return text


def _initial(outcome: Outcome, result: Run) -> str:
    took_s, size = outcome.summary.initial_sync_s, outcome.summary.initial_bytes
    if took_s is None or size is None or outcome.defined_s is None:
        return _initial_in_flight(outcome)
    text = f"Initial sync: {format_size(size)} in {format_duration(took_s)}"
    return f"{text}; before {clock(result.scenario, outcome.defined_s)} nothing could be recovered."


def _initial_in_flight(outcome: Outcome) -> str:
    """Return how far an initial sync is at the end; nothing where none is in flight."""
    still = outcome.open_sync
    if still is None or not still.is_initial:
        return ""
    left = (
        "without progress at the end"
        if still.left_s is None
        else f"about {format_duration(still.left_s)} to go"
    )
    done = f"{format_size(still.bytes_done)} of {format_size(still.bytes)} sent"
    return f"Initial sync not complete: {done}, {left}; nothing can be recovered yet."


def _statuses(outcome: Outcome, result: Run) -> str:
    """Return how long each status lasted, unless it was ENABLED throughout, and any loss."""
    summary = outcome.summary
    spent = {status: s for status, s in summary.status_s.items() if s}
    if summary.final_status == "ENABLED" and set(spent) <= {"ENABLED"}:
        return ""
    text = ", ".join(f"{status} {format_duration(seconds)}" for status, seconds in spent.items())
    if summary.final_status is not None:
        return f"Status: {text}; {summary.final_status} at the end."
    size = format_size(summary.pending_bytes.lost_at_deletion or 0)
    lost = ": lost" if summary.not_replicated is None else ""
    gone = f"gone since {clock(result.scenario, outcome.end_s)}"
    return f"Status: {text}; {gone}, with {size} not replicated{lost}."


def _violations(name: str, outcome: Outcome, result: Run) -> str:
    """Return the disturbances during the violations; of a single one the verdict names them."""
    found = outcome.violations
    if len(found) < 2 or all(isinstance(entry, ApiCall) for entry in concerning(result, name)):
        return ""
    lengths: dict[str, list[float]] = {}
    for violation in found:
        cause = str(entry_of(result, violation.cause_ordinal) or "none")
        lengths.setdefault(cause, []).append(violation.end_s - violation.begin_s)
    totals = sorted(lengths.items(), key=lambda item: -math.fsum(item[1]))
    listed = [
        f"{cause} ({len(spans):,}, {format_duration(math.fsum(spans))})"
        for cause, spans in totals[:_CAUSES]
    ]
    listed += [f"{len(totals) - _CAUSES} more causes"] * (len(totals) > _CAUSES)
    return f"Violations by the disturbance that overlaps them longest: {', '.join(listed)}."


def _assumed(outcome: Outcome, result: Run) -> str:
    listed = ", ".join(
        f"{key} {text}" for key, text in assumed_parameters(result.scenario, outcome)
    )
    return f"Assumed, as AWS does not publish them: {listed}." if listed else ""

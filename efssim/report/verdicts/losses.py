"""Sentences beside the attainment: no recovery point for a time, loss, a window too short."""

from __future__ import annotations

from efssim.lag.loss import Loss
from efssim.lag.summary import ReplicationSummary
from efssim.report.verdicts.words import TOO_SHORT, is_too_short, kind_of_run
from efssim.report.words.lines import clock, counted, percent
from efssim.runs.outcome import Outcome
from efssim.runs.run import Run
from efssim.study.means.means import Means
from efssim.text.quantities import format_duration, format_size


def beside_attainment(outcome: Outcome, result: Run) -> list[str]:
    """Return the sentences on a run; none where there was a recovery point and it is decided."""
    summary = outcome.summary
    found = [
        _unprotected(summary),
        _excluded(summary.rpo.excluded_s),
        _while_writable(summary.rpo.unwritable_s, summary.rpo.attainment_while_writable),
        _lost(outcome, result),
        TOO_SHORT if is_too_short(summary) else "",
    ]
    return [text for text in found if text]


def _unprotected(summary: ReplicationSummary) -> str:
    seconds = summary.unprotected_s
    if not seconds or kind_of_run(summary) == "once":  # whose words say it
        return ""
    return f"Without any recovery point for {format_duration(seconds)}."


def _excluded(seconds: float) -> str:
    if not seconds:
        return ""
    return f"{format_duration(seconds)} without a recovery point are excluded by the scenario."


def _while_writable(unwritable_s: float, attainment: float | None) -> str:
    """Mark an age that grew while nothing could be written, which loses nothing."""
    if not unwritable_s:
        return ""
    length = format_duration(unwritable_s)
    text = f"For {length} of the time with an age the source could not be written"
    if attainment is None:
        return f"{text}: all of it."
    return f"{text}; while it could, the RPO held for {percent(attainment)}."


def _lost(outcome: Outcome, result: Run) -> str:
    """Return a sentence on the loss by the disaster of the source."""
    found = outcome.summary.recovery_point
    if found is None:
        return ""
    if found.point_s is None or found.lost_s is None:
        size = format_size(found.lost_bytes)
        return f"LOST: no recovery point; all that the source held is lost, {size}.{_back(found)}"
    side = "above" if found.is_above(outcome.summary.rpo.target_s) else "within"
    writes = f"{counted(found.lost_writes, 'write')} ({format_size(found.lost_bytes)})"
    return (
        f"Lost with the source: {writes}, the oldest {format_duration(found.lost_s)} before the "
        f"disaster, {side} the target; recovery point {clock(result.scenario, found.point_s)}."
        f"{_back(found)}"
    )


def _back(found: Loss) -> str:
    """Return when somebody could write again."""
    if found.writable_s is None:
        return " The destination never became writable."
    return f" The destination was writable {format_duration(found.writable_s)} after it."


def losses_of_trials(means: Means, parts: list[ReplicationSummary]) -> list[str]:
    """Return the sentences on trials, from `means` over them and the summaries of each."""
    found = [
        _unprotected_of_trials(means, parts),
        _excluded(means.rpo.excluded_s),
        _while_writable(means.rpo.unwritable_s, means.rpo.attainment_while_writable),
        _lost_in_trials(parts),
    ]
    return [text for text in found if text]


def _unprotected_of_trials(means: Means, parts: list[ReplicationSummary]) -> str:
    count = sum(part.unprotected_s > 0 for part in parts)
    if not count:
        return ""
    length = format_duration(means.unprotected_s)
    of = counted(len(parts), "trial")
    return f"Without any recovery point for {length} on average, in {count:,} of {of}."


def _lost_in_trials(parts: list[ReplicationSummary]) -> str:
    judged = [(lost, part.rpo) for part in parts if (lost := part.recovery_point) is not None]
    if not judged:
        return ""
    text = f"The source was lost in {len(judged):,} of {counted(len(parts), 'trial')}"
    nothing = sum(lost.point_s is None for lost, _ in judged)
    if nothing:
        text += f", without a recovery point in {nothing:,}"
    missed = sum(lost.is_above(rpo.target_s) for lost, rpo in judged)
    most = max(lost.lost_bytes for lost, _ in judged)
    return f"{text}; above the target in {missed:,}; at worst {format_size(most)} were lost."

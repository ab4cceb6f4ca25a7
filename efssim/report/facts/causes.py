"""Causes of violations of the RPO: a disturbance, failed attempts, or a burst of writes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from efssim.lag.age.rpo import Violation
from efssim.records.timeline import Entry
from efssim.report.facts.concerning import entry_of
from efssim.report.words.lines import counted
from efssim.runs.outcome import Outcome
from efssim.runs.run import Run
from efssim.text.quantities import format_duration, format_size

_BURST = 2.0
"""A sync that sends this many times the median of its replication carries a burst."""


@dataclass(frozen=True)
class Explained:
    """A violation with its cause."""

    violation: Violation
    cause: str


def explained(result: Run, name: str) -> list[Explained]:
    """Return the violations of a replication in order of time, each with its cause.

    The cause is the disturbance that overlaps it longest. Without one it is that of the longest of
    the syncs that the violation waited for: those that were cut before its end and completed after
    its begin; with the disturbance it follows, if one overlaps the time before the violation that
    is as long as the target, in which nothing was cut that got through. An age that is above the
    target from the first is due to the initial sync.
    """
    outcome = result.outcomes[name]
    return [
        Explained(
            violation,
            _cause(
                outcome,
                violation,
                during=entry_of(result, violation.cause_ordinal),
                before=entry_of(result, violation.after_ordinal),
            ),
        )
        for violation in outcome.violations
    ]


def _cause(
    outcome: Outcome, violation: Violation, during: Entry | None, before: Entry | None
) -> str:
    if outcome.last_replicated_s is None and violation.begin_s == outcome.defined_s:
        took = format_duration(outcome.summary.initial_sync_s or 0.0)
        return f"initial sync: it took {took}, so the age was above the target from the first"
    if during is not None:
        return str(during)
    what, details = _of_syncs(outcome, violation, is_after=before is not None)
    after = "" if before is None else f", after {before}"
    return f"{what}{after}: {details}" if details else f"{what}{after}"


def _of_syncs(outcome: Outcome, violation: Violation, is_after: bool) -> tuple[str, str]:
    """Return the cause of a violation in the syncs it waited for, and its details."""
    if not outcome.syncs.keep:
        return "not known", "`records: off` keeps no syncs"
    syncs = outcome.syncs
    waited = np.flatnonzero(
        (syncs.floats("completed_s") > violation.begin_s)
        & (syncs.floats("cut_s") < violation.end_s)
    )
    if not len(waited):
        return _unfinished(outcome, violation), ""
    took_s = syncs.floats("completed_s")[waited] - syncs.floats("cut_s")[waited]
    return _of_sync(outcome, int(waited[took_s.argmax()]), is_after)


def _of_sync(outcome: Outcome, at: int, is_after: bool) -> tuple[str, str]:
    """Return cause and details of the duration of a sync."""
    syncs = outcome.syncs
    took_s = float(syncs.floats("completed_s")[at] - syncs.floats("cut_s")[at])
    size, median = int(syncs.ints("bytes")[at]), float(np.median(syncs.ints("bytes")))
    sent = f"a sync of {format_size(size)} took {format_duration(took_s)}"
    failed = int(syncs.ints("attempts")[at]) - 1
    if failed:
        return counted(failed, "failed attempt"), sent
    if median and size >= _BURST * median:
        # After a disturbance more is pending without any burst.
        what = "much to send" if is_after else "burst of writes"
        return what, f"{sent}, {size / median:,.1f} times the median bytes"
    return "slow syncs", sent


def _unfinished(outcome: Outcome, violation: Violation) -> str:
    """Return the details of a violation that no completed sync ended."""
    still = outcome.open_sync
    if still is not None and still.cut_s < violation.end_s:
        return f"a sync of {format_size(still.bytes)} that is not complete"
    return "no sync was cut in time"

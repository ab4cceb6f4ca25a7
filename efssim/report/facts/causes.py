"""Causes of violations of the RPO: a disturbance, failed attempts, or a burst of writes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from efssim.lag.age.rpo import Violation
from efssim.records.columns import Columns
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


class _Syncs:
    """The completed syncs of a replication, their columns read once for all its violations.

    Each read unpacks a whole column: one for each violation would take quadratic time.
    """

    def __init__(self, syncs: Columns) -> None:
        self.bytes, self.attempts = syncs.ints("bytes"), syncs.ints("attempts")
        self._cut_s, self._completed_s = syncs.floats("cut_s"), syncs.floats("completed_s")
        self.took_s = self._completed_s - self._cut_s

    @cached_property
    def median_bytes(self) -> float:
        return float(np.median(self.bytes))

    def longest_for(self, violation: Violation) -> int | None:
        """Return the row of the longest sync that a violation waited for; None without any."""
        # Cuts and completions never decrease (law 2), so these rows follow each other.
        first = int(self._completed_s.searchsorted(violation.begin_s, "right"))
        end = int(self._cut_s.searchsorted(violation.end_s, "left"))
        return first + int(self.took_s[first:end].argmax()) if first < end else None


def explained(result: Run, name: str, violations: Iterable[Violation]) -> list[Explained]:
    """Return violations of a replication in the order given, each with its cause.

    The cause is the disturbance that overlaps it longest. Without one it is that of the longest of
    the syncs that the violation waited for: those that were cut before its end and completed after
    its begin; with the disturbance it follows, if one overlaps the time before the violation that
    is as long as the target, in which nothing was cut that got through. An age that is above the
    target from the first is due to the initial sync.
    """
    outcome = result.outcomes[name]
    syncs = _Syncs(outcome.syncs) if outcome.syncs.keep else None
    return [
        Explained(
            violation,
            _cause(
                outcome,
                syncs,
                violation,
                during=entry_of(result, violation.cause_ordinal),
                before=entry_of(result, violation.after_ordinal),
            ),
        )
        for violation in violations
    ]


def _cause(
    outcome: Outcome,
    syncs: _Syncs | None,
    violation: Violation,
    during: Entry | None,
    before: Entry | None,
) -> str:
    if outcome.last_replicated_s is None and violation.begin_s == outcome.defined_s:
        took = format_duration(outcome.summary.initial_sync_s or 0.0)
        return f"initial sync: it took {took}, so the age was above the target from the first"
    if during is not None:
        return str(during)
    what, details = _of_syncs(outcome, syncs, violation, is_after=before is not None)
    after = "" if before is None else f", after {before}"
    return f"{what}{after}: {details}" if details else f"{what}{after}"


def _of_syncs(
    outcome: Outcome, syncs: _Syncs | None, violation: Violation, is_after: bool
) -> tuple[str, str]:
    """Return the cause of a violation in the syncs it waited for, and its details."""
    if syncs is None:
        return "not known", "`records: off` keeps no syncs"
    longest = syncs.longest_for(violation)
    if longest is None:
        return _unfinished(outcome, violation), ""
    return _of_sync(syncs, longest, is_after)


def _of_sync(syncs: _Syncs, at: int, is_after: bool) -> tuple[str, str]:
    """Return cause and details of the duration of a sync."""
    size, median = int(syncs.bytes[at]), syncs.median_bytes
    sent = f"a sync of {format_size(size)} took {format_duration(float(syncs.took_s[at]))}"
    failed = int(syncs.attempts[at]) - 1
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

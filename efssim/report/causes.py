"""What explains a violation of the RPO: a disturbance, failed attempts, or a burst of writes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from efssim.lag.rpo import Violation
from efssim.report.lines import counted
from efssim.report.overlaps import longest_overlaps
from efssim.result import Outcome, Result
from efssim.scenario.quantities import format_duration, format_size

_BURST = 2.0
"""A sync that sends this many times the median of its replication carries a burst."""


@dataclass(frozen=True)
class Explained:
    """A violation, and what explains it."""

    violation: Violation
    cause: str


def explained(result: Result, name: str) -> list[Explained]:
    """Return the violations of a replication in order of time, each with its cause.

    The cause is the disturbance that overlaps it longest. Without one it is what the largest of the
    syncs tells that the violation waited for: those that were cut before its end and completed
    after its begin.
    """
    outcome = result.outcomes[name]
    pairs = zip(outcome.violations, longest_overlaps(result, name), strict=True)
    return [
        Explained(violation, _of_syncs(outcome, violation) if event is None else str(event))
        for violation, event in pairs
    ]


def _of_syncs(outcome: Outcome, violation: Violation) -> str:
    if not outcome.syncs.keep:
        return "not known: `records: off` keeps no syncs"
    syncs = outcome.syncs
    waited = np.flatnonzero(
        (syncs.floats("completed_s") > violation.begin_s)
        & (syncs.floats("cut_s") < violation.end_s)
    )
    if not len(waited):
        return _unfinished(outcome, violation)
    took_s = syncs.floats("completed_s")[waited] - syncs.floats("cut_s")[waited]
    return _of_sync(outcome, int(waited[took_s.argmax()]))


def _of_sync(outcome: Outcome, at: int) -> str:
    """Say what made a sync take its time."""
    syncs = outcome.syncs
    took_s = float(syncs.floats("completed_s")[at] - syncs.floats("cut_s")[at])
    size, median = int(syncs.ints("bytes")[at]), float(np.median(syncs.ints("bytes")))
    sent = f"a sync of {format_size(size)} took {format_duration(took_s)}"
    failed = int(syncs.ints("attempts")[at]) - 1
    if failed:
        return f"{counted(failed, 'failed attempt')}: {sent}"
    if median and size >= _BURST * median:
        return f"burst of writes: {sent}, {size / median:,.1f} times the median bytes"
    return f"slow syncs: {sent}"


def _unfinished(outcome: Outcome, violation: Violation) -> str:
    """Say what a violation waited for that no completed sync ended."""
    still = outcome.open_sync
    if still is not None and still.cut_s < violation.end_s:
        return f"a sync of {format_size(still.bytes)} that is not complete"
    return "no sync was cut in time"

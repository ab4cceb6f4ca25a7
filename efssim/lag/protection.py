"""Time without any recovery point: before the first one there is, and once there is none any more.

Unprotected is the time in the window in which the source exists and has not failed, and its
destination offers no recovery point: LastReplicatedTimestamp is absent, the destination has failed,
or there is no configuration. A failed source has nothing left to protect: its loss is in
`loss.py`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from efssim.records.life import Span
from efssim.records.run_records import ReplicationRecords


@dataclass(frozen=True, slots=True)
class Exclusions:
    """The spans that a scenario leaves out of the unprotected time, by its `rpo`."""

    initial_sync: bool = False
    """From the creation of the configuration to the first LastReplicatedTimestamp."""
    after_deletion: bool = False
    """Without a configuration: once it is gone, and before it is created."""


@dataclass(frozen=True, slots=True)
class Protection:
    """Seconds of the window without a recovery point."""

    unprotected_s: float
    excluded_s: float
    """Those that the scenario leaves out."""


def protection(
    records: ReplicationRecords, begin_s: float, end_s: float, exclusions: Exclusions
) -> Protection:
    """Return the time of a window in which the source had no recovery point."""
    parts = _spans(records, begin_s, end_s, exclusions)
    return Protection(
        math.fsum(until - since for (since, until), is_excluded in parts if not is_excluded),
        math.fsum(until - since for (since, until), is_excluded in parts if is_excluded),
    )


def unprotected_spans(
    records: ReplicationRecords, begin_s: float, end_s: float, exclusions: Exclusions
) -> tuple[Span, ...]:
    """Return when in a window the source had no recovery point, where the scenario counts that."""
    parts = _spans(records, begin_s, end_s, exclusions)
    return tuple(span for span, is_excluded in parts if not is_excluded and span[1] > span[0])


def _spans(
    records: ReplicationRecords, begin_s: float, end_s: float, exclusions: Exclusions
) -> list[tuple[Span, bool]]:
    """Return the spans of a window without a recovery point, and whether each is left out."""
    gone_s = end_s if records.gone is None else records.gone.now_s
    defined_s = math.inf if records.defined_s is None else records.defined_s

    def inside(since_s: float, until_s: float) -> Span:
        return records.source.healthy_span(max(begin_s, since_s), min(end_s, until_s))

    return [
        (inside(records.created_s, min(defined_s, gone_s)), exclusions.initial_sync),
        (inside(-math.inf, records.created_s), exclusions.after_deletion),
        (inside(gone_s, math.inf), exclusions.after_deletion),
        # A failed destination offers nothing, although its LastReplicatedTimestamp stands.
        (inside(max(defined_s, records.destination.failed_s), gone_s), False),
    ]

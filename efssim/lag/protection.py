"""Time without any recovery point: before the first one there is, and once there is none any more.

Unprotected is the time in the window in which the source exists and has not failed, and its
destination offers no recovery point: LastReplicatedTimestamp is absent, the destination has failed,
or there is no configuration. A failed source has nothing left to protect: its loss is in
`loss.py`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

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
    gone_s = end_s if records.gone is None else records.gone.now_s
    defined_s = math.inf if records.defined_s is None else records.defined_s
    healthy = records.source.healthy

    def inside(since_s: float, until_s: float) -> float:
        return healthy(max(begin_s, since_s), min(end_s, until_s))

    synced_s = inside(records.created_s, min(defined_s, gone_s))
    without_s = inside(-math.inf, records.created_s) + inside(gone_s, math.inf)
    # A failed destination offers nothing, although its LastReplicatedTimestamp stands.
    failed_s = inside(max(defined_s, records.destination.failed_s), gone_s)
    parts = (
        (synced_s, exclusions.initial_sync),
        (without_s, exclusions.after_deletion),
        (failed_s, False),
    )
    return Protection(
        math.fsum(seconds for seconds, is_excluded in parts if not is_excluded),
        math.fsum(seconds for seconds, is_excluded in parts if is_excluded),
    )

"""The table of lag measures, which summaries, reports, figures and studies read."""

from __future__ import annotations

from collections.abc import Iterable

from efssim.lag.kinds.measure import LagMeasure
from efssim.lag.summary import AGE, OLDEST_PENDING, WRITE_LAG, WRITE_LAG_BY_BYTE
from efssim.table import Table

LAG_MEASURES: Table[LagMeasure] = Table(
    "lag measure",
    (
        LagMeasure(
            AGE,
            "time since last sync (age)",
            "Now minus LastReplicatedTimestamp, called age for short. CloudWatch shows it as "
            "TimeSinceLastSync. It rises one second per second, also when nobody writes, and falls "
            "when a sync completes. Weighted by time and integrated exactly, never sampled.",
            "time",
            term="age",
        ),
        LagMeasure(
            WRITE_LAG,
            "write lag",
            "Completion of the sync that published a write, minus the time of the write: how long "
            "a write existed on the source only. Every write counts once.",
            "writes",
        ),
        LagMeasure(
            WRITE_LAG_BY_BYTE,
            "write lag by byte",
            "The write lag with every write weighted by its bytes: how long a byte waits.",
            "bytes",
            is_described=False,
        ),
        LagMeasure(
            OLDEST_PENDING,
            "oldest pending write",
            "Now minus the time of the oldest write that is not replicated; 0 when nothing is "
            "pending. Weighted by time. It is how far back in time a disaster would throw the "
            "data.",
            "time",
        ),
    ),
)
"""In the order of summary.json."""


def measures_of(names: Iterable[str]) -> list[LagMeasure]:
    """Return the measures of some names, in their order.

    One that was added and is gone again is called by its name.
    """
    return [LAG_MEASURES.get(name) or LagMeasure(name, name, "", "writes") for name in names]

"""Which entries of the timeline concern a replication, and which disturbance is a cause."""

from __future__ import annotations

from collections.abc import Iterator

from efssim.records.timeline import ApiCall, Entry
from efssim.runs.run import Run


def concerning(run: Run, name: str) -> Iterator[Entry]:
    """Yield the entries that reached a replication, and refused calls about its source."""
    spec = run.scenario.replications.get(name)
    for entry in run.timeline:
        if name in entry.replications or (
            isinstance(entry, ApiCall)
            and entry.error
            and spec is not None
            and entry.target == spec.source
        ):
            yield entry


def entry_of(run: Run, ordinal: int | None) -> Entry | None:
    """Return the entry that an ordinal names; None for None."""
    return None if ordinal is None else run.entries[ordinal]

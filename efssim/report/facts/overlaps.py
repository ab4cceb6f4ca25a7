"""Which events concern a replication, and which disturbance overlaps a violation longest."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from efssim.records.run_records import Event
from efssim.runs.run import Run


def concerning(result: Run, name: str) -> Iterator[Event]:
    """Yield the events that reached a replication, and refused calls about its source."""
    spec = result.scenario.replications.get(name)
    for event in result.happened:
        refused = event.error and spec is not None and event.target == spec.source
        if name in event.affected or refused:
            yield event


def longest_overlaps(result: Run, name: str, before_s: float = 0.0) -> list[Event | None]:
    """Return, for each violation, the disturbance that overlaps it longest; None without one.

    A violation counts as if it had begun `before_s` seconds earlier.
    """
    found = result.outcomes[name].violations
    begin_s = np.array([violation.begin_s - before_s for violation in found])
    end_s = np.array([violation.end_s for violation in found])
    longest_s = np.zeros(len(found))
    longest: list[Event | None] = [None] * len(found)
    for event in concerning(result, name):
        if event.is_call:
            continue
        over_s = math.inf if event.end_s is None else event.end_s
        overlap_s = np.minimum(end_s, over_s) - np.maximum(begin_s, event.begin_s)
        for ordinal in np.flatnonzero(overlap_s > longest_s):
            longest[ordinal] = event
        longest_s = np.maximum(longest_s, overlap_s)
    return longest

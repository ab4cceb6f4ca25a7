"""Windows that are too short for an age to pass a target."""

from __future__ import annotations

from collections.abc import Iterable

from efssim.lag.summary import ReplicationSummary


def could_not_miss(part: ReplicationSummary, target_s: float) -> bool:
    """Return whether no age of the window could have been above a target.

    Without a completed sync the largest age is that at the window's begin and the time since; a
    window that is too short for more says nothing about the syncs.
    """
    longest_s = part.age.max
    return part.syncs.completed == 0 and longest_s is not None and longest_s <= target_s


def could_none_miss(parts: Iterable[ReplicationSummary], target_s: float) -> bool:
    """Return whether that holds in every one of some runs, of which there is at least one."""
    found = list(parts)
    return bool(found) and all(could_not_miss(part, target_s) for part in found)

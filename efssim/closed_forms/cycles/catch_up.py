"""The catch-up after an outage of a constant flow: the peak age of the replica and its duration."""

from __future__ import annotations

from dataclasses import dataclass

from efssim.closed_forms.cycles.steady import Steady, steady
from efssim.closed_forms.cycles.syncs import Syncs

_BACK_TO_BACK = 1.01
"""Where syncs run back to back, cycles only come near the steady one: within so much of it counts
as caught up."""
_SYNCS_MAX = 100_000
_WEEK_HOURS = 168


@dataclass(frozen=True)
class CatchUp:
    """The syncs after a long cycle, up to the first that is on time."""

    syncs: int
    age_peak_s: float
    duration_s: float
    """From the cut of the first of them to the completion of the last, in seconds."""


@dataclass(frozen=True)
class LongCycle:
    """A cycle that an outage or an initial sync has made long."""

    length_s: float
    written_s: float
    """From its begin on, how long the source was written."""
    since_s: float | None = None
    """When it begins, in seconds since the start; None: writes at their mean rates."""


def catch_up(syncs: Syncs, usual: Steady, cycle: LongCycle) -> CatchUp | None:
    """Return the catch-up after a long cycle.

    Sync k lasts d_k = D(d_(k-1) + V), D(span) the duration of a sync of so many seconds of writes,
    beginning with the long cycle, for as long as a cycle is longer than the interval; just before
    it completes the age is the cycle before it and d_k. With constant writes D(span) = S + ρ span.
    Streams with a timetable have the writes of the very time. None if that takes more than 100,000
    syncs: the load is a hair below 1.
    """
    count, peak_s, passed_s = 0, 0.0, 0.0
    length_s, written_s, since_s = cycle.length_s, cycle.written_s, cycle.since_s
    while True:
        took_s = _of_time(syncs, since_s, written_s).sync_s(written_s)
        count, peak_s = count + 1, max(peak_s, length_s + took_s)
        next_s = max(syncs.interval_s, took_s + syncs.gap.mean)
        since_s = None if since_s is None else since_s + length_s
        if next_s <= _enough_s(syncs, usual, since_s, next_s):
            return CatchUp(count, peak_s, passed_s + took_s)
        if count == _SYNCS_MAX:
            return None
        length_s = written_s = next_s
        passed_s += length_s


def _of_time(syncs: Syncs, since_s: float | None, span_s: float) -> Syncs:
    return syncs if since_s is None else syncs.between(since_s, since_s + span_s)


def _enough_s(syncs: Syncs, usual: Steady, since_s: float | None, span_s: float) -> float:
    """Return the cycle from which on a replication counts as caught up."""
    if usual.on_time:
        return syncs.interval_s
    now = usual if since_s is None else steady(_of_time(syncs, since_s, span_s)) or usual
    return max(syncs.interval_s, _BACK_TO_BACK * now.cycle_s)


def worst_begin_s(syncs: Syncs, length_s: float, last_s: float) -> float | None:
    """Return at which full hour before `last_s` an outage has most written meanwhile.

    None where no stream has a timetable. Of the first week, after which hours repeat.
    """
    if not any(flow.timetable for flow in syncs.flows):
        return None
    begins = [hour * 3600.0 for hour in range(_WEEK_HOURS) if hour * 3600.0 <= last_s]
    return max(begins, key=lambda s: syncs.between(s, s + length_s).bytes_per_s)

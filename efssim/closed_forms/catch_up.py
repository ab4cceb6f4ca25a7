"""What an outage costs, as a constant flow: how old the replica gets, and how long it lasts."""

from __future__ import annotations

from dataclasses import dataclass

from efssim.closed_forms.steady import Steady
from efssim.closed_forms.syncs import Syncs

_BACK_TO_BACK = 1.01
"""Where syncs run back to back, cycles only come near the steady one: within so much of it counts
as caught up."""
_SYNCS_MAX = 100_000


@dataclass(frozen=True)
class CatchUp:
    """The syncs after a long cycle, up to the first that is on time."""

    syncs: int
    age_peak_s: float
    duration_s: float
    """From the cut of the first of them to the completion of the last, in seconds."""


def catch_up(syncs: Syncs, usual: Steady, length_s: float, written_s: float) -> CatchUp | None:
    """Return the catch-up after a cycle of `length_s` seconds, in `written_s` of which was written.

    Sync k lasts d_k = D(d_(k-1) + V), D(span) the duration of a sync of so many seconds of writes,
    beginning with the long cycle, for as long as a cycle is longer than the interval; just before
    it completes the age is the cycle before it and d_k. With constant writes D(span) = S + ρ span.
    None if that takes more than 100,000 syncs: the load is a hair below 1.
    """
    enough_s = max(syncs.interval_s, _BACK_TO_BACK * usual.cycle_s)
    count, peak_s, passed_s = 0, 0.0, 0.0
    while True:
        took_s = syncs.sync_s(written_s)
        count, peak_s = count + 1, max(peak_s, length_s + took_s)
        next_s = max(syncs.interval_s, took_s + syncs.gap.mean)
        if next_s <= enough_s:
            return CatchUp(count, peak_s, passed_s + took_s)
        if count == _SYNCS_MAX:
            return None
        length_s = written_s = next_s
        passed_s += length_s

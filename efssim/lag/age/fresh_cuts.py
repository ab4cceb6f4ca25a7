"""Whether a replication starts anew at given times: a cut on time, right after one on time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from efssim.records.columns import Block

Floats = NDArray[np.float64]

_ROUNDING_S = 1e-6
"""Cuts are sums of intervals; one that is no more off than this is where it was planned."""


class FreshCuts:
    """Search for cuts at given times, each one interval after the cut before it.

    At such a cut the sync before it is complete and was cut at a known time, so the writes since
    are pending, and nothing else of the past shows in the syncs to come. Completed syncs are added
    a block at a time.
    """

    def __init__(self, times_s: Floats, interval_s: float) -> None:
        """Search at `times_s`, which are rising."""
        self._times_s, self._interval_s = times_s, interval_s
        self._found = 0
        self._last_s: float | None = None

    def add(self, block: Block) -> None:
        """Take in completed syncs, in order."""
        cut_s = block["cut_s"]
        before = np.append(np.nan if self._last_s is None else self._last_s, cut_s[:-1])
        self._last_s = cut_s.item(-1)
        on_time = np.abs(cut_s - before - self._interval_s) <= _ROUNDING_S
        at = np.searchsorted(cut_s, self._times_s - _ROUNDING_S)
        known = at < len(cut_s)
        near = np.abs(cut_s[at[known]] - self._times_s[known]) <= _ROUNDING_S
        self._found += int((near & on_time[at[known]]).sum())

    @property
    def all_found(self) -> bool:
        """Whether every one of the times is such a cut."""
        return self._found == len(self._times_s)

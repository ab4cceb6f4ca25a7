"""Pauses and outages that the lag shows, as outages of a link that have the same effect."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from efssim.calibration.backtest.findings import Span
from efssim.calibration.backtest.parts import written_by
from efssim.calibration.data import DecodedSyncs, Fitted, Floats, LeftOutKind, WriteTotals
from efssim.calibration.timing import SyncTiming

_BACK_ON_TIME = 0.02
"""Relative distance of a cut spacing from the interval that counts as on time; assumed."""
_SHORTEST_S = 1e-3
"""Length from which on an outage delays anything that samples could show; assumed."""
_OFF = 0.05
"""Share of its duration by which a sync may be off what is expected of it; assumed."""
_CANDIDATES, _ROUNDS = 120, 2
"""Times tried for the end of an outage, and how often the best one is refined; assumed."""
_HIDDEN = 50
"""Syncs that may come between an outage and the first that is seen; assumed."""


@dataclass(frozen=True, slots=True)
class SeenSyncs:
    """Syncs and disturbances that the lag shows, with the timing that explains them."""

    fitted: Fitted
    """Of the whole lag, for its syncs and what was left out."""
    timing: SyncTiming
    writes: WriteTotals
    spacing_s: float
    """Seconds between two samples."""

    @property
    def syncs(self) -> DecodedSyncs:
        """All syncs that the samples show."""
        return self.fitted.syncs

    def stretches(self, part: Span) -> Iterator[Span]:
        """Yield the disturbed stretches that overlap a part, in order of time."""
        for left in self.fitted.left_out:
            overlaps = left.begin_s < part.end_s and left.end_s > part.begin_s
            if left.kind == LeftOutKind.DISTURBED and overlaps:
                yield Span(left.begin_s, left.end_s)

    def written_by(self, time_s: Floats) -> Floats:
        """Return the bytes written up to some times, as the export has those of the lag."""
        return written_by(self.writes, time_s + self.fitted.phase.value_s)

    def durations_s(self) -> Floats:
        """Return how long each sync would take undisturbed; shape (syncs,), NaN for the first."""
        if not len(self.syncs):
            return np.zeros(0)
        sizes = np.diff(self.written_by(self.syncs.cut_s), prepend=np.nan)
        return self.timing.setup_s + sizes / self.timing.throughput


def outages(seen: SeenSyncs, part: Span) -> list[Span]:
    """Return outages, as the export has its times, that delay syncs of a part as they were.

    The lag does not tell a pause from an outage. A next cut that came late is one from the
    completion before it until that cut; a sync that took too long has one in its middle.
    """
    if len(seen.syncs) < 2:
        return []
    expected_s = seen.durations_s()
    found = []
    for stretch in seen.stretches(part):
        for k in _syncs_in(seen, stretch):
            found += list(_held(seen, k, expected_s)) + list(_stalled(seen, k, expected_s))
    lasting = (one for one in dict.fromkeys(found) if one.seconds > _SHORTEST_S)
    return [one for one in lasting if part.begin_s < one.end_s]


def _syncs_in(seen: SeenSyncs, stretch: Span) -> Iterator[int]:
    """Yield the syncs after the first whose wait or work overlaps a stretch."""
    syncs = seen.syncs
    for k in range(1, len(syncs)):
        if syncs.cut_s[k - 1] < stretch.end_s and syncs.completed_by_s[k] > stretch.begin_s:
            yield k


def _completed_s(seen: SeenSyncs, k: int, expected_s: Floats) -> float:
    """Return about when a sync completed: as expected, within the samples that show it."""
    syncs = seen.syncs
    by_s = float(syncs.completed_by_s[k])
    after_s = float(syncs.completed_after_s[k])
    guess_s = float(syncs.cut_s[k] + expected_s[k])
    if np.isnan(after_s) or np.isnan(guess_s):
        return by_s
    return min(max(guess_s, after_s), by_s)


def _held(seen: SeenSyncs, k: int, expected_s: Floats) -> Iterator[Span]:
    """Yield the outage that makes a cut as late as it was."""
    completed_s = _completed_s(seen, k - 1, expected_s)
    due_s = max(
        float(seen.syncs.cut_s[k - 1]) + seen.timing.interval_s, completed_s + seen.timing.gap_s
    )
    if float(seen.syncs.cut_s[k]) - due_s > seen.spacing_s:
        yield Span((completed_s + due_s) / 2, _resumed_s(seen, k, due_s, expected_s))


def _resumed_s(seen: SeenSyncs, k: int, due_s: float, expected_s: Floats) -> float:
    """Return when syncs went on: the cut that is seen, or that of a sync hidden before it.

    The first sync after an outage is not seen if the next one completes before the next sample.
    """
    syncs = seen.syncs
    cut_s, by_s = float(syncs.cut_s[k]), float(syncs.completed_by_s[k])
    after_s, expected = float(syncs.completed_after_s[k]), float(expected_s[k])
    slack_s = 3 * seen.timing.noise.sigma_s + _OFF * expected
    if after_s - slack_s < cut_s + expected <= by_s + slack_s:
        return cut_s
    low_s, high_s = max(after_s - expected, due_s), cut_s
    for _ in range(_ROUNDS):
        tried = np.linspace(low_s, high_s, _CANDIDATES)
        seen_s = np.array([_shown(seen, float(begin_s), k) for begin_s in tried])
        best = int(np.nanargmin(np.abs(seen_s - cut_s))) if not np.isnan(seen_s).all() else -1
        step_s = (high_s - low_s) / (_CANDIDATES - 1)
        low_s, high_s = max(float(tried[best]) - step_s, due_s), float(tried[best]) + step_s
    return float(tried[best])


def _shown(seen: SeenSyncs, resumed_s: float, k: int) -> float:
    """Return the cut that the first sample with a new one shows if syncs went on at a time.

    NaN where the sample before it would show a new one already.
    """
    syncs, timing = seen.syncs, seen.timing
    after_s, by_s = float(syncs.completed_after_s[k]), float(syncs.completed_by_s[k])
    previous_s, cut_s, shown_s = float(syncs.cut_s[k - 1]), resumed_s, np.nan
    for _ in range(_HIDDEN):
        size = float(np.diff(seen.written_by(np.array([previous_s, cut_s])))[0])
        completed_s = cut_s + timing.duration_s(size)
        if np.isnan(shown_s) and completed_s <= after_s:
            return np.nan
        if completed_s > by_s:
            break
        shown_s, previous_s = cut_s, cut_s
        cut_s = max(cut_s + timing.interval_s, completed_s + timing.gap_s)
    return shown_s


def _stalled(seen: SeenSyncs, k: int, expected_s: Floats) -> Iterator[Span]:
    """Yield the outage that makes a sync take as long as it took."""
    syncs = seen.syncs
    cut_s, expected = float(syncs.cut_s[k]), float(expected_s[k])
    after_s, by_s = float(syncs.completed_after_s[k]), float(syncs.completed_by_s[k])
    least_s, middle_s = after_s - cut_s - expected, (after_s + by_s) / 2 - cut_s - expected
    if least_s > seen.spacing_s:
        begin_s = cut_s + expected / 2
        yield Span(begin_s, begin_s + middle_s)


def disturbed(seen: SeenSyncs, part: Span) -> list[Span]:
    """Return the disturbed stretches of a part, each up to the first sync on time after it."""
    found: list[Span] = []
    for stretch in seen.stretches(part):
        end_s = min(_on_time_after(seen, stretch.end_s), part.end_s)
        begin_s = max(stretch.begin_s, part.begin_s)
        if found and begin_s <= found[-1].end_s:
            found[-1] = Span(found[-1].begin_s, max(found[-1].end_s, end_s))
        else:
            found.append(Span(begin_s, end_s))
    return found


def _on_time_after(seen: SeenSyncs, time_s: float) -> float:
    """Return when the first sync after a time was shown whose next cut was on time."""
    cuts_s, interval_s = seen.syncs.cut_s, seen.timing.interval_s
    spacing_s = np.diff(cuts_s)
    is_on_time = np.abs(spacing_s / interval_s - 1) < _BACK_ON_TIME
    later = np.flatnonzero(is_on_time & (cuts_s[:-1] >= time_s))
    return float(seen.syncs.completed_by_s[later[0]]) if len(later) else time_s

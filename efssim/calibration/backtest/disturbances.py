"""Pauses and outages that the lag shows, as outages of a link that have the same effect."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from efssim.calibration.backtest.findings import Span
from efssim.calibration.backtest.parts import written_by
from efssim.calibration.data import DecodedSyncs, Floats, Phase, WriteTotals
from efssim.calibration.timing import SyncTiming

_BACK_ON_TIME = 0.02
"""Relative distance of a cut spacing from the interval that counts as on time; assumed."""
_LOCKED = 1e-3
"""Distance of a ratio of interval and spacing from a whole number that locks them; assumed."""
_SHORTEST_S = 1e-3
"""Length from which on an outage delays anything that samples could show; assumed."""
_OFF = 0.05
"""Share of its duration by which a sync may be off what is expected of it; assumed."""
_CANDIDATES, _ROUNDS = 120, 2
"""Times tried for the end of an outage, and how often the best one is refined; assumed."""
_HIDDEN = 50
"""Syncs that may come between an outage and the first that is seen; assumed."""


@dataclass(frozen=True, slots=True)
class SeenLag:
    """Syncs and disturbances that the lag shows, with the timing that explains them."""

    syncs: DecodedSyncs
    """All syncs that the samples show."""
    timing: SyncTiming
    writes: WriteTotals
    phase: Phase
    spacing_s: float
    """Seconds between two samples."""

    def written_by(self, time_s: Floats) -> Floats:
        """Return the bytes written up to some times, as the export has those of the lag."""
        return written_by(self.writes, time_s + self.phase.value_s)

    def durations_s(self) -> Floats:
        """Return how long each sync would take undisturbed; shape (syncs,), NaN for the first."""
        if not len(self.syncs):
            return np.zeros(0)
        sizes = np.diff(self.written_by(self.syncs.cut_s), prepend=np.nan)
        return self.timing.setup_s + sizes / self.timing.throughput


def disturbed_syncs(seen: SeenLag, part: Span) -> list[int]:
    """Return the syncs of a part that came so late that a pause or an outage delayed them.

    A sync is cut as soon as the timing lets it be; were it to complete as it does on average, and
    another time that long, a sample would have shown it. So a slower transfer than fitted is none.
    """
    syncs = seen.syncs
    if len(syncs) < 2:
        return []
    due_s, expected_s = _due(seen)
    slack_s = expected_s + 2 * seen.spacing_s + 3 * seen.timing.noise.sigma_s
    waited_s = syncs.completed_after_s[1:] - (due_s + expected_s)
    late = np.flatnonzero(waited_s > slack_s) + 1
    inside = (syncs.completed_by_s[late] > part.begin_s) & (syncs.cut_s[late] < part.end_s)
    return [int(k) for k in late[inside]]


def disturbed_tail(seen: SeenLag, end_s: float) -> float | None:
    """Return from when on a sync is overdue at the end of the samples; None if none is."""
    if len(seen.syncs) < 2:
        return None
    durations_s = seen.durations_s()
    last_s = float(seen.syncs.cut_s[-1])
    due_s = _next_due(seen, len(seen.syncs) - 1, durations_s)
    size = float(np.diff(seen.written_by(np.array([last_s, due_s])))[0])
    expected_s = seen.timing.duration_s(size)
    slack_s = expected_s + 2 * seen.spacing_s + 3 * seen.timing.noise.sigma_s
    return due_s if end_s - (due_s + expected_s) > slack_s else None


def _due(seen: SeenLag) -> tuple[Floats, Floats]:
    """Return when each sync but the first was due, and how long it would take if cut then."""
    durations_s = seen.durations_s()
    due_s = np.array([_next_due(seen, k, durations_s) for k in range(len(seen.syncs) - 1)])
    sizes = seen.written_by(due_s) - seen.written_by(seen.syncs.cut_s[:-1])
    return due_s, seen.timing.setup_s + sizes / seen.timing.throughput


def _next_due(seen: SeenLag, k: int, durations_s: Floats) -> float:
    """Return when the sync after one is due."""
    completed_s = _completed_s(seen, k, durations_s)
    cut_s = float(seen.syncs.cut_s[k])
    return max(cut_s + seen.timing.interval_s, completed_s + seen.timing.gap_s)


def outages(seen: SeenLag, part: Span) -> list[Span]:
    """Return outages, as the export has its times, that delay syncs of a part as they were.

    The lag does not tell a pause from an outage. A next cut that came late is one from the
    completion before it until that cut; a sync that took too long has one in its middle.
    """
    expected_s = seen.durations_s()
    found = [
        one
        for k in disturbed_syncs(seen, part)
        for one in (
            *_held(seen, k, expected_s),
            *_stalled(seen, k, expected_s),
            *_back_on_time(seen, k, expected_s),
        )
    ]
    lasting = (one for one in dict.fromkeys(found) if one.seconds > _SHORTEST_S)
    return [one for one in lasting if part.begin_s < one.end_s]


def _completed_s(seen: SeenLag, k: int, expected_s: Floats) -> float:
    """Return about when a sync completed: as expected, within the samples that show it."""
    syncs = seen.syncs
    by_s = float(syncs.completed_by_s[k])
    after_s = float(syncs.completed_after_s[k])
    guess_s = float(syncs.cut_s[k] + expected_s[k])
    if np.isnan(after_s) or np.isnan(guess_s):
        return by_s
    return min(max(guess_s, after_s), by_s)


def _held(seen: SeenLag, k: int, expected_s: Floats) -> Iterator[Span]:
    """Yield the outage that makes a cut as late as it was."""
    due_s = _next_due(seen, k - 1, expected_s)
    if float(seen.syncs.cut_s[k]) - due_s > seen.spacing_s:
        completed_s = _completed_s(seen, k - 1, expected_s)
        yield Span((completed_s + due_s) / 2, _resumed_s(seen, k, due_s, expected_s))


def _resumed_s(seen: SeenLag, k: int, due_s: float, expected_s: Floats) -> float:
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


def _shown(seen: SeenLag, resumed_s: float, k: int) -> float:
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


def _stalled(seen: SeenLag, k: int, expected_s: Floats) -> Iterator[Span]:
    """Yield the outage that makes a sync take as long as it took."""
    syncs = seen.syncs
    cut_s, expected = float(syncs.cut_s[k]), float(expected_s[k])
    after_s, by_s = float(syncs.completed_after_s[k]), float(syncs.completed_by_s[k])
    least_s, middle_s = after_s - cut_s - expected, (after_s + by_s) / 2 - cut_s - expected
    if least_s > seen.spacing_s:
        begin_s = cut_s + expected / 2
        yield Span(begin_s, begin_s + middle_s)


def disturbed(seen: SeenLag, part: Span) -> list[Span]:
    """Return the disturbed stretches of a part, each up to the first sync on time after it."""
    found: list[Span] = []
    due_s, _ = _due(seen) if len(seen.syncs) > 1 else (np.zeros(0), None)
    for k in disturbed_syncs(seen, part):
        end_s = min(_on_time_after(seen, float(seen.syncs.cut_s[k])), part.end_s)
        begin_s = max(float(due_s[k - 1]), part.begin_s)
        if found and begin_s <= found[-1].end_s:
            found[-1] = Span(found[-1].begin_s, max(found[-1].end_s, end_s))
        else:
            found.append(Span(begin_s, end_s))
    return found


def _back_on_time(seen: SeenLag, k: int, expected_s: Floats) -> Iterator[Span]:
    """Yield the wait that lets syncs be cut when they were, once they are on time again.

    Else the cuts after a disturbance might lie otherwise between the samples, which would show
    other ages of the same lag.
    """
    j = _first_on_time(seen, float(seen.syncs.cut_s[k]), spacings=2)
    if j is not None:
        yield _wait(seen, j, expected_s)


def _wait(seen: SeenLag, j: int, expected_s: Floats) -> Span:
    """Return the wait from a completion up to the next cut."""
    cut_s = float(seen.syncs.cut_s[j + 1])
    return Span((_completed_s(seen, j, expected_s) + cut_s) / 2, cut_s)


def locked_waits(seen: SeenLag, part: Span) -> list[Span]:
    """Return waits that let syncs be cut when they were, each time that they are on time again.

    None where the interval is not locked to the samples: then these show all ages in time.
    """
    cuts_s, interval_s = seen.syncs.cut_s, seen.timing.interval_s
    if not _is_locked(interval_s, seen.spacing_s) or len(cuts_s) < 4:
        return []
    is_on_time = np.abs(np.diff(cuts_s) / interval_s - 1) < _BACK_ON_TIME
    again = np.flatnonzero(~is_on_time[:-2] & is_on_time[1:-1] & is_on_time[2:]) + 1
    expected_s = seen.durations_s()
    waits = (_wait(seen, int(j), expected_s) for j in again)
    return [one for one in waits if part.begin_s < one.end_s < part.end_s]


def _is_locked(interval_s: float, spacing_s: float) -> bool:
    """Return whether samples lie at few places between two cuts."""
    ratios = (interval_s / spacing_s, 2 * interval_s / spacing_s, spacing_s / interval_s)
    return any(ratio >= 1 - _LOCKED and abs(ratio - round(ratio)) < _LOCKED for ratio in ratios)


def _on_time_after(seen: SeenLag, time_s: float) -> float:
    """Return when the first sync after a time was shown whose next cut was on time."""
    found = _first_on_time(seen, time_s)
    return time_s if found is None else float(seen.syncs.completed_by_s[found])


def _first_on_time(seen: SeenLag, time_s: float, spacings: int = 1) -> int | None:
    """Return the first sync from a time on after which so many were cut on time."""
    cuts_s, interval_s = seen.syncs.cut_s, seen.timing.interval_s
    is_on_time = np.abs(np.diff(cuts_s) / interval_s - 1) < _BACK_ON_TIME
    runs = is_on_time.copy()
    for later in range(1, spacings):
        runs &= np.append(is_on_time[later:], [False] * later)
    found = np.flatnonzero(runs & (cuts_s[:-1] >= time_s))
    return int(found[0]) if len(found) else None

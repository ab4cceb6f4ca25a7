"""A stretch: consecutive syncs of one replication, all planned at once.

While nothing disturbs a replication, its next syncs follow from the journal alone. They are planned
as columns: as arrays while syncs are on time, since then all cuts are known beforehand, else one
after the other in a tight loop. A disturbance throws the rest of the stretch
away, which changes nothing else, as draws are addressed by ordinal.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from efssim.model.sync.sync_loop import ON_TIME, Loop
from efssim.model.sync.sync_times import SyncTimes
from efssim.model.writes.change_sets import Floats, Ints, Work
from efssim.model.writes.journal import Journal

FEW, SHORT, LONG = 32, 256, 65_536
"""Fewest syncs that are planned one by one and as arrays, and most that are planned at once."""


@dataclass(slots=True)
class Stretch:
    """Planned syncs, a column each, and when the one after them is cut."""

    ordinal: int
    """Ordinal of the first sync."""
    work: Work
    completed_s: Floats
    attempts: Ints
    next_cut_s: float
    recorded: int = 0
    """How many of them are in the records."""

    def __len__(self) -> int:
        return len(self.completed_s)

    @property
    def last(self) -> tuple[float, float]:
        """Cut and completion of the last sync."""
        return self.work.cut_s.item(-1), self.completed_s.item(-1)

    def done(self, now_s: float) -> int:
        """Return how many syncs are complete at a time, before the cuts of that instant."""
        if self.nothing_new(now_s):
            return self.recorded
        return min(self.completed(now_s), self.begun(now_s))

    def nothing_new(self, now_s: float) -> bool:
        """Return cheaply whether no sync is complete but the recorded ones, the usual case."""
        return self.recorded < len(self.completed_s) and (
            self.completed_s.item(self.recorded) > now_s
        )

    def completed(self, now_s: float) -> int:
        """Return how many syncs complete at or before a time, regardless of their cuts."""
        return int(self.completed_s.searchsorted(now_s, "right"))

    def begun(self, now_s: float) -> int:
        """Return how many syncs are cut before a time."""
        return int(self.work.cut_s.searchsorted(now_s, "left"))


class Planner:
    """The planner of stretches of the syncs of one replication."""

    def __init__(self, journal: Journal, times: SyncTimes, end_s: float, longest: int) -> None:
        """Plan until `end_s`, the end of the run, at most `longest` syncs at once."""
        self._journal, self._times, self._end_s, self._longest = journal, times, end_s, longest
        self._length, self._disturbances = SHORT, 0
        self._late = times.interval_s == 0.0
        self._interval_s = np.array([times.interval_s])

    def disturbed(self, syncs: int) -> None:
        """Plan short stretches again: the last one was cut short, after so many syncs in all.

        Twice the mean between disturbances: most stretches then reach the next one at once, and not
        much more is planned than used.
        """
        self._disturbances += 1
        self._length = min(max(FEW, 2 * syncs // self._disturbances), LONG)
        # To look up times one by one until syncs are on time costs cells less than a whole stretch.
        self._late = self._late or self._journal.has_cells

    def plan(self, cut_s: float, ordinal: int) -> Stretch:
        """Return the next syncs, the first of them cut at `cut_s`, which the journal reaches."""
        was_late, longest = self._late, self._longest
        if was_late:
            stretch, whole = self._one_by_one(cut_s, ordinal, min(self._length, longest)), True
        else:
            length = min(max(SHORT, self._length), longest)
            stretch, whole = self._at_once(cut_s, ordinal, length)
        if not whole:  # what is planned beyond a late sync is thrown away
            self._length = min(2 * len(stretch), LONG)
        elif self._late == was_late:  # the other way starts with as many as this one did
            self._length = min(2 * self._length, LONG)
        return stretch

    def _at_once(self, cut_s: float, ordinal: int, length: int) -> tuple[Stretch, bool]:
        """Plan syncs with known cuts, up to the first that makes the next one late.

        Return whether none of them does, too.
        """
        work = self._journal.work(self._cuts(cut_s, length))
        completed_s = work.cut_s + self._times.durations(work, ordinal)
        n = len(completed_s)
        attempts = np.ones(n, dtype=np.int64)
        gap_s = self._times.gap.take(ordinal + 1, n)
        planned_s = work.cut_s + self._times.interval_s
        late = completed_s + gap_s > planned_s
        failing = self._times.failing(ordinal, n)
        late[failing] = False
        first = int(late.argmax())
        kept = first + 1 if late.item(first) else n
        for index in failing:
            if index >= kept:
                break
            # Attempts after the end of the run are not drawn: there may be thousands.
            flying = self._times.at(work.change_set(index), ordinal + index, self._end_s)
            completed_s[index], attempts[index] = flying.ends_s, flying.failed + 1
            if flying.ends_s + gap_s.item(index) > planned_s.item(index):
                late[index], kept = True, index + 1
        last, is_late = kept - 1, late.item(kept - 1)
        next_cut_s = max(planned_s.item(last), completed_s.item(last) + gap_s.item(last))
        if kept < n:
            work = work.part(slice(kept))
            completed_s, attempts = completed_s[:kept], attempts[:kept]
        if is_late:
            self._late = kept < min(ON_TIME, length)
        return Stretch(ordinal, work, completed_s, attempts, next_cut_s), not is_late

    def _cuts(self, cut_s: float, length: int) -> Floats:
        """Return the next cuts that the journal reaches, by repeated addition."""
        interval_s, horizon_s, end_s = self._times.interval_s, self._journal.horizon_s, self._end_s
        reach_s = min(horizon_s, end_s)
        length = min(length, max(0, int((reach_s - cut_s) / interval_s)) + 2)
        cuts_s = self._interval_s.repeat(length)
        cuts_s[0] = cut_s
        cuts_s.cumsum(out=cuts_s)
        if cuts_s.item(-1) < reach_s:
            return cuts_s
        if end_s < horizon_s:
            count = int(cuts_s.searchsorted(end_s, "right"))
        else:
            count = int(cuts_s.searchsorted(horizon_s, "left"))
        return cuts_s[: max(1, count)]

    def _one_by_one(self, cut_s: float, ordinal: int, length: int) -> Stretch:
        """Plan syncs one by one: each cut depends on the completion before it."""
        loop = Loop(self._journal, self._times, ordinal, length, self._end_s)
        next_cut_s = loop.run(cut_s)
        work = self._journal.work_between(np.array(loop.cuts_s), loop.columns())
        completed_s = np.array(loop.completed_s)
        self._late = loop.on_time < ON_TIME
        return Stretch(ordinal, work, completed_s, loop.attempts(), next_cut_s)

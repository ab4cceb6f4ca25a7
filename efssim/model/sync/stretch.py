"""A stretch: consecutive syncs of one replication, all planned at once.

While nothing disturbs a replication, its next syncs follow from the journal alone. They are planned
as columns: as arrays while syncs are on time, since then all cuts are known beforehand, else one
after the other in a tight loop. A disturbance throws the rest of the stretch
away, which changes nothing else, as draws are addressed by ordinal.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from efssim.model.kernel.clock import Clock
from efssim.model.sync.lone_loop import LoneLoop, LoopLimits, lone_loop
from efssim.model.sync.sync_loop import ON_TIME, Loop
from efssim.model.sync.sync_times import SyncTimes
from efssim.model.writes.change_sets import Floats, Ints, Work
from efssim.model.writes.journal import Journal

Bools = NDArray[np.bool_]

SHORT, LONG = 256, 65_536
"""Fewest and most syncs that are planned at once."""


@dataclass(slots=True)
class Stretch:
    """Planned syncs, a column each, and when the one after them is cut."""

    ordinal: int
    """Ordinal of the first sync."""
    work: Work
    completed_s: Floats
    attempts: Ints
    next_cut_s: float
    repeated_bytes: dict[int, int] = field(default_factory=dict)
    """Bytes that failed attempts sent, by the index of the sync, in order."""
    recorded: int = 0
    """How many of them are in the records."""

    def __len__(self) -> int:
        return len(self.completed_s)

    @property
    def last(self) -> tuple[float, float]:
        """Cut and completion of the last sync."""
        return self.work.cut_s.item(-1), self.completed_s.item(-1)

    def repeated_until(self, done: int) -> Iterator[tuple[float, float, int]]:
        """Yield cut, completion and repeated bytes of those of the first syncs, each once."""
        while self.repeated_bytes:
            index = next(iter(self.repeated_bytes))
            if index >= done:
                return
            sent = self.repeated_bytes.pop(index)
            yield self.work.cut_s.item(index), self.completed_s.item(index), sent

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

    def __init__(
        self,
        clock: Clock,
        journal: Journal,
        times: SyncTimes,
        end_s: float,
        lengths: tuple[int, int],
    ) -> None:
        """Plan until `end_s`, the end of the run, so many syncs at once, first and at most."""
        self._clock, self._journal, self._times = clock, journal, times
        self._end_s, self._disturbances = end_s, 0
        self._length, self._longest = lengths
        self._late, self._patience = times.interval_s == 0.0, ON_TIME
        # Whether the stretch ends with the next known disturbance; how often that came, less how
        # often it did not.
        self._is_bounded, self._trust = False, 0
        self.prepared: LoneLoop | None = None
        """The loop of the next syncs, while it is run with those of other trials."""

    def disturbed(self, syncs: int) -> None:
        """Plan short stretches again: the last one was cut short, after so many syncs in all.

        Twice the mean between disturbances: most stretches then reach the next one at once, and not
        much more is planned than used.
        """
        self._disturbances += 1
        self._length = min(max(SHORT, 2 * syncs // self._disturbances), LONG)
        self._trust += self._is_bounded
        self._is_bounded = False
        # The next sync is mostly late, those after the first one that is not are mostly on time.
        self._late, self._patience = True, 1

    def plan(self, cut_s: float, ordinal: int) -> Stretch:
        """Return the next syncs, the first of them cut at `cut_s`, which the journal reaches."""
        self._trust -= self._is_bounded
        until_s = self._until_s(self._trust)
        was_late, length = self._late, self._length
        plan = self._one_by_one if was_late else self._at_once
        stretch = plan(cut_s, ordinal, until_s)
        self._is_bounded = stretch.last[1] > until_s
        if self._late == was_late and self._length == length:
            # The other way starts with as many as this one did.
            self._length = min(2 * length, LONG)
        return stretch

    def prepare(self, cut_s: float, ordinal: int) -> bool:
        """Make the loop of the next syncs if trials share such loops and none is made.

        Return whether it was made.
        """
        if self.prepared is not None or self._times.interval_s:
            return False
        limits = self._limits(cut_s, ordinal, self._until_s(self._trust - self._is_bounded))
        self.prepared = lone_loop(self._journal, self._times, limits)
        return self.prepared is not None

    def _limits(self, cut_s: float, ordinal: int, until_s: float) -> LoopLimits:
        most, last_s = min(self._length, self._longest), min(until_s, self._end_s)
        return LoopLimits(cut_s, ordinal, last_s, self._patience, most)

    def _until_s(self, trust: int) -> float:
        """Return when the next disturbance comes that is worth a stop; infinity without one."""
        return self._clock.next_disturbance_s if trust >= 0 else math.inf

    def _at_once(self, cut_s: float, ordinal: int, until_s: float) -> Stretch:
        """Plan syncs with known cuts, up to the first that makes the next one late."""
        cuts_s = self._cuts(cut_s, self._most(cut_s, until_s))
        return self._known(ordinal, self._journal.work(cuts_s))

    def _known(self, ordinal: int, work: Work, loop: Loop | LoneLoop | None = None) -> Stretch:
        """Plan syncs with known cuts, as far as they hold; those of a loop come first and do."""
        n = len(work.cut_s)
        completed_s = work.cut_s + self._times.durations(work, ordinal)
        attempts, repeated = np.ones(n, dtype=np.int64), {}
        late = 0 if loop is None else len(loop.completed_s)
        if loop is not None:
            completed_s[:late], attempts[:late] = loop.completed_s, loop.attempts()
            repeated.update(loop.repeated_bytes)
        gap_s = self._times.gap.take(ordinal + 1, n)
        planned_s = self._times.cuts.after_each(work.cut_s)
        is_late = completed_s + gap_s > planned_s
        is_late[:late] = False
        for index in self._failing_on_time(ordinal, late, is_late):
            # Attempts after the end of the run are not drawn: there may be thousands.
            flying = self._times.at(work.change_set(index), ordinal + index, self._end_s)
            completed_s[index], attempts[index] = flying.ends_s, flying.failed + 1
            repeated[index] = flying.repeated_bytes
            is_late[index] = flying.ends_s + gap_s.item(index) > planned_s.item(index)
        first = int(is_late.argmax())
        if is_late.item(first):
            self._meet_late(first - late, n - late)
            n = first + 1
            work, completed_s, attempts = work.part(slice(n)), completed_s[:n], attempts[:n]
        next_cut_s = max(planned_s.item(n - 1), completed_s.item(n - 1) + gap_s.item(n - 1))
        return Stretch(ordinal, work, completed_s, attempts, next_cut_s, repeated)

    def _failing_on_time(self, ordinal: int, late: int, is_late: Bools) -> Iterator[int]:
        """Yield the syncs whose first attempt fails, up to the first late one.

        Who asks marks whether they are late, which their first attempts do not tell.
        """
        failing = [index for index in self._times.failing(ordinal, len(is_late)) if index >= late]
        is_late[failing] = False
        first = int(is_late.argmax())
        until = first if is_late.item(first) else len(is_late)
        for index in failing:
            if index > until:
                return
            yield index
            if is_late.item(index):
                return

    def _meet_late(self, on_time: int, planned: int) -> None:
        """Plan one by one if few were on time, and not many more: they are thrown away."""
        self._late, self._patience = on_time < min(ON_TIME, planned) - 1, ON_TIME
        self._length = min(max(SHORT, on_time + 1), self._length)

    def _most(self, cut_s: float, until_s: float) -> int:
        """Return how many syncs to plan: to the next disturbance, if one is known, and not more."""
        most = min(self._length, self._longest)
        if until_s >= self._end_s:
            return most
        known = int(max(0.0, until_s - cut_s) / self._times.interval_s) + 2
        return min(known, self._longest if self._trust else most)

    def _cuts(self, cut_s: float, length: int) -> Floats:
        """Return the next cuts that the journal reaches."""
        interval_s, horizon_s, end_s = self._times.interval_s, self._journal.horizon_s, self._end_s
        reach_s = min(horizon_s, end_s)
        length = min(length, max(0, int((reach_s - cut_s) / interval_s)) + 2)
        cuts_s = self._times.cuts.row(cut_s, length)
        if cuts_s.item(-1) < reach_s:
            return cuts_s
        if end_s < horizon_s:
            count = int(cuts_s.searchsorted(end_s, "right"))
        else:
            count = int(cuts_s.searchsorted(horizon_s, "left"))
        return cuts_s[: max(1, count)]

    def _one_by_one(self, cut_s: float, ordinal: int, until_s: float) -> Stretch:
        """Plan syncs one by one: each cut depends on the completion before it.

        Once they are on time, plan those that follow at once.
        """
        limits = self._limits(cut_s, ordinal, until_s)
        loop: Loop | LoneLoop | None
        loop = self.prepared or lone_loop(self._journal, self._times, limits)
        self.prepared = None
        if loop is not None:
            loop.run()
            cut_s = loop.cut_s
        else:
            loop = Loop(self._journal, self._times, ordinal, limits.most, self._end_s)
            cut_s = loop.run(cut_s, limits.until_s, self._patience)
        self._late = loop.on_time < self._patience or not self._times.interval_s
        cuts_s, ends = np.asarray(loop.cuts_s), loop.columns()
        count = len(cuts_s)
        most = 0 if self._late else min(self._most(cut_s, until_s), self._longest - count)
        if most > 0 and cut_s < self._journal.horizon_s and cut_s <= self._end_s:
            more_s = self._cuts(cut_s, most)
            cuts_s = np.concatenate((cuts_s, more_s))
            curves = zip(self._journal.curves, ends, strict=True)
            ends = [np.concatenate((column, curve.ends(more_s))) for curve, column in curves]
            return self._known(ordinal, self._journal.work_between(cuts_s, ends), loop)
        work = self._journal.work_between(cuts_s, ends)
        completed_s, repeated = np.asarray(loop.completed_s), loop.repeated_bytes
        return Stretch(ordinal, work, completed_s, loop.attempts(), cut_s, repeated)

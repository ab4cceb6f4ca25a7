"""A naive model of replication: one SimPy event per write, lists, no journal, nothing of efssim.

It replays given writes and given draws, so that its syncs must equal the engine's. Disturbances
are given as times, too, and what follows from them is looked up: the status of the destination
does not depend on the syncs, so the whole list of statuses comes first, and how long a sync takes
is found by walking from one time at which something changes to the next.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field

import simpy

Interval = tuple[float, float]
Write = tuple[float, int, int]
"""Time, bytes, files."""

LATER_S = 1e-6
"""A cut comes after all writes of its instant: look a little later, by their own times."""


@dataclass
class NaiveSync:
    cut_s: float
    completed_s: float
    writes: list[int]
    bytes: int
    attempts: int


@dataclass
class NaiveAbandoned:
    cut_s: float
    abandoned_s: float
    bytes: int
    attempts: int


@dataclass
class Disturbed:
    """What happens to a replication: intervals [begin, end) and times, and the draws they need."""

    holds: Sequence[Interval] = ()
    """Causes to pause."""
    stalls: Sequence[Interval] = ()
    """Outages."""
    degraded: Sequence[tuple[float, float, float]] = ()
    """Begin, end and factor of the link's capacity."""
    failed_s: float = math.inf
    """When one of its file systems is lost."""
    deleted_s: float = math.inf
    """When its deletion is called for."""
    enabling_s: float | None = None
    """None: it is established."""
    pausings_s: Sequence[float] = ()
    resumings_s: Sequence[float] = ()
    deleting_s: float = 0.0

    def statuses(self) -> list[tuple[float, str | None]]:
        """Return time and name of every status, None once the configuration is gone."""
        found: list[tuple[float, str | None]] = [(0.0, "ENABLED")]
        if self.enabling_s is not None:
            found = [(0.0, "ENABLING"), (self.enabling_s, "ENABLED")]
        pauses = zip(self.pausings_s, self.resumings_s, strict=True)
        while (begin := self._first(found[-1][0], held=True)) < math.inf:
            pausing, resuming = next(pauses)
            resumed = self._first(begin + pausing + resuming, held=False)
            found += [(begin, "PAUSING"), (begin + pausing, "PAUSED"), (resumed, "ENABLED")]
        if self.failed_s < self.deleted_s:
            found = [status for status in found if status[0] <= self.failed_s]
            found.append((self.failed_s, "ERROR"))
        found = [status for status in found if status[0] <= self.deleted_s]
        found += [(self.deleted_s, "DELETING"), (self.deleted_s + self.deleting_s, None)]
        return [status for status in found if status[0] < math.inf]

    def _first(self, time_s: float, held: bool) -> float:
        """Return the first time from `time_s` on at which a cause to pause is there or is not."""
        edges = [time_s, *(edge for hold in self.holds for edge in hold if edge > time_s), math.inf]
        return next(t for t in sorted(edges) if _inside(t, self.holds) is held or t == math.inf)

    def factor(self, time_s: float) -> float:
        """Return what a link is left with at a time."""
        return math.prod(part[2] for part in self.degraded if part[0] <= time_s < part[1])


def _inside(time_s: float, intervals: Sequence[Interval]) -> bool:
    return any(begin <= time_s < end for begin, end in intervals)


@dataclass
class Naive:
    """What a replication is told: plain numbers and plain lists of draws."""

    end_s: float
    interval_s: float
    gaps_s: Sequence[float]
    setups_s: Sequence[Sequence[float]]  # [attempt][sync]
    chances: Sequence[Sequence[float]]  # [attempt][sync]
    backoffs_s: Sequence[Sequence[float]]  # [attempt][sync]
    files: int
    scan_rate: float
    throughput: float
    file_rate: float
    failure_probability: float
    backoff_max_s: float
    latency_s: float = 0.0
    capacity: float = math.inf
    size: int = 0
    """Bytes at the start; every write but a hot one adds its bytes."""
    new_files: bool = False
    """Whether every changed file is a new one."""
    hot: tuple[int, int] | None = None
    """Bytes of a block and number of blocks; every write is hot. None: nothing coalesces."""
    disturbed: Disturbed = field(default_factory=Disturbed)
    syncs: list[NaiveSync] = field(default_factory=list)
    abandoned: list[NaiveAbandoned] = field(default_factory=list)

    def run(self, writes: Sequence[Write]) -> list[NaiveSync]:
        """Run over writes in order of time; return the completed syncs."""
        self.statuses = self.disturbed.statuses()
        env = simpy.Environment()
        self.pending: list[tuple[int, Write]] = []
        self.made = writes
        env.process(self._write(env, writes))
        env.process(self._sync(env))
        env.run(until=self.end_s + LATER_S)
        return self.syncs

    def _write(
        self, env: simpy.Environment, writes: Sequence[Write]
    ) -> Generator[simpy.Event, None, None]:
        for ordinal, write in enumerate(writes):
            if write[0] > env.now:
                yield env.timeout(write[0] - env.now)
            self.pending.append((ordinal, write))

    def _sync(self, env: simpy.Environment) -> Generator[simpy.Event, None, None]:
        begun = 0
        due_s = 0.0 if self._is_new else self.interval_s or self.gaps_s[0]
        due_s = min(due_s, self._interrupted(0.0))
        while (cut_s := self._next_running(due_s)) <= self.end_s:
            yield env.timeout(max(0.0, cut_s + LATER_S - env.now))
            change_set = [change for change in self.pending if change[1][0] <= cut_s]
            bytes_, files = self._load([write for _, write in change_set], cut_s)
            interrupted_s = self._interrupted(cut_s)
            completed_s, attempts = self._attempts(begun, cut_s, bytes_, files, interrupted_s)
            begun += 1
            if completed_s <= interrupted_s:
                if completed_s > self.end_s:
                    return
                yield env.timeout(max(0.0, completed_s - env.now))
                ordinals = [ordinal for ordinal, _ in change_set]
                self.pending = self.pending[len(change_set) :]
                self.syncs.append(NaiveSync(cut_s, completed_s, ordinals, bytes_, attempts))
                due_s = max(cut_s + self.interval_s, completed_s + self.gaps_s[begun])
                # After a pause, also one in which nothing was due, a sync is due at once.
                due_s = min(due_s, interrupted_s)
            else:
                if interrupted_s > self.end_s:
                    return
                self.abandoned.append(NaiveAbandoned(cut_s, interrupted_s, bytes_, attempts))
                due_s = interrupted_s

    # --- when syncs run -------------------------------------------------------------------------

    def _status(self, time_s: float) -> str | None:
        return [name for since_s, name in self.statuses if since_s <= time_s][-1]

    def _running(self, time_s: float) -> bool:
        stalled = _inside(time_s, self.disturbed.stalls)
        return self._status(time_s) == "ENABLED" and not stalled

    def _next_running(self, time_s: float) -> float:
        edges = [t for t, _ in self.statuses] + [end for _, end in self.disturbed.stalls]
        later = [time_s, *(edge for edge in edges if edge > time_s)]
        return min((t for t in later if self._running(t)), default=math.inf)

    def _interrupted(self, cut_s: float) -> float:
        """Return when the status that a sync is cut in ends."""
        return min((t for t, _ in self.statuses if t > cut_s), default=math.inf)

    # --- how long syncs take --------------------------------------------------------------------

    @property
    def _is_new(self) -> bool:
        return self.disturbed.enabling_s is not None

    def _stored(self, time_s: float) -> tuple[int, int]:
        """Return size and files at a time."""
        made = [write for write in self.made if write[0] <= time_s]
        new_bytes = 0 if self.hot else sum(write[1] for write in made)
        new_files = sum(write[2] for write in made) if self.new_files else 0
        return self.size + new_bytes, self.files + new_files

    def _load(self, writes: list[Write], cut_s: float) -> tuple[int, int]:
        """Return bytes and files to send."""
        if self._is_new and not self.syncs:
            return self._stored(cut_s)
        files = sum(write[2] for write in writes)
        if self.hot is None:
            return sum(write[1] for write in writes), files
        block, blocks = self.hot
        dirtied = sum(-(-write[1] // block) for write in writes)
        return round(block * blocks * (1 - (1 - 1 / blocks) ** dirtied)), files

    def _attempts(
        self, sync: int, cut_s: float, bytes_: int, files: int, until_s: float
    ) -> tuple[float, int]:
        """Return when a sync is completed, and its attempts up to then or until it is abandoned."""

        def transfer_s(time_s: float) -> float:
            capacity = self.capacity * self.disturbed.factor(time_s)
            return max(bytes_ / min(self.throughput, capacity), files / self.file_rate)

        now, attempt = cut_s, 0
        while now <= until_s:
            fixed_s = self.setups_s[attempt][sync] + self.latency_s
            # Nothing to send: the setup only.
            fixed_s += self._stored(cut_s)[1] / self.scan_rate if bytes_ or files else 0.0
            share = self._failing_share(attempt, sync)
            if share is None:
                now = self._walk(now, fixed_s, lambda _: 1.0)
                return self._walk(now, 1.0, transfer_s), attempt + 1
            # It fails after a share of its duration as it is reckoned at its start.
            worked_s = share * (fixed_s + transfer_s(now))
            share_of_transfer = max(0.0, worked_s - fixed_s) / (transfer_s(now) or 1.0)
            now = self._walk(now, min(worked_s, fixed_s), lambda _: 1.0)
            now = self._walk(now, share_of_transfer, transfer_s)
            if now > until_s:
                break
            wait_s = min(self.backoffs_s[attempt][sync] * 2**attempt, self.backoff_max_s)
            now = self._walk(now, wait_s, lambda _: 1.0)
            attempt += 1
        return now, attempt + 1

    def _failing_share(self, attempt: int, sync: int) -> float | None:
        if not self.chances or self.chances[attempt][sync] >= self.failure_probability:
            return None
        return self.chances[attempt][sync] / self.failure_probability

    def _walk(self, now: float, amount: float, whole_s: Callable[[float], float]) -> float:
        """Return when an amount of a phase is done, all of which would take `whole_s(time)`."""
        stalls, degraded = self.disturbed.stalls, self.disturbed.degraded
        edges = {edge for part in (*stalls, *degraded) for edge in part[:2] if edge > now}
        for until in [*sorted(edges - {math.inf}), math.inf]:
            if not _inside(now, stalls):
                if amount * whole_s(now) <= until - now:
                    return now + amount * whole_s(now)
                amount -= (until - now) / whole_s(now)
            now = until
        return math.inf

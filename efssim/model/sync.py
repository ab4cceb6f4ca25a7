"""The sync process of one replication: a loop of plan, wait, settle.

A plan is a sync whose whole course is known at its cut. Times are passed along as planned and never
read back from the clock, which a timeout can miss by a rounding error.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Generator
from typing import NamedTuple

import simpy

from efssim.model.draws import Draws, Series
from efssim.model.journal import ChangeSet, Journal
from efssim.model.replication import Replication
from efssim.records import OpenSync
from efssim.scenario.schema import FileSystem, Sync


class PlannedSync(NamedTuple):
    """A sync from its cut to its completion."""

    change_set: ChangeSet
    failed_s: tuple[float, ...]
    """When its failed attempts fail."""
    completed_s: float


class SyncTimes:
    """How long syncs take. Everything random is addressed by the sync's ordinal and the attempt."""

    def __init__(self, spec: Sync, source: FileSystem, draws: Draws, name: str) -> None:
        self.interval_s = spec.number("interval")
        self._throughput, self._file_rate = spec.number("throughput"), spec.number("file_rate")
        self._inventory_s = source.files / spec.number("scan_rate")
        self._failure_probability = spec.number("failure_probability")
        self._backoff_max_s = spec.number("backoff_max")
        self._spec, self._draws, self._name = spec, draws, name
        self._gap = draws.series(f"{name}.sync.gap", spec.draw("gap").sample)
        self._setup: list[Series] = []
        self._backoff: list[Series] = []
        self._chance: list[Series] = []

    def duration_s(self, change_set: ChangeSet, ordinal: int, attempt: int) -> float:
        """Return the time of one attempt: setup, inventory and transfer, one after the other.

        An empty change set pays the setup only.
        """
        setup_s = self._drawn(self._setup, "setup", attempt)[ordinal]
        if not change_set.writes:
            return setup_s
        by_bytes = change_set.bytes / self._throughput
        return setup_s + self._inventory_s + max(by_bytes, change_set.files / self._file_rate)

    def course(self, change_set: ChangeSet, ordinal: int, end_s: float) -> PlannedSync:
        """Return the course of a sync; one that still fails after `end_s` never completes."""
        time_s, failed = change_set.cut_s, list[float]()
        if not self._failure_probability:
            return PlannedSync(change_set, (), time_s + self.duration_s(change_set, ordinal, 0))
        while time_s <= end_s:
            attempt = len(failed)
            duration_s = self.duration_s(change_set, ordinal, attempt)
            share = self._failing_share(ordinal, attempt)
            if share is None:
                return PlannedSync(change_set, tuple(failed), time_s + duration_s)
            failed.append(time_s + share * duration_s)
            time_s = failed[-1] + self._backoff_s(ordinal, attempt)
        return PlannedSync(change_set, tuple(failed), math.inf)

    def gap_s(self, ordinal: int) -> float:
        """Return the least time from the completion of a sync to the next cut."""
        return self._gap[ordinal]

    def _failing_share(self, ordinal: int, attempt: int) -> float | None:
        """Return after which share of its duration an attempt fails, None if it succeeds."""
        chance = self._drawn(self._chance, "failure", attempt)[ordinal]
        # Given that it is below p, chance / p is uniform: one draw decides both.
        return chance / self._failure_probability if chance < self._failure_probability else None

    def _backoff_s(self, ordinal: int, attempt: int) -> float:
        first_s = self._drawn(self._backoff, "backoff", attempt)[ordinal]
        # ldexp overflows to an error far beyond any bound of the doubling.
        return min(math.ldexp(first_s, min(attempt, 64)), self._backoff_max_s)

    def _drawn(self, series: list[Series], key: str, attempt: int) -> Series:
        while len(series) <= attempt:
            name = f"{self._name}.sync.{key}.{len(series)}"
            sample = (lambda g, n: g.random(n)) if key == "failure" else self._spec.draw(key).sample
            series.append(self._draws.series(name, sample))
        return series[attempt]


class SyncProcess:
    """Syncs an established replication until the end of the run."""

    def __init__(
        self,
        env: simpy.Environment,
        replication: Replication,
        journal: Journal,
        times: SyncTimes,
        end_s: float,
    ) -> None:
        self._env, self._replication, self._journal = env, replication, journal
        self._times, self._end_s = times, end_s
        self._in_flight: PlannedSync | None = None
        env.process(self._run())

    def _run(self) -> Generator[simpy.Event, None, None]:
        ordinal = 0
        cut_s = self._times.interval_s or self._times.gap_s(ordinal)
        env = self._env
        while cut_s <= self._end_s:
            if cut_s > env.now:
                yield env.timeout(cut_s - env.now)
            plan = self._times.course(self._journal.cut(cut_s), ordinal, self._end_s)
            self._in_flight = plan
            if plan.completed_s > self._end_s:
                return
            if plan.completed_s > env.now:
                yield env.timeout(plan.completed_s - env.now)
            self._settle(plan)
            ordinal += 1
            ready_s = plan.completed_s + self._times.gap_s(ordinal)
            cut_s = max(cut_s + self._times.interval_s, ready_s)

    def _settle(self, plan: PlannedSync) -> None:
        """Record a completed sync: its change set is visible and LastReplicatedTimestamp moves."""
        change = plan.change_set
        self._replication.replicated(change.cut_s)
        self._replication.records.syncs.append(
            change.cut_s,
            plan.completed_s,
            change.bytes,
            change.files,
            change.writes,
            len(plan.failed_s) + 1,
            change.first_write_s,
        )
        self._journal.sent(change, plan.completed_s)
        self._in_flight = None

    def open_sync(self, now_s: float) -> OpenSync | None:
        """Return the sync in flight, if there is one."""
        if self._in_flight is None:
            return None
        change = self._in_flight.change_set
        failed = bisect_right(self._in_flight.failed_s, now_s)
        return OpenSync(change.cut_s, change.bytes, change.files, change.writes, failed)

"""A naive model of replication: one SimPy event per write, lists, no journal, nothing of efssim.

It replays given writes and given draws, so that its syncs must equal the engine's.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field

import simpy


@dataclass
class NaiveSync:
    cut_s: float
    completed_s: float
    writes: list[int]
    bytes: int
    attempts: int


@dataclass
class Naive:
    """What a replication is told: plain numbers and plain lists of draws."""

    end_s: float
    interval_s: float
    gaps_s: Sequence[float]
    setups_s: Sequence[Sequence[float]]  # [attempt][sync]
    chances: Sequence[Sequence[float]]  # [attempt][sync]
    backoffs_s: Sequence[Sequence[float]]  # [attempt][sync]
    inventory_s: float
    throughput: float
    file_rate: float
    failure_probability: float
    backoff_max_s: float
    syncs: list[NaiveSync] = field(default_factory=list)

    def run(self, writes: Sequence[tuple[float, int, int]]) -> list[NaiveSync]:
        """Run over writes (time, bytes, files) in order of time; return the completed syncs."""
        env = simpy.Environment()
        self.pending: list[tuple[int, int, int, float]] = []  # ordinal, bytes, files, time
        env.process(self._write(env, writes))
        env.process(self._sync(env))
        env.run(until=self.end_s + 1e-6)
        return self.syncs

    def _write(
        self, env: simpy.Environment, writes: Sequence[tuple[float, int, int]]
    ) -> Generator[simpy.Event, None, None]:
        for ordinal, (time_s, size, files) in enumerate(writes):
            if time_s > env.now:
                yield env.timeout(time_s - env.now)
            self.pending.append((ordinal, size, files, time_s))

    def _sync(self, env: simpy.Environment) -> Generator[simpy.Event, None, None]:
        cut_s = self.interval_s or self.gaps_s[0]
        while cut_s <= self.end_s:
            ordinal = len(self.syncs)
            # A cut comes after all writes of its instant: look a little later, by their own times.
            yield env.timeout(max(0.0, cut_s + 1e-6 - env.now))
            change_set = [change for change in self.pending if change[3] <= cut_s]
            self.pending = self.pending[len(change_set) :]
            now, attempt = cut_s, 0
            while True:
                duration = self._duration(change_set, ordinal, attempt)
                if not self.chances or self.chances[attempt][ordinal] >= self.failure_probability:
                    break
                share = self.chances[attempt][ordinal] / self.failure_probability
                wait = min(self.backoffs_s[attempt][ordinal] * 2**attempt, self.backoff_max_s)
                now += share * duration + wait
                attempt += 1
            completed = now + duration
            if completed > self.end_s:
                return
            yield env.timeout(max(0.0, completed - env.now))
            ordinals = [change[0] for change in change_set]
            size = sum(change[1] for change in change_set)
            self.syncs.append(NaiveSync(cut_s, completed, ordinals, size, attempt + 1))
            cut_s = max(cut_s + self.interval_s, completed + self.gaps_s[ordinal + 1])

    def _duration(
        self, change_set: list[tuple[int, int, int, float]], sync: int, attempt: int
    ) -> float:
        setup = self.setups_s[attempt][sync]
        if not change_set:
            return setup
        by_bytes = sum(change[1] for change in change_set) / self.throughput
        by_files = sum(change[2] for change in change_set) / self.file_rate
        return setup + self.inventory_s + max(by_bytes, by_files)

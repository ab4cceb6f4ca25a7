"""The composition root: from a scenario and a seed to SimPy processes and their records."""

from __future__ import annotations

from collections.abc import Iterator

import simpy

from efssim.model.draws import Draws
from efssim.model.journal import Journal
from efssim.model.replication import Replication
from efssim.model.sync import SyncProcess, SyncTimes
from efssim.model.writes import stream_writes
from efssim.records import ReplicationRecords, Snapshot
from efssim.scenario import Scenario


class World:
    """One run of a scenario. It stands at `now_s`; everything at that instant has happened."""

    def __init__(self, scenario: Scenario, seed: int, trial: int = 0) -> None:
        self.scenario, self.seed = scenario, seed
        self.now_s = 0.0
        self.records = {name: ReplicationRecords() for name in scenario.replications}
        self._env = simpy.Environment()
        self._draws = Draws(seed, trial)
        self._journals: dict[str, Journal] = {}
        self._syncs: dict[str, SyncProcess] = {}
        for name in scenario.replications:
            self._build(name)
        self.advance_to(0.0)

    def _build(self, name: str) -> None:
        spec, records = self.scenario.replications[name], self.records[name]
        source = self.scenario.file_systems[spec.source]
        journal = Journal(self._env, records, self.scenario.duration)
        for stream, written in source.writes.items():
            path = f"file_systems.{spec.source}.writes.{stream}"
            writes = stream_writes(written, source, self.scenario, self._draws, path)
            journal.add(writes, written.files)
        times = SyncTimes(spec.sync, source, self._draws, f"replications.{name}")
        replication = Replication(name, records)
        process = SyncProcess(self._env, replication, journal, times, self.scenario.duration)
        self._journals[name], self._syncs[name] = journal, process

    def advance_to(self, time_s: float) -> None:
        """Run up to and including a time, at most the scenario's duration."""
        assert self.now_s <= time_s <= self.scenario.duration
        if time_s > self._env.now:
            self._env.run(until=time_s)
        # SimPy stops before the events at `until`, which it may miss by a rounding error besides.
        while self._env.peek() <= time_s:
            self._env.step()
        self.now_s = time_s

    def snapshot(self, name: str) -> Snapshot:
        """Return the state of a replication now; hand its published writes to the records."""
        journal = self._journals[name]
        journal.publish()
        count, size = journal.written(self.now_s)
        open_writes = journal.open_writes(self.now_s)
        open_sync = self._syncs[name].open_sync(self.now_s)
        return Snapshot(self.now_s, open_writes, open_sync, size, count)

    def snapshots(self) -> Iterator[tuple[str, ReplicationRecords, Snapshot]]:
        """Yield name, records and present state of every replication, in order of their names."""
        for name in sorted(self.records):
            yield name, self.records[name], self.snapshot(name)

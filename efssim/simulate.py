"""Running a scenario: a Simulation to step through, a Result to read."""

from __future__ import annotations

import copy
from datetime import datetime, timedelta

from efssim import laws
from efssim.lag.summary import Measures, Objective
from efssim.lag.write_lag import WriteLags
from efssim.model.simulation import World
from efssim.records import ReplicationRecords, Snapshot, digest
from efssim.result import Outcome, Result
from efssim.scenario import Scenario
from efssim.scenario.quantities import parse_duration


class Simulation:
    """A scenario that runs on its own clock and can be stopped at any time to look around.

    `seed` replaces the scenario's seed. With `verify` every write is kept (24 bytes each) and
    `result()` checks the laws that every run must satisfy; it raises LawViolation, an
    AssertionError, if the simulator broke one.
    """

    def __init__(
        self, scenario: Scenario, seed: int | None = None, *, verify: bool = False
    ) -> None:
        self.scenario = scenario
        self.seed = scenario.seed if seed is None else seed
        self._world = World(scenario, self.seed)
        self._lags: dict[str, WriteLags] = {}
        self._logs: dict[str, laws.WriteLog] = {}
        for name, records in self._world.records.items():
            self._lags[name] = WriteLags(scenario.warm_up)
            records.sinks.append(self._lags[name].add)
            if verify:
                self._logs[name] = laws.WriteLog()
                records.sinks.append(self._logs[name].add)

    @property
    def now(self) -> datetime:
        """The simulated time, in UTC."""
        return self.scenario.start + timedelta(seconds=self._world.now_s)

    @property
    def elapsed_s(self) -> float:
        """Seconds since the scenario's start."""
        return self._world.now_s

    def advance(self, duration: float | str) -> None:
        """Let time pass: `"5 min"` or seconds. Raise ValueError beyond the scenario's end."""
        until = self._world.now_s + parse_duration(duration)
        # Steps that add up to the duration may miss it by a rounding error.
        if until > self.scenario.duration + 1e-6:
            raise ValueError(f"the scenario ends {self.scenario.duration:g} s after its start")
        self._world.advance_to(min(until, self.scenario.duration))

    def advance_to_end(self) -> None:
        """Run to the scenario's end."""
        self._world.advance_to(self.scenario.duration)

    def result(self) -> Result:
        """Return the results so far; the simulation can go on afterwards."""
        snapshots = list(self._world.snapshots())
        for name, records, snapshot in snapshots:
            if name in self._logs:
                laws.check(records, snapshot, self._logs[name])
        outcomes = {name: self._outcome(name, rec, now) for name, rec, now in snapshots}
        return Result(
            scenario=self.scenario,
            seed=self.seed,
            now_s=self._world.now_s,
            outcomes={name: outcomes[name] for name in self.scenario.replications},
            digest=digest(self.seed, snapshots),
        )

    def lifetimes(self, replication: str) -> laws.Lifetimes:
        """Return every write up to now and when it was published; needs `verify`."""
        snapshot = self._world.snapshot(replication)
        return self._logs[replication].lifetimes(snapshot)

    def _outcome(self, name: str, records: ReplicationRecords, snapshot: Snapshot) -> Outcome:
        measures = Measures(records, snapshot, self._lags[name], self._objective(name))
        return Outcome(
            syncs=copy.deepcopy(records.syncs),
            statuses=tuple(records.statuses),
            open_sync=snapshot.open_sync,
            age=measures.age,
            violations=tuple(measures.violations()),
            summary=measures.summary(),
            last_replicated_s=records.last_replicated_s,
            pending_growth_bytes=measures.pending_growth(),
        )

    def _objective(self, name: str) -> Objective:
        sync, rpo = self.scenario.replications[name].sync, self.scenario.rpo
        return Objective(
            begin_s=self.scenario.warm_up,
            target_s=rpo.target,
            attainment=rpo.attainment,
            throughput=sync.number("throughput"),
            file_rate=sync.number("file_rate"),
        )


def run(scenario: Scenario, seed: int | None = None, *, verify: bool = False) -> Result:
    """Simulate a scenario from its start to its end.

    `seed` replaces the scenario's seed; `verify` checks the laws (see Simulation).
    """
    simulation = Simulation(scenario, seed, verify=verify)
    simulation.advance_to_end()
    return simulation.result()

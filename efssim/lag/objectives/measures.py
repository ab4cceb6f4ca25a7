"""The objectives of a replication: measured while it runs, summed up on a window that ends now."""

from __future__ import annotations

from collections.abc import Mapping

from efssim.lag.age.curves import Age
from efssim.lag.objectives.summary import ObjectiveSummary, judged
from efssim.lag.objectives.within import WithinTarget
from efssim.records.run_records import ReplicationRecords, Snapshot
from efssim.scenario.objectives import Objective


class ObjectiveMeasures:
    """The objectives besides the RPO, which the records of a replication stream into."""

    def __init__(
        self, begin_s: float, records: ReplicationRecords, objectives: Mapping[str, Objective]
    ) -> None:
        """Measure from `begin_s` on."""
        self._objectives = objectives
        self._ages: dict[float, Age] = {}
        self._writes: dict[float, WithinTarget] = {}
        for each in objectives.values():
            if each.of == "time" and each.target not in self._ages:
                self._ages[each.target] = Age(begin_s, each.target, records)
                records.syncs.sinks.append(self._ages[each.target].add)
            elif each.of != "time" and each.target not in self._writes:
                self._writes[each.target] = WithinTarget(begin_s, each.target)
                records.sinks.append(self._writes[each.target].add)

    def until(self, snapshot: Snapshot) -> dict[str, ObjectiveSummary]:
        """Return how far each objective held up to now, by name."""
        return {name: self._summary(each, snapshot) for name, each in self._objectives.items()}

    def _summary(self, asked: Objective, snapshot: Snapshot) -> ObjectiveSummary:
        target_s, share = asked.target, asked.attainment
        if asked.of == "time":
            age = self._ages[target_s].until(snapshot.now_s)
            return judged("time", target_s, share, age.within_s(), age.ramps.total_s, 0.0)
        found = self._writes[target_s].until(snapshot.open_writes, snapshot.now_s)
        within, missed, left_out = (getattr(part, asked.of) for part in found)
        return judged(asked.of, target_s, share, within, within + missed, left_out)

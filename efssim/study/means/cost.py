"""Cost over many trials: means, and the intervals of the means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from efssim.lag.cost.summary import CostSummary, FileSystemCost, ReplicationCost
from efssim.study.statistics.intervals import Interval
from efssim.study.statistics.weighing import Weighing
from efssim.study.trial.outcome import Trial


@dataclass(frozen=True, slots=True)
class CostIntervals:
    """The 95 % intervals of mean costs for a month; None where there is none."""

    per_month: Interval | None
    replications: Mapping[str, Interval | None]


@dataclass(frozen=True, slots=True)
class CostOfTrials:
    """Mean costs of trials. What a trial does not have costs nothing there."""

    currency: str
    source: str
    """Where the prices are from."""
    date: str
    per_month: float | None
    """None where a price is missing in any trial."""
    file_systems: Mapping[str, FileSystemCost]
    replications: Mapping[str, ReplicationCost]
    missing: tuple[str, ...]
    """Paths of the prices that are missing in any trial."""
    ci95: CostIntervals


def cost_of_trials(trials: Sequence[Trial], weighing: Weighing) -> CostOfTrials | None:
    """Return the costs over trials; None without a trial or without prices."""
    found = [trial.summary.cost for trial in trials if trial.summary.cost is not None]
    return _Costs(found, [trial.stratum for trial in trials], weighing).merged() if found else None


@dataclass(frozen=True)
class _Costs:
    """The costs of each trial, the strata of the trials, and how these count."""

    costs: list[CostSummary]
    strata: list[int]
    weighing: Weighing

    def merged(self) -> CostOfTrials:
        first = self.costs[0]
        systems = _names(cost.file_systems for cost in self.costs)
        replications = _names(cost.replications for cost in self.costs)
        by_replication = {
            name: [cost.replications.get(name) for cost in self.costs] for name in replications
        }
        monthly = {
            name: self._interval([0.0 if part is None else part.per_month for part in parts])
            for name, parts in by_replication.items()
        }
        return CostOfTrials(
            currency=first.currency,
            source=first.source,
            date=first.date,
            per_month=self._mean([cost.per_month for cost in self.costs]),
            file_systems={
                name: self._system([cost.file_systems.get(name) for cost in self.costs])
                for name in systems
            },
            replications={name: self._part(parts) for name, parts in by_replication.items()},
            missing=tuple(dict.fromkeys(path for cost in self.costs for path in cost.missing)),
            ci95=CostIntervals(self._interval([cost.per_month for cost in self.costs]), monthly),
        )

    def _mean(self, values: Sequence[float | None]) -> float | None:
        known = [value for value in values if value is not None]
        return self.weighing.mean(known, self.strata) if len(known) == len(values) else None

    def _number(self, values: Iterable[float]) -> float:
        return self.weighing.mean(list(values), self.strata)

    def _interval(self, values: Sequence[float | None]) -> Interval | None:
        known = [value for value in values if value is not None]
        if len(known) < len(values):
            return None
        found = self.weighing.interval(known, self.strata)
        return None if found is None else Interval(max(0.0, found.low), found.high)

    def _system(self, parts: Sequence[FileSystemCost | None]) -> FileSystemCost:
        first = next(part for part in parts if part is not None)

        def mean(read: Callable[[FileSystemCost], float | None]) -> float | None:
            return self._mean([0.0 if part is None else read(part) for part in parts])

        return FileSystemCost(
            region=first.region,
            storage_class=first.storage_class,
            mean_bytes=self._number(0.0 if part is None else part.mean_bytes for part in parts),
            storage=mean(lambda part: part.storage),
            throughput=mean(lambda part: part.throughput),
            requests=mean(lambda part: part.requests),
            per_month=mean(lambda part: part.per_month),
        )

    def _part(self, parts: Sequence[ReplicationCost | None]) -> ReplicationCost:
        def mean(read: Callable[[ReplicationCost], float | None]) -> float | None:
            return self._mean([0.0 if part is None else read(part) for part in parts])

        def number(read: Callable[[ReplicationCost], float]) -> float:
            return self._number(0.0 if part is None else read(part) for part in parts)

        return ReplicationCost(
            wire_bytes=number(lambda part: part.wire_bytes),
            transfer=mean(lambda part: part.transfer),
            storage=mean(lambda part: part.storage),
            per_month=mean(lambda part: part.per_month),
            initial_wire_bytes=number(lambda part: part.initial_wire_bytes),
            initial_transfer=mean(lambda part: part.initial_transfer),
        )


def _names(parts: Iterable[Iterable[str]]) -> list[str]:
    return list(dict.fromkeys(name for part in parts for name in part))

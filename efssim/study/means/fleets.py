"""Fleets over many trials: means of the numbers over their items, and intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields

from efssim.json_values import SPREAD
from efssim.lag.fleets.summary import FleetSummary, ItemSpread, SpreadTree, all_of
from efssim.lag.summary import AGE
from efssim.study.means.merging import within
from efssim.study.means.shapes import ReplicationStatistic
from efssim.study.statistics.intervals import CONFIDENCE, Interval
from efssim.study.statistics.sample import sample_of_losses
from efssim.study.statistics.weighing import Weighing
from efssim.study.trial.outcome import Trial
from efssim.text.items import every_item, is_meant

_ATTAINMENTS = ("attainment", "attainment_while_writable")
"""Shares that trials may all have alike although they are not certain."""
_WORST = 10
"""Items that are named."""


@dataclass(frozen=True, slots=True)
class SpreadIntervals:
    """The 95 % intervals of means over trials of how a number differs over items."""

    min: Interval | None
    p50: Interval | None
    p95: Interval | None
    max: Interval | None


@dataclass(frozen=True, slots=True)
class IntervalTree:
    """Those of the numbers of a part of a replication's summary, and of its parts."""

    numbers: Mapping[str, SpreadIntervals] = field(metadata=SPREAD)
    parts: Mapping[str, IntervalTree] = field(metadata=SPREAD)


@dataclass(frozen=True, slots=True)
class FleetIntervals:
    """The 95 % intervals of a fleet over trials."""

    attainment_all: Interval | None
    spread: IntervalTree = field(metadata=SPREAD)


@dataclass(frozen=True, slots=True)
class FleetOfTrials:
    """The numbers of a fleet over many trials."""

    count: int
    attainment_all: float | None
    """Mean over trials; None unless each of them has it."""
    met: bool | None
    """Whether the trials show that all items meet the RPO; None: not for each of them."""
    met_throughout: bool | None
    worst: tuple[str, ...]
    """The items with the least mean attainment."""
    ci95: FleetIntervals
    spread: SpreadTree = field(metadata=SPREAD)
    """Means over trials of how numbers differ over items."""


def fleets_of_trials(
    trials: Sequence[Trial], weighing: Weighing, means: Mapping[str, ReplicationStatistic[float]]
) -> dict[str, FleetOfTrials]:
    """Return the numbers of each fleet over trials, given the means of the replications."""
    if not trials:
        return {}
    return {
        name: _Merging(trials, weighing).fleet(
            [trial.summary.fleets[name] for trial in trials], _items(means, name)
        )
        for name in trials[0].summary.fleets
    }


def _items(
    means: Mapping[str, ReplicationStatistic[float]], fleet: str
) -> dict[str, ReplicationStatistic[float]]:
    """Return the means of the items of a fleet, by name."""
    every = every_item(fleet)
    return {name: part for name, part in means.items() if is_meant(every, name)}


class _Merging:
    """Statistics of the numbers of a fleet in trials."""

    def __init__(self, trials: Sequence[Trial], weighing: Weighing) -> None:
        self._trials, self._weighing = trials, weighing
        self._strata = [trial.stratum for trial in trials]

    def fleet(
        self, parts: Sequence[FleetSummary], items: Mapping[str, ReplicationStatistic[float]]
    ) -> FleetOfTrials:
        """Return the numbers of a fleet."""
        together = [part.attainment_all for part in parts]
        trees = [part.spread for part in parts]
        return FleetOfTrials(
            count=parts[0].count,
            # A trial in which it is not known may be the one in which it is lost.
            attainment_all=None if None in together else self._mean(together),
            met=all_of([part.rpo.met for part in items.values()]),
            met_throughout=all_of([part.rpo.met_throughout for part in items.values()]),
            worst=_worst(items),
            ci95=FleetIntervals(
                None if None in together else self._bounds(together), self._intervals(trees)
            ),
            spread=self._means(trees),
        )

    def _mean(self, values: Sequence[float | None]) -> float | None:
        known, strata = self._known(values)
        return self._weighing.mean(known, strata) if known else None

    def _known(self, values: Sequence[float | None]) -> tuple[list[float], list[int]]:
        """Return the numbers of the trials that have it, and their strata."""
        pairs = zip(values, self._strata, strict=True)
        known = [(float(value), at) for value, at in pairs if value is not None]
        return [value for value, _ in known], [at for _, at in known]

    def _bounds(self, attained: Sequence[float | None]) -> Interval | None:
        """Return bounds of a mean attainment, which hold also where trials are equal."""
        known, strata = self._known(attained)
        if len(known) < 2:
            return None
        losses = [min(1.0, max(0.0, 1.0 - share)) for share in known]
        sample = sample_of_losses(losses, strata, self._weighing.design)
        return sample.attained((1 + CONFIDENCE) / 2)

    def _interval(self, name: str, values: Sequence[float | None]) -> Interval | None:
        if name in _ATTAINMENTS:
            return self._bounds(values)
        found = self._weighing.interval(*self._known(values))
        return None if found is None else within(name, found)

    def _means(self, trees: Sequence[SpreadTree]) -> SpreadTree:
        numbers = {
            name: ItemSpread(*(self._mean(row) for row in rows))
            for name, rows in _numbers(trees).items()
        }
        return SpreadTree(numbers, {k: self._means(part) for k, part in _parts(trees).items()})

    def _intervals(self, trees: Sequence[SpreadTree]) -> IntervalTree:
        numbers = {
            name: SpreadIntervals(*(self._interval(name, row) for row in rows))
            for name, rows in _numbers(trees).items()
        }
        parts = {name: self._intervals(part) for name, part in _parts(trees).items()}
        return IntervalTree(numbers, parts)


def _numbers(trees: Sequence[SpreadTree]) -> dict[str, list[list[float | None]]]:
    """Return the values of each trial, by number and by how it differs over items."""
    names = dict.fromkeys(name for tree in trees for name in tree.numbers)
    absent = ItemSpread(None, None, None, None)
    return {
        name: [
            [getattr(tree.numbers.get(name, absent), each.name) for tree in trees]
            for each in fields(ItemSpread)
        ]
        for name in names
    }


def _parts(trees: Sequence[SpreadTree]) -> dict[str, list[SpreadTree]]:
    """Return the parts of each trial by name; one that a trial does not have is empty."""
    names = dict.fromkeys(name for tree in trees for name in tree.parts)
    empty = SpreadTree({}, {})
    return {name: [tree.parts.get(name, empty) for tree in trees] for name in names}


def _worst(items: Mapping[str, ReplicationStatistic[float]]) -> tuple[str, ...]:
    """Return the items with the least mean attainment, those that do not meet the RPO first."""

    def rank(name: str) -> tuple[bool, float, float]:
        part = items[name]
        attained, age = part.rpo.attainment, part.lags.get(AGE)
        oldest_s = 0.0 if age is None else age.max or 0.0
        return part.rpo.met is True, -1.0 if attained is None else attained, -oldest_s

    return tuple(sorted(items, key=rank)[:_WORST])

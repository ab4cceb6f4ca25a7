"""The number of every trial at a path of summary.json, for intervals that look at all of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, is_dataclass
from datetime import datetime
from typing import Any

from efssim.json_values import JsonValue, to_json
from efssim.runs.thresholds.judged import number
from efssim.study.means.merging import within
from efssim.study.statistics.intervals import Interval
from efssim.study.statistics.skewness import error_and_skewness, widened
from efssim.study.statistics.weighing import Weighing
from efssim.study.trial.outcome import Trial
from efssim.text.yaml.paths import Path

MORE = 10
"""Trials like the farthest that a skewed mean has to bear. Chosen: by macro-runs (`thresholds`)."""

_UNSEEN = 0.025
"""Chance that trials do not show an event which is as frequent as is said: that of one side of an
interval of 95 %."""


@dataclass(frozen=True)
class Numbers:
    """Numbers of trials of these strata, and how the trials count."""

    values: Sequence[float]
    strata: Sequence[int]
    weighing: Weighing

    @property
    def are_equal(self) -> bool:
        """Whether there are several, and no two that differ."""
        return len(self.values) > 1 and min(self.values) == max(self.values)

    def unseen_share(self) -> float:
        """Return how frequent an event may be that none of these trials has, with 97.5 %.

        As share of all trials: where (1 - share)^n is 2.5 %, in each stratum in which anything is
        drawn.
        """
        exact, each = self.weighing.design.exact, self.weighing.each
        drawn = [(self.strata.count(k), each[k]) for k, known in enumerate(exact) if not known]
        return math.fsum(weight * n * (1.0 - _UNSEEN ** (1 / n)) for n, weight in drawn if n)

    def skewness(self) -> float:
        """Return the skewness of their mean; 0 where fewer than two trials have the number."""
        if len(self.values) < 2:
            return 0.0
        return error_and_skewness(self.values, self.strata, self.weighing)[1]

    def with_more_like_the_farthest(self, mean: float, limit: float) -> float:
        """Return their mean if MORE of them were as far towards a limit as the farthest is."""
        if not self.values:
            return mean
        pairs = zip(self.values, self.strata, strict=True)
        way = 1.0 if mean <= limit else -1.0
        farthest, stratum = max(pairs, key=lambda pair: way * pair[0])
        return mean + MORE * self.weighing.each[stratum] * (farthest - mean)

    def widened(self, interval: Interval, name: str) -> Interval:
        """Return an interval of their mean as wide as a skewed number wants, cut to its range."""
        if len(self.values) < 2:
            return interval
        return within(name, widened(interval, self.values, self.strata, self.weighing))


def numbers_at(trials: Sequence[Trial], path: Path, weighing: Weighing, start: datetime) -> Numbers:
    """Return the numbers that trials have at a path of the summary.json of a run.

    A trial counts 0 where it lacks a name in an object that it has: such objects count things by
    their kinds. One whose number is null has none.
    """
    found = [(_number(trial, path, start), trial.stratum) for trial in trials]
    known = [(value, at) for value, at in found if value is not None]
    return Numbers([value for value, _ in known], [at for _, at in known], weighing)


def _number(trial: Trial, path: Path, start: datetime) -> float | None:
    part: Any = getattr(trial.summary, str(path[0]), None)
    rest = [str(name) for name in path[1:]]
    while isinstance(part, Mapping) and rest:
        part = part.get(rest.pop(0), None if rest else 0)
    if is_dataclass(part) and not isinstance(part, type):
        return _inside(to_json(part, start), rest)
    return number(part) if not rest else None


def _inside(content: JsonValue, names: Sequence[str]) -> float | None:
    for name in names:
        content = content.get(name, 0) if isinstance(content, Mapping) else None
    return number(content)

"""Observations for a choice: a number of each trial, or its mean over a round of all strata."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from efssim.json_values import to_json
from efssim.model.kernel.strata import Strata, strata_of
from efssim.scenario import Scenario
from efssim.study.errors import StudyError
from efssim.study.means.table import columns_of
from efssim.study.trial.outcome import Trial
from efssim.text.quoting import cut
from efssim.text.suggestions import suggest

_LOOKED_AT = 4096
"""Trials that show how long a stratum is waited for. Chosen: multiples of one number, less their
whole parts, come back to an interval after at most three different times, which all come early."""


@dataclass(frozen=True, slots=True)
class Rounds:
    """Trials of several scenarios, in rounds in which every stratum of each comes."""

    length: int
    """Trials of a round. 1: without rare faults each trial is one."""

    @classmethod
    def of(cls, scenarios: Sequence[Scenario]) -> Rounds:
        """Return the shortest rounds that all of these scenarios may have."""
        return cls(max(_longest_wait(strata_of(scenario)) for scenario in scenarios))

    @property
    def first(self) -> int:
        """The trial that begins the first round: trial 0 is of any stratum, so of no round."""
        return 0 if self.length == 1 else 1

    def trials(self, count: int) -> int:
        """Return how many trials have so many rounds."""
        return self.first + count * self.length

    def within(self, trials: int) -> int:
        """Return how many whole rounds so many trials have."""
        return max(0, trials - self.first) // self.length

    def means(self, trials: Sequence[float], strata: Sequence[int], of: Strata) -> list[float]:
        """Return the mean of each round over its strata, by their probabilities."""
        rounds = range(self.first, len(trials) - self.length + 1, self.length)
        return [
            _mean(trials[at : at + self.length], strata[at : at + self.length], of) for at in rounds
        ]


def _mean(values: Sequence[float], strata: Sequence[int], of: Strata) -> float:
    parts = []
    for k, stratum in enumerate(of.every):
        known = [value for value, at in zip(values, strata, strict=True) if at == k]
        parts.append(stratum.probability * math.fsum(known) / len(known))
    return math.fsum(parts) if len(parts) > 1 else math.fsum(values) / len(values)


def _longest_wait(strata: Strata) -> int:
    """Return how many trials in a row have each stratum among them, wherever they begin."""
    if len(strata) == 1:
        return 1
    last, longest = [0] * len(strata), 0
    for trial in range(1, _LOOKED_AT):
        k = strata.at(trial)
        assert k is not None, "only trial 0 is of any stratum"
        longest, last[k] = max(longest, trial - last[k]), trial
    return max(longest, *(_LOOKED_AT - trial for trial in last))


def number_of(trial: Trial, scenario: Scenario, replication: str, measure: str) -> float:
    """Return a number of a trial; raise StudyError where it has none."""
    numbers = trial.summary.replications.get(replication)
    columns = {} if numbers is None else dict(columns_of(to_json(numbers, scenario.start)))
    if columns and measure not in columns:
        raise StudyError(f"no measure '{cut(measure)}'{suggest(measure, columns)}")
    value = columns.get(measure)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise StudyError(
            f"trial {trial.number} of {scenario.name} has no {measure} of {replication}, and means "
            "over the other trials would not be comparable"
        )
    return float(value)

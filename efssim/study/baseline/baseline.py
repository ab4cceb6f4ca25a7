"""A result against a baseline: the numbers of both, and the differences of their scenarios."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from efssim.json_values import JsonObject, to_json
from efssim.runs.run import Run
from efssim.runs.thresholds.judged import number
from efssim.study.baseline.differences import (
    BaselineDifference,
    differences,
    refuse_replications,
)
from efssim.study.baseline.margins import Margin, of_replication
from efssim.study.baseline.regressions import (
    BaselineNumber,
    BaselineSummary,
    Estimate,
    PairedNumbers,
)
from efssim.study.baseline.stored import Numbers, StoredResult
from efssim.study.means.table import columns_of
from efssim.study.run.trial_set import TrialSet
from efssim.study.statistics.intervals import Interval
from efssim.study.statistics.weighing import Design
from efssim.study.trial.facts import is_random

_DIVERGES = "it falls behind for good, which it did not: no number of a lag is stationary"


@dataclass(frozen=True)
class Against:
    """A baseline, and the margins by which a result may be worse."""

    stored: StoredResult
    margins: tuple[Margin, ...]

    def compared(self, result: Run | TrialSet, traces: dict[str, str]) -> BaselineSummary:
        """Compare a result; `traces` has findings on its trace files, by the path of the stream.

        Raise StudyError where the replications differ.
        """
        of_trials = _numbers_by_trial(result)
        names = list(dict.fromkeys(name for _, _, part in of_trials for name in part))
        refuse_replications(self.stored, names)
        measures = {m.measure for name in names for m in of_replication(self.margins, name)}
        before, stored_strata = self.stored.numbers(measures)
        after, strata = _by_name(of_trials, measures)
        design = Design.of(result.scenario)
        is_paired = stored_strata == strata and self.stored.strata == _strata(design)
        compared = PairedNumbers(
            design, is_random(result.scenario), isinstance(result, Run), strata, is_paired
        )
        numbers = [
            self._number(compared, name, margin, (before, after), result)
            for name in names
            for margin in of_replication(self.margins, name)
        ]
        return BaselineSummary(
            version=self.stored.version,
            pairs=len(strata) if is_paired else 0,
            regressions=sum(each.outcome == "fails" for each in numbers),
            numbers=tuple(numbers),
            differences=tuple(self._differences(result, traces)),
        )

    def _differences(
        self, result: Run | TrialSet, traces: dict[str, str]
    ) -> Sequence[BaselineDifference]:
        return differences(self.stored, result.scenario, traces)

    def _number(
        self,
        compared: PairedNumbers,
        name: str,
        margin: Margin,
        numbers: tuple[Numbers, Numbers],
        result: Run | TrialSet,
    ) -> BaselineNumber:
        before, after = (part.get(name, {}).get(margin.measure, {}) for part in numbers)

        def means() -> tuple[Estimate | None, Estimate | None]:
            return self._mean_before(name, margin.measure), _mean(result, name, margin.measure)

        found = compared.number(name, margin, (before, after), means)
        is_new = _diverging(result, name) > 0 and not self.stored.diverging(name)
        if is_new and str(margin.path[0]).endswith("_s"):
            return replace(found, outcome="fails", reason=_DIVERGES)
        return found

    def _mean_before(self, name: str, measure: str) -> Estimate | None:
        mean, bounds = self.stored.mean(name, measure), self.stored.interval(name, measure)
        return None if mean is None else (mean, bounds and Interval(*bounds))


def _mean(result: Run | TrialSet, name: str, measure: str) -> Estimate | None:
    assert isinstance(result, TrialSet), "a single run has no strata, so it is paired"
    mean, bounds = result.estimate(name, measure)
    return None if mean is None else (mean, bounds)


def _diverging(result: Run | TrialSet, name: str) -> float:
    if isinstance(result, Run):
        return float(result.outcomes[name].summary.syncs.diverging)
    return result.means[name].syncs.diverging


def _strata(design: Design) -> list[JsonObject]:
    """Return the strata as `evidence` has them, without their trials; none where there is one."""
    if len(design.probabilities) == 1:
        return []
    return [
        {"faults": None if faults is None else list(faults), "probability": probability}
        for faults, probability in zip(design.faults, design.probabilities, strict=True)
    ]


def _numbers_by_trial(result: Run | TrialSet) -> list[tuple[int, int, dict[str, JsonObject]]]:
    """Return number and stratum of each trial, and the numbers of its replications."""
    start = result.scenario.start
    if isinstance(result, Run):
        parts = {name: to_json(one.summary, start) for name, one in result.outcomes.items()}
        return [(0, 0, parts)]
    return [
        (
            trial.number,
            trial.stratum,
            {name: to_json(part, start) for name, part in trial.summary.replications.items()},
        )
        for trial in result.trials
    ]


def _by_name(
    of_trials: list[tuple[int, int, dict[str, JsonObject]]], measures: Collection[str]
) -> tuple[Numbers, dict[int, int]]:
    found: dict[str, dict[str, dict[int, float]]] = {}
    for trial, _, parts in of_trials:
        for name, part in parts.items():
            of = found.setdefault(name, {})
            for measure, value in columns_of(part):
                if measure in measures and (known := number(value)) is not None:
                    of.setdefault(measure, {})[trial] = known
    return found, {trial: stratum for trial, stratum, _ in of_trials}

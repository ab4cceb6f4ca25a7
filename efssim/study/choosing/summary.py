"""The content of choice.json; values are in SI units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from efssim.json_values import JsonObject, to_json
from efssim.study.choosing.asked import Best
from efssim.study.choosing.choice import Alternative, ChoiceFindings, ChoiceOutcome
from efssim.study.choosing.sentences import cautions, choice_text
from efssim.study.statistics.intervals import Interval
from efssim.traces.quality import TraceQuality


@dataclass(frozen=True, slots=True)
class AlternativeSummary:
    """A scenario of a choice: the mean of the measure over its trials, and its objective."""

    scenario: str
    replication: str
    trials: int
    mean: float | None
    interval: Interval | None
    dropped_after: int | None
    """Trials after which it was clearly worse; None: it was not."""
    attainment: float | None
    met: bool | None
    traces: Mapping[str, TraceQuality]
    digest: str


@dataclass(frozen=True, slots=True)
class ChoiceSummary:
    """The keys of choice.json, in their order."""

    measure: str
    best: Best
    indifference: float
    confidence: float
    seed: int
    outcome: ChoiceOutcome
    partial: bool
    answer: str | None
    text: str
    cautions: tuple[str, ...]
    trials_of_an_observation: int
    needed: int | None
    skewness: float
    alternatives: tuple[AlternativeSummary, ...]

    @property
    def traces(self) -> dict[str, Mapping[str, TraceQuality]]:
        """Quality of the traces, by the name of the scenario."""
        return {each.scenario: each.traces for each in self.alternatives}


def choice_summary(found: ChoiceFindings) -> ChoiceSummary:
    """Return the content of choice.json as data."""
    asked = found.question
    return ChoiceSummary(
        measure=asked.measure,
        best=asked.best,
        indifference=asked.indifference,
        confidence=asked.confidence,
        seed=asked.seed,
        outcome=found.outcome,
        partial=found.partial,
        answer=None if found.best is None else found.alternatives[found.best].name,
        text=choice_text(found),
        cautions=tuple(cautions(found)),
        trials_of_an_observation=found.round,
        needed=found.needed,
        skewness=found.skewness,
        alternatives=tuple(_alternative(each, asked.measure) for each in found.alternatives),
    )


def _alternative(each: Alternative, measure: str) -> AlternativeSummary:
    trials, name = each.trials, each.replication
    mean, interval = trials.estimate(name, measure)
    objective = trials.means[name].rpo
    return AlternativeSummary(
        scenario=each.name,
        replication=name,
        trials=len(trials),
        mean=mean,
        interval=interval,
        dropped_after=each.dropped_after,
        attainment=objective.attainment,
        met=objective.met,
        traces=trials.traces,
        digest=trials.digest,
    )


def choice_to_json(found: ChoiceFindings) -> JsonObject:
    """Return the content of choice.json."""
    return to_json(choice_summary(found))

"""The content of runway.json; values are in SI units, months are numbers from 0 on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from efssim.json_values import IF_ANY, JsonObject, moment, to_json
from efssim.scenario.shown.cells_use import CellsUse
from efssim.study.planning.findings import PlanObjective
from efssim.study.runway.cause import MissCause
from efssim.study.runway.findings import (
    ChangeOutcome,
    MonthOutcome,
    RunwayFindings,
    RunwayOutcome,
)
from efssim.study.runway.first_missed import MonthInterval
from efssim.study.runway.months import MONTH_S
from efssim.study.runway.sentences import answer_text, cause_text, cautions_text
from efssim.study.statistics.intervals import Interval
from efssim.traces.quality import TraceQuality


@dataclass(frozen=True, slots=True)
class MonthSummary:
    """The keys of a month, in their order."""

    month: int
    start: float = field(metadata=moment("start"))
    attainment: float
    interval: Interval
    met: bool | None
    missed: bool
    missed_share: float
    trials: int
    more_trials: int | None
    violations_per_month: float
    above_s_per_month: float
    peak_s: float | None
    diverging_share: float


@dataclass(frozen=True, slots=True)
class ChangeSummary:
    """The keys of a change, in their order."""

    change: str
    paths: tuple[str, ...]
    factor: float
    first_missed: int | None
    months_bought: int | None
    months_bought_at_least: int
    months: tuple[MonthSummary, ...]


@dataclass(frozen=True, slots=True)
class RunwaySummary:
    """The keys of runway.json, in their order."""

    scenario: str
    horizon: int
    month_s: float
    objective: PlanObjective
    outcome: RunwayOutcome
    first_missed: int | None
    interval: MonthInterval
    met_through: int | None
    undecided: tuple[int, ...]
    met_again: tuple[int, ...]
    text: str
    cause: MissCause | None
    cause_text: str
    changes: tuple[ChangeSummary, ...]
    months: tuple[MonthSummary, ...]
    seed: int
    trials: int
    sets: int | None
    partial: bool
    out_of_time: bool
    budget_s: float | None
    cautions: tuple[str, ...]
    traces: Mapping[str, TraceQuality]
    cells: Mapping[str, CellsUse] = field(default_factory=dict, metadata=IF_ANY)


def runway_to_json(found: RunwayFindings) -> JsonObject:
    """Return the content of runway.json."""
    return to_json(_summary(found), found.scenario.start)


def _summary(found: RunwayFindings) -> RunwaySummary:
    return RunwaySummary(
        scenario=found.scenario.name,
        horizon=found.horizon,
        month_s=MONTH_S,
        objective=found.objective,
        outcome=found.outcome,
        first_missed=found.first_missed,
        interval=found.interval,
        met_through=found.met_through,
        undecided=found.undecided,
        met_again=found.met_again,
        text=answer_text(found),
        cause=found.cause,
        cause_text=cause_text(found),
        changes=tuple(map(_change, found.changes)),
        months=tuple(map(_month, found.months)),
        seed=found.seed,
        trials=found.trials,
        sets=found.sets,
        partial=found.partial,
        out_of_time=found.out_of_time,
        budget_s=found.budget_s,
        cautions=cautions_text(found),
        traces=found.traces,
        cells=found.cells,
    )


def _change(change: ChangeOutcome) -> ChangeSummary:
    return ChangeSummary(
        change=change.name,
        paths=change.paths,
        factor=change.factor,
        first_missed=change.first_missed,
        months_bought=change.bought,
        months_bought_at_least=change.at_least,
        months=tuple(map(_month, change.months)),
    )


def _month(made: MonthOutcome) -> MonthSummary:
    return MonthSummary(
        month=made.month,
        start=made.month * MONTH_S,
        attainment=made.attainment,
        interval=made.interval,
        met=made.met,
        missed=made.missed,
        missed_share=made.missed_share,
        trials=made.trials,
        more_trials=made.more_trials,
        violations_per_month=made.violations_per_month,
        above_s_per_month=made.above_s_per_month,
        peak_s=made.peak_s,
        diverging_share=made.diverging_share,
    )

"""The findings of a runway as plain data: a row for each month, and the first that is missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from efssim.scenario import Scenario
from efssim.scenario.shown.cells_use import CellsUse, streams_in_cells
from efssim.scenario.shown.trace_use import trace_qualities
from efssim.study.planning.evaluation import Evaluation
from efssim.study.planning.findings import PlanObjective
from efssim.study.runway.cause import MissCause
from efssim.study.runway.first_missed import MonthInterval, is_missed
from efssim.study.runway.months import MONTH_S
from efssim.study.statistics.intervals import Interval, mean_of
from efssim.traces.quality import TraceQuality

if TYPE_CHECKING:
    import pandas as pd

RunwayOutcome = Literal["found", "always", "never", "not_monotone", "undecided"]
"""`always`: every month up to the horizon was shown to meet the objective; `never`: none does;
`not_monotone`: a later month meets it again."""


@dataclass(frozen=True)
class MonthOutcome:
    """The evidence on one month: trials of its window, at each parameter set if there are some."""

    month: int
    """Counted from 0, which is the scenario as it is written."""
    evaluations: tuple[Evaluation, ...]
    objective: float

    @property
    def attainment(self) -> float:
        """Mean share of the time in which the target holds."""
        return mean_of([each.attainment for each in self.evaluations])

    @property
    def interval(self) -> Interval:
        """Of the mean attainment; over parameter sets from the lowest of them to the highest."""
        found = [each.interval for each in self.evaluations]
        return Interval(min(each.low for each in found), max(each.high for each in found))

    @property
    def met(self) -> bool | None:
        """Whether it is shown to be met, at all parameter sets, or missed at all; else None."""
        found = {each.met for each in self.evaluations}
        return found.pop() if len(found) == 1 else None

    @property
    def diverging_share(self) -> float:
        """Share of the trials in which more is written than can be sent, of the worst set."""
        return max(each.diverging_share for each in self.evaluations)

    @property
    def falls_behind(self) -> bool:
        """Whether those are too many, at a parameter set at least."""
        return any(each.falls_behind for each in self.evaluations)

    @property
    def hangs_on_ends(self) -> bool:
        """Whether it is taken for met because of where runs end, at a parameter set at least."""
        return any(each.hangs_on_ends for each in self.evaluations)

    @property
    def is_so_far(self) -> bool:
        """Whether it is not missed in its window, and a longer one may decide otherwise."""
        return not self.missed and (self.falls_behind or self.hangs_on_ends)

    @property
    def missed_share(self) -> float:
        """Share of the parameter sets whose mean misses the objective; 0 or 1 without any."""
        missed = sum(is_missed(each, self.objective) for each in self.evaluations)
        return missed / len(self.evaluations)

    @property
    def missed(self) -> bool:
        """Whether the mean of its trials misses the objective, at half of the sets or more."""
        return self.missed_share >= 0.5

    @property
    def trials(self) -> int:
        """Trials of each parameter set."""
        return self.evaluations[0].trials

    @property
    def more_trials(self) -> int | None:
        """About how many more trials decide it; None where none do."""
        found = [each.more_trials for each in self.evaluations]
        return None if None in found else max(each for each in found if each is not None)

    @property
    def peak_s(self) -> float | None:
        """Largest age in any trial."""
        return max((e.peak_s for e in self.evaluations if e.peak_s is not None), default=None)

    @property
    def violations_per_month(self) -> float:
        """Mean number of violations in 30 days of the window."""
        return mean_of([each.violations_per_month for each in self.evaluations])

    @property
    def above_s_per_month(self) -> float:
        """Mean seconds above the target in 30 days of the window."""
        return mean_of([each.above_s_per_month for each in self.evaluations])


@dataclass(frozen=True)
class ChangeOutcome:
    """One change that was tried alone, and the months that it buys."""

    name: str
    """The parameter and its factor, as `throughput × 2`."""
    paths: tuple[str, ...]
    """The keys of the scenario that it changes."""
    factor: float
    first_missed: int | None
    """First month missed with it; None: none up to the horizon."""
    bought: int | None
    """Months by which that is later; None where it is not reached up to the horizon."""
    at_least: int
    """Months by which it is later at least."""
    months: tuple[MonthOutcome, ...]
    """Those that were tried."""

    @property
    def diverging_from(self) -> int | None:
        """The first month tried that is not missed and falls behind; None: there is none."""
        return diverging_from(self.months)

    @property
    def hanging(self) -> tuple[int, ...]:
        """Months tried that are not missed because of where the runs end."""
        return tuple(each.month for each in self.months if each.hangs_on_ends and not each.missed)

    @property
    def is_so_far(self) -> bool:
        """Whether a longer window may decide otherwise on a month that is not missed."""
        return any(each.is_so_far for each in self.months)


def diverging_from(months: Sequence[MonthOutcome]) -> int | None:
    """Return the first of some months that is not missed and falls behind for good, if any."""
    found = (each.month for each in months if each.falls_behind and not each.missed)
    return next(found, None)


@dataclass(frozen=True, repr=False)
class RunwayFindings:
    """The month in which an objective is first missed, with the evidence."""

    scenario: Scenario
    """With the target and the attainment of the objective."""
    horizon: int
    objective: PlanObjective
    months: tuple[MonthOutcome, ...]
    """All of them, unless it ended before."""
    outcome: RunwayOutcome
    first_missed: int | None
    """First month whose mean misses the objective; None: none of those that were tried."""
    interval: MonthInterval
    """Of that month, by a bootstrap over trials and parameter sets."""
    random: bool
    seed: int
    trials: int
    sets: int | None = None
    cause: MissCause | None = None
    changes: tuple[ChangeOutcome, ...] = ()
    budget_s: float | None = None
    out_of_time: bool = False
    partial: bool = False
    cautions: tuple[str, ...] = ()
    """Reservations about the months, as sentences."""
    met_again: tuple[int, ...] = field(default=())
    """Later months that meet it, where it is not monotone."""

    @property
    def undecided(self) -> tuple[int, ...]:
        """Months of which the trials show neither that they meet the objective nor that not."""
        return tuple(each.month for each in self.months if each.met is None)

    @property
    def met_through(self) -> int | None:
        """Last month up to which all are shown to meet it; None: month 0 is not."""
        last = None
        for each in self.months:
            if not each.met:
                break
            last = each.month
        return last

    @property
    def is_shown(self) -> bool:
        """Whether it is shown that the first missed month is missed."""
        at = self.first_missed
        return at is not None and self.months[at].met is False

    @property
    def diverging_from(self) -> int | None:
        """The first month that is not missed and falls behind for good; None: there is none."""
        return diverging_from(self.months)

    @property
    def is_so_far(self) -> bool:
        """Whether a longer window may decide otherwise on a month that is not missed."""
        return any(each.is_so_far for each in self.months)

    @property
    def by_help(self) -> list[ChangeOutcome]:
        """The changes, those that buy most months first."""
        return sorted(self.changes, key=lambda each: -each.at_least)

    def start_of(self, month: int) -> datetime:
        """Return when the window of a month begins."""
        return self.scenario.start + timedelta(seconds=month * MONTH_S)

    @cached_property
    def traces(self) -> dict[str, TraceQuality]:
        """Quality of the traces, by the path of the stream."""
        return trace_qualities(self.scenario)

    @cached_property
    def cells(self) -> dict[str, CellsUse]:
        """Streams that are drawn in cells, by their paths."""
        return streams_in_cells(self.scenario)

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per month, and per month tried with a change."""
        import pandas as pd

        rows = [("", each) for each in self.months]
        rows += [(change.name, each) for change in self.changes for each in change.months]
        made = pd.DataFrame(
            {
                "change": [name for name, _ in rows],
                "month": [each.month for _, each in rows],
                "attainment": [each.attainment for _, each in rows],
                "low": [each.interval.low for _, each in rows],
                "high": [each.interval.high for _, each in rows],
                "met": pd.array([each.met for _, each in rows], dtype="boolean"),
                "missed": [each.missed for _, each in rows],
                "trials": [each.trials for _, each in rows],
                "violations_per_month": [each.violations_per_month for _, each in rows],
                "above_s_per_month": [each.above_s_per_month for _, each in rows],
                "peak_s": [each.peak_s for _, each in rows],
                "diverging_share": [each.diverging_share for _, each in rows],
            }
        )
        per_month = ("violations_per_month", "above_s_per_month")
        numbers = ("attainment", "low", "high", "diverging_share", *per_month)
        return made.astype(
            {"change": "str", "month": "int64", "trials": "int64", "met": "boolean"}
            | {"missed": "bool", "peak_s": "float64"}
            | dict.fromkeys(numbers, "float64")
        )

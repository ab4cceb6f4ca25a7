"""Finding a runway: trials of every month, the first one missed, its cause, and the changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from efssim.scenario import ScenarioError
from efssim.scenario.unknowns.parameters import uncertain_parameters
from efssim.study.errors import OutOfTimeError, StudyError
from efssim.study.kept.points import KeepsPoints
from efssim.study.planning.evaluation import READS, Evaluation, evaluated
from efssim.study.run.interrupts import Interrupts
from efssim.study.run.shared import Runner
from efssim.study.runway.asked import MOST_MONTHS, RunwayQuestion
from efssim.study.runway.cause import MissCause, cause_of
from efssim.study.runway.cautions import cautions_of
from efssim.study.runway.changes import CHANGED, Change, changes
from efssim.study.runway.findings import (
    ChangeOutcome,
    MonthOutcome,
    RunwayFindings,
    RunwayOutcome,
)
from efssim.study.runway.first_missed import MonthInterval, first, month_interval
from efssim.study.runway.months import Months
from efssim.study.trial.facts import is_random
from efssim.study.uncertain.design import parameter_sets, with_values

MonthProgress = Callable[[MonthOutcome, str], None]
"""Called with each month that is complete, and the change it is tried with; none at first."""

SETS = 20
"""Parameter sets unless another number is asked for."""


def point_of(row: int, month: int, ordinal: int, sets: int) -> int:
    """Return the ordinal of a month under which its trials are kept, each row has all months.

    Row 0 is without a change; `ordinal` is that of one of so many parameter sets.
    """
    return (row * (MOST_MONTHS + 1) + month) * sets + ordinal


class _Member(NamedTuple):
    """A scenario in which everything is known, by its months, and the seed of its trials."""

    months: Months
    seed: int


class RunwaySearch:
    """The months of a runway; each is tried once."""

    def __init__(
        self,
        asked: RunwayQuestion,
        made: Runner,
        on_progress: MonthProgress | None,
        kept: KeepsPoints | None = None,
    ) -> None:
        """Take a question; raise StudyError if nothing grows, TraceErrors for a changed trace.

        `kept` has trials from an earlier search, and keeps the others.
        """
        self._asked, self._runner, self._tell, self._kept = asked, made, on_progress, kept
        self._members = list(self._of_sets()) or [_Member(Months(asked.scenario), asked.seed)]
        self._random = is_random(asked.scenario)
        self._trials = asked.trials if self._random else 1
        self._months: list[MonthOutcome] = []
        self._changes: list[ChangeOutcome] = []
        self._cause: MissCause | None = None
        self._is_late = False

    def _of_sets(self) -> Iterator[_Member]:
        """Yield the parameter sets of a scenario in which something is not known."""
        scenario = self._asked.scenario
        parameters = uncertain_parameters(scenario)
        if parameters:
            count = self._asked.sets or SETS
            for each in parameter_sets(parameters, self._asked.seed, count):
                yield _Member(Months(with_values(scenario, parameters, each.values)), each.seed)

    def findings(self, interrupts: Interrupts) -> RunwayFindings:
        """Try all months, and what may put off the first one missed, as far as there is time.

        Ctrl-C ends it before.
        """
        partial = False
        try:
            for month in range(self._asked.horizon + 1):
                self._months.append(self._at(month))
            self._explain()
        except OutOfTimeError:
            self._is_late = True
        except KeyboardInterrupt:
            if interrupts.stops_at_once or not self._months:
                raise
            self._runner.abandon()
            partial = True
        if not self._months:
            raise StudyError(
                "the budget of time is over before month 0 was tried; give a longer --budget, "
                "fewer --trials or a shorter duration"
            )
        return self._found(partial=partial)

    def _found(self, *, partial: bool) -> RunwayFindings:
        asked, missed = self._asked, self._first_missed()
        again = self._met_again(missed)
        return RunwayFindings(
            scenario=asked.scenario,
            horizon=asked.horizon,
            objective=asked.objective,
            months=tuple(self._months),
            outcome=self._outcome(missed, again),
            first_missed=missed,
            interval=self._interval(),
            random=self._random,
            seed=asked.seed,
            trials=self._trials,
            sets=len(self._members) if uncertain_parameters(asked.scenario) else None,
            cause=self._cause,
            changes=tuple(self._changes),
            budget_s=self._runner.deadline.seconds,
            out_of_time=self._is_late,
            partial=partial,
            cautions=tuple(cautions_of(asked.scenario)),
            met_again=again,
        )

    def _first_missed(self) -> int | None:
        return first([each.missed for each in self._months])

    def _interval(self) -> MonthInterval:
        """Return the interval of the first missed month, of those that were tried."""
        objective = self._asked.objective
        sets = [[month.evaluations[k] for month in self._months] for k in range(len(self._members))]
        return month_interval(sets, objective.attainment, objective.confidence, self._asked.seed)

    def _outcome(self, missed: int | None, again: tuple[int, ...]) -> RunwayOutcome:
        found = [each.met for each in self._months]
        is_complete = len(self._months) > self._asked.horizon
        if again:
            return "not_monotone"
        if missed is None:
            return "always" if is_complete and all(found) else "undecided"
        if is_complete and not any(each is not False for each in found):
            return "never"
        return "found"

    def _met_again(self, missed: int | None) -> tuple[int, ...]:
        """Return later months that lose less than the one that is missed, not by chance."""
        if missed is None:
            return ()
        return tuple(
            each.month
            for each in self._months[missed + 1 :]
            if not each.missed and self._above(self._months[missed], each)
        )

    def _above(self, left: MonthOutcome, right: MonthOutcome) -> bool:
        """Return whether a month loses more than another, pair by pair, at half of the sets."""
        sure = self._asked.objective.confidence
        pairs = list(zip(left.evaluations, right.evaluations, strict=True))
        more = sum(a.losses.above(b.losses, sure) for a, b in pairs)
        return more * 2 >= len(pairs)

    # --- trials -------------------------------------------------------------------------------

    def _at(self, month: int, change: Change | None = None) -> MonthOutcome:
        """Return the evidence on a month, with a change or without."""
        found = tuple(
            self._evaluate(ordinal, month, change) for ordinal in range(len(self._members))
        )
        made = MonthOutcome(month, found, self._asked.objective.attainment)
        if self._tell is not None:
            self._tell(made, "" if change is None else change.name)
        return made

    def _evaluate(self, ordinal: int, month: int, change: Change | None) -> Evaluation:
        """Return the evidence on a month at a parameter set, with a change or without."""
        member = self._members[ordinal]
        world = member.months.at(month)
        row = 0
        if change is not None:
            world, row = change.of(world), 1 + CHANGED.index(change.key)
        kept = None
        if self._kept is not None:
            kept = self._kept.at(point_of(row, month, ordinal, len(self._members)))
        trials = self._runner.run(world, self._trials, member.seed, READS, kept=kept)
        objective = self._asked.objective
        return evaluated(
            month,
            trials,
            objective.replications,
            objective.attainment,
            objective.confidence,
            "search",
            objective.name,
        )

    # --- why, and what helps ------------------------------------------------------------------

    def _explain(self) -> None:
        """Find the cause in the first month that is missed, and try the changes."""
        missed = self._first_missed()
        if missed is None:
            return
        worst = self._worst(missed)
        world = self._members[worst].months.at(missed)
        if self._asked.objective.name is None:
            made = self._months[missed].evaluations[worst]
            self._cause = cause_of(world, missed, made, self._runner.deadline)
        for change in changes(self._asked.scenario, self._asked.objective.replications):
            tried = self._with(change, missed)
            if tried is not None:
                self._changes.append(tried)

    def _worst(self, month: int) -> int:
        """Return the parameter set that loses most in a month."""
        losses = [each.losses.mean() for each in self._months[month].evaluations]
        return losses.index(max(losses))

    def _with(self, change: Change, missed: int) -> ChangeOutcome | None:
        """Return the months that a change buys; None where it does not fit the scenario.

        Months up to the one missed are met without it: of those the first and the last are tried,
        and all of them where one of the two is missed.
        """
        tried: dict[int, MonthOutcome] = {}
        horizon = self._asked.horizon
        try:
            for month in dict.fromkeys((0, max(0, missed - 1))):
                tried[month] = self._at(month, change)
            earlier = range(missed) if any(each.missed for each in tried.values()) else range(0)
            for month in (*earlier, *range(missed, horizon + 1)):
                if month not in tried:
                    tried[month] = self._at(month, change)
                if tried[month].missed:
                    break
        except ScenarioError:
            return None
        found = [month for month in sorted(tried) if tried[month].missed]
        at = found[0] if found else None
        return ChangeOutcome(
            name=change.name,
            paths=tuple(change.values),
            factor=change.factor,
            first_missed=at,
            bought=None if at is None else at - missed,
            at_least=(horizon + 1 if at is None else at) - missed,
            months=tuple(tried[month] for month in sorted(tried)),
        )

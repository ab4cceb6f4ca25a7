"""The smallest or largest value that meets an objective in a share of the parameter sets.

Every value of the search has the same parameter sets and seeds, so that values are compared set by
set. A value is promising if four times as many sets like those of the search would show the share;
the first promising one is confirmed by four times as many sets of a seed that the search has not
seen. If that fails, the next value is tried with another seed, at a confidence that keeps the error
of all confirmations together at what was asked, as for plans of one parameter set.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from efssim.scenario import Scenario
from efssim.scenario.shown.cells_use import CellsUse, merged
from efssim.scenario.shown.trace_use import trace_qualities
from efssim.scenario.unknowns.parameters import UncertainParameter, uncertain_parameters
from efssim.study.errors import OutOfTimeError
from efssim.study.planning.asked import PlanQuestion
from efssim.study.planning.confirm import fresh_seed, look_confidence
from efssim.study.planning.findings import Answer, is_so_far, so_far_on
from efssim.study.planning.ladder import coarse, ladder
from efssim.study.planning.search import Direction, PlanOutcome
from efssim.study.run.deadline import Deadline
from efssim.study.run.executors import Workers
from efssim.study.run.interrupts import Interrupts
from efssim.study.uncertain.batch import SetJob
from efssim.study.uncertain.design import cells_of_sets, parameter_sets
from efssim.study.uncertain.outcome import SetOutcome, SetReplication
from efssim.study.uncertain.running import RunningSets, parameters_of
from efssim.study.uncertain.share import SetShare, share_of
from efssim.study.varying.space import VariedParameter, with_value
from efssim.text.yaml.paths import format_path, parse_path
from efssim.traces.quality import TraceQuality

if TYPE_CHECKING:
    import pandas as pd

TIMES = 4
"""Parameter sets of a confirmation, in those of an evaluation of the search."""
_LOOKS = 6
"""Confirmations at most."""


@dataclass(frozen=True)
class SetEvaluation:
    """The parameter sets at one value of the varied parameter."""

    value: float
    """In SI units."""
    share: SetShare
    """With the confidence of the evaluation on each side."""
    met: bool | None
    """Whether the objective is met in the asked share of the sets; None: not decided."""
    promising: bool
    """Whether so many sets more would show that, if they are as these."""
    confirms: bool
    """Whether it has a seed that the search has not seen."""
    seed: int
    confidence: float
    falls_behind: bool = False
    """Whether in too many sets more is written than can be sent, in too many trials."""

    @property
    def holds_so_far(self) -> bool:
        """Whether it is taken for met while too many sets fall behind for good."""
        return (self.promising or self.met is True) and self.falls_behind

    @property
    def stage(self) -> str:
        """`search` or `confirmation`."""
        return "confirmation" if self.confirms else "search"


Bracketed: TypeAlias = tuple[PlanOutcome, int | None, int | None]
"""An outcome, with the ordinals of a value that does not meet it and the next one, which does."""
SetEvaluationProgress = Callable[[SetEvaluation], None]


@dataclass(frozen=True, repr=False)
class SetPlanFindings:
    """The answer of a plan over parameter sets, and the evidence for it. Values in SI units."""

    scenario: Scenario
    parameter: VariedParameter
    between: tuple[float, float]
    target_s: float
    attainment: float
    share_of_sets: float
    confidence: float
    replications: tuple[str, ...]
    """Each of them has to meet the objective in a set that meets it."""
    unknown: tuple[UncertainParameter, ...]
    """The other parameters that are not known."""
    decided: bool
    """Whether the varied parameter is itself uncertain in the scenario, which is passed over."""
    sets: int
    trials: int
    direction: Direction | None
    outcome: PlanOutcome
    answer: Answer | None
    evaluations: tuple[SetEvaluation, ...]
    budget_s: float | None
    out_of_time: bool
    partial: bool

    @property
    def diverging_on(self) -> list[tuple[float, float]]:
        """First and last of neighbouring tried values that seem to meet it, but fall behind."""
        return so_far_on(self.evaluations)

    @property
    def is_so_far(self) -> bool:
        """Whether the answer is met only so far, as it falls behind for good."""
        return is_so_far(self.outcome, self.answer, self.evaluations)

    @cached_property
    def traces(self) -> dict[str, TraceQuality]:
        """Quality of the traces, by the path of the stream."""
        return trace_qualities(self.scenario)

    @cached_property
    def cells(self) -> dict[str, CellsUse]:
        """Streams that are drawn in cells, by their paths, over the whole range."""
        known, _ = without(self.scenario, self.parameter)
        ends = (with_value(known, self.parameter, end) for end in self.between)
        return merged(cells_of_sets(end, self.unknown) for end in ends)

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per evaluation, in the order in which they were made."""
        import pandas as pd

        rows = [
            {
                "value": made.value,
                "text": self.parameter.text(made.value),
                "stage": made.stage,
                "sets": made.share.count,
                "sets_met": made.share.met,
                "sets_missed": made.share.missed,
                "sets_undecided": made.share.undecided,
                "sets_too_short": made.share.too_short,
                "sets_diverging": made.share.diverging,
                "low": made.share.low,
                "high": made.share.high,
                "met": made.met,
                "seed": made.seed,
            }
            for made in self.evaluations
        ]
        return pd.DataFrame(rows).astype({"met": "boolean"})


class SetPlanSearch:
    """The evaluations of a plan over parameter sets; each is made once."""

    def __init__(
        self,
        asked: PlanQuestion,
        sets: int,
        share_of_sets: float,
        workers: Workers,
        deadline: Deadline,
        on_progress: SetEvaluationProgress | None,
    ) -> None:
        assert asked.parameter.quantity is not None
        self._asked, self._sets, self._share = asked, sets, share_of_sets
        self._workers, self._deadline, self._tell = workers, deadline, on_progress
        self._known, self._decided = without(asked.scenario, asked.parameter)
        self._ladder = ladder(*asked.between, asked.parameter.quantity)
        self._made: dict[tuple[int, int], SetEvaluation] = {}
        self._direction: Direction | None = None
        first = with_value(self._known, asked.parameter, asked.between[0])
        self._unknown = parameters_of(first)

    def findings(self, interrupts: Interrupts) -> SetPlanFindings:
        """Search and confirm, as far as there is time; Ctrl-C ends it before."""
        self._interrupts = interrupts
        late, partial = False, False
        found: Bracketed = ("undecided", None, None)
        try:
            found = self._answer()
        except OutOfTimeError:
            late = True
            self._workers.close(at_once=True)
            if not self._made:
                raise self._asked.parameter.problem(
                    "the budget of time is over before the first value was tried; give a longer "
                    "--budget, fewer --sets or --trials, or a shorter duration"
                ) from None
        except KeyboardInterrupt:
            if interrupts.stops_at_once or not self._made:
                raise
            partial = True
            self._workers.close(at_once=True)
        return self._findings(found, late=late, partial=partial)

    def _findings(self, found: Bracketed, *, late: bool, partial: bool) -> SetPlanFindings:
        outcome, fails, holds = found
        answer = None
        if outcome == "found" and fails is not None and holds is not None:
            answer = Answer(self._ladder[fails], self._ladder[holds])
        asked, objective = self._asked, self._asked.objective
        return SetPlanFindings(
            scenario=asked.scenario,
            parameter=asked.parameter,
            between=asked.between,
            target_s=objective.target_s,
            attainment=objective.attainment,
            share_of_sets=self._share,
            confidence=objective.confidence,
            replications=objective.replications,
            unknown=self._unknown,
            decided=self._decided,
            sets=self._sets,
            trials=asked.trials,
            direction=self._direction,
            outcome=outcome,
            answer=answer,
            evaluations=tuple(self._made.values()),
            budget_s=self._deadline.seconds,
            out_of_time=late,
            partial=partial,
        )

    def _answer(self) -> Bracketed:
        """Return the outcome, and the ordinals next to each other that enclose the answer."""
        top = len(self._ladder) - 1
        order = coarse(len(self._ladder))
        tried = [self._at(ordinal) for ordinal in order]
        self._direction = _direction(tried[0], tried[-1])
        better = top if self._direction == "smallest" else 0
        if self._direction == "largest":
            order, tried = order[::-1], tried[::-1]
        promising = [made.promising for made in tried]  # from the worse to the better end
        if not promising[-1]:
            if any(promising):
                return "not_monotone", None, None
            return ("never" if tried[-1].met is False else "undecided"), None, None
        first = promising.index(True)
        if not all(promising[first:]):
            return "not_monotone", None, None
        fails = order[first - 1] if first else None
        holds = order[first]
        while fails is not None and abs(holds - fails) > 1:
            middle = (holds + fails) // 2
            if self._at(middle).promising:
                holds = middle
            else:
                fails = middle
        return self._confirmed(fails, holds, better)

    def _confirmed(self, fails: int | None, holds: int, better: int) -> Bracketed:
        """Return the first value from `holds` on that fresh seeds confirm."""
        step = 1 if better >= holds else -1
        for look in range(1, _LOOKS + 1):
            if self._evaluate(holds, look).met:
                return ("always" if fails is None else "found"), fails, holds
            if holds == better:
                break
            fails, holds = holds, holds + step * min(2 ** (look - 1), abs(better - holds))
        return "undecided", fails, holds

    def _at(self, ordinal: int) -> SetEvaluation:
        if (ordinal, 0) not in self._made:
            self._evaluate(ordinal, 0)
        return self._made[ordinal, 0]

    def _evaluate(self, ordinal: int, look: int) -> SetEvaluation:
        """Run the parameter sets at a value, on the seed of the search or of a look."""
        self._deadline.check()
        value, goal = self._ladder[ordinal], self._share
        confidence = self._asked.objective.confidence
        first_look = look_confidence(confidence, 1)
        sure = look_confidence(confidence, look) if look else confidence
        seed = fresh_seed(self._asked.seed, look) if look else self._asked.seed
        parts = self._run(value, seed, TIMES * self._sets if look else self._sets)
        count = len(self._asked.objective.replications)
        share = share_of(parts, 1 - sure, verdicts=count)
        likely = share_of(parts, 1 - first_look, 1 if look else TIMES, count)
        made = SetEvaluation(
            value,
            share,
            share.reaches(goal),
            likely.low >= goal,
            bool(look),
            seed,
            sure,
            share.falls_behind(goal),
        )
        self._made[ordinal, look] = made
        if self._tell is not None:
            self._tell(made)
        return made

    def _run(self, value: float, seed: int, sets: int) -> list[SetReplication | None]:
        world = with_value(self._known, self._asked.parameter, value)
        parameters = parameters_of(world)
        design = parameter_sets(parameters, seed, sets)
        job = SetJob.of(
            world,
            parameters,
            design,
            self._asked.trials,
            self._workers,
            deadline=self._deadline,
        )
        running = RunningSets(job, self._workers, self._interrupts, deadline=self._deadline)
        try:
            running.run()
        finally:
            running.cancel()
        if running.interrupted:
            raise KeyboardInterrupt
        names = self._asked.objective.replications
        return [_worst(each, names) for each in running.complete()]


def without(scenario: Scenario, vary: VariedParameter) -> tuple[Scenario, bool]:
    """Return a scenario in which a parameter is not uncertain, and whether it was.

    Nobody asks for a value of what cannot be chosen: it is as if it were known.
    """
    was = any(each.segments == vary.segments for each in uncertain_parameters(scenario))
    written = [text for text in scenario.uncertain if _is(text, vary)]
    for text in written:
        scenario = scenario.with_({format_path(("uncertain", text)): None})
    return scenario, was


def _is(text: str, vary: VariedParameter) -> bool:
    return parse_path(text) == vary.segments


def _worst(outcome: SetOutcome, names: Sequence[str]) -> SetReplication | None:
    """Return the result of the replication that is worst; None where one is not there."""
    parts = [outcome.replications.get(name) for name in names]
    known = [part for part in parts if part is not None]
    order = {"missed": 0, "undecided": 1, "met": 2}
    worst = min(known, key=lambda part: order[part.verdict], default=None)
    if worst is None or (len(known) < len(parts) and worst.verdict != "missed"):
        return None
    alike = [part for part in known if part.verdict == worst.verdict]
    return replace(
        worst,
        falls_behind=any(part.falls_behind for part in known),
        too_short=all(part.too_short for part in alike),
    )


def _direction(low: SetEvaluation, high: SetEvaluation) -> Direction:
    """Return which end is better: that in which more sets meet the objective."""

    def rank(made: SetEvaluation) -> tuple[bool, int, int]:
        return made.promising, made.share.met, -made.share.missed

    return "largest" if rank(low) > rank(high) else "smallest"

"""Finding a plan: search, confirmation and what-if table, as far as there is time."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

from efssim.study.errors import OutOfTimeError
from efssim.study.kept.points import KeepsPoints
from efssim.study.planning.asked import PlanQuestion
from efssim.study.planning.cheapest import CheapestSearch
from efssim.study.planning.confirm import (
    TIMES,
    affordable,
    confirmed,
    fresh_seed,
    look_confidence,
    next_trials,
    search_confidence,
)
from efssim.study.planning.evaluation import READS, Evaluation, evaluated
from efssim.study.planning.findings import Answer, Candidate, Cheapest, PlanFindings
from efssim.study.planning.ladder import ladder
from efssim.study.planning.search import BUDGET, Bracket, Search
from efssim.study.planning.what_if import WhatIf, what_if
from efssim.study.run.interrupts import Interrupts
from efssim.study.run.shared import Runner
from efssim.study.run.trial_set import TrialSet
from efssim.study.trial.facts import is_random
from efssim.study.varying.space import with_value

_CONFIRMATIONS = 3
"""Evaluations that the search leaves for them."""
_MOST = 10
"""Times the trials of a confirmation that showing a miss may take."""

_UNMET = "no value was shown to meet the objective from there to the better end of the range"

EvaluationProgress = Callable[[Evaluation], None]
ValueProgress = Callable[[float, int, int], None]
"""Called with a value, the number of its trials that are complete, and of all."""


class PlanSearch:
    """The evaluations of a plan; each is made once."""

    def __init__(
        self,
        asked: PlanQuestion,
        made: Runner,
        on_progress: EvaluationProgress | None,
        kept: KeepsPoints | None = None,
        on_trials: ValueProgress | None = None,
    ) -> None:
        assert asked.parameter.quantity is not None
        self._asked, self._runner, self._tell = asked, made, on_progress
        self._kept, self._tell_trials = kept, on_trials
        self._random = any(
            is_random(with_value(asked.scenario, asked.parameter, end)) for end in asked.between
        )
        self._trials = asked.trials if self._random else 1
        self._ladder = ladder(*asked.between, asked.parameter.quantity)
        self._made: dict[tuple[int, int], Evaluation] = {}
        # The last trials, and the value and look that they are of: more of them may be asked for.
        self._begun: TrialSet | None = None
        self._begun_at: tuple[int, int] | None = None
        self._confirming: int | None = None
        self._is_late = False
        self._cheapest = None if asked.minimise is None else Cheapest(None, reason=_UNMET)
        self._answered_after: int | None = None

    def findings(self, shares: Sequence[float], interrupts: Interrupts) -> PlanFindings:
        """Search, confirm, and find the values for other objectives, as far as there is time.

        Ctrl-C ends it before.
        """
        bracket: Bracket | None = None
        evaluations: tuple[Evaluation, ...] = ()
        rows: tuple[WhatIf, ...] = ()
        partial = True
        try:
            bracket = self._bracket()
            if bracket.outcome == "never":
                bracket = self._with_better_end_decided(bracket)
            self._look_for_cheapest(bracket)
            evaluations = tuple(self._made.values())
            if shares and bracket.outcome not in ("not_monotone", "undecided"):
                rows = self._what_if(bracket, shares)
            partial = False
        except OutOfTimeError:
            self._is_late, partial = True, False
        except KeyboardInterrupt:
            if interrupts.stops_at_once or not self._made:
                raise
            self._runner.abandon()
        return PlanFindings(
            scenario=self._asked.scenario,
            parameter=self._asked.parameter,
            between=self._asked.between,
            objective=self._asked.objective,
            direction=None if bracket is None else bracket.direction,
            outcome="undecided" if bracket is None else bracket.outcome,
            answer=None if bracket is None else self._answer(bracket),
            evaluations=evaluations or tuple(self._made.values()),
            what_if=rows,
            random=self._random,
            budget_s=self._runner.deadline.seconds,
            out_of_time=self._is_late,
            candidate=None if bracket is None else self._candidate(bracket),
            partial=partial,
            cheapest=self._cheapest,
            answered_after=self._answered_after,
        )

    def _look_for_cheapest(self, bracket: Bracket) -> None:
        """Find the value that costs least of those that meet the objective, if that is asked."""
        if self._cheapest is None or bracket.outcome not in ("found", "always"):
            return
        self._answered_after = len(self._made)
        self._cheapest = Cheapest(None, reason="it ended before that was decided")
        tried = {ordinal: made for (ordinal, look), made in self._made.items() if look == 0}
        search = CheapestSearch(bracket, tried, self._at, len(self._ladder) - 1)
        self._cheapest = search.find(self._confirm_next if self._random else self._at)

    def _confirm_next(self, ordinal: int) -> Evaluation:
        """Confirm a value at the next look, unless an earlier one has done it."""
        looks = [look for at, look in self._made if at == ordinal and look]
        if looks:
            return self._made[ordinal, looks[-1]]
        confirming, look = self._confirming, 1 + max(look for _, look in self._made)
        made = self._confirm(ordinal, look)
        self._confirming = confirming
        return made

    def _bracket(self) -> Bracket:
        """Return the bracket that search and confirmation find within the budget of time."""
        sure = search_confidence(self._asked.objective.confidence)
        budget = BUDGET - _CONFIRMATIONS * self._random
        search = Search(self._at, len(self._ladder), sure, budget)
        bracket = Bracket("undecided", "smallest")
        try:
            bracket = search.run()
            if self._random and bracket.outcome in ("found", "always"):
                top, goal = len(self._ladder) - 1, self._asked.objective.attainment
                bracket = affordable(bracket, self._at, top, goal)
                self._confirming = bracket.holds
                return confirmed(bracket, self._confirm, top)
        except OutOfTimeError:
            self._is_late = True
            if not self._made:
                raise self._asked.parameter.problem(
                    "the budget of time is over before the first value was tried; give a longer "
                    "--budget, fewer --trials or a shorter duration"
                ) from None
            return Bracket("undecided", bracket.direction, bracket.fails, self._confirming)
        return bracket

    def _with_better_end_decided(self, bracket: Bracket) -> Bracket:
        """Run the trials that show that the better end misses the objective, if few do.

        Where they show that it meets it, it is the answer: the search had too few to see that.
        """
        end = len(self._ladder) - 1 if bracket.direction == "smallest" else 0
        if self._confirming is not None or not self._is_shown_by_few(end):
            return bracket
        return Bracket("found", bracket.direction, abs(end - 1), end)

    def _is_shown_by_few(self, ordinal: int) -> bool:
        """Return whether few fresh trials show that a value meets the objective, if few decide."""
        made = self._at(ordinal)
        if made.met is not None or made.more_trials is None:
            return False
        wanted = math.ceil(1.1 * (made.trials + made.more_trials))
        if wanted > _MOST * TIMES * self._trials:
            return False
        sure = look_confidence(self._asked.objective.confidence, 1)
        try:
            return self._evaluate(ordinal, 1, wanted, sure).met is True
        except OutOfTimeError:
            self._is_late = True
            return False

    def _candidate(self, bracket: Bracket) -> Candidate | None:
        if bracket.outcome != "undecided" or bracket.holds is None:
            return None
        looks = [key for key in self._made if key[0] == bracket.holds]
        if not looks:
            return None
        made = self._made[max(looks, key=lambda key: key[1])]
        return Candidate(made.value, made.more_trials)

    def _answer(self, bracket: Bracket) -> Answer | None:
        if bracket.outcome != "found":
            return None
        assert bracket.fails is not None
        assert bracket.holds is not None
        return Answer(self._ladder[bracket.fails], self._ladder[bracket.holds])

    def _what_if(self, bracket: Bracket, shares: Sequence[float]) -> tuple[WhatIf, ...]:
        tried = {ordinal: made for (ordinal, look), made in self._made.items() if look == 0}
        planned = None
        if bracket.outcome == "found" and bracket.holds is not None:
            looks = [key for key in self._made if key[0] == bracket.holds]
            planned = self._made[max(looks, key=lambda key: key[1])]
        goal = self._asked.objective.attainment
        return what_if(tried, self._at, bracket.direction, (*shares, goal), goal, planned)

    def _at(self, ordinal: int) -> Evaluation:
        """Evaluate a value on the sample paths of the search."""
        if (ordinal, 0) not in self._made:
            sure = search_confidence(self._asked.objective.confidence)
            self._evaluate(ordinal, 0, self._trials, sure)
        return self._made[ordinal, 0]

    def _confirm(self, ordinal: int, look: int) -> Evaluation:
        """Evaluate a value on the fresh sample paths of a look, until they decide or cannot."""
        self._confirming = ordinal
        sure = look_confidence(self._asked.objective.confidence, look)
        wanted: int | None = TIMES * self._trials
        deadline, begin_s = self._runner.deadline, self._runner.deadline.passed_s
        while wanted is not None:
            count = wanted
            made = self._evaluate(ordinal, look, count, sure)
            wanted = next_trials(made, self._asked.objective.attainment)
            each_s = (deadline.passed_s - begin_s) / count
            if wanted is not None and not deadline.allows((wanted - count) * each_s):
                raise OutOfTimeError
        return self._made[ordinal, look]

    def _evaluate(self, ordinal: int, look: int, trials: int, sure: float) -> Evaluation:
        value = self._ladder[ordinal]
        seed = fresh_seed(self._asked.seed, look) if look else self._asked.seed
        begun = self._begun if self._begun_at == (ordinal, look) else None
        self._begun, self._begun_at = None, (ordinal, look)
        self._begun = self._runner.run(
            with_value(self._asked.scenario, self._asked.parameter, value),
            trials,
            seed,
            READS,
            begun,
            None if self._kept is None else self._kept.at(look * len(self._ladder) + ordinal),
            None if self._tell_trials is None else partial(self._tell_trials, value),
        )
        made = evaluated(
            value,
            self._begun,
            self._asked.objective.replications,
            self._asked.objective.attainment,
            sure,
            "confirmation" if look else "search",
            self._asked.objective.name,
        )
        self._made[ordinal, look] = made
        if self._tell is not None:
            self._tell(made)
        return made

"""Choosing among scenarios: trials with common draws, until one of them is clearly the best."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from efssim.model.kernel.strata import strata_of
from efssim.study.choosing.asked import LEAST_FIRST, ChoiceQuestion
from efssim.study.choosing.observations import Rounds, number_of
from efssim.study.choosing.selection import Selection, skewness
from efssim.study.errors import StudyError
from efssim.study.kept.points import KeepsPoints
from efssim.study.run.interrupts import ctrl_c
from efssim.study.run.shared import Runner
from efssim.study.run.trial_set import TrialSet
from efssim.study.trial.facts import is_random

ChoiceOutcome: TypeAlias = Literal["chosen", "tied", "undecided"]
ChoiceProgress: TypeAlias = Callable[[int, int], None]
"""Called with how many scenarios are left, and how many trials of each of them there are."""
_MORE = 2
"""A step adds one observation for each so many that there are. Chosen: steps are few, and at most
a third of the trials of a scenario that is dropped came too late to matter."""
SKEWED = 2.0
"""Skewness of differences from which their means are far from normal: that of exponential times,
whose mean of 30 still has 0.37. Chosen."""


@dataclass(frozen=True)
class Alternative:
    """A scenario of a choice, with its trials."""

    trials: TrialSet
    replication: str
    dropped_after: int | None
    """Trials after which it was clearly worse; None: it was not."""

    @property
    def name(self) -> str:
        """The name of the scenario."""
        return self.trials.scenario.name


@dataclass(frozen=True, repr=False)
class ChoiceFindings:
    """Which scenario is best, by trials, and the evidence for it."""

    question: ChoiceQuestion
    outcome: ChoiceOutcome
    alternatives: tuple[Alternative, ...]
    """In the order that they were given in."""
    best: int | None
    """Ordinal of the chosen one; None: there is none."""
    left: tuple[int, ...]
    """Ordinals of those that were not dropped."""
    round: int
    """Trials of an observation."""
    needed: int | None
    """Trials of each that is left which decide for sure; None: nothing is left to decide."""
    skewness: float
    """The largest of the differences from the best, either way."""
    is_exact: bool
    """Whether nothing is drawn, so that a trial is the truth."""
    partial: bool = False


def chosen(
    question: ChoiceQuestion,
    runner: Runner,
    on_progress: ChoiceProgress | None = None,
    kept: KeepsPoints | None = None,
) -> ChoiceFindings:
    """Run trials until one scenario is left, or the budget is spent; raise as `efssim.choose`.

    `kept` has trials of some scenarios, by their ordinals, and keeps the others.
    """
    running = _Contest(question, runner, on_progress, kept)
    if running.is_exact:
        return running.exact()
    with ctrl_c() as interrupts, interrupts.held():
        partial = False
        try:
            running.decide()
        except KeyboardInterrupt:
            if interrupts.stops_at_once or running.selection is None:
                raise
            runner.abandon()
            partial = True
    return running.found(partial=partial)


class _Contest:
    """The trials so far, and who is left."""

    def __init__(
        self,
        question: ChoiceQuestion,
        runner: Runner,
        on_progress: ChoiceProgress | None,
        kept: KeepsPoints | None,
    ) -> None:
        self._question, self._runner, self._on_progress = question, runner, on_progress
        self._kept = kept
        self._rounds = Rounds.of(question.scenarios)
        self._strata = [strata_of(each) for each in question.scenarios]
        self._trials: list[TrialSet | None] = [None] * len(question.scenarios)
        self._numbers: list[list[float]] = [[] for _ in question.scenarios]
        self.is_exact = not any(map(is_random, question.scenarios))
        self.selection: Selection | None = None

    def exact(self) -> ChoiceFindings:
        """Return the findings of scenarios in which nothing is drawn."""
        every = range(len(self._numbers))
        for k in every:
            self._run(k, 1)
        values = [self._sign * numbers[0] for numbers in self._numbers]
        left = tuple(k for k in every if values[k] == max(values))
        outcome: ChoiceOutcome = "chosen" if len(left) == 1 else "tied"
        dropped = {k: 1 for k in every if k not in left}
        best = left[0] if len(left) == 1 else None
        return self._findings(outcome, best, left, dropped, None, 0.0)

    def decide(self) -> None:
        """Run trials until it is decided, or the budget is spent."""
        most = self._rounds.within(self._question.budget)
        count = max(LEAST_FIRST, self._rounds.within(self._question.first))
        self._require_budget(count)
        self._advance(range(len(self._numbers)), count)
        selection = Selection(
            self._observations(), self._question.indifference, self._question.confidence
        )
        self.selection = selection
        while not selection.is_over and count < most:
            count = min(most, selection.needed + 1, count + 1 + count // _MORE)
            self._advance(selection.survivors, count)
            selection.go_on(self._observations())

    def _require_budget(self, first: int) -> None:
        needed = self._rounds.trials(first)
        if needed > self._question.budget:
            raise StudyError(
                f"with these rare faults a choice takes {needed:,} trials of each before anything "
                f"is decided, {self._rounds.length} for each of {first} observations: that is "
                f"above the budget of {self._question.budget:,}"
            )

    def found(self, *, partial: bool) -> ChoiceFindings:
        """Return the findings by now."""
        selection = self.selection
        assert selection is not None
        values = self._observations()
        left = tuple(selection.survivors)
        means = {k: sum(values[k][: selection.used]) for k in left}
        best = max(left, key=lambda k: means[k])
        dropped = {k: self._rounds.trials(used) for k, used in selection.dropped.items()}
        skewed = max(abs(skewness(self._gaps(values, best, k))) for k in _others(values, best))
        needed = None if selection.is_over else self._rounds.trials(selection.needed + 1)
        outcome: ChoiceOutcome = "chosen" if selection.is_over else "undecided"
        same = [k for k in left if k != best and not any(self._gaps(values, best, k))]
        if selection.is_over and same:
            outcome = "tied"
        known = best if outcome == "chosen" else None
        return self._findings(outcome, known, left, dropped, needed, skewed, partial=partial)

    def _findings(
        self,
        outcome: ChoiceOutcome,
        best: int | None,
        left: tuple[int, ...],
        dropped: dict[int, int],
        needed: int | None,
        skewed: float,
        *,
        partial: bool = False,
    ) -> ChoiceFindings:
        alternatives = []
        for k, trials in enumerate(self._trials):
            assert trials is not None, "each scenario has trials by now"
            replication = self._question.replications[k]
            alternatives.append(Alternative(trials, replication, dropped.get(k)))
        return ChoiceFindings(
            self._question,
            outcome,
            tuple(alternatives),
            best,
            left,
            self._rounds.length,
            needed,
            skewed,
            self.is_exact,
            partial,
        )

    # --- trials and their numbers -------------------------------------------------------------

    def _advance(self, which: Sequence[int], count: int) -> None:
        """Run so many observations of these scenarios."""
        for k in which:
            self._run(k, self._rounds.trials(count))
        if self._on_progress is not None:
            self._on_progress(len(which), self._rounds.trials(count))

    def _run(self, k: int, trials: int) -> None:
        question, scenario = self._question, self._question.scenarios[k]
        kept = None if self._kept is None else self._kept.at(k)
        found = self._runner.run(scenario, trials, question.seed, begun=self._trials[k], kept=kept)
        self._trials[k] = found
        numbers, name = self._numbers[k], question.replications[k]
        numbers += [
            number_of(trial, scenario, name, question.measure)
            for trial in found.trials[len(numbers) :]
        ]

    @property
    def _sign(self) -> float:
        """The factor that makes a better number a larger one."""
        return -1.0 if self._question.best == "least" else 1.0

    def _observations(self) -> list[list[float]]:
        """Return the observations of each scenario, so that a larger one is better."""
        return [
            [self._sign * mean for mean in self._rounds.means(*self._placed(k), self._strata[k])]
            for k in range(len(self._numbers))
        ]

    def _placed(self, k: int) -> tuple[list[float], list[int]]:
        trials = self._trials[k]
        assert trials is not None
        return self._numbers[k], [trial.stratum for trial in trials.trials]

    def _gaps(self, values: list[list[float]], best: int, other: int) -> list[float]:
        return [a - b for a, b in zip(values[best], values[other], strict=False)]


def _others(values: list[list[float]], best: int) -> list[int]:
    return [k for k in range(len(values)) if k != best]

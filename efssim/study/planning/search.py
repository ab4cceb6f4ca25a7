"""The search for the smallest or largest value that meets an objective, on one set of paths."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from efssim.study.planning.evaluation import Evaluation
from efssim.study.planning.ladder import coarse, widest_gap

Direction = Literal["smallest", "largest"]
PlanOutcome = Literal["found", "always", "never", "not_monotone", "undecided"]
"""Outcomes of a plan; `undecided` where it ended before it knew."""

BUDGET = 15
"""Evaluations of a plan at most, unless confirmations keep failing."""
_PROBES = 2
"""Evaluations that only look whether the answer is monotone."""

Ask = Callable[[int], Evaluation]
"""Evaluates the value of an ordinal; asking again costs nothing."""


@dataclass(frozen=True)
class Bracket:
    """The result of a search: ordinals of the ladder, counted from its low end."""

    outcome: PlanOutcome
    direction: Direction
    fails: int | None = None
    """The value next to `holds` that does not meet the objective."""
    holds: int | None = None
    """The smallest (or largest) value that meets it, and with it all on its other side."""


class Search:
    """Search for the value of a ladder from which on an objective is met."""

    def __init__(self, ask: Ask, count: int, confidence: float, budget: int = BUDGET) -> None:
        self._ask, self._count, self._confidence = ask, count, confidence
        self._budget = budget
        self._tried: dict[int, Evaluation] = {}

    def run(self) -> Bracket:
        """Try values until two neighbours enclose the answer, or there is no single one."""
        for ordinal in coarse(self._count):
            self._try(ordinal)
        bracket = self._bracket()
        while bracket.outcome == "found" and abs(_gap(bracket)) > 1:
            self._try(_middle(bracket))
            bracket = self._bracket()
        for _ in range(_PROBES):
            if bracket.outcome != "not_monotone" and self._probe():
                bracket = self._close(self._bracket())
        while bracket.outcome == "not_monotone" and self._probe():
            pass
        return bracket

    def _close(self, bracket: Bracket) -> Bracket:
        """Go on halving after a probe has moved the bracket."""
        while bracket.outcome == "found" and abs(_gap(bracket)) > 1 and self._has_budget():
            self._try(_middle(bracket))
            bracket = self._bracket()
        return bracket

    def _has_budget(self) -> bool:
        return len(self._tried) < self._budget

    def _try(self, ordinal: int) -> None:
        self._tried[ordinal] = self._ask(ordinal)

    def _probe(self) -> bool:
        """Try the middle of the widest gap, if there are a gap and evaluations left."""
        ordinal = widest_gap(sorted(self._tried))
        if ordinal is None or not self._has_budget():
            return False
        self._try(ordinal)
        return True

    def _bracket(self) -> Bracket:
        direction = self._direction()
        # From the end that is to be better, as long as values meet the objective.
        tried = sorted(self._tried, reverse=direction == "smallest")
        met = [self._tried[ordinal].holds for ordinal in tried]
        run = met.index(False) if False in met else len(met)
        if any(self._is_reversal(tried, run, k) for k in range(run + 1, len(tried)) if met[k]):
            return Bracket("not_monotone", direction)
        if run == 0:
            return Bracket("never", direction)
        if run == len(tried):
            return Bracket("always", direction, holds=tried[-1])
        return Bracket("found", direction, fails=tried[run], holds=tried[run - 1])

    def _is_reversal(self, tried: list[int], run: int, met: int) -> bool:
        """Return whether a value that meets it loses less than one nearer the better end."""
        better = [self._tried[k] for k in tried[run:met] if not self._tried[k].holds]
        losses = self._tried[tried[met]].losses
        return any(part.losses.above(losses, self._confidence) for part in better)

    def _direction(self) -> Direction:
        low, high = self._tried[0], self._tried[self._count - 1]
        if low.holds != high.holds:
            return "smallest" if high.holds else "largest"
        # Where neither loses anything, the higher peak shows which is worse.
        worse_high = (high.losses.mean(), high.peak_s or 0.0) > (
            low.losses.mean(),
            low.peak_s or 0.0,
        )
        return "largest" if worse_high else "smallest"


def _gap(bracket: Bracket) -> int:
    assert bracket.fails is not None
    assert bracket.holds is not None
    return bracket.holds - bracket.fails


def _middle(bracket: Bracket) -> int:
    assert bracket.fails is not None
    return bracket.fails + int(_gap(bracket) / 2)

"""The value that costs least of those that meet an objective.

Costs are means over the sample paths of the search, so values are compared on equal draws; the one
that is chosen is confirmed on fresh ones, as an answer is.
"""

from __future__ import annotations

from collections.abc import Callable

from efssim.study.planning.evaluation import Evaluation
from efssim.study.planning.findings import Cheapest
from efssim.study.planning.search import Ask, Bracket

_PROBES = 8
"""Evaluations that look for a cheaper value; assumed."""
_CONFIRMATIONS = 3
"""Values that are confirmed at most, the cheapest first; assumed."""
FLAT = 1e-9
"""Relative difference of costs that is rounding."""

ConfirmValue = Callable[[int], Evaluation]
"""Evaluates the value of an ordinal on fresh sample paths, those of the next look."""


class CheapestSearch:
    """The search on the side of the ladder that meets the objective."""

    def __init__(self, bracket: Bracket, tried: dict[int, Evaluation], ask: Ask, top: int) -> None:
        """Search from the bracket's value to the better end of a ladder whose last is `top`."""
        assert bracket.holds is not None
        upwards = bracket.direction == "smallest"
        self._low, self._high = (bracket.holds, top) if upwards else (0, bracket.holds)
        self._limit, self._ask = bracket.holds, ask
        self._made = {at: made for at, made in tried.items() if self._low <= at <= self._high}

    def find(self, confirm: ConfirmValue) -> Cheapest:
        """Return the cheapest value that is confirmed."""
        for end in (self._low, self._high):
            self._try(end)
        unknown = [made for made in self._made.values() if made.cost_per_month is None]
        if unknown:
            return Cheapest(None, reason=_why(unknown[0]))
        for _ in range(_PROBES):
            middle = self._next()
            if middle is None:
                break
            self._try(middle)
        return self._confirmed(confirm)

    def _try(self, ordinal: int) -> None:
        if ordinal not in self._made:
            self._made[ordinal] = self._ask(ordinal)

    def _order(self) -> list[int]:
        """Return the ordinals that hold, the cheapest first; of equal costs that near the limit."""
        least = min(_cost(made) for made in self._made.values())
        unit = FLAT * max(least, 1e-12)
        # The limit is confirmed, also where the search had too few trials to see that it holds.
        holding = [at for at, made in self._made.items() if made.holds or at == self._limit]
        return sorted(
            holding, key=lambda at: (round(_cost(self._made[at]) / unit), abs(at - self._limit))
        )

    def _next(self) -> int | None:
        """Return the middle of the wider gap beside the cheapest value so far; None without one."""
        order = self._order()
        if not order:
            return None
        best, tried = order[0], sorted(self._made)
        k = tried.index(best)
        beside = [(tried[j], tried[j + 1]) for j in (k - 1, k) if 0 <= j < len(tried) - 1]
        low, high = max(beside, key=lambda gap: gap[1] - gap[0], default=(best, best))
        return (low + high) // 2 if high - low > 1 else None

    def _confirmed(self, confirm: ConfirmValue) -> Cheapest:
        order = self._order()
        costs = [_cost(self._made[at]) for at in order]
        is_flat = len(costs) > 1 and max(costs) - min(costs) <= FLAT * max(costs)
        for ordinal in order[:_CONFIRMATIONS]:
            made = confirm(ordinal)
            if made.met:
                return Cheapest(made, is_flat)
        return Cheapest(None, reason="none of the cheapest values was confirmed on fresh trials")


def _cost(made: Evaluation) -> float:
    assert made.cost_per_month is not None, "an evaluation without its cost ends the search"
    return made.cost_per_month


def _why(made: Evaluation) -> str:
    if made.cost is None:
        return "the scenario has no prices"
    return f"these prices are missing: {', '.join(made.cost.missing)}"

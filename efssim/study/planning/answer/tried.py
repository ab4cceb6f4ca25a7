"""The values that an answer rests on: how many were tried, and where the widest gap is."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from efssim.study.planning.answer.naming import Naming
from efssim.study.planning.ladder import ladder
from efssim.study.planning.search import Direction
from efssim.study.varying.space import VariedParameter


class TriedValues:
    """The values tried of a parameter in a part of its range."""

    def __init__(
        self,
        parameter: VariedParameter,
        between: tuple[float, float],
        tried: Iterable[float],
        part: tuple[float, float] | None = None,
    ) -> None:
        """Take the range of a plan, the values tried in it, and the part; none is all of it."""
        assert parameter.quantity is not None
        low, high = sorted(part or between)
        self._parameter = parameter
        self.ends = f"from {parameter.text(low)} to {parameter.text(high)}"
        """The first and the last of the part, in words."""
        self._ladder = [v for v in ladder(*between, parameter.quantity) if low <= v <= high]
        self._tried = sorted({value for value in tried if low <= value <= high})

    @property
    def are_all(self) -> bool:
        """Whether nothing lies between them: whole numbers, each of which was tried."""
        assert self._parameter.quantity is not None
        is_whole = self._parameter.quantity.whole
        return is_whole and all(b - a <= 1 for a, b in pairwise(self._tried))

    @property
    def gap(self) -> tuple[float, float] | None:
        """The ends of the widest gap, in steps of the search; None where no step was left out."""
        gaps = [(self._between(a, b), b - a, (a, b)) for a, b in pairwise(self._tried)]
        steps, _, ends = max(gaps, default=(0, 0.0, (0.0, 0.0)))
        return ends if steps else None

    def _between(self, low: float, high: float) -> int:
        return sum(low < value < high for value in self._ladder)

    def counted(self) -> str:
        """Return how many were tried and the widest gap, such as `7 of them, none between …`."""
        none = self.empty()
        return f"{len(self._tried):,} of them{f', {none}' if none else ''}"

    def beside_limit(self) -> str:
        """Return the same of the good side of a limit, such as `of 7 values tried … none …`."""
        return f"of {len(self._tried):,} values tried {self.ends} {self.empty()}"

    def empty(self) -> str:
        """Return where the widest gap is; nothing where no step of the search was left out."""
        if self.gap is None:
            return ""
        low, high = map(self._parameter.text, self.gap)
        return f"none between {low} and {high}"


def whole_range_text(name: Naming, predicate: str, values: TriedValues) -> str:
    """Return a claim about a range, such as `value tried of … from … meets the objective: …`.

    It is about the values tried, which it counts, unless there are no others.
    """
    if values.are_all:
        return f"{name.noun} {values.ends}{name.whose} {predicate}"
    return f"{name.tried} {values.ends}{name.whose} {predicate}: {values.counted()}"


def good_side_text(
    parameter: VariedParameter,
    between: tuple[float, float],
    tried: Iterable[float],
    holds_at: float,
    direction: Direction | None,
) -> str:
    """Return in how much of the good side of a limit nothing was tried; nothing without a gap.

    The limit is the smallest or the largest value that holds, by `direction`.
    """
    better = between[direction == "smallest"]
    values = TriedValues(parameter, between, tried, (holds_at, better))
    if values.gap is None or values.are_all:
        return ""
    return f"; {values.beside_limit()}"

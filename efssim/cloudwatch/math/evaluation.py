"""The value of an expression of metric math.

Source: "Metric math syntax and functions" of the CloudWatch User Guide, with its tables of IF.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from efssim.cloudwatch.math.expression import (
    CallNode,
    ExpressionError,
    ListNode,
    NameNode,
    Node,
    NumberNode,
    OperatorNode,
    TextNode,
)
from efssim.cloudwatch.math.values import MathValue, TimedValues, ValuesList, operated

_FILLERS = ("REPEAT", "LINEAR")


@dataclass(frozen=True)
class MathScope:
    """The values that an expression is about."""

    value_of: Callable[[str], MathValue]
    """The value of the query with an id; raises ExpressionError if there is none."""
    metrics: Mapping[str, TimedValues]
    """The metrics of the request, by id."""
    begin_s: float
    end_s: float
    """The range of the request: data points begin from `begin_s` on and before `end_s`."""

    def value(self, node: Node) -> MathValue:
        """Return the value of an expression; raise ExpressionError where it has none."""
        match node:
            case NumberNode(value):
                return value
            case NameNode(name):
                if not name[0].islower():
                    raise ExpressionError(f"'{name}' is no id: ids begin with a lowercase letter")
                return self.value_of(name)
            case OperatorNode(sign, left, right):
                return operated(sign, self.value(left), self.value(right))
            case ListNode(parts):
                return ValuesList(tuple(series for part in parts for series in self._all(part)))
            case CallNode(function, arguments):
                return self._call(function, arguments)
            case TextNode(text):
                raise ExpressionError(f'the text "{text}" has no place there')

    def _all(self, node: Node) -> tuple[TimedValues, ...]:
        found = self.value(node)
        if isinstance(found, float):
            raise ExpressionError("an array takes time series, not numbers")
        return found.parts if isinstance(found, ValuesList) else (found,)

    def _call(self, function: str, arguments: Sequence[Node]) -> MathValue:
        known = FUNCTIONS.get(function)
        if known is None:
            listed = ", ".join(FUNCTIONS)
            raise ExpressionError(f"the function {function} is not simulated: only {listed}")
        least, most, call = known
        if not least <= len(arguments) <= most:
            takes = str(least) if least == most else f"{least} to {most}"
            raise ExpressionError(f"{function} takes {takes} arguments, not {len(arguments)}")
        return call(self, arguments)

    # --- functions ----------------------------------------------------------------------------

    def metrics_with(self, arguments: Sequence[Node]) -> MathValue:
        """Return METRICS: all metrics, or those with a text in their ids."""
        wanted = ""
        if arguments:
            if not isinstance(arguments[0], TextNode):
                raise ExpressionError("METRICS takes a text in quotes")
            wanted = arguments[0].text
        return ValuesList(tuple(part for name, part in self.metrics.items() if wanted in name))

    def reduced(self, reduce: Reduce, arguments: Sequence[Node]) -> MathValue:
        """Return the number of one series, or the series of an array."""
        found = self.value(arguments[0])
        if isinstance(found, float):
            raise ExpressionError("it takes time series, not a number")
        if isinstance(found, TimedValues):
            values = list(found.points.values())
            return reduce(values, len(values))
        times = sorted({at for part in found.parts for at in part.points})
        points = {}
        for at in times:
            values = [part.points[at] for part in found.parts if at in part.points]
            points[at] = reduce(values, len(found.parts))
        period_s = min((part.period_s for part in found.parts), default=60.0)
        return TimedValues(points, period_s)

    def mapped(
        self, change: Callable[[TimedValues], TimedValues], arguments: Sequence[Node]
    ) -> MathValue:
        """Return a change of one series, or of each of an array."""
        found = self.value(arguments[0])
        if isinstance(found, float):
            raise ExpressionError("it takes time series, not a number")
        if isinstance(found, TimedValues):
            return change(found)
        return ValuesList(tuple(map(change, found.parts)))

    def period(self, arguments: Sequence[Node]) -> MathValue:
        """Return PERIOD: that of a metric, in seconds."""
        found = self.value(arguments[0])
        if not isinstance(found, TimedValues) or not found.is_metric:
            raise ExpressionError("PERIOD takes a metric")
        return found.period_s

    def filled(self, arguments: Sequence[Node]) -> MathValue:
        """Return FILL: missing values are a number, those of a series, the last or between."""
        by = arguments[1]
        if isinstance(by, NameNode) and by.name in _FILLERS:
            fill = _repeated if by.name == "REPEAT" else _interpolated
            return self.mapped(lambda series: fill(series, self._grid(series)), arguments)
        filler = self.value(by)
        if isinstance(filler, ValuesList):
            raise ExpressionError("FILL takes a number, a series, REPEAT or LINEAR")

        def filled(series: TimedValues) -> TimedValues:
            grid = self._grid(series)
            if isinstance(filler, TimedValues):
                more = {at: filler.points[at] for at in grid if at in filler.points}
            else:
                more = dict.fromkeys(grid, filler)
            made = {**more, **series.points}
            return series.with_points({at: made[at] for at in sorted(made)})

        return self.mapped(filled, arguments)

    def _grid(self, series: TimedValues) -> list[float]:
        """Return the begins of all periods of the range."""
        first = self.begin_s - self.begin_s % series.period_s
        count = max(0, math.ceil((self.end_s - first) / series.period_s - 1e-9))
        return [first + ordinal * series.period_s for ordinal in range(count)]

    def chosen(self, arguments: Sequence[Node]) -> MathValue:
        """Return IF: by the documented tables."""
        condition, *rest = (self.value(node) for node in arguments)
        if any(isinstance(part, ValuesList) for part in (condition, *rest)):
            raise ExpressionError("IF takes single time series and numbers")
        yes, no = rest[0], rest[1] if len(rest) > 1 else None
        if isinstance(condition, TimedValues):
            return _by_each(condition, yes, no)
        taken = yes if condition else no
        if isinstance(taken, TimedValues):
            return taken.with_points(taken.points)
        if taken is None:
            period_s = yes.period_s if isinstance(yes, TimedValues) else 60.0
            return TimedValues({}, period_s)
        return taken


Reduce = Callable[[list[float], int], float]
"""Takes the values that there are, and how many there would be."""


def _by_each(condition: TimedValues, yes: MathValue, no: MathValue | None) -> TimedValues:
    points: dict[float, float] = {}
    for at, value in condition.points.items():
        if value:
            points[at] = yes.points.get(at, 0.0) if isinstance(yes, TimedValues) else _number(yes)
        elif isinstance(no, TimedValues):
            if at in no.points:
                points[at] = no.points[at]
        elif no is not None:
            points[at] = _number(no)
    label = yes.label if isinstance(yes, TimedValues) else condition.label
    return TimedValues(points, condition.period_s, label)


def _number(value: MathValue) -> float:
    assert isinstance(value, float), "arrays are refused before"
    return value


def _repeated(series: TimedValues, grid: list[float]) -> TimedValues:
    points, last = {}, None
    for at in sorted({*grid, *series.points}):
        last = series.points.get(at, last)
        if last is not None:
            points[at] = last
    return series.with_points(points)


def _interpolated(series: TimedValues, grid: list[float]) -> TimedValues:
    points = dict(series.points)
    for (a, low), (b, high) in pairwise(sorted(series.points.items())):
        for at in grid:
            if a < at < b:
                points[at] = low + (high - low) * (at - a) / (b - a)
    return series.with_points({at: points[at] for at in sorted(points)})


def _rates(series: TimedValues) -> TimedValues:
    pairs = pairwise(sorted(series.points.items()))
    return series.with_points({b: (new - old) / (b - a) for (a, old), (b, new) in pairs})


def _differences(series: TimedValues) -> TimedValues:
    pairs = pairwise(sorted(series.points.items()))
    return series.with_points({b: new - old for (_, old), (b, new) in pairs})


def _reducing(reduce: Reduce) -> Callable[[MathScope, Sequence[Node]], MathValue]:
    return lambda by, arguments: by.reduced(reduce, arguments)


def _mapping(
    change: Callable[[TimedValues], TimedValues],
) -> Callable[[MathScope, Sequence[Node]], MathValue]:
    return lambda by, arguments: by.mapped(change, arguments)


FUNCTIONS: dict[str, tuple[int, int, Callable[[MathScope, Sequence[Node]], MathValue]]] = {
    "ABS": (1, 1, _mapping(lambda series: series.map(abs))),
    "AVG": (1, 1, _reducing(lambda values, of: math.fsum(values) / of if of else 0.0)),
    "CEIL": (1, 1, _mapping(lambda series: series.map(lambda value: float(math.ceil(value))))),
    "DIFF": (1, 1, _mapping(_differences)),
    "FILL": (2, 2, MathScope.filled),
    "FLOOR": (1, 1, _mapping(lambda series: series.map(lambda value: float(math.floor(value))))),
    "IF": (2, 3, MathScope.chosen),
    "MAX": (1, 1, _reducing(lambda values, _: max(values, default=0.0))),
    "METRICS": (0, 1, MathScope.metrics_with),
    "MIN": (1, 1, _reducing(lambda values, _: min(values, default=0.0))),
    "PERIOD": (1, 1, MathScope.period),
    "RATE": (1, 1, _mapping(_rates)),
    "SUM": (1, 1, _reducing(lambda values, _: math.fsum(values))),
}
"""By name: the fewest and the most arguments, and the function."""

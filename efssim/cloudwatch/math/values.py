"""Values of metric math: numbers, time series and arrays of them, and operators between them.

Missing values are 0 to an operator where the other operand has one, and a division by zero drops
the data point; documented in "Basic arithmetic functions" of the CloudWatch User Guide.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from efssim.cloudwatch.math.expression import ExpressionError

Points: TypeAlias = Mapping[float, float]
"""Values by the begin of their period, in seconds since the start."""


@dataclass(frozen=True, slots=True)
class TimedValues:
    """A time series."""

    points: Points
    period_s: float
    label: str = ""
    is_metric: bool = False
    """Whether it is a metric, and not the result of an expression."""

    def map(self, change: Callable[[float], float | None]) -> TimedValues:
        """Return the series with changed values, without those that are dropped."""
        changed = {
            at: value for at, old in self.points.items() if (value := change(old)) is not None
        }
        return self.with_points(changed)

    def with_points(self, points: Points) -> TimedValues:
        """Return a series with other points; it is no metric."""
        return replace(self, points=points, is_metric=False)


@dataclass(frozen=True, slots=True)
class ValuesList:
    """An array of time series."""

    parts: tuple[TimedValues, ...] = field(default=())


MathValue: TypeAlias = float | TimedValues | ValuesList

Operator: TypeAlias = Callable[[float, float], float | None]


def _divided(a: float, b: float) -> float | None:
    return a / b if b else None


def _power(a: float, b: float) -> float | None:
    try:
        found = a**b
    except (OverflowError, ZeroDivisionError):
        return None
    return found if isinstance(found, float | int) and math.isfinite(found) else None


OPERATORS: dict[str, Operator] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": _divided,
    "^": _power,
    "==": lambda a, b: float(a == b),
    "!=": lambda a, b: float(a != b),
    "<": lambda a, b: float(a < b),
    "<=": lambda a, b: float(a <= b),
    ">": lambda a, b: float(a > b),
    ">=": lambda a, b: float(a >= b),
    "AND": lambda a, b: float(bool(a) and bool(b)),
    "&&": lambda a, b: float(bool(a) and bool(b)),
    "OR": lambda a, b: float(bool(a) or bool(b)),
    "||": lambda a, b: float(bool(a) or bool(b)),
}


def operated(sign: str, left: MathValue, right: MathValue) -> MathValue:
    """Return the result of an operator; raise ExpressionError for operands that do not fit."""
    compute = OPERATORS[sign]
    if isinstance(left, ValuesList):
        if isinstance(right, ValuesList):
            raise ExpressionError(f"{sign} stands between two arrays")
        return ValuesList(tuple(_series(operated(sign, part, right)) for part in left.parts))
    if isinstance(right, ValuesList):
        return ValuesList(tuple(_series(operated(sign, left, part)) for part in right.parts))
    if isinstance(left, TimedValues) and isinstance(right, TimedValues):
        return _of_both(compute, left, right)
    if isinstance(left, TimedValues):
        assert isinstance(right, float)
        return left.map(lambda value: compute(value, right))
    if isinstance(right, TimedValues):
        return right.map(lambda value: compute(left, value))
    found = compute(left, right)
    if found is None:
        raise ExpressionError("it divides a number by zero")
    return found


def _of_both(compute: Operator, left: TimedValues, right: TimedValues) -> TimedValues:
    found: dict[float, float] = {}
    for at in sorted({**left.points, **right.points}):
        value = compute(left.points.get(at, 0.0), right.points.get(at, 0.0))
        if value is not None:
            found[at] = value
    period_s = min(left.period_s, right.period_s)
    return TimedValues(found, period_s, left.label)


def _series(value: MathValue) -> TimedValues:
    assert isinstance(value, TimedValues), "an operator of a series and anything else gives one"
    return value

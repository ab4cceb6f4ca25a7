"""Growth of a load: a factor, or one for each month, which is 30 days."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from typing import Annotated, Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, TypeAdapter, ValidationInfo, WrapValidator

from efssim.scenario.grammar.base import Model
from efssim.scenario.grammar.types import Factor, Instant
from efssim.text.bounds import FACTOR
from efssim.text.digits import grouped

Floats = NDArray[np.float64]

MONTH = timedelta(days=30)
"""A month of growth; chosen, so that all are equally long."""

PositiveFactor = Annotated[Factor, Field(gt=0)]


class MonthlyGrowth(Model):
    """A rate that is multiplied by `factor` with every month, in steps."""

    per: Literal["month"]
    """A month has 30 days."""
    factor: PositiveFactor
    """Rate of a month over that of the month before; of traces and batches the bytes."""
    since: Instant | None = None
    """When month 0 begins, at or before the scenario's start; that start unless set."""

    def months_by(self, time: datetime, start: datetime) -> int:
        """Return how many whole months have passed by a time; `start` is the scenario's."""
        return (time - (self.since or start)) // MONTH

    def text(self) -> str:
        """Return it in words."""
        return f"times {grouped(self.factor, 4)} a month"


class FileSystemGrowth(MonthlyGrowth):
    """Factors of a month over the month before: of the rates of all streams, and of the content."""

    factor: PositiveFactor = 1.0
    """Rates of a month over those of the month before; they multiply those of the streams."""
    size: PositiveFactor | None = None
    """Bytes stored at the begin of a month over those of the month before, for `plan
    --until-missed`; what is expected to be written unless set."""
    files: PositiveFactor | None = None
    """Files stored at the begin of a month over those of the month before, likewise."""


M = TypeVar("M", bound=MonthlyGrowth)


@cache  # late, so that no validator is built for scenarios without growth
def _numbers() -> TypeAdapter[float]:
    return TypeAdapter(PositiveFactor)


def _number_or(kind: type[M]) -> WrapValidator:
    """Return the validator of a factor, or of growth of a kind, with its problems by their path."""

    def checked(data: Any, _: object, info: ValidationInfo) -> Any:
        if isinstance(data, kind):
            return data
        if isinstance(data, Mapping):
            return kind.model_validate(dict(data), context=info.context)
        return _numbers().validate_python(data)

    return WrapValidator(checked)


Growth = Annotated[PositiveFactor | MonthlyGrowth, _number_or(MonthlyGrowth)]
"""A factor, or a mapping that says how it grows by month."""

GrowthOfAll = Annotated[PositiveFactor | FileSystemGrowth, _number_or(FileSystemGrowth)]
"""The same of a file system."""

AnyGrowth = float | MonthlyGrowth


@dataclass(frozen=True, slots=True)
class GrowthSteps:
    """The factor of a load in a run: the same for all of it, or one from step to step."""

    factors: tuple[float, ...] = (1.0,)
    edges_s: tuple[float, ...] = ()
    """Seconds since the start at which the next factor begins to hold."""

    @property
    def first(self) -> float:
        """The factor at the start."""
        return self.factors[0]

    @property
    def is_steady(self) -> bool:
        """Whether it is the same throughout."""
        return not self.edges_s

    def at(self, times_s: Floats) -> Floats | float:
        """Return the factor at each of some times; a number where it is the same at any."""
        if self.is_steady:
            return self.first
        return np.array(self.factors)[np.searchsorted(self.edges_s, times_s, "right")]

    def mean(self, duration_s: float) -> float:
        """Return the mean factor of a run."""
        if self.is_steady:
            return self.first
        edges = (0.0, *self.edges_s, duration_s)
        spans = (b - a for a, b in pairwise(edges))
        return math.fsum(f * s for f, s in zip(self.factors, spans, strict=True)) / duration_s

    def times(self, factor: float) -> GrowthSteps:
        """Return the steps of a share of the load, or of more of it."""
        return GrowthSteps(tuple(each * factor for each in self.factors), self.edges_s)


def growth_steps(parts: Iterable[AnyGrowth], start: datetime, duration_s: float) -> GrowthSteps:
    """Return the product of growths in a run, as that of a file system and of its stream."""
    base, monthly = 1.0, []
    for part in parts:
        if isinstance(part, MonthlyGrowth):
            monthly.append(part)
        else:
            base = base * part
    if not monthly:
        return GrowthSteps((base,))
    edges = sorted({edge for part in monthly for edge in _edges(part, start, duration_s)})
    found = [base * _product(monthly, at, start) for at in (start, *edges)]
    return GrowthSteps(tuple(found), tuple((edge - start).total_seconds() for edge in edges))


def _edges(part: MonthlyGrowth, start: datetime, duration_s: float) -> Iterable[datetime]:
    """Yield when months begin within a run."""
    if part.factor == 1:
        return
    first = part.months_by(start, start) + 1
    since = part.since or start
    months = (duration_s - (since - start).total_seconds()) / MONTH.total_seconds()
    for month in range(first, math.ceil(months)):
        yield since + month * MONTH


def _product(monthly: Iterable[MonthlyGrowth], at: datetime, start: datetime) -> float:
    return math.prod(power(part.factor, part.months_by(at, start)) for part in monthly)


def power(factor: float, months: int) -> float:
    """Return a factor to the power of some months; infinity where that is too large."""
    try:
        return float(factor**months)
    except OverflowError:
        return math.inf


def too_much(steps: GrowthSteps) -> str:
    """Return the complaint about growth that leaves the bounds of a factor; nothing within."""
    for factor in steps.factors:
        if not FACTOR.least <= factor <= FACTOR.most:
            return (
                f"comes to a factor of {factor:.3g} within the run, which is not between "
                f"{FACTOR.least_text} and {FACTOR.most_text}"
            )
    return ""

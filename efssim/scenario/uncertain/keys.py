"""The keys of `uncertain:`: a distribution for a parameter that is not known, as it is written.

Values are in the unit of the parameter, which its path tells, so they are read there
(`efssim.scenario.unknowns`); here they are texts and numbers.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Annotated, TypeAlias

from pydantic import Field, WithJsonSchema

from efssim.errors import EfssimError
from efssim.scenario.grammar.base import Found, Model
from efssim.scenario.uncertain.priors import (
    ChoicePrior,
    LognormalPrior,
    LoguniformPrior,
    NormalPrior,
    Prior,
    TriangularPrior,
    UniformPrior,
)
from efssim.text.written import Written

Given: TypeAlias = Annotated[
    int | float | str,
    WithJsonSchema(
        {
            "type": ["string", "number"],
            "description": "A value in the unit of the parameter.",
            "examples": ["60 MiB/s", "5 min", 0.5],
        }
    ),
]
"""A value in the unit of the parameter."""
Weight = Annotated[float, Field(gt=0, allow_inf_nan=False)]

Read: TypeAlias = Callable[[str, object], float]
"""Reads the value under a key as the parameter's quantity; raises BadValueError."""

_LARGEST_CHOICE = 100
"""Values of a choice at most; assumed."""


class BadValueError(EfssimError, ValueError):
    """A value, or several together, that a parameter cannot have; `key` tells which."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(key, message)  # all that it takes to be pickled
        self.key, self.message = key, message

    def __str__(self) -> str:
        return self.message


class UniformKeys(Model):
    """Any value from `low` to `high`, all equally likely."""

    low: Given
    """Smallest value."""
    high: Given
    """Largest value."""

    def prior(self, read: Read) -> Prior:
        """Return the distribution in numbers; raise BadValueError."""
        return UniformPrior(*_ends(self.low, self.high, read))


class LoguniformKeys(Model):
    """Any factor from `low` to `high`: where the order of magnitude is not known."""

    low: Given
    """Smallest value, above 0."""
    high: Given
    """Largest value."""

    def prior(self, read: Read) -> Prior:
        """Return the distribution in numbers; raise BadValueError."""
        low, high = _ends(self.low, self.high, read)
        _above_0("low", low)
        return LoguniformPrior(low, high)


class TriangularKeys(Model):
    """From `low` to `high`, most likely at `mode`."""

    low: Given
    """Smallest value."""
    mode: Given
    """Most likely value."""
    high: Given
    """Largest value."""

    def prior(self, read: Read) -> Prior:
        """Return the distribution in numbers; raise BadValueError."""
        low, high = _ends(self.low, self.high, read)
        mode = read("mode", self.mode)
        if not low <= mode <= high:
            raise BadValueError("mode", "is not between low and high")
        return TriangularPrior(low, mode, high)


class NormalKeys(Model):
    """Normal, cut off at `low` and `high`, so that every value that it takes can be tested."""

    mean: Given
    """Mean of the uncut distribution."""
    sd: Given
    """Its standard deviation."""
    low: Given
    """Smallest value."""
    high: Given
    """Largest value."""

    def prior(self, read: Read) -> Prior:
        """Return the distribution in numbers; raise BadValueError."""
        low, high = _ends(self.low, self.high, read)
        mean, sd = read("mean", self.mean), read("sd", self.sd)
        _above_0("sd", sd)
        if not low <= mean <= high:
            raise BadValueError("mean", "is not between low and high")
        return NormalPrior(mean, sd, low, high)


class LognormalKeys(Model):
    """Lognormal, cut off at `low` and `high`, so that every value that it takes can be tested."""

    median: Given
    """Median of the uncut distribution."""
    sigma: Annotated[float, Field(gt=0, le=10)]
    """Standard deviation of the natural logarithm."""
    low: Given
    """Smallest value, above 0."""
    high: Given
    """Largest value."""

    def prior(self, read: Read) -> Prior:
        """Return the distribution in numbers; raise BadValueError."""
        low, high = _ends(self.low, self.high, read)
        _above_0("low", low)
        median = read("median", self.median)
        if not low <= median <= high:
            raise BadValueError("median", "is not between low and high")
        return LognormalPrior(median, self.sigma, low, high)


class ChoiceKeys(Model):
    """One of some values."""

    values: Annotated[tuple[Given, ...], Field(min_length=2, max_length=_LARGEST_CHOICE)]
    """The values."""
    weights: tuple[Weight, ...] | None = None
    """Weight of each; all alike unless set."""

    @classmethod
    def misfits(cls, data: Written) -> Iterator[Found]:
        yield from super().misfits(data)
        values, weights = data.get("values"), data.get("weights")
        counts = [len(part) for part in (values, weights) if isinstance(part, list | tuple)]
        if len(counts) == 2 and counts[0] != counts[1]:
            yield ("weights",), f"needs {counts[0]} weights, one for each value"

    def prior(self, read: Read) -> Prior:
        """Return the distribution in numbers; raise BadValueError."""
        values = tuple(read("values", value) for value in self.values)
        if len(set(values)) < len(values):
            raise BadValueError("values", "has a value twice; weights tell how likely each is")
        return ChoicePrior(values, self.weights or (1.0,) * len(values))


class UncertainKeys(Model):
    """The distribution of a parameter that is not known: exactly one of the named ones."""

    uniform: UniformKeys | None = None
    """`{uniform: {low: 1 s, high: 20 s}}`."""
    loguniform: LoguniformKeys | None = None
    """`{loguniform: {low: 60 MiB/s, high: 600 MiB/s}}`."""
    triangular: TriangularKeys | None = None
    """`{triangular: {low: 1 min, mode: 2 min, high: 10 min}}`."""
    normal: NormalKeys | None = None
    """`{normal: {mean: 60 s, sd: 5 s, low: 40 s, high: 80 s}}`."""
    lognormal: LognormalKeys | None = None
    """`{lognormal: {median: 200 MiB/s, sigma: 0.5, low: 50 MiB/s, high: 1 GiB/s}}`."""
    choice: ChoiceKeys | None = None
    """`{choice: {values: [30 s, 60 s], weights: [1, 3]}}`."""
    source: str = ""
    """Where the distribution comes from, for the report."""

    @classmethod
    def kinds(cls) -> list[str]:
        """Return the names of the distributions."""
        return [name for name in cls.model_fields if name != "source"]

    @classmethod
    def misfits(cls, data: Written) -> Iterator[Found]:
        yield from super().misfits(data)
        given = [kind for kind in cls.kinds() if data.get(kind) is not None]
        unknown = any(key not in cls.model_fields for key in data)
        if len(given) != 1 and not (unknown and not given):
            beside = f", not {' and '.join(given)}" if given else ""
            yield (), f"needs exactly one of {', '.join(cls.kinds())}{beside}"

    @property
    def kind(self) -> str:
        """The name of the distribution."""
        return next(kind for kind in self.kinds() if getattr(self, kind) is not None)

    def prior(self, read: Read) -> Prior:
        """Return the distribution in numbers; raise BadValueError."""
        part: UniformKeys | LoguniformKeys | TriangularKeys | NormalKeys = getattr(self, self.kind)
        return part.prior(read)


def _ends(low: object, high: object, read: Read) -> tuple[float, float]:
    """Return two ends in numbers; raise BadValueError unless low is below high."""
    ends = read("low", low), read("high", high)
    for key, end in zip(("low", "high"), ends, strict=True):
        if not math.isfinite(end):
            raise BadValueError(key, "has to be finite; only a choice can have `none`")
    if not ends[0] < ends[1]:
        raise BadValueError("low", "is not below high")
    return ends


def _above_0(key: str, value: float) -> None:
    if not value > 0:
        raise BadValueError(key, "has to be above 0")

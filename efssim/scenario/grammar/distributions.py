"""Probability distributions of sizes and durations: their keys, moments and samples.

Each distribution knows how to draw and knows its own mean and mean square, so tests compare them.
`Q` is the quantity (a duration in seconds or a size in bytes); shape parameters have no unit.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Generic, Self, TypeVar

import numpy as np
from numpy.typing import NDArray
from pydantic import (
    Field,
    GetJsonSchemaHandler,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from efssim.scenario.grammar.base import Found, Model, one_of
from efssim.text.files import read_regular
from efssim.text.quoting import cut
from efssim.text.written import Written

Q = TypeVar("Q")
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Floats = NDArray[np.float64]


class OfQuantity(Model, Generic[Q]):
    """Base of the distributions of a quantity."""

    @classmethod
    def model_rebuild(cls, **options: Any) -> bool | None:
        """Build the validator as pydantic does, but only of a class that says its quantity.

        pydantic asks for it whenever a class gets its quantity; nothing is validated without one.
        """
        if cls.__pydantic_generic_metadata__["parameters"]:
            return None
        return super().model_rebuild(**options)

    @classmethod
    def read(cls, value: object) -> float | None:
        """Return a value as the quantity of the class; None where it is none, or absent."""
        quantity = cls.__pydantic_generic_metadata__["args"][0]
        try:
            return None if value is None else _number(_adapter(quantity).validate_python(value))
        except ValidationError:
            return None


@cache  # one for each quantity, as making it takes long
def _adapter(quantity: Any) -> TypeAdapter[Any]:
    return TypeAdapter(quantity)


class Exponential(OfQuantity[Q]):
    """Exponential distribution."""

    mean: Q
    """Mean."""

    def sample(self, generator: np.random.Generator, n: int) -> Floats:
        drawn = generator.standard_exponential(n)
        drawn *= _number(self.mean)
        return drawn

    def share_at_most(self, x: float) -> float:
        return -math.expm1(-x / _number(self.mean)) if x > 0 else 0.0

    def at_share(self, p: float) -> float:
        return -_number(self.mean) * math.log1p(-p)

    def exceeded_by(self, shares: Floats) -> Floats:
        return np.asarray(-_number(self.mean) * np.log(shares))

    def expected(self) -> float:
        return _number(self.mean)

    def expected_square(self) -> float:
        return 2 * _number(self.mean) ** 2


class Lognormal(OfQuantity[Q]):
    """Lognormal distribution: the logarithm is normal with standard deviation `sigma`."""

    median: Q
    """Median, the exponential of the logarithm's mean."""
    sigma: Annotated[Positive, Field(le=10)]
    """Standard deviation of the natural logarithm."""

    def sample(self, generator: np.random.Generator, n: int) -> Floats:
        # np.exp on an array is several times faster than Generator.lognormal.
        drawn = generator.standard_normal(n)
        drawn *= self.sigma
        np.exp(drawn, out=drawn)
        drawn *= _number(self.median)
        return drawn

    def share_at_most(self, x: float) -> float:
        from scipy.special import ndtr

        return float(ndtr(math.log(x / _number(self.median)) / self.sigma)) if x > 0 else 0.0

    def at_share(self, p: float) -> float:
        from scipy.special import ndtri

        return _number(self.median) * math.exp(self.sigma * float(ndtri(p)))

    def exceeded_by(self, shares: Floats) -> Floats:
        from scipy.special import ndtri

        return np.asarray(_number(self.median) * np.exp(-self.sigma * ndtri(shares)))

    def expected(self) -> float:
        return _number(self.median) * math.exp(self.sigma**2 / 2)

    def expected_square(self) -> float:
        return _number(self.median) ** 2 * math.exp(2 * self.sigma**2)


class Gamma(OfQuantity[Q]):
    """Gamma distribution."""

    mean: Q
    """Mean."""
    cv: Annotated[Positive, Field(ge=1e-3, le=1e3)]
    """Coefficient of variation: standard deviation over mean."""

    def sample(self, generator: np.random.Generator, n: int) -> Floats:
        shape = self.cv**-2
        return generator.standard_gamma(shape, n) * (_number(self.mean) / shape)

    def share_at_most(self, x: float) -> float:
        from scipy.special import gammainc

        shape = self.cv**-2
        return float(gammainc(shape, x * shape / _number(self.mean))) if x > 0 else 0.0

    def at_share(self, p: float) -> float:
        from scipy.special import gammaincinv

        shape = self.cv**-2
        return float(gammaincinv(shape, p)) * _number(self.mean) / shape

    def exceeded_by(self, shares: Floats) -> Floats:
        from scipy.special import gammainccinv

        shape = self.cv**-2
        return np.asarray(gammainccinv(shape, shares) * (_number(self.mean) / shape))

    def expected(self) -> float:
        return _number(self.mean)

    def expected_square(self) -> float:
        return _number(self.mean) ** 2 * (1 + self.cv**2)


class Uniform(OfQuantity[Q]):
    """Uniform distribution on [low, high)."""

    low: Q
    """Smallest value."""
    high: Q
    """Largest value."""

    @classmethod
    def misfits(cls, data: Written) -> Iterator[Found]:
        yield from super().misfits(data)
        low, high = (cls.read(data.get(key)) for key in ("low", "high"))
        if low is not None and high is not None and low > high:
            yield (), "low is above high"

    def sample(self, generator: np.random.Generator, n: int) -> Floats:
        low, high = _number(self.low), _number(self.high)
        return generator.random(n) * (high - low) + low

    def share_at_most(self, x: float) -> float:
        low, high = _number(self.low), _number(self.high)
        return float(x >= high) if x >= high or x < low else (x - low) / (high - low)

    def at_share(self, p: float) -> float:
        low, high = _number(self.low), _number(self.high)
        return low + p * (high - low)

    def exceeded_by(self, shares: Floats) -> Floats:
        low, high = _number(self.low), _number(self.high)
        return np.asarray(high - shares * (high - low))

    def expected(self) -> float:
        return (_number(self.low) + _number(self.high)) / 2

    def expected_square(self) -> float:
        low, high = _number(self.low), _number(self.high)
        return (low**2 + low * high + high**2) / 3


class Pareto(OfQuantity[Q]):
    """Bounded Pareto distribution on [min, max], sampled by inverting its distribution function."""

    min: Q
    """Smallest value, above 0."""
    alpha: Annotated[Positive, Field(ge=1e-3, le=1e3)]
    """Tail index: the smaller, the heavier the tail."""
    max: Q
    """Largest value."""

    @classmethod
    def misfits(cls, data: Written) -> Iterator[Found]:
        yield from super().misfits(data)
        least, most = (cls.read(data.get(key)) for key in ("min", "max"))
        if least is not None and most is not None and not 0 < least < most:
            yield (), "min must be above 0 and below max"

    def sample(self, generator: np.random.Generator, n: int) -> Floats:
        low = _number(self.min)
        kept = 1 - math.pow(low / _number(self.max), self.alpha)
        return np.asarray(low * (1 - generator.random(n) * kept) ** (-1 / self.alpha))

    def share_at_most(self, x: float) -> float:
        low, high = _number(self.min), _number(self.max)
        if x <= low:
            return 0.0
        return -math.expm1(self.alpha * math.log(low / min(x, high))) / self._kept

    def at_share(self, p: float) -> float:
        return _number(self.min) * math.pow(1 - p * self._kept, -1 / self.alpha)

    @property
    def _kept(self) -> float:
        return -math.expm1(self.alpha * math.log(_number(self.min) / _number(self.max)))

    def exceeded_by(self, shares: Floats) -> Floats:
        most = math.pow(_number(self.min) / _number(self.max), self.alpha)
        return np.asarray(_number(self.min) * (shares * self._kept + most) ** (-1 / self.alpha))

    def expected(self) -> float:
        return self._moment(1)

    def expected_square(self) -> float:
        return self._moment(2)

    def _moment(self, k: int) -> float:
        """Return E[X^k], the integral of x^k over the density alpha min^alpha x^(-alpha-1) / kept.

        That is alpha min^k (1 - (min/max)^(alpha-k)) / (alpha - k) / kept, and its limit at k.
        """
        low, log_ratio = _number(self.min), math.log(_number(self.min) / _number(self.max))
        kept, beyond = -math.expm1(self.alpha * log_ratio), self.alpha - k
        # Near alpha = k the difference of two powers would lose its digits.
        integral = -math.expm1(beyond * log_ratio) / beyond if beyond else -log_ratio
        return self.alpha * low**k * integral / kept


class Empirical(OfQuantity[Q]):
    """Values drawn with equal probability from a list, or from a file with one value per line."""

    values: tuple[Q, ...] | None = None
    """The values."""
    file: Path | None = None
    """File with one value per line, relative to the scenario."""

    @field_validator("file")
    @classmethod
    def _beside_scenario(cls, file: Path | None, info: ValidationInfo) -> Path | None:
        return None if file is None else _readable(beside_scenario(file, info))

    @model_validator(mode="after")
    def _has_values(self) -> Self:
        if (self.values is None) == (self.file is None):
            raise ValueError("needs either `values` or `file`")
        if len(self.numbers()) == 0:
            raise ValueError("has no values")
        return self

    def numbers(self) -> Floats:
        """Return the values as floats (seconds or bytes); raise ValueError for a bad line."""
        if self.values is not None:
            return np.array([_number(value) for value in self.values], dtype=np.float64)
        assert self.file is not None
        quantity = type(self).__pydantic_generic_metadata__["args"][0]
        return _read_values(self.file, _adapter(quantity))

    def sample(self, generator: np.random.Generator, n: int) -> Floats:
        numbers = self.numbers()
        return numbers[generator.integers(0, len(numbers), n)]

    def share_at_most(self, x: float) -> float:
        numbers = self.numbers()
        return int((numbers <= x).sum()) / len(numbers)

    def at_share(self, p: float) -> float:
        numbers = np.sort(self.numbers())
        return float(numbers[max(0, math.ceil(p * len(numbers)) - 1)])

    def exceeded_by(self, shares: Floats) -> Floats:
        numbers = np.sort(self.numbers())
        index = np.ceil((1 - shares) * len(numbers)).astype(np.int64) - 1
        return np.asarray(numbers[index.clip(min=0)])

    def expected(self) -> float:
        numbers = self.numbers()
        return math.fsum(numbers) / len(numbers)

    def expected_square(self) -> float:
        numbers = self.numbers()
        return math.fsum(numbers**2) / len(numbers)


class Distribution(OfQuantity[Q]):
    """A constant, or exactly one of the named distributions."""

    constant: Q | None = None
    """Always this value; a bare quantity means the same."""
    exponential: Exponential[Q] | None = None
    """`{exponential: {mean: 5 s}}`."""
    lognormal: Lognormal[Q] | None = None
    """`{lognormal: {median: 64 KiB, sigma: 1.5}}`."""
    gamma: Gamma[Q] | None = None
    """`{gamma: {mean: 5 s, cv: 0.5}}`."""
    uniform: Uniform[Q] | None = None
    """`{uniform: {low: 1 s, high: 2 s}}`."""
    pareto: Pareto[Q] | None = None
    """`{pareto: {min: 1 KiB, alpha: 1.2, max: 1 GiB}}`."""
    empirical: Empirical[Q] | None = None
    """`{empirical: {values: [4 KiB, 64 KiB]}}`."""

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        # A bare quantity is a constant, so editors must not mark it; the last option is null.
        whole = super().__get_pydantic_json_schema__(core, handler)
        constant = handler.resolve_ref_schema(whole)["properties"]["constant"]
        return {"anyOf": [*constant["anyOf"][:-1], whole]}

    @model_validator(mode="before")
    @classmethod
    def _bare_is_constant(cls, data: Any) -> Any:
        return data if isinstance(data, dict | cls) else {"constant": data}

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        one_of(self)
        return self

    def sample(self, generator: np.random.Generator, n: int) -> Floats:
        """Draw n values, shape (n,), in seconds or bytes."""
        chosen = one_of(self)
        if chosen == "constant":
            return np.full(n, _number(self.constant))
        drawn: Floats = getattr(self, chosen).sample(generator, n)
        return drawn

    def share_at_most(self, x: float) -> float:
        """Return the probability of a draw of at most x, in seconds or bytes."""
        chosen = one_of(self)
        if chosen == "constant":
            return float(_number(self.constant) <= x)
        share: float = getattr(self, chosen).share_at_most(x)
        return share

    def at_share(self, p: float) -> float:
        """Return the smallest x with a probability of at least p of a draw of at most x.

        For 0 < p < 1: a draw of p that is uniform gives a draw of this distribution.
        """
        chosen = one_of(self)
        if chosen == "constant":
            return _number(self.constant)
        x: float = getattr(self, chosen).at_share(p)
        return x

    def exceeded_by(self, shares: Floats) -> Floats:
        """Return the values that draws exceed with some probabilities, shape (n,).

        For 0 < shares <= 1; they are exact also where a probability is close to 0.
        """
        chosen = one_of(self)
        if chosen == "constant":
            return np.full(len(shares), _number(self.constant))
        values: Floats = getattr(self, chosen).exceeded_by(shares)
        return values

    def expected(self) -> float:
        """Return the mean, in seconds or bytes."""
        chosen = one_of(self)
        if chosen == "constant":
            return _number(self.constant)
        mean: float = getattr(self, chosen).expected()
        return mean

    def expected_square(self) -> float:
        """Return the mean of the square, in seconds² or bytes²."""
        chosen = one_of(self)
        if chosen == "constant":
            return _number(self.constant) ** 2
        square: float = getattr(self, chosen).expected_square()
        return square

    def variance(self) -> float:
        """Return the variance, in seconds² or bytes²; 0 for a constant."""
        return max(0.0, self.expected_square() - self.expected() ** 2)

    def always_zero(self) -> bool:
        """Return whether every draw is 0."""
        return self.expected() == 0


def beside_scenario(file: Path, info: ValidationInfo) -> Path:
    """Resolve a file name against the folder of the scenario file (validation context `base`)."""
    base: Path = (info.context or {}).get("base", Path())
    return base / file


_MAX_BYTES = 2**26
"""Largest file of values (64 MiB): some million of them; assumed."""


def _readable(file: Path) -> Path:
    _content(file)
    return file


def _content(file: Path) -> bytes:
    """Return the content of a file of values; raise ValueError with a sentence."""
    try:
        return read_regular(file, _MAX_BYTES)
    except FileNotFoundError:
        raise ValueError(f"no such file: {cut(file)}") from None
    except OSError as error:
        raise ValueError(f"{cut(file)} cannot be read: {error.strerror or error}") from None
    except ValueError as error:
        raise ValueError(f"{cut(file)} {error}") from None


def _read_values(file: Path, quantity: TypeAdapter[Any]) -> Floats:
    try:
        lines = [line.strip() for line in _content(file).decode("utf-8").splitlines()]
    except UnicodeDecodeError:
        raise ValueError(f"{file} is not UTF-8 text") from None
    return np.array([quantity.validate_python(line) for line in lines if line], dtype=np.float64)


def _number(quantity: object) -> float:
    """Return a validated quantity (a float of seconds or an int of bytes) as a float."""
    assert isinstance(quantity, int | float)
    return float(quantity)

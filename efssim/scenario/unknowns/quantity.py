"""Quantities at the paths of a scenario: how their values are read, written and rounded."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, PlainValidator
from pydantic.fields import FieldInfo

from efssim.scenario.grammar.distributions import Distribution
from efssim.scenario.schema import ScenarioKeys
from efssim.text import bounds
from efssim.text.bounds import Bounds
from efssim.text.digits import plain
from efssim.text.moments import parse_at
from efssim.text.quantities import (
    format_byte_rate,
    format_duration,
    format_size,
    parse_byte_rate,
    parse_count,
    parse_duration,
    parse_fraction,
    parse_limit,
    parse_rate,
    parse_size,
)
from efssim.text.yaml.paths import Path

_CLOSE = 5e-4
"""Relative distance within which a short text stands for a number."""


@dataclass(frozen=True)
class Quantity:
    """A kind of number that a scenario has."""

    unit: str
    """As JSON names it: `s`, `bytes`, `bytes_per_s`, `per_s`, `count`, `fraction` or `number`."""
    parse: Callable[[object], float]
    """Read it as a scenario does; raise ValueError."""
    format: Callable[[float], str]
    """Write it for people."""
    units: tuple[tuple[float, str], ...] = ((1.0, ""),)
    """Units for more digits, from the smallest: size and name."""
    whole: bool = False
    """Whether it is an integer."""
    bounds: Bounds | None = None
    """The least and the most that a scenario can have."""

    def text(self, value: float) -> str:
        """Return a value as a scenario can have it: short, and within 0.05 % of the value."""
        value = round(value) if self.whole else value
        short = self.format(value)
        try:
            if math.isclose(self.parse(short), value, rel_tol=_CLOSE):
                return short
        except ValueError:  # "1,000 per s" is for people only
            pass
        return self._precise(value)

    def rounded(self, value: float) -> float:
        """Return the number that the text of a value stands for, so that both are the same."""
        # Twice: rounding may bring it close enough to a shorter text.
        return self.parse(self.text(self.parse(self.text(value))))

    def _precise(self, value: float) -> str:
        size, name = [unit for unit in self.units if unit[0] <= max(value, self.units[0][0])][-1]
        return f"{plain(value / size, 5)} {name}".rstrip()


def _binary(suffix: str) -> tuple[tuple[float, str], ...]:
    names = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
    return tuple((1024.0**power, name + suffix) for power, name in enumerate(names))


def _number(value: object) -> float:
    try:
        number = float(value)  # type: ignore[arg-type]  # raises if no number
    except (TypeError, ValueError):
        raise ValueError(f"{value!r} is not a number") from None
    if not math.isfinite(number):
        raise ValueError(f"{value!r} is not finite")
    return number


def _percent(share: float) -> str:
    return f"{plain(100 * share, 4)} %"


def _per_s(rate: float) -> str:
    return f"{_digits(rate)} per s"


def _digits(number: float) -> str:
    """Return five digits or more, without an exponent where that can be read."""
    return plain(number, 5)


_TIMES = ((1.0, "s"), (60.0, "min"), (3600.0, "h"), (86_400.0, "days"))
_PER_S = ((1.0, "per s"),)

DURATION = Quantity("s", parse_duration, format_duration, _TIMES, bounds=bounds.DURATION)
SIZE = Quantity("bytes", parse_size, format_size, _binary(""), whole=True, bounds=bounds.SIZE)
BYTE_RATE = Quantity(
    "bytes_per_s", parse_byte_rate, format_byte_rate, _binary("/s"), bounds=bounds.BYTE_RATE
)
RATE = Quantity("per_s", lambda v: parse_rate(v).per_s, _per_s, _PER_S, bounds=bounds.RATE)
LIMIT = Quantity("per_s", parse_limit, _per_s, _PER_S, bounds=bounds.LIMIT)
COUNT = Quantity("count", parse_count, lambda v: str(round(v)), whole=True, bounds=bounds.COUNT)
FRACTION = Quantity("fraction", parse_fraction, _percent)
NUMBER = Quantity("number", _number, _digits, bounds=bounds.FACTOR)

_BY_PARSER: dict[Any, Quantity] = {
    parse_duration: DURATION,
    parse_size: SIZE,
    parse_byte_rate: BYTE_RATE,
    parse_rate: RATE,
    parse_limit: LIMIT,
    parse_count: COUNT,
    parse_fraction: FRACTION,
    parse_at: DURATION,
}


def quantity_at(path: Path) -> Quantity | None:
    """Return the quantity that the grammar of scenarios has at a path; None: no number."""
    kind: Any = ScenarioKeys
    found: Quantity | None = None
    for segment in path:
        kind, found = _below(kind, segment)
    return found


def _below(kind: Any, segment: str | int) -> tuple[Any, Quantity | None]:
    """Return the type of a part of a type, and its quantity if it is a number."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, field in kind.model_fields.items():
            if (field.alias or name) == segment:
                return _plain(field.annotation), _quantity(field)
        return None, None
    if get_origin(kind) in (dict, tuple):
        return _plain(get_args(kind)[get_origin(kind) is dict]), None
    return None, None


def _plain(kind: Any) -> Any:
    """Return a type without None and without annotations; of a number or a mapping the latter."""
    plain = [get_args(p)[0] if get_origin(p) is Annotated else p for p in _alternatives(kind)]
    models = [part for part in plain if isinstance(part, type) and issubclass(part, BaseModel)]
    return next(iter([*models, *plain]), None)


def _quantity(field: FieldInfo) -> Quantity | None:
    for part in _alternatives(field.annotation):
        metadata = [*field.metadata, *getattr(part, "__metadata__", ())]
        for quantity in _known(metadata):
            return quantity
        if isinstance(part, type) and issubclass(part, Distribution):
            return _of_constant(part)
        if part is float or (get_origin(part) is Annotated and get_args(part)[0] is float):
            return NUMBER
    return None


def _alternatives(kind: Any) -> list[Any]:
    if get_origin(kind) is Annotated and get_origin(get_args(kind)[0]) in (Union, UnionType):
        kind = get_args(kind)[0]
    if get_origin(kind) in (Union, UnionType):
        return [
            part for one in get_args(kind) if one is not type(None) for part in _alternatives(one)
        ]
    return [kind]


def _known(metadata: list[Any]) -> Iterator[Quantity]:
    for part in metadata:
        if isinstance(part, BeforeValidator | PlainValidator) and part.func in _BY_PARSER:
            yield _BY_PARSER[part.func]


def _of_constant(distribution: type[BaseModel]) -> Quantity | None:
    """Return the quantity of a distribution, which a bare value is a constant of."""
    return _quantity(distribution.model_fields["constant"])

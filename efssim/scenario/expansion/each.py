"""`{each: DISTRIBUTION}`: a number of each item of a fleet, drawn once by the item's name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, ValidationError

from efssim.scenario.fleets.fleet import EACH, put
from efssim.scenario.fleets.named import named_generator
from efssim.scenario.grammar.base import Found, located
from efssim.scenario.grammar.distributions import Distribution
from efssim.scenario.unknowns.quantity import Quantity, quantity_at
from efssim.text.written import Place, Written


@dataclass(frozen=True)
class Drawn:
    """A number that differs from item to item."""

    place: Place
    """Its path below the item."""
    quantity: Quantity
    form: Distribution[Any]

    def value(self, seed: int, section: str, item: str) -> float:
        """Return the number of an item of a section, in SI units."""
        name = ".".join(map(str, (section, item, *self.place)))
        value = self.form.sample(named_generator(seed, 0, name), 1).item(0)
        return round(value) if self.quantity.whole else value


def is_each(part: object) -> bool:
    """Return whether a part of a scenario, as it was written, draws for each item."""
    return isinstance(part, Mapping) and len(part) == 1 and EACH in part


def places_of_each(part: object, above: Place = ()) -> Iterator[tuple[Place, object]]:
    """Yield path and content of everything below a part that draws for each item."""
    if isinstance(part, Mapping):
        if is_each(part):
            yield above, part[EACH]
            return
        for key, below in part.items():
            yield from places_of_each(below, (*above, key))
    elif isinstance(part, list | tuple):
        for index, below in enumerate(part):
            yield from places_of_each(below, (*above, index))


def read_each(section: str, place: Place, written: object, base: Path) -> Drawn | list[Found]:
    """Return the draws of a key of the items of a section, or the mistakes in how it is written.

    Paths of mistakes are relative to the item; files of values are relative to `base`.
    """
    quantity = quantity_at((section, "", *place))
    if quantity is None:
        return [(place, f"`{EACH}` draws numbers, and this is none")]
    kind = _form_of(quantity)
    try:
        form = kind.model_validate(written, context={"base": base})
    except ValidationError as error:
        return [((*place, EACH, *loc), text) for _, loc, text in located(error, written)]
    return Drawn(place, quantity, form)


@cache  # making a class takes long, and there are few quantities
def _form_of(quantity: Quantity) -> type[Distribution[Any]]:
    number = Annotated[float, BeforeValidator(quantity.parse)]
    return Distribution[number]


def with_drawn(content: Written, drawn: list[Drawn], seed: int, section: str, item: str) -> Written:
    """Return the content of an item with its numbers in place of what draws them."""
    for each in drawn:
        content = put(content, each.place, each.value(seed, section, item))
    return content

"""Whether a scenario draws random numbers at all: without them every trial is the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import BaseModel

from efssim.scenario import Scenario
from efssim.scenario.arrivals import Arrivals
from efssim.scenario.distributions import Distribution
from efssim.scenario.streams import HotSet
from efssim.scenario.timing import Sync


def is_random(scenario: Scenario) -> bool:
    """Whether trials of a scenario can differ, by what it says and not by what happens."""
    return any(_draws(part) for part in _parts(scenario))


def _draws(part: BaseModel) -> bool:
    if isinstance(part, Distribution):
        return part.constant is None
    if isinstance(part, Arrivals):
        return part.constant is None and part.batch is None
    if isinstance(part, HotSet):
        return 0 < part.share < 1
    return isinstance(part, Sync) and part.number("failure_probability") > 0


def _parts(value: object) -> Iterator[BaseModel]:
    """Yield a model and all models inside it."""
    if isinstance(value, BaseModel):
        yield value
        children = [getattr(value, name) for name in type(value).model_fields]
    elif isinstance(value, Mapping):
        children = list(value.values())
    elif isinstance(value, tuple):
        children = list(value)
    else:
        return
    for child in children:
        yield from _parts(child)

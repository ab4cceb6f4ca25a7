"""A scenario that was read, with its fleets; its mistakes, each told once where it is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn

from pydantic import BaseModel, ValidationError

from efssim.scenario.expansion.expanding import Fleets, misplaced_each
from efssim.scenario.fleets.fleet import KEPT, KeptFleets, Parts
from efssim.scenario.fleets.paths import COUNT, FAULTS, FILE_SYSTEMS, REPLICATIONS
from efssim.scenario.grammar.base import Found, Model, plain_message, problem
from efssim.scenario.grammar.events import Fault
from efssim.scenario.schema import FileSystem, Replication, ScenarioKeys
from efssim.text.written import Place

_KINDS: Mapping[str, type[Model]] = {
    FILE_SYSTEMS: FileSystem,
    REPLICATIONS: Replication,
    FAULTS: Fault,
}


def keep(scenario: ScenarioKeys, fleets: Fleets, context: Any) -> None:
    """Let a scenario with all items know its fleets."""
    sections = {}
    for key in dict.fromkeys(fleet.section for fleet in fleets.fleets):
        whole: Parts = getattr(scenario, key)
        members = {
            fleet.members[0]: (fleet.name, fleet.members)
            for fleet in fleets.fleets
            if fleet.section == key
        }
        of_fleets = {name for _, names in members.values() for name in names}
        once: dict[str, BaseModel] = {}
        for name, part in whole.items():
            if name in members:
                fleet = members[name][0]
                once[fleet] = _pattern(fleets, key, fleet, context)
            elif name not in of_fleets:
                once[name] = part
        sections[key] = whole, once
    vars(scenario)[KEPT] = KeptFleets(tuple(fleets.fleets), sections)


def _pattern(fleets: Fleets, key: str, fleet: str, context: Any) -> Model:
    """Return a part with all that the items of a fleet share; raise ValidationError."""
    kind = _KINDS[key]
    try:
        return kind.model_validate(fleets.patterns[key, fleet], context=context)
    except ValidationError as error:
        lines = error.errors()
        _refuse(kind.__name__, [((key, fleet, *one["loc"]), plain_message(one)) for one in lines])


@contextmanager
def told_once(fleets: Fleets | None, data: Any) -> Iterator[None]:
    """Tell a mistake in what all items of a fleet have in common once, where it is written.

    `data` is the scenario as it was written, with all items.
    """
    known = [] if fleets is None else fleets.problems
    try:
        yield
    except ValidationError as error:
        lines = [(line["loc"], plain_message(line)) for line in error.errors()]
        is_clear = isinstance(data, Mapping) and not any(_is_count(place) for place, _ in lines)
        left = dict(misplaced_each(data)) if is_clear else {}
        if fleets is None and not left:
            raise
        told = [line for line in lines if not any(line[0][: len(at)] == at for at in left)]
        if fleets is None:
            _refuse(error.title, [*told, *left.items()])
        places = {place for place, _ in known}
        others = [one for one in _of_fleets(fleets, told, left) if one[0] not in places]
        _refuse(error.title, [*known, *others])
    if known:
        _refuse(ScenarioKeys.__name__, known)


def _is_count(place: Place) -> bool:
    """Return whether a mistake is in how many items there are, so that none is known."""
    return len(place) == 3 and place[0] == FILE_SYSTEMS and place[2] == COUNT


def _of_fleets(fleets: Fleets, told: list[Found], left: Mapping[Place, str]) -> Iterator[Found]:
    """Yield mistakes where they were written, each once."""
    found: dict[Place, str] = {}
    for place, message in told:
        at, text = fleets.said(place, message)
        found.setdefault(at, text)
    for place, message in left.items():
        if fleets.place(place) == place:  # a malformed one of a fleet is told already
            found.setdefault(place, message)
    yield from found.items()


def _refuse(title: str, found: list[Found]) -> NoReturn:
    problems = [problem(place, message) for place, message in found]
    raise ValidationError.from_exception_data(title, problems)

"""A changed copy of a scenario: its data as written, with other values at some paths."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias, TypeVar

from pydantic import ValidationError

from efssim.errors import UsageError
from efssim.scenario.fleets.paths import fleet_and_item, places_to_set, shown_path, written_path
from efssim.scenario.grammar.base import Model, located
from efssim.scenario.schema import ScenarioKeys
from efssim.text.suggestions import suggest
from efssim.text.written import as_written
from efssim.text.yaml.paths import BY_INDEX, NO_PARTS, Path, no_index, parse_path
from efssim.text.yaml.problems import Position, Problem, ScenarioError

S = TypeVar("S", bound=ScenarioKeys)
Changes: TypeAlias = Iterable[tuple[str, object]]
"""Paths, or keys of the top level, each with its new value."""


def changed(scenario: S, by_path: object, keys: Changes) -> S:
    """Return a copy with other values at paths and at keys of the top level; see `with_`."""
    if not isinstance(by_path, Mapping):
        kind = type(by_path).__name__
        message = f"changes have to be a mapping of paths to values, not an object of type {kind}"
        raise UsageError(f"efssim.Scenario.with_: {message}")
    problems: list[Problem] = []
    data = as_written(scenario)
    for path, value in _changes(by_path.items(), keys, problems):
        try:
            if value is None:
                data = _taken_away(data, path, scenario.once)
            else:
                data = replaced(data, path, as_written(value))
        except ValueError as error:
            problems.append(Problem(None, path, str(error)))
    try:
        made = validated(type(scenario), data, None)
    except ScenarioError as error:
        problems += error.problems
    if problems:
        raise ScenarioError(problems)
    return made


def _changes(
    by_path: Changes, keys: Changes, problems: list[Problem]
) -> Iterator[tuple[Path, object]]:
    """Yield each change with its path; add a problem for each malformed path."""
    for text, value in by_path:
        try:
            yield parse_path(text), value
        except (ValueError, TypeError) as error:  # TypeError: no text at all
            problems.append(Problem(None, (), f"{text!r} is no path: {error}"))
    for key, value in keys:
        if key not in ScenarioKeys.model_fields and "__" in key:
            path = key.replace("__", ".")
            message = f'a path is written with dots, in a mapping: with_({{"{path}": …}})'
            problems.append(Problem(None, (key,), message))
        else:
            yield (key,), value


def validated(kind: type[S], data: object, at: Position | None) -> S:
    """Return the scenario of plain data; raise ScenarioError with problems that are all `at`."""
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        lines = located(error, data)
        found = {Problem(at, shown_path(path), message) for _, path, message in lines}
    raise ScenarioError(sorted(found, key=str))


def replaced(data: Any, path: Path, value: object) -> Any:
    """Return a scenario's data with a value at a path; raise ValueError if no path leads there.

    Mappings on the way are created, as `Document.override` does. A path may lead to an item of a
    fleet, or to all: then no item keeps a value of its own.
    """
    place, *others = places_to_set(data, path)
    for other in others:
        data = _removed(data, other, data)
    return set_at(data, place, value)


def _taken_away(data: Any, path: Path, part: object) -> Any:
    """Return a scenario's data without the part at a path, which may lead to items of a fleet."""
    place, *others = places_to_set(data, path)
    for other in others:
        data = _removed(data, other, data)
    return _removed(data, place, part)


def set_at(data: Any, path: Path, value: object) -> Any:
    """Return plain data with a value at a path; raise ValueError if no path leads there."""
    if not path:
        return value
    head, rest = path[0], path[1:]
    if isinstance(data, list | tuple):
        index = _index(data, head)
        return [*data[:index], set_at(data[index], rest, value), *data[index + 1 :]]
    if data is not None and not isinstance(data, Mapping):
        raise ValueError(NO_PARTS)
    data = data or {}
    return {**data, str(head): set_at(data.get(str(head)), rest, value)}


def with_number(data: Any, path: Path, value: object) -> Any:
    """Return a scenario's data with a number at a path, as `replaced` does.

    Of a rate that follows a calendar it is the one outside the windows, which stay.
    """
    if isinstance(value, Mapping) or not _is_calendar(data, path):
        return replaced(data, path, value)
    for other in places_to_set(data, path)[1:]:
        data = _removed(data, other, data)
    return replaced(data, (*path, "base"), value)


def _is_calendar(data: Any, path: Path) -> bool:
    """Return whether a path leads to a rate with windows, of an item or of all of its fleet."""
    found, places = fleet_and_item(data, path), [written_path(data, path)]
    if found is not None:
        places.append((*found[:2], *path[2:]))
    written = (part for place in places if (part := _at(data, place)) is not None)
    there = next(written, None)
    return isinstance(there, Mapping) and {"base", "windows"} <= set(there)


def _at(data: Any, path: Path) -> Any:
    """Return the plain data at a path; None: nothing is there."""
    for segment in path:
        try:
            data = data[segment]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _removed(data: Any, path: Path, part: object) -> Any:
    """Return plain data without the part at a path; raise ValueError if nothing can be there.

    `part` is the model, mapping or tuple that stems from the data.
    """
    head, rest = path[0], path[1:]
    if isinstance(data, list | tuple):
        index = _index(data, head)
        below = [_removed(data[index], rest, _part(part, index))] if rest else []
        return [*data[:index], *below, *data[index + 1 :]]
    if isinstance(data, Mapping) and head in data:
        others = {key: value for key, value in data.items() if key != head}
        if not rest:
            return others
        below = _removed(data[head], rest, _part(part, head))
        return {key: below if key == head else value for key, value in data.items()}
    if not isinstance(part, Mapping | Model):
        raise ValueError("a single value has no parts to take away")
    known = part.grammar() if isinstance(part, Model) else list(part)
    if head not in known:
        raise ValueError(f"there is nothing to take away{suggest(str(head), known)}")
    if rest:
        _removed({}, rest, _part(part, head))
    return data  # it has its default already


def _part(part: object, head: str | int) -> object:
    """Return the part of a model, mapping or tuple at a segment of a path, None without one."""
    if isinstance(part, Model):
        names = {field.alias or name: name for name, field in type(part).model_fields.items()}
        return getattr(part, names.get(str(head), ""), None)
    if isinstance(part, Mapping):
        return part.get(str(head))
    return part[head] if isinstance(part, tuple) and isinstance(head, int) else None


def _index(items: Sequence[Any], head: str | int) -> int:
    if not isinstance(head, int):
        raise ValueError(BY_INDEX)
    if head >= len(items):
        raise ValueError(no_index(head, len(items)))
    return head

"""Reading a scenario as it was written, before it is validated: malformed parts are passed over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, TypeAlias, TypeVar, Union

from pydantic import BaseModel

WrittenValue: TypeAlias = Union[
    bool, int, float, str, date, Path, "Sequence[WrittenValue]", "Mapping[str, WrittenValue]", None
]
"""A value of a scenario as a file or Python code has it."""
Written: TypeAlias = Mapping[str, WrittenValue]
"""A scenario, or a part of one, as it was written."""
Parts = dict[str, Written]
Place = tuple[str | int, ...]
T = TypeVar("T")


MAX_DEPTH = 100
"""Deepest nesting of mappings and lists, aliases expanded."""

TOO_DEEP = f"nested deeper than {MAX_DEPTH} levels"


def as_written(value: object, levels: int = MAX_DEPTH) -> Any:
    """Return a scenario with the models in it, which Python code may hand over, as mappings.

    Raise ValueError if mappings and lists go further down than so many levels.
    """
    if isinstance(value, BaseModel):
        return value.model_dump(by_alias=True, exclude_unset=True)
    if not isinstance(value, Mapping | list | tuple):
        return value
    if not levels:
        raise ValueError(TOO_DEEP)
    if isinstance(value, Mapping):
        return {str(key): as_written(part, levels - 1) for key, part in value.items()}
    return [as_written(part, levels - 1) for part in value]


def mapping(raw: Written, key: str) -> Written:
    """Return the mapping under a key, empty if there is none."""
    value = raw.get(key)
    return value if isinstance(value, Mapping) else {}


def names(raw: Written, key: str) -> list[str]:
    """Return the names in a section."""
    return list(mapping(raw, key))


def section(raw: Written, key: str) -> Parts:
    """Return the parts of a section that are mappings themselves."""
    parts = mapping(raw, key).items()
    return {name: part for name, part in parts if isinstance(part, Mapping)}


def disturbances(raw: Written) -> Iterator[tuple[Place, Written]]:
    """Yield path and content of every event and fault."""
    events = raw.get("events")
    for ordinal, event in enumerate(events if isinstance(events, list) else ()):
        if isinstance(event, Mapping):
            yield ("events", ordinal), event
    for name, fault in section(raw, "faults").items():
        yield ("faults", name), fault


def text(raw: Written, key: str) -> str | None:
    """Return the text under a key, None if there is something else or nothing."""
    value = raw.get(key)
    return value if isinstance(value, str) else None


def parsed(parse: Callable[[Any], T], value: object) -> T | None:
    """Return a value, None if it is absent or malformed."""
    try:
        return None if value is None else parse(value)
    except (ValueError, TypeError, AttributeError):
        return None

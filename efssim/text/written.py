"""Reading a scenario as it was written, before it is validated: malformed parts are passed over."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel

Parts = dict[str, Mapping[str, Any]]
Place = tuple[str | int, ...]
T = TypeVar("T")


def as_written(value: object) -> Any:
    """Return a scenario with the models in it, which Python code may hand over, as mappings."""
    if isinstance(value, BaseModel):
        return value.model_dump(by_alias=True, exclude_unset=True)
    if isinstance(value, Mapping):
        return {str(key): as_written(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [as_written(part) for part in value]
    return value


def mapping(raw: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return the mapping under a key, empty if there is none."""
    value = raw.get(key)
    return value if isinstance(value, Mapping) else {}


def names(raw: Mapping[str, Any], key: str) -> list[str]:
    """Return the names in a section."""
    return list(mapping(raw, key))


def section(raw: Mapping[str, Any], key: str) -> Parts:
    """Return the parts of a section that are mappings themselves."""
    parts = mapping(raw, key).items()
    return {name: part for name, part in parts if isinstance(part, Mapping)}


def disturbances(raw: Mapping[str, Any]) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    """Yield path and content of every event and fault."""
    events = raw.get("events")
    for ordinal, event in enumerate(events if isinstance(events, list) else ()):
        if isinstance(event, Mapping):
            yield ("events", ordinal), event
    for name, fault in section(raw, "faults").items():
        yield ("faults", name), fault


def text(raw: Mapping[str, Any], key: str) -> str | None:
    """Return the text under a key, None if there is something else or nothing."""
    value = raw.get(key)
    return value if isinstance(value, str) else None


def parsed(parse: Callable[[Any], T], value: object) -> T | None:
    """Return a value, None if it is absent or malformed."""
    try:
        return None if value is None else parse(value)
    except (ValueError, TypeError, AttributeError):
        return None

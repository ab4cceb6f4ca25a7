"""The JSON Schema of scenarios with fleets: numbers of items may be drawn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from efssim.scenario.fleets.fleet import EACH
from efssim.scenario.fleets.paths import COUNT

_ROOTS = ("FileSystem", "Replication")
_NUMBERS = ("number", "integer")
_DRAWN = {
    "type": "object",
    "properties": {EACH: {}},
    "required": [EACH],
    "additionalProperties": False,
    "description": "In a fleet: a number of each item, drawn once by its name.",
}


def with_each(schema: Any) -> Any:
    """Let every number below file systems and replications be `{each: DISTRIBUTION}`, too.

    The schema itself is changed, and returned.
    """
    parts = schema.get("$defs", {})
    for name in _below(parts):
        properties = parts[name].get("properties", {})
        for key, part in properties.items():
            if _has_number(part) and (name, key) != (_ROOTS[0], COUNT):
                properties[key] = _or_drawn(part)
    return schema


def _below(parts: Any) -> Iterator[str]:
    """Yield the names of the definitions that file systems and replications are made of."""
    left, seen = [name for name in _ROOTS if name in parts], set[str]()
    while left:
        name = left.pop()
        if name not in seen:
            seen.add(name)
            yield name
            left += _references(parts[name])


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        for key, value in part.items():
            if key == "$ref":
                yield str(value).rpartition("/")[2]
            else:
                yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)


def _has_number(part: Any) -> bool:
    if not isinstance(part, dict):
        return False
    return part.get("type") in _NUMBERS or any(map(_has_number, part.get("anyOf", ())))


def _or_drawn(part: Any) -> Any:
    """Return the schema of a property that may have what it may, or draws."""
    if "anyOf" in part:
        return {**part, "anyOf": [*part["anyOf"], _DRAWN]}
    about = {key: part[key] for key in ("description", "default", "title") if key in part}
    rest = {key: value for key, value in part.items() if key not in about}
    return {"anyOf": [rest, _DRAWN], **about}

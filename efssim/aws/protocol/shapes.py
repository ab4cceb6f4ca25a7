"""Answers as JSON in the shapes of botocore's service model.

A shape is compiled to a function once, so that a reply costs microseconds.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from botocore.model import ListShape, Shape, StructureShape

from efssim.json_values import JsonObject, WireObject

Converter = Callable[[Any], Any]
"""Converts a value of a shape for `json.dumps`; KeyError for a member it has not."""

_PLAIN = ("string", "integer", "long", "double", "float", "boolean")


def converter(shape: Shape) -> Converter:
    """Return the function for a shape."""
    if isinstance(shape, StructureShape):
        return _structure(shape)
    if isinstance(shape, ListShape):
        member = converter(shape.member)
        return lambda values: [member(value) for value in values]
    if shape.type_name == "timestamp":
        return _timestamp
    if shape.type_name not in _PLAIN:
        raise NotImplementedError(f"no value of EFS has a shape of type {shape.type_name}")
    return _plain


def _structure(shape: StructureShape) -> Converter:
    members = {
        name: (member.serialization.get("name", name), converter(member))
        for name, member in shape.members.items()
    }

    def convert(value: WireObject) -> JsonObject:
        made: JsonObject = {}
        for name, part in value.items():
            key, convert_member = members[name]
            made[key] = convert_member(part)
        return made

    return convert


def _timestamp(moment: datetime) -> float:
    """Return a timestamp as EFS sends it: seconds since 1970 UTC, whole milliseconds."""
    return int(moment.timestamp()) + moment.microsecond // 1000 / 1000


def _plain(value: Any) -> Any:
    if value is None:
        raise TypeError("a member of an answer is None; one that does not exist has no key")
    return value

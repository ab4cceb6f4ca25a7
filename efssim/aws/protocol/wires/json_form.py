"""Values as JSON in the shapes of botocore's service models, and back.

A shape is compiled to a function once, so that a reply costs microseconds.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from efssim.aws.protocol.wires.messages import MalformedRequestError
from efssim.aws.protocol.wires.scalars import (
    blob_of,
    moment_of,
    moment_text,
    seconds_of,
    time_format,
)
from efssim.json_values import JsonObject, WireObject

Converter = Callable[[Any], Any]
"""Converts a value of a shape for `json.dumps`; KeyError for a member it has not."""


def converter(shape: Shape, made: dict[str, Converter] | None = None) -> Converter:
    """Return the function for a shape; `made` has those of the shapes around it, by name."""
    made = {} if made is None else made
    if shape.type_name == "structure" and not shape.is_document_type:
        return _structure(shape, made)
    if isinstance(shape, ListShape):
        member = converter(shape.member, made)
        return lambda values: [member(value) for value in values]
    if isinstance(shape, MapShape):
        part = converter(shape.value, made)
        return lambda values: {key: part(value) for key, value in values.items()}
    if shape.type_name == "timestamp":
        form = time_format(shape, "unixTimestamp")
        return seconds_of if form == "unixTimestamp" else lambda time: moment_text(time, form)
    if shape.type_name == "blob":
        return lambda value: base64.b64encode(value).decode()
    return _plain


def _structure(shape: StructureShape, made: dict[str, Converter]) -> Converter:
    if shape.name in made:
        return made[shape.name]  # a shape may be inside itself
    members: dict[str, tuple[str, Converter]] = {}

    def convert(value: WireObject) -> JsonObject:
        converted: JsonObject = {}
        for name, part in value.items():
            key, convert_member = members[name]
            converted[key] = convert_member(part)
        return converted

    made[shape.name] = convert
    for name, member in shape.members.items():
        members[name] = member.serialization.get("name", name), converter(member, made)
    return convert


def _plain(value: Any) -> Any:
    if value is None:
        raise TypeError("a member of an answer is None; one that does not exist has no key")
    return value


def read(shape: Shape, value: Any) -> Any:
    """Return a value of JSON as botocore has it; what is none of its shape stays as it is."""
    if isinstance(value, dict) and isinstance(shape, StructureShape):
        return value if shape.is_document_type else read_members(shape, value)
    if isinstance(value, dict) and isinstance(shape, MapShape):
        return {key: read(shape.value, part) for key, part in value.items()}
    if isinstance(value, list) and isinstance(shape, ListShape):
        return [read(shape.member, part) for part in value]
    if shape.type_name == "timestamp":
        return _moment(value)
    if shape.type_name == "blob" and isinstance(value, str):
        return blob_of(value)
    return value


def read_members(shape: StructureShape, given: JsonObject) -> WireObject:
    """Return the members of a structure, and unknown ones as they are; null is no member."""
    named = {part.serialization.get("name", name): name for name, part in shape.members.items()}
    return {
        named.get(key, key): read(shape.members[named[key]], value) if key in named else value
        for key, value in given.items()
    }


def _moment(value: Any) -> Any:
    if isinstance(value, str):
        return moment_of(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        raise MalformedRequestError(f"{value} is no time") from None

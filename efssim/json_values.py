"""Data as JSON has it: the one place that turns frozen dataclasses into keys and values.

The fields of a dataclass are the keys of an object, in their order. Exceptions are in the
metadata of a field.
"""

from __future__ import annotations

import json
import types
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import (
    TYPE_CHECKING,
    Any,
    Literal,
    TypeAlias,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

JsonValue: TypeAlias = Union[
    bool, int, float, str, "Sequence[JsonValue]", "Mapping[str, JsonValue]", None
]
JsonObject: TypeAlias = dict[str, JsonValue]
"""An object that is made here; functions take any mapping of JsonValue instead."""

WireValue: TypeAlias = Union[
    bool, int, float, str, bytes, datetime, "Sequence[WireValue]", "Mapping[str, WireValue]", None
]
"""A value in parameters and answers of AWS's calls, as botocore has it."""
WireObject: TypeAlias = dict[str, WireValue]

_PLAIN = (float, int, str, bool, types.NoneType)  # a tuple, as a union is made anew each time
_EXACTLY = frozenset(_PLAIN)
_hints = cache(get_type_hints)

_FORM, _KEY, _FIRST = "json", "key", "first"
HIDDEN: Mapping[str, str] = {_FORM: "hidden"}
"""Metadata of a field that JSON does not have."""
SPREAD: Mapping[str, str] = {_FORM: "spread"}
"""Metadata of a mapping, or a dataclass, whose entries stand among the keys of its object."""
IF_ANY: Mapping[str, str] = {_FORM: "if any"}
"""Metadata of a field that JSON does not have where it is empty."""
FIRST: Mapping[str, str] = {_FIRST: "first"}
"""Metadata of a field that stands before those that its class inherits."""


def moment(key: str) -> Mapping[str, str]:
    """Return the metadata of a time in seconds since the start, which JSON has as a timestamp."""
    return {_FORM: "moment", _KEY: key}


@dataclass(frozen=True, slots=True)
class JsonField:
    """How a field of a dataclass stands in JSON."""

    name: str
    key: str
    form: Literal["value", "moment", "spread", "if any"]


@cache
def _json_fields(kind: type[DataclassInstance]) -> tuple[JsonField, ...]:
    found = sorted(fields(kind), key=lambda field: _FIRST not in field.metadata)
    return tuple(
        JsonField(field.name, field.metadata.get(_KEY, field.name), form)
        for field in found
        if (form := field.metadata.get(_FORM, "value")) != "hidden"
    )


def json_object(text: bytes | str) -> JsonObject:
    """Return the object that a text in JSON is; an empty text is an empty one.

    Raise ValueError for any other value, for malformed JSON, for objects or lists inside one
    another beyond what Python reads, and for half of a surrogate pair, which is no character.
    """
    try:
        read = json.loads(text or "{}")
        # What JSON can escape need not be text.
        known = is_unicode(json.dumps(read, ensure_ascii=False))
    except RecursionError:
        raise ValueError("objects and lists are too many levels deep") from None
    if not known:
        raise ValueError("half of a surrogate pair is no character")
    if not isinstance(read, dict):
        raise ValueError("it is not a JSON object")
    return read


def is_unicode(text: str) -> bool:
    """Return whether a text has characters only, and no half of a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def keys_of(kind: type[DataclassInstance]) -> tuple[str, ...]:
    """Return the keys that a dataclass has in JSON, without those of mappings that are spread."""
    return tuple(field.key for field in _json_fields(kind) if field.form != "spread")


def to_json(data: DataclassInstance, start: datetime | None = None) -> JsonObject:
    """Return a dataclass as JSON has it; `start` is the time from which moments count.

    Raise TypeError for a value that JSON does not have, and for a moment without `start`.
    """
    made: JsonObject = {}
    _add_fields(made, data, start)
    return made


def _add_fields(made: JsonObject, data: DataclassInstance, start: datetime | None) -> None:
    # A loop that adds to one dictionary, as a fleet has a hundred values for each replication.
    for field in _json_fields(type(data)):
        value = getattr(data, field.name)
        if field.form == "moment":
            made[field.key] = _timestamp(start, value)
        elif field.form == "spread":
            _add_spread(made, value, start)
        elif value or field.form != "if any":
            made[field.key] = value if type(value) in _EXACTLY else _value(value, start)


def _value(value: object, start: datetime | None) -> JsonValue:
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, Mapping):
        made: JsonObject = {}
        _add_spread(made, value, start)
        return made
    if isinstance(value, list | tuple):
        return [_value(part, start) for part in value]
    if is_dataclass(value) and not isinstance(value, type):
        return to_json(value, start)
    raise TypeError(f"JSON has no {type(value).__name__}")


def _add_spread(made: JsonObject, value: object, start: datetime | None) -> None:
    """Add the entries of a mapping, or of a dataclass."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            made[key] = _value(part, start)
    elif is_dataclass(value) and not isinstance(value, type):
        _add_fields(made, value, start)


def _timestamp(start: datetime | None, time_s: float | None) -> str | None:
    if time_s is None:
        return None
    if start is None:
        raise TypeError("a moment is told by the start from which it counts")
    return timestamp(start, time_s)


def timestamp(start: datetime, time_s: float) -> str:
    """Return a simulated time as UTC, ISO 8601 with six decimals and Z."""
    return (start + timedelta(seconds=time_s)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


# --- kept data, read again ------------------------------------------------------------------------


def restored(kind: Any, content: Any) -> Any:
    """Return data of an annotated type from their form by `dataclasses.asdict`.

    Of several dataclasses, as those that inherit from one, it is the one with the fields that there
    are. Raise TypeError, KeyError or ValueError for content that is not of that type.
    """
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _of_union(get_args(kind), content)
    if origin is tuple:
        return tuple(restored(get_args(kind)[0], part) for part in content)
    if origin is list:
        return [restored(get_args(kind)[0], part) for part in content]
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {key: restored(get_args(kind)[1], part) for key, part in content.items()}
    if isinstance(kind, type) and is_dataclass(kind):
        made = _having_fields(kind, content)
        if made is None:
            raise ValueError(f"fields of no {kind.__name__}: {', '.join(content)}")
        hints = _hints(made)
        return made(**{name: restored(hints[name], part) for name, part in content.items()})
    return content


def _having_fields(kind: Any, content: Any) -> Any:
    """Return a dataclass, or one that inherits from it, with the fields of `content`, or None."""
    if {field.name for field in fields(kind)} == content.keys():
        return kind
    # The latest first: the class that `slots` made is after the one that it was made from.
    found = (_having_fields(heir, content) for heir in reversed(kind.__subclasses__()))
    return next((heir for heir in found if heir is not None), None)


def _of_union(kinds: tuple[Any, ...], content: Any) -> Any:
    if not isinstance(content, dict):
        # Lists and plain values stay, but for a tuple, which JSON has as a list.
        kind = next((kind for kind in kinds if get_origin(kind) in (tuple, list)), None)
        return restored(kind, content) if kind and isinstance(content, list) else content
    for kind in kinds:
        if not is_dataclass(kind):
            if isinstance(get_origin(kind), type):
                return restored(kind, content)
        elif {field.name for field in fields(kind)} == content.keys():
            return restored(kind, content)
    raise ValueError(f"fields of none of {kinds}: {', '.join(content)}")

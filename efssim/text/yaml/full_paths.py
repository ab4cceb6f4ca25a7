"""Where in a scenario a key could stand that was written without its path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from efssim.text.written import Written
from efssim.text.yaml.paths import Path, format_path

_SHOWN = 3
"""Paths that are named at most."""


def paths_hint(kind: type[BaseModel], data: Written, key: str) -> str:
    """Return " (did you mean 'a.b.key' or …?)" with the paths at which a key is known.

    `data` are the values of a scenario, or of a part of it, that is a `kind`; it has the names of
    its file systems, replications and the like. "" where the key is known nowhere.
    """
    found = dict.fromkeys(format_path(path) for path in _paths(kind, data, key, ()))
    if not found:
        return ""
    named = [f"'{path}'" for path in list(found)[:_SHOWN]]
    more = ", …" if len(found) > _SHOWN else ""
    return f" (did you mean {' or '.join(named)}{more}?)"


def _paths(kind: Any, data: Any, key: str, above: Path) -> Iterator[Path]:
    """Yield the paths of a key below a value of a type, through parts present and possible."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        known = {field.alias or name: field for name, field in kind.model_fields.items()}
        if key in known and above:
            yield (*above, key)
        part = data if isinstance(data, Mapping) else {}
        for name, field in known.items():
            # Absent parts are searched as well, but not the kinds that exclude each other.
            if name in part or not above or _is_default(field.default):
                yield from _below(field.annotation, part.get(name), key, (*above, name))


def _is_default(default: object) -> bool:
    return isinstance(default, BaseModel)


def _below(kind: Any, data: Any, key: str, path: Path) -> Iterator[Path]:
    for part in _alternatives(kind):
        if get_origin(part) is dict:
            names = data if isinstance(data, Mapping) else {}
            for name, value in names.items():
                yield from _paths(get_args(part)[1], value, key, (*path, str(name)))
        else:
            yield from _paths(part, data, key, path)


def _alternatives(kind: Any) -> list[Any]:
    if get_origin(kind) in (Union, UnionType):
        return [part for each in get_args(kind) for part in _alternatives(each)]
    return [get_args(kind)[0]] if get_origin(kind) is Annotated else [kind]

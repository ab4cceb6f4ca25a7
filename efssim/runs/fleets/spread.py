"""How the numbers of replications differ over the items of a fleet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin, get_type_hints

from efssim.lag.fleets.summary import ItemSpread, SpreadTree
from efssim.lag.summary import ReplicationSummary

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def spread_of(parts: Sequence[ReplicationSummary]) -> SpreadTree:
    """Return the spread of every number of replications; times and words have none."""
    return _tree(parts)


def item_spread(values: Iterable[float | None]) -> ItemSpread:
    """Return the spread of a number over the items that have it."""
    known = sorted(value for value in values if value is not None)
    if not known:
        return ItemSpread(None, None, None, None)
    p50, p95 = (known[-(-len(known) * share // 100) - 1] for share in (50, 95))
    return ItemSpread(known[0], p50, p95, known[-1])


def _tree(parts: Sequence[DataclassInstance | None]) -> SpreadTree:
    """Return the spread of the numbers of dataclasses of one kind; None: an item has none."""
    kind = next(type(part) for part in parts if part is not None)
    rows = {
        name: [None if part is None else getattr(part, name) for part in parts]
        for name, key in _numeric(kind)
        if key
    }
    numbers: dict[str, ItemSpread] = {}
    inside: dict[str, SpreadTree] = {}
    for name, key in _numeric(kind):
        values = rows[name]
        first = next((value for value in values if value is not None), None)
        if isinstance(first, int | float) or (first is None and _is_number(kind, name)):
            numbers[key] = item_spread(values)
        elif isinstance(first, Mapping):
            found = _mapping([value or {} for value in values])
            if name == "lags":  # its entries stand among the keys of a replication
                inside.update(found.parts)
            else:
                inside[key] = found
        elif first is not None and is_dataclass(first):
            inside[key] = _tree(values)
    return SpreadTree(numbers, inside)


def _mapping(parts: Sequence[Mapping[str, float | DataclassInstance]]) -> SpreadTree:
    """Return the spread of the entries of mappings; a number that an item does not have is 0."""
    names = dict.fromkeys(name for part in parts for name in part)
    numbers: dict[str, ItemSpread] = {}
    inside: dict[str, SpreadTree] = {}
    for name in names:
        values = [part.get(name) for part in parts]
        wholes = [value for value in values if is_dataclass(value)]
        if wholes:
            inside[name] = _tree([value if is_dataclass(value) else None for value in values])
        else:
            plain = (value if isinstance(value, int | float) else 0 for value in values)
            numbers[name] = item_spread(plain)
    return SpreadTree(numbers, inside)


@cache
def _numeric(kind: type[DataclassInstance]) -> tuple[tuple[str, str], ...]:
    """Return name and key of the fields of a kind that may be or have numbers."""
    hints = get_type_hints(kind)
    return tuple(
        (field.name, field.metadata.get("key", field.name))
        for field in fields(kind)
        if field.metadata.get("json") not in ("moment", "hidden")
        and not set(_plain(hints[field.name])) <= {bool, str}
    )


def _is_number(kind: type[DataclassInstance], name: str) -> bool:
    return bool({int, float} & set(_plain(get_type_hints(kind)[name])))


def _plain(hint: Any) -> list[Any]:
    """Return the types that a value may have, without None; the type of words of literals."""
    if get_origin(hint) in (Union, UnionType):
        return [each for part in get_args(hint) for each in _plain(part)]
    if hint is NoneType:
        return []
    return [str] if get_origin(hint) is not None and _is_words(hint) else [hint]


def _is_words(hint: Any) -> bool:
    return all(isinstance(each, str) for each in get_args(hint))

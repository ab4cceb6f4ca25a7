"""Names of the items of a fleet: `orders[17]` for one of them, `orders[*]` for all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

ALL = "*"
_ITEM = re.compile(r"(.+)\[(\*|[0-9]+)\]", re.DOTALL)
_EVERY = f"[{ALL}]"


def item_name(fleet: str, ordinal: int) -> str:
    """Return the name of an item of a fleet, counted from 1."""
    return f"{fleet}[{ordinal}]"


def every_item(fleet: str) -> str:
    """Return the name that stands for all items of a fleet."""
    return f"{fleet}{_EVERY}"


def split_item(name: str) -> tuple[str, str] | None:
    """Return the fleet and the ordinal, or `*`, of a name; None for one of another shape."""
    found = _ITEM.fullmatch(name)
    return None if found is None else (found[1], found[2])


def means_all(name: str) -> bool:
    """Return whether a name stands for all items of a fleet."""
    return _EVERY in name


def first_meant(name: str) -> str:
    """Return the name of the first item that is meant; a name of one thing as it is."""
    return name.replace(_EVERY, "[1]", 1)


def is_meant(written: str, name: str) -> bool:
    """Return whether a written name, which may stand for all items of a fleet, means a name."""
    if written == name:
        return True
    before, star, after = written.partition(_EVERY)
    if not star or not name.startswith(f"{before}[") or not name.endswith(f"]{after}"):
        return False
    ordinal = name[len(before) + 1 : len(name) - len(after) - 1]
    return ordinal.isascii() and ordinal.isdigit()


def counterpart(written: str, name: str, other: str) -> str:
    """Return the name that `other` means beside an item: of the same ordinal, if it means all."""
    if not means_all(other) or not means_all(written):
        return other
    before, _, after = written.partition(_EVERY)
    ordinal = name[len(before) + 1 : len(name) - len(after) - 1]
    return other.replace(_EVERY, f"[{ordinal}]", 1)


def meant(written: str, names: Iterable[str]) -> Iterator[str]:
    """Yield the names that a written name means, in their order."""
    return (name for name in names if is_meant(written, name))


def one_of_fleet(thing: str, name: str, known: Iterable[str]) -> str:
    """Return that a thing is about one item, where a name means a fleet or all of it; or ""."""
    fleet = name.removesuffix(_EVERY)
    if not fleet_hint(fleet, known):
        return ""
    return f"{thing} is about one item, and '{fleet}' is a fleet: `{item_name(fleet, 1)}` is one"


def fleet_hint(name: str, known: Iterable[str]) -> str:
    """Return how to name the items of a fleet, where its bare name is not enough; or ""."""
    names = known if isinstance(known, dict | set | frozenset | list | tuple) else list(known)
    if item_name(name, 1) not in names:
        return ""
    return (
        f"'{name}' is a fleet: `{every_item(name)}` names all its items, `{item_name(name, 1)}` one"
    )

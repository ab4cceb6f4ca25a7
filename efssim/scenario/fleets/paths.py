"""Where a scenario has an item of a fleet written: beside the key that all items have in common.

`replications.dr[3].sync.interval` is the key `sync.interval` of item 3 of `replications.dr.items`,
`replications.dr[*].sync.interval` is `replications.dr.sync.interval`, which goes for all items.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from efssim.text.items import ALL, item_name, split_item
from efssim.text.quantities import parse_count
from efssim.text.written import Place, Written, mapping, parsed, text
from efssim.text.yaml.paths import format_path, parse_path

COUNT, ITEMS = "count", "items"
FILE_SYSTEMS, REPLICATIONS, FAULTS = "file_systems", "replications", "faults"
SECTIONS = (FILE_SYSTEMS, REPLICATIONS)
"""Those that have items."""
MOST_ITEMS = 100_000
"""Items of a fleet at most: ten times those that reports are made for; chosen."""


def count_of(part: object) -> int | None:
    """Return how many items a file system as it was written has; None: it is none of a fleet."""
    if not isinstance(part, Mapping):
        return None
    count = parsed(parse_count, part.get(COUNT))
    return count if count is not None and 1 <= count <= MOST_ITEMS else None


def count_in(data: Written, section: str, name: str) -> int | None:
    """Return the number of items of a file system or replication; None: it is no fleet."""
    part = mapping(mapping(data, section), name)
    if section == FILE_SYSTEMS:
        return count_of(part)
    source = text(part, "source")
    return None if source is None else count_of(mapping(data, FILE_SYSTEMS).get(source))


def written_path(data: Any, path: Place) -> Place:
    """Return where a scenario as it was written has what a path leads to.

    Raise ValueError for an item that there is not, and for a path to an item as a whole.
    """
    found = fleet_and_item(data, path)
    if found is None:
        return path
    section, fleet, ordinal, count = found
    rest = path[2:]
    if ordinal == ALL:
        return (section, fleet, *rest)
    if not 1 <= int(ordinal) <= count:
        raise ValueError(f"'{fleet}' has the items 1 to {count:,}")
    if not rest:
        raise ValueError(
            f"an item is changed key by key, as {section}.{item_name(fleet, int(ordinal))}.KEY"
        )
    return (section, fleet, ITEMS, str(int(ordinal)), format_path(rest))


def fleet_and_item(data: Any, path: Place) -> tuple[str, str, str, int] | None:
    """Return section, fleet, ordinal or `*`, and number of items of a path; None: of no fleet."""
    if len(path) < 2 or path[0] not in SECTIONS or not isinstance(data, Mapping):
        return None
    section, name = str(path[0]), str(path[1])
    found = split_item(name)
    if found is None or name in mapping(data, section):
        return None
    count = count_in(data, section, found[0])
    return None if count is None else (section, *found, count)


def overriding(data: Any, path: Place) -> list[tuple[str, str]]:
    """Return the ordinals and keys of items that say otherwise than a path for all would."""
    found = fleet_and_item(data, path)
    if found is None or found[2] != ALL:
        return []
    wanted = format_path(path[2:])
    items = mapping(mapping(mapping(data, found[0]), found[1]), ITEMS)
    return [
        (ordinal, key)
        for ordinal, part in items.items()
        if isinstance(part, Mapping)
        for key in part
        if key == wanted or key.startswith(f"{wanted}.")
    ]


def places_to_set(data: Any, path: Place) -> list[Place]:
    """Return where a path is written, and the values of single items that go if it is set.

    Raise ValueError as `written_path` does.
    """
    place = written_path(data, path)
    return [place, *((*place[:2], ITEMS, *other) for other in overriding(data, path))]


def shown_path(path: Place) -> Place:
    """Return the path by which people name what stands in the items of a fleet."""
    if len(path) < 4 or path[0] not in SECTIONS or path[2] != ITEMS:
        return path
    if not str(path[3]).isdigit():
        return path
    key = parsed(parse_path, path[4]) if len(path) > 4 else ()
    return (path[0], item_name(str(path[1]), int(path[3])), *(key or path[4:]), *path[5:])

"""Delta debugging: the least of a scenario that still fails."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator
from typing import Any

from search.maker import Json

Path = tuple[Any, ...]
LONGEST_S = 60.0
"""CPU seconds that are spent on one failure."""


def shrunk(data: Json, fails: Callable[[Json], bool]) -> Json:
    """Return a part of a scenario that still fails, from which nothing more can be taken away.

    Sections go first, then what is in them; at last the run is made shorter.
    """
    until_s = time.process_time() + LONGEST_S
    found, is_new = data, True
    while is_new and time.process_time() < until_s:
        is_new = False
        for path in list(_paths(found)):
            smaller = _without(found, path)
            if smaller is not None and time.process_time() < until_s and fails(smaller):
                found, is_new = smaller, True
    return _shorter(found, fails)


def _paths(part: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the place of each part, those of more parts first; of a list the last first."""
    level: list[tuple[Path, Any]] = [(path, part)]
    while level:
        level = [((*at, key), value) for at, each in level for key, value in _children(each)]
        yield from (at for at, _ in level)


def _children(part: Any) -> list[tuple[Any, Any]]:
    if isinstance(part, dict):
        return list(part.items())
    return list(enumerate(part))[::-1] if isinstance(part, list) else []


def _without(data: Json, path: Path) -> Json | None:
    """Return a copy without one part; None if it is not there any more."""
    found = copy.deepcopy(data)
    at: Any = found
    try:
        for key in path[:-1]:
            at = at[key]
        del at[path[-1]]
    except (KeyError, IndexError, TypeError):
        return None
    return found


def _shorter(data: Json, fails: Callable[[Json], bool]) -> Json:
    found = data
    while isinstance(found["duration"], int) and found["duration"] > 1:
        smaller = {**found, "duration": found["duration"] // 2}
        if not fails(smaller):
            return found
        found = smaller
    return found

"""Draws that many worlds have in common, kept so that only the first of them makes them.

A study runs a trial at many values of a parameter. All draws hang on names, so those of a stream of
writes or of a phase of syncs are the same in each of these worlds, unless the parameter is one that
they depend on. So each is kept under everything that it depends on, and nothing else decides
whether it is used again.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any, TypeVar

KEPT_BYTES = 256 * 2**20
"""Most that is kept in a process, in bytes. Chosen: four months of one write a second."""

T = TypeVar("T")


class SharedDraws:
    """Draws by name and by everything that they depend on, up to so many bytes."""

    def __init__(self, limit_bytes: int = KEPT_BYTES) -> None:
        self.left_bytes = limit_bytes
        """Bytes for which there is room."""
        self._found: dict[Hashable, list[tuple[Any, Any]]] = {}

    def of(self, name: Hashable, depends_on: object, make: Callable[[], T]) -> T:
        """Return the object made under a name for equal values, or make it now.

        `depends_on` is compared with those of before; with `name`, it has to say all.
        """
        known = self._found.setdefault(name, [])
        for before, made in known:
            if before == depends_on:
                found: T = made
                return found
        new = make()
        known.append((depends_on, new))
        return new

    def __reduce__(self) -> tuple[Callable[[], SharedDraws], tuple[()]]:
        # Another process has its own: to make draws takes less time than to send them.
        return of_this_process, ()

    def keep(self, size_bytes: int) -> bool:
        """Return whether there is room for so many bytes more, and take it."""
        if size_bytes > self.left_bytes:
            return False
        self.left_bytes -= size_bytes
        return True

    def give_back(self, size_bytes: int) -> None:
        """Give back room that was taken."""
        self.left_bytes += size_bytes


@lru_cache(maxsize=1)
def of_this_process() -> SharedDraws:
    """Return the shared draws of a worker, which lives as long as its study."""
    return SharedDraws()

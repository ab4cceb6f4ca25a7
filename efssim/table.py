"""Tables that others may add to: one for each idea, read by everything that needs it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Generic, Protocol, TypeVar


class Entry(Protocol):
    """What a table holds."""

    @property
    def name(self) -> str:
        """What it is found by."""


E = TypeVar("E", bound=Entry)


class Table(Generic[E]):
    """Entries by name, in order."""

    def __init__(self, *entries: E) -> None:
        self._entries = {entry.name: entry for entry in entries}
        self._listeners: list[Callable[[], None]] = []

    def __iter__(self) -> Iterator[E]:
        return iter(self._entries.values())

    def __getitem__(self, name: str) -> E:
        return self._entries[name]

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def on_change(self, told: Callable[[], None]) -> None:
        """Call a function whenever an entry comes or goes."""
        self._listeners.append(told)

    def add(self, entry: E) -> AbstractContextManager[E]:
        """Add an entry at once; leaving the context that is returned takes it away again."""
        self._entries[entry.name] = entry
        self._tell()
        return self._undone(entry)

    @contextmanager
    def _undone(self, entry: E) -> Iterator[E]:
        try:
            yield entry
        finally:
            del self._entries[entry.name]
            self._tell()

    def _tell(self) -> None:
        for told in self._listeners:
            told()

"""Tables of entries by name, to which users of the package may add."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Generic, Protocol, TypeVar

from efssim.errors import ArgumentError, UnknownNameError
from efssim.text.suggestions import suggest


class TableEntry(Protocol):
    """An entry of a table: anything with a name."""

    @property
    def name(self) -> str:
        """The key of the entry in its table."""


E = TypeVar("E", bound=TableEntry)


class Table(Generic[E]):
    """Entries by name, in order: those that the package has, then those that were added.

    Anything derived from a table (a class with a field for each entry, say) is made on first use
    and again when `changes` has moved on; or at once, by the functions given to `on_change`.
    """

    def __init__(self, what: str, entries: Iterable[E] = ()) -> None:
        """Hold `entries`, which messages call by the noun `what`; ArgumentError for equal names."""
        self.what = what
        self.changes = 0
        """Counts the entries that came and went since the table was made."""
        self._listeners: list[Callable[[], object]] = []
        self._entries: dict[str, E] = {}
        for entry in entries:
            self._put(entry)
        self._built_in = frozenset(self._entries)

    def add(self, entry: E) -> AbstractContextManager[E]:
        """Add an entry at once and for good, or as a context manager until the context is left.

        Raise ArgumentError if the table has an entry of that name.
        """
        self._put(entry)
        return _Addition(self, entry)

    def remove(self, entry: E) -> None:
        """Take away an entry that was added; raise UnknownNameError if it is not there."""
        if self._entries.get(entry.name) is not entry or entry.name in self._built_in:
            raise UnknownNameError(f"no {self.what} '{entry.name}' was added")
        del self._entries[entry.name]
        self._changed()

    def on_change(self, told: Callable[[], object]) -> None:
        """Call a function whenever an entry has come or gone."""
        self._listeners.append(told)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all entries."""
        return tuple(self._entries)

    @property
    def added(self) -> tuple[E, ...]:
        """The entries that the package does not have itself."""
        return tuple(self._entries[name] for name in self._entries if name not in self._built_in)

    def __getitem__(self, name: str) -> E:
        """Return an entry; raise UnknownNameError, which suggests a name that is there."""
        try:
            return self._entries[name]
        except KeyError:
            hint = suggest(name, self._entries) or f" (known are {', '.join(self._entries)})"
            raise UnknownNameError(f"unknown {self.what} '{name}'{hint}") from None

    def get(self, name: str) -> E | None:
        """Return an entry, None if there is none of that name."""
        return self._entries.get(name)

    def __contains__(self, name: object) -> bool:
        return name in self._entries

    def __iter__(self) -> Iterator[E]:
        return iter(tuple(self._entries.values()))

    def __len__(self) -> int:
        return len(self._entries)

    def __repr__(self) -> str:
        return f"<table of each {self.what}: {', '.join(self._entries)}>"

    def _put(self, entry: E) -> None:
        if entry.name in self._entries:
            raise ArgumentError(f"there is a {self.what} '{entry.name}' already")
        self._entries[entry.name] = entry
        self._changed()

    def _changed(self) -> None:
        self.changes += 1
        for told in self._listeners:
            told()


class _Addition(AbstractContextManager[E]):
    """An entry that is in its table until the context is left."""

    def __init__(self, table: Table[E], entry: E) -> None:
        self._table, self._entry = table, entry

    def __enter__(self) -> E:
        return self._entry

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._table.remove(self._entry)

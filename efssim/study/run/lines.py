"""Completed parts of a study in a file of lines, so that a study that was killed goes on."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import IO, TYPE_CHECKING, Generic, TypeVar

from efssim.errors import EfssimError
from efssim.json_values import JsonObject, restored

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

D = TypeVar("D", bound="DataclassInstance")
K = TypeVar("K", bound=Hashable)


class StoreError(EfssimError, ValueError):
    """A folder holds another study, or something that is none."""


class LineStore(Generic[K, D]):
    """A file with one line of JSON for each completed part, after a line that names the study.

    Lines are only ever added, and a line that a killed study left incomplete is cut off. One study
    at a time writes to a folder. Parts have keys, which `key_in` finds in the JSON of one.
    """

    holds = "is not a file of this study"
    """Said of a file that has other lines."""
    other = "holds another study"
    """Said of a file of another study."""

    def __init__(self, file: Path, study: JsonObject, kind: type[D]) -> None:
        """Look into the file; it is written to when the first part is added.

        Raise StoreError if it holds another study, and OSError.
        """
        self._file, self._study, self._kind = file, study, kind
        self._offsets: dict[K, int] = {}
        self._end = 0
        self._stream: IO[bytes] | None = None
        if self._file.exists():
            self._look()

    def key_in(self, content: JsonObject) -> K | None:
        """Return the key of a part; None where there is none."""
        raise NotImplementedError

    def __contains__(self, key: object) -> bool:
        return key in self._offsets

    def _look(self) -> None:
        """Note where each part is, and where the last whole line ends."""
        with self._file.open("rb") as stream:
            for line in stream:
                if not line.endswith(b"\n"):
                    return
                if self._end == 0 and self._parsed(line) != self._study:
                    raise self._error(self.other)
                if self._end > 0:
                    # Of two the first, which may have been shown already; they are the same.
                    self._offsets.setdefault(self._key(line), self._end)
                self._end += len(line)

    def _parsed(self, line: bytes) -> JsonObject:
        try:
            content = json.loads(line)
        except ValueError:
            content = None
        if not isinstance(content, dict):
            raise self._error(self.holds)
        return content

    def _key(self, line: bytes) -> K:
        key = self.key_in(self._parsed(line))
        if key is None:
            raise self._error(self.holds)
        return key

    def _error(self, what: str) -> StoreError:
        return StoreError(f"{self._file}: {what}; name another folder")

    def take(self, keys: Iterable[K]) -> Iterator[D]:
        """Yield the parts of these keys that the file holds, one after the other."""
        wanted = [key for key in keys if key in self._offsets]
        if not wanted:
            return
        with self._file.open("rb") as stream:
            for key in wanted:
                stream.seek(self._offsets[key])
                content = json.loads(stream.readline())
                done = restored(self._kind, content)
                assert isinstance(done, self._kind)
                yield done

    def add(self, done: D) -> None:
        """Keep a completed part."""
        stream = self._begun()
        stream.write(_line(asdict(done)))
        stream.flush()

    def begin(self) -> None:
        """Write the line that names the study, if it is not there, before any part is complete."""
        self._begun().flush()

    def _begun(self) -> IO[bytes]:
        if self._stream is None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._stream = self._file.open("ab")
            self._stream.truncate(self._end)
            if not self._end:
                self._stream.write(_line(self._study))
        return self._stream

    def close(self) -> None:
        """Leave the file."""
        if self._stream is not None:
            self._stream.close()


def number_of(content: object) -> int | None:
    """Return the number of a part or a trial, from its JSON; None where there is none."""
    found = content.get("number") if isinstance(content, dict) else None
    return found if isinstance(found, int) else None


def _line(content: object) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode() + b"\n"

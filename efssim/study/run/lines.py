"""Completed parts of a study in a file of lines, so that a study that was killed goes on."""

from __future__ import annotations

import hashlib
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
_HASH = b',"sha256":"'


class StoreError(EfssimError, ValueError):
    """A folder holds another study, or something that is none."""


class LineStore(Generic[K, D]):
    """A file with one line of JSON for each completed part, after a line that names the study.

    Lines are only ever added, and a line that a killed study left incomplete is cut off. One study
    at a time writes to a folder. Parts have keys, which `key_in` finds in the JSON of one. Each
    line ends with its hash, so that none is taken for what it is not.
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
            for number, line in enumerate(stream, start=1):
                if not line.endswith(b"\n"):
                    return
                if number == 1:
                    self._require_study(line)
                else:
                    # Of two the first, which may have been shown already; they are the same.
                    self._offsets.setdefault(self._key(line, number), self._end)
                self._end += len(line)

    def _require_study(self, line: bytes) -> None:
        content = content_of(line)
        if content is None and not line.startswith(b"{"):
            raise self._error(self.holds)
        if content != self._study:
            raise self._error(self.other)

    def _key(self, line: bytes, number: int) -> K:
        content = content_of(line)
        if content is None:
            raise self._error(f"line {number} is not as it was written")
        key = self.key_in(content)
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
                content = content_of(stream.readline())
                if content is None:
                    raise self._error("was changed while it was read")
                done = restored(self._kind, content)
                assert isinstance(done, self._kind)
                yield done

    def add(self, done: D) -> None:
        """Keep a completed part."""
        stream = self._begun()
        stream.write(line_of(asdict(done)))
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
                self._stream.write(line_of(self._study))
        return self._stream

    def close(self) -> None:
        """Leave the file."""
        if self._stream is not None:
            self._stream.close()


def number_of(content: object) -> int | None:
    """Return the number of a part or a trial, from its JSON; None where there is none."""
    found = content.get("number") if isinstance(content, dict) else None
    return found if isinstance(found, int) else None


def line_of(content: JsonObject) -> bytes:
    """Return an object that is not empty as a line of JSON, whose last entry is its hash."""
    text = json.dumps(content, separators=(",", ":")).encode()
    return text[:-1] + _HASH + _hash(text) + b'"}\n'


def content_of(line: bytes) -> JsonObject | None:
    """Return the object of a line; None for one that is not as it was written."""
    begin, found, end = line.rpartition(_HASH)
    text = begin + b"}"
    if not found or end != _hash(text) + b'"}\n':
        return None
    content = json.loads(text)
    return content if isinstance(content, dict) else None


def _hash(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest().encode()

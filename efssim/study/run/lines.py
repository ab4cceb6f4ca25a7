"""Completed parts of a study in a file of lines, so that a study that was killed goes on."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Hashable, Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import IO, TYPE_CHECKING, Generic, TypeVar

from efssim.errors import EfssimError
from efssim.files.locks import lock
from efssim.json_values import JsonObject, restored
from efssim.text.files import require_regular

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

D = TypeVar("D", bound="DataclassInstance")
K = TypeVar("K", bound=Hashable)


_CHECK = b'{"check":"'
"""Begin of a line."""
_DIGITS = 16
"""Hexadecimal digits of the check of a line, of SHA-256: 64 bits; chosen."""


class StoreError(EfssimError, ValueError):
    """A folder holds another study, or something that is none."""


class LineStore(Generic[K, D]):
    """A file with one line of JSON for each completed part, after a line that names the study.

    Lines are only ever added, and a line that a killed study left incomplete is cut off. Each has a
    check of itself, so that one which is not as it was written is never taken. One process at a
    time writes to a file. Parts have keys, which `key_in` finds in the JSON of one.
    """

    holds = "is not a file of this study"
    """Said of a file that has other lines."""
    other = "holds another study"
    """Said of a file of another study."""

    def __init__(self, file: Path, study: JsonObject, kind: type[D]) -> None:
        """Look into the file; it is written to when the first part is added.

        Raise StoreError if it holds another study, or a line that is not as it was written, and
        OSError.
        """
        self._file, self._study, self._kind = file, study, kind
        self._stream: IO[bytes] | None = None
        self._look()

    def key_in(self, content: JsonObject) -> K | None:
        """Return the key of a part; None where there is none."""
        raise NotImplementedError

    def __contains__(self, key: object) -> bool:
        return key in self._offsets

    def _look(self) -> None:
        """Note where each part is, where the last whole line ends, and how long the file is."""
        self._offsets: dict[K, int] = {}
        self._end = self._seen = 0
        if not self._file.exists():
            return
        require_regular(self._file)
        with self._file.open("rb") as stream:
            for number, line in enumerate(stream, start=1):
                self._seen += len(line)
                if not line.endswith(b"\n"):
                    return
                if number == 1:
                    self._require_study(line)
                else:
                    # Of two the first, which may have been shown already; they are the same.
                    self._offsets.setdefault(self._key(line, number), self._end)
                self._end += len(line)

    def _require_study(self, line: bytes) -> None:
        """Raise StoreError unless the first line names the study."""
        content = content_of(line)
        if content is None:
            is_other = isinstance(_parsed(line), dict)
            raise self._error(self.other if is_other else self.holds)
        if content != self._study:
            raise self._error(self.other)

    def _key(self, line: bytes, number: int) -> K:
        content = content_of(line)
        key = None if content is None else self.key_in(content)
        if key is None:
            raise StoreError(
                f"{self._file}:{number}: this line is not as it was written; without it, the same "
                "command runs again what it had"
            )
        return key

    def _error(self, what: str) -> StoreError:
        return StoreError(f"{self._file}: {what}; name another folder")

    def take(self, keys: Iterable[K]) -> Iterator[D]:
        """Yield the parts of these keys that the file holds, one after the other.

        Other processes cannot write to the file until `close`. Raise StoreError if one does now.
        """
        self._hold()
        yield from self.read(keys)

    def read(self, keys: Iterable[K]) -> Iterator[D]:
        """Yield the parts of these keys that the file holds, of a file that others may write to."""
        wanted = [key for key in keys if key in self._offsets]
        if not wanted:
            return
        with self._file.open("rb") as stream:
            for key in wanted:
                stream.seek(self._offsets[key])
                content = content_of(stream.readline())
                if content is None:
                    raise StoreError(f"{self._file}: somebody changes it while it is read")
                done = restored(self._kind, content)
                assert isinstance(done, self._kind)
                yield done

    def add(self, done: D) -> None:
        """Keep a completed part; raise OSError, and then the file is as before."""
        self._begun()
        self._write(line_of(asdict(done)))

    def begin(self) -> None:
        """Write the line that names the study, if it is not there, before any part is complete."""
        self._hold()
        self._begun()

    def _hold(self) -> None:
        """Lock a file that is there, and look again if it was written to meanwhile."""
        if self._stream is not None or not self._file.exists():
            return
        with suppress(OSError):  # what is there can be read; `add` says that no more can be
            self._stream = self._opened()
            if self._seen != os.fstat(self._stream.fileno()).st_size:
                self._look()

    def _opened(self) -> IO[bytes]:
        stream = self._file.open("ab+", buffering=0)
        if lock(stream) is False:
            stream.close()
            raise self._error("another process is writing to it; wait until that ends")
        return stream

    def _begun(self) -> None:
        """Have the file open for lines, with no part of one at its end."""
        if self._stream is None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._stream = self._opened()
            if self._seen != os.fstat(self._stream.fileno()).st_size:
                raise StoreError(
                    f"{self._file}: another process has written to it meanwhile; the same command "
                    "takes up what is there"
                )
        if self._seen > self._end:
            self._cut()
        if not self._end:
            self._write(line_of(self._study))

    def _cut(self) -> None:
        assert self._stream is not None
        self._stream.truncate(self._end)
        self._seen = self._end

    def _write(self, line: bytes) -> None:
        """Write a whole line or nothing."""
        assert self._stream is not None
        self._seen += len(line)
        try:
            left = line
            while left:  # a disk that fills takes a part
                left = left[self._stream.write(left) :]
        except OSError as error:
            with suppress(OSError):
                self._cut()
            reason = error.strerror or str(error)
            raise OSError(
                error.errno,
                f"{reason}; all before is kept, and the same command goes on from there",
                os.fspath(self._file),
            ) from None
        self._end += len(line)

    def close(self) -> None:
        """Leave the file, which others may write to then."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None


def number_of(content: object) -> int | None:
    """Return the number of a part or a trial, from its JSON; None where there is none."""
    found = content.get("number") if isinstance(content, dict) else None
    return found if isinstance(found, int) else None


def content_of(line: bytes) -> JsonObject | None:
    """Return the content of a line, without its check; None unless it is as it was written."""
    end = len(_CHECK) + _DIGITS
    check, between, text = line[len(_CHECK) : end], line[end : end + 2], b"{" + line[end + 2 : -1]
    if not line.startswith(_CHECK) or between != b'",' or check != _check(text):
        return None
    content = _parsed(text)
    return content if isinstance(content, dict) else None


def version_in(line: bytes) -> str | None:
    """Return the version of efssim that a first line names, also one by a version without checks"""
    content = _parsed(line)
    version = content.get("efssim") if isinstance(content, dict) else None
    return version if isinstance(version, str) else None


def _parsed(line: bytes) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def line_of(content: object) -> bytes:
    """Return the line of a content, with its check."""
    text = json.dumps(content, separators=(",", ":")).encode()
    return _CHECK + _check(text) + b'",' + text[1:] + b"\n"


def _check(text: bytes) -> bytes:
    return hashlib.sha256(text).hexdigest()[:_DIGITS].encode()

"""Completed trials in a folder, so that a study that was killed goes on where it was."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import IO

from efssim._version import __version__
from efssim.errors import EfssimError
from efssim.json_values import JsonObject, restored
from efssim.scenario import Scenario
from efssim.study.trial.facts import fingerprint
from efssim.study.trial.outcome import Done

FILE = "trials.jsonl"
FORMAT = 2
"""Of the lines; folders of another one are refused."""


class StoreError(EfssimError, ValueError):
    """A folder holds another study, or something that is none."""


class Store:
    """A file with one line of JSON for each completed trial, after a line that names the study.

    Lines are only ever added, and a line that a killed study left incomplete is cut off. One study
    at a time writes to a folder.
    """

    def __init__(self, folder: Path, scenario: Scenario, seed: int, *, verified: bool) -> None:
        """Look into the folder; it is written to when the first trial is added.

        Raise StoreError if it holds the trials of another scenario, seed or version, or trials that
        were not `verified`, and OSError.
        """
        self._file = folder / FILE
        self._study: JsonObject = {
            "format": FORMAT,
            "efssim": __version__,
            "seed": seed,
            "verified": verified,
            "scenario": fingerprint(scenario),
        }
        self._offsets: dict[int, int] = {}
        self._end = 0
        self._stream: IO[bytes] | None = None
        if self._file.exists():
            self._look()

    def _look(self) -> None:
        """Note where each trial is, and where the last whole line ends."""
        with self._file.open("rb") as stream:
            for line in stream:
                if not line.endswith(b"\n"):
                    return
                if self._end == 0 and self._parsed(line) != self._study:
                    raise self._error("holds trials of another scenario, seed, version or --verify")
                if self._end > 0:
                    # Of two the first, which may have been shown already; they are the same.
                    self._offsets.setdefault(self._number(line), self._end)
                self._end += len(line)

    def _parsed(self, line: bytes) -> JsonObject:
        try:
            content = json.loads(line)
        except ValueError:
            content = None
        if not isinstance(content, dict):
            raise self._error("is not a file of trials")
        return content

    def _number(self, line: bytes) -> int:
        """Return the number of the trial of a line."""
        trial = self._parsed(line).get("trial")
        number = trial.get("number") if isinstance(trial, dict) else None
        if not isinstance(number, int):
            raise self._error("is not a file of trials")
        return number

    def _error(self, what: str) -> StoreError:
        return StoreError(f"{self._file}: {what}; name another folder")

    def take(self, numbers: range) -> Iterator[Done]:
        """Yield the trials of these numbers that the folder holds, one after the other."""
        wanted = [number for number in numbers if number in self._offsets]
        if not wanted:
            return
        with self._file.open("rb") as stream:
            for number in wanted:
                stream.seek(self._offsets[number])
                content = json.loads(stream.readline())
                done = restored(Done, content)
                assert isinstance(done, Done)
                yield done

    def add(self, done: Done) -> None:
        """Keep a completed trial."""
        if self._stream is None:
            self._stream = self._begun()
        self._stream.write(_line(asdict(done)))
        self._stream.flush()

    def _begun(self) -> IO[bytes]:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        stream = self._file.open("ab")
        stream.truncate(self._end)
        if not self._end:
            stream.write(_line(self._study))
        return stream

    def close(self) -> None:
        """Leave the file."""
        if self._stream is not None:
            self._stream.close()


def _line(content: object) -> bytes:
    return json.dumps(content, separators=(",", ":")).encode() + b"\n"

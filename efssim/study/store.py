"""Completed trials in a folder, so that a study that was killed goes on where it was."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import IO

from efssim._version import __version__
from efssim.scenario import Scenario
from efssim.study.trial import Done, Trial

FILE = "trials.jsonl"


class StoreError(ValueError):
    """A folder holds another study."""


class Store:
    """A file with one line of JSON for each completed trial, after a line that says of what."""

    def __init__(self, folder: Path, scenario: Scenario, seed: int) -> None:
        """Open the folder, making it if need be.

        Raise StoreError if it holds the trials of another scenario, seed or version, and OSError.
        """
        self._file = folder / FILE
        self._study = {"efssim": __version__, "seed": seed, "scenario": _hash(scenario)}
        folder.mkdir(parents=True, exist_ok=True)
        self._found = list(self._read())
        # Only whole lines are kept: what a killed run was writing is cut off.
        self._stream: IO[str] = self._file.open("w", encoding="utf-8")
        self._write(self._study)
        for done in self._found:
            self._write(asdict(done))

    def _read(self) -> Iterator[Done]:
        if not self._file.exists():
            return
        lines = self._file.read_text(encoding="utf-8").splitlines(keepends=True)
        whole = [line for line in lines if line.endswith("\n")]
        if whole and json.loads(whole[0]) != self._study:
            raise StoreError(
                f"{self._file}: holds trials of another scenario, seed or version; "
                "name another folder"
            )
        for line in whole[1:]:
            content = json.loads(line)
            yield Done(Trial(**content["trial"]), content["states"])

    def _write(self, content: dict[str, object]) -> None:
        self._stream.write(json.dumps(content, separators=(",", ":")) + "\n")
        self._stream.flush()

    def take(self, below: int) -> list[Done]:
        """Return and forget the trials found in the folder whose number is below one."""
        taken = [done for done in self._found if done.trial.number < below]
        self._found = [done for done in self._found if done.trial.number >= below]
        return taken

    def add(self, done: Done) -> None:
        """Keep a completed trial."""
        self._write(asdict(done))

    def close(self) -> None:
        """Leave the file."""
        self._stream.close()


def _hash(scenario: Scenario) -> str:
    text = scenario.model_dump_json(by_alias=True)
    return hashlib.sha256(text.encode()).hexdigest()

"""Completed trials in a folder, so that a study that was killed goes on where it was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

from efssim._version import __version__
from efssim.json_values import JsonObject
from efssim.scenario import Scenario
from efssim.study.run.lines import LineStore, StoreError, number_of
from efssim.study.trial.facts import fingerprint
from efssim.study.trial.outcome import Done

__all__ = ["FILE", "FORMAT", "KeepsTrials", "Store", "StoreError"]

FILE = "trials.jsonl"
FORMAT = 4
"""Of the lines; folders of another one are refused."""


class KeepsTrials(Protocol):
    """A place that keeps complete trials of one scenario and seed."""

    def take(self, numbers: Iterable[int], /) -> Iterator[Done]:
        """Yield the trials of these numbers that are kept."""

    def add(self, done: Done, /) -> None:
        """Keep a complete trial."""

    def close(self) -> None:
        """Leave the place."""


class Store(LineStore[int, Done]):
    """The trials of one scenario and seed in a folder."""

    holds = "is not a file of trials"
    other = "holds trials of another scenario, seed, version or --verify"

    def __init__(self, folder: Path, scenario: Scenario, seed: int, *, verified: bool) -> None:
        """Look into the folder; it is written to when the first trial is added.

        Raise StoreError if it holds the trials of another scenario, seed or version, or trials that
        were not `verified`, and OSError.
        """
        study: JsonObject = {
            "format": FORMAT,
            "efssim": __version__,
            "seed": seed,
            "verified": verified,
            "scenario": fingerprint(scenario),
        }
        super().__init__(folder / FILE, study, Done)

    def key_in(self, content: JsonObject) -> int | None:
        """Return the number of a trial."""
        return number_of(content.get("trial"))

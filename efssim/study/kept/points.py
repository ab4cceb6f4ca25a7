"""Complete trials of many scenarios in one file, so that a study that was killed goes on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from efssim._version import __version__
from efssim.json_values import JsonObject
from efssim.scenario import Scenario
from efssim.study.run.lines import LineStore, number_of
from efssim.study.run.store import KeepsTrials
from efssim.study.trial.facts import fingerprints
from efssim.study.trial.outcome import Done

SWEEP, PLAN, RUNWAY = "sweep.jsonl", "plan.jsonl", "runway.jsonl"
COMPARISON, CHOICE = "comparison.jsonl", "choice.jsonl"
"""Files in a folder for `resume`, by the kind of study."""
FORMAT = 2
"""Of the lines; folders of another one are refused."""

PointKey = tuple[int, int]
"""The ordinal of a scenario in its study, and the number of the trial."""


@dataclass(frozen=True, slots=True)
class KeptTrial:
    """A complete trial of one of the scenarios of a study."""

    point: int
    """Ordinal of the scenario in the study."""
    done: Done


class KeepsPoints(Protocol):
    """A place that keeps complete trials of many scenarios."""

    def at(self, point: int, /) -> KeepsTrials:
        """Return the trials of a scenario."""


class PointStore(LineStore[PointKey, KeptTrial]):
    """The trials of the scenarios of one study, in a file."""

    holds = "is not a file of the trials of a study"
    other = "holds trials of another study: other scenarios or values, another seed or version"

    def __init__(self, file: Path, study: JsonObject) -> None:
        """Look into the file; it is written to when the first trial is added.

        `study` has all that the trials depend on. Raise StoreError if the file holds another study,
        and OSError.
        """
        super().__init__(file, study, KeptTrial)

    def key_in(self, content: JsonObject) -> PointKey | None:
        """Return the ordinal of the scenario, and the number of the trial."""
        return key_of(content)

    def at(self, point: int) -> KeepsTrials:
        """Return the trials of one of the scenarios, by its ordinal."""
        return _TrialsAt(self, point)


class _TrialsAt:
    """The trials of one of the scenarios; its store stays open."""

    def __init__(self, store: PointStore, point: int) -> None:
        self._store, self._point = store, point

    def take(self, numbers: Iterable[int]) -> Iterator[Done]:
        """Yield the trials of these numbers that are kept."""
        keys = ((self._point, number) for number in numbers)
        return (kept.done for kept in self._store.take(keys))

    def add(self, done: Done) -> None:
        """Keep a complete trial."""
        self._store.add(KeptTrial(self._point, done))

    def close(self) -> None:
        """Leave the place, which others use as well."""


def key_of(content: JsonObject) -> PointKey | None:
    """Return the key of a kept trial, from its JSON; None where there is none."""
    point, done = content.get("point"), content.get("done")
    number = number_of(done.get("trial")) if isinstance(done, dict) else None
    return None if number is None or not isinstance(point, int) else (point, number)


def points_study(
    kind: str, scenarios: Sequence[Scenario], seed: int, **more: str | float | bool
) -> JsonObject:
    """Return all that the trials of a study of scenarios depend on; raise OSError.

    `more` is of a study that makes its scenarios on its way.
    """
    return {
        "study": kind,
        "format": FORMAT,
        "efssim": __version__,
        "seed": seed,
        "scenarios": list(fingerprints(scenarios)),
        **more,
    }


@contextmanager
def kept_sweep(folder: Path, scenarios: Sequence[Scenario], seed: int) -> Iterator[PointStore]:
    """Open the trials of a sweep in a folder; raise StoreError for another study, and OSError."""
    with _opened(folder / SWEEP, points_study("sweep", scenarios, seed)) as store:
        yield store


@contextmanager
def kept_comparison(
    folder: Path, scenarios: Sequence[Scenario], seed: int, *, verified: bool
) -> Iterator[PointStore]:
    """Open the trials of compared scenarios in a folder; raise as `kept_sweep` does."""
    study = points_study("comparison", scenarios, seed, verified=verified)
    with _opened(folder / COMPARISON, study) as store:
        yield store


@contextmanager
def kept_choice(folder: Path, scenarios: Sequence[Scenario], seed: int) -> Iterator[PointStore]:
    """Open the trials of a choice in a folder; raise as `kept_sweep` does."""
    with _opened(folder / CHOICE, points_study("choice", scenarios, seed)) as store:
        yield store


@contextmanager
def kept_plan(
    folder: Path, scenario: Scenario, path: str, between: tuple[float, float], seed: int
) -> Iterator[PointStore]:
    """Open the trials of a plan in a folder; raise as `kept_sweep` does."""
    low, high = between
    study = points_study("plan", [scenario], seed, vary=path, low=low, high=high)
    with _opened(folder / PLAN, study) as store:
        yield store


@contextmanager
def kept_runway(
    folder: Path, scenario: Scenario, seed: int, sets: int | None
) -> Iterator[PointStore]:
    """Open the trials of a runway in a folder; raise as `kept_sweep` does."""
    study = points_study("runway", [scenario], seed, sets=sets or 0)
    with _opened(folder / RUNWAY, study) as store:
        yield store


@contextmanager
def _opened(file: Path, study: JsonObject) -> Iterator[PointStore]:
    store = PointStore(file, study)
    try:
        yield store
    finally:
        store.close()

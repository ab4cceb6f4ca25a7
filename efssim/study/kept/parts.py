"""Parts of a study, which run anywhere, and the study that they are together."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np

from efssim._version import __version__
from efssim.json_values import JsonObject, restored
from efssim.scenario import Scenario
from efssim.study.kept.points import PointKey, key_of
from efssim.study.run.lines import LineStore, StoreError, content_of, version_in
from efssim.study.run.store import KeepsTrials
from efssim.study.trial.facts import fingerprints
from efssim.study.trial.outcome import Done
from efssim.text.files import require_regular

FILE = "part.jsonl"
FORMAT = 2
"""Of the lines; parts of another one are refused."""


@dataclass(frozen=True, slots=True)
class Part:
    """One of the parts into which the trials of a study are divided."""

    number: int
    """Counted from 1."""
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    def numbers(self, trials: int) -> range:
        """Return the numbers of its trials, of so many."""
        return range(self.number - 1, trials, self.of)


@dataclass(frozen=True, slots=True)
class WrittenScenario:
    """A scenario as a command was given it."""

    name: str
    """As it was typed."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartStudy:
    """The study that a part belongs to, and which part it is: the first line of its file."""

    format: int = FORMAT
    efssim: str = __version__
    numpy: str = np.__version__
    command: str
    seed: int
    trials: int
    """Of each scenario."""
    verified: bool
    scenarios: tuple[str, ...]
    """Fingerprints, one for each point of a sweep."""
    options: tuple[str, ...]
    """Words of the command that repeats the study, without its files."""
    files: tuple[WrittenScenario, ...]
    number: int
    of: int

    @property
    def part(self) -> Part:
        """Which part it is."""
        return Part(self.number, self.of)

    @property
    def keys(self) -> tuple[PointKey, ...]:
        """The trials that the part has when it is complete."""
        numbers = self.part.numbers(self.trials)
        return tuple((at, number) for at in range(len(self.scenarios)) for number in numbers)


@dataclass(frozen=True, slots=True)
class PartTrial:
    """A complete trial of a part."""

    point: int
    """Ordinal of the scenario in the study."""
    processor: str
    """The CPU family that it was run on: last bits may hang on it."""
    done: Done


class PartStore(LineStore[PointKey, PartTrial]):
    """The trials of a part in a folder."""

    holds = "is not a file of the part of a study"
    other = "holds another part, or the part of another study"

    def __init__(self, folder: Path, study: PartStudy) -> None:
        """Look into the folder; it is written to when the first trial is added, or at `begin`.

        Raise StoreError if it holds another part, and OSError.
        """
        self.study = study
        self.processors: set[str] = set()
        """CPU families of the trials that it had."""
        super().__init__(folder / FILE, json.loads(json.dumps(asdict(study))), PartTrial)

    def key_in(self, content: JsonObject) -> PointKey | None:
        """Return the ordinal of the scenario and the number of the trial; note its processor."""
        self.processors.add(str(content.get("processor")))
        return key_of(content)

    @property
    def missing(self) -> list[PointKey]:
        """The trials of the part that are not there."""
        return [key for key in self.study.keys if key not in self]


class MergedParts:
    """The study that its parts are together; nothing is added to it."""

    def __init__(self, stores: Sequence[PartStore]) -> None:
        self._stores = {store.study.number: store for store in stores}
        self.study = self._stores[1].study
        """That of the first part."""

    @property
    def processors(self) -> tuple[str, ...]:
        """The CPU families that the parts were run on, in the order of their names."""
        return tuple(sorted({name for each in self._stores.values() for name in each.processors}))

    def require(self, scenarios: Iterable[Scenario]) -> None:
        """Raise StoreError unless the trials are those of scenarios, in their order."""
        if fingerprints(scenarios) != self.study.scenarios:
            raise StoreError(
                "the parts are of other scenarios: a file that a scenario names, as a trace, is "
                "not what it was when they ran"
            )

    def at(self, point: int) -> KeepsTrials:
        """Return the trials of one of the scenarios."""
        return _MergedTrials(self._stores, point)


class _MergedTrials:
    """The trials of a scenario, from the parts that have them."""

    def __init__(self, stores: dict[int, PartStore], point: int) -> None:
        self._stores, self._point = stores, point

    def take(self, numbers: Iterable[int]) -> Iterator[Done]:
        """Yield the trials of these numbers."""
        wanted = set(numbers)
        for _, store in sorted(self._stores.items()):
            own = [n for n in store.study.part.numbers(store.study.trials) if n in wanted]
            for kept in store.read((self._point, number) for number in own):
                yield kept.done

    def add(self, done: Done) -> None:
        """Raise AssertionError: no trial of a merged study runs."""
        raise AssertionError(f"trial {done.trial.number} is in none of the parts")

    def close(self) -> None:
        """Leave the parts."""


def merged(folders: Sequence[Path]) -> MergedParts:
    """Return the study whose parts are in folders, in any order.

    Raise StoreError if one of them holds no part, or is not complete, and unless they are all parts
    of one study, by this version and this NumPy; and OSError.
    """
    studies = [(folder, _study_in(folder)) for folder in folders]
    studies.sort(key=lambda found: found[1].number)
    for folder, study in studies:
        _refuse_other(folder, study, studies[0])
    _refuse_gaps(studies)
    stores = [PartStore(folder, study) for folder, study in studies]
    for (folder, study), store in zip(studies, stores, strict=True):
        if count := len(store.missing):
            raise _error(
                folder,
                f"part {study.part} is not complete: {count} of {len(study.keys)} trials are "
                "missing; the command that began it goes on with it",
            )
    return MergedParts(stores)


def _study_in(folder: Path) -> PartStudy:
    """Return the study in the first line of a part; raise StoreError for no part of this version"""
    try:
        require_regular(folder / FILE)
        with (folder / FILE).open("rb") as stream:
            line = stream.readline()
    except (FileNotFoundError, NotADirectoryError):
        raise _error(folder, f"holds no part of a study: there is no {FILE}") from None
    content = content_of(line)
    version = version_in(line)
    if version is not None and version != __version__:
        raise _error(folder, f"was run by efssim {version}, and this is {__version__}")
    if content is None:
        raise _error(folder, f"the first line of {FILE} is not as it was written")
    if content.get("format") != FORMAT or set(content) != {each.name for each in fields(PartStudy)}:
        raise _error(folder, f"{FILE} is not a file of the part of a study")
    made = restored(PartStudy, content)
    if not isinstance(made, PartStudy) or not _is_sound(made):
        raise _error(folder, f"{FILE} is not a file of the part of a study")
    if made.numpy != np.__version__:
        raise _error(folder, f"was run with NumPy {made.numpy}, and this is {np.__version__}")
    return made


def _is_sound(study: PartStudy) -> bool:
    """Return whether the numbers of a study can be those of a part."""
    numbers = (study.number, study.of, study.trials, study.seed)
    if not all(isinstance(value, int) for value in numbers):
        return False
    return 1 <= study.number <= study.of and study.command in ("run", "sweep")


_SAME = {
    "of": "is of a study in another number of parts",
    "command": "is of another command",
    "seed": "has another seed",
    "trials": "is of another number of trials",
    "scenarios": "is of another scenario, or of other values",
    "options": "was run with other options",
    "verified": "was run with or without --verify, unlike the others",
}
"""The fields that all parts of a study have in common, and the words about one that differs."""


def _refuse_other(folder: Path, study: PartStudy, first: tuple[Path, PartStudy]) -> None:
    for name, message in _SAME.items():
        if getattr(study, name) != getattr(first[1], name):
            raise _error(folder, f"{message}; compared with {first[0]}")


def _refuse_gaps(studies: Sequence[tuple[Path, PartStudy]]) -> None:
    """Raise StoreError for parts that are there twice, or not at all."""
    known: dict[int, Path] = {}
    for folder, study in studies:
        if study.number in known:
            raise _error(folder, f"part {study.part} is in {known[study.number]}, too")
        known[study.number] = folder
    of = studies[0][1].of
    missing = [str(number) for number in range(1, of + 1) if number not in known]
    if missing:
        verb = "is" if len(missing) == 1 else "are"
        raise StoreError(f"of {of} parts {', '.join(missing)} {verb} missing")


def _error(folder: Path, message: str) -> StoreError:
    return StoreError(f"{folder}: {message}")

"""A folder with the results of commands: what they printed and wrote, as it was."""

from __future__ import annotations

import hashlib
import json
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from io import BytesIO
from pathlib import Path, PurePosixPath, PureWindowsPath

from efssim.errors import EfssimError
from efssim.files.staging import clear_abandoned
from efssim.files.whole import written_whole
from efssim.json_values import JsonObject, JsonValue, restored
from efssim.report.files.folders import ours, staged

FORMAT = 1
"""Of the files; one of another format is as good as none."""
_SUFFIX = ".efssim.zip"
_ABOUT = "about.json"
_WHEN = (1980, 1, 1, 0, 0, 0)
"""The time of everything in a file: no result has one."""
_DAMAGES = (
    *(zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError, TypeError),
    *(NotImplementedError, RuntimeError, struct.error, OverflowError, MemoryError, OSError),
)
"""Exceptions that the content of a damaged file may raise."""


class DamagedError(EfssimError):
    """A kept result is not what was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultFacts:
    """The facts of a kept result."""

    scenarios: tuple[str, ...]
    """Names."""
    study: str
    """A run, so many trials, a sweep, …"""
    seed: int
    version: str
    """The version of efssim that made it."""
    verdicts: tuple[str, ...]
    """One for each scenario."""
    passes: bool | None
    """Whether `--check` passes; None where the command has no such option."""
    caution: str
    """A sentence that `--check` says besides; empty for none."""
    command: str
    """The command that gives it again."""


@dataclass(frozen=True, slots=True)
class WrittenFolder:
    """The files of a result in one folder under `--out`."""

    folder: str
    """Relative to that of the command; empty for itself."""
    files: Mapping[str, bytes]

    def write(self, out: Path) -> None:
        """Write the files as the command does that made them, all or none; raise OSError."""
        with staged(out / self.folder if self.folder else out) as staging:
            for name, content in self.files.items():
                (staging / name).parent.mkdir(parents=True, exist_ok=True)
                (staging / name).write_bytes(content)


@dataclass(frozen=True, slots=True)
class KeptResult:
    """A result: what was printed in each form, and the files, if any were asked for."""

    facts: ResultFacts
    texts: Mapping[str, str]
    """By the form, as `json`."""
    folders: tuple[WrittenFolder, ...] = ()


class ResultStore:
    """The results in a folder. Any number of processes may use it at once.

    A file is written beside its place and moved there, so that it is whole or not there. What it
    holds is checked by hashes whenever it is read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def place(self, key: str) -> Path:
        """Return the file of a key."""
        return self.folder / f"{key}{_SUFFIX}"

    def find(self, key: str) -> KeptResult | None:
        """Return the result of a key; None if there is none.

        Raise DamagedError for one that is not as it was written, and OSError.
        """
        clear_abandoned(self.folder, self.place(key).name)
        try:
            return _read(self.place(key), key)
        except FileNotFoundError:
            return None

    def keep(self, key: str, result: KeptResult) -> None:
        """Keep a result, in place of another of its key; raise OSError."""
        with written_whole(self.place(key)) as file:
            _write(file, key, result)

    def results(self) -> Iterator[tuple[Path, KeptResult | None]]:
        """Yield each file with its result, in the order of their names; None: it is damaged."""
        for file in sorted(self.folder.glob(f"*{_SUFFIX}")):
            try:
                yield file, _read(file, file.name.removesuffix(_SUFFIX))
            except DamagedError:
                yield file, None


def key_of(parts: Mapping[str, JsonValue]) -> str:
    """Return the key of all that a result depends on."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def written_under(out: Path, folders: Sequence[str]) -> tuple[WrittenFolder, ...]:
    """Return the files of a result that a command just wrote; raise OSError."""
    found = []
    for folder in folders:
        place = out / folder if folder else out
        files = {name.as_posix(): (place / name).read_bytes() for name in ours(place)}
        found.append(WrittenFolder(folder, files))
    return tuple(found)


def _write(file: Path, key: str, result: KeptResult) -> None:
    members = dict(_members(result))
    about: JsonObject = {
        "format": FORMAT,
        "key": key,
        "facts": asdict(result.facts),
        "folders": [each.folder for each in result.folders],
        "members": {name: _hash(content) for name, content in members.items()},
    }
    text = json.dumps(about, indent=2, ensure_ascii=True) + "\n"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {_ABOUT: text.encode(), **members}.items():
            archive.writestr(zipfile.ZipInfo(name, _WHEN), content, zipfile.ZIP_DEFLATED)


def _members(result: KeptResult) -> Iterator[tuple[str, bytes]]:
    for form, text in result.texts.items():
        yield f"printed/{form}", text.encode()
    for ordinal, folder in enumerate(result.folders):
        for name, content in folder.files.items():
            yield f"files/{ordinal}/{name}", content


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read(file: Path, key: str) -> KeptResult:
    """Return the result in a file; raise DamagedError and OSError."""
    content = BytesIO(file.read_bytes())
    try:
        with zipfile.ZipFile(content) as archive:
            about = json.loads(archive.read(_ABOUT))
            if about["format"] != FORMAT or about["key"] != key:
                raise DamagedError("it is not what its name says")
            members = {name: archive.read(name) for name in about["members"]}
        if {name: _hash(content) for name, content in members.items()} != about["members"]:
            raise DamagedError("a hash is another")
        return _result(about, members)
    except (*_DAMAGES, DamagedError):
        raise DamagedError(f"{file} is not as it was written") from None


def _result(about: JsonObject, members: Mapping[str, bytes]) -> KeptResult:
    facts, folders = about["facts"], about["folders"]
    if not isinstance(facts, dict) or facts.keys() != {each.name for each in fields(ResultFacts)}:
        raise DamagedError("its facts have other names")
    if not isinstance(folders, list):
        raise DamagedError("its folders are no list")
    written = tuple(
        WrittenFolder(str(folder), _inside(members, f"files/{ordinal}/"))
        for ordinal, folder in enumerate(folders)
    )
    if not all(_stays_inside(name) for each in written for name in (each.folder, *each.files)):
        raise DamagedError("it has a file that would be written elsewhere")
    made = restored(ResultFacts, facts)
    assert isinstance(made, ResultFacts)
    return KeptResult(
        made,
        {
            name.removeprefix("printed/"): content.decode()
            for name, content in members.items()
            if name.startswith("printed/")
        },
        written,
    )


def _stays_inside(name: str) -> bool:
    """Return whether a relative name stays in its folder, by the rules of every system."""
    paths = (PurePosixPath(name), PureWindowsPath(name))
    return not any(path.anchor or ".." in path.parts for path in paths)


def _inside(members: Mapping[str, bytes], begin: str) -> dict[str, bytes]:
    return {
        name.removeprefix(begin): content
        for name, content in members.items()
        if name.startswith(begin)
    }

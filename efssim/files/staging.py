"""Folders in which files become whole, beside the place where they will stand.

A writer holds a lock on his own until he ends, however he ends. So one whose lock is free is of a
dead writer, and the next one for the same place removes it.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from errno import EAGAIN
from os import fspath
from pathlib import Path
from typing import IO

from efssim.files.locks import is_at, lock

_WRITING = ".efssim-writing"
"""End of the name of a folder with files that are not whole yet, or not needed any more."""
_PROBE = ".efssim-"
"""Begin of the name of a folder that was made to see whether one can be."""
LOCK, FILES = "lock", "files"
_TRIES = 100
"""Folders that are made before giving up, as others clear away those that are not locked yet."""


@dataclass
class Staging:
    """A locked folder of a writer; `name` and `home` are those of the place it is for."""

    home: Path
    name: str
    root: Path

    @property
    def files(self) -> Path:
        """The folder with the files."""
        return self.root / FILES


@contextmanager
def staging(home: Path, name: str) -> Iterator[Staging]:
    """Yield a new folder in `home`, for what will be called `name`; it is gone at the end.

    Raise OSError.
    """
    clear_abandoned(home, name)
    made, held = _made(home, name)
    with held:
        try:
            yield made
        finally:
            if made.root.name.endswith(_WRITING):
                _remove(made.root)


def unneeded(root: Path, name: str) -> Path:
    """Return a name for a staging folder that is cleared away; no other folder has it."""
    return root.with_name(f".{name}.{root.stat().st_ino}{_WRITING}")


def _made(home: Path, name: str) -> tuple[Staging, IO[bytes]]:
    for _ in range(_TRIES):
        root = Path(tempfile.mkdtemp(prefix=f".{name}.", suffix=_WRITING, dir=home))
        try:
            held = _locked(root)
        except OSError:
            _remove(root)
            raise
        if held is not None:
            return Staging(home, name, root), held
    raise OSError(EAGAIN, "is cleared away by others again and again", fspath(root))


def _locked(root: Path) -> IO[bytes] | None:
    """Return the lock of a new folder; None if somebody cleared it away before it was locked."""
    try:
        held = (root / LOCK).open("wb")
    except FileNotFoundError:
        return None
    try:
        if lock(held) is not False and is_at(held, root / LOCK):
            (root / FILES).mkdir()
            return held
    except FileNotFoundError:
        pass
    except OSError:
        held.close()
        raise
    held.close()
    return None


def clear_abandoned(home: Path, name: str) -> None:
    """Remove the folders that killed writers for a place left, as far as possible."""
    for left in home.glob(f".{_escaped(name)}.*{_WRITING}"):
        with suppress(OSError), (left / LOCK).open("rb+") as held:
            if lock(held):
                _remove(left)
        with suppress(OSError):  # one that was not locked yet is empty
            left.rmdir()
    for left in home.glob(f"{_PROBE}????????"):
        with suppress(OSError):
            left.rmdir()


def _remove(root: Path) -> None:
    """Remove a staging folder as far as possible, its lock last: by that the rest is found.

    What cannot go now keeps the lock, so that the next writer tries again.
    """
    with suppress(OSError):
        for inside in [each for each in root.iterdir() if each.name != LOCK]:
            if inside.is_dir():
                shutil.rmtree(inside, ignore_errors=True)
            else:
                with suppress(OSError):
                    inside.unlink()
        if all(each.name == LOCK for each in root.iterdir()):
            (root / LOCK).unlink(missing_ok=True)
            root.rmdir()


def _escaped(name: str) -> str:
    return re.sub(r"([*?[])", r"[\1]", name)


def require_room(folder: Path) -> None:
    """Raise OSError if no folder can be made in one; permissions are not all."""
    with _probe(folder):
        pass


def can_move(source: Path, target: Path) -> bool:
    """Return whether what is made in one folder can be moved into another, as on one file system"""
    try:
        with _probe(source) as made:
            made.rename(target / made.name)
            (target / made.name).rmdir()
    except OSError:
        return False
    return True


@contextmanager
def _probe(folder: Path) -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix=_PROBE, dir=folder))
    try:
        yield made
    finally:
        with suppress(OSError):  # moved or cleared away; what cannot go is left to clear_abandoned
            made.rmdir()

"""Moves of many files into a folder: all of them or none, also for those who look later.

Before the first move, the staging folder gets one fixed name, which only one writer for a place
can have at a time, with a list of the moves in it. If a move fails, all are taken back. If the
writer is killed, the next one for the place finds the folder and carries the moves out.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from errno import EEXIST, ENOTEMPTY
from os import fspath
from pathlib import Path

from efssim.files.locks import is_at, lock
from efssim.files.staging import FILES, LOCK, Staging, clear_abandoned, unneeded

_MOVING = ".efssim-moving"
_MOVES = "moves.json"
_OLD = "old"


def move_all(made: Staging, into: Path, new: Sequence[Path], earlier: Sequence[Path]) -> None:
    """Move new files into a folder, in their order, after earlier ones have left it in theirs.

    Names are relative. Raise OSError, and then nothing has changed.
    """
    written = [file.as_posix() for file in new], [file.as_posix() for file in earlier]
    (made.root / _MOVES).write_text(json.dumps(written), encoding="utf-8")
    _claim(made, into)
    folders = _missing_folders(into, new)
    try:
        _move(made.root, into, new, earlier)
    except BaseException:
        _take_back(made.root, into, new, earlier)  # if this fails, the next writer goes on
        for folder in folders:
            with suppress(OSError):  # one that was not made, or has files of others
                folder.rmdir()
        raise
    finally:
        _retire(made)


def finish_moves(home: Path, name: str, into: Path) -> None:
    """Carry out the moves into a folder that a killed writer had begun; raise OSError.

    Those of a live writer are left to him.
    """
    _finish(_moving(home, name), name, into, wait=False)
    clear_abandoned(home, name)


def _moving(home: Path, name: str) -> Path:
    return home / f".{name}{_MOVING}"


def _claim(made: Staging, into: Path) -> None:
    """Give a staging folder the one name; wait for a live writer, and finish for a dead one."""
    target = _moving(made.home, made.name)
    while True:
        try:
            made.root.rename(target)
        except OSError as error:
            if error.errno not in (ENOTEMPTY, EEXIST) and not target.is_dir():
                raise
        else:
            made.root = target
            return
        _finish(target, made.name, into, wait=True)


def _finish(root: Path, name: str, into: Path, *, wait: bool) -> None:
    try:
        held = (root / LOCK).open("rb+")
    except FileNotFoundError:
        if wait and root.exists():
            raise _unknown(root) from None
        return
    with held:
        is_ours = lock(held, wait=wait)
        if is_ours is None and wait:
            raise _unknown(root)
        if is_ours and is_at(held, root / LOCK):
            listed = json.loads((root / _MOVES).read_text(encoding="utf-8"))
            new, earlier = ([Path(file) for file in each] for each in listed)
            _carry_out(root, into, new, earlier)
            root.rename(unneeded(root, name))


def _unknown(root: Path) -> OSError:
    reason = "another process moves files, or was killed while it did; remove this if none does"
    return OSError(EEXIST, reason, fspath(root))


def _carry_out(root: Path, into: Path, new: Sequence[Path], earlier: Sequence[Path]) -> None:
    """Do the moves that are left."""
    for file in earlier:
        if file not in new:
            (into / file).unlink(missing_ok=True)
    for file in new:
        if (root / FILES / file).exists():
            (into / file).parent.mkdir(parents=True, exist_ok=True)
            (root / FILES / file).replace(into / file)


def _move(root: Path, into: Path, new: Sequence[Path], earlier: Sequence[Path]) -> None:
    old = root / _OLD
    for file in earlier:
        (old / file).parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):  # somebody removed it
            (into / file).replace(old / file)
    for file in new:
        (into / file).parent.mkdir(parents=True, exist_ok=True)
        (root / FILES / file).replace(into / file)


def _missing_folders(into: Path, new: Sequence[Path]) -> list[Path]:
    """Return the folders that moves make, the innermost first."""
    inside = {parent for file in new for parent in (into / file).parents}
    folders = [each for each in inside if each == into or into in each.parents]
    return sorted(
        (each for each in folders if not each.exists()),
        key=lambda each: len(each.parts),
        reverse=True,
    )


def _take_back(root: Path, into: Path, new: Sequence[Path], earlier: Sequence[Path]) -> None:
    for file in reversed(new):
        if not (root / FILES / file).exists():
            (into / file).replace(root / FILES / file)
    for file in reversed(earlier):
        if (root / _OLD / file).exists():
            (root / _OLD / file).replace(into / file)


def _retire(made: Staging) -> None:
    """Take the one name from a staging folder, which is to be removed."""
    with suppress(OSError):  # the next writer finds nothing left to move
        made.root = made.root.rename(unneeded(made.root, made.name))

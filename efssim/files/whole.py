"""Single files, and a few together, that are written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from efssim.files.moving import finish_moves, move_all
from efssim.files.staging import staging


@contextmanager
def written_whole(file: Path) -> Iterator[Path]:
    """Yield a new path beside a file; at the end, what is there takes the file's place at once.

    Raise OSError.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with naming(file), staging(file.parent, file.name) as made:
        yield made.files / file.name
        (made.files / file.name).replace(file)


def create_whole(file: Path, text: str) -> None:
    """Write a file that is not there yet; raise FileExistsError if it is, and OSError."""
    with naming(file), staging(file.parent, file.name) as made:
        whole = made.files / file.name
        whole.write_text(text, encoding="utf-8")
        try:
            os.link(whole, file)  # unlike a move it replaces nothing
        except FileExistsError:
            raise
        except OSError:  # a file system without links
            with file.open("x", encoding="utf-8") as stream:
                stream.write(text)


def write_together(texts: Mapping[Path, str]) -> None:
    """Write files of one folder, in place of others there, all or none; raise OSError.

    The last one gives its name to what is beside it meanwhile, and is moved last.
    """
    *others, last = texts
    into = last.parent
    with naming(last), staging(into, last.name) as made:
        for file, text in texts.items():
            (made.files / file.name).write_text(text, encoding="utf-8", newline="\n")
        new = [Path(file.name) for file in (*others, last)]
        earlier = [file for file in reversed(new) if (into / file).exists()]
        move_all(made, into, new, earlier)


def finish_together(last: Path) -> None:
    """Finish the moves of files together that a killed process had begun; raise OSError."""
    finish_moves(last.parent, last.name, last.parent)


@contextmanager
def naming(file: Path) -> Iterator[None]:
    """Name a file, or a folder, in an error of a write inside that names none, or a hidden one."""
    try:
        yield
    except OSError as error:
        named = error.filename
        if named is not None and ".efssim-" not in str(named):
            raise
        reason = f"cannot be written: {error.strerror or error}; nothing of it has changed"
        raise OSError(error.errno, reason, os.fspath(file)) from None

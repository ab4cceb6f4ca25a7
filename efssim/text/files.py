"""Reading a file that a user names: a regular one of a sane size, or a sentence that says why not.

A device such as /dev/zero never ends and a named pipe without a writer never answers, so only
regular files are opened.
"""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from errno import EINVAL, EISDIR
from pathlib import Path

from efssim.text.quantities import format_size

_KINDS = (
    (stat.S_ISFIFO, "is a pipe, not a file; save what it holds as a file"),
    (stat.S_ISCHR, "is a device, not a file"),
    (stat.S_ISBLK, "is a device, not a file"),
    (stat.S_ISSOCK, "is a socket, not a file"),
)


def read_regular(file: str | os.PathLike[str], most_bytes: int) -> bytes:
    """Return the content of a regular file of at most `most_bytes`.

    Raise ValueError with a fragment that names the kind of the file, and OSError.
    """
    path = Path(file)
    found = path.stat()  # OSError where there is none; ValueError for a NUL in the name
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(EISDIR, os.strerror(EISDIR), str(path))
    if what := _other_kind(found.st_mode):
        raise ValueError(what)
    if found.st_size > most_bytes:
        raise ValueError(_too_large(found.st_size, most_bytes))
    with path.open("rb") as stream:
        content = stream.read(most_bytes + 1)  # files of /proc say that they are empty
    if len(content) > most_bytes:
        raise ValueError(_too_large(len(content), most_bytes))
    return content


def require_regular(file: Path) -> None:
    """Raise OSError with a sentence for a pipe, a device or a socket; not where there is nothing.

    For files of ours, which somebody may have replaced.
    """
    with suppress(FileNotFoundError, NotADirectoryError):
        if what := _other_kind(file.stat().st_mode):
            raise OSError(EINVAL, what, str(file))


def _other_kind(mode: int) -> str | None:
    """Return the words for a file that is neither regular nor a folder; None for one that is."""
    return next((what for is_kind, what in _KINDS if is_kind(mode)), None)


def _too_large(size: int, most_bytes: int) -> str:
    return f"has {format_size(size)}; at most {format_size(most_bytes)} are read"

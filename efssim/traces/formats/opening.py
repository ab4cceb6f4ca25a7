"""Files, folders and patterns as users name them, opened with gzip undone."""

from __future__ import annotations

import glob
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from efssim.text.files import read_regular
from efssim.text.quantities import format_size
from efssim.traces.formats.content import ExportContent
from efssim.traces.problems import refuse

MAX_FILE_BYTES = 2**29
"""Largest file, packed and unpacked (512 MiB): a row takes about three times its text in memory;
assumed."""

_GZIP = b"\x1f\x8b"
_PACKED = (
    (b"PK\x03\x04", "a ZIP archive"),
    (b"BZh", "packed by bzip2"),
    (b"\xfd7zXZ\x00", "packed by xz"),
    (b"\x28\xb5\x2f\xfd", "packed by zstd"),
)
_TAR_AT, _TAR = 257, b"ustar"
_PIECE_BYTES = 2**22


def export_files(file: str | Path) -> list[Path]:
    """Return the files that a name stands for: itself, those of a folder, or those of a pattern.

    Those of a folder and the folders in it are in the order of their names, without hidden ones.
    Raise TraceErrors where there is none.
    """
    path = Path(file)
    try:
        if path.is_dir():
            return _inside(path)
        if not glob.has_magic(str(path)) or path.exists():
            return [path]
    except (OSError, ValueError):  # a name that is too long, or no name: opening it says so
        return [path]
    try:
        found = sorted(Path(path.anchor).glob(str(path.relative_to(path.anchor))))
    except (OSError, ValueError) as error:
        refuse(str(path), None, f"is no pattern of files: {error}")
    files = [inside for one in found for inside in (_inside(one) if one.is_dir() else [one])]
    if not files:
        refuse(str(path), None, "no file matches this pattern")
    return files


def _inside(folder: Path) -> list[Path]:
    parts = ((file, file.relative_to(folder).parts) for file in folder.rglob("*"))
    found = [
        file
        for file, names in parts
        if not any(name.startswith(".") for name in names) and file.is_file()
    ]
    if not found:
        refuse(str(folder), None, "is a folder without files")
    return sorted(found)


def opened(path: Path) -> ExportContent:
    """Return the content of a file; raise TraceErrors where it cannot be read or unpacked."""
    file = str(path)
    try:
        data = read_regular(path, MAX_FILE_BYTES)
    except FileNotFoundError:
        refuse(file, None, "no such file")
    except IsADirectoryError:
        refuse(file, None, "is a folder, not a file")
    except OSError as error:
        refuse(file, None, f"cannot be read: {error.strerror or error}")
    except ValueError as error:
        refuse(file, None, str(error))
    return ExportContent(file, unpacked(file, data))


def unpacked(file: str, data: bytes) -> bytes:
    """Return content with gzip undone; raise TraceErrors where it is damaged or too large."""
    if data.startswith(_GZIP):
        data = b"".join(_members(file, data))
    for mark, what in _PACKED:
        if data.startswith(mark):
            refuse(file, None, f"is {what}; unpack it, or pack the file by gzip")
    if data[_TAR_AT : _TAR_AT + len(_TAR)] == _TAR:
        refuse(file, None, "is a tar archive; unpack it and name the folder")
    return data


def _members(file: str, data: bytes) -> Iterator[bytes]:
    """Yield the content of a gzip file in pieces, however many members it has."""
    size = 0
    while data.startswith(_GZIP):
        member = zlib.decompressobj(wbits=31)
        while not member.eof:
            try:
                piece = member.decompress(data, _PIECE_BYTES)
            except zlib.error as error:
                refuse(file, None, f"is a damaged gzip file: {error}")
            size += len(piece)
            if size > MAX_FILE_BYTES:
                most = format_size(MAX_FILE_BYTES)
                refuse(file, None, f"has more than {most} unpacked; at most {most} are read")
            if not piece and not member.eof:
                refuse(file, None, "is a damaged gzip file: it ends in the middle")
            data = member.unconsumed_tail
            yield piece
        data = member.unused_data
    # What follows the last member is no content of the file, as gzip itself has it.


def listed_files(files: Sequence[str | Path]) -> list[Path]:
    """Return all files that names stand for, each once; raise TraceErrors for one without any."""
    return list(dict.fromkeys(path for file in files for path in export_files(file)))

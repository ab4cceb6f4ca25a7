"""The folder under `--out`: earlier results in it, and files moved into it whole or not at all."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from errno import EEXIST, EISDIR, ENOENT, ENOTDIR
from importlib.util import find_spec
from os import fspath
from pathlib import Path
from typing import IO

from efssim.report.figures.files import FOLDER, is_figure
from efssim.report.files.formats import TABLE_FORMATS
from efssim.report.files.reporting.checklist import HEADING, STUDY

REPORT = "report.html"
MANIFEST = "manifest.json"
_METRICS = ("TimeSinceLastSync", "DataWriteIOBytes", "StorageBytes")
"""Metrics that an export has a file of."""
_DOCUMENTS = {
    *(
        REPORT,
        MANIFEST,
        STUDY,
        "summary.json",
        "calibration.json",
        "plan.json",
        "sweep.json",
        "comparison.json",
        "traces.json",
        "alarms.json",
        "choice.json",
        "drills.json",
        "runway.json",
    ),
    *(f"{metric}.json" for metric in _METRICS),
}
"""Files of ours besides tables, of any kind of result."""
_TABLES = (
    *("syncs", "statuses", "events", "violations", "risk", "trials", "evaluations", "sweep"),
    *("alarms", "tuning", "sets", "drills", "timeline", "scenarios", "compliance"),
    *("months", "credits"),
    *_METRICS,
)
_COMPARISON = re.compile(r"[A-Za-z0-9._-]+-comparison(\.[a-z]+)")

_STAGING = ".efssim-writing"
"""End of the name of a folder with files that are not whole yet."""
_LOCK, _FILES = "lock", "files"


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """Yield a new folder beside one; its files are moved there at the end, all or none.

    Files that an earlier manifest names and that are not written again go; other files stay, and
    raise FileExistsError if they are in the way. Raise OSError.
    """
    refuse_folder(folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    _clear_abandoned(folder)
    with _staging(folder) as staging:
        yield staging
        moved = [file.relative_to(staging) for file in sorted(_files(staging))]
        earlier = ours(folder)
        _refuse_folders(folder, moved)
        _refuse_collisions(folder, moved, earlier)
        for name in moved:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (staging / name).replace(folder / name)
        for name in earlier:
            if name not in moved:
                (folder / name).unlink(missing_ok=True)


@contextmanager
def written_whole(file: Path) -> Iterator[Path]:
    """Yield a new path beside a file; at the end, what is there takes the file's place at once.

    Raise OSError.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    _clear_abandoned(file)
    with _staging(file) as staging:
        yield staging / file.name
        (staging / file.name).replace(file)


def refuse_folder(folder: Path, names: Iterable[str] = ()) -> None:
    """Raise OSError for a path that cannot be a folder, and for files of others in the way.

    `names` are files that will be written, as far as that is known, besides page and manifest.
    """
    if folder.is_symlink() and not folder.exists():
        target = fspath(folder.readlink())
        raise FileNotFoundError(
            ENOENT, f"is a link to {target}, which is not there", fspath(folder)
        )
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(ENOTDIR, "is a file, not a folder", fspath(folder))
    _refuse_unwritable(folder)
    if folder.exists():
        known = ours(folder)
        _refuse_folders(folder, [*map(Path, sorted(_names())), *_figures_there(folder)])
        _refuse_collisions(
            folder, [Path(REPORT), Path(MANIFEST), Path(STUDY), *map(Path, names)], known
        )


def _refuse_unwritable(folder: Path) -> None:
    """Raise OSError if a folder, or the one before it where files become whole, takes none."""
    refuse_full(folder)
    if folder.exists():
        _refuse_full(folder.parent, folder)


def refuse_full(folder: Path) -> None:
    """Raise OSError if nothing can be written into a folder, which may not be there yet."""
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    _refuse_full(there, folder)


def _refuse_full(needed: Path, folder: Path) -> None:
    """Raise OSError, about a folder, if nothing can be written where it is needed."""
    if not needed.is_dir():
        raise NotADirectoryError(ENOTDIR, "is a file, not a folder", fspath(needed))
    try:  # permissions are not all: a disk may be full, or take no folders
        Path(tempfile.mkdtemp(prefix=".efssim-", dir=needed)).rmdir()
    except OSError as error:
        reason = f"{needed} cannot be written to: {error.strerror}"
        raise OSError(error.errno, reason, fspath(folder)) from None


def _figures_there(folder: Path) -> list[Path]:
    figures = folder / FOLDER
    found = sorted(figures.iterdir()) if figures.is_dir() else []
    return [path.relative_to(folder) for path in found if is_figure(path.name)]


def ours(folder: Path) -> list[Path]:
    """Return the files of a folder that are an earlier result of efssim, by its manifest."""
    try:
        listed = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        if not isinstance(listed["efssim"], str):
            return []
        figures = [Path(FOLDER, name) for name in listed.get("figures", []) if is_figure(name)]
    except (OSError, ValueError, KeyError, TypeError):  # none, or none that we wrote
        return []
    files = [path for path in folder.iterdir() if _is_of_us(path)]
    return [*(Path(path.name) for path in sorted(files)), *figures]


def _names() -> set[str]:
    """Return the files of ours, in every format that there is."""
    return _DOCUMENTS | {f"{name}{form.suffix}" for name in _TABLES for form in TABLE_FORMATS}


def _is_of_us(path: Path) -> bool:
    """Return whether a file beside a manifest is of its result; study.md may be of somebody."""
    if not _is_named(path.name) or not path.is_file():
        return False
    return path.name != STUDY or path.read_text("utf-8", "replace").startswith(HEADING)


def _is_named(name: str) -> bool:
    compared = _COMPARISON.fullmatch(name)
    suffixes = [form.suffix for form in TABLE_FORMATS]
    return name in _names() or (compared is not None and compared[1] in suffixes)


def _refuse_folders(folder: Path, names: list[Path]) -> None:
    """Raise OSError if a folder, or a file in place of one, is in the way of files."""
    if (folder / FOLDER).exists() and not (folder / FOLDER).is_dir():
        raise NotADirectoryError(ENOTDIR, "is a file, not a folder", fspath(folder / FOLDER))
    for name in names:
        if (folder / name).is_dir():
            raise IsADirectoryError(EISDIR, "is a folder", fspath(folder / name))


def _refuse_collisions(folder: Path, names: list[Path], known: list[Path]) -> None:
    """Raise FileExistsError if a file of somebody else is in the way of files."""
    for name in names:
        there = folder / name
        if name not in known and (there.exists() or there.is_symlink()):
            message = f"is of no result of efssim, as no {MANIFEST} beside it tells"
            raise FileExistsError(EEXIST, f"{message}; name another folder", fspath(there))


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


@contextmanager
def _staging(folder: Path) -> Iterator[Path]:
    """Yield a new folder beside one, which is gone at the end, and locked until then."""
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=_STAGING, dir=folder.parent))
    try:
        with (made / f"{_LOCK}.new").open("wb") as lock:
            _is_locked_by_us(lock)
            # Nobody sees it before it is locked.
            (made / f"{_LOCK}.new").rename(made / _LOCK)
            (made / _FILES).mkdir()
            yield made / _FILES
    finally:
        shutil.rmtree(made)


def _clear_abandoned(folder: Path) -> None:
    """Remove the files that killed runs into this folder left while they wrote.

    A writer holds a lock until it ends, however it ends; so a free lock is that of a dead writer.
    """
    for left in folder.parent.glob(f".{_escaped(folder.name)}.*{_STAGING}"):
        with suppress(OSError), (left / _LOCK).open("rb+") as lock:
            if _is_locked_by_us(lock):
                shutil.rmtree(left, ignore_errors=True)


def _escaped(name: str) -> str:
    return re.sub(r"([*?[])", r"[\1]", name)


def _is_locked_by_us(lock: IO[bytes]) -> bool:
    """Lock a file until it is closed; return whether that succeeded, False where no lock exists."""
    if find_spec("fcntl") is None:  # Windows, where nothing is cleared
        return False
    import fcntl

    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # somebody else's, or a file system without locks
        return False
    return True

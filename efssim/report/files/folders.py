"""The folder under `--out`: earlier results in it, and files moved into it whole or not at all."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from errno import EEXIST, EISDIR, ENOENT, ENOTDIR
from os import fspath
from pathlib import Path

from efssim.files.moving import finish_moves, move_all
from efssim.files.staging import can_move, require_room, staging
from efssim.files.whole import naming
from efssim.report.figures.files import FOLDER, is_figure
from efssim.report.files.formats import TABLE_FORMATS
from efssim.report.files.reporting.checklist import HEADING, STUDY
from efssim.text.files import require_regular

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


@contextmanager
def staged(folder: Path, inside: Iterable[str] = ()) -> Iterator[Path]:
    """Yield a new folder beside one; its files are moved there at the end, all or none.

    Files that an earlier manifest names and that are not written again go; other files stay, and
    raise FileExistsError if they are in the way. `inside` are folders in it that are results, too.
    Raise OSError.
    """
    refuse_folder(folder)
    with naming(folder):
        home, name = _home(folder)
        home.mkdir(parents=True, exist_ok=True)
        with staging(home, name) as made:
            yield made.files
            moved = [file.relative_to(made.files) for file in _files(made.files)]
            earlier = [
                *ours(folder),
                *(one / file for one in map(Path, inside) for file in ours(folder / one)),
            ]
            _refuse_folders(folder, moved)
            _refuse_collisions(folder, moved, earlier)
            # Who looks meanwhile, or after a kill, finds no manifest.
            move_all(
                made,
                folder,
                sorted(moved, key=_place),
                sorted(earlier, key=_place, reverse=True),
            )


def _place(file: Path) -> tuple[bool, int, Path]:
    """Return the place of a file in the order of moves: manifests last, that of all last of all."""
    return file.name == MANIFEST, -len(file.parts), file


def _home(folder: Path) -> tuple[Path, str]:
    """Return where files for a folder become whole, and a name for it there.

    Beside it; in it, where nothing can be moved from there, as into one that is mounted.
    """
    real = folder.resolve()
    is_beside = not real.exists() or can_move(real.parent, real)
    return (real.parent if is_beside else real), real.name


def _finish_killed(folder: Path) -> None:
    """Finish the moves that a killed run into a folder had begun; raise OSError."""
    real = folder.resolve()
    with naming(folder):
        for home in (real.parent, real):
            finish_moves(home, real.name, folder)


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
    refuse_full(folder)
    _finish_killed(folder)
    if folder.exists():
        known = ours(folder)
        _refuse_folders(folder, [*map(Path, sorted(_names())), *_figures_there(folder)])
        _refuse_collisions(
            folder, [Path(REPORT), Path(MANIFEST), Path(STUDY), *map(Path, names)], known
        )


def refuse_full(folder: Path) -> None:
    """Raise OSError if nothing can be written into a folder, which may not be there yet."""
    there = folder
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir():
        raise NotADirectoryError(ENOTDIR, "is a file, not a folder", fspath(there))
    try:
        require_room(there)
    except OSError as error:
        reason = f"{there} cannot be written to: {error.strerror}"
        raise OSError(error.errno, reason, fspath(folder)) from None


def _figures_there(folder: Path) -> list[Path]:
    figures = folder / FOLDER
    found = sorted(figures.iterdir()) if figures.is_dir() else []
    return [path.relative_to(folder) for path in found if is_figure(path.name)]


def ours(folder: Path) -> list[Path]:
    """Return the files of a folder that are an earlier result of efssim, by its manifest."""
    try:
        require_regular(folder / MANIFEST)
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

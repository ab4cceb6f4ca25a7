"""What is said and kept of a scenario that fails."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from search.drawn import draw
from search.maker import Json
from search.shrink import shrunk
from search.trial import Failure, Tried, try_out

COMMAND = "nox -s search --"


def again(seed: int) -> str:
    """Return the command that repeats the scenario of a seed."""
    return f"{COMMAND} --seed {seed}"


def retried(data: Json, seed: int, folder: Path, only: str | None = None) -> Tried:
    """Try a scenario as the search does."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return try_out(data, seed, folder, only)


def keep_shrunk(seed: int, failure: Failure, out: Path) -> Path:
    """Shrink the scenario of a seed; return the file that has it, beside those that it reads."""
    with tempfile.TemporaryDirectory() as folder:
        drawn = draw(seed, Path(folder))

        def fails(data: Json) -> bool:
            found = retried(data, seed, Path(folder), failure.check).failure
            return found is not None and found.kind == failure.kind

        least = shrunk(drawn.data, fails) if fails(drawn.data) else drawn.data
        out.mkdir(parents=True, exist_ok=True)
        for part, key in _files(least):
            file = Path(part[key])
            shutil.copy(file, out / file.name)
            part[key] = file.name
    found = out / f"search-{seed}.yaml"
    head = f"# {failure.check}: {COMMAND} --file {found}\n"
    text = yaml.safe_dump(least, sort_keys=False, allow_unicode=True)
    found.write_text(head + text, encoding="utf-8")
    return found


def read_back(file: Path) -> Json:
    """Return the scenario of a file, with whole names of the files that it reads."""
    data: Json = yaml.safe_load(file.read_text(encoding="utf-8"))
    for part, key in _files(data):
        part[key] = str((file.parent / part[key]).resolve())
    return data


def _files(part: Any) -> Iterator[tuple[Json, str]]:
    """Yield each place that names a file."""
    children = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    if isinstance(part, dict) and isinstance(part.get("file"), str):
        yield part, "file"
    for each in children:
        yield from _files(each)

"""Folders of results, compared as a whole."""

from __future__ import annotations

from pathlib import Path


def contents(folder: str | Path) -> dict[str, bytes]:
    """Return the content of each file below a folder, by its path in it."""
    top = Path(folder)
    files = sorted(path for path in top.rglob("*") if path.is_file())
    return {str(path.relative_to(top)): path.read_bytes() for path in files}

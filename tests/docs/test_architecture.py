"""The architecture page names files that are there, and draws the tower that is tested."""

from __future__ import annotations

import re
from pathlib import Path

from helpers.places import ROOT

import efssim

PACKAGE = Path(efssim.__file__).parent
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


def test_every_file_and_folder_is_there():
    named = set(re.findall(r"`((?:[a-z_]+/)*[a-z_]+(?:\.py|/))`", PAGE))
    assert len(named) > 30
    inside_folders = {path.name for path in PACKAGE.glob("model/writes/*.py")}  # named after it
    missing = [
        name
        for name in sorted(named)
        if not (PACKAGE / name).exists()
        and not (ROOT / name).exists()
        and name not in inside_folders
        and not list(PACKAGE.glob(f"**/{name}"))
    ]
    assert not missing


def test_the_tower_has_every_part():
    tower = PAGE.split("```text\n")[1].split("```")[0]
    parts = {path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or path.is_dir()}
    drawn = set(re.findall(r"[a-z_]+", tower))
    assert parts - {"__init__", "__main__", "__pycache__", "py"} <= drawn

"""docs/api.md is what the docstrings say now, and has every public name."""

from __future__ import annotations

import runpy

from helpers.places import ROOT

import efssim

MADE = runpy.run_path(str(ROOT / "docs" / "api.py"))["page"]()


def test_the_page_is_fresh():
    written = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    assert written == MADE, "run `python docs/api.py`"


def test_every_public_name_is_there():
    missing = [name for name in efssim.__all__ if f"`efssim.{name}" not in MADE]
    assert missing == ["__version__"]


def test_nothing_of_one_machine_or_run_is_in_it():
    assert " at 0x" not in MADE
    assert str(ROOT) not in MADE

"""Folders in which commands run and are disturbed."""

from __future__ import annotations

import pytest
from helpers.commands import write_tiny


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder, with the scenario `tiny.yaml`."""
    monkeypatch.chdir(tmp_path)
    write_tiny(tmp_path)
    return tmp_path


@pytest.fixture
def work(tmp_path, monkeypatch):
    """The current folder, with two scenarios, and room beside it for what commands say."""
    place = tmp_path / "work"
    place.mkdir()
    monkeypatch.chdir(place)
    write_tiny(place)
    write_tiny(place, "other", "40 s")
    return place

"""The search can fail: a fault that is planted is found, shrunk, and repeated by its command."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
import yaml
from search.__main__ import main
from search.failing import COMMAND
from search.features.table import FEATURES

from efssim.model.sync.stretch import Stretch

FIRST = 3001
"""Seed of a scenario that shows the fault."""


def _plant(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a sync that completes at the instant of a disturbance not be complete."""

    def completed(self: Stretch, now_s: float) -> int:
        return int(self.completed_s.searchsorted(now_s, "left"))

    monkeypatch.setattr(Stretch, "completed", completed)


def _search(folder: Path, *options: object) -> int:
    return main([*map(str, options), "--workers", "1", "--out", str(folder)])


def test_a_planted_fault_is_found_shrunk_and_repeated(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with monkeypatch.context() as planted:
        _plant(planted)
        assert _search(tmp_path, "--first", FIRST, "--count", 1) == 1
        said = capsys.readouterr().out
        line = next(line for line in said.splitlines() if "FAILED" in line)
        again = shlex.split(line[line.index(COMMAND) :].removeprefix(COMMAND))
        assert main([*again, "--out", str(tmp_path)]) == 1
        (file,) = tmp_path.glob("*.yaml")
        least = yaml.safe_load(file.read_text(encoding="utf-8"))
        # A replication, when it is cut, and a disturbance at a completion.
        assert len(least["events"]) == 1
        assert not {"rpo", "defaults", "regions"} & set(least)
        assert main(["--file", str(file)]) == 1
    # Without the fault both commands pass.
    assert main([*again, "--out", str(tmp_path)]) == 0
    assert main(["--file", str(file)]) == 0


def test_features_have_names_of_their_own() -> None:
    names = [feature.name for feature in FEATURES]
    assert len(names) == len(set(names)) > 100

"""A part of a study: which of its trials it runs, and what it tells of them."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.worlds import constant, scenario

from efssim.study.kept.divided import run_part
from efssim.study.kept.parts import FILE, PartStore, PartStudy
from efssim.study.run.executors import Workers
from efssim.study.trial.facts import fingerprints

WORLDS = [scenario({"w": constant()}, {"interval": each}, "10 min") for each in (60, 120)]
STUDY = PartStudy(
    command="sweep",
    seed=1,
    trials=6,
    verified=False,
    scenarios=fingerprints(WORLDS),
    options=(),
    files=(),
    number=2,
    of=2,
)
"""Of 6 trials of each of two scenarios it has 1, 3 and 5."""


def told(folder: Path) -> list[tuple[int, int, int]]:
    """Run the part in a folder, and return what it tells of its progress."""
    heard: list[tuple[int, int, int]] = []
    store = PartStore(folder, STUDY)
    run_part(WORLDS, store, Workers(workers=1), "cpu", lambda *progress: heard.append(progress))
    return heard


@pytest.mark.parametrize("kept", [0, 1, 4, 6])
def test_progress_counts_the_trials_that_were_there(tmp_path: Path, kept: int) -> None:
    heard = told(tmp_path)
    assert (heard[0], heard[-1]) == ((0, 0, 6), (1, 6, 6))
    file = tmp_path / FILE
    lines = file.read_bytes().splitlines(keepends=True)
    assert len(lines) == 1 + 6
    file.write_bytes(b"".join(lines[: 1 + kept]))
    again = told(tmp_path)
    assert (again[0], again[-1]) == ((0, kept, 6), (1, 6, 6))
    assert [count for _, count, _ in again] == sorted(count for _, count, _ in again)
    assert not PartStore(tmp_path, STUDY).missing

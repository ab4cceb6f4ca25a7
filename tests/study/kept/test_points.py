"""Trials of many scenarios in one file: each kind of study has a file of its own and goes on."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from helpers.worlds import constant, scenario

from efssim.study.kept.points import (
    PointStore,
    kept_choice,
    kept_comparison,
    kept_plan,
    kept_runway,
    kept_sweep,
)
from efssim.study.run.lines import StoreError
from efssim.study.trial.outcome import run_trial

WORLD = scenario({"w": constant()}, {"interval": 60}, "10 min")
Opened = Callable[[Path, int], AbstractContextManager[PointStore]]
KINDS: dict[str, Opened] = {
    "sweep": lambda folder, seed: kept_sweep(folder, [WORLD], seed),
    "comparison": lambda folder, seed: kept_comparison(folder, [WORLD], seed, verified=False),
    "choice": lambda folder, seed: kept_choice(folder, [WORLD], seed),
    "plan": lambda folder, seed: kept_plan(folder, WORLD, "name", (1.0, 2.0), seed),
    "runway": lambda folder, seed: kept_runway(folder, WORLD, seed, None),
}


@pytest.mark.parametrize("name", KINDS)
def test_a_trial_is_there_again_at_its_scenario_alone(tmp_path: Path, name: str) -> None:
    done = run_trial(WORLD, 1, 3)
    with KINDS[name](tmp_path, 1) as store:
        store.at(2).add(done)
    assert [file.name for file in tmp_path.iterdir()] == [f"{name}.jsonl"]
    with KINDS[name](tmp_path, 1) as store:
        assert [kept.trial.number for kept in store.at(2).take(range(5))] == [3]
        assert not list(store.at(1).take(range(5)))
    with pytest.raises(StoreError, match="holds trials of another study"):
        KINDS[name](tmp_path, 2).__enter__()

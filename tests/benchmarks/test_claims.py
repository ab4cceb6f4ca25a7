"""How often what studies claim is true, over 1,000 studies of each of five scenarios.

`pytest -m slow -rP tests/benchmarks/test_claims.py` prints it, as `python -m benchmarks.claims`
does; with the pools of 50,000 trials of each stratum it takes about half an hour on two CPUs.
`EFSSIM_POOLS` names a folder that keeps the pools, and `EFSSIM_POOL_SIZE` makes smaller ones.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks.claims.fixed import (
    COVERED,
    FALSE_MET,
    MACRO_RUNS,
    POOL,
    SCENARIOS,
    TRIALS,
    Macro,
    macro,
    pool_of,
)

SIZES = [*range(20, TRIALS, 20), TRIALS]


def run_macros(name: str, folder: Path, size: int, runs: int) -> Macro:
    found = macro(name, pool_of(name, size, folder, os.cpu_count() or 1), runs, TRIALS, SIZES)
    print(found)
    return found


def check(found: Macro) -> None:
    assert found.false_met <= FALSE_MET
    assert found.covered >= COVERED
    if found.name == "rare and long":
        assert found.truth == pytest.approx(0.9988, abs=1e-4)
        assert found.share(False) >= 0.5
        assert found.width < 0.004
        assert sorted(found.needed)[len(found.needed) // 2] < TRIALS


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENARIOS)
def test_claims_of_studies_are_true(name: str, tmp_path: Path) -> None:
    folder = Path(os.environ.get("EFSSIM_POOLS", tmp_path))
    check(run_macros(name, folder, int(os.environ.get("EFSSIM_POOL_SIZE", POOL)), MACRO_RUNS))


def test_the_first_scenario_in_small(tmp_path: Path) -> None:
    """Ten studies from a pool that is too small to say more than that it works."""
    name = "rare and long"
    found = macro(name, pool_of(name, 450, tmp_path, 1), 10, TRIALS, [])
    assert found.share(True) == 0
    assert found.share(False) >= 0.5
    assert found.width < 0.004
    # What the pool keeps is taken up again.
    assert [len(part) for part in pool_of(name, 450, tmp_path, 1)] == [1, 450]

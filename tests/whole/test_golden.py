"""Golden digests of every shipped scenario.

A digest is the same on one CPU family and NumPy version; elsewhere every number agrees to 1e-9
relative. A changed digest is committed together with the sentence of the model that changed:
`EFSSIM_UPDATE_GOLDEN=1 pytest tests/whole/test_golden.py` writes the new ones.
"""

from __future__ import annotations

import json
import os
import platform
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from helpers.places import ROOT
from helpers.worlds import simulate

import efssim
from efssim.scenario.shown.cells_use import streams_in_cells

SCENARIOS = sorted((ROOT / "scenarios").glob("*.yaml"))
GOLDEN = ROOT / "tests" / "golden"
EACH = sorted((GOLDEN / "each").glob("*.json"))
"""Of scenarios whose streams `drawn: auto` draws in cells, as they were with every write drawn."""
UPDATE = os.environ.get("EFSSIM_UPDATE_GOLDEN")
# NumPy has an exponential of its own for processors with AVX-512, which differs in the last bit.
FEATURES = np._core._multiarray_umath.__cpu_features__
HERE = {
    "numpy": np.__version__,
    "machine": platform.machine() + " with AVX-512" * FEATURES.get("AVX512_SKX", False),
}


def _close(left: Any, right: Any) -> None:
    if isinstance(left, dict):
        assert left.keys() == right.keys()
        for key in left:
            _close(left[key], right[key])
    elif isinstance(left, float) and isinstance(right, float | int):
        assert left == pytest.approx(right, rel=1e-9)
    else:
        assert left == right


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda file: file.stem)
def test_a_shipped_scenario_gives_its_golden_numbers(file: Path) -> None:
    _compare(efssim.load(file), GOLDEN / f"{file.stem}.json", bool(UPDATE))


@pytest.mark.parametrize("golden", EACH, ids=lambda file: file.stem)
def test_with_every_write_drawn_it_gives_those_of_before_there_were_cells(golden: Path) -> None:
    scenario = efssim.load(ROOT / "scenarios" / f"{golden.stem}.yaml")
    assert streams_in_cells(scenario)
    _compare(scenario.with_({"defaults.drawn": "each"}), golden, update=False)


def test_no_other_shipped_scenario_has_streams_in_cells() -> None:
    found = [file.stem for file in SCENARIOS if streams_in_cells(efssim.load(file))]
    assert found == [file.stem for file in EACH]


def _compare(scenario: efssim.Scenario, golden: Path, update: bool) -> None:
    """Compare a run with its golden file, which is written anew before if asked for."""
    summary = simulate(scenario).summary
    if update:
        text = json.dumps({"made_with": HERE, "summary": summary}, indent=1)
        golden.write_text(text + "\n", encoding="utf-8")
    expected = json.loads(golden.read_text(encoding="utf-8"))
    if expected["made_with"] == HERE:
        assert summary["digest"] == expected["summary"]["digest"]
    del summary["digest"], expected["summary"]["digest"]
    _close(json.loads(json.dumps(summary)), expected["summary"])


def test_every_golden_file_has_its_scenario() -> None:
    golden = sorted(file.stem for file in GOLDEN.glob("*.json"))
    assert golden == [file.stem for file in SCENARIOS]

"""The faults that `python -m benchmarks.mutants` makes are still faults of what stands there."""

from __future__ import annotations

import runpy

import pytest
from helpers.places import ROOT

MUTANTS = runpy.run_path(str(ROOT / "benchmarks" / "mutants.py"))["MUTANTS"]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_still_has_its_text(mutant) -> None:
    text = (ROOT / "efssim" / mutant.file).read_text(encoding="utf-8")
    assert text.count(mutant.old) == 1, "change the mutant with the code, so that it stays a fault"

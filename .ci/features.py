"""Compare runs with and without features of the processor: `python .ci/features.py [SCENARIO...]`.
`--without` prints the features that are AVX-512, as `NPY_DISABLE_CPU_FEATURES` takes them.

NumPy has loops of its own for AVX-512, and for AVX2, which may differ from the others in a last
bit. Each scenario runs in a process that may use all features, in one without AVX-512, and in one
with NumPy's baseline alone. Prints how many digests are the same, and the largest relative
difference of a number; exits 1 where one is above BOUND or the shape of a summary differs, and 2
where the processor or this NumPy has no such feature, as then nothing was compared.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

BOUND = 1e-9
"""Relative; the same as for golden numbers that another NumPy made."""
SCENARIOS = Path(__file__).resolve().parents[1] / "scenarios"
WITHOUT = "without AVX-512"
_RUN = """
import json, sys, efssim
print(json.dumps({file: efssim.run(efssim.load(file)).summary for file in sys.argv[1:]}))
"""


def dispatched() -> list[str]:
    """Return the features that this NumPy has loops for and this processor has."""
    made: Any = import_module("numpy._core._multiarray_umath")  # which NumPy's own tests ask
    return [name for name in made.__cpu_dispatch__ if made.__cpu_features__.get(name)]


def levels() -> dict[str, list[str]]:
    """Return the features to switch off, by the words for what is left."""
    features = dispatched()
    wide = [name for name in features if name.startswith("AVX512") or name == "X86_V4"]
    found = {WITHOUT: wide, "with the baseline alone": features}
    return {words: off for words, off in found.items() if off}


def summaries(files: list[str], off: list[str]) -> dict[str, Any]:
    """Run scenarios in a process of its own; return their summaries by file."""
    features = {"NPY_DISABLE_CPU_FEATURES": " ".join(off)} if off else {}
    kept = {key: text for key, text in os.environ.items() if not key.startswith("NPY_")}
    command = [sys.executable, "-W", "error::ImportWarning", "-c", _RUN, *files]
    done = subprocess.run(command, env={**kept, **features}, stdout=subprocess.PIPE, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def differences(left: Any, right: Any, where: str = "") -> Iterator[tuple[float, str]]:
    """Yield how much two summaries differ, relative to the larger number, and where."""
    if isinstance(left, dict) and isinstance(right, dict) and left.keys() == right.keys():
        for key in left:
            yield from differences(left[key], right[key], f"{where}.{key}")
    elif isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for ordinal, pair in enumerate(zip(left, right, strict=True)):
            yield from differences(*pair, f"{where}[{ordinal}]")
    elif isinstance(left, int | float) and isinstance(right, int | float):
        largest = max(abs(left), abs(right))
        yield (abs(left - right) / largest if largest else 0.0), where
    elif left != right:
        yield float("inf"), where


def compared(base: dict[str, Any], other: dict[str, Any]) -> tuple[int, float, str]:
    """Return how many digests are the same, the largest difference of a number, and where it is."""
    same = sum(base[file]["digest"] == other[file]["digest"] for file in base)
    found = differences(base, other)
    return same, *max(each for each in found if not each[1].endswith(".digest"))


def main() -> int:
    """Print the comparisons; return the exit code."""
    asked = levels()
    if "--without" in sys.argv:
        print(" ".join(asked.get(WITHOUT, [])))
        return 0
    files = sys.argv[1:] or [str(file) for file in sorted(SCENARIOS.glob("*.yaml"))]
    print(f"NumPy {np.__version__}: {' '.join(dispatched()) or 'no feature beside its baseline'}")
    if WITHOUT not in asked:
        print("nothing was compared: this processor, or this NumPy, has no AVX-512")
        return 2
    base, worst = summaries(files, []), 0.0
    for words, off in asked.items():
        same, largest, where = compared(base, summaries(files, off))
        print(f"{words}: {same} of {len(files)} digests the same, a number by {largest:.1e}")
        if largest > BOUND:
            print(f"  above {BOUND:g}: {where}")
        worst = max(worst, largest)
    return 1 if worst > BOUND else 0


if __name__ == "__main__":
    sys.exit(main())

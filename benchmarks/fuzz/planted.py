"""Faults on purpose, each of which has to be found: `python -m benchmarks.fuzz.planted`.

Prints the first word of what is found of each; exit code 1 if one is not found as it should be.
"""

from __future__ import annotations

import signal
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.fuzz import apart
from benchmarks.fuzz.case import Case
from benchmarks.fuzz.judge import faults

JSON = ("run", "s.yaml", "--format", "json")


def _refuses(line: str) -> int:
    print(line, file=sys.stderr)
    return 2


def _well(_: Case) -> int:
    return _refuses("s.yaml:1:1: name: is required")


def _raises(_: Case) -> int:
    raise ValueError("a bug")


def _waits(_: Case) -> int:
    signal.pause()
    return 0


def _spins(_: Case) -> int:
    while True:
        pass


def _fills(_: Case) -> int:
    return len(bytearray(2 * apart.MEMORY_BYTES)) and 0


def _writes(_: Case) -> int:
    Path("left").write_text("x", encoding="utf-8")
    return _refuses("s.yaml:1:1: name: is required")


def _spoils(_: Case) -> int:
    Path("s.yaml").write_text("x", encoding="utf-8")
    return 0


def _says_nothing(_: Case) -> int:
    return 2


def _says_no_place(_: Case) -> int:
    return _refuses("name: is required")


def _warns(_: Case) -> int:
    return _refuses("/x/y.py:7: RuntimeWarning: overflow encountered in exp")


def _prints(text: str) -> Callable[[Case], int]:
    def job(_: Case) -> int:
        print(text)
        return 0

    return job


PLANTED: Mapping[str, tuple[Callable[[Case], int], tuple[str, ...]]] = {
    "a refusal": (_well, ()),
    "an exception": (_raises, ("TRACEBACK",)),
    "a wait": (_waits, ("HANG",)),
    "a loop": (_spins, ("HANG",)),
    "too much memory": (_fills, ("TRACEBACK",)),
    "a file of a refusal": (_writes, ("DISK",)),
    "a changed input": (_spoils, ("DISK", "JSON")),
    "a silent refusal": (_says_nothing, ("SILENT",)),
    "no position": (_says_no_place, ("POSITION",)),
    "a warning": (_warns, ("WARNING", "POSITION")),
    "a number that is none": (_prints('{"mean": NaN}'), ("JSON",)),
    "a damaged folder": (_prints('{"other": 1}'), ("TRUSTED",)),
}
"""The job of each, and what has to be found."""


def main() -> None:
    """Run each and print what was found."""
    apart.CPU_S, apart.CLOCK_S = 0, 2
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        for name, (job, wanted) in PLANTED.items():
            honest = ("{}\n",) if name == "a damaged folder" else ()
            case = Case("planted", 0, {"s.yaml": b"{}"}, JSON, honest=honest, positioned=True)
            (ended,) = apart.run([case], Path(folder), job)
            found = tuple(fault.partition(":")[0] for fault in faults(case, ended))
            wrong += found != wanted
            print(f"{name}: {', '.join(found) or 'nothing'}")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()

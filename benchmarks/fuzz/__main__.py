"""Bad input: `python -m benchmarks.fuzz --cases N --seed S --kind KIND`.

Makes cases from the seed: scenario files whose bytes, structure or values are not as they should
be, options, exports of measurements in every format, requests in every protocol, files of alarms
and of prices, damaged results. Each runs in a process of its own, and must end within 5 s and 1 GiB
with exit code 0, 1 or 2: never a traceback, never a file that a refusal changed, never a number
that is none, never a result from a damaged folder that is another than before. Prints counts by
kind and each fault with the command that repeats it; exit code 1 if there is one.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.fuzz.kinds.table import KINDS
from benchmarks.fuzz.running import Tally, keep, run_kinds


def main() -> None:
    """Run the cases and print what came of them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fuzz", description=__doc__)
    parser.add_argument("--cases", type=int, default=2000, metavar="N", help="cases in all")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    parser.add_argument("--kind", choices=(*KINDS, "all"), default="all")
    parser.add_argument(
        "--first", type=int, default=0, metavar="K", help="number of the first case"
    )
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="processes")
    parser.add_argument("--real", type=int, default=1000, metavar="N",
                        help="each N-th runs in a fresh process, too")  # fmt: skip
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help="write the files of the first case"
    )
    parser.add_argument("--quick", action="store_true", help="import as it goes: for few cases")
    asked = parser.parse_args()
    kinds = {name: share for name, (_, share) in KINDS.items() if asked.kind in (name, "all")}
    if asked.keep is not None:
        print(keep(asked.kind, asked.seed, asked.first, asked.keep))
        return
    whole = sum(kinds.values())
    counts = {name: max(1, round(asked.cases * share / whole)) for name, share in kinds.items()}
    tally = run_kinds(counts, asked.seed, asked.first, asked.workers, asked.real, asked.quick)
    _print(tally)
    sys.exit(1 if any(one.faults for one in tally.values()) else 0)


def _print(tally: dict[str, Tally]) -> None:
    print(f"{'kind':10}{'cases':>9}{'refused':>9}{'ran':>9}{'long':>7}{'faults':>8}")
    for name, one in tally.items():
        print(f"{name:10}{one.cases:9,}{one.refused:9,}{one.ran:9,}{one.long:7,}{one.faults:8,}")
    sums = [sum(getattr(one, key) for one in tally.values()) for key in Tally.COUNTS]
    print(f"{'all':10}{sums[0]:9,}{sums[1]:9,}{sums[2]:9,}{sums[3]:7,}{sums[4]:8,}")


if __name__ == "__main__":
    main()

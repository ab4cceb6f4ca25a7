"""Fits beside the truth: `python -m benchmarks.calibration [--scenarios 200] [--part PART...]`.

Each number stands beside the number asked for. Parts: minutes (round trip at 60 s), five (at
300 s), unknowable (cases that cannot be known), year (time of a year of one-minute data).
"""

from __future__ import annotations

import argparse

from benchmarks.calibration.parts import round_trip, unknowable, year

PARTS = ("minutes", "five", "unknowable", "year")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenarios", type=int, default=200)
    parser.add_argument("--unknowable", type=int, default=30)
    parser.add_argument("--part", nargs="+", choices=PARTS, default=PARTS)
    options = parser.parse_args()
    for part in options.part:
        if part in ("minutes", "five"):
            round_trip(options.scenarios, at_five=part == "five")
        elif part == "unknowable":
            unknowable(options.unknowable)
        else:
            year()


if __name__ == "__main__":
    main()

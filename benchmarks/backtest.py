"""Back-tests on simulated metrics: `python -m benchmarks.backtest [--scenarios 60]`.

Random replications of 8 days, exported at 60 s: fitted to 4 days, forecast for 4 from the real
writes per minute, pauses and outages replayed. An error is that of a quantile of the age, as a
share of the measured one. `--first N` begins with another scenario, so that parts can be run apart.
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import dataclass

import numpy as np

from benchmarks.calibration.worlds import Case, drawn, exported
from efssim.calibration.backtest.backtest import Measurements, backtest
from efssim.calibration.backtest.findings import Backtest, NoBacktest
from efssim.calibration.fit import fit

DAYS = 8.0
RIGHT = 0.05
ASKED = 0.9
NAMES = ("p50", "p95", "p99", "max")


@dataclass(frozen=True)
class Tested:
    """A scenario with its back-test."""

    case: Case
    found: Backtest | NoBacktest

    def errors(self, *, calm: bool = False) -> tuple[float, ...]:
        """Return errors of p50, p95, p99 and the largest age; none without a back-test.

        `calm` leaves out disturbances, and catching up after them.
        """
        if isinstance(self.found, NoBacktest):
            return ()
        found = self.found.undisturbed if calm and self.found.undisturbed else self.found
        return found.p50_error, found.p95_error, found.p99_error, found.max_error


def is_right(errors: tuple[float, ...]) -> bool:
    """Return whether all four are within 5 %."""
    return max(map(abs, errors)) <= RIGHT


def tested(number: int) -> Tested:
    case = drawn(number, DAYS)
    exports = exported(case.spec, number)
    fitted = fit(exports.minutes, exports.writes)
    if not fitted.is_fitted:
        return Tested(case, NoBacktest(f"refused: {fitted.refusal}"))
    return Tested(case, backtest(Measurements(exports.minutes, exports.writes), fitted))


def show(one: Tested) -> None:
    case, found = one.case, one.found
    head = f"{case.number:3d} {case.workload:7s} interval {case.truth['interval']:6.0f} s"
    if isinstance(found, NoBacktest):
        print(f"{head}  {found.reason}", flush=True)
        return
    errors = " ".join(
        f"{name} {100 * e:+6.1f} %" for name, e in zip(NAMES, one.errors(), strict=True)
    )
    calm = one.errors(calm=True)
    mark = "" if is_right(one.errors()) else "  <" if is_right(calm) else "  <<"
    print(f"{head}  {errors}  ks {found.ks:.3f}  {found.trust.value}{mark}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenarios", type=int, default=60)
    parser.add_argument("--first", type=int, default=0)
    options = parser.parse_args()
    results = []
    for number in range(options.first, options.first + options.scenarios):
        results.append(tested(number))
        show(results[-1])
    made = [one for one in results if one.errors()]
    print(f"\n{len(results)} scenarios, {len(made)} back-tested, {len(results) - len(made)} not")
    for calm, words in ((False, "replayed"), (True, "left out")):
        right = sum(is_right(one.errors(calm=calm)) for one in made)
        share = 100 * right / max(1, len(made))
        print(
            f"disturbances {words}: all four errors at most {100 * RIGHT:.0f} % in {right} of "
            f"{len(made)} = {share:.1f} %  (asked: {100 * ASKED:.0f} %)"
        )
        for place, name in enumerate(NAMES):
            errors = np.abs([one.errors(calm=calm)[place] for one in made])
            within = 100 * (errors <= RIGHT).mean()
            print(f"  {name}: {within:5.1f} % within, median {np.median(errors):.2%}")
    trusted = Counter(one.found.trust.value for one in made if isinstance(one.found, Backtest))
    print(f"trust: {dict(sorted(trusted.items()))}")


if __name__ == "__main__":
    main()

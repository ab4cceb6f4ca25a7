"""The parts of the benchmark: each prints its numbers beside those asked for."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import numpy as np

from benchmarks.calibration.scores import Score, report, scores
from benchmarks.calibration.worlds import MIB, drawn, exported, log_uniform, scenario, stream
from efssim.calibration.data import Fitted, Identified
from efssim.calibration.fit import fit

INTERIM = 25
"""Scenarios after which numbers so far are said on standard error."""


def round_trip(count: int, *, at_five: bool) -> None:
    """Fit random replications at 60 s, or at 300 s."""
    label = "300 s" if at_five else "60 s"
    found: list[Score] = []
    telling: list[Score] = []
    refused: dict[str, int] = {}
    slowest = 0.0
    for number in range(count):
        case = drawn(number)
        exports = exported(case.spec, number)
        begin = time.perf_counter()
        fitted = fit(exports.five if at_five else exports.minutes, exports.writes)
        slowest = max(slowest, time.perf_counter() - begin)
        print(f"\r{label}: {number + 1}/{count}", end="", file=sys.stderr)
        if fitted.refusal is not None:
            key = fitted.refusal[:40]
            refused[key] = refused.get(key, 0) + 1
            continue
        found += scores(number, fitted, case.truth)
        if number % INTERIM == INTERIM - 1:
            report(f"{label}, so far", found, sys.stderr)
        if case.disturbances or case.workload == "bursty":
            telling += scores(number, fitted, case.truth)
    print(file=sys.stderr)
    print(f"{label}: {count} scenarios, {len(found) // 4} fitted, slowest {slowest:.1f} s")
    for reason, times in sorted(refused.items()):
        print(f"{label}: {times} refused: {reason} ...")
    report(label, found)
    for name in ("interval", "throughput"):
        mine = [one for one in telling if one.parameter.name == name]
        yes = sum(one.is_yes for one in mine)
        print(
            f"{label} {name}: with bursts or catch-ups yes {yes}/{len(mine)} = "
            f"{100 * yes / max(len(mine), 1):.1f} % (>= 80 %)"
        )


def unknowable(count: int) -> None:
    """Fit cases that cannot be known, and count those that are reported so."""
    kinds: tuple[tuple[str, Callable[[int], Fitted], Callable[[Fitted], bool]], ...] = (
        ("even and undisturbed writes", _even, _says_even),
        ("phase-locked below 60 s", _locked, _says_locked),
        ("a gap without a late sync", _never_late, _says_no_gap),
    )
    for label, fitted_of, is_said in kinds:
        said = [is_said(fitted_of(number)) for number in range(count)]
        share = 100 * sum(said) / count
        print(f"{label}: reported so in {sum(said)}/{count} = {share:.0f} % (>= 95 %)", flush=True)


def _even(number: int) -> Fitted:
    """Fit to writes that come one like the other, without a disturbance."""
    rng = np.random.default_rng([1, number])
    interval = log_uniform(rng, 70.0, 3600.0)
    rate, size = log_uniform(rng, 0.5, 2.0), log_uniform(rng, 0.05, 20.0) * MIB
    spec = scenario(
        interval=interval,
        gap=0.0,
        setup=log_uniform(rng, 1.0, 0.3 * interval),
        throughput=rate * size / log_uniform(rng, 0.03, 0.5),
        stream={"arrivals": {"constant": {"rate": rate}}, "size": size},
        phase=float(rng.uniform(0, 60)),
    )
    exports = exported(spec, number)
    return fit(exports.minutes, exports.writes)


def _says_even(fitted: Fitted) -> bool:
    pair = fitted.parameter("setup"), fitted.parameter("throughput")
    return all(one.identified is Identified.NO and one.reason for one in pair)


def _locked(number: int) -> Fitted:
    """Fit to cycles of a whole part of a minute."""
    rng = np.random.default_rng([2, number])
    interval = 60.0 / int(rng.integers(2, 7))
    rate, size = log_uniform(rng, 0.5, 2.0), log_uniform(rng, 0.05, 20.0) * MIB
    setup = log_uniform(rng, 0.5, 0.4 * interval)
    spec = scenario(
        interval=interval,
        gap=0.0,
        setup=setup,
        throughput=rate * size / log_uniform(rng, 0.03, 0.1),
        stream=stream("steady", rate, size, rng),
        phase=float(rng.uniform(0, 60)),
    )
    exports = exported(spec, number)
    return fit(exports.minutes, exports.writes)


def _says_locked(fitted: Fitted) -> bool:
    one = fitted.parameter("interval")
    return one.identified is Identified.NO and bool(one.reason)


def _never_late(number: int) -> Fitted:
    """Fit to syncs that are all on time."""
    rng = np.random.default_rng([3, number])
    interval = log_uniform(rng, 120.0, 3600.0)
    rate, size = log_uniform(rng, 0.5, 2.0), log_uniform(rng, 0.05, 20.0) * MIB
    spec = scenario(
        interval=interval,
        gap=float(rng.uniform(0.0, 0.2 * interval)),
        setup=log_uniform(rng, 1.0, 0.2 * interval),
        throughput=rate * size / log_uniform(rng, 0.03, 0.2),
        stream=stream("daily", rate, size, rng),
        phase=float(rng.uniform(0, 60)),
    )
    exports = exported(spec, number)
    return fit(exports.minutes, exports.writes)


def _says_no_gap(fitted: Fitted) -> bool:
    gap = fitted.parameter("gap")
    return gap.identified is Identified.NO and gap.low == 0 and bool(gap.reason)


def year() -> None:
    """Time a year of one-minute data, of a common interval and of one below the sampling."""
    for interval in (900.0, 37.0):
        rng = np.random.default_rng([4, int(interval)])
        spec = scenario(
            interval=interval,
            gap=0.0,
            setup=5.0,
            throughput=4 * MIB,
            stream=stream("bursty", 0.2, MIB, rng),
            phase=17.0,
            days=365.0,
        )
        exports = exported(spec, 1)
        begin = time.perf_counter()
        fitted = fit(exports.minutes, exports.writes)
        took = time.perf_counter() - begin
        print(
            f"a year, interval {interval:.0f} s: {len(exports.minutes.time_s)} samples, "
            f"{len(fitted.syncs)} syncs in {took:.1f} s (<= 60 s), refusal {fitted.refusal}"
        )

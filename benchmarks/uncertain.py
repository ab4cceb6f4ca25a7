"""Calibration of "met in X % of plausible parameter sets": `python -m benchmarks.uncertain`.

50 scenarios with different priors, whose verdict is known in closed form as a function of the
parameters, so that the true share of parameter sets is known. Each macro-run is a study of
parameter sets with a seed of its own. Asked: the interval of X covers the true share in at least
93 %; Spiegelhalter's z, of X as a forecast that parameters drawn from the prior meet the objective,
is below 3; and in ten bins of X the true share differs from X by at most 3 points.

Families: constant writes and periodic syncs, where nothing is drawn (age uniform from D to D plus
the interval, D = setup + bytes / throughput); periodic syncs whose setup is drawn; and syncs back
to back, of which eight trials decide few. X is claimed, and so judged as a forecast, where at most
one set in ten is undecided; these count half.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

import efssim
from efssim.scenario.unknowns.parameters import UncertainParameter, uncertain_parameters

Floats = NDArray[np.float64]
Meets = Callable[[dict[str, Floats]], NDArray[np.bool_]]
"""From values by path to whether they meet the objective."""

MACRO_RUNS, SCENARIOS = 500, 50
SETS, TRIALS = 100, 8
COVERED, Z_BELOW, POINTS = 0.93, 3.0, 0.03
_TRUTH = 200_000
"""Parameter sets from which a true share is computed: to 0.1 points."""
_BINS = 10

SYNC = "replications.dr.sync"
MIB = 2.0**20


@dataclass(frozen=True)
class Case:
    """A scenario and the closed form of its verdict."""

    family: str
    scenario: efssim.Scenario
    meets: Meets


def prior(rng: np.random.Generator, low: float, high: float) -> dict[str, Any]:
    """Return a distribution of one of the kinds between two ends."""
    middle = low + (high - low) * rng.uniform(0.2, 0.8)
    kinds: list[dict[str, Any]] = [
        {"uniform": {"low": low, "high": high}},
        {"loguniform": {"low": low, "high": high}},
        {"triangular": {"low": low, "mode": middle, "high": high}},
        {"normal": {"mean": middle, "sd": (high - low) / 4, "low": low, "high": high}},
        {"lognormal": {"median": middle, "sigma": 0.5, "low": low, "high": high}},
    ]
    return kinds[int(rng.integers(len(kinds)))]


def periodic(rng: np.random.Generator, number: int) -> Case:
    """Return constant writes and periodic syncs: throughput, setup and interval are not known."""
    per_s, interval = rng.uniform(2, 20) * MIB, rng.uniform(60, 240)
    size, low = round(per_s / 2), per_s * rng.uniform(1.6, 2.0)
    objective = rng.uniform(0.5, 0.95)
    unknown = {
        f"{SYNC}.throughput": prior(rng, low, low * rng.uniform(3, 20)),
        f"{SYNC}.setup": prior(rng, 0.5, 0.2 * interval),
        f"{SYNC}.interval": prior(rng, 0.8 * interval, 1.2 * interval),
    }

    def needs(values: dict[str, Floats]) -> Floats:
        length = values[f"{SYNC}.interval"]
        sent = values[f"{SYNC}.setup"] + 2 * size * length / values[f"{SYNC}.throughput"]
        needed: Floats = sent + objective * length
        return needed

    def made(target: float) -> efssim.Scenario:
        writes = {"w": {"arrivals": {"constant": {"rate": 2.0}}, "size": size}}
        sync = {"preset": "none", "interval": interval}
        return _scenario(f"periodic-{number}", "2 h", target, objective, writes, sync, unknown)

    return _with_share(rng, "periodic", made, needs)


def drawn_setup(rng: np.random.Generator, number: int) -> Case:
    """Return periodic syncs whose setup is uniform between two ends that are not known.

    At a time x after a cut the age is x if that sync is complete, and else x plus the interval: it
    is above the target where x is above target - interval and the setup is longer than x.
    """
    interval, objective = rng.uniform(1200, 2400), rng.uniform(0.6, 0.8)
    ends = {f"{SYNC}.setup.uniform.low": (0.01, 0.3), f"{SYNC}.setup.uniform.high": (0.35, 0.9)}
    unknown = {path: prior(rng, *(interval * end for end in part)) for path, part in ends.items()}

    def needs(values: dict[str, Floats]) -> Floats:
        low, high = (values[path] for path in ends)
        allowed = (1 - objective) * interval
        # The mean of (setup - x)+ is what is lost beyond x; find x by halving.
        least, most = np.zeros_like(low), high.copy()
        for _ in range(60):
            x = (least + most) / 2
            lost = np.where(x < low, (low + high) / 2 - x, (high - x) ** 2 / (2 * (high - low)))
            least, most = np.where(lost > allowed, x, least), np.where(lost > allowed, most, x)
        needed: Floats = interval + most
        return needed

    def made(target: float) -> efssim.Scenario:
        setup = {"uniform": {"low": 0.0, "high": 0.5 * interval}}
        sync = {"preset": "none", "interval": interval, "setup": setup}
        return _scenario(f"drawn-{number}", "40 days", target, objective, {}, sync, unknown)

    return _with_share(rng, "drawn setup", made, needs)


def back_to_back(rng: np.random.Generator, number: int) -> Case:
    """Return syncs back to back with an exponential setup of an unknown mean, and few trials.

    The age is the sum of two of them: met for 1 - (1 + x) exp(-x) of the time, x = target / mean.
    Only trials are evidence there, and eight decide few sets.
    """
    mean, objective = rng.uniform(10, 30), rng.uniform(0.6, 0.9)
    path, times = f"{SYNC}.setup.exponential.mean", _root(objective)
    unknown = {path: prior(rng, mean / 3, mean * 2)}

    def made(target: float) -> efssim.Scenario:
        sync = {"preset": "none", "setup": {"exponential": {"mean": mean}}}
        return _scenario(f"back-to-back-{number}", "2 h", target, objective, {}, sync, unknown)

    return _with_share(rng, "back to back", made, lambda values: times * values[path])


def _root(objective: float) -> float:
    low, high = 1e-6, 100.0
    for _ in range(100):
        x = (low + high) / 2
        low, high = (x, high) if 1 - (1 + x) * math.exp(-x) < objective else (low, x)
    return low


def _with_share(
    rng: np.random.Generator,
    family: str,
    made: Callable[[float], efssim.Scenario],
    needs: Callable[[dict[str, Floats]], Floats],
) -> Case:
    """Return a case with a target that a share of the parameter sets meets, any from 2 to 99 %.

    `needs` gives the smallest target that parameters meet.
    """
    parameters = uncertain_parameters(made(3600.0))
    shares = rng.uniform(1e-9, 1 - 1e-9, (20_000, len(parameters)))
    needed = needs(_values(parameters, shares))
    target = float(np.quantile(needed, rng.uniform(0.02, 0.99)))
    return Case(family, made(target), lambda values: needs(values) <= target)


def _values(parameters: Sequence[UncertainParameter], shares: Floats) -> dict[str, Floats]:
    return {
        each.path: np.array([each.at_share(share) for share in column])
        for each, column in zip(parameters, shares.T, strict=True)
    }


def _scenario(
    name: str,
    duration: str,
    target: float,
    objective: float,
    writes: dict[str, Any],
    sync: dict[str, Any],
    unknown: dict[str, Any],
) -> efssim.Scenario:
    return efssim.load(
        {
            "name": name,
            "duration": duration,
            "warm_up": "20 min",
            "rpo": {"target": target, "attainment": objective},
            "file_systems": {"src": {"region": "us-east-1", "writes": writes}},
            "replications": {
                "dr": {
                    "source": "src",
                    "destination": {"region": "eu-west-1"},
                    "established": True,
                    "sync": sync,
                }
            },
            "uncertain": unknown,
        }
    )


def cases(count: int) -> list[Case]:
    """Return scenarios with different priors: of ten six are exact, and one is hardly decided."""
    families = [periodic, drawn_setup, periodic, periodic, drawn_setup]
    families += [periodic, periodic, drawn_setup, periodic, back_to_back]
    return [families[k % len(families)](np.random.default_rng((2026, k)), k) for k in range(count)]


def drawn(case: Case, shares: Floats) -> NDArray[np.bool_]:
    """Return whether parameters at shares of their distributions meet the objective."""
    parameters = uncertain_parameters(case.scenario)
    return case.meets(_values(parameters, shares))


def truth(case: Case) -> float:
    """Return the true share of parameter sets, from many of them."""
    count = len(uncertain_parameters(case.scenario))
    shares = np.random.default_rng(7).uniform(1e-9, 1 - 1e-9, (_TRUTH, count))
    return float(drawn(case, shares).mean())


@dataclass(frozen=True)
class MacroRun:
    """One study beside the truth."""

    family: str
    truth: float
    forecast: float
    low: float
    high: float
    undecided: int
    outcome: bool
    """Whether parameters drawn from the prior meet the objective."""
    wrong: int
    """Sets with a verdict that the closed form does not have."""


def macro_run(case: Case, true_share: float, seed: int) -> MacroRun:
    """Run a study and compare it with the closed form."""
    study = efssim.run_sets(case.scenario, SETS, TRIALS, seed=seed, workers=1)
    share = study.shares["dr"]
    parameters = study.parameters
    values = {
        each.path: np.array([chosen.values[k] for chosen in study.design])
        for k, each in enumerate(parameters)
    }
    verdicts = [part.verdict if part else "undecided" for part in study.results_of("dr")]
    meets = case.meets(values)
    wrong = sum(
        verdict != "undecided" and (verdict == "met") != bool(is_met)
        for verdict, is_met in zip(verdicts, meets, strict=True)
    )
    one = np.random.default_rng((seed, 99)).uniform(1e-9, 1 - 1e-9, (1, len(parameters)))
    forecast = (share.met + share.undecided / 2) / share.count
    outcome = bool(drawn(case, one)[0])
    return MacroRun(
        case.family,
        true_share,
        forecast,
        share.low,
        share.high,
        share.undecided,
        outcome,
        wrong,
    )


def spiegelhalter(runs: Sequence[MacroRun]) -> float:
    """Return the z of forecasts beside outcomes: near 0 where they are calibrated."""
    p = np.array([run.forecast for run in runs])
    o = np.array([run.outcome for run in runs], dtype=float)
    variance = ((1 - 2 * p) ** 2 * p * (1 - p)).sum()
    return float(((o - p) * (1 - 2 * p)).sum() / math.sqrt(variance))


def show(runs: Sequence[MacroRun]) -> bool:
    """Print each number beside the one asked for; return whether all are reached."""
    covers = [run.low <= run.truth <= run.high for run in runs]
    claimed = [run for run in runs if run.undecided <= SETS / 10]
    z = spiegelhalter(claimed)
    bins = [[run for run in claimed if _bin(run.forecast) == k] for k in range(_BINS)]
    off = [abs(float(np.mean([run.forecast - run.truth for run in part]))) for part in bins if part]
    good = np.mean(covers) >= COVERED and abs(z) < Z_BELOW and max(off) <= POINTS
    print(f"macro-runs {len(runs)}, of {SETS} sets of {TRIALS} trials")
    print(f"interval covers the true share   {np.mean(covers):.3f}  asked >= {COVERED}")
    for family in dict.fromkeys(run.family for run in runs):
        part = [run for run in runs if run.family == family]
        rate = np.mean([run.low <= run.truth <= run.high for run in part])
        width = np.mean([run.high - run.low for run in part])
        undecided = np.mean([run.undecided for run in part])
        wrong = sum(run.wrong for run in part) / (SETS * len(part))
        print(
            f"  {family:<12} {len(part):>4} runs: covers {rate:.3f}, mean width {width:.3f}, "
            f"undecided {undecided:.1f} of {SETS}, wrong verdicts {wrong:.4f}"
        )
    print(f"X is claimed in                  {len(claimed):,} of {len(runs):,}")
    print(f"Spiegelhalter's |z|              {abs(z):.2f}   asked < {Z_BELOW:g}")
    print(f"worst bin of ten, in points      {100 * max(off):.2f}   asked <= {100 * POINTS:g}")
    return bool(good)


def _bin(share: float) -> int:
    return min(_BINS - 1, int(_BINS * share))


def main() -> None:
    """Run the macro-runs and print the numbers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--macro-runs", type=int, default=MACRO_RUNS)
    asked = parser.parse_args()
    chosen = cases(SCENARIOS)
    shares = [truth(case) for case in chosen[: asked.macro_runs]]
    runs = []
    for k in range(asked.macro_runs):
        case = chosen[k % SCENARIOS]
        runs.append(macro_run(case, shares[k % SCENARIOS], 1000 + k))
        if sys.stderr.isatty():
            print(f"\r{k + 1} of {asked.macro_runs}", end="", file=sys.stderr)
    sys.exit(0 if show(runs) else 1)


if __name__ == "__main__":
    main()

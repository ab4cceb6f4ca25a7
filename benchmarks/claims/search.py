"""Random studies against their truth: `python -m benchmarks.claims --random N --seed S`.

The trials of a scenario are a pool, whose mean is the truth; a study draws its own of the pool
without replacement, and is judged as `run --trials` is. Objectives are put above and below the
truth; those within the 99 % interval of the truth itself are counted apart, and never as false.
False claims are those of the objective nearest to the truth on that side, which is the hardest.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.claims.fixed import COVERED, FALSE_MET, slim, study_of, whole
from benchmarks.claims.kinds import KINDS, scenario_of
from efssim.model.kernel.strata import strata_of
from efssim.scenario import Scenario
from efssim.study.statistics.evidence import judged, samples
from efssim.study.statistics.intervals import CONFIDENCE
from efssim.study.statistics.precision import weighed_ages
from efssim.study.statistics.sample import Sample
from efssim.study.statistics.weighing import Design
from efssim.study.trial.outcome import Trial, run_trial

FACTORS = (0.5, 0.8, 0.9, 0.95, 0.98, 1.02, 1.05, 1.1, 1.25, 2.0)
"""Loss that an objective allows, as a multiple of the true loss."""
TRUTH = 0.99
"""Confidence of the interval of the truth."""
ERROR = 0.05
"""Chance of exit code 1 where all kinds keep just what is asked; shared by kinds and rules."""
_SLACK = 1e-12  # sums of floats
_SEED = 987_000_000
"""The trials of scenario k have this seed + k, which no other study has."""
Judge = Callable[[Sample, Sample, float, float], tuple[bool | None, float, float]]


@dataclass(frozen=True)
class Counted:
    """What the studies of one scenario say, beside its truth."""

    seed: int
    kind: str
    loss: float
    """The truth."""
    studies: int
    false_met: int | None
    """Of the nearest objective that is not met; None where there is none."""
    false_missed: int | None
    """Of the nearest objective that is met."""
    undecided: float
    """Share over all objectives that are counted."""
    covered: int
    ages_covered: int
    """Student's intervals of the mean age that hold the mean of the pool; no rule judges them."""
    ages: int
    width: float
    near: int
    """Objectives that are within the interval of the truth."""


def pool_of(scenario: Scenario, seed: int, size: int, folder: Path) -> list[list[Trial]]:
    """Return so many trials by stratum, in the shares that studies have; kept in a folder.

    Of a stratum in which nothing is drawn one is enough.
    """
    strata, design = strata_of(scenario), Design.of(scenario)
    file = folder / f"random-{seed}.jsonl"
    rows = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    number = max((row["number"] for row in rows), default=0)
    done = {row["stratum"] for row in rows}
    folder.mkdir(parents=True, exist_ok=True)
    with file.open("a") as stream:
        while len(rows) < size and not (all(design.exact) and rows):
            number += 1
            at = strata.at(number) or 0
            if design.exact[at] and at in done:
                continue
            done.add(at)
            trial = run_trial(scenario, _SEED + seed, number).trial
            rows.append({"number": number, **slim(trial)})
            stream.write(json.dumps(rows[-1]) + "\n")
    like = run_trial(scenario, _SEED + seed, 0).trial.summary
    trials = [whole(row["number"], row, like) for row in rows]
    return [[one for one in trials if one.stratum == k] for k in range(len(strata))]


def counted(
    seed: int,
    kind: str,
    scenario: Scenario,
    pool: list[list[Trial]],
    studies: int,
    trials: int,
    judge: Judge = judged,
) -> Counted:
    """Return what studies of a pool say by a judge."""
    design, strata = Design.of(scenario), strata_of(scenario)
    every = [one for part in pool for one in part]
    loss, low, high = _truth(every, design)
    ages, _ = weighed_ages(every, design)["dr"]
    limits = [min(1.0, loss * factor) for factor in FACTORS] if loss else [0.001, 0.01]
    known = [limit for limit in limits if not low <= limit <= high]
    met, missed = dict.fromkeys(known, 0), dict.fromkeys(known, 0)
    covered = ages_covered = with_age = 0
    widths, draws = [], np.random.default_rng(seed)
    for _ in range(studies):
        study = study_of(pool, strata, design, trials, draws)
        strict, mild = samples(study, "dr", design)
        for limit in known:
            said = judge(strict, mild, 1.0 - limit, CONFIDENCE)[0]
            met[limit] += said is True
            missed[limit] += said is False
        # Both bounds with half of the error, as the interval of `ci95`.
        _, least, most = judge(strict, mild, 0.5, (1 + CONFIDENCE) / 2)
        covered += least - _SLACK <= 1.0 - loss <= most + _SLACK
        widths.append(most - least)
        interval = weighed_ages(study, design)["dr"][1]
        if interval is not None:
            with_age += 1
            ages_covered += interval.low * (1 - 1e-9) <= ages <= interval.high * (1 + 1e-9)
    below, above = [x for x in known if x < loss], [x for x in known if x > loss]
    decided = sum(met.values()) + sum(missed.values())
    return Counted(
        seed,
        kind,
        loss,
        studies,
        met[max(below)] if below else None,
        missed[min(above)] if above else None,
        1.0 - decided / (studies * len(known)) if known else 1.0,
        covered,
        ages_covered,
        with_age,
        float(np.mean(widths)),
        len(limits) - len(known),
    )


def _truth(trials: Sequence[Trial], design: Design) -> tuple[float, float, float]:
    """Return the mean loss of a pool, and its interval as an estimate of that of the model."""
    losses = [1.0 - float(t.summary.replications["dr"].rpo.attainment or 0.0) for t in trials]
    strata = [trial.stratum for trial in trials]
    weighing = design.weighing(strata)
    loss = max(0.0, weighing.mean(losses, strata))
    interval = weighing.interval(losses, strata, TRUTH)
    return (loss, loss, loss) if interval is None else (loss, interval.low, interval.high)


def bounds(count: int, of: int, error: float) -> tuple[float, float]:
    """Return the bounds of a share by Clopper and Pearson, each with that error."""
    from scipy.special import betaincinv

    low = float(betaincinv(count, of - count + 1, error)) if count else 0.0
    high = float(betaincinv(count + 1, of - count, 1 - error)) if count < of else 1.0
    return low, high


def faults_of(found: Sequence[Counted]) -> list[str]:
    """Return what is significantly worse than asked, by kind, with the worst scenario's command."""
    kinds = {one.kind: [each for each in found if each.kind == one.kind] for one in found}
    error, faults = ERROR / (2 * len(kinds) or 1), []
    for kind, ones in kinds.items():
        hard = [one for one in ones if one.false_met is not None]
        claims = sum(one.false_met or 0 for one in hard)
        of = sum(one.studies for one in hard)
        if of and bounds(claims, of, error)[0] > FALSE_MET:
            worst = max(hard, key=lambda one: (one.false_met or 0) / one.studies)
            faults.append(f"{kind}: false met {claims / of:.1%} of {of:,}; {_again(worst)}")
        inside, of = sum(one.covered for one in ones), sum(one.studies for one in ones)
        if bounds(inside, of, error)[1] < COVERED:
            worst = min(ones, key=lambda one: one.covered / one.studies)
            faults.append(f"{kind}: {inside / of:.1%} of {of:,} cover; {_again(worst)}")
    return faults


def _again(one: Counted) -> str:
    return f"python -m benchmarks.claims --scenario {one.seed}"


def lines_of(found: Sequence[Counted]) -> list[str]:
    """Return the table by kind."""
    lines = [
        f"{'kind':22}{'scen.':>6}{'studies':>9}{'false met':>11}{'false miss':>11}"
        f"{'undecided':>11}{'covered':>9}  {'95 % interval':16}{'width':>9}{'near':>6}"
        f"{'age cov.':>10}"
    ]
    for kind in KINDS:
        ones = [one for one in found if one.kind == kind]
        if ones:
            lines.append(_line(kind, ones))
    return lines


def _line(kind: str, ones: Sequence[Counted]) -> str:
    of = sum(one.studies for one in ones)
    covered, ages = sum(one.covered for one in ones), sum(one.ages for one in ones)
    low, high = bounds(covered, of, 0.025)
    undecided = sum(one.undecided for one in ones) / len(ones)
    width = sum(one.width for one in ones) / len(ones)
    aged = f"{sum(one.ages_covered for one in ones) / ages:.1%}" if ages else "-"
    return (
        f"{kind:22}{len(ones):6}{of:9,}{_share(ones, 'false_met'):>11}"
        f"{_share(ones, 'false_missed'):>11}{undecided:11.1%}{covered / of:9.1%}"
        f"  [{low:.1%}, {high:.1%}]".ljust(97)
        + f"{width:9.5f}{sum(one.near for one in ones):6}{aged:>10}"
    )


def _share(ones: Sequence[Counted], key: str) -> str:
    hard = [one for one in ones if getattr(one, key) is not None]
    of = sum(one.studies for one in hard)
    return f"{sum(getattr(one, key) for one in hard) / of:.2%}" if of else "-"


def main(words: Sequence[str]) -> int:
    """Print the table of random scenarios; return 1 if a kind is worse than asked."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.claims", description=__doc__)
    parser.add_argument("--random", type=int, default=1, metavar="N", help="scenarios")
    parser.add_argument("--seed", type=int, default=0, metavar="S", help="of the first scenario")
    parser.add_argument("--scenario", type=int, metavar="SEED", help="this one alone")
    parser.add_argument("--pools", type=Path, default=Path("pools"), metavar="DIR")
    parser.add_argument("--size", type=int, default=10_000, help="trials of a truth")
    parser.add_argument("--studies", type=int, default=200)
    parser.add_argument("--trials", type=int, default=100, help="trials of a study")
    asked = parser.parse_args(words)
    # A study is drawn without replacement from half of the pool at most.
    if not 2 <= asked.trials <= asked.size / 2 or asked.studies < 1 or asked.random < 1:
        parser.error("it takes a scenario, a study, and twice as many trials as one of 2 or more")
    seeds = range(asked.seed, asked.seed + asked.random)
    found = []
    for seed in seeds if asked.scenario is None else [asked.scenario]:
        kind, scenario = scenario_of(seed)
        pool = pool_of(scenario, seed, asked.size, asked.pools)
        found.append(counted(seed, kind, scenario, pool, asked.studies, asked.trials))
        print(found[-1], flush=True)
    faults = faults_of(found)
    print(*lines_of(found), *faults, sep="\n")
    return 1 if faults else 0

"""How often what studies claim is true: `python -m benchmarks.claims`.

A thousand studies ("macro-runs") of each of five scenarios: how many say that an objective is met
which is not, how many of their 95 % intervals of attainment hold the true one, and how wide they
are. The truth of a scenario is what its pool says: the trials of each stratum, run once and stored,
of which every study draws its own without replacement. `--pools DIR` keeps them; with all of the
50,000 trials of a stratum they take about three quarters of an hour of one processor.
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import efssim
from efssim.lag.summary import AGE, RunSummary
from efssim.model.kernel.strata import Strata, strata_of
from efssim.study.statistics.evidence import judged, samples
from efssim.study.statistics.intervals import CONFIDENCE
from efssim.study.statistics.precision import weighed_ages
from efssim.study.statistics.weighing import Design
from efssim.study.trial.outcome import Trial, run_trial

MACRO_RUNS, TRIALS, POOL = 1000, 400, 50_000
FALSE_MET, COVERED = 0.05, 0.93
"""What is wanted: the largest share of false claims, and the smallest of intervals that cover."""
LINK = "us-east-1 -> us-west-2"
SEED = 20_260_101


def world(
    faults: dict[str, Any], share: float, writes: dict[str, Any] | None = None, **sync: Any
) -> efssim.Scenario:
    """Return 30 days of a sync every 10 minutes, an RPO of 15 minutes, and these faults."""
    system: dict[str, Any] = {"region": "us-east-1", "writes": writes or {}}
    replication = {
        "source": "fs",
        "destination": {"region": "us-west-2"},
        "established": True,
        "sync": {"interval": "10 min", **sync},
    }
    return efssim.Scenario.model_validate(
        {
            "name": "claims",
            "duration": "30 days",
            "records": "off",
            "rpo": {"target": "15 min", "attainment": share},
            "file_systems": {"fs": system},
            "replications": {"dr": replication},
            "faults": faults,
        }
    )


def _outage(mean: str, lasts: Any) -> dict[str, Any]:
    return {"wan": {"link_outage": LINK, "every": {"exponential": {"mean": mean}}, "for": lasts}}


def rare_and_long() -> efssim.Scenario:
    """Return the scenario of a key that is disabled for five days once in ten years."""
    every = {"exponential": {"mean": "3650 days"}}
    return world({"key": {"kms_key_disabled": "dr", "every": every, "for": "5 days"}}, 0.999)


def rare_and_short() -> efssim.Scenario:
    """Return a scenario of outages of two hours, every other month."""
    return world(_outage("60 days", "2 h"), 0.999)


def frequent() -> efssim.Scenario:
    """Return a scenario of outages of half an hour on average, every few days."""
    return world(_outage("4 days", {"exponential": {"mean": "30 min"}}), 0.997)


def heavy_tailed() -> efssim.Scenario:
    """Return a scenario of outages that mostly last minutes, and sometimes a week."""
    return world(_outage("20 days", {"lognormal": {"median": "30 min", "sigma": 2}}), 0.995)


def weekly() -> efssim.Scenario:
    """Return a scenario of weekly load, too much for some syncs, with an outage once a year."""
    days = {"rate": "0.0015 per s", "weekdays": [1.2, 1.2, 1.2, 1.2, 1.2, 0.5, 0.5]}
    stream = {"app": {"arrivals": {"profile": days}, "size": "6 GiB"}}
    return world(_outage("365 days", "8 h"), 0.9992, stream, throughput="120 MiB/s")


SCENARIOS: dict[str, Callable[[], efssim.Scenario]] = {
    "rare and long": rare_and_long,
    "rare and short": rare_and_short,
    "frequent": frequent,
    "heavy-tailed": heavy_tailed,
    "weekly": weekly,
}


def slim(trial: Trial) -> dict[str, Any]:
    """Return what a study needs of a trial, as plain data."""
    part = trial.summary.replications["dr"]
    return {
        "stratum": trial.stratum,
        "attainment": part.rpo.attainment,
        "age_s": part.age.mean,
        "spans": trial.spans.get("dr", []),
    }


def _slim_trials(name: str, numbers: list[int]) -> list[dict[str, Any]]:
    scenario = SCENARIOS[name]()
    return [slim(run_trial(scenario, SEED, number).trial) for number in numbers]


def whole(number: int, kept: dict[str, Any], like: RunSummary) -> Trial:
    """Return a trial with what was kept of it, and else what another one says."""
    part = like.replications["dr"]
    lags = {**part.lags, AGE: replace(part.age, mean=kept["age_s"], undefined_s=0.0)}
    rpo = replace(part.rpo, attainment=kept["attainment"])
    summary = replace(like, replications={"dr": replace(part, lags=lags, rpo=rpo)})
    spans = {"dr": kept["spans"]} if kept["spans"] else {}
    return Trial(number, summary, kept["stratum"], spans)


def pool_of(name: str, size: int, folder: Path, workers: int) -> list[list[Trial]]:
    """Return stored trials of each stratum of a scenario, and run those that are missing.

    Of a stratum in which nothing is drawn one is enough, as all are the same.
    """
    scenario = SCENARIOS[name]()
    design, strata = Design.of(scenario), strata_of(scenario)
    file = folder / f"{name.replace(' ', '-')}.jsonl"
    kept = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    wanted = [1 if exact else size for exact in design.exact]
    have = [sum(one["stratum"] == k for one in kept) for k in range(len(wanted))]
    missing = _missing(
        strata, wanted, have, first=1 + max((one["number"] for one in kept), default=0)
    )
    folder.mkdir(parents=True, exist_ok=True)
    with file.open("a") as stream:
        for numbers, found in _ran(name, missing, workers):
            for number, one in zip(numbers, found, strict=True):
                kept.append({"number": number, **one})
                stream.write(json.dumps(kept[-1]) + "\n")
            stream.flush()
    like = run_trial(scenario, SEED, 0).trial.summary
    trials = [whole(one["number"], one, like) for one in kept]
    return [[one for one in trials if one.stratum == k] for k in range(len(wanted))]


def _missing(strata: Strata, wanted: list[int], have: list[int], first: int) -> list[int]:
    """Return the numbers of the trials that are missing of each stratum."""
    left, numbers, number = [w - h for w, h in zip(wanted, have, strict=True)], [], first
    while any(count > 0 for count in left):
        at = strata.at(number) or 0
        if left[at] > 0:
            numbers.append(number)
            left[at] -= 1
        number += 1
    return numbers


def _ran(name: str, numbers: list[int], workers: int) -> Any:
    parts = [numbers[k : k + 100] for k in range(0, len(numbers), 100)]
    if workers == 1:
        yield from ((part, _slim_trials(name, part)) for part in parts)
        return
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        yield from zip(parts, pool.map(_slim_trials, [name] * len(parts), parts), strict=True)


class Said(NamedTuple):
    """What one study says."""

    met: bool | None
    low: float
    high: float
    age_low: float
    age_high: float


@dataclass(frozen=True)
class Macro:
    """Macro-runs of one scenario."""

    name: str
    objective: float
    truth: float
    age_s: float
    said: list[Said]
    needed: list[int]
    """Trials after which each of some studies had decided; the last number tried if not."""

    @property
    def false_met(self) -> float:
        """Share of the studies that claim an objective that is not met."""
        claims = sum(one.met is True for one in self.said)
        return claims / len(self.said) if self.truth < self.objective else 0.0

    @property
    def covered(self) -> float:
        """Share of the intervals of attainment that hold the truth."""
        slack = 1e-12  # sums of floats
        inside = [one.low - slack <= self.truth <= one.high + slack for one in self.said]
        return sum(inside) / len(inside)

    @property
    def ages_covered(self) -> float:
        """Share of the intervals of the mean age, Student's t, that hold the truth."""
        slack = 1e-9 * self.age_s
        known = [one for one in self.said if not math.isnan(one.age_low)]
        inside = [one.age_low - slack <= self.age_s <= one.age_high + slack for one in known]
        return sum(inside) / len(inside)

    @property
    def width(self) -> float:
        """Median width of the intervals of attainment."""
        return float(np.median([one.high - one.low for one in self.said]))

    def share(self, met: bool | None) -> float:
        """Return the share of studies with a verdict."""
        return sum(one.met is met for one in self.said) / len(self.said)

    def __str__(self) -> str:
        decided = ""
        if self.needed:
            middle, most = np.median(self.needed), max(self.needed)
            decided = (
                f", decided after {middle:.0f} trials (median of {len(self.needed)}, most {most})"
            )
        return (
            f"{self.name}: truth {self.truth:.4%}, objective {self.objective:.2%}; "
            f"met {self.share(True):.1%}, missed {self.share(False):.1%}, not decided "
            f"{self.share(None):.1%}; false met {self.false_met:.1%}; {self.covered:.1%} of "
            f"{len(self.said):,} intervals cover, median width {self.width:.5f}; of the mean age "
            f"{self.ages_covered:.1%}{decided}"
        )


def macro(name: str, pool: list[list[Trial]], runs: int, trials: int, sizes: list[int]) -> Macro:
    """Return what so many studies say; `sizes`: at which some are asked for a verdict."""
    scenario = SCENARIOS[name]()
    design, strata = Design.of(scenario), strata_of(scenario)
    draws = np.random.default_rng(SEED)
    said, needed = [], []
    for run in range(runs):
        study = study_of(pool, strata, design, trials, draws)
        said.append(_said(study, design))
        if sizes and run < 100:
            needed.append(_decided(study, design, sizes))
    truth, age_s = (
        math.fsum(
            p * math.fsum(number(one) for one in found) / len(found)
            for p, found in zip(design.probabilities, pool, strict=True)
        )
        for number in (_attained, _age_s)
    )
    return Macro(name, scenario.rpo.attainment, truth, age_s, said, needed)


def _attained(trial: Trial) -> float:
    return float(trial.summary.replications["dr"].rpo.attainment or 0.0)


def _age_s(trial: Trial) -> float:
    return float(trial.summary.replications["dr"].age.mean or 0.0)


def study_of(
    pool: list[list[Trial]], strata: Strata, design: Design, trials: int, draws: np.random.Generator
) -> list[Trial]:
    """Return the trials of a study, drawn from the pool of their stratum without replacement."""
    first = int(draws.choice(len(design.probabilities), p=design.probabilities))
    ordinals = [first, *(strata.at(number) or 0 for number in range(1, trials))]
    order = [iter(draws.permutation(len(found))[:trials].tolist()) for found in pool]
    return [pool[k][0] if design.exact[k] else pool[k][next(order[k])] for k in ordinals]


def _said(study: list[Trial], design: Design) -> Said:
    strict, mild = samples(study, "dr", design)
    met, _, _ = judged(strict, mild, _objective(study), CONFIDENCE)
    bounds = mild.attained((1 + CONFIDENCE) / 2)
    _, interval = weighed_ages(study, design)["dr"]
    return Said(met, *bounds, *(interval or (math.nan, math.nan)))


def _objective(study: list[Trial]) -> float:
    return study[0].summary.replications["dr"].rpo.objective


def _decided(study: list[Trial], design: Design, sizes: list[int]) -> int:
    for size in sizes:
        if (
            judged(*samples(study[:size], "dr", design), _objective(study), CONFIDENCE)[0]
            is not None
        ):
            return size
    return sizes[-1]


def main() -> None:
    """Print a line for each scenario."""
    parser = argparse.ArgumentParser(description="How often the claims of studies are true.")
    parser.add_argument("--pools", type=Path, default=Path("pools"))
    parser.add_argument("--size", type=int, default=POOL, help="trials of a stratum's pool")
    parser.add_argument("--trials", type=int, default=TRIALS, help="trials of a study")
    parser.add_argument("--runs", type=int, default=MACRO_RUNS)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--only", choices=SCENARIOS, action="append")
    parser.add_argument("--fill", action="store_true", help="run the pools and stop")
    given = parser.parse_args()
    sizes = [*range(20, given.trials, 20), given.trials]
    for name in given.only or SCENARIOS:
        pool = pool_of(name, given.size, given.pools, given.workers)
        if not given.fill:
            print(macro(name, pool, given.runs, given.trials, sizes), flush=True)

"""Coverage of the intervals of runways: `python -m benchmarks.runway [--scenarios 25]`.

Random scenarios, each with a population of trials of all months. The first month whose mean over
the population misses the objective is the true one. Studies of 30 trials are drawn from the
population with replacement, so that they are independent; a study covers if its interval has the
true month. Scenarios that miss in month 0 or not at all are drawn anew.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from efssim.scenario import Scenario
from efssim.study.planning.evaluation import READS, Evaluation, Losses, evaluated
from efssim.study.run.shared import Runner, runner
from efssim.study.runway.first_missed import MonthInterval, first, is_missed, month_interval
from efssim.study.runway.months import Months

TRIALS, STUDIES, POPULATION = 30, 50, 240
ASKED = 0.93
CONFIDENCE = 0.95
_PILOT = 30
_MOST = 30
"""Months that are tried at most."""
_BEYOND = 2
"""Months that are tried after the first one that misses by far."""


@dataclass(frozen=True)
class Case:
    """A scenario, with all trials of the pool for each month and the first month missed."""

    number: int
    kind: str
    scenario: Scenario
    months: tuple[Evaluation, ...]
    truth: int


def drawn(number: int, attempt: int) -> tuple[str, Scenario]:
    """Return a random scenario and what kind it is."""
    random = np.random.default_rng([number, attempt])
    kind = ("poisson", "bursts", "batch", "outages", "failures")[number % 5]
    load, rate, throughput = random.uniform(0.35, 0.75), random.uniform(0.02, 0.2), 20e6
    mean = load * throughput / rate
    size = {"lognormal": {"median": mean / np.exp(0.5), "sigma": 1.0}}
    arrivals: dict[str, object] = {"poisson": {"rate": rate}}
    if kind == "bursts":
        on = random.uniform(120, 900)
        arrivals = {"on_off": {"on": on, "off": 2 * on, "rate": 3 * rate}}
    factor = random.uniform(1.04, 1.15)
    growth = {"per": "month", "factor": factor}
    streams: dict[str, object] = {"w": {"arrivals": arrivals, "size": size, "growth": growth}}
    if kind == "batch":
        streams["w"] = {"arrivals": arrivals, "size": mean * 0.4, "growth": growth}
        jobs = {"at": "01:00", "every": "3 h", "writes": 200, "over": 600}
        job = random.uniform(0.2, 0.6) * throughput * 600 / 200
        streams["nightly"] = {
            "arrivals": {"batch": jobs},
            "size": {"gamma": {"mean": job, "cv": 1.0}},
            "growth": growth,
        }
    faults = {}
    if kind == "outages":
        lasts = {"exponential": {"mean": random.uniform(60, 240)}}
        faults = {"cut": {"link_outage": "us-east-1 -> eu-west-1", "every": "3 h", "for": lasts}}
    target = random.uniform(150, 600)
    sync = {"interval": 60, "setup": {"exponential": {"mean": 5}}, "throughput": throughput}
    if kind == "failures":
        sync["failure_probability"] = random.uniform(0.05, 0.3)
    return kind, Scenario.model_validate(
        {
            "name": f"{kind}-{number}",
            "duration": "4 h",
            "warm_up": "20 min",
            "records": "off",
            "rpo": {"target": target, "attainment": float(random.choice([0.95, 0.99, 0.999]))},
            "file_systems": {"fs": {"region": "us-east-1", "writes": streams}},
            "replications": {
                "dr": {
                    "source": "fs",
                    "destination": {"region": "eu-west-1"},
                    "established": True,
                    "sync": sync,
                }
            },
            "faults": faults,
        }
    )


def case(number: int, pool: int, made: Runner) -> Case:
    """Return a scenario whose first missed month is known."""
    for attempt in range(100):
        kind, scenario = drawn(number, attempt)
        months = _horizon(scenario, made)
        if months is None:
            continue
        found = tuple(_evaluated(scenario, month, pool, made) for month in range(months))
        truth = first([is_missed(each, scenario.rpo.attainment) for each in found])
        if truth:
            return Case(number, kind, scenario, found, truth)
    raise RuntimeError(f"no scenario of number {number} has a month that is known")


def _horizon(scenario: Scenario, made: Runner) -> int | None:
    """Return how many months show the first one missed; None: it is the first, or there is none."""
    allowed = 1 - scenario.rpo.attainment
    for month in range(_MOST):
        loss = _evaluated(scenario, month, _PILOT, made).losses.mean()
        if month == 0 and loss > allowed / 2:
            return None
        if loss > max(5 * allowed, 0.05):
            return month + _BEYOND
    return None


def _evaluated(scenario: Scenario, month: int, trials: int, made: Runner) -> Evaluation:
    world = Months(scenario).at(month)
    found = made.run(world, trials, scenario.seed, READS)
    objective = scenario.rpo.attainment
    return evaluated(month, found, ["dr"], objective, CONFIDENCE, "search")


def intervals(one: Case, studies: int) -> Iterator[MonthInterval]:
    """Yield the intervals of studies of trials that are drawn from all."""
    random = np.random.default_rng(one.number)
    design = one.months[0].losses.weighing.design
    for study in range(studies):
        chosen = _drawn_trials(one.months[0].losses, random)
        strata = tuple(one.months[0].losses.strata[k] for k in chosen)
        weighing = design.weighing(strata)
        months = []
        for each in one.months:
            kept = each.losses.by_replication
            losses = {name: tuple(of_all[k] for k in chosen) for name, of_all in kept.items()}
            months.append(replace(each, losses=Losses(losses, strata, weighing)))
        yield month_interval([months], one.scenario.rpo.attainment, CONFIDENCE, study)


def _drawn_trials(losses: Losses, random: np.random.Generator) -> list[int]:
    """Return the numbers of the trials of a study, as many of each stratum as the first 30 have."""
    strata = np.array(losses.strata)
    chosen: list[int] = []
    for k in sorted(set(losses.strata)):
        count = int((strata[:TRIALS] == k).sum())
        chosen += random.choice(np.flatnonzero(strata == k), count).tolist()
    return chosen


def covers(found: MonthInterval, truth: int) -> bool:
    """Return whether an interval has a month."""
    low, high = found
    return low is not None and low <= truth and (high is None or truth <= high)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenarios", type=int, default=25)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--pool", type=int, default=POPULATION)
    parser.add_argument("--studies", type=int, default=STUDIES, help="of each scenario")
    options = parser.parse_args()
    covered = studies = wide = 0
    with runner(None, 1) as made:
        for number in range(options.first, options.first + options.scenarios):
            one = case(number, options.pool, made)
            found = list(intervals(one, options.studies))
            good = sum(covers(each, one.truth) for each in found)
            months = len(one.months)
            ends = [[months if end is None else end for end in each] for each in found]
            width = sum(high - low for low, high in ends)
            covered, studies, wide = covered + good, studies + len(found), wide + width
            print(
                f"{number:3d} {one.kind:9s} month {one.truth:2d} of {months:2d}, "
                f"{100 * one.scenario.rpo.attainment:g} %: {good} of {len(found)} cover, "
                f"{width / len(found):.1f} months wide",
                flush=True,
            )
    share = covered / studies
    print(f"{covered} of {studies} intervals cover: {100 * share:.1f} %, asked {100 * ASKED:.0f} %")
    print(f"{wide / studies:.2f} months wide on average")


if __name__ == "__main__":
    main()

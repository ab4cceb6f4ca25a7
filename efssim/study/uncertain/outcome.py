"""The result of the trials of one parameter set: plain data, the same on any executor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from efssim.lag.kinds.asked import OF_AGE
from efssim.lag.pool import Pool
from efssim.lag.summary import AGE
from efssim.lag.too_short import could_none_miss
from efssim.scenario import Scenario
from efssim.study.run.trial_set import TrialSet
from efssim.study.statistics.evidence import judgement
from efssim.study.statistics.protected import loses_too_often
from efssim.study.trial.diverging import falls_behind
from efssim.study.trial.facts import is_random
from efssim.study.trial.outcome import run_trial
from efssim.study.trial.paced import Check

SET_CONFIDENCE = 0.99
"""Confidence of the verdict on one set. Of a hundred sets one may be wrong, which the interval of
their share allows for; with 95 % it would have to allow for five."""

SetVerdict = Literal["met", "missed", "undecided"]


@dataclass(frozen=True, slots=True)
class SetReplication:
    """The trials of a set, of one replication."""

    verdict: SetVerdict
    """On the objective, with 99 % confidence. A set that has a recovery point too far back when a
    disaster comes, in too many trials, has missed it; one that is too short has none."""
    met_throughout: bool
    """Whether it is met, and there always was a recovery point within the target."""
    attainment: float | None
    """Mean over trials."""
    low: float
    """Bounds of mean attainment, with 99 % confidence each; the same where nothing is drawn."""
    high: float
    age_mean_s: float | None
    age_p99_s: float | None
    """Over all trials together; so is the next."""
    age_max_s: float | None
    unprotected_s: float
    """Mean time without any recovery point."""
    diverging: float
    """Share of the trials in which more is written than can be sent."""
    falls_behind: bool
    """Whether those are more than the objective allows time above the target."""
    too_short: bool = False
    """Whether no sync completed in any window, and each was too short for the age to pass the
    target: it would be met with any rates."""

    @property
    def is_exact(self) -> bool:
        """Whether attainment is known exactly, as nothing is drawn."""
        return self.low == self.high


@dataclass(frozen=True, slots=True)
class SetOutcome:
    """The result of a parameter set."""

    number: int
    trials: int
    """How many were run: one where nothing is drawn, as others would be the same."""
    replications: Mapping[str, SetReplication]
    digest: str


def run_set(
    scenario: Scenario,
    seed: int,
    trials: int,
    number: int,
    verify: bool,
    check: Check | None = None,
) -> SetOutcome:
    """Run the trials of a set, whose values the scenario has; raise as `run_trial` does.

    `check` is as there.
    """
    count = trials if is_random(scenario) else 1
    pool, found = Pool(), []
    for trial in range(count):
        done = run_trial(scenario, seed, trial, verify, OF_AGE, check=check)
        if count > 1:  # one alone has exact numbers
            pool.add(done.states, done.trial.stratum)
        found.append(done.trial)
    made = TrialSet(scenario, seed, tuple(found), count, pool)
    pool.weigh(made.weighing.each)
    parts = {name: _of(made, name) for name in made.replications}
    return SetOutcome(number, count, parts, made.digest)


def _of(trials: TrialSet, name: str) -> SetReplication:
    means = trials.means[name]
    found = judgement(trials.trials, name, trials.design, means.rpo.objective, SET_CONFIDENCE)
    verdict: SetVerdict = "undecided" if found.met is None else "met" if found.met else "missed"
    if loses_too_often(trials.trials, name, trials.weighing):
        verdict = "missed"
    known = [trial.summary.replications.get(name) for trial in trials.trials]
    too_short = verdict == "met" and could_none_miss(
        (part for part in known if part is not None), trials.scenario.rpo.target
    )
    if too_short:
        verdict = "undecided"
    alone = trials.trials[0].summary.replications.get(name) if len(trials) == 1 else None
    age = trials.pooled.get(name, {}).get(AGE) if alone is None else alone.age
    return SetReplication(
        verdict=verdict,
        met_throughout=verdict == "met" and means.rpo.met_throughout is True,
        attainment=means.rpo.attainment,
        low=found.low,
        high=found.high,
        age_mean_s=means.age.mean,
        age_p99_s=None if age is None else age.p99,
        age_max_s=None if age is None else age.max,
        unprotected_s=means.unprotected_s,
        diverging=means.syncs.diverging,
        falls_behind=falls_behind(means.syncs.diverging, means.rpo.objective),
        too_short=too_short,
    )

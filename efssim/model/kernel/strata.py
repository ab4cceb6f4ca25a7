"""Strata of trials: which rare faults come at all, with the probability of each.

Almost all trials of a scenario with a rare fault are without it, and those few with it decide the
loss. The probability of each is known: a fault comes at all if its first gap is no longer than
the run. So trials are shared out among the strata, and each counts with the probability of its
stratum (stratified sampling: W. G. Cochran, Sampling Techniques, chapter 5).

In a stratum a fault's first gap is drawn given that it is within the run, or there is none; all
other draws are as in any trial, since each hangs on its own name.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, product

from efssim.model.kernel.draws import Draws, UnitUniform
from efssim.scenario import Scenario

MOST = 8
"""Strata at most; the rest of the trials is one of them."""
_RARE = 0.5
"""A fault is rare if it does not come at all with this probability or more."""
_FAULTS = 10
"""Faults that tell strata apart, at most: those that come most often. Others are drawn freely."""
_CALM = 0.5
"""Share of the trials without any rare fault. Assumed: losses are in the others."""
_LEAST = 1 / 32
"""Share of the trials of any other stratum, at least."""
_GOLDEN = (math.sqrt(5) - 1) / 2

Coming = frozenset[str]
"""Names of the rare faults that come at least once; the others do not."""


@dataclass(frozen=True)
class Stratum:
    """Trials that have in common which rare faults come."""

    probability: float
    coming: tuple[Coming, ...]
    """Combinations of rare faults of its trials; several for the rest."""
    chances: tuple[float, ...]
    """Of each of `coming`, given the stratum."""

    @property
    def faults(self) -> list[str] | None:
        """Names of the faults that come at least once; None: it varies."""
        return sorted(self.coming[0]) if len(self.coming) == 1 else None


@dataclass(frozen=True)
class Strata:
    """How the trials of a scenario are shared out; without rare faults there is one stratum."""

    rare: tuple[str, ...]
    """Names of the faults that tell them apart."""
    every: tuple[Stratum, ...]
    """The first is the one without any of these faults."""

    def __len__(self) -> int:
        return len(self.every)

    def of(self, coming: Coming) -> int:
        """Return the ordinal of the stratum of trials with these faults."""
        return next(k for k, stratum in enumerate(self.every) if coming in stratum.coming)

    def at(self, trial: int) -> int | None:
        """Return the ordinal of a trial's stratum; None for trial 0, which is as it comes.

        Multiples of the golden ratio, without their whole parts, are spread evenly however many
        there are, so after any number of trials each stratum has had its share, but for few.
        """
        if len(self) == 1 or trial == 0:
            return None
        at = trial * _GOLDEN % 1.0
        return bisect_right(self._ends, at, 0, len(self) - 1)

    @cached_property
    def _ends(self) -> list[float]:
        return list(accumulate(self._shares()))

    def _shares(self) -> list[float]:
        roots = [math.sqrt(stratum.probability) for stratum in self.every[1:]]
        wanted = [max(_LEAST, (1 - _CALM) * root / math.fsum(roots)) for root in roots]
        return [_CALM, *(share * (1 - _CALM) / math.fsum(wanted) for share in wanted)]


def strata_of(scenario: Scenario) -> Strata:
    """Return the strata of a scenario's trials."""
    chances = _chances(scenario)
    found: list[tuple[float, Coming]] = []
    for comes in product((False, True), repeat=len(chances)):
        parts = [p if come else 1 - p for p, come in zip(chances.values(), comes, strict=True)]
        names = frozenset(name for name, come in zip(chances, comes, strict=True) if come)
        found.append((math.prod(parts), names))
    calm, *others = found
    others.sort(key=lambda pair: (-pair[0], sorted(pair[1])))
    kept = MOST - 1 if len(found) <= MOST else MOST - 2
    groups = [[calm], *([one] for one in others[:kept]), others[kept:]]
    return Strata(tuple(chances), tuple(_stratum(group) for group in groups if group))


def _chances(scenario: Scenario) -> dict[str, float]:
    """Return the probabilities that rare faults come at all, by name in the scenario's order."""
    found = {}
    for name, fault in scenario.faults.items():
        chance = fault.every.share_at_most(scenario.duration)
        if fault.every.constant is None and 0 < chance <= 1 - _RARE:
            found[name] = chance
    often = sorted(found, key=lambda name: (-found[name], name))[:_FAULTS]
    return {name: chance for name, chance in found.items() if name in often}


def _stratum(group: list[tuple[float, Coming]]) -> Stratum:
    total = math.fsum(chance for chance, _ in group)
    names = tuple(coming for _, coming in group)
    return Stratum(total, names, tuple(chance / total for chance, _ in group))


@dataclass(frozen=True)
class Placed:
    """The stratum of one trial, and the first gaps that it imposes on rare faults."""

    ordinal: int
    first_s: dict[str, float]
    """By fault, in seconds; infinity where it does not come. Faults that it does not name come as
    they are drawn."""


def placed(scenario: Scenario, draws: Draws, strata: Strata | None = None) -> Placed:
    """Return the stratum of the trial with these draws."""
    strata = strata_of(scenario) if strata is None else strata
    ordinal = strata.at(draws.trial)
    if ordinal is None:
        return Placed(strata.of(_as_it_comes(scenario, draws, strata)), {})
    coming = _chosen(strata.every[ordinal], draws)
    first_s = {
        name: _first_gap_s(scenario, draws, name) if name in coming else math.inf
        for name in strata.rare
    }
    return Placed(ordinal, first_s)


def _as_it_comes(scenario: Scenario, draws: Draws, strata: Strata) -> Coming:
    gaps = {
        name: draws.of(f"faults.{name}.every", scenario.faults[name].every)[0]
        for name in strata.rare
    }
    return frozenset(name for name, gap_s in gaps.items() if gap_s <= scenario.duration)


def _chosen(stratum: Stratum, draws: Draws) -> Coming:
    """Return which faults come, where a stratum leaves a choice."""
    if len(stratum.coming) == 1:
        return stratum.coming[0]
    left = draws.series("strata", UnitUniform().sample)[0]
    for coming, chance in zip(stratum.coming, stratum.chances, strict=True):
        left -= chance
        if left < 0:
            return coming
    return stratum.coming[-1]


def _first_gap_s(scenario: Scenario, draws: Draws, name: str) -> float:
    """Return the first gap of a fault given that it is within the run."""
    every = scenario.faults[name].every
    share = draws.series(f"faults.{name}.first", UnitUniform().sample)[0]
    within = every.share_at_most(scenario.duration)
    # No uniform draw is 1, and one of 0 would be no share.
    return min(every.at_share(max(share, 2.0**-53) * within), scenario.duration)

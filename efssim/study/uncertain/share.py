"""The share of parameter sets that meet an objective, with an interval that admits what is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from efssim.study.statistics.intervals import CONFIDENCE, Interval
from efssim.study.trial.diverging import falls_behind
from efssim.study.uncertain.outcome import SET_CONFIDENCE, SetReplication

SHARE_OF_SETS = 0.95
"""Share of the parameter sets in which an objective has to be met, unless another is asked for."""


@dataclass(frozen=True, slots=True)
class SetShare:
    """How many parameter sets meet an objective."""

    count: int
    met: int
    missed: int
    undecided: int
    """Neither is shown: more trials may."""
    met_throughout: int
    """Of those that meet it, those that always had a recovery point within the target."""
    low: float
    """The 95 % interval of the share of plausible parameter sets that meet it."""
    high: float
    diverging: int = 0
    """Sets that fall behind for good, whatever they attain: met for as long as this run only."""
    too_short: int = 0
    """Of those that are undecided, sets whose windows are too short for any verdict but met."""

    @property
    def diverging_share(self) -> float:
        """The share of the sets that fall behind for good."""
        return self.diverging / max(1, self.count)

    def falls_behind(self, asked: float) -> bool:
        """Return whether those are too many for an objective in an asked share of the sets."""
        return falls_behind(self.diverging_share, asked)

    @property
    def interval(self) -> Interval:
        """The 95 % interval."""
        return Interval(self.low, self.high)

    @property
    def share(self) -> float | None:
        """The share that meets it; None where a set is undecided."""
        return None if self.undecided or not self.count else self.met / self.count

    def reaches(self, asked: float) -> bool | None:
        """Return whether the objective is met in an asked share of the sets; None: not decided."""
        if self.low >= asked:
            return True
        return False if self.high < asked else None


_OUTSIDE = (1 - CONFIDENCE) / 2
"""Probability that the share lies beyond one end of its interval, at most."""


def share_of(
    parts: Sequence[SetReplication | None],
    outside: float = _OUTSIDE,
    times: int = 1,
    verdicts: int = 1,
) -> SetShare:
    """Return the share of sets; None stands for a set without the replication, and is undecided.

    The interval is that of Clopper and Pearson, which holds for any number of sets: its lower end
    takes an undecided set for a miss, its upper end for one that is met. A verdict on a set may
    be wrong with 1 % where anything is drawn, so each end allows for the false verdicts that 1 % of
    the sets on its other side would have: if the share p is met, at most p + (1 - p) · 1 % are
    found to be, on average. `outside`: how often each end may miss; `times`: as if there were so
    many times these sets; `verdicts`: on how many replications each set is judged.
    """
    known = [part for part in parts if part is not None]
    met = sum(part.verdict == "met" for part in known)
    missed = sum(part.verdict == "missed" for part in known)
    wrong = 0.0 if all(part.is_exact for part in known) else verdicts * (1 - SET_CONFIDENCE)
    throughout = sum(part.met_throughout for part in known)
    count = len(parts)
    low = _at_least(times * met, times * count, wrong, outside)
    high = 1 - _at_least(times * missed, times * count, wrong, outside)
    diverging = sum(part.falls_behind for part in known)
    short = sum(part.too_short for part in known)
    undecided = count - met - missed
    return SetShare(count, met, missed, undecided, throughout, low, high, diverging, short)


def _at_least(found: int, count: int, wrong: float, outside: float) -> float:
    """Return the lower bound of a share, given how many sets were found to be of it."""
    if not found:
        return 0.0
    from scipy.special import betaincinv

    bound = float(betaincinv(found, count - found + 1, outside))
    return max(0.0, (bound - wrong) / (1 - wrong))

"""Verdicts of evaluations that the ends of the runs decide, and their words.

For plans, and for the months of a runway.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from efssim.lag.objectives.ends import OpenAtEnd
from efssim.lag.too_short import could_none_miss
from efssim.scenario.objectives import Of
from efssim.study.means.left_out import left_out_of_trials
from efssim.study.run.trial_set import TrialSet


@dataclass(frozen=True, slots=True)
class Ends:
    """The part of the verdict of an evaluation that the ends of its runs leave open."""

    left: OpenAtEnd = field(default_factory=OpenAtEnd)
    """Most writes or bytes of a replication that could turn the verdict over."""
    could_not_miss: bool = False
    """Whether a replication meets the target in windows in which it could not miss it."""

    @property
    def decide(self) -> bool:
        """Whether the verdict hangs on where the runs end."""
        return self.left.decides or self.could_not_miss


@dataclass(frozen=True, slots=True)
class EndsVerdict:
    """A verdict on an objective, as far as the ends of the runs ask for it."""

    met: bool | None
    objective: float


def ends_of(
    trials: TrialSet, replications: Sequence[str], of: str | None, verdict: EndsVerdict
) -> Ends:
    """Return the part of a verdict, on the RPO or an objective, that ends of trials leave open."""
    asked = trials.scenario.rpo if of is None else trials.scenario.objectives[of]
    if of is None or trials.scenario.objectives[of].of == "time":
        return Ends(
            could_not_miss=verdict.met is True
            and _could_not_miss(trials, replications, asked.target)
        )
    found = [
        left_out_of_trials(trials.trials, trials.weighing, name, of, verdict)
        for name in replications
    ]
    turning = [left for left in found if left.turns]
    return Ends(left=max(turning, key=lambda left: left.share, default=OpenAtEnd()))


def left_out_text(where: str, found: Sequence[Ends], of: Of) -> str:
    """Return the caution on writes or bytes that are open at the ends of runs of some values."""
    share = 100 * max(each.left.share for each in found)
    decides = any(each.decide for each in found)
    return (
        f"LEFT OUT {where}: up to {share:.4g} % of all {of} at the end may yet meet or miss the "
        "target, which could turn over whether the objective is met"
        f"{': a longer run decides' if decides else ''}."
    )


def could_not_miss_text(where: str) -> str:
    """Return the caution on windows that are too short for any verdict but met."""
    return (
        f"NO SYNC COMPLETED {where}, in a window too short for the age to pass the target: a "
        "longer run decides."
    )


def _could_not_miss(trials: TrialSet, replications: Sequence[str], target_s: float) -> bool:
    return any(
        could_none_miss((each.summary.replications[name] for each in trials.trials), target_s)
        for name in replications
    )

"""Confirming an answer on sample paths that the search has not seen.

The search picks a value because its sample looks good, so that sample flatters it. A confirmation
has a seed of its own, and bounds that hold at every number of trials, so it goes on until they
decide. If one fails, the next value is tried with another seed. Look k may err with probability
alpha / 2^k, so all looks together err with at most alpha (Bonferroni; the levels are alpha spending
as in sequential trials), for any shape of the curve and any way to pick the value: the pick
depends on earlier seeds only.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable

from efssim.study.planning.evaluation import Evaluation
from efssim.study.planning.search import Ask, Bracket, PlanOutcome
from efssim.study.statistics.evidence import without_loss

TIMES = 4
"""Trials of a confirmation's first look, in trials of a search evaluation."""
MOST = 2
"""Most trials at one value, in those of a claim without any loss; then the next is tried."""

Confirm = Callable[[int, int], Evaluation]
"""Evaluates a value (its ordinal) at look k."""


def search_confidence(confidence: float) -> float:
    """Return the confidence of single decisions in the search, above that of the objective.

    A value that just reaches the objective in the search would fail half of its confirmations.
    """
    return 1 - (1 - confidence) / 10


def look_confidence(confidence: float, look: int) -> float:
    """Return the confidence of look 1, 2, …: their errors add up to 1 - confidence."""
    return 1 - (1 - confidence) * 0.5**look


def next_trials(made: Evaluation, objective: float) -> int | None:
    """Return the number of trials of the next look at a value; None: another value is a better bet.

    A tenth more than it seems to take, as that may as well be short.
    """
    if made.met is not None or made.more_trials is None or made.attainment < objective:
        return None
    wanted = math.ceil(1.1 * (made.trials + made.more_trials))
    return wanted if wanted <= MOST * _without_loss(made, objective) else None


def _without_loss(made: Evaluation, objective: float) -> float:
    """Return about how many trials would show an objective if none of them lost anything.

    A stratum with the probability p and the share q of the trials takes p / q times those that
    there would be without strata, and its part of the error.
    """
    weighing = made.losses.weighing
    total, doubtful = sum(weighing.counts), sum(not exact for exact in weighing.design.exact)
    shares = zip(weighing.design.probabilities, weighing.counts, strict=True)
    stretch = math.fsum(p * total / n for p, n in shares if n)
    return stretch * without_loss(objective, (1 - made.confidence) / max(1, doubtful))


def affordable(bracket: Bracket, ask: Ask, top: int, objective: float) -> Bracket:
    """Move a bracket to a value that a reasonable number of trials can confirm; return it.

    One that just meets the objective could be shown in thousands of times the trials only. The next
    values are asked on the sample paths of the search, in steps that double, and then between the
    last two. The bracket stays as it is where none up to the end can be shown.
    """
    assert bracket.holds is not None
    upwards = 1 if bracket.direction == "smallest" else -1
    end = top if upwards == 1 else 0

    def can(ordinal: int) -> bool:
        made = ask(ordinal)
        return made.met is True or next_trials(made, objective) is not None

    low, step = bracket.holds, 1
    if can(low):
        return bracket
    while not can(high := low + upwards * min(step, abs(end - low))):
        if high == end:
            return bracket
        low, step = high, 2 * step
    while abs(high - low) > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if can(middle) else (middle, high)
    return Bracket("found", bracket.direction, low, high)


def fresh_seed(seed: int, look: int) -> int:
    """Return the seed of look 1, 2, …, which depends on the seed of the search."""
    digest = hashlib.sha256(f"confirmation {look} of seed {seed}".encode()).digest()
    return int.from_bytes(digest[:4], "big")


def confirmed(bracket: Bracket, ask: Confirm, top: int) -> Bracket:
    """Return the first value from `bracket.holds` on that is confirmed, next to the one before.

    `top` is the last ordinal of the ladder. The step is one value, and doubles from the fourth
    failure on; a value at the better end that fails ends it with `never`, or `undecided` where
    more trials could show it.
    """
    assert bracket.holds is not None
    upwards = 1 if bracket.direction == "smallest" else -1
    end = top if upwards == 1 else 0
    fails, holds, look = bracket.fails, bracket.holds, 1
    while not (judged := ask(holds, look)).met:
        if holds == end:
            outcome: PlanOutcome = "undecided" if judged.met is None else "never"
            return Bracket(outcome, bracket.direction, fails, holds)
        step = min(2 ** max(0, look - 3), abs(end - holds))
        fails, holds, look = holds, holds + upwards * step, look + 1
    return Bracket("always" if fails is None else "found", bracket.direction, fails, holds)

"""Confirming an answer on sample paths that the search has not seen.

The search picks a value because its sample looks good, so that sample flatters it. A confirmation
has a seed of its own. If one fails, the next value is tried with another seed. Look k may err with
probability alpha / 2^k, so all looks together err with at most alpha (Bonferroni; the levels are
alpha spending as in sequential trials), whatever the shape of the curve and however the value was
picked: what is picked depends on earlier seeds only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from efssim.study.evaluation import Evaluation
from efssim.study.search import Bracket, Outcome

TIMES = 4
"""Trials of the first confirmation, in trials of a search evaluation; each further one doubles."""

Confirm = Callable[[int, int, float], Evaluation]
"""Evaluates a value (its ordinal) at look k, with the largest loss of a trial known so far."""


def search_confidence(confidence: float) -> float:
    """Return the confidence of single decisions in the search, above what is asked.

    A value that just reaches the objective in the search would fail half of its confirmations.
    """
    return 1 - (1 - confidence) / 10


def look_confidence(confidence: float, look: int) -> float:
    """Return the confidence of look 1, 2, …: their errors add up to 1 - confidence."""
    return 1 - (1 - confidence) * 0.5**look


def look_trials(trials: int, look: int) -> int:
    """Return how many trials look 1, 2, … has, for those of an evaluation in the search.

    They double: the value is right in all likelihood, and more trials say so where a step of one
    value would not.
    """
    return TIMES * trials << (look - 1)


def fresh_seed(seed: int, look: int) -> int:
    """Return the seed of look 1, 2, …, which depends on the seed of the search."""
    digest = hashlib.sha256(f"confirmation {look} of seed {seed}".encode()).digest()
    return int.from_bytes(digest[:4], "big")


def confirmed(bracket: Bracket, ask: Confirm, top: int, seen: float) -> Bracket:
    """Return the first value from `bracket.holds` on that is confirmed, next to the one before.

    `top` is the last ordinal of the ladder. The step is one value, and doubles from the fourth
    failure on; a value at the better end that fails ends it with `never`.
    """
    assert bracket.holds is not None
    upwards = 1 if bracket.direction == "smallest" else -1
    end = top if upwards == 1 else 0
    fails, holds, look = bracket.fails, bracket.holds, 1
    while not (judged := ask(holds, look, seen)).met:
        if holds == end:
            return Bracket("never", bracket.direction)
        step = min(2 ** max(0, look - 3), abs(end - holds))
        fails, holds, look = holds, holds + upwards * step, look + 1
        seen = max(seen, judged.losses.worst())
    outcome: Outcome = "always" if fails is None else "found"
    return Bracket(outcome, bracket.direction, fails, holds)

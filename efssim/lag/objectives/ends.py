"""Verdicts on writes or bytes that the end of a run decides, as much is open at it.

The numbers of a summary stay as they are defined; only the words on them change.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from efssim.lag.objectives.summary import ObjectiveSummary

DECISIVE = 0.1
"""Share of what was written that may be left out before the end of the run decides.

Assumed (docs/decisions/0076-what-the-end-of-a-run-decides.md): of a steady run a few per mille are.
"""
_ROUNDING = 1e-12
"""Attainments are quotients of sums; one that misses an objective by this reaches it."""


class HasVerdict(Protocol):
    """An objective with its verdict, of a run or of trials."""

    @property
    def met(self) -> bool | None:
        """Whether it is met; None: not known."""

    @property
    def objective(self) -> float:
        """Share that has to be within the target."""


@dataclass(frozen=True, slots=True)
class OpenAtEnd:
    """The writes or bytes that are left out at the end, beside a verdict."""

    amount: float = 0.0
    share: float = 0.0
    """Of all that was made in the window."""
    turns: bool = False
    """Whether the verdict could be another one, if all of them meet or miss the target."""

    @property
    def decides(self) -> bool:
        """Whether the verdict hangs on where the run ends."""
        return self.turns and self.share > DECISIVE


def attained_at_last(found: ObjectiveSummary) -> tuple[float, float]:
    """Return the attainment if all that is open misses the target, and if all of it meets it.

    Without anything to judge it may become any.
    """
    total = total_of(found)
    if not total:
        return 0.0, 1.0
    return found.within / total, (found.within + found.left_out) / total


def total_of(found: ObjectiveSummary) -> float:
    """Return all that was made in the window, in writes or bytes, or its seconds."""
    return math.fsum((found.within, found.missed, found.left_out))


def left_out_beside(
    verdict: HasVerdict, amount: float, total: float, at_last: tuple[float, float]
) -> OpenAtEnd:
    """Return the open part beside a verdict, from `attained_at_last` or its means."""
    least, most = at_last
    turns = verdict.met is True and least < verdict.objective - _ROUNDING
    turns |= verdict.met is False and most >= verdict.objective - _ROUNDING
    return OpenAtEnd(amount, amount / total if total else 0.0, turns and amount > 0)


def left_out_of(found: ObjectiveSummary) -> OpenAtEnd:
    """Return the part of an objective of a run that is open at its end."""
    return left_out_beside(found, found.left_out, total_of(found), attained_at_last(found))

"""Whether drills meet an objective, with the evidence that there is for it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from efssim.study.drills.statistics import Values, quantile
from efssim.study.statistics.bounds import Units
from efssim.study.statistics.intervals import CONFIDENCE, Interval

USUAL = 0.95
"""Share of the drills that the sentence in whole minutes speaks of."""
_MINUTE_S = 60.0


@dataclass(frozen=True, slots=True)
class DrillVerdict:
    """A verdict on an objective of drills."""

    target_s: float
    objective: float
    """Share of the drills that has to be within the target."""
    attainment: float | None
    """Share that is; None without drills."""
    interval: Interval | None
    """Its 95 % interval; None where nothing is drawn."""
    met: bool | None
    """None: not enough drills to decide, or each had to meet it, as the run is too short."""
    minutes: int | None
    """Whole minutes within which 95 % of the drills are, rounded up; None: they are never."""


def verdict_of(
    within: Sequence[bool],
    seconds: Values,
    target_s: float,
    objective: float,
    *,
    is_exact: bool,
    is_diverging: bool = False,
    is_too_short: bool = False,
) -> DrillVerdict:
    """Return the verdict on drills of which some are within a target.

    `is_exact`: nothing is drawn, so every drill is like this one. One that is diverging is missed,
    as its losses only grow. One that no drill could miss is not decided.
    """
    share = sum(within) / len(within) if within else None
    interval = None if is_exact or not within else share_interval(within)
    met = False if is_diverging else _met(share, interval, objective, is_exact=is_exact)
    met = None if is_too_short and met else met
    return DrillVerdict(target_s, objective, share, interval, met, whole_minutes(seconds))


def share_interval(within: Sequence[bool]) -> Interval:
    """Return the 95 % interval of the share of drills, by the bounds that all studies have."""
    alpha = (1 - CONFIDENCE) / 2
    missed = Units([float(not each) for each in within])
    return Interval(1.0 - missed.high(alpha), 1.0 - missed.low(alpha))


def whole_minutes(seconds: Values) -> int | None:
    """Return within how many whole minutes 95 % of the drills are; None: they are not."""
    found = quantile(seconds, USUAL)
    return None if found is None else math.ceil(found / _MINUTE_S)


def _met(
    share: float | None, interval: Interval | None, objective: float, *, is_exact: bool
) -> bool | None:
    if share is None:
        return None
    if is_exact:
        return share >= objective
    if interval is not None and interval.low >= objective:
        return True
    return False if interval is not None and interval.high < objective else None

"""Whether trials are enough to say that an objective is met, and how many more it takes.

Attainment is a mean over trials with Student's t interval, and that is honest only where some
trials have violations. Where none has one the interval has no width, however few they are. So a
claim also needs its number of independent windows: if none of n windows has a violation, then with
95 % confidence at most 1 - 0.05^(1/n) of all windows have one, and no larger share of the time is
in violation (the "rule of three": J. A. Hanley and A. Lippman-Hand, If nothing goes wrong, is
everything all right?, JAMA 249, 1983). A window is a day of a trial, or a trial if it is shorter.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from efssim.study.intervals import Interval, mean_interval, mean_of, windows_needed
from efssim.study.trial import Trial

LEAST = 10
"""Trials below which no estimate of how many more it takes is worth anything."""
WINDOW_S = 86_400.0


class Evidence(NamedTuple):
    """What trials say about the objective of one replication."""

    met: bool | None
    """None: not enough data."""
    windows: int
    """Independent windows with a defined age."""
    windows_needed: int | None
    """How many the claim takes; None where no number does, for an objective of 100 %."""
    more_trials: int | None
    """About how many more trials it takes; 0 if decided, None where no number is known to do."""


def evidence(trials: Sequence[Trial], replication: str, *, by_chance: bool) -> Evidence:
    """Return what the trials that have a defined age say about a replication's objective.

    Not `by_chance`: nothing is drawn, so that every trial is the same and one decides.
    """
    parts = [trial.summary["replications"].get(replication) for trial in trials]
    found = [
        (part["rpo"]["attainment"], _windows(trial, part))
        for trial, part in zip(trials, parts, strict=True)
        if part is not None and part["rpo"]["attainment"] is not None
    ]
    objective = next(part["rpo"]["objective"] for part in parts if part is not None)
    attained, windows = [share for share, _ in found], sum(count for _, count in found)
    if not by_chance:
        needed = min(1, len(attained))
        return Evidence(attained[0] >= objective if attained else None, windows, needed, 0)
    return _judged(attained, windows, objective)


def _windows(trial: Trial, part: dict[str, dict[str, float]]) -> int:
    """Return the whole days of a trial with a defined age, at least one."""
    undefined_s = part["time_since_last_sync_s"]["undefined_s"]
    return max(1, int((trial.summary["window"]["seconds"] - undefined_s) // WINDOW_S))


def _judged(attained: list[float], windows: int, objective: float) -> Evidence:
    needed = _needed(objective)
    interval = mean_interval(attained)
    if interval is not None and interval.high < objective:
        return Evidence(False, windows, needed, 0)
    is_above = interval is not None and max(0.0, interval.low) >= objective
    if is_above and needed is not None and windows >= needed:
        return Evidence(True, windows, needed, 0)
    return Evidence(None, windows, needed, _more(attained, interval, windows, needed, objective))


def _needed(objective: float) -> int | None:
    if objective >= 1:
        return None
    return windows_needed(objective) if objective > 0 else 1


def _more(
    attained: list[float],
    interval: Interval | None,
    windows: int,
    needed: int | None,
    objective: float,
) -> int | None:
    """Return how many trials would decide, if they are as those so far; None: not known."""
    n = len(attained)
    if not n or (needed is None and mean_of(attained) >= objective):
        return None
    if n < LEAST or interval is None:
        return max(LEAST - n, 0 if needed is None else _short(n, windows, needed))
    mean, half = mean_of(attained), (interval.high - interval.low) / 2
    if mean < objective or needed is None:
        return _narrowing(n, half, objective - mean)
    if interval.low >= objective:
        return _short(n, windows, needed)
    narrower = _narrowing(n, half, mean - objective)
    return None if narrower is None else max(narrower, _short(n, windows, needed))


def _short(n: int, windows: int, needed: int) -> int:
    """Return how many trials give the windows that are missing."""
    return math.ceil(max(0, needed - windows) * n / windows)


def _narrowing(n: int, half: float, distance: float) -> int | None:
    """Return how many trials bring a half-width down to a distance: it shrinks with their root."""
    return max(1, math.ceil(n * (half / distance) ** 2) - n) if distance > 0 else None

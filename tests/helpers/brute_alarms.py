"""A second evaluator of alarms, written from CloudWatch's guide in another way, and slowly.

It goes through time minute by minute, with a text for the evaluation range as the guide's tables
have it: 0 within the threshold, X beyond it, - missing, ? before the run; the newest last.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

COMPARED: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": lambda value, threshold: value >= threshold,
    "GreaterThanThreshold": lambda value, threshold: value > threshold,
    "LessThanThreshold": lambda value, threshold: value < threshold,
    "LessThanOrEqualToThreshold": lambda value, threshold: value <= threshold,
}


def statistic_of(values: list[float], name: str) -> float:
    """Return a statistic of some values."""
    if name.startswith("p"):
        return sorted(values)[max(math.ceil(float(name[1:]) / 100 * len(values)), 1) - 1]
    known: dict[str, Callable[[list[float]], float]] = {
        "SampleCount": len,
        "Sum": math.fsum,
        "Average": lambda them: math.fsum(them) / len(them),
        "Minimum": min,
        "Maximum": max,
    }
    return known[name](values)


def next_state(seen: str, m: int, n: int, missing: str, state: str) -> str:
    """Return the state after an evaluation of a text such as `0 - X - X`, given the one before."""
    points = seen.replace(" ", "")
    there = [point for point in points if point in "0X"]
    if len(there) >= n:  # the newest real ones decide
        return "ALARM" if "".join(there[len(there) - n :]).count("X") >= m else "OK"
    if "?" in points:
        return state
    to_fill = n - len(there)
    if missing in ("breaching", "notBreaching"):
        filled = there + ["X" if missing == "breaching" else "0"] * to_fill
        return "ALARM" if filled.count("X") >= m else "OK"
    if there.count("X") >= m:
        return "ALARM"
    if "0" in there:
        return "OK"
    if missing == "ignore":
        return state
    if not there:
        return "INSUFFICIENT_DATA"
    return "ALARM" if len(points.lstrip("-")) >= m else state


def states_by_minute(
    samples: Sequence[tuple[float, float]],
    minutes: int,
    alarm: dict[str, Any],
    *,
    nothing_before: bool,
) -> list[str]:
    """Return the state after each minute, given (second, value) of samples."""
    states, state = [], "INSUFFICIENT_DATA"
    for minute in range(1, minutes + 1):
        seen = ""
        for back in range(alarm["range"]):
            end = 60 * minute - back * alarm["period"]
            begin = end - alarm["period"]
            values = [value for at, value in samples if begin <= at < end]
            if begin < 0 and not nothing_before:
                seen = "?" + seen
            elif not values:
                seen = "-" + seen
            else:
                value = statistic_of(values, alarm["statistic"])
                is_beyond = COMPARED[alarm["comparison"]](value, alarm["threshold"])
                seen = ("X" if is_beyond else "0") + seen
        state = next_state(seen, alarm["m"], alarm["n"], alarm["missing"], state)
        states.append(state)
    return states


def changes(states: list[str]) -> list[tuple[int, str]]:
    """Return (minute, state) of each change, counted from 1."""
    after = enumerate(pairwise(["INSUFFICIENT_DATA", *states]), start=1)
    return [(minute, new) for minute, (old, new) in after if new != old]

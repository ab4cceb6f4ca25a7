"""The rule by which too many trials fall behind for good, and its words: the one place for both."""

from __future__ import annotations

from collections.abc import Sequence

DIVERGING = "DIVERGING"
MET_SO_FAR = "MET SO FAR"
"""Said where an objective is met in the window while more is written than can be sent."""


def falls_behind(diverging: float, objective: float) -> bool:
    """Return whether more trials diverge than an objective allows time above the target.

    `diverging` is their share; of parameter sets both are shares of the sets. What is attained
    there only falls with the length of the window.
    """
    return diverging > 1.0 - objective


def with_divergence(word: str) -> str:
    """Return the word of a verdict in a table, such as `met`, where more is written than sent."""
    return f"{so_far(word)}, {DIVERGING.lower()}"


def so_far(word: str) -> str:
    """Return the word of a verdict in a table where a longer run may decide otherwise."""
    return MET_SO_FAR.lower() if word == "met" else word


def runs_text(runs: Sequence[tuple[str, str]]) -> str:
    """Return runs of neighbouring values, by their first and last, such as `from 1 to 3, at 7`."""
    return ", ".join(f"at {low}" if low == high else f"from {low} to {high}" for low, high in runs)


def so_far_text(where: str) -> str:
    """Return the caution on an objective that is met where more is written than can be sent."""
    return (
        f"{DIVERGING} {where}: more is written there than can be sent, so the objective is met so "
        "far, only for as long as this run."
    )

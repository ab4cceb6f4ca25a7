"""The word of a verdict on a run or on trials, with its qualifier: one place for all reports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from efssim.lag.summary import ReplicationSummary
from efssim.lag.too_short import could_not_miss
from efssim.study.means.shapes import RpoStatistic
from efssim.study.trial.diverging import DIVERGING, MET_SO_FAR
from efssim.text.quantities import format_duration

Kind = Literal["met", "missed", "once", "open"]
"""Kinds of verdicts, by colour: `once` is met but for a time without any recovery point."""

ONCE = "MET ONCE PROTECTED"
WORDS: dict[Kind, str] = {"met": "MET", "missed": "MISSED", "once": ONCE, "open": "UNKNOWN"}
"""Words of verdicts on a run."""
OF_TRIALS: dict[Kind, str] = {**WORDS, "open": "NOT DECIDED"}
"""Words of verdicts on trials."""


WRITTEN = "WITH THE VALUES WRITTEN"
"""Said of a run that meets an objective with one value of each parameter that is not known."""


TOO_SHORT = (
    "No sync completed, in a window too short for the age to pass the target: a longer run decides."
)


def words_of_run(summary: ReplicationSummary, *, is_uncertain: bool) -> str:
    """Return the words of the verdict on a replication of a run."""
    kind = kind_of_run(summary)
    if summary.syncs.diverging:
        return falling_behind(kind, WORDS, DIVERGING)
    if is_too_short(summary):
        return so_far(kind, summary.unprotected_s)
    found = words(kind, summary.unprotected_s)
    if not is_uncertain or kind not in ("met", "once"):
        return found
    word, _, time = found.partition(" (")
    return f"{word} {WRITTEN}{f' ({time}' if time else ''}"


def colour_of_run(summary: ReplicationSummary, *, is_uncertain: bool) -> Kind:
    """Return the kind that a page shows.

    It is never met where that hangs on values that are not known, or on where the window ends.
    """
    kind = kind_of_run(summary)
    is_open = is_uncertain or summary.syncs.diverging or is_too_short(summary)
    return "open" if is_open and kind in ("met", "once") else kind


def falling_behind(kind: Kind, names: dict[Kind, str], diverging: str) -> str:
    """Return the words of a verdict where more is written than can be sent: met only so far."""
    return f"{MET_SO_FAR if kind in ('met', 'once') else names[kind]}, {diverging}"


def so_far(kind: Kind, unprotected_s: float) -> str:
    """Return the words of a verdict where nothing could miss the target: met only so far."""
    return words(kind, unprotected_s, {**WORDS, "met": MET_SO_FAR, "once": MET_SO_FAR})


def is_too_short(summary: ReplicationSummary) -> bool:
    """Return whether the RPO is met in a window in which it could not be missed."""
    is_met = kind_of_run(summary) in ("met", "once")
    return is_met and could_not_miss(summary, summary.rpo.target_s)


def kind_of_run(summary: ReplicationSummary) -> Kind:
    """Return the kind of the verdict on a replication."""
    lost, rpo = summary.recovery_point, summary.rpo
    if lost is not None and lost.is_above(rpo.target_s):
        return "missed"
    return kind_of(rpo.met, rpo.met_throughout)


def kind_of_trials(rpo: RpoStatistic[float], *, is_lost: bool) -> Kind:
    """Return the kind of the verdict on trials, by their means and whether too many lost too much.

    Where these are too many it is a miss at any attainment: a disaster is no average.
    """
    return "missed" if is_lost else kind_of(rpo.met, rpo.met_throughout)


def kind_of(met: bool | None, met_throughout: bool | None) -> Kind:
    """Return the kind of the verdict on an objective."""
    if met is None:
        return "open"
    if not met:
        return "missed"
    return "met" if met_throughout else "once"


def unprotected(unprotected_s: float, form: Callable[[float], str] = format_duration) -> str:
    """Return how long there was no recovery point, as a verdict says it; nothing if never."""
    return f"unprotected for {form(unprotected_s)}" if unprotected_s else ""


def words(kind: Kind, unprotected_s: float, names: dict[Kind, str] = WORDS) -> str:
    """Return the words of a verdict, such as `MET ONCE PROTECTED (unprotected for 20 h 25 min)`."""
    time = unprotected(unprotected_s) if kind == "once" else ""
    return f"{names[kind]} ({time})" if time else names[kind]

"""The sentence that a sweep begins with: which combinations meet the objective."""

from __future__ import annotations

from collections.abc import Sequence

from efssim.json_values import JsonValue
from efssim.report.verdicts.run import goal
from efssim.report.verdicts.trials import colour_of, kind_of
from efssim.report.verdicts.words import Kind
from efssim.report.words.lines import counted
from efssim.study.trial.absent import absent_in_all, absent_texts
from efssim.study.trial.not_in_run import unreached_texts
from efssim.study.varying.points import Point, SweepPoints

_NAMED = 4
"""Combinations that are named at most: a sentence is no table."""
STATES: dict[Kind, str] = {
    "met": "met",
    "once": "met once protected",
    "missed": "missed",
    "open": "not decided",
}


def kinds(sweep: SweepPoints, replication: str) -> list[Kind]:
    """Return the kind of the verdict on a replication at each combination."""
    return [colour_of(replication, point.trials) for point in sweep.points]


def sweep_verdict(sweep: SweepPoints, replication: str) -> str:
    """Return how many combinations are shown to meet the objective, and which."""
    found = kinds(sweep, replication)
    met = [k for k, kind in enumerate(found) if kind == "met"]
    asked = f"the RPO objective of {replication} ({_goal(sweep)})"
    of = counted(len(found), "combination")
    if not met:
        text = f"None of {of} is shown to meet {asked}"
    elif len(met) == len(found):
        text = f"Each of {of} is shown to meet {asked}"
    else:
        verb = "is" if len(met) == 1 else "are"
        text = f"{len(met):,} of {of} {verb} shown to meet {asked}: {_listed(sweep, met)}"
    others = [
        f"{found.count(kind):,} {'is' if found.count(kind) == 1 else 'are'} {STATES[kind]}"
        for kind in ("once", "missed", "open")
        if found.count(kind)
    ]
    return "; ".join([text, *others]) + "." + _more_trials(sweep, replication)


def verdict_kind(sweep: SweepPoints, replication: str) -> Kind:
    """Return the kind of the verdict on all: met only where each combination is met."""
    found = set(kinds(sweep, replication))
    if found == {"met"}:
        return "met"
    return "missed" if found == {"missed"} else "open"


def is_objective_varied(sweep: SweepPoints) -> bool:
    """Return whether combinations have objectives of their own."""
    return any(vary.segments[0] == "rpo" for vary in sweep.parameters)


def _goal(sweep: SweepPoints) -> str:
    if is_objective_varied(sweep):
        return "each with its own target"
    asked = sweep.points[0].trials.scenario.rpo
    return goal(asked.target, asked.attainment)


def _listed(sweep: SweepPoints, which: Sequence[int]) -> str:
    texts = [point_text(sweep, sweep.points[k]) for k in which[:_NAMED]]
    more = f"; and {len(which) - _NAMED:,} more" if len(which) > _NAMED else ""
    return "; ".join(texts) + more


def point_text(sweep: SweepPoints, point: Point) -> str:
    """Return the values of a combination in words."""
    parts = [_value(sweep, path, value) for path, value in point.values.items()]
    return ", ".join(parts) if parts else "as it is"


def _value(sweep: SweepPoints, path: str, value: JsonValue) -> str:
    (vary,) = (each for each in sweep.parameters if each.path == path)
    return f"{vary.segments[-1]} {vary.text(value)}"


def _more_trials(sweep: SweepPoints, replication: str) -> str:
    """Return a sentence on more trials, where some may decide what is open."""
    found = [kind_of(replication, point.trials) == "open" for point in sweep.points]
    if not any(found):
        return ""
    trials = len(sweep.points[found.index(True)].trials)
    # Others are open for another reason, such as a window that is too short.
    those = "those" if sum(found) == kinds(sweep, replication).count("open") else "some of those"
    return f" More trials (--trials, here {trials:,}) may decide {those}."


def absent_texts_of(sweep: SweepPoints) -> list[str]:
    """Return a sentence on faults and events that begin in no run of any combination."""
    found = absent_in_all(point.trials.scenario for point in sweep.points)
    return [*absent_texts(found), *unreached_texts(sweep.scenario)]

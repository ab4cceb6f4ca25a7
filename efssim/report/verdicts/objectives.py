"""Verdicts on the objectives besides the RPO, a sentence for each."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from efssim.lag.objectives.summary import ObjectiveSummary
from efssim.report.verdicts.trials import lacking, sure
from efssim.report.verdicts.words import Kind
from efssim.report.words.lines import percent
from efssim.scenario.objectives import Of
from efssim.study.run.trial_set import TrialSet
from efssim.text.digits import grouped
from efssim.text.quantities import format_duration, format_size

_NAMED = 4
"""Replications that are named."""
_WORDS = {True: "MET", False: "MISSED", None: "UNKNOWN"}
_OF_TRIALS = {**_WORDS, None: "NOT DECIDED"}


def objective_texts(objectives: Mapping[str, ObjectiveSummary]) -> list[str]:
    """Return the verdict of a run on each objective of a replication."""
    return [_of_run(name, found) for name, found in objectives.items()]


def _of_run(name: str, found: ObjectiveSummary) -> str:
    asked = goal_text(found.of, found.target_s, found.objective)
    if found.attainment is None:
        nothing = "no age is defined" if found.of == "time" else "there is none to judge"
        return f"Objective {name} UNKNOWN ({asked}): {nothing}."
    word = _WORDS[found.met]
    return f"Objective {name} {word} ({asked}): {percent(found.attainment)}.{_rest(found)}"


def _rest(found: ObjectiveSummary) -> str:
    """Return how many writes or bytes are missed and left out."""
    if found.of == "time":
        return ""
    missed = _amount(found.of, found.missed)
    text = f" {missed} missed it" if found.missed else ""
    if found.left_out:
        text += f"{',' * bool(text)} {_amount(found.of, found.left_out)} at the end may yet"
    return f"{text}." if text else ""


def _amount(of: Of, amount: float) -> str:
    if of == "bytes":
        return format_size(math.floor(amount))
    return f"{grouped(amount, 6)} {'write' if amount == 1 else 'writes'}"


def goal_text(of: Of, target_s: float, objective: float) -> str:
    """Return an objective in words, such as `99.9 % of writes within 15 min`."""
    what = {"time": "the time, age at most", "writes": "writes within", "bytes": "bytes within"}
    return f"{percent(objective)} of {what[of]} {format_duration(target_s)}"


def objective_texts_of_trials(name: str, trials: TrialSet) -> list[str]:
    """Return the verdict of trials on each objective of a replication."""
    found = []
    for key, mean in trials.means[name].objectives.items():
        of = trials.scenario.objectives[key].of
        evidence = trials.objective_evidence[name][key]
        asked = goal_text(of, mean.target_s, mean.objective)
        text = f"Objective {key} {_OF_TRIALS[mean.met]} ({asked})"
        if mean.attainment is None:
            found.append(f"{text}: there is none to judge in any trial.")
            continue
        bounds = trials.intervals[name].objectives[key].attainment
        text += f": {percent(mean.attainment)} on average"
        if bounds is not None:
            text += f" (95 % interval {percent(bounds.low)} to {percent(bounds.high)})"
        found.append(f"{text}.{sure(evidence, mean.objective)}{lacking(evidence, mean.objective)}")
    return found


def least(kind: Kind, mets: Iterable[bool | None]) -> Kind:
    """Return the kind of a verdict on the RPO and on other objectives together."""
    found = list(mets)
    if kind == "missed" or False in found:
        return "missed"
    return "open" if None in found else kind


def objectives_of_fleet(by_replication: Mapping[str, Mapping[str, bool | None]]) -> list[str]:
    """Return for each objective how many replications meet it, and the first that do not."""
    names = dict.fromkeys(name for part in by_replication.values() for name in part)
    return [
        _of_fleet(name, {key: part[name] for key, part in by_replication.items() if name in part})
        for name in names
    ]


def _of_fleet(name: str, mets: Mapping[str, bool | None]) -> str:
    text = (
        f"Objective {name}: met by {sum(met is True for met in mets.values()):,} of {len(mets):,}"
    )
    for word, value in (("missed by", False), ("not known of", None)):
        found = [key for key, met in mets.items() if met is value]
        if found:
            more = f" and {len(found) - _NAMED:,} more" if len(found) > _NAMED else ""
            text += f"; {word} {len(found):,} ({', '.join(found[:_NAMED])}{more})"
    return f"{text}."

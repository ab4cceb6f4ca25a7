"""Verdicts on the objectives besides the RPO, a sentence for each."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from efssim.lag.objectives.ends import OpenAtEnd, left_out_of
from efssim.lag.objectives.summary import ObjectiveSummary
from efssim.lag.summary import ReplicationSummary
from efssim.lag.too_short import could_none_miss, could_not_miss
from efssim.report.verdicts.trials import lacking, of_trials, sure
from efssim.report.verdicts.words import TOO_SHORT, Kind
from efssim.report.words.lines import percent
from efssim.scenario.objectives import Of
from efssim.study.means.left_out import left_out_of_trials
from efssim.study.run.trial_set import TrialSet
from efssim.text.digits import grouped
from efssim.text.quantities import format_duration, format_size

_NAMED = 4
"""Replications that are named."""
_WORDS = {True: "MET", False: "MISSED", None: "UNKNOWN"}
_OF_TRIALS = {**_WORDS, None: "NOT DECIDED"}


_SO_FAR = " SO FAR"
"""After the word of a verdict that the end of the run decides."""


def said_of_run(part: ReplicationSummary) -> dict[str, bool | None]:
    """Return whether each objective of a replication is said to be met, by name.

    None: it is not known, or the end of the run decides it.
    """
    return {
        name: None if _hangs_on_end(part, found) else found.met
        for name, found in part.objectives.items()
    }


def _hangs_on_end(part: ReplicationSummary, found: ObjectiveSummary) -> bool:
    if found.of == "time":
        return found.met is True and could_not_miss(part, found.target_s)
    return left_out_of(found).decides


def said_of_trials(name: str, trials: TrialSet) -> dict[str, bool | None]:
    """Return the same over trials."""
    return {
        key: None if _hangs_on_ends(name, key, trials) else mean.met
        for key, mean in trials.means[name].objectives.items()
    }


def _hangs_on_ends(name: str, key: str, trials: TrialSet) -> bool:
    asked, mean = trials.scenario.objectives[key], trials.means[name].objectives[key]
    if asked.of == "time":
        return mean.met is True and could_none_miss(of_trials(name, trials), asked.target)
    return left_out_of_trials(trials.trials, trials.weighing, name, key, mean).decides


def objective_texts(part: ReplicationSummary) -> list[str]:
    """Return the verdict of a run on each objective of a replication."""
    return [_of_run(name, found, part) for name, found in part.objectives.items()]


def _of_run(name: str, found: ObjectiveSummary, part: ReplicationSummary) -> str:
    asked = goal_text(found.of, found.target_s, found.objective)
    if found.attainment is None:
        nothing = "no age is defined" if found.of == "time" else "there is none to judge"
        return f"Objective {name} UNKNOWN ({asked}): {nothing}."
    is_open = _hangs_on_end(part, found)
    word = f"{_WORDS[found.met]}{_SO_FAR * is_open}"
    text = f"Objective {name} {word} ({asked}): {percent(found.attainment)}."
    if found.of == "time":
        return f"{text} {TOO_SHORT}" if is_open else text
    return f"{text}{_rest(found)}"


def _rest(found: ObjectiveSummary) -> str:
    """Return how many writes or bytes are missed and left out."""
    left = left_out_of(found)
    missed = _amount(found.of, found.missed)
    text = f" {missed} missed it" if found.missed else ""
    if left.decides:
        return f"{text}{'.' * bool(text)} {_undecided(found.of, left)}"
    if found.left_out:
        text += f"{',' * bool(text)} {_amount(found.of, found.left_out)} at the end may yet"
    return f"{text}." if text else ""


def _undecided(of: Of, left: OpenAtEnd) -> str:
    """Return how much is left out at the end, and that a longer run decides where that does."""
    amount, share = _amount(of, left.amount), percent(left.share)
    end = ": a longer run decides." if left.decides else "."
    return f"{amount} at the end, {share} of all, may yet meet or miss it{end}"


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
        word = f"{_OF_TRIALS[mean.met]}{_SO_FAR * _hangs_on_ends(name, key, trials)}"
        text = f"Objective {key} {word} ({asked})"
        if mean.attainment is None:
            found.append(f"{text}: there is none to judge in any trial.")
            continue
        bounds = trials.intervals[name].objectives[key].attainment
        text += f": {percent(mean.attainment)} on average"
        if bounds is not None:
            text += f" (95 % interval {percent(bounds.low)} to {percent(bounds.high)})"
        text += f".{sure(evidence, mean.objective)}{lacking(evidence, mean.objective)}"
        found.append(f"{text}{_rest_of_trials(name, key, trials)}")
    return found


def _rest_of_trials(name: str, key: str, trials: TrialSet) -> str:
    """Return the part left out on average, where it could turn over the verdict of trials."""
    of, mean = trials.scenario.objectives[key].of, trials.means[name].objectives[key]
    if of == "time":
        return f" {TOO_SHORT}" if _hangs_on_ends(name, key, trials) else ""
    left = left_out_of_trials(trials.trials, trials.weighing, name, key, mean)
    return f" On average {_undecided(of, left)}" if left.turns else ""


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

"""The sentences of a study of parameter sets: the verdict, and which unknown to measure first."""

from __future__ import annotations

from collections.abc import Sequence

from efssim.report.verdicts.run import goal
from efssim.report.verdicts.words import OF_TRIALS, Kind, falling_behind
from efssim.report.words.lines import counted, percent
from efssim.study.planning.ends import could_not_miss_text
from efssim.study.trial.diverging import DIVERGING
from efssim.study.trial.not_in_run import not_in_run
from efssim.study.uncertain.importance import Importance
from efssim.study.uncertain.sensitivity import ReplicationSensitivity
from efssim.study.uncertain.share import SetShare
from efssim.study.uncertain.study import SetStudy


def kind_of_sets(name: str, study: SetStudy) -> Kind:
    """Return the kind of the verdict on a replication."""
    met, share = study.met(name), study.shares[name]
    if met is None:
        return "open"
    if not met:
        return "missed"
    return "met" if share.met_throughout == share.met else "once"


def word_of_sets(name: str, study: SetStudy) -> str:
    """Return the words of the verdict on a replication."""
    kind, share = kind_of_sets(name, study), study.shares[name]
    if not share.diverging:
        return OF_TRIALS[kind]
    said = f"{DIVERGING} in {share.diverging:,} of {counted(share.count, 'set')}"
    if study.falls_behind(name):
        return falling_behind(kind, OF_TRIALS, said)
    return f"{OF_TRIALS[kind]}, {said}"


def colour_of_sets(name: str, study: SetStudy) -> Kind:
    """Return the kind that a page shows: never met where too many sets fall behind for good."""
    kind = kind_of_sets(name, study)
    return "open" if kind in ("met", "once") and study.falls_behind(name) else kind


def met_in(share: SetShare) -> str:
    """Return in how many sets an objective is met: `met in 93 % of plausible parameter sets …`."""
    if not share.count:
        return "no parameter set is complete"
    least, most = share.met / share.count, (share.met + share.undecided) / share.count
    range_of = _percent(least) if least == most else f"{_percent(least)} to {_percent(most)}"
    ends = f"[{_end(share.low)}, {_end(share.high)}]"
    return f"met in {range_of} of plausible parameter sets {ends}"


def _percent(share: float) -> str:
    """Return a share in whole per cent, never all for less, nor none for more."""
    for digits in range(3):
        text = f"{100 * share:.{digits}f}"
        if float(text) not in (0, 100) or share in (0, 1):
            return f"{text} %"
    return percent(share)


def _end(share: float) -> str:
    """Return an end of an interval, without the sign."""
    return _percent(share).removesuffix(" %")


def verdict_of_sets(name: str, study: SetStudy) -> str:
    """Return whether the objective is met in as many sets as asked, and in how many."""
    rpo = study.scenario.rpo
    asked = f"asked: {percent(study.share_of_sets)} of them"
    return (
        f"RPO {word_of_sets(name, study)}: {met_in(study.shares[name])}, {asked} "
        f"({goal(rpo.target, rpo.attainment)})."
    )


def sentences_of_sets(name: str, study: SetStudy) -> list[str]:
    """Return the sentences beside the verdict, for every report."""
    found = [
        _counts(study.shares[name]),
        _undecided(study.shares[name], study),
        _too_short(study.shares[name]),
        _unprotected(study.shares[name]),
        _diverging(study.shares[name]),
        measure_first(name, study),
        *not_in_run(study.scenario, study.parameters),
    ]
    return [text for text in found if text]


def _counts(share: SetShare) -> str:
    parts = [f"{share.met:,} meet it", f"{share.missed:,} miss it"]
    if share.undecided:
        parts.append(f"{share.undecided:,} undecided")
    return (
        f"Of {counted(share.count, 'parameter set')} {', '.join(parts)}, each with 99 % confidence "
        "or exactly; the interval of the share has 95 %."
    )


def _undecided(share: SetShare, study: SetStudy) -> str:
    if share.undecided == share.too_short:
        return ""
    return (
        f"A set that {counted(study.trials, 'trial')} cannot decide counts as missed at the lower "
        "end of the interval and as met at the upper one; more --trials decide more of them."
    )


def _too_short(share: SetShare) -> str:
    if not share.too_short:
        return ""
    return could_not_miss_text(f"in {counted(share.too_short, 'undecided set')}")


def _unprotected(share: SetShare) -> str:
    count = share.met - share.met_throughout
    if not count:
        return ""
    return f"In {counted(count, 'set')} it is met but for a time without any recovery point."


def _diverging(share: SetShare) -> str:
    if not share.diverging:
        return ""
    return (
        f"In {counted(share.diverging, 'set')} more is written than can be sent, so that what it "
        "attains only falls: a set that meets the objective meets it for as long as this run."
    )


def measure_first(name: str, study: SetStudy) -> str:
    """Return which unknown matters most for the verdict, or why that is not known."""
    if study.sensitivity is not None:
        return _by_sobol(study.sensitivity.replications[name], study.sensitivity.evaluations)
    found = study.importance[name]
    return _by_sets(found, len(study) - found.sets)


def _by_sobol(found: ReplicationSensitivity, evaluations: int) -> str:
    if not found.indices:
        return _same(f"all {evaluations:,} evaluations of the Sobol design")
    first = found.indices[0]
    explained = (
        f"explains {_interval(first.total, first.total_low, first.total_high)} of "
        "the variance of the verdict, its interactions included"
    )
    return _advice(found.leaders, first.path, explained)


def _by_sets(found: Importance, undecided: int) -> str:
    if not found.sets:
        return "No set has a verdict, so that nothing shows which unknown matters."
    if not found.varies and undecided:
        sets = counted(found.sets, "set")
        return (
            f"The verdict is the same in the {sets} that have one, but {undecided:,} have none: "
            "which unknown matters is not known."
        )
    if not found.varies:
        return _same(f"all {counted(found.sets, 'set')} that have one")
    if not found.parameters:
        return f"{counted(found.sets, 'set')} are too few to show which unknown matters."
    first = found.parameters[0]
    explained = (
        f"alone explains {_interval(first.first, first.first_low, first.first_high)} "
        "of the variance of the verdict over the sets (--sobol counts interactions, too)"
    )
    return _advice(found.leaders, first.path, explained)


def _same(where: str) -> str:
    return f"The verdict is the same in {where}: no unknown changes it within its range there."


def _interval(value: float, low: float, high: float) -> str:
    """Return a share of a variance, which estimates may put a little below 0 or above 1."""
    shown = [_percent(min(max(part, 0.0), 1.0)) for part in (value, low, high)]
    return f"{shown[0]} [{shown[1].removesuffix(' %')}, {shown[2].removesuffix(' %')}]"


def _advice(leading: Sequence[str], first: str, explained: str) -> str:
    """Return the advice: measure one first, if it is known which."""
    if len(leading) == 1:
        return f"Measure {leading[0]} first: it {explained}."
    if not leading:
        return (
            f"Not decided which unknown matters: {first} {explained}, and chance may explain that."
        )
    listed = ", ".join(leading[:-1]) + f" and {leading[-1]}"
    return (
        f"Not decided which of {listed} to measure first, as their intervals overlap: {explained}."
    )

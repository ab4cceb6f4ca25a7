"""The sentences that a comparison begins with: both verdicts, and how much the lag changes."""

from __future__ import annotations

from efssim.lag.summary import AGE
from efssim.report.verdicts.trials import colour_of, word_of
from efssim.report.verdicts.varied.compared import stationary
from efssim.report.verdicts.words import Kind
from efssim.report.words.lines import short
from efssim.study.varying.paired import MeasureDifference, PairedTrials

_TOLD = {f"{AGE}.p99": "the p99 of the age", "rpo.attainment": "attainment"}
"""Measures whose change is told, in words: how long the tail is, and how often it matters."""


def verdict_kind(comparison: PairedTrials) -> Kind:
    """Return the kind of the verdict on the second study: the worst of its replications."""
    found = {colour_of(name, comparison.second) for _, name in comparison.replications}
    worst: tuple[Kind, ...] = ("missed", "open", "once")
    return next((kind for kind in worst if kind in found), "met" if found else "open")


def word(comparison: PairedTrials) -> str:
    """Return the verdicts of both studies, as `RPO met instead of missed`."""
    found = [_words(comparison, which) for which in (0, 1)]
    if found[0] == found[1]:
        return f"RPO {found[1].lower()} in both"
    return f"RPO {found[1].lower()} instead of {found[0].lower()}"


def _words(comparison: PairedTrials, which: int) -> str:
    study = (comparison.first, comparison.second)[which]
    names = [pair[which] for pair in comparison.replications]
    return ", ".join(dict.fromkeys(word_of(name, study) for name in names)) or "unknown"


def answer(comparison: PairedTrials) -> str:
    """Return how the age and the attainment of each replication change from first to second."""
    told = [row for row in comparison.differences if row.measure in _TOLD]
    rows = stationary(comparison, told)
    names = dict.fromkeys(row.replication for row in rows)
    texts = []
    for name in names:
        said = [_change(row) for row in rows if row.replication == name]
        texts.append(f"{name}: {', '.join(said)}.")
    first, second = comparison.first.scenario.name, comparison.second.scenario.name
    return " ".join([f"From {first} to {second}:", *texts])


def _change(row: MeasureDifference) -> str:
    """Return a change in words; none is claimed where its interval holds 0."""
    label = _TOLD[row.measure]
    if row.low is None or row.high is None:
        return f"{label} {_amount(row, row.difference)} (too few pairs for an interval)"
    if row.low <= 0 <= row.high:
        return f"no change of {label} is shown" if row.low < row.high else f"{label} is the same"
    ends = " to ".join(_size(row, abs(end)) for end in sorted((row.low, row.high), key=abs))
    return f"{label} {_amount(row, row.difference)} (95 % interval {ends})"


def _amount(row: MeasureDifference, change: float) -> str:
    return f"{'rises' if change > 0 else 'falls'} by {_size(row, abs(change))}"


def _size(row: MeasureDifference, amount: float) -> str:
    if row.measure == "rpo.attainment":
        return f"{100 * amount:.3g} percentage points"
    return short(amount)

"""The two sentences that a report of a run begins with: the verdict and the loss by a disaster."""

from __future__ import annotations

from efssim.lag.summary import LagSummary, PendingSummary
from efssim.report.facts.concerning import entry_of
from efssim.report.verdicts.losses import beside_attainment
from efssim.report.verdicts.words import kind_of_run, words_of_run
from efssim.report.words.lines import clock, counted, percent
from efssim.runs.outcome import Outcome
from efssim.runs.run import Run
from efssim.study.trial.facts import is_random
from efssim.text.quantities import format_duration, format_size

_NOTHING = "no time in the window has a defined age"


def verdict(outcome: Outcome, result: Run) -> str:
    """Return whether the RPO is met, by how much, and the longest violation."""
    summary = outcome.summary
    kind, asked = kind_of_run(summary), goal(summary.rpo.target_s, summary.rpo.objective)
    if kind == "open":
        first = f"RPO unknown: {_NOTHING} ({asked})."
        return " ".join([first, *beside_attainment(outcome, result)])
    held = attained(outcome, result)
    return headline(words_of_run(summary, is_uncertain=bool(result.uncertain)), asked, held)


def headline(word: str, asked: str, held: str) -> str:
    """Return a verdict: its words, the objective, and how far it held."""
    if word.endswith(")"):
        return f"RPO {word}, {asked}: {held}"
    return f"RPO {word} ({asked}): {held}"


def goal(target_s: float, objective: float) -> str:
    """Return the objective of the RPO in words."""
    return f"age at most {format_duration(target_s)} for {percent(objective)}"


def attained(outcome: Outcome, result: Run) -> str:
    """Return how far the RPO held, the worst age, the violations, and the loss."""
    return " ".join([_held(outcome, result), *beside_attainment(outcome, result)])


def _held(outcome: Outcome, result: Run) -> str:
    rpo, age = outcome.summary.rpo, outcome.summary.age
    if rpo.attainment is None or age.max is None:
        return f"{_NOTHING}."
    of = "of the time in which it is defined" if age.undefined_s else "of the time"
    worst = f"the worst age was {format_duration(age.max)}, {_margin(age.max, rpo.target_s)}"
    late = _late(outcome, result)
    return f"held for {percent(rpo.attainment)} {of}; {worst}.{late}"


def _margin(peak_s: float, target_s: float) -> str:
    side = "above" if peak_s > target_s else "below"
    return f"{format_duration(abs(peak_s - target_s))} {side} the target"


def _late(outcome: Outcome, result: Run) -> str:
    """Return how many violations there were, and during which disturbance the longest was."""
    rpo, found = outcome.summary.rpo, list(outcome.violations)
    if not found:
        return ""
    ordinal = max(range(len(found)), key=lambda i: found[i].end_s - found[i].begin_s)
    cause = entry_of(result, found[ordinal].cause_ordinal)
    at = f"from {clock(result.scenario, found[ordinal].begin_s)}"
    during = "" if cause is None else f", during {cause}"
    longest = f"{format_duration(rpo.longest_s)} ({at}{during})"
    if len(found) == 1:
        return f" One violation of {longest}."
    total = format_duration(rpo.violation_s)
    return f" {counted(len(found), 'violation')}, {total} in all, the longest {longest}."


def disaster(outcome: Outcome) -> str:
    """Return a sentence on the loss by a disaster at a random moment."""
    pending, oldest = outcome.summary.pending_bytes, outcome.summary.oldest_pending
    if outcome.defined_s is None:
        return (
            "No initial sync has completed: LastReplicatedTimestamp is absent, and nothing could "
            "be recovered from the replica."
        )
    worst = _worst_loss(pending, oldest)
    if pending.mean is None or oldest.mean is None or worst is None:
        return "A disaster at a random moment: unknown, the window is empty."
    mean = f"{format_size(pending.mean)} and {format_duration(oldest.mean)} of writes"
    text = f"A disaster at a random moment would lose {mean} on average, {worst} at worst"
    without_s = outcome.summary.unprotected_s + outcome.summary.rpo.excluded_s
    return f"{text}{without_point(without_s)}."


def _worst_loss(pending: PendingSummary, oldest: LagSummary) -> str | None:
    if pending.max is None or oldest.max is None:
        return None
    return f"{format_size(pending.max)} and {format_duration(oldest.max)}"


def certainty(result: Run) -> str:
    """Return how sure the numbers of a run are."""
    if is_random(result.scenario):
        return "One run has no 95 % interval: --trials 30 tells how sure these numbers are."
    return (
        "There is no 95 % interval: nothing in this scenario is drawn at random, so every run has "
        "these numbers."
    )


def without_point(without_s: float) -> str:
    """Return that a disaster loses everything without a recovery point, if there is such time."""
    return ", and all there is while there is no recovery point" if without_s else ""

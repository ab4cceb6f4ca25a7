"""The sentences that a report of a study begins with: the verdict and the loss by a disaster."""

from __future__ import annotations

from efssim.lag.summary import OLDEST_PENDING, ReplicationSummary
from efssim.lag.too_short import could_none_miss
from efssim.report.verdicts.losses import losses_of_trials
from efssim.report.verdicts.run import without_point
from efssim.report.verdicts.words import (
    OF_TRIALS,
    TOO_SHORT,
    Kind,
    falling_behind,
    kind_of_trials,
    so_far,
    words,
)
from efssim.report.words.lines import counted, percent
from efssim.study.run.trial_set import TrialSet
from efssim.study.statistics.evidence import Evidence
from efssim.study.statistics.protected import loses_too_often
from efssim.study.trial.diverging import DIVERGING, falls_behind
from efssim.text.quantities import format_duration, format_size

_UNITS = {"trial": "trial", "span": "independent span"}


def kind_of(name: str, trials: TrialSet) -> Kind:
    """Return the kind of the verdict on a replication."""
    is_lost = loses_too_often(trials.trials, name, trials.weighing)
    return kind_of_trials(trials.means[name].rpo, is_lost=is_lost)


def colour_of(name: str, trials: TrialSet) -> Kind:
    """Return the kind that a page shows.

    It is never met where too many trials fall behind for good, or none could miss the target.
    """
    kind = kind_of(name, trials)
    is_open = is_too_short(name, trials) or _diverges_too_often(name, trials)
    return "open" if is_open and kind in ("met", "once") else kind


def is_too_short(name: str, trials: TrialSet) -> bool:
    """Return whether the RPO is met by trials in none of which it could be missed."""
    if kind_of(name, trials) not in ("met", "once"):
        return False
    return could_none_miss(of_trials(name, trials), trials.scenario.rpo.target)


def word_of(name: str, trials: TrialSet) -> str:
    """Return the words of the verdict on a replication."""
    kind, count = kind_of(name, trials), diverging_trials(name, trials)
    if not count and is_too_short(name, trials):
        return so_far(kind, trials.means[name].unprotected_s)
    if not count:
        return words(kind, trials.means[name].unprotected_s, OF_TRIALS)
    said = f"{DIVERGING} in {count:,} of {counted(len(of_trials(name, trials)), 'trial')}"
    if _diverges_too_often(name, trials):
        return falling_behind(kind, OF_TRIALS, said)
    return f"{OF_TRIALS[kind]}, {said}"


def diverging_trials(name: str, trials: TrialSet) -> int:
    """Return how many trials fall behind for good, so that no lag of them is stationary."""
    return sum(part.syncs.diverging for part in of_trials(name, trials))


def _diverges_too_often(name: str, trials: TrialSet) -> bool:
    means = trials.means[name]
    return falls_behind(means.syncs.diverging, means.rpo.objective)


def attained(name: str, trials: TrialSet) -> str:
    """Return how far the RPO held over trials, with its interval and the missing evidence."""
    rpo, bounds = trials.means[name].rpo, trials.intervals[name].rpo.attainment
    if rpo.attainment is None:
        return "no time in any window has a defined age."
    held = f"held for {percent(rpo.attainment)} of the time"
    if bounds is not None:
        held += f" (95 % interval {percent(bounds.low)} to {percent(bounds.high)})"
    found = trials.evidence[name]
    text = f"{held}.{sure(found, rpo.objective)}{lacking(found, rpo.objective)}"
    return f"{text} {TOO_SHORT}" if is_too_short(name, trials) else text


def sure(found: Evidence, objective: float) -> str:
    """Return the bound that a verdict rests on, unless attainment is known exactly."""
    if found.met is None or found.low == found.high:
        return ""
    side, bound = ("at least", found.low) if found.met else ("at most", found.high)
    return f" With 95 % confidence it is {side} {beside(bound, objective)}."


def beside(share: float, objective: float) -> str:
    """Return a share with enough digits to differ from the objective."""
    for digits in range(2, 9):
        text = f"{100 * share:.{digits}f}".rstrip("0").rstrip(".") + " %"
        if text != percent(objective) and float(text[:-2]) != 100 * objective:
            return percent(share) if percent(share) != percent(objective) else text
    return percent(share)


def lacking(found: Evidence, objective: float) -> str:
    """Return the missing evidence where there is not enough data."""
    if found.met is not None:
        return ""
    text = " Not enough data:"
    if found.windows_needed is None and found.more_trials is None:
        return f"{text} no number of trials shows {percent(objective)}."
    if found.windows_needed is not None and found.windows < found.windows_needed:
        text += f" {counted(found.windows, _UNITS[found.unit])}"
        text += f" of the {found.windows_needed:,} that such a claim takes;"
    if found.more_trials is None:
        return f"{text} the interval holds the objective, and more trials may not change that."
    return f"{text} about {counted(found.more_trials, 'more trial')}."


def late(name: str, trials: TrialSet) -> str:
    """Return in how many trials there were violations, the longest of all, and the loss."""
    found = of_trials(name, trials)
    longest = [part.rpo.longest_s for part in found if part.rpo.violations]
    beside = losses_of_trials(trials.means[name], found)
    if not longest:
        return " ".join(["No trial has a violation.", *beside])
    most = format_duration(max(longest))
    count = f"Violations in {len(longest):,} of {counted(len(found), 'trial')}"
    if not trials.weighing.is_plain:
        count += f" ({percent(_share_late(name, trials))} by weight)"
    return " ".join([f"{count}, the longest {most}.", *beside])


def _share_late(name: str, trials: TrialSet) -> float:
    """Return the probability of a trial with a violation."""
    late_ones = [
        trial.stratum
        for trial in trials.trials
        if (part := trial.summary.replications.get(name)) and part.rpo.violations
    ]
    return trials.weighing.share(late_ones)


def disaster(name: str, trials: TrialSet) -> str:
    """Return a sentence on the loss by a disaster at a random moment."""
    found = of_trials(name, trials)
    means = trials.means[name]
    size, age_s = means.pending_bytes.mean, means.oldest_pending.mean
    if size is None or age_s is None:
        return "A disaster at a random moment: unknown, nothing could be recovered in any window."
    sizes = [part.pending_bytes.max for part in found]
    most = max(value for value in sizes if value is not None)
    longest_s = trials.pooled[name][OLDEST_PENDING].max
    assert longest_s is not None  # where there is a mean
    worst = f"{format_size(most)} and {format_duration(longest_s)} at worst in any trial"
    mean = f"{format_size(size)} and {format_duration(age_s)} of writes on average"
    without_s = means.unprotected_s + means.rpo.excluded_s
    return f"A disaster at a random moment would lose {mean}, {worst}{without_point(without_s)}."


def of_trials(name: str, trials: TrialSet) -> list[ReplicationSummary]:
    """Return the summaries of a replication by the trials that have it."""
    found = [trial.summary.replications.get(name) for trial in trials.trials]
    return [part for part in found if part is not None]

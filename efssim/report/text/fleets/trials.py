"""The text report of trials of many replications."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from efssim.lag.summary import AGE, OLDEST_PENDING, WRITE_LAG
from efssim.report.facts.alarms import alarm_lines_over_trials
from efssim.report.facts.assumptions import assumed_of_sync
from efssim.report.facts.evidence import long_faults_text, strata_text
from efssim.report.text.fleets.run import FULL, assumed_sentences
from efssim.report.text.fleets.tables import spread_lines, worst_lines
from efssim.report.text.parts import joined, reproduce
from efssim.report.verdicts.fleets import (
    Member,
    Numbers,
    are_many,
    least_attained,
    named_by_verdict,
    named_by_warning,
    verdict_of_fleet,
    worst_in_order,
)
from efssim.report.verdicts.objectives import objectives_of_fleet, said_of_trials
from efssim.report.verdicts.trials import (
    colour_of,
    diverging_trials,
    is_too_short,
    of_trials,
    word_of,
)
from efssim.report.verdicts.words import OF_TRIALS
from efssim.report.words.cost import cost_lines
from efssim.report.words.fleets import fleet_texts_of_trials
from efssim.report.words.lines import counted, wrapped
from efssim.report.words.thresholds import threshold_lines
from efssim.study.run.summary import thresholds_of
from efssim.study.run.trial_set import TrialSet
from efssim.study.trial.not_in_run import not_in_run

_MEANING = (
    "Numbers are means over trials; p99 and worst of the ages and lags are of all trials of a"
    " replication together."
)


def fleet_report_of_trials(trials: TrialSet, top: list[str], command: str) -> str:
    """Return the report below the lines of its `top`; `command` reproduces the study."""
    members = members_of_trials(trials)
    first = fleet_sentences_of_trials(trials, members)
    specs = trials.scenario.replications.values()
    assumed = assumed_sentences(assumed_of_sync(spec.sync) for spec in specs)
    below = [_MEANING, strata_text(trials), long_faults_text(trials), *assumed, FULL]
    parts = [
        top,
        [line for text in first for line in wrapped(text, indent=2)],
        threshold_lines(thresholds_of(trials)),
        spread_lines(members),
        worst_lines(members),
        [line for text in below if text for line in wrapped(text, indent=2)],
        alarm_lines_over_trials(trials),
        cost_lines(trials.cost),
        reproduce(trials, command),
    ]
    return joined(parts)


def members_of_trials(trials: TrialSet) -> list[Member]:
    """Return the replications of trials with their verdicts and numbers."""
    return [
        Member(
            name,
            colour_of(name, trials),
            word_of(name, trials),
            _numbers(name, trials),
            tuple(_warnings(name, trials)),
        )
        for name in trials.means
    ]


def sections_of_trials(trials: TrialSet) -> list[str]:
    """Return the replications that have a section of a page, in the order of the scenario."""
    if are_many(trials.means):
        return worst_in_order(members_of_trials(trials))
    return least_attained({name: means.rpo.attainment for name, means in trials.means.items()})


def _numbers(name: str, trials: TrialSet) -> Numbers:
    means, pooled = trials.means[name], trials.pooled[name]
    attained, is_stationary = means.rpo.attainment, not diverging_trials(name, trials)
    return {
        "attainment": attained,
        "time above the target": None if attained is None else means.rpo.violation_s,
        "mean age": means.lags[AGE].mean,
        "p99 of the age": pooled[AGE].p99 if is_stationary else None,
        "worst age": pooled[AGE].max,
        "p99 of the write lag": pooled[WRITE_LAG].p99 if is_stationary else None,
        "expected loss": means.pending_bytes.mean,
        "worst loss": means.pending_bytes.max,
        "worst loss in time": pooled[OLDEST_PENDING].max,
        "syncs completed": means.syncs.completed,
        "mean duration of a sync": means.syncs.duration_mean_s,
        "utilisation": means.syncs.utilisation,
    }


def _warnings(name: str, trials: TrialSet) -> Iterator[str]:
    """Yield the warnings that hold in any trial of a replication."""
    parts = of_trials(name, trials)
    if is_too_short(name, trials):
        yield "MET SO FAR: no sync completed, in windows too short for the age to pass the target"
    if any(part.syncs.diverging for part in parts):
        yield "DIVERGING in a trial: more is written than can be sent"
    if any(part.source_throughput.hours_above for part in parts):
        yield "WRITTEN FASTER THAN THE SOURCE COULD TAKE in a trial"
    if any(part.discarded.writes for part in parts):
        yield "DISCARDED in a trial: writes on the destination, overwritten when it became one"
    if any(part.recovery_point is not None for part in parts):
        yield "SOURCE LOST in a trial"
    if any(part.unprotected_s for part in parts):
        yield "Without any recovery point for a time in a trial"
    if any(part.final_status != "ENABLED" for part in parts):
        yield "At the end not ENABLED in a trial"


def fleet_sentences_of_trials(trials: TrialSet, members: Sequence[Member]) -> list[str]:
    """Return the verdict over all, with the names of those that do not meet it, and warnings."""
    return [
        verdict_of_fleet(members, trials.scenario.rpo, OF_TRIALS),
        *named_by_verdict(members, OF_TRIALS),
        *fleet_texts_of_trials(trials.fleets),
        *_lacking(trials),
        *objectives_of_fleet({name: said_of_trials(name, trials) for name in trials.means}),
        *named_by_warning(members),
        *not_in_run(trials.scenario),
    ]


def _lacking(trials: TrialSet) -> Iterator[str]:
    """Yield how many trials a decision takes for those that are not decided."""
    found = [trials.evidence[name] for name in trials.means if trials.evidence[name].met is None]
    if not found:
        return
    known = [evidence.more_trials for evidence in found if evidence.more_trials is not None]
    text = f"Not enough data for {len(found):,}"
    if known:
        text += f": up to {counted(max(known), 'more trial')} for {len(known):,} of them"
    rest = len(found) - len(known)
    yield f"{text}{f'; for {rest:,} more trials may not decide it' if rest else ''}."

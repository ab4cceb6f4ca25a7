"""The report of a study on a terminal: 80 columns, the verdict first."""

from __future__ import annotations

import math

from efssim.lag.kinds.table import measures_of
from efssim.lag.summary import AGE, LagColumn
from efssim.report.facts.alarms import alarm_lines_over_trials
from efssim.report.facts.evidence import long_faults_text, strata_text, units_text
from efssim.report.facts.load import load_text
from efssim.report.text.distribution import distribution
from efssim.report.text.fleets.trials import fleet_report_of_trials
from efssim.report.text.lags import half_width, lag_table
from efssim.report.text.parts import NO_REPLICATION, heading, joined, reproduce
from efssim.report.verdicts.fleets import are_many
from efssim.report.verdicts.objectives import objective_texts_of_trials
from efssim.report.verdicts.run import goal, headline
from efssim.report.verdicts.trials import (
    attained,
    disaster,
    diverging_trials,
    kind_of,
    late,
    of_trials,
    word_of,
)
from efssim.report.verdicts.trials_cautions import cautions
from efssim.report.words.compliance import compliance_text_of_trials
from efssim.report.words.cost import cost_lines
from efssim.report.words.fleets import fleet_texts_of_trials
from efssim.report.words.lines import counted, percent, short, wrapped
from efssim.report.words.thresholds import threshold_lines
from efssim.scenario.shown.provenance import resolved
from efssim.study.means.means import Means
from efssim.study.means.shapes import SyncsStatistic
from efssim.study.run.summary import thresholds_of
from efssim.study.run.trial_set import TrialSet
from efssim.text.quantities import format_duration, format_size
from efssim.text.yaml.paths import format_path

_MEANING = (
    "Mean with the half-width of its 95 % interval over trials; quantiles and maximum are of "
    "all trials together."
)
_POOLED: tuple[LagColumn, ...] = ("p50", "p99", "p99_9", "max")


def study_text(trials: TrialSet, command: str, full: bool = False) -> str:
    """Return the report of at least one trial; `command` reproduces the study.

    Many replications are summed up unless the `full` report is wanted, which has each of them.
    """
    if are_many(trials.means) and not full:
        return fleet_report_of_trials(trials, _heading(trials), command)
    parts = [_heading(trials)]
    names = list(trials.means)
    parts += [_first(name, trials) for name in names]
    if not names:
        parts.append([NO_REPLICATION])
    words = fleet_texts_of_trials(trials.fleets)
    parts.append([line for text in words for line in wrapped(text, indent=2)])
    parts.append(threshold_lines(thresholds_of(trials)))
    for name in names:
        title = wrapped(f"{name}:", indent=2) if len(names) > 1 else []
        if diverging_trials(name, trials):
            parts.append([*title, *_sentences(name, trials)])
            continue
        parts.append([*title, *_lag_table(name, trials)])
        parts += [_ages(name, trials), _sentences(name, trials)]
    parts.append(alarm_lines_over_trials(trials))
    parts.append(cost_lines(trials.cost))
    parts.append(reproduce(trials, command))
    return joined(parts)


def _heading(trials: TrialSet) -> list[str]:
    lines = [*heading(trials), *_count(trials)]
    if trials.partial:
        lines.insert(0, f"PARTIAL: interrupted after {len(trials)} of {trials.wanted} trials")
    return lines


def _count(trials: TrialSet) -> list[str]:
    """Return how many trials there are, and whether they reach the wanted precision."""
    text, wish, needed = counted(len(trials), "trial"), trials.precision, trials.trials_needed
    if wish is not None:
        asked = f"a precision of {percent(wish.share)} of the mean age"
        if needed is None:
            text += f"; too few to tell how many {asked} takes"
        elif needed <= len(trials):
            text += f", for {asked}"
        else:
            text += f"; {asked} takes {needed:,} (budget: {wish.budget:,})"
    return wrapped(text)


def _first(name: str, trials: TrialSet) -> list[str]:
    """Return the first lines: the verdict, the loss by a disaster, and the cautions."""
    text = f"{name}: {verdict_of_trials(name, trials)} {late(name, trials)}"
    others = objective_texts_of_trials(name, trials)
    sentences = [text, *others, disaster(name, trials), *cautions(name, trials)]
    return [line for one in sentences for line in wrapped(one, indent=2)]


def verdict_of_trials(name: str, trials: TrialSet) -> str:
    """Return whether trials meet the RPO, and how far it held."""
    rpo = trials.means[name].rpo
    held, asked = attained(name, trials), goal(rpo.target_s, rpo.objective)
    if rpo.attainment is None and kind_of(name, trials) == "open":
        return f"RPO unknown: {held.rstrip('.')} ({asked})."
    return headline(word_of(name, trials), asked, held)


def _lag_table(name: str, trials: TrialSet) -> list[str]:
    means, intervals = trials.means[name].lags, trials.intervals[name].lags
    pooled = trials.pooled[name]
    rows = (
        (
            lag.title,
            [
                short(means[lag.name].mean),
                half_width(intervals[lag.name].mean),
                *(short(pooled[lag.name].column(column)) for column in _POOLED),
            ],
        )
        for lag in measures_of(pooled)
    )
    return lag_table(("mean", "±", *_POOLED), rows)


def _ages(name: str, trials: TrialSet) -> list[str]:
    age, longest_s = trials.pool.exceedance(name)[AGE], trials.pooled[name][AGE].max
    return distribution(age, longest_s, trials.scenario.rpo.target)


def _sentences(name: str, trials: TrialSet) -> list[str]:
    found = [
        _MEANING * (not diverging_trials(name, trials)),
        *sentences_of(name, trials),
        strata_text(trials),
        units_text(trials.evidence[name], trials),
        long_faults_text(trials),
        _assumed(name, trials),
    ]
    return [line for text in found if text for line in wrapped(text, indent=2)]


def sentences_of(name: str, trials: TrialSet) -> list[str]:
    """Return the sentences beside the verdict and the lags, for every report."""
    means, spec = trials.means[name], trials.scenario.replications.get(name)
    found = [
        _diverging(name, trials),
        "" if spec is None else load_text(trials.scenario, spec.source),
        _syncs(means.syncs),
        _initial(means),
        _writes(means),
        _ends(means),
        compliance_text_of_trials(means.compliance),
    ]
    return [text for text in found if text]


def _diverging(name: str, trials: TrialSet) -> str:
    count = diverging_trials(name, trials)
    if not count:
        return ""
    return (
        f"DIVERGING in {count:,} of {counted(len(of_trials(name, trials)), 'trial')}: more is "
        "written than can be sent, so no percentile of any lag is stationary and none is shown; "
        "--format json has those of these windows."
    )


def _syncs(syncs: SyncsStatistic[float]) -> str:
    text = f"A trial has {syncs.completed:,.6g} completed syncs on average"
    if syncs.duration_mean_s is not None:
        text += f" of {format_duration(syncs.duration_mean_s)}"
    text += f", {format_size(math.floor(syncs.bytes))} sent"
    if syncs.failed_attempts:
        text += f", {syncs.failed_attempts:,.3g} failed attempts"
    if syncs.abandoned:
        text += f", {syncs.abandoned:,.3g} abandoned"
    return f"{text}."


def _initial(means: Means) -> str:
    if means.initial_sync_s is None or means.initial_bytes is None:
        return ""
    size = format_size(math.floor(means.initial_bytes))
    return f"Initial sync: {size} in {format_duration(means.initial_sync_s)} on average."


def _writes(means: Means) -> str:
    """Return how much was dropped, and how much was pending at the end of a configuration."""
    found = {cause: size for cause, size in means.writes.dropped_bytes.items() if size}
    listed = ", ".join(f"{format_size(math.floor(n))} ({cause})" for cause, n in found.items())
    text = f"Dropped on average, as they could not be made: {listed}." if found else ""
    left = means.not_replicated
    if left is not None:
        size = format_size(math.floor(left.bytes))
        text += f" Not replicated when the configuration was gone: {size} on average."
    return text.strip()


def _ends(means: Means) -> str:
    """Return how the trials ended, unless all ended ENABLED."""
    ends = means.final_status or {}
    if set(ends) <= {"ENABLED"}:
        return ""
    whole = {status: count for status, count in ends.items() if isinstance(count, int)}
    if len(whole) == len(ends):
        listed = [f"{status} in {counted(count, 'trial')}" for status, count in whole.items()]
    else:  # weighted
        total = math.fsum(ends.values())
        listed = [f"{status} in {percent(count / total)}" for status, count in ends.items()]
    return f"At the end: {', '.join(listed)}."


def _assumed(name: str, trials: TrialSet) -> str:
    begin = format_path(("replications", name, "sync")) + "."
    listed = ", ".join(
        f"{parameter.path.removeprefix(begin)} {parameter.value}"
        for parameter in resolved(trials.scenario)
        if parameter.provenance == "assumed" and parameter.path.startswith(begin)
    )
    return f"Assumed, as AWS does not publish them: {listed}." if listed else ""

"""Results in a notebook: the verdict first, then a table with the units of people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from efssim.lag.kinds.table import measures_of
from efssim.lag.summary import LAG_COLUMNS
from efssim.markup import page, sentence, table
from efssim.report.text.fleets.run import fleet_sentences, members_of_run
from efssim.report.text.fleets.tables import SPREAD_HEAD, WORST_HEAD, spread_rows, worst_rows
from efssim.report.text.lags import half_width
from efssim.report.text.parts import NO_REPLICATION
from efssim.report.verdicts.cautions import cautions
from efssim.report.verdicts.fleets import Member, are_many
from efssim.report.verdicts.run import verdict
from efssim.report.words.fleets import fleet_texts, fleet_texts_of_trials
from efssim.report.words.lines import counted, percent, short
from efssim.text.quantities import format_duration

if TYPE_CHECKING:
    from efssim.runs.run import Run
    from efssim.study.planning.findings import PlanFindings
    from efssim.study.run.trial_set import TrialSet
    from efssim.study.uncertain.study import SetStudy
    from efssim.study.varying.paired import PairedTrials
    from efssim.study.varying.points import SweepPoints
    from efssim.traces.profile.measured import MeasuredTraces

_ROWS = 60
"""Rows of a table at most: a notebook is no place for more, and `.table` has all."""


def result_html(result: Run) -> str:
    """Return verdict, lags and violations of every replication as HTML; many are summed up."""
    if are_many(result.outcomes):
        members = members_of_run(result)
        return _fleet_html(fleet_sentences(result, members), members, _end_of_run(result))
    parts = []
    for name, outcome in result.outcomes.items():
        summary = outcome.summary
        rows = (
            (lag.title, *(short(summary.lags[lag.name].column(c)) for c in LAG_COLUMNS))
            for lag in measures_of(summary.lags)
        )
        parts += [
            sentence(verdict(outcome, result), strong=f"{name}:"),
            *(sentence(text) for text in cautions(outcome, result)),
            "" if summary.syncs.diverging else table(("lag", *LAG_COLUMNS), rows),
            sentence(_violations(summary.rpo.violations, summary.rpo.violation_s)),
        ]
    parts += [sentence(text) for text in fleet_texts(result.run_summary.fleets)]
    return page(*(parts or [sentence(NO_REPLICATION)]), sentence(_end_of_run(result)))


def _end_of_run(result: Run) -> str:
    return f"{result.scenario.name}, seed {result.seed}, digest {result.digest}"


def _fleet_html(sentences: list[str], members: Sequence[Member], last: str) -> str:
    """Return the sum of many replications: verdict, spread of their numbers, and the worst."""
    return page(
        sentence("", strong=sentences[0]),
        *(sentence(text) for text in sentences[1:]),
        table((f"over {len(members):,} replications", *SPREAD_HEAD), spread_rows(members)),
        table(WORST_HEAD, worst_rows(members), words=2),
        sentence(last),
    )


def _violations(count: int, total_s: float) -> str:
    lasting = f", {format_duration(total_s)} in all" if count else ""
    return f"{counted(count, 'violation')} of the RPO{lasting}."


def traces_html(found: MeasuredTraces) -> str:
    """Return the totals and cautions of measurements as HTML."""
    from efssim.report.facts.profiles import cautions as cautions_of_profile
    from efssim.report.facts.profiles import gaps_text, lag_text, span_text, written_text

    parts = []
    for profile in (one.profile for one in found.profiled):
        words = f"{span_text(profile.coverage)}. {written_text(profile)}"
        parts.append(sentence(f"{words} {gaps_text(profile.coverage)}", strong=f"{profile.name}:"))
        parts += [sentence(text) for text in cautions_of_profile(profile)]
    parts += [sentence(lag_text(lag), strong=f"{lag.name}:") for lag in found.lags]
    return page(*parts)


def trials_html(trials: TrialSet) -> str:
    """Return verdict and lags of every replication, with intervals over trials, as HTML."""
    from efssim.report.text.fleets.trials import fleet_sentences_of_trials, members_of_trials
    from efssim.report.text.trials import verdict_of_trials
    from efssim.report.verdicts.trials import diverging_trials, late
    from efssim.report.verdicts.trials_cautions import cautions as cautions_of_trials

    count = counted(len(trials), "trial") + ", partial: interrupted" * trials.partial
    last = f"{trials.scenario.name}, seed {trials.seed}, {count}; quantiles are of all together"
    if are_many(trials.means):
        members = members_of_trials(trials)
        return _fleet_html(fleet_sentences_of_trials(trials, members), members, last)
    parts, head = [], ("lag", "mean", "± (95 %)", *LAG_COLUMNS[1:])
    for name in trials.means:
        rows = () if diverging_trials(name, trials) else _lags_of_trials(name, trials)
        parts += [
            sentence(f"{verdict_of_trials(name, trials)} {late(name, trials)}", strong=f"{name}:"),
            *(sentence(text) for text in cautions_of_trials(name, trials)),
            table(head, rows),
        ]
    parts += [sentence(text) for text in fleet_texts_of_trials(trials.fleets)]
    return page(*(parts or [sentence(NO_REPLICATION)]), sentence(last))


def sets_html(study: SetStudy) -> str:
    """Return verdict, numbers and weights of the unknowns of every replication as HTML."""
    from efssim.report.text.uncertain.sets import importance_rows, numbers_of_sets
    from efssim.report.verdicts.sets import sentences_of_sets, verdict_of_sets

    parts = []
    for name in study.replications:
        parts.append(sentence(verdict_of_sets(name, study), strong=f"{name}:"))
        parts += [sentence(text) for text in sentences_of_sets(name, study)]
        for head, *rows in (numbers_of_sets(name, study), importance_rows(name, study)):
            parts.append(table(head, rows))
    count = counted(len(study), "parameter set") + ", partial: interrupted" * study.partial
    last = f"{study.scenario.name}, seed {study.seed}, {count} of {counted(study.trials, 'trial')}"
    return page(*(parts or [sentence(NO_REPLICATION)]), sentence(last))


def _lags_of_trials(name: str, trials: TrialSet) -> Iterator[tuple[str, ...]]:
    means, intervals = trials.means[name].lags, trials.intervals[name].lags
    pooled = trials.pooled[name]
    for lag in measures_of(pooled):
        half = half_width(intervals[lag.name].mean)
        quantiles = (short(pooled[lag.name].column(column)) for column in LAG_COLUMNS[1:])
        yield lag.title, short(means[lag.name].mean), half, *quantiles


def plan_html(plan: PlanFindings) -> str:
    """Return the answer, its evidence and the evaluations as HTML."""
    from efssim.report.text.plan import evidence_text, objective_text, verdict_text
    from efssim.study.planning.answer.cautions import cautions_of_plan
    from efssim.study.planning.evaluation import said

    made = sorted(plan.evaluations, key=lambda e: (e.value, e.stage != "search"))
    rows = (
        (
            plan.parameter.text(e.value),
            e.stage,
            said(e),
            percent(e.attainment),
            f"{percent(e.interval.low)} … {percent(e.interval.high)}" * (e.trials > 1),
            f"{e.trials:,}",
        )
        for e in made
    )
    return page(
        sentence(objective_text(plan), strong=verdict_text(plan)),
        *(sentence(text) for text in cautions_of_plan(plan)),
        sentence(evidence_text(plan)),
        table(("value", "stage", "objective", "attainment", "bounds", "trials"), rows, words=3),
    )


def sweep_html(sweep: SweepPoints) -> str:
    """Return mean and interval of the main measure at every combination as HTML."""
    from efssim.report.text.fleets.sweep import fleet_rows, shown_replications
    from efssim.report.text.sweep import grid_rows, shown
    from efssim.report.verdicts.varied.sweep import absent_texts_of, sweep_verdict
    from efssim.study.varying.points import MEASURE

    each = counted(len(sweep.points[0].trials), "trial")
    parts = []
    words = len(sweep.parameters)
    for name in sweep.points[0].trials.fleets:
        head, *rows = fleet_rows(sweep, MEASURE, name, shown)
        title = f"Fleet {name}: {MEASURE}"
        parts += [sentence("", strong=title), table(head, rows[:_ROWS], words=words)]
    for name in shown_replications(sweep):
        head, *rows = grid_rows(sweep, MEASURE, name)
        parts += [
            sentence(sweep_verdict(sweep, name)),
            sentence("", strong=f"{name}: {MEASURE}"),
            table(head, rows[:_ROWS], words=words),
        ]
        parts += [sentence(f"… and {len(rows) - _ROWS:,} more")] * (len(rows) > _ROWS)
    points = counted(len(sweep.points), "combination")
    points += f" of {sweep.wanted}, partial: interrupted," * sweep.partial
    last = f"{sweep.scenario.name}: {points} of {each} each, mean and 95 % interval"
    return page(*map(sentence, absent_texts_of(sweep)), *parts, sentence(last))


def comparison_html(comparison: PairedTrials) -> str:
    """Return the change of the main measures, with intervals, as HTML."""
    from efssim.report.text.comparison import change_text
    from efssim.report.text.sweep import shown
    from efssim.report.verdicts.varied.compared import shown_differences
    from efssim.study.trial.not_in_run import not_in_runs

    a, b = comparison.first.scenario.name, comparison.second.scenario.name
    pairs = counted(len(comparison.numbers), "pair")
    rows = (
        (
            row.replication,
            row.measure,
            shown(row.measure, row.first),
            shown(row.measure, row.second),
            change_text(row),
        )
        for row in shown_differences(comparison)
    )
    head = ("replication", "measure", "first", "second", "change, 95 % interval")
    absent = not_in_runs((comparison.first.scenario, comparison.second.scenario))
    compared = f"(second) compared with {a} (first): {pairs} of trials with the same draws."
    return page(sentence(compared, strong=b), *map(sentence, absent), table(head, rows, words=2))

"""The page of trials."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from efssim.json_values import to_json
from efssim.lag.kinds.table import measures_of
from efssim.lag.summary import LagColumn, ReplicationSummary
from efssim.report.facts.evidence import long_faults_text, strata_text, units_text
from efssim.report.facts.traces import thin_traces
from efssim.report.figures.files import FLEET, FigureSvg
from efssim.report.figures.run.fleet import fleet_alt
from efssim.report.figures.study.alt import trials_alt
from efssim.report.figures.study.trials import ages_of_trials
from efssim.report.html.alarms import alarm_blocks
from efssim.report.html.compliance import month_table
from efssim.report.html.fleets import CAPTION, ages_table, verdict_on_all
from efssim.report.html.run_tables import exact, lag_term, leaves
from efssim.report.html.sections import sentence
from efssim.report.html.study import Block, PageVerdict, Study, parameter_block, study_page
from efssim.report.html.svg import Figure, inlined
from efssim.report.html.tables import (
    Cell,
    Column,
    HtmlTable,
    bounded,
    duration,
    number,
    share,
    size,
    text,
)
from efssim.report.html.traces import trace_blocks
from efssim.report.text.fleets.tables import SPREAD_HEAD, spread_rows
from efssim.report.text.fleets.trials import (
    fleet_sentences_of_trials,
    members_of_trials,
    sections_of_trials,
)
from efssim.report.text.trials import sentences_of
from efssim.report.verdicts.fleets import SECTIONS, are_many
from efssim.report.verdicts.objectives import least, objective_texts_of_trials, said_of_trials
from efssim.report.verdicts.run import goal
from efssim.report.verdicts.trials import (
    attained,
    colour_of,
    disaster,
    diverging_trials,
    late,
    of_trials,
    word_of,
)
from efssim.report.verdicts.trials_cautions import cautions
from efssim.report.verdicts.words import OF_TRIALS
from efssim.report.words.cost import cost_texts
from efssim.report.words.fleets import fleet_texts_of_trials
from efssim.report.words.lines import counted
from efssim.report.words.percentiles import is_percentile
from efssim.report.words.thresholds import threshold_texts
from efssim.study.run.summary import thresholds_of
from efssim.study.run.trial_set import TrialSet
from efssim.study.statistics.evidence import Evidence
from efssim.study.statistics.intervals import Interval
from efssim.study.trial.outcome import Trial
from efssim.text.quantities import format_duration

_ROWS = 300
_TIMINGS = "AWS publishes no replication rate and no sync period: every timing is a parameter."
_POOLED: dict[LagColumn, str] = {"p50": "p50", "p99": "p99", "p99_9": "p99.9", "max": "max"}


def trials_page(
    trials: TrialSet,
    drawn: Mapping[tuple[str, str], FigureSvg],
    command: str,
    suffix: str = ".csv",
) -> str:
    """Return report.html of trials; `drawn` has SVG files by replication and kind.

    `suffix` is how the name of the table beside it ends.
    """
    start, window = trials.scenario.start, trials.trials[0].summary.window
    begin, end = (start + timedelta(seconds=s) for s in (window.begin_s, window.end_s))
    meta = [
        f"{begin:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC",
        format_duration(window.seconds),
        counted(len(trials), "trial"),
        f"seed {trials.seed}",
    ]
    if trials.partial:
        meta.append(f"PARTIAL: interrupted after {len(trials)} of {trials.wanted} trials")
    meta += thin_traces(trials.traces)
    return study_page(
        Study(
            kind="Replication lag over many trials",
            title=trials.scenario.name,
            description=trials.scenario.description,
            meta=meta,
            blocks=[
                *_sums(trials),
                *_fleets(trials, drawn),
                *_blocks(trials, drawn, suffix),
                *alarm_blocks(trials),
                *_cost(trials),
                *_thresholds(trials),
                *trace_blocks({trials.scenario.name: trials.traces}),
                parameter_block(trials.scenario, _TIMINGS),
            ],
            reproduce=_reproduce(trials, command),
        )
    )


def _cost(trials: TrialSet) -> list[Block]:
    words = " ".join(cost_texts(trials.cost))
    return [Block("Cost", "cost", text=words)] if words else []


def _thresholds(trials: TrialSet) -> list[Block]:
    words = " ".join(threshold_texts(thresholds_of(trials)))
    return [Block("Thresholds", "thresholds", text=words)] if words else []


def _reproduce(trials: TrialSet, command: str) -> list[tuple[str, str]]:
    pairs = [("Seed", str(trials.seed)), ("Digest", trials.digest)]
    return [("Command", command), *pairs] if command else pairs


def _sums(trials: TrialSet) -> Iterator[Block]:
    """Yield the block that sums up replications: of a few only the verdict on all."""
    if len(trials.means) < 2:
        return
    members = members_of_trials(trials)
    title = f"All {len(members):,} replications"
    said, *words = fleet_sentences_of_trials(trials, members)
    colours = [colour_of(name, trials) for name in trials.means]
    diverging = sum(diverging_trials(name, trials) > 0 for name in trials.means)
    verdict = verdict_on_all(members, OF_TRIALS, colours, diverging, said)
    if not are_many(trials.means):
        yield Block(title, "all", verdict)
        return
    rows = [[text(name), *map(text, cells)] for name, *cells in spread_rows(members)]
    head = [Column("over replications"), *(Column(name, True) for name in SPREAD_HEAD)]
    note = f"Below, the {SECTIONS} that hold least; summary.json has every number of all."
    table = HtmlTable("Numbers over the replications", head, rows, note=note)
    yield Block(title, "all", verdict, table=table, points=words)


def _fleets(trials: TrialSet, drawn: Mapping[tuple[str, str], FigureSvg]) -> Iterator[Block]:
    """Yield the block of each fleet."""
    texts = fleet_texts_of_trials(trials.fleets)
    for ordinal, (name, one) in enumerate(trials.fleets.items()):
        ident, ages = f"fleet{ordinal}", ages_of_trials(trials, name)
        title = f"Fleet {name}"
        words = f"{texts[ordinal]} {texts[-1]} The worst first: {', '.join(one.worst)}."
        made = Figure(
            f"{ident}-figure",
            "How do the items differ?",
            inlined(drawn[name, FLEET], ident),
            fleet_alt(ages, trials.scenario.rpo.target, name),
            f"{CAPTION} Means over trials.",
            ages_table(name, ages),
        )
        yield Block(title, ident, text=words, figure=made)


def _blocks(
    trials: TrialSet, drawn: Mapping[tuple[str, str], FigureSvg], suffix: str
) -> Iterator[Block]:
    """Yield the blocks on the replications with the least attainment."""
    for ordinal, name in enumerate(sections_of_trials(trials)):
        ident = f"r{ordinal}"
        yield Block(name, ident, _verdict(trials, name))
        yield Block(
            "What the trials attained",
            f"{ident}-attained",
            figure=_attained(trials, name, drawn, f"{ident}-attainment"),
            is_part=True,
        )
        if not diverging_trials(name, trials):
            yield from _of_lags(trials, name, drawn, ident)
        months = month_table(name, trials.means[name].compliance)
        if months.rows:
            title = "By calendar month"
            yield Block(title, f"{ident}-months", table=months, is_part=True)
        words = " ".join(sentences_of(name, trials))
        yield Block("In words", f"{ident}-words", text=words, is_part=True)
        table = _trials(trials, name, suffix)
        yield Block("Trial by trial", f"{ident}-trials", table=table, is_part=True)
        numbers = all_means(trials, name)
        yield Block("All numbers", f"{ident}-all", table=numbers, is_folded=True, is_part=True)


def _of_lags(
    trials: TrialSet, name: str, drawn: Mapping[tuple[str, str], FigureSvg], ident: str
) -> Iterator[Block]:
    """Yield the blocks with quantiles of lags, which nobody has where a trial diverges."""
    yield Block(
        "How often is a lag longer than that?",
        f"{ident}-exceedance",
        figure=_pooled(trials, name, drawn, f"{ident}-lag"),
        is_part=True,
    )
    yield Block("Lags", f"{ident}-lags", table=_lags(trials, name), is_part=True)


def _verdict(trials: TrialSet, name: str) -> PageVerdict:
    rpo, found = trials.means[name].rpo, trials.evidence[name]
    held = sentence(attained(name, trials))
    return PageVerdict(
        least(colour_of(name, trials), said_of_trials(name, trials).values()),
        f"RPO {word_of(name, trials).lower()}",
        " ".join(
            [
                held,
                late(name, trials),
                *objective_texts_of_trials(name, trials),
                disaster(name, trials),
                *cautions(name, trials),
            ],
        ),
        f"Objective: {goal(rpo.target_s, rpo.objective)}. {_rests_on(trials, found)}".rstrip(),
    )


def _rests_on(trials: TrialSet, found: Evidence) -> str:
    parts = units_text(found, trials), strata_text(trials), long_faults_text(trials)
    return " ".join(part for part in parts if part)


def _attained(
    trials: TrialSet, name: str, drawn: Mapping[tuple[str, str], FigureSvg], ident: str
) -> Figure:
    return Figure(
        ident,
        "What the trials attained",
        inlined(drawn[name, "attainment"], ident),
        trials_alt("attainment", trials, name),
        "Each point is a trial. The grey line is their mean, the band its 95 % interval; the "
        "dashed line is the objective.",
    )


def _pooled(
    trials: TrialSet, name: str, drawn: Mapping[tuple[str, str], FigureSvg], ident: str
) -> Figure:
    return Figure(
        ident,
        "Exceedance",
        inlined(drawn[name, "lag"], ident),
        trials_alt("lag", trials, name),
        "All trials together, as if they were one long run.",
    )


def _lags(trials: TrialSet, name: str) -> HtmlTable:
    means, bounds = trials.means[name].lags, trials.intervals[name].lags
    pooled = trials.pooled[name]
    rows = [
        [
            text(lag.title, lag_term(lag)),
            duration(means[lag.name].mean),
            _interval(bounds[lag.name].mean),
            *(duration(pooled[lag.name].column(column)) for column in _POOLED),
        ]
        for lag in measures_of(pooled)
    ]
    head = [Column("lag"), Column("mean", True), Column("95 % interval", True, "interval")]
    head += [
        Column(title, True, "quantile" if title == "p50" else None) for title in _POOLED.values()
    ]
    note = "Mean over trials; quantiles and maximum of all trials together."
    return HtmlTable(f"Lags of {name}", head, rows, note=note)


def _interval(bounds: Interval | None) -> Cell:
    if bounds is None:
        return number(None)
    shown = " to ".join(format_duration(end) for end in bounds)
    return Cell(shown, bounds.low, is_number=True)


def _trials(trials: TrialSet, name: str, suffix: str) -> HtmlTable:
    rows = (
        [
            number(trial.number),
            share(part.rpo.attainment),
            number(part.rpo.violations),
            duration(part.rpo.longest_s),
            duration(part.age.mean),
            duration(part.age.max),
            size(part.pending_bytes.max),
        ]
        for trial, part in _having(trials, name)
    )
    shown, note = bounded(rows, _ROWS, f"trials{suffix}")
    head = [
        Column("trial", True, "trial"),
        Column("attainment", True, "attainment"),
        Column("violations", True, "violation"),
        Column("longest", True),
        Column("mean age", True, "age"),
        Column("max age", True),
        Column("worst loss", True, "pending"),
    ]
    return HtmlTable(f"Trials of {name}", head, shown, is_sortable=True, note=note)


def _having(trials: TrialSet, name: str) -> Iterator[tuple[Trial, ReplicationSummary]]:
    having = [trial for trial in trials.trials if name in trial.summary.replications]
    yield from zip(having, of_trials(name, trials), strict=True)


def all_means(trials: TrialSet, name: str) -> HtmlTable:
    """Return the means over trials, as summary.json has them, with their intervals.

    Percentiles are left out where a trial diverges.
    """
    bounds = dict(leaves(to_json(trials.intervals[name]), ""))
    is_stationary = not diverging_trials(name, trials)
    rows = []
    for path, value in leaves(to_json(trials.means[name]), ""):
        if is_percentile(path) and not is_stationary:
            continue
        low, high = bounds.get(path) or (None, None)
        rows.append([text(path), exact(value), exact(low), exact(high)])
    pooled = {lag: to_json(numbers) for lag, numbers in trials.pooled[name].items()}
    for path, value in leaves(pooled if is_stationary else {}, "pooled"):
        rows.append([text(path), exact(value), text(""), text("")])
    head = [Column("field"), *(Column(title, True) for title in ("value", "low", "high"))]
    return HtmlTable(f"summary.json: {name}", head, rows)

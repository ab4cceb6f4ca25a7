"""The tables of a run's page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from efssim.json_values import JsonObject
from efssim.lag.kinds.measure import LagMeasure
from efssim.lag.kinds.table import measures_of
from efssim.lag.loss import Loss
from efssim.lag.summary import LagColumn, ReplicationSummary
from efssim.lag.weighted.exceedance import Exceedance
from efssim.records.timeline import ApiCall, Entry
from efssim.report.facts.causes import explained
from efssim.report.facts.timeline import Item, summed, timeline_items, total_s
from efssim.report.figures.drawing.curve import (
    PiecewiseCurve,
    age_curve,
    credits_curve,
    pending_curve,
)
from efssim.report.figures.run.over_time import window_of
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
from efssim.report.text.fleets.run import members_of_run
from efssim.report.text.fleets.tables import SPREAD_HEAD, spread_rows
from efssim.report.verdicts.fleets import are_many, worst
from efssim.report.verdicts.words import words_of_run
from efssim.report.words.lines import clock
from efssim.report.words.percentiles import is_percentile
from efssim.report.words.terms import TERMS
from efssim.runs.risk_tables import WEEKDAYS
from efssim.runs.run import Run
from efssim.scenario import Scenario
from efssim.scenario.shown.provenance import resolved

QUANTILES: dict[LagColumn, str] = {
    "mean": "mean",
    "p50": "p50",
    "p90": "p90",
    "p95": "p95",
    "p99": "p99",
    "p99_9": "p99.9",
    "p99_99": "p99.99",
    "max": "max",
}
"""The numbers of a lag and their headings."""
_ROWS = 300
"""Rows of a table at most; the files have the rest."""
_PARTS = 48
"""Parts of the window in the tables behind figures over time."""
_BINS = 12


def _moment(result: Run, time_s: float) -> Cell:
    return Cell(clock(result.scenario, time_s), time_s, is_time=True)


def lag_table(summary: ReplicationSummary, name: str) -> HtmlTable:
    """Return the lags, a column each."""
    rows = [
        [text(title), *(duration(lag.column(column)) for lag in summary.lags.values())]
        for column, title in QUANTILES.items()
    ]
    head = [Column("lag", term="quantile"), *_lag_columns(summary.lags)]
    return HtmlTable(f"Lags of {name}", head, rows)


def _lag_columns(names: Iterable[str]) -> list[Column]:
    """Return the headings of lags by their names."""
    return [Column(lag.title, True, lag_term(lag)) for lag in measures_of(names)]


def lag_term(lag: LagMeasure) -> str | None:
    """Return the key of the term of a lag, None for one that is defined no longer."""
    return lag.key if lag.key in TERMS else None


def _term(key: str) -> Cell:
    return text(TERMS[key].title, term=key)


def facts(summary: ReplicationSummary, name: str) -> HtmlTable:
    """Return the table of the other numbers of syncs, writes and loss."""
    syncs, writes, pending = summary.syncs, summary.writes, summary.pending_bytes
    oldest = summary.oldest_pending
    rows = [
        [_term("attainment"), share(summary.rpo.attainment)],
        [_term("objective"), share(summary.rpo.objective)],
        [_term("writable"), share(summary.rpo.attainment_while_writable)],
        [_term("unprotected"), duration(summary.unprotected_s)],
        *_recovery(summary.recovery_point),
        [text("expected loss in a disaster, bytes", "pending"), size(pending.mean)],
        [text("worst loss in a disaster, bytes", "pending"), size(pending.max)],
        [text("expected loss, time", "oldest_pending"), duration(oldest.mean)],
        [text("worst loss, time", "oldest_pending"), duration(oldest.max)],
        [text("syncs completed", "sync"), number(syncs.completed)],
        [text("mean duration of a sync", "duration"), duration(syncs.duration_mean_s)],
        [_term("utilisation"), share(syncs.utilisation)],
        [text("failed attempts"), number(syncs.failed_attempts)],
        [text("abandoned syncs"), number(syncs.abandoned)],
        [text("sent"), size(syncs.bytes)],
        [text("written"), size(writes.bytes)],
        [text("writes"), number(writes.count)],
        [text("not replicated at the end"), size(pending.open_at_end)],
    ]
    return HtmlTable(f"In short: {name}", [Column("what"), Column("value", True)], rows)


def _recovery(found: Loss | None) -> list[list[Cell]]:
    """Return the rows on the loss by a disaster of the source; none without one."""
    if found is None:
        return []
    return [
        [text("lost with the source, bytes", "recovery"), size(found.lost_bytes)],
        [text("lost with the source, writes", "recovery"), number(found.lost_writes)],
        [text("lost with the source, time", "recovery"), duration(found.lost_s)],
        [text("until the destination was writable"), duration(found.writable_s)],
    ]


def overview(result: Run) -> HtmlTable:
    """Return a row for each replication."""
    rows = []
    for name in _in_overview(result):
        summary = result.outcomes[name].summary
        age, pending = summary.age, summary.pending_bytes
        p99_s = None if summary.syncs.diverging else age.p99
        rows.append(
            [
                text(name),
                text(words_of_run(summary, is_uncertain=bool(result.uncertain))),
                share(summary.rpo.attainment),
                *(duration(value) for value in (age.mean, p99_s, age.max)),
                size(pending.mean),
                number(summary.rpo.violations),
            ]
        )
    head = [
        Column("replication"),
        Column("RPO", term="rpo"),
        Column("attainment", True, "attainment"),
        Column("mean age", True, "age"),
        Column("p99", True, "quantile"),
        Column("max", True),
        Column("expected loss", True, "pending"),
        Column("violations", True, "violation"),
    ]
    left = len(result.outcomes) - len(rows)
    if not left:
        return HtmlTable("All replications", head, rows, is_sortable=True)
    caption, note = "The replications with the least attainment", f"{left:,} more in summary.json."
    return HtmlTable(caption, head, rows, is_sortable=True, note=note)


def _in_overview(result: Run) -> Iterable[str]:
    """Return the replications with a row in the overview: the worst where there are too many."""
    if len(result.outcomes) <= _ROWS:
        return result.outcomes
    return [member.name for member in worst(members_of_run(result), _ROWS)]


def spread(result: Run) -> HtmlTable:
    """Return how the numbers of many replications spread; no row for a few."""
    members = members_of_run(result) if are_many(result.outcomes) else []
    rows = [[text(title), *map(_plain, cells)] for title, *cells in spread_rows(members)]
    head = [Column("over replications"), *(Column(title, True) for title in SPREAD_HEAD)]
    caption = f"Numbers over all {len(members):,} replications"
    return HtmlTable(caption, head, rows if members else [])


def _plain(shown: str) -> Cell:
    return Cell(shown, is_number=True)


def violations(result: Run, name: str, suffix: str = ".csv") -> HtmlTable:
    """Return the violations, the longest first, each with its cause."""
    found = sorted(result.outcomes[name].violations, key=lambda one: one.begin_s - one.end_s)
    # The cause of what is not shown is not sought.
    longest, note = bounded(found, _ROWS, f"violations{suffix} (without the causes)")
    rows = [
        [
            _moment(result, each.violation.begin_s),
            duration(each.violation.end_s - each.violation.begin_s),
            duration(each.violation.peak_s),
            text(each.cause),
        ]
        for each in explained(result, name, longest)
    ]
    head = [
        Column("begin (UTC)"),
        Column("length", True, "violation", sort="descending"),
        Column("peak age", True, "age"),
        Column("cause", term="cause"),
    ]
    return HtmlTable(f"Violations of {name}", head, rows, is_sortable=True, note=note)


def statuses(result: Run, name: str, suffix: str = ".csv") -> HtmlTable:
    """Return how long each status lasted, change by change."""
    outcome = result.outcomes[name]
    changes = outcome.statuses
    ends_s = [*(change.time_s for change in changes[1:]), outcome.end_s]
    rows = (
        [
            _moment(result, change.time_s),
            text(change.after or "gone"),
            number(None) if change.after is None else duration(end_s - change.time_s),
            text(change.cause),
        ]
        for change, end_s in zip(changes, ends_s, strict=True)
    )
    shown, note = bounded(rows, _ROWS, f"statuses{suffix}")
    head = [
        Column("from (UTC)", sort="ascending"),
        Column("status", term="status"),
        Column("for", True),
    ]
    return HtmlTable(f"Statuses of {name}", [*head, Column("because of")], shown, True, note)


def events(result: Run, suffix: str = ".csv") -> HtmlTable:
    """Return the table of the timeline, with a column of EFS's errors if there are any."""
    is_refused = any(isinstance(entry, ApiCall) and entry.error for entry in result.timeline)
    rows = (
        [
            _moment(result, item.begin_s),
            _length(result, item.entry),
            text(_kind(item.entry)),
            text(item.what),
            text("; ".join(_followed(item))),
            *([text(item.refusal)] if is_refused else []),
        ]
        for item in timeline_items(result)
    )
    shown, note = bounded(rows, _ROWS, f"events{suffix}")
    head = [
        Column("begin (UTC)", sort="ascending"),
        Column("length", True),
        Column("kind"),
        Column("what"),
        Column("affected"),
        *([Column("refused with")] if is_refused else []),
    ]
    return HtmlTable("Disturbances and API history", head, shown, is_sortable=True, note=note)


NOTHING = "nothing"


def _followed(item: Item) -> Iterator[str]:
    """Yield the names of the affected parts and the effects; a refusal has its own column."""
    if item.entry is not None:
        yield ", ".join(item.entry.affected) or NOTHING
    yield from item.effects


def _kind(entry: Entry | None) -> str:
    if entry is None:
        return "scenario"
    return "API call" if isinstance(entry, ApiCall) else "disturbance"


def sums(result: Run, suffix: str = ".csv") -> HtmlTable:
    """Return the table of repeated entries of the timeline, summed up."""
    rows = (
        [
            text(what),
            number(len(items)),
            duration(total_s(items)),
            duration(max(item.lasted_s or 0.0 for item in items)),
        ]
        for what, items in summed(timeline_items(result))
        if len(items) > 1
    )
    shown, note = bounded(rows, _ROWS, f"events{suffix}, one by one")
    head = [Column("what"), Column("times", True), Column("total", True, sort="descending")]
    head.append(Column("longest", True))
    return HtmlTable("What happened more than once", head, shown, is_sortable=True, note=note)


def _length(result: Run, entry: Entry | None) -> Cell:
    """Return the length of an entry; one that goes on sorts by its length up to now."""
    if entry is None:
        return number(None)
    if entry.end_s is None:
        return number(window_of(result)[1] - entry.begin_s, "goes on")
    return duration(entry.end_s - entry.begin_s)


def parameters(scenario: Scenario) -> HtmlTable:
    """Return every value of the scenario with its provenance, the assumed ones first."""
    order = ["assumed", "measured", "documented", "scenario", "default"]
    found = sorted(resolved(scenario), key=lambda p: order.index(p.provenance))
    rows = ([text(p.path), text(p.value), text(p.provenance), text(p.why)] for p in found)
    shown, note = bounded(rows, _ROWS, "manifest.json")
    head = [Column("parameter"), Column("value"), Column("provenance", term="provenance")]
    return HtmlTable("Parameters", [*head, Column("why")], shown, is_sortable=True, note=note)


def all_numbers(summary: JsonObject, name: str, *, is_diverging: bool = False) -> HtmlTable:
    """Return the numbers of summary.json about a replication, as they stand there.

    Of one that is diverging the percentiles are left out.
    """
    rows = [
        [text(path), exact(value)]
        for path, value in leaves(summary, "")
        if not (is_diverging and is_percentile(path))
    ]
    return HtmlTable(f"summary.json: {name}", [Column("field"), Column("value", True)], rows)


def exact(value: object) -> Cell:
    """Return a cell of a value as JSON has it, to the last digit."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Cell(repr(value), float(value), is_number=True)
    words = {None: "null", True: "true", False: "false"}
    shown = words[value] if value is None or isinstance(value, bool) else str(value)
    return Cell(shown, is_number=True)


def leaves(value: object, path: str) -> Iterator[tuple[str, Any]]:
    """Yield dotted path and value of everything that is no object."""
    if not isinstance(value, dict):
        yield path, value
        return
    for key, part in value.items():
        yield from leaves(part, f"{path}.{key}" if path else str(key))


# --- behind the figures ---------------------------------------------------------------------------


def behind(kind: str, result: Run, name: str) -> HtmlTable:
    """Return the numbers behind a figure."""
    tables = {
        "age": _age,
        "pending": _pending,
        "lag": _lag,
        "syncs": _syncs,
        "risk": _risk,
        "credits": _credits,
    }
    return tables[kind](result, name)


def _age(result: Run, name: str) -> HtmlTable:
    curve = age_curve(result.outcomes[name])
    return _over_time(result, f"Least and largest age of {name}", curve, duration)


def _pending(result: Run, name: str) -> HtmlTable:
    curve = pending_curve(result, name)
    return _over_time(result, f"Least and most pending bytes of {name}", curve, size)


def _credits(result: Run, name: str) -> HtmlTable:
    source, curve = result.outcomes[name].source, credits_curve(result, name)
    return _over_time(result, f"Fewest and most burst credits of {source}", curve, size)


def _over_time(result: Run, caption: str, curve: PiecewiseCurve, cell: Any) -> HtmlTable:
    edges_s = np.linspace(*window_of(result), _PARTS + 1)
    low, high = curve.envelope(edges_s)
    rows = [
        [
            _moment(result, float(edges_s[k])),
            cell(_known(low[k])),
            cell(_known(high[k])),
        ]
        for k in range(_PARTS)
    ]
    head = [Column("from (UTC)"), Column("least", True), Column("largest", True)]
    each = format_part(edges_s[1] - edges_s[0])
    return HtmlTable(f"{caption}, in parts of {each}", head, rows)


def format_part(seconds: float) -> str:
    """Return the length of a part of the window."""
    from efssim.text.quantities import format_duration

    return format_duration(float(seconds))


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _lag(result: Run, name: str) -> HtmlTable:
    """Return, for round shares, the lag that is exceeded for so much of the weight."""
    curves, names = result.outcomes[name].exceedance, list(result.outcomes[name].summary.lags)
    shares = (0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 5e-3, 2e-3, 1e-3, 1e-4)
    rows = [
        [share(above), *(duration(_exceeded(curves.get(lag), above)) for lag in names)]
        for above in shares
    ]
    head = _lag_columns(names)
    caption = f"Lag that is exceeded for a share of the weight: {name}"
    return HtmlTable(caption, [Column("share", True, "exceedance"), *head], rows)


def _exceeded(curve: Exceedance | None, above: float) -> float | None:
    if curve is None or not len(curve.value_s):
        return None
    inside = np.flatnonzero(curve.share <= above)
    return float(curve.value_s[inside[0] if len(inside) else -1])


def _syncs(result: Run, name: str) -> HtmlTable:
    """Return the durations of the syncs by the bytes that they sent, in groups of equal number."""
    syncs = result.outcomes[name].syncs
    inside = syncs.floats("completed_s") >= window_of(result)[0]
    sent = syncs.ints("bytes")[inside]
    took_s = (syncs.floats("completed_s") - syncs.floats("cut_s"))[inside]
    order = sent.argsort(kind="stable")
    rows = [
        [
            number(len(part)),
            size(int(sent[part].min())),
            size(int(sent[part].max())),
            *(duration(float(take(took_s[part]))) for take in (np.min, np.median, np.max)),
        ]
        for part in np.array_split(order, _BINS)
        if len(part)
    ]
    head = [
        Column("syncs", True, "sync"),
        Column("bytes from", True),
        Column("to", True),
        Column("shortest", True, "duration"),
        Column("median", True),
        Column("longest", True),
    ]
    return HtmlTable(f"Durations of the syncs of {name} by bytes sent", head, rows)


def _risk(result: Run, name: str) -> HtmlTable:
    cells = result.risk_cells(name)
    defined_s = cells["defined_s"].to_numpy().reshape(7, 24)
    above_s = cells["violation_s"].to_numpy().reshape(7, 24)
    rows = [
        [
            text(f"{hour:02}:00"),
            *(
                share(above_s[day, hour] / defined_s[day, hour] if defined_s[day, hour] else None)
                for day in range(7)
            ),
        ]
        for hour in range(24)
    ]
    head = [Column("from (UTC)"), *(Column(day, True) for day in WEEKDAYS)]
    return HtmlTable(f"Share of time above the RPO target: {name}", head, rows)

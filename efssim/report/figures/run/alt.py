"""Descriptions of the figures in words and numbers, for readers who cannot see them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, timedelta

import numpy as np

from efssim.lag.kinds.table import measures_of
from efssim.lag.summary import ReplicationSummary
from efssim.report.facts.risk import risk_note
from efssim.report.figures.drawing.curve import (
    PiecewiseCurve,
    age_curve,
    credits_curve,
    pending_curve,
)
from efssim.report.figures.run.over_time import window_of
from efssim.report.figures.run.syncs import completed
from efssim.report.words.lines import counted, percent
from efssim.report.words.terms import AGE_NAME
from efssim.runs.risk_tables import WEEKDAYS
from efssim.runs.run import Run
from efssim.text.quantities import format_duration, format_size


def alt_text(kind: str, result: Run, name: str) -> str:
    """Return one or two sentences on a figure of a replication; KeyError for an unknown kind."""
    return f"{name}: {_TEXTS[kind](result, name)}"


def _age(result: Run, name: str) -> str:
    summary = result.outcomes[name].summary
    age, target = summary.age, format_duration(summary.rpo.target_s)
    if age.mean is None or age.max is None:
        return f"no {AGE_NAME} is defined in the window."
    text = f"{AGE_NAME} over simulated time, {format_duration(age.mean)} on average,"
    when = _when(result, age_curve(result.outcomes[name]))
    text += f" at most {format_duration(age.max)}{when};"
    return f"{text} the RPO target is {target}.{_statuses(summary)}"


def _when(result: Run, curve: PiecewiseCurve) -> str:
    """Return when a curve is at its top in the window."""
    inside = curve.within(*window_of(result))
    piece = int(np.maximum(inside.first, inside.last).argmax())
    at = inside.begin_s if inside.first[piece] > inside.last[piece] else inside.end_s
    time = result.scenario.start + timedelta(seconds=float(at[piece]))
    return f" at {time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _statuses(summary: ReplicationSummary) -> str:
    spent = {key: s for key, s in summary.status_s.items() if s and key != "ENABLED"}
    listed = ", ".join(f"{status} for {format_duration(s)}" for status, s in spent.items())
    return f" Statuses besides ENABLED: {listed}." if listed else ""


def _pending(result: Run, name: str) -> str:
    pending = result.outcomes[name].summary.pending_bytes
    if pending.mean is None or pending.max is None:
        return "no pending bytes are defined in the window."
    mean, most = format_size(pending.mean), format_size(pending.max)
    when = _when(result, pending_curve(result, name))
    return f"pending bytes over simulated time, {mean} on average, at most {most}{when}."


def _credits(result: Run, name: str) -> str:
    curve, throttled = credits_curve(result, name), result.outcomes[name].summary.throttled
    assert throttled is not None
    source, fewest = result.outcomes[name].source, format_size(throttled.credits_min_bytes or 0)
    most, last = format_size(curve.top), format_size(float(curve.last[-1]) if len(curve) else 0.0)
    return (
        f"burst credits of {source} over simulated time, at least {fewest}, at most {most}, and "
        f"{last} at the end."
    )


def _lag(result: Run, name: str) -> str:
    lags, parts = result.outcomes[name].summary.lags, []
    for measure in measures_of(lags):
        lag = lags[measure.name]
        if measure.is_described and lag.p99 is not None and lag.max is not None:
            p99, most = format_duration(lag.p99), format_duration(lag.max)
            parts.append(f"{measure.title} above {p99} for 1 % and never above {most}")
    return f"share with a longer lag, by lag: {'; '.join(parts) or 'none is defined'}."


def _syncs(result: Run, name: str) -> str:
    syncs = result.outcomes[name].summary.syncs
    text = f"duration against bytes sent of {counted(syncs.completed, 'sync')}"
    if syncs.duration_mean_s is None:
        return f"{text}."
    size, took_s, _ = completed(result, name)
    longest = int(took_s.argmax())
    mean, most = format_duration(syncs.duration_mean_s), format_duration(float(took_s[longest]))
    return f"{text}, {mean} on average, at most {most} for {format_size(float(size[longest]))}."


def _risk(result: Run, name: str) -> str:
    cells = result.risk_cells(name)
    defined_s, above_s = cells["defined_s"].to_numpy(), cells["violation_s"].to_numpy()
    share = np.divide(above_s, defined_s, out=np.zeros(len(cells)), where=defined_s > 0)
    worst = int(share.argmax())
    note = risk_note(result, name)
    if not share[worst]:
        return f"no hour of the week has an age above the RPO target ({note})."
    return (
        f"share of each hour of the week with an age above the RPO target, the largest "
        f"{percent(float(share[worst]))} on {WEEKDAYS[worst // 24]} from {worst % 24}:00 UTC "
        f"({note})."
    )


_TEXTS: dict[str, Callable[[Run, str], str]] = {
    "age": _age,
    "pending": _pending,
    "lag": _lag,
    "syncs": _syncs,
    "risk": _risk,
    "credits": _credits,
}

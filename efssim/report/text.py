"""The lag report on a terminal: 80 columns, the verdict first, readable in ten seconds."""

from __future__ import annotations

import textwrap
from typing import Any

from efssim.report.assumptions import assumed_parameters
from efssim.report.traces import trace_findings
from efssim.result import Outcome, Result
from efssim.scenario.quantities import format_duration, format_size

_WIDTH = 80
_COLUMNS = ("mean", "p50", "p90", "p99", "p99_9", "max")
_LAGS = {
    "time_since_last_sync_s": "time since last sync",
    "write_lag_s": "write lag",
    "write_lag_by_byte_s": "write lag by byte",
    "oldest_pending_s": "oldest pending write",
}


def text_report(result: Result, command: str) -> str:
    """Return the report; `command` is what reproduces the run."""
    lines = _heading(result)
    for name, outcome in result.outcomes.items():
        lines += ["", *_replication(name, outcome, result)]
    if not result.outcomes:
        lines += ["", "This scenario has no replication, so there is no lag to report."]
    lines += ["", *_reproduce(result, command)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _heading(result: Result) -> list[str]:
    window = result.summary["window"]
    seconds = format_duration(window["seconds"])
    span = f"{window['start'][:16]}Z to {window['end'][:16]}Z ({seconds}), seed {result.seed}"
    return [*_wrapped(f"efssim: {result.scenario.name}"), *_wrapped(span)]


def _replication(name: str, outcome: Outcome, result: Result) -> list[str]:
    summary = outcome.summary
    return [
        *_wrapped(f"{name}: {_verdict(summary)}", indent=2),
        *_wrapped(_disaster(summary), indent=2),
        "",
        *(_diverging(outcome, result) if summary["syncs"]["diverging"] else _lag_table(summary)),
        "",
        *_wrapped(_syncs(summary), indent=2),
        *_wrapped(_writes(summary), indent=2),
        *_assumed(name, result),
    ]


def _verdict(summary: dict[str, Any]) -> str:
    rpo, peak = summary["rpo"], summary["time_since_last_sync_s"]["max"]
    goal = f"age at most {format_duration(rpo['target_s'])} for {_percent(rpo['objective'])}"
    if rpo["met"] is None:
        return f"RPO unknown: no time in the window has a defined age ({goal})."
    attained = f"held for {_percent(rpo['attainment'])} of the time"
    worst = f"the worst age was {format_duration(peak)}, {_margin(peak, rpo['target_s'])}"
    return f"RPO {'MET' if rpo['met'] else 'MISSED'} ({goal}): {attained}; {worst}.{_late(rpo)}"


def _margin(peak_s: float, target_s: float) -> str:
    side = "above" if peak_s > target_s else "below"
    return f"{format_duration(abs(peak_s - target_s))} {side} the target"


def _late(rpo: dict[str, Any]) -> str:
    count = rpo["violations"]
    if not count:
        return ""
    total, longest = format_duration(rpo["violation_s"]), format_duration(rpo["longest_s"])
    return f" {count:,} violation{'s' * (count != 1)}, {total} in all, the longest {longest}."


def _disaster(summary: dict[str, Any]) -> str:
    pending, oldest = summary["pending_bytes"], summary["oldest_pending_s"]
    if pending["mean"] is None or oldest["mean"] is None:
        return "A disaster at a random moment: unknown, the window is empty."
    mean = f"{format_size(pending['mean'])} and {format_duration(oldest['mean'])} of writes"
    worst = f"{format_size(pending['max'])} and {format_duration(oldest['max'])}"
    return f"A disaster at a random moment would lose {mean} on average, {worst} at worst."


def _diverging(outcome: Outcome, result: Result) -> list[str]:
    seconds = result.summary["window"]["seconds"]
    slope = format_size(outcome.pending_growth_bytes / seconds * 3600)
    text = (
        f"DIVERGING: more is written than can be sent (utilisation "
        f"{_percent(outcome.summary['syncs']['utilisation'])}). Pending bytes grow by {slope} per "
        f"hour, so no percentile of any lag is stationary and none is shown; --format json has "
        f"those of this window."
    )
    return _wrapped(text, indent=2)


def _lag_table(summary: dict[str, Any]) -> list[str]:
    head = f"  {'lag':<21}" + "".join(f"{column:>9}" for column in _COLUMNS)
    rows = [
        f"  {title:<21}" + "".join(f"{_short(summary[key][column]):>9}" for column in _COLUMNS)
        for key, title in _LAGS.items()
    ]
    return [head, *rows]


def _syncs(summary: dict[str, Any]) -> str:
    syncs = summary["syncs"]
    text = f"{_counted(syncs['completed'], 'sync')} completed"
    if syncs["duration_mean_s"] is not None:
        text += f", {format_duration(syncs['duration_mean_s'])} on average"
    text += f", {format_size(syncs['bytes'])} sent"
    if syncs["failed_attempts"]:
        text += f", {_counted(syncs['failed_attempts'], 'failed attempt')}"
    if syncs["utilisation"] is not None:
        text += f", utilisation {_percent(syncs['utilisation'])}"
    return f"{text}."


def _writes(summary: dict[str, Any]) -> str:
    writes, pending = summary["writes"], summary["pending_bytes"]
    text = f"{_counted(writes['count'], 'write')} of {format_size(writes['bytes'])}"
    still = _counted(pending["open_at_end_writes"], "write")
    return f"{text}; {still} ({format_size(pending['open_at_end'])}) not yet replicated at the end."


def _assumed(name: str, result: Result) -> list[str]:
    assumed = assumed_parameters(result.scenario, name)
    if not assumed:
        return []
    listed = ", ".join(f"{key} {text}" for key, text in assumed)
    return _wrapped(f"Assumed, as AWS does not publish them: {listed}.", indent=2)


def _reproduce(result: Result, command: str) -> list[str]:
    lines = [f"reproduce: {command}", f"digest: {result.digest}"]
    for stream, findings in trace_findings(result.scenario).items():
        for finding in findings:
            lines += _wrapped(f"trace of {stream}: {finding}.")
    return lines


def _wrapped(text: str, indent: int = 0) -> list[str]:
    # Long names break rather than push a line beyond the width.
    return textwrap.wrap(text, _WIDTH, subsequent_indent=" " * indent)


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' * (count != 1)}"


def _percent(share: float) -> str:
    """Return a percentage that never rounds a miss up to 100 %."""
    text = f"{100 * share:.3f}".rstrip("0").rstrip(".")
    return "99.999 %" if text == "100" and share < 1 else f"{text} %"


def _short(seconds: float | None) -> str:
    """Return a duration in at most 8 characters."""
    if seconds is None:
        return "-"
    for limit, unit, name in ((120, 1, "s"), (6000, 60, "min"), (172_800, 3600, "h")):
        if seconds < limit:
            return f"{seconds / unit:.1f} {name}"
    return f"{seconds / 86_400:.1f} d"

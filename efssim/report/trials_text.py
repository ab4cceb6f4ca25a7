"""The report of a study on a terminal: 80 columns, the verdict first."""

from __future__ import annotations

import math
from typing import Any

from efssim.report.assumptions import resolved
from efssim.report.lines import counted, percent, short, wrapped
from efssim.report.traces import trace_findings
from efssim.report.trials_verdict import WORDS, attained, disaster, late, of_trials
from efssim.report.verdict import goal
from efssim.scenario.document import format_path
from efssim.scenario.quantities import format_duration, format_size
from efssim.study.evidence import Evidence
from efssim.study.trials import Trials

_LAGS = {
    "time_since_last_sync_s": "time since last sync",
    "write_lag_s": "write lag",
    "write_lag_by_byte_s": "write lag by byte",
    "oldest_pending_s": "oldest pending write",
}
_POOLED = ("p50", "p99", "p99_9", "max")


def study_text(trials: Trials, command: str) -> str:
    """Return the report of at least one trial; `command` is what reproduces the study."""
    parts = [_heading(trials)]
    names = list(trials.summary["replications"])
    parts += [_first(name, trials) for name in names]
    if not names:
        parts.append(["This scenario has no replication, so there is no lag to report."])
    for name in names:
        title = wrapped(f"{name}:", indent=2) if len(names) > 1 else []
        parts.append([*title, *_lag_table(name, trials.summary)])
        parts.append(_sentences(name, trials))
    parts.append(_reproduce(trials, command))
    return "\n\n".join("\n".join(map(str.rstrip, lines)) for lines in parts if lines) + "\n"


def _heading(trials: Trials) -> list[str]:
    window = trials.summary["window"]
    seconds = format_duration(window["seconds"])
    span = f"{window['start'][:16]}Z to {window['end'][:16]}Z ({seconds}), seed {trials.seed}"
    lines = [*wrapped(f"efssim: {trials.scenario.name}"), *wrapped(span), *_count(trials)]
    if trials.partial:
        lines.insert(0, f"PARTIAL: interrupted after {len(trials)} of {trials.wanted} trials")
    return lines


def _count(trials: Trials) -> list[str]:
    """Say how many trials there are, and what became of the precision that was asked for."""
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


def _first(name: str, trials: Trials) -> list[str]:
    """Return what a reader looks for first: the verdict, and what a disaster would cost."""
    summary, found = trials.summary, trials.evidence[name]
    verdict = f"{name}: {_verdict(summary['replications'][name], summary['ci95'][name], found)}"
    text = f"{verdict} {late(name, trials)}"
    return [*wrapped(text, indent=2), *wrapped(disaster(name, trials), indent=2)]


def _verdict(means: dict[str, Any], intervals: dict[str, Any], found: Evidence) -> str:
    if means["rpo"]["attainment"] is None:
        return f"RPO unknown: no time in any window has a defined age ({goal(means)})."
    return f"RPO {WORDS[found.met]} ({goal(means)}): {attained(means, intervals, found)}"


def _lag_table(name: str, summary: dict[str, Any]) -> list[str]:
    head = f"  {'lag':<21}" + "".join(f"{column:>9}" for column in ("mean", "±", *_POOLED))
    means, pooled = summary["replications"][name], summary["pooled"][name]
    rows = [
        f"  {title:<21}{short(means[lag]['mean']):>9}{_half(summary['ci95'][name][lag]['mean']):>9}"
        + "".join(f"{short(pooled[lag][column]):>9}" for column in _POOLED)
        for lag, title in _LAGS.items()
    ]
    return [head, *rows]


def _half(bounds: list[float] | None) -> str:
    """Return half the width of an interval in at most 8 characters."""
    if bounds is None:
        return "-"
    half = (bounds[1] - bounds[0]) / 2
    if half >= 1 or half == 0:
        return short(half)
    return f"{half:.2g} s" if half >= 0.001 else "< 1 ms"


def _sentences(name: str, trials: Trials) -> list[str]:
    means = trials.summary["replications"][name]
    sentences = [
        "Mean with the half-width of its 95 % interval over trials; quantiles and maximum are of "
        "all trials together.",
        _diverging(name, trials),
        _syncs(means),
        _ends(means),
        _assumed(name, trials),
    ]
    return [line for text in sentences if text for line in wrapped(text, indent=2)]


def _diverging(name: str, trials: Trials) -> str:
    found = of_trials(name, trials)
    count = sum(part["syncs"]["diverging"] for part in found)
    if not count:
        return ""
    return (
        f"DIVERGING in {count:,} of {counted(len(found), 'trial')}: more is written than can be "
        "sent, so no lag is stationary there."
    )


def _syncs(means: dict[str, Any]) -> str:
    syncs = means["syncs"]
    text = f"A trial has {syncs['completed']:,.6g} completed syncs on average"
    if syncs["duration_mean_s"] is not None:
        text += f" of {format_duration(syncs['duration_mean_s'])}"
    text += f", {format_size(math.floor(syncs['bytes']))} sent"
    if syncs["failed_attempts"]:
        text += f", {syncs['failed_attempts']:,.3g} failed attempts"
    if syncs["abandoned"]:
        text += f", {syncs['abandoned']:,.3g} abandoned"
    return f"{text}."


def _ends(means: dict[str, Any]) -> str:
    """Say how the trials ended, unless all ended ENABLED."""
    ends = means["final_status"]
    if set(ends) <= {"ENABLED"}:
        return ""
    listed = ", ".join(f"{status} in {counted(count, 'trial')}" for status, count in ends.items())
    return f"At the end: {listed}."


def _assumed(name: str, trials: Trials) -> str:
    begin = format_path(("replications", name, "sync")) + "."
    listed = ", ".join(
        f"{parameter.path.removeprefix(begin)} {parameter.value}"
        for parameter in resolved(trials.scenario)
        if parameter.provenance == "assumed" and parameter.path.startswith(begin)
    )
    return f"Assumed, as AWS does not publish them: {listed}." if listed else ""


def _reproduce(trials: Trials, command: str) -> list[str]:
    lines = [f"reproduce: {command}", f"digest: {trials.digest}"]
    for stream, findings in trace_findings(trials.scenario).items():
        for finding in findings:
            lines += wrapped(f"trace of {stream}: {finding}.")
    return lines

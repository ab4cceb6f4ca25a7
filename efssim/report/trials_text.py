"""The report of a study on a terminal: 80 columns, the verdict first."""

from __future__ import annotations

import math
from typing import Any

from efssim.report.assumptions import resolved
from efssim.report.lines import counted, percent, short, wrapped
from efssim.report.traces import trace_findings
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
    late = _late(name, trials)
    return [*wrapped(f"{verdict} {late}", indent=2), *wrapped(_disaster(name, trials), indent=2)]


def _verdict(means: dict[str, Any], intervals: dict[str, Any], found: Evidence) -> str:
    rpo, bounds = means["rpo"], intervals["rpo"]["attainment"]
    goal = f"age at most {format_duration(rpo['target_s'])} for {percent(rpo['objective'])}"
    if rpo["attainment"] is None:
        return f"RPO unknown: no time in any window has a defined age ({goal})."
    word = {True: "MET", False: "MISSED", None: "NOT DECIDED"}[found.met]
    held = f"held for {percent(rpo['attainment'])} of the time"
    if bounds is not None:
        held += f" (95 % interval {percent(bounds[0])} to {percent(bounds[1])})"
    return f"RPO {word} ({goal}): {held}.{_lacking(found, rpo)}"


def _lacking(found: Evidence, rpo: dict[str, Any]) -> str:
    """Say what is missing where there is not enough data."""
    if found.met is not None:
        return ""
    text = " Not enough data:"
    if found.windows_needed is None and found.more_trials is None:
        return f"{text} no number of trials shows {percent(rpo['objective'])}."
    if found.windows_needed is not None and found.windows < found.windows_needed:
        text += f" {counted(found.windows, 'independent window')}"
        text += f" of the {found.windows_needed:,} that such a claim takes;"
    if found.more_trials is None:
        return f"{text} the interval holds the objective, and more trials may not change that."
    return f"{text} about {counted(found.more_trials, 'more trial')}."


def _late(name: str, trials: Trials) -> str:
    """Say in how many trials there were violations, and the longest of all."""
    parts = _parts(name, trials)
    late = [part["rpo"]["longest_s"] for part in parts if part["rpo"]["violations"]]
    if not late:
        return "No trial has a violation."
    longest = format_duration(max(late))
    return f"Violations in {len(late):,} of {counted(len(parts), 'trial')}, the longest {longest}."


def _disaster(name: str, trials: Trials) -> str:
    parts = _parts(name, trials)
    means = trials.summary["replications"][name]
    size, age_s = means["pending_bytes"]["mean"], means["oldest_pending_s"]["mean"]
    if size is None or age_s is None:
        return "A disaster at a random moment: unknown, nothing could be recovered in any window."
    sizes = [part["pending_bytes"]["max"] for part in parts]
    most = max(value for value in sizes if value is not None)
    longest_s = trials.summary["pooled"][name]["oldest_pending_s"]["max"]
    worst = f"{format_size(most)} and {format_duration(longest_s)} at worst in any trial"
    mean = f"{format_size(size)} and {format_duration(age_s)} of writes on average"
    return f"A disaster at a random moment would lose {mean}, {worst}."


def _parts(name: str, trials: Trials) -> list[dict[str, Any]]:
    """Return what the trials that have a replication say about it."""
    found = [trial.summary["replications"].get(name) for trial in trials.trials]
    return [part for part in found if part is not None]


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
    parts = _parts(name, trials)
    count = sum(part["syncs"]["diverging"] for part in parts)
    if not count:
        return ""
    return (
        f"DIVERGING in {count:,} of {counted(len(parts), 'trial')}: more is written than can be "
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

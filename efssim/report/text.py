"""The lag report on a terminal: 80 columns, the verdict first, readable in ten seconds."""

from __future__ import annotations

from typing import Any

from efssim.report.details import details
from efssim.report.happened import happened
from efssim.report.lines import clock, counted, percent, wrapped
from efssim.report.overlaps import longest_overlaps
from efssim.report.traces import trace_findings
from efssim.result import Outcome, Result
from efssim.scenario.quantities import format_duration, format_size


def text_report(result: Result, command: str) -> str:
    """Return the report; `command` is what reproduces the run."""
    parts = [_heading(result)]
    parts += [_first(name, outcome, result) for name, outcome in result.outcomes.items()]
    if not result.outcomes:
        parts.append(["This scenario has no replication, so there is no lag to report."])
    parts.append(happened(result))
    for name, outcome in result.outcomes.items():
        title = wrapped(f"{name}:", indent=2) if len(result.outcomes) > 1 else []
        parts.append([*title, *details(name, outcome, result)])
    parts.append(_reproduce(result, command))
    return "\n\n".join("\n".join(map(str.rstrip, lines)) for lines in parts if lines) + "\n"


def _heading(result: Result) -> list[str]:
    window = result.summary["window"]
    seconds = format_duration(window["seconds"])
    span = f"{window['start'][:16]}Z to {window['end'][:16]}Z ({seconds}), seed {result.seed}"
    return [*wrapped(f"efssim: {result.scenario.name}"), *wrapped(span)]


def _first(name: str, outcome: Outcome, result: Result) -> list[str]:
    """Return what a reader looks for first: the verdict, and what a disaster would cost."""
    verdict = f"{name}: {_verdict(outcome.summary)}{_late(name, outcome, result)}"
    return [*wrapped(verdict, indent=2), *wrapped(_disaster(outcome), indent=2)]


def _verdict(summary: dict[str, Any]) -> str:
    rpo, age = summary["rpo"], summary["time_since_last_sync_s"]
    goal = f"age at most {format_duration(rpo['target_s'])} for {percent(rpo['objective'])}"
    if rpo["met"] is None:
        return f"RPO unknown: no time in the window has a defined age ({goal})."
    of = "of the time in which it is defined" if age["undefined_s"] else "of the time"
    attained = f"held for {percent(rpo['attainment'])} {of}"
    worst = (
        f"the worst age was {format_duration(age['max'])}, {_margin(age['max'], rpo['target_s'])}"
    )
    return f"RPO {'MET' if rpo['met'] else 'MISSED'} ({goal}): {attained}; {worst}."


def _margin(peak_s: float, target_s: float) -> str:
    side = "above" if peak_s > target_s else "below"
    return f"{format_duration(abs(peak_s - target_s))} {side} the target"


def _late(name: str, outcome: Outcome, result: Result) -> str:
    """Say how many violations there were, and during which disturbance the longest was."""
    rpo, found = outcome.summary["rpo"], list(outcome.violations)
    if not found:
        return ""
    ordinal = max(range(len(found)), key=lambda i: found[i].end_s - found[i].begin_s)
    event = longest_overlaps(result, name)[ordinal]
    at = f"from {clock(result.scenario, found[ordinal].begin_s)}"
    during = "" if event is None else f", during {event}"
    longest = f"{format_duration(rpo['longest_s'])} ({at}{during})"
    if len(found) == 1:
        return f" One violation of {longest}."
    total = format_duration(rpo["violation_s"])
    return f" {counted(len(found), 'violation')}, {total} in all, the longest {longest}."


def _disaster(outcome: Outcome) -> str:
    pending, oldest = outcome.summary["pending_bytes"], outcome.summary["oldest_pending_s"]
    if outcome.defined_s is None:
        return (
            "No initial sync has completed: LastReplicatedTimestamp is absent, and nothing could "
            "be recovered from the replica."
        )
    if pending["mean"] is None or oldest["mean"] is None:
        return "A disaster at a random moment: unknown, the window is empty."
    mean = f"{format_size(pending['mean'])} and {format_duration(oldest['mean'])} of writes"
    worst = f"{format_size(pending['max'])} and {format_duration(oldest['max'])}"
    return f"A disaster at a random moment would lose {mean} on average, {worst} at worst."


def _reproduce(result: Result, command: str) -> list[str]:
    lines = [f"reproduce: {command}", f"digest: {result.digest}"]
    for stream, findings in trace_findings(result.scenario).items():
        for finding in findings:
            lines += wrapped(f"trace of {stream}: {finding}.")
    return lines

"""The lag report on a terminal: 80 columns, the verdict first, readable in ten seconds."""

from __future__ import annotations

from efssim.report.details import details
from efssim.report.happened import happened
from efssim.report.lines import wrapped
from efssim.report.traces import trace_findings
from efssim.report.verdict import disaster, verdict
from efssim.result import Outcome, Result
from efssim.scenario.quantities import format_duration


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
    sentence = f"{name}: {verdict(name, outcome, result)}"
    return [*wrapped(sentence, indent=2), *wrapped(disaster(outcome), indent=2)]


def _reproduce(result: Result, command: str) -> list[str]:
    lines = [f"reproduce: {command}", f"digest: {result.digest}"]
    for stream, findings in trace_findings(result.scenario).items():
        for finding in findings:
            lines += wrapped(f"trace of {stream}: {finding}.")
    return lines

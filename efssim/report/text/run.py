"""The lag report on a terminal: 80 columns, the verdict first, readable in ten seconds."""

from __future__ import annotations

from efssim.report.facts.alarms import alarm_lines
from efssim.report.facts.timeline import timeline_lines
from efssim.report.text.details import details
from efssim.report.text.fleets.run import fleet_report
from efssim.report.text.parts import NO_REPLICATION, heading, joined, reproduce
from efssim.report.verdicts.cautions import cautions
from efssim.report.verdicts.fleets import are_many
from efssim.report.verdicts.objectives import objective_texts
from efssim.report.verdicts.run import certainty, disaster, verdict
from efssim.report.words.cost import cost_lines
from efssim.report.words.fleets import fleet_texts
from efssim.report.words.lines import wrapped
from efssim.report.words.thresholds import threshold_lines
from efssim.runs.outcome import Outcome
from efssim.runs.run import Run


def text_report(result: Run, command: str, full: bool = False) -> str:
    """Return the report; `command` reproduces the run.

    Many replications are summed up unless the `full` report is wanted, which has each of them.
    """
    if are_many(result.outcomes) and not full:
        return fleet_report(result, command)
    parts = [heading(result)]
    parts += [_first(name, outcome, result) for name, outcome in result.outcomes.items()]
    if not result.outcomes:
        parts.append([NO_REPLICATION])
    words = fleet_texts(result.run_summary.fleets)
    parts.append([line for text in words for line in wrapped(text, indent=2)])
    parts.append(threshold_lines(result.run_summary.thresholds))
    parts.append(timeline_lines(result))
    for name, outcome in result.outcomes.items():
        title = wrapped(f"{name}:", indent=2) if len(result.outcomes) > 1 else []
        parts.append([*title, *details(name, outcome, result)])
    parts.append(alarm_lines(result))
    parts.append(cost_lines(result.cost))
    if result.outcomes:
        parts.append(wrapped(certainty(result)))
    parts.append(reproduce(result, command))
    return joined(parts)


def _first(name: str, outcome: Outcome, result: Run) -> list[str]:
    """Return the first lines: the verdict, the loss by a disaster, and the cautions."""
    sentence = f"{name}: {verdict(outcome, result)}"
    others = objective_texts(outcome.summary)
    sentences = [sentence, *others, disaster(outcome), *cautions(outcome, result)]
    return [line for text in sentences for line in wrapped(text, indent=2)]

"""A runway on a terminal: the answer first, then the cause, the changes and the months."""

from __future__ import annotations

from collections.abc import Iterator

from efssim.report.facts.evidence import long_text, strata_sentence
from efssim.report.facts.load import drawn_lines
from efssim.report.facts.traces import thin_lines, trace_lines
from efssim.report.text.parts import joined
from efssim.report.text.plan import LIMITS
from efssim.report.verdicts.objectives import goal_text
from efssim.report.words.lines import command_lines, counted, percent, short, wrapped
from efssim.study.runway.findings import MonthOutcome, RunwayFindings
from efssim.study.runway.sentences import (
    answer_text,
    bought_text,
    cause_text,
    change_text,
    evidence_text,
    said_of,
    so_far_texts,
)
from efssim.study.trial.long_faults import long_faults
from efssim.text.quantities import format_duration

_NAMED = 5
"""Replications that are named; of more there is their number."""

MONTHS_SAID = (
    "Month m is the window of the scenario moved by m months of 30 days, with the same random "
    "numbers, and nothing carried over from the months before but what is stored."
)


def runway_report(found: RunwayFindings, command: str) -> str:
    """Return the report; `command` reproduces it."""
    heading = [*wrapped(f"efssim plan: {found.scenario.name}, until the objective is missed")]
    if found.partial:
        heading = [*wrapped(partial_text(found)), *heading]
    parts = [
        [*heading, *wrapped(goal_of(found), indent=2)],
        thin_lines(found.traces),
        wrapped(verdict_text(found), indent=2),
        *(wrapped(text, indent=2) for text in so_far_texts(found)),
        wrapped(cause_text(found), indent=2),
        wrapped(evidence_text(found), indent=2),
        wrapped(strata_text(found), indent=2),
        wrapped(" ".join(found.cautions), indent=2),
        wrapped(limits_of(found), indent=2),
        list(_changes(found)),
        list(_months(found)),
        wrapped(MONTHS_SAID, indent=2),
        [
            *command_lines(command),
            *trace_lines(found.traces),
            *drawn_lines(found.cells, found.scenario),
        ],
    ]
    return joined(parts)


def partial_text(found: RunwayFindings) -> str:
    """Return the line on an interrupted runway."""
    return f"PARTIAL: interrupted after {counted(len(found.months), 'month')}"


def goal_of(found: RunwayFindings) -> str:
    """Return the objective in words."""
    goal = found.objective
    names, many = goal.replications, len(goal.replications) > _NAMED
    who = f"each of {len(names):,} replications" if many else ", ".join(names)
    if goal.name is not None:
        asked = goal_text(goal.of, goal.target_s, goal.attainment)
        return f"Objective {goal.name} of {who}: {asked}"
    share = (
        "always" if goal.attainment == 1 else f"for {percent(goal.attainment)} of the time or more"
    )
    return f"RPO of {who}: age at most {format_duration(goal.target_s)} {share}"


def verdict_text(found: RunwayFindings) -> str:
    """Return the answer as a sentence."""
    text = answer_text(found)
    return f"{text[0].upper()}{text[1:]}."


def strata_text(found: RunwayFindings) -> str:
    """Return how trials are shared out over rare faults, and the faults cut by a run's end."""
    weighing = found.months[0].evaluations[0].losses.weighing
    parts = strata_sentence(weighing), long_text(long_faults(found.scenario))
    return " ".join(part for part in parts if part)


def limits_of(found: RunwayFindings) -> str:
    """Return the limits of changes, where some were tried."""
    return LIMITS if found.changes else ""


def _changes(found: RunwayFindings) -> Iterator[str]:
    if not found.changes:
        return
    yield f"  {'alone':<18}{'buys':>12}  "
    for change in found.by_help:
        bought = bought_text(change)
        months = "month" if bought == "1" else "months"
        yield f"  {change.name:<18}{f'{bought} {months}':>14}  {change_text(change, found)}"


def _months(found: RunwayFindings) -> Iterator[str]:
    bounds = "bounds" if found.random or found.sets else ""
    yield f"  {'month':>5}  {'from':<12}{'attainment':>11}{bounds:>22}{'peak age':>12}"
    for made in found.months:
        yield _row(found, made)


def _row(found: RunwayFindings, made: MonthOutcome) -> str:
    low, high = (percent(end).removesuffix(" %") for end in made.interval)
    bounds = f"{low} … {high} %" if found.random or found.sets else ""
    begin = f"{found.start_of(made.month):%Y-%m-%d}"
    return (
        f"  {made.month:>5}  {begin:<12}{percent(made.attainment):>11}{bounds:>22}"
        f"{short(made.peak_s):>12}  {said_of(made)}"
    )

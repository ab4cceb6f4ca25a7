"""Drills on a terminal: 80 columns, the verdict first."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from efssim.json_values import to_json
from efssim.markup import page
from efssim.report.facts.assumptions import assumed_of_sync
from efssim.report.facts.traces import thin_lines, trace_lines
from efssim.report.text.parts import joined
from efssim.report.words.cost import cost_texts
from efssim.report.words.json_text import json_text
from efssim.report.words.lines import (
    aligned,
    command_lines,
    counted,
    interrupted_after,
    percent,
    short,
    wrapped,
)
from efssim.runs.drill.drill import PATIENCE_S, with_disaster
from efssim.scenario.drill.section import PLANNED, RESTORING
from efssim.scenario.grammar.timing import Control
from efssim.scenario.shown.provenance import format_preset
from efssim.study.drills.statistics import DrillStatistic
from efssim.study.drills.study import DrillStudy
from efssim.study.drills.summary import DrillSummary, summary_of
from efssim.study.drills.verdict import DrillVerdict
from efssim.text.digits import grouped
from efssim.text.quantities import format_duration, format_size

Format = Callable[[float], str]

_ROWS: tuple[tuple[str, str, Format], ...] = (
    ("loss_bytes", "lost", format_size),
    ("loss_writes", "lost writes", lambda value: grouped(value, 4)),
    ("loss_s", "lost time (RPO)", short),
    ("recovery_point_age_s", "age of recovery point", short),
    ("writable_s", "until writable", short),
    ("rto_s", "until the end (RTO)", short),
    ("partial_bytes", "arrived in part", format_size),
    ("dropped_bytes", "not written (no loss)", format_size),
    ("failback_s", "failback", short),
    ("discarded_bytes", "discarded by it", format_size),
)
"""Key, title and format of the numbers of a report."""
_OF_FAILBACK = ("failback_s", "discarded_bytes")
NEVER = "never"


def drills_json(study: DrillStudy) -> str:
    """Return drills.json, which `--format json` prints."""
    return json_text(to_json(summary_of(study)))


def drill_report(study: DrillStudy, command: str = "") -> str:
    """Return the report; `command` gives it again."""
    found = summary_of(study)
    return joined(
        [
            [*wrapped(heading(study)), *thin_lines(study.traces)],
            wrapped(f"{found.text}."),
            *(wrapped(line, indent=2) for line in verdict_lines(found)),
            aligned([("", "mean", "p50", "p95", "max"), *measure_rows(found)]),
            aligned([("phase", "mean", "p50", "p95", "max"), *phase_rows(found)]),
            [line for sentence in notes(study, found) for line in wrapped(sentence, indent=2)],
            trace_lines(study.traces),
            command_lines(command) if command else [],
        ]
    )


def drill_html(study: DrillStudy) -> str:
    """Return the report for Jupyter."""
    return page(f"<pre>{_escaped(drill_report(study))}</pre>")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")


def heading(study: DrillStudy) -> str:
    """Return the scenario, the replication, how many drills there were, and whether by Ctrl-C."""
    partial = ""
    if study.wanted is not None:
        partial = f"{interrupted_after(len(study.outcomes), study.wanted, 'drills')}; "
    count = counted(len(study.outcomes), "drill")
    event = with_disaster(study.scenario, 0.0).events[-1]
    is_planned = study.scenario.drill is not None and study.scenario.drill.kind == PLANNED
    cause = "a planned switchover" if is_planned else f"the disaster is {event.kind} {event.target}"
    return (
        f"{partial}{study.scenario.name}: {count} of replication {study.replication}, "
        f"seed {study.seed}; {cause}"
    )


def verdict_lines(found: DrillSummary) -> Iterator[str]:
    """Yield a sentence for each objective."""
    yield _verdict("RPO", "lose at most", found.rpo, found)
    if found.rto is not None:
        yield _verdict("RTO", "take at most", found.rto, found)
        assert found.both is not None
        yield f"Both: {percent(found.both)} of the drills are within both targets."
    else:
        yield "RTO: the scenario has no objective, `rto: {target: 30 min}`."
    if found.failed_back:
        yield f"FAILBACK FAILED in {counted(found.failed_back, 'drill')} that had recovered."


def verdict_word(verdict: DrillVerdict) -> str:
    """Return the word of a verdict."""
    return {True: "MET", False: "MISSED", None: "UNDECIDED"}[verdict.met]


def _verdict(name: str, words: str, verdict: DrillVerdict, found: DrillSummary) -> str:
    asked = f"{percent(verdict.objective)} of drills {words} {format_duration(verdict.target_s)}"
    if verdict.attainment is None:
        return f"{name} {verdict_word(verdict)} ({asked})."
    text = f"{name} {verdict_word(verdict)} ({asked}): {percent(verdict.attainment)} do"
    if verdict.interval is not None:
        low, high = (percent(float(f"{end:.3f}")) for end in verdict.interval)
        text += f", 95 % interval {low} to {high}"
    if name == "RPO" and found.diverging:
        text += "; the replication falls behind ever more, so losses only grow"
    elif name == "RPO" and found.too_short and verdict.met is None:
        text += (
            "; no sync completes in the run, which is too short to lose more: a longer run decides"
        )
    elif name == "RTO" and found.in_alarm_before and verdict.met is None:
        text += (
            f"; in {counted(found.in_alarm_before, 'drill')} of these the alarm was in ALARM before"
            " the disaster, so that nobody hears of it by that"
        )
    elif verdict.met is None:
        text += ": too few drills to decide, --trials makes more"
    return f"{text}."


def measure_rows(found: DrillSummary) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the numbers of a drill."""
    for key, title, form in _ROWS:
        if key in _OF_FAILBACK and not found.measures[key].count:
            continue
        yield title, *_cells(found.measures[key], form)


def phase_rows(found: DrillSummary) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the phases, over the drills that ended each."""
    for phase in found.phases:
        yield phase.name, *_cells(phase.seconds, short)


def _cells(found: DrillStatistic, form: Format) -> tuple[str, ...]:
    values = found.mean, found.p50, found.p95, found.max
    return tuple(NEVER if value is None else form(value) for value in values)


def notes(study: DrillStudy, found: DrillSummary) -> Iterator[str]:
    """Yield how drills ended that did not come to their end, and how the numbers are meant."""
    if found.no_recovery_point:
        yield (
            f"{counted(found.no_recovery_point, 'drill')} found no recovery point: everything was"
            " lost, and the destination has a part of the tree at most."
        )
    for error, count in found.failed.items():
        said = next(one.message for one in study.outcomes if one.error == (error or None))
        reason = f"{error}: {said}" if error else "it never ended"
        yield (
            f"{counted(count, 'drill')} failed, as EFS refused a step for good"
            f" (waited for {format_duration(PATIENCE_S)} after the run at most): {reason}"
        )
    if found.undetected:
        yield f"{counted(found.undetected, 'drill')} went unnoticed: the alarm never told of it."
    if found.not_applicable:
        yield (
            f"{counted(found.not_applicable, 'drill')} met no configuration: nothing was replicated"
            " when the disaster came. They miss both objectives and are in no number above."
        )
    yield _meaning(study)
    if study.scenario.objectives or study.scenario.thresholds:
        yield (
            "Drills are judged by `rpo` and `rto` alone: the scenario's other objectives and its"
            " thresholds are judged by `efssim run`."
        )
    yield from cost_texts(study.cost)
    yield _assumed(study)


def _meaning(study: DrillStudy) -> str:
    """Return a sentence on the meaning of the loss."""
    assert study.scenario.drill is not None
    if study.scenario.drill.kind == RESTORING:
        return "Lost is what was written after the start of the latest complete backup."
    return (
        "Lost is what was pending when the configuration was gone. EFS replicates to no point in"
        " time: what arrived in part is mixed into the tree of the recovery point."
    )


def _assumed(study: DrillStudy) -> str:
    """Return a sentence on the times that nobody has set, as AWS does not publish them."""
    spec = study.scenario.replications[study.replication]
    parts = [assumed_of_sync(spec.sync), *_assumed_of_control(spec.control)]
    listed = ", ".join(part for part in parts if part)
    return f"Assumed, as AWS does not publish them: {listed}." if listed else ""


def _assumed_of_control(control: Control) -> Iterator[str]:
    preset = control.preset_value("deleting")
    if control.deleting is None and preset.provenance == "assumed":
        yield f"deleting {format_preset('deleting', preset.value)}"

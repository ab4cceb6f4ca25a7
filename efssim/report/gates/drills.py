"""Drills for CI: their conditions one by one, and Markdown."""

from __future__ import annotations

from efssim.report.drill.text import (
    heading,
    measure_rows,
    notes,
    phase_rows,
    verdict_lines,
)
from efssim.report.facts.traces import thin_traces
from efssim.report.gates.gate import (
    OF_ALL,
    RPO,
    Gate,
    Gates,
    gate_of_partial,
    outcome_of,
    summed_up,
)
from efssim.report.gates.markdown import again, document, escaped, items, partial_line, table
from efssim.report.words.lines import counted
from efssim.study.drills.study import DrillStudy
from efssim.study.drills.summary import DrillSummary, summary_of

_HEAD = ("", "mean", "p50", "p95", "max")


def judged_drills(study: DrillStudy) -> Gates:
    """Return the conditions of `--check` on drills."""
    found, name = summary_of(study), study.replication
    rpo, *others = verdict_lines(found)
    done, wanted = len(study.outcomes), study.wanted or 0
    gates = gate_of_partial(study.partial, done, wanted, "drills")
    gates.append(Gate(name, RPO, outcome_of(found.rpo.met), rpo, ("rpo",)))
    if found.rto is not None:
        gates.append(Gate(name, "RTO", outcome_of(found.rto.met), others[0], ("rto",)))
    else:
        text = "Every drill ends: without an objective of time none may fail or stay unnoticed."
        gates.append(Gate(name, "end", outcome_of(_all_end(study)), text, ("drill",)))
    if found.failed_back:
        text = f"{counted(found.failed_back, 'drill')} recovered, and failed on the way back."
        gates.append(Gate(name, "failback", "fails", text, ("drill", "failback")))
    for ordinal, thin in enumerate(thin_traces(study.traces), start=1):
        gates.append(Gate(OF_ALL, f"trace {ordinal}", "undecided", thin, ("file_systems",)))
    return Gates(study.scenario.name, tuple(gates))


def _all_end(study: DrillStudy) -> bool:
    return all(one.rto_s is not None for one in study.outcomes)


def drill_markdown(study: DrillStudy, command: str) -> str:
    """Return the Markdown of drills; `command` repeats them."""
    found, gates = summary_of(study), judged_drills(study)
    parts = [
        partial_line(len(study.outcomes), study.wanted, "drills") if study.wanted else "",
        f"**{escaped(f'{found.scenario}, {found.replication}: {found.text}')}.**",
        items(verdict_lines(found)),
        f"**{escaped(summed_up(gates))}.**",
        escaped(heading(study)),
        table(_HEAD, *measure_rows(found)),
        _phases(found),
        items(notes(study, found)),
        items(thin_traces(study.traces)),
    ]
    return document([*parts, *again(command, "")])


def _phases(found: DrillSummary) -> str:
    return table(("phase", *_HEAD[1:]), *phase_rows(found))

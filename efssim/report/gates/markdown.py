"""Results as Markdown, as a pull request or the summary of a CI job shows them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import chain

from efssim.report.gates.baseline import (
    HEAD,
    baseline_lead,
    baseline_note,
    baseline_rows,
    baseline_title,
    difference_text,
    version_warning,
)
from efssim.report.gates.gate import RPO, Gates, summed_up
from efssim.report.gates.results import judged_run, judged_sets, judged_trials
from efssim.report.text.comparison import change_text
from efssim.report.text.fleets.run import fleet_sentences, members_of_run
from efssim.report.text.fleets.tables import SPREAD_HEAD, spread_rows
from efssim.report.text.fleets.trials import fleet_sentences_of_trials, members_of_trials
from efssim.report.text.sweep import shown as shown_measure
from efssim.report.text.trials import verdict_of_trials
from efssim.report.text.uncertain.sets import numbers_of_sets
from efssim.report.verdicts.cautions import cautions
from efssim.report.verdicts.fleets import NUMBERS, Member, are_many, shown
from efssim.report.verdicts.run import certainty, disaster, verdict
from efssim.report.verdicts.sets import sentences_of_sets, verdict_of_sets
from efssim.report.verdicts.trials import disaster as disaster_of_trials
from efssim.report.verdicts.trials import late
from efssim.report.verdicts.trials_cautions import cautions as cautions_of_trials
from efssim.report.verdicts.varied.compared import shown_differences
from efssim.report.words.lines import counted, interrupted_after
from efssim.runs.run import Run
from efssim.study.baseline.regressions import BaselineSummary
from efssim.study.run.trial_set import TrialSet
from efssim.study.trial.not_in_run import not_in_runs
from efssim.study.uncertain.study import SetStudy
from efssim.study.varying.paired import PairedTrials

_SPECIAL = re.compile(r"([\\`*\[\]|~]|(?<!\w)_|_(?!\w)|^[-+#](?=\s)|^>)")
_WORDS = {"holds": "holds", "fails": "**FAILS**", "undecided": "**UNDECIDED**"}
_ROWS = 50
"""Conditions in a table at most; those that do not hold come first."""


def run_markdown(result: Run, command: str, before: BaselineSummary | None = None) -> str:
    """Return the Markdown of a run; `command` repeats it, `before` compares it with a baseline."""
    members = members_of_run(result)
    if are_many(result.outcomes):
        first = fleet_sentences(result, members)
    else:
        first = [f"{name}: {verdict(outcome, result)}" for name, outcome in result.outcomes.items()]
    beside = [
        " ".join([f"{name}:", disaster(outcome), *cautions(outcome, result)])
        for name, outcome in result.outcomes.items()
        if not are_many(result.outcomes)
    ]
    sure = escaped(certainty(result)) if members else ""
    first_part = _verdicts(judged_run(result), first)
    parts = [first_part, *_before(before), _numbers(members), items(beside), sure]
    return document([*parts, *again(command, result.digest)])


def trials_markdown(trials: TrialSet, command: str, before: BaselineSummary | None = None) -> str:
    """Return the Markdown of trials; `command` and `before` as of a run."""
    members, count = members_of_trials(trials), counted(len(trials), "trial")
    if are_many(trials.means):
        first = fleet_sentences_of_trials(trials, members)
    else:
        first = [f"{name}: {verdict_of_trials(name, trials)}" for name in trials.means]
    beside = [] if are_many(trials.means) else [_beside(name, trials) for name in trials.means]
    note = f"Means over {count}; p99, worst ages and lags are of all trials together."
    partial = [partial_line(len(trials), trials.wanted, "trials")] if trials.partial else []
    first_part = _verdicts(judged_trials(trials), first)
    parts = [first_part, *_before(before), _numbers(members), escaped(note)]
    return document([*partial, *parts, items(beside), *again(command, trials.digest)])


def _before(found: BaselineSummary | None) -> list[str]:
    """Return the comparison with a baseline: regressions, a table, and what differs."""
    if found is None:
        return []
    differences = [f"{each.path}: {difference_text(each)}" for each in found.differences]
    notes = [baseline_note(found), version_warning(found), baseline_lead(found)]
    return [
        f"**{escaped(baseline_title(found))}.**",
        table(HEAD, *baseline_rows(found)),
        escaped(" ".join(note for note in notes if note)),
        items(differences),
    ]


def _beside(name: str, trials: TrialSet) -> str:
    sentences = [late(name, trials), disaster_of_trials(name, trials)]
    return " ".join([f"{name}:", *sentences, *cautions_of_trials(name, trials)])


def sets_markdown(study: SetStudy, command: str) -> str:
    """Return the Markdown of trials at parameter sets; `command` repeats the study."""
    names = study.replications
    first = [f"{name}: {verdict_of_sets(name, study)}" for name in names]
    partial = [partial_line(len(study), len(study.design), "sets")] if study.partial else []
    tables = [table(*numbers_of_sets(name, study)) for name in names]
    beside = [" ".join([f"{name}:", *sentences_of_sets(name, study)]) for name in names]
    parts = [_verdicts(judged_sets(study), first), *tables, items(beside)]
    return document([*partial, *parts, *again(command, study.digest)])


def comparisons_markdown(
    comparisons: Sequence[PairedTrials], command: str, partial: str, alone: TrialSet | None
) -> str:
    """Return the Markdown of comparisons with one first study, before and after side by side.

    `partial` names the trials that Ctrl-C left out; `alone` is the first study where there is
    nothing to compare it with.
    """
    first = [f"**{escaped(partial)}**"] if partial else []
    if alone is not None:
        return document([*first, trials_markdown(alone, command)])
    parts = chain.from_iterable(map(_comparison, comparisons))
    studies = [comparisons[0].first, *(pair.second for pair in comparisons)]
    gates = chain.from_iterable(_judged(judged_trials(study)) for study in studies)
    return document([*first, *parts, *gates, *again(command, "")])


def _judged(judged: Gates) -> list[str]:
    """Return how many conditions of a scenario hold, and which."""
    return [f"**{escaped(f'{judged.scenario}: {summed_up(judged)}')}.**", *_gates(judged)]


def _comparison(pair: PairedTrials) -> list[str]:
    a, b = pair.first.scenario.name, pair.second.scenario.name
    studies = (pair.first, pair.second)
    sentences = [
        f"{study.scenario.name}, {name}: {verdict_of_trials(name, study)}"
        for study in studies
        for name in study.replications
    ]
    sentences += not_in_runs(study.scenario for study in studies)
    pairs = f"{counted(len(pair.numbers), 'pair')} of trials with the same draws"
    if not pair.is_paired:
        pairs = "no pairs of trials, since their rare faults differ"
    rows = [
        (
            row.replication,
            row.measure,
            shown_measure(row.measure, row.first),
            shown_measure(row.measure, row.second),
            change_text(row),
        )
        for row in shown_differences(pair)
    ]
    head = ("replication", "measure", f"before ({a})", f"after ({b})", "change, 95 % interval")
    title = f"**{escaped(f'{b} compared with {a}')}**: {escaped(pairs)}."
    return [title, items(sentences), table(head, *rows)]


def _verdicts(judged: Gates, first: Sequence[str]) -> str:
    """Return the verdicts, and the conditions that are judged, those that do not hold first."""
    lead = f"**{escaped(judged.scenario)}, {escaped(first[0])}**" if first else ""
    parts = [lead, items(first[1:]), f"**{escaped(summed_up(judged))}.**", *_gates(judged)]
    return "\n\n".join(part for part in parts if part)


def _gates(judged: Gates) -> list[str]:
    """Return the table of the conditions that no verdict above it tells of."""
    is_told = {gate.group for gate in judged.gates if gate.name == RPO}
    are_told = not are_many(is_told)
    order = ("fails", "undecided", "holds")
    gates = sorted(
        (gate for gate in judged.gates if not (are_told and gate.name == RPO)),
        key=lambda gate: order.index(gate.outcome),
    )
    rows = [
        (escaped(gate.group), escaped(gate.name), _WORDS[gate.outcome], escaped(gate.text))
        for gate in gates[:_ROWS]
    ]
    left = len(gates) - _ROWS
    more = [escaped(f"{left:,} more conditions are left out here.")] if left > 0 else []
    return [*_plain_table(("of", "condition", "outcome", "found"), rows), *more]


def _numbers(members: Sequence[Member]) -> str:
    """Return the table of numbers: a column for each replication, of many how they spread."""
    if not members:
        return ""
    if are_many([member.name for member in members]):
        return table(("over replications", *SPREAD_HEAD), *spread_rows(members))
    rows = (
        (title, *(shown(title, member.numbers[title]) for member in members))
        for title, _ in NUMBERS
    )
    return table(("number", *(member.name for member in members)), *rows)


def table(head: Sequence[str], *rows: Sequence[str]) -> str:
    """Return a table, the first column of which is words; nothing without rows."""
    lines = _plain_table(
        [escaped(cell) for cell in head], [list(map(escaped, row)) for row in rows]
    )
    return lines[0] if lines else ""


def _plain_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    if not rows:
        return []
    lines = [head, ["---"] * len(head), *rows]
    return ["\n".join(f"| {' | '.join(cells)} |" for cells in lines)]


def again(command: str, digest: str) -> list[str]:
    """Return the command that repeats a result, and its digest."""
    found = [f"Reproduce: {code(command)}"] if command else []
    return [*found, f"Digest: {code(digest)}"] if digest else found


def partial_line(done: int, wanted: int, unit: str) -> str:
    """Return how much of a study Ctrl-C left, in bold."""
    return f"**{interrupted_after(done, wanted, unit)}**"


def items(sentences: Iterable[str]) -> str:
    """Return sentences as a list."""
    return "\n".join(f"* {escaped(one)}" for one in sentences)


def document(parts: Iterable[str]) -> str:
    """Return parts as one text, with an empty line between them; empty ones are left out."""
    return "\n\n".join(part.rstrip("\n") for part in parts if part) + "\n"


def code(text: str) -> str:
    """Return a text as code, whatever quotes it has."""
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", text)), default=0))
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{_one_line(text)}{pad}{fence}"


def escaped(text: str) -> str:
    """Return a text that Markdown shows as it is: no markup, no link, no mention of anybody."""
    plain = _SPECIAL.sub(r"\\\1", _one_line(text).replace("&", "&amp;").replace("<", "&lt;"))
    return plain.replace("@", "&#64;").replace("://", ":&#47;&#47;")


def _one_line(text: str) -> str:
    return " ".join(text.split())

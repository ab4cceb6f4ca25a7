"""The list of the results of a store, as text and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from efssim.json_values import to_json
from efssim.report.files.store.results import ResultFacts
from efssim.report.words.json_text import json_text
from efssim.report.words.lines import aligned, counted, wrapped


@dataclass(frozen=True, slots=True)
class ResultList:
    """The keys of the list, in their order."""

    results: tuple[ResultFacts, ...]
    damaged: tuple[str, ...]
    """Names of files that are not as they were written."""


def results_json(known: Sequence[ResultFacts], damaged: Sequence[str]) -> str:
    """Return the list as JSON."""
    return json_text(to_json(ResultList(_in_order(known), tuple(damaged))))


def results_text(known: Sequence[ResultFacts]) -> str:
    """Return the list as text: a row for each scenario of a result, then the commands."""
    if not known:
        return "no result is kept here\n"
    ordered = _in_order(known)
    head = ("scenario", "study", "seed", "efssim", "verdict")
    rows = [row for number, each in enumerate(ordered, 1) for row in _rows(number, each)]
    commands = [
        line
        for number, each in enumerate(ordered, 1)
        for line in wrapped(f"{number}. {each.command}", 4)
    ]
    parts = [[counted(len(ordered), "result"), *aligned([("", *head), *rows])], commands]
    return "\n\n".join("\n".join(lines) for lines in parts) + "\n"


def _rows(number: int, facts: ResultFacts) -> list[tuple[str, ...]]:
    """Return a row for each scenario, the first with the number of the result."""
    verdicts = [*facts.verdicts, *[""] * (len(facts.scenarios) - len(facts.verdicts))]
    return [
        (f"{number}." * (at == 0), name, facts.study, str(facts.seed), facts.version, verdict)
        for at, (name, verdict) in enumerate(zip(facts.scenarios, verdicts, strict=True))
    ]


def _in_order(known: Sequence[ResultFacts]) -> tuple[ResultFacts, ...]:
    return tuple(
        sorted(known, key=lambda each: (each.scenarios, each.study, each.seed, each.command))
    )

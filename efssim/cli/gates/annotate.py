"""`--annotate`: lines that mark a pull request, and the summary of the step of a CI job."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from efssim.cli.gates.forms import MARKDOWN, Forms
from efssim.cli.output import say

if TYPE_CHECKING:
    from efssim.cli.scenario_file import Source
    from efssim.report.gates.gate import Gate, Gates
    from efssim.text.yaml.document import Document
    from efssim.text.yaml.problems import Position

_SUMMARY, _CHECKOUT = "GITHUB_STEP_SUMMARY", "GITHUB_WORKSPACE"
_SUMMARY_MAX = 1_000_000
"""Bytes of the summary of a step at most (documented: GitHub takes 1 MiB)."""


@contextmanager
def annotating_problems(is_asked: bool) -> Iterator[None]:
    """Annotate the problems of a scenario before they are reported as always."""
    from efssim.text.yaml.problems import Problem, ScenarioError

    try:
        yield
    except ScenarioError as error:
        if is_asked:
            from efssim.report.gates.annotations import problem_lines

            _say_all(
                problem_lines(
                    Problem(_in_checkout(each.position), each.path, each.message)
                    for each in error.problems
                )
            )
        raise


def annotate_results(
    judged: Sequence[Gates], files: Sequence[Source], overrides: Sequence[str], forms: Forms
) -> None:
    """Annotate the conditions that do not hold, and append Markdown to the summary of the step.

    `files` are those of the scenarios that are judged. Raise OSError if the summary cannot be
    written.
    """
    from efssim.report.gates.annotations import gate_lines

    documents = {
        one.scenario: _document(file, overrides) for one, file in zip(judged, files, strict=True)
    }
    _say_all(
        gate_lines(
            judged,
            lambda scenario, gate: _place(documents, scenario, gate),
        )
    )
    target = os.environ.get(_SUMMARY, "")
    if target:
        _append(Path(target), forms[MARKDOWN]())


def _say_all(lines: Sequence[str]) -> None:
    for line in lines:
        say(line)


def _append(file: Path, text: str) -> None:
    room = _SUMMARY_MAX - (file.stat().st_size if file.exists() else 0)
    if len(text.encode()) > room:
        text = "efssim: the report is left out here, as the summary of this step is full.\n"
    with file.open("a", encoding="utf-8", newline="\n") as opened:
        opened.write(text)


def _document(file: Source, overrides: Sequence[str]) -> Document | None:
    """Return a scenario with its positions; None if it is not there any more."""
    from efssim.text.yaml.problems import ScenarioError

    with suppress(ScenarioError):
        document = file.document()
        for ordinal, text in enumerate(overrides, start=1):
            document.override(text, ordinal)
        return document
    return None


def _place(documents: Mapping[str, Document | None], scenario: str, gate: Gate) -> Position | None:
    document = documents.get(scenario)
    return None if document is None else _in_checkout(document.key_position(gate.path))


def _in_checkout(at: Position | None) -> Position | None:
    """Return a place with the name of its file below the checkout; None where it is in no file."""
    from efssim.text.yaml.problems import Position

    if at is None or at.line < 1 or not Path(at.file).is_file():
        return None
    checkout, file = os.environ.get(_CHECKOUT, ""), Path(at.file)
    if checkout and file.resolve().is_relative_to(Path(checkout).resolve()):
        file = file.resolve().relative_to(Path(checkout).resolve())
    return Position(file.as_posix(), at.line, at.column)
